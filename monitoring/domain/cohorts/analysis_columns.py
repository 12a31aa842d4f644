"""The analysis set of a cohort as a table: one row a patient and marker, columns by the field's words.

The same table is the data dictionary, so that no column stands in a file without being explained, and none is explained
that is not there. Source: A5, A6; docs/methods/cohort_exports.md.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import overload

from monitoring.domain.cohorts.analysis_column import (
    DAYS,
    YEARS,
    Column,
    ColumnType,
    Leaving,
    Value,
    day_zero,
    days_and_date,
)
from monitoring.domain.cohorts.analysis_endpoints import endpoint_columns
from monitoring.domain.cohorts.analysis_responses import response_columns
from monitoring.domain.cohorts.definition import Regimen, age_at, regimen_of
from monitoring.domain.cohorts.endpoints import Origin, origin_of, transplanted_on
from monitoring.domain.cohorts.grouping import group_of
from monitoring.domain.cohorts.parts import Grouping
from monitoring.domain.cohorts.patient import CohortPatient, FailureKind
from monitoring.domain.cohorts.response_table import ResponseGroup
from monitoring.domain.response import FirstLineResponse
from monitoring.domain.terms import EpisodeStatus, Marker

BETWEEN = "; "  # several names in one cell
KEPT = {False: frozenset(Leaving) - {Leaving.INSTEAD}, True: frozenset({Leaving.ALWAYS, Leaving.INSTEAD})}
NUMBER = "number"


class LateRows(Sequence[tuple[Value, ...]]):
    """One row a patient, made when it is asked for: a file of 50,000 rows is sent while it is made."""

    def __init__(self, shown: Sequence[Column], patients: Sequence[CohortPatient], origin: Origin) -> None:
        self._values, self._patients, self._origin = [column.value for column in shown], patients, origin

    def __len__(self) -> int:
        return len(self._patients)

    @overload
    def __getitem__(self, place: int) -> tuple[Value, ...]: ...
    @overload
    def __getitem__(self, place: slice) -> list[tuple[Value, ...]]: ...
    def __getitem__(self, place: int | slice) -> tuple[Value, ...] | list[tuple[Value, ...]]:
        """Make the row of a patient, or those of some."""
        if isinstance(place, slice):
            return [self._row(patient) for patient in self._patients[place]]
        return self._row(self._patients[place])

    def __iter__(self) -> Iterator[tuple[Value, ...]]:
        """Make the rows one after the other."""
        return map(self._row, self._patients)

    def _row(self, patient: CohortPatient) -> tuple[Value, ...]:
        return tuple([value(patient, self._origin) for value in self._values])


@dataclass(frozen=True, slots=True)
class AnalysisTable:
    """The columns of a file and its rows, in their order."""

    columns: tuple[Column, ...]
    rows: Sequence[tuple[Value, ...]]


def columns(*, without_dates: bool) -> tuple[Column, ...]:
    """Return the columns of the centre's own file, or of one that is shared: no dates, names or free text."""
    return tuple(column for column in COLUMNS if column.leaving in KEPT[without_dates])


def analysis_table(patients: Sequence[CohortPatient], origin: Origin, *, without_dates: bool) -> AnalysisTable:
    """Return one row a patient; a shared file is in the order of its values, so that no number tells who it is."""
    shown = columns(without_dates=without_dates)
    rows = LateRows(shown, patients, origin)
    if not without_dates:
        return AnalysisTable(shown, rows)
    ranked = sorted(rows, key=_rank)
    return AnalysisTable(shown, tuple((number, *row[1:]) for number, row in enumerate(ranked, start=1)))


def _rank(row: Sequence[Value]) -> str:
    """One text a row: a value for each cell of 50,000 rows would take much memory while they are sorted."""
    return "\0".join("~" if value is None else f"={value}" for value in row[1:])


def _hsct(patient: CohortPatient) -> date | None:
    return transplanted_on(patient)


def _from_origin(patient: CohortPatient, origin: Origin) -> int | None:
    begins, on = origin_of(patient, origin), _hsct(patient)
    return None if begins is None or on is None else (on - begins).days


def _age(patient: CohortPatient) -> int | None:
    on = day_zero(patient.selection)
    return None if on is None else age_at(patient.selection.born_on, on)


def _failure_on(patient: CohortPatient) -> date | None:
    return patient.selection.failure.on if patient.selection.failure else None


def _confirmed_on(patient: CohortPatient) -> date | None:
    return patient.selection.failure.confirmed_on if patient.selection.failure else None


def _course_on(patient: CohortPatient) -> date | None:
    return patient.selection.course.starts_on if patient.selection.course else None


def _status(patient: CohortPatient) -> str | None:
    return patient.selection.failure.status if patient.selection.failure else None


def _regimen(patient: CohortPatient) -> str | None:
    return patient.selection.course.regimen if patient.selection.course else None


def _regimen_kind(patient: CohortPatient) -> str | None:
    return regimen_of(patient.selection.course) if patient.selection.course else None


def _cycles(patient: CohortPatient) -> int | None:
    return patient.selection.course.cycles if patient.selection.course else None


