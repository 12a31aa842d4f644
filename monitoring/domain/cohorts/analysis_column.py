"""A column of the analysis set: its name, type, unit and source, and its value for one patient.

Source: docs/methods/cohort_exports.md.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import TypeAlias

from monitoring.domain.cohorts.endpoints import Origin
from monitoring.domain.cohorts.patient import CohortPatient, Selection

Value: TypeAlias = str | int | Decimal | float | date | None
DAYS, YEARS, LOG10, PCT_ABL1 = "d", "a", "log10", "% ABL1"  # units by UCUM, where it has one


class ColumnType(StrEnum):
    """What stands in a column; a FLAG is 0 or 1."""

    TEXT = "TEXT"
    WHOLE = "WHOLE"
    EXACT = "EXACT"
    REAL = "REAL"
    DAY = "DAY"
    FLAG = "FLAG"


class Leaving(StrEnum):
    """Whether a column may leave the centre: always, only in the centre's own file, or only where dates are left out.

    NAMES: pseudonym and centre. DATES: calendar days. FREE_TEXT: as somebody typed it. INSTEAD: the running number.
    """

    ALWAYS = "ALWAYS"
    NAMES = "NAMES"
    DATES = "DATES"
    FREE_TEXT = "FREE_TEXT"
    INSTEAD = "INSTEAD"


@dataclass(frozen=True, slots=True)
class Column:
    """One column. `words`: the name under which label and meaning are told; `about`: what fills their places."""

    name: str
    kind: ColumnType
    value: Callable[[CohortPatient, Origin], Value]
    unit: str = ""
    source: str = "A6"
    leaving: Leaving = Leaving.ALWAYS
    words: str = ""
    about: tuple[tuple[str, str], ...] = ()
    codes: type[StrEnum] | None = None

    @property
    def told_as(self) -> str:
        """The name under which label and meaning are told."""
        return self.words or self.name


def day_zero(selection: Selection) -> date | None:
    """Return the day from which days are counted: of the failure, else of the course, else of the diagnosis."""
    if selection.failure is not None:
        return selection.failure.on
    return selection.course.starts_on if selection.course is not None else selection.diagnosed_on


def days_and_date(name: str, on: Callable[[CohortPatient], date | None], source: str) -> tuple[Column, Column]:
    """Return a day as two columns: the date, which helps a centre, and the days from day 0, which may be shared."""

    def since(patient: CohortPatient, _: Origin) -> int | None:
        day, zero = on(patient), day_zero(patient.selection)
        return None if day is None or zero is None else (day - zero).days

    return (
        Column(f"{name}_on", ColumnType.DAY, lambda one, _: on(one), source=source, leaving=Leaving.DATES),
        Column(f"{name}_day", ColumnType.WHOLE, since, DAYS, source, words="DAY", about=(("of", f"{name}_on"),)),
    )