def _given_days(number: int) -> Callable[[CohortPatient, Origin], Value]:
    return lambda one, _: next((each.given_days for each in one.course.cycles if each.number == number), None)


def _group(grouping: Grouping) -> Callable[[CohortPatient, Origin], Value]:
    return lambda one, _: group_of(one, grouping)


def _text(name: str, value: Callable[[CohortPatient], Value], **told: object) -> Column:
    return Column(name, ColumnType.TEXT, lambda one, _: value(one), **told)  # type: ignore[arg-type]


def _in_remission(patient: CohortPatient) -> int | None:
    known = patient.course.in_remission_at_last_news
    return None if known is None else int(known)


_COHORTS = "docs/methods/cohorts.md"
COLUMNS: tuple[Column, ...] = (
    Column(NUMBER, ColumnType.WHOLE, lambda *_: None, source=_COHORTS, leaving=Leaving.INSTEAD),
    _text("pseudonym", lambda one: one.pseudonym, source=_COHORTS, leaving=Leaving.NAMES),
    _text("centre", lambda one: one.centre, source=_COHORTS, leaving=Leaving.NAMES),
    _text("marker", lambda one: one.marker, source="A1", codes=Marker),
    _text("ruleset", lambda one: one.ruleset, source="A4"),
    Column("is_synthetic", ColumnType.FLAG, lambda one, _: int(one.is_synthetic), source=_COHORTS),
    _text("sex", lambda one: one.selection.sex, source=_COHORTS),
    Column("age_at_failure", ColumnType.WHOLE, lambda one, _: _age(one), YEARS, _COHORTS),
    *days_and_date("diagnosed", lambda one: one.selection.diagnosed_on, _COHORTS),
    _text("eln_risk", lambda one: one.selection.eln_risk, source=_COHORTS),
    _text("genes_at_diagnosis", lambda one: BETWEEN.join(sorted(one.selection.genes)), source=_COHORTS),
    Column("signalling", ColumnType.TEXT, _group(Grouping.SIGNALLING), source="FILO 2025, Table 1",
           codes=ResponseGroup),
    _text("first_line_response", lambda one: one.selection.first_line_response, source="A4", codes=FirstLineResponse),
    _text("first_line_regimens", lambda one: BETWEEN.join(one.selection.first_line_regimens), source=_COHORTS,
          leaving=Leaving.FREE_TEXT),
    *days_and_date("first_remission", lambda one: one.course.first_remission_on, _COHORTS),
    Column("failure_kind", ColumnType.TEXT, _group(Grouping.FAILURE), source="A4", codes=FailureKind),
    *days_and_date("failure", _failure_on, "A4"),
    *days_and_date("failure_confirmed", _confirmed_on, "A4"),
    _text("failure_status", _status, source="A4", codes=EpisodeStatus),
    Column("doubling_days", ColumnType.REAL, lambda one, _: one.course.doubling.days if one.course.doubling else None,
           DAYS, "docs/methods/kinetics.md"),
    _text("regimen_kind", _regimen_kind, source="A5", codes=Regimen),
    _text("regimen", _regimen, source="A5", leaving=Leaving.FREE_TEXT),
    _text("other_treatments", lambda one: BETWEEN.join(one.selection.other_treatments), source=_COHORTS,
          leaving=Leaving.FREE_TEXT),
    *days_and_date("c1", _course_on, "A5"),
    Column("cycles", ColumnType.WHOLE, lambda one, _: _cycles(one), source="A5"),
    Column("ven_days_c1", ColumnType.WHOLE, _given_days(1), DAYS, "A5", words="VEN_DAYS", about=(("cycle", "1"),)),
    Column("ven_days_c2", ColumnType.WHOLE, _given_days(2), DAYS, "A5", words="VEN_DAYS", about=(("cycle", "2"),)),
    Column("comparable_by_days", ColumnType.FLAG, lambda one, _: int(one.course.comparable_by_days),
           source="FILO 2025, Table 1"),
    *response_columns(),
    *days_and_date("treatment_ended", lambda one: one.course.treatment_ended_on, _COHORTS),
    *days_and_date("next_treatment", lambda one: one.course.next_treatment_on, _COHORTS),
    *days_and_date("hsct", _hsct, "A6"),
    Column("hsct_days_from_origin", ColumnType.WHOLE, _from_origin, DAYS),
    _text("not_transplanted_because", lambda one: one.course.not_transplanted_because, source=_COHORTS,
          leaving=Leaving.FREE_TEXT),
    *days_and_date("second_molecular_relapse", lambda one: one.course.second_molecular_relapse_on, "A6"),
    *days_and_date("haematological_relapse", lambda one: one.course.haematological_relapse_on, "A6"),
    Column("in_remission_at_last_news", ColumnType.FLAG, lambda one, _: _in_remission(one), source=_COHORTS),
    *days_and_date("died", lambda one: one.course.died_on, "A6"),
    _text("death_cause", lambda one: one.course.death_cause, source=_COHORTS, leaving=Leaving.FREE_TEXT),
    *days_and_date("last_assessment", lambda one: one.course.last_assessment_on, "A6"),
    *days_and_date("last_contact", lambda one: one.course.last_contact_on, "A6"),
    *endpoint_columns(),
)  # fmt: skip
