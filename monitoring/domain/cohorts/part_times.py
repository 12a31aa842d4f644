"""The times part: from diagnosis to relapse, to the first cycle, to the transplant; cycles; who was transplanted how.

Source: docs/methods/cohorts.md; FILO 2025, results.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from monitoring.domain.cohorts.endpoints import transplanted_on
from monitoring.domain.cohorts.patient import CohortPatient, Transplant
from monitoring.domain.cohorts.summaries import Summary, summary_of


class TimeCode(StrEnum):
    """What is measured; days, but for the number of cycles and their days."""

    DIAGNOSIS_TO_FAILURE = "DIAGNOSIS_TO_FAILURE"
    FAILURE_TO_CYCLE_1 = "FAILURE_TO_CYCLE_1"
    FAILURE_TO_HSCT = "FAILURE_TO_HSCT"
    CYCLE_1_TO_HSCT = "CYCLE_1_TO_HSCT"
    CYCLES = "CYCLES"
    DAYS_IN_CYCLE_1 = "DAYS_IN_CYCLE_1"


class Category(StrEnum):
    """What is counted, by what was recorded."""

    VENETOCLAX_DAYS = "VENETOCLAX_DAYS"
    SETTING = "SETTING"
    CYP3A4 = "CYP3A4"
    G_CSF = "G_CSF"
    DONOR = "DONOR"
    CONDITIONING = "CONDITIONING"
    MRD_AT_HSCT = "MRD_AT_HSCT"
    NOT_TRANSPLANTED = "NOT_TRANSPLANTED"
    DEATH_CAUSE = "DEATH_CAUSE"


@dataclass(frozen=True, slots=True)
class TimeRow:
    """One time; None where nobody has it."""

    code: TimeCode
    summary: Summary | None


@dataclass(frozen=True, slots=True)
class CategoryEntry:
    """One value as it was recorded, and how often."""

    value: str
    patients: int


@dataclass(frozen=True, slots=True)
class CategoryTable:
    """The values of one category, the commonest first, of those concerned; `not_recorded` of them have none."""

    category: Category
    concerned: int
    not_recorded: int
    entries: tuple[CategoryEntry, ...]


@dataclass(frozen=True, slots=True)
class TimesAnswer:
    """Times and categories of a cohort."""

    times: tuple[TimeRow, ...]
    categories: tuple[CategoryTable, ...]


def times_answer(patients: Sequence[CohortPatient]) -> TimesAnswer:
    """Return times and categories of a cohort."""
    rows = tuple(TimeRow(code, _summary(patients, measured)) for code, measured in _TIMES.items())
    return TimesAnswer(rows, tuple(_table(category, patients) for category in Category))


def _summary(patients: Sequence[CohortPatient], measured: Callable[[CohortPatient], int | None]) -> Summary | None:
    values = [value for patient in patients if (value := measured(patient)) is not None]
    return summary_of(values, of=len(patients))


def _failed_on(patient: CohortPatient) -> date | None:
    return patient.selection.failure.on if patient.selection.failure else None


def _treated_on(patient: CohortPatient) -> date | None:
    return patient.selection.course.starts_on if patient.selection.course else None


def _between(first: date | None, last: date | None) -> int | None:
    return (last - first).days if first is not None and last is not None else None


def _first_days(patient: CohortPatient) -> int | None:
    return next((cycle.given_days for cycle in patient.course.cycles if cycle.number == 1), None)


_TIMES: Mapping[TimeCode, Callable[[CohortPatient], int | None]] = {
    TimeCode.DIAGNOSIS_TO_FAILURE: lambda one: _between(one.selection.diagnosed_on, _failed_on(one)),
    TimeCode.FAILURE_TO_CYCLE_1: lambda one: _between(_failed_on(one), _treated_on(one)),
    TimeCode.FAILURE_TO_HSCT: lambda one: _between(_failed_on(one), transplanted_on(one)),
    TimeCode.CYCLE_1_TO_HSCT: lambda one: _between(_treated_on(one), transplanted_on(one)),
    TimeCode.CYCLES: lambda one: len(one.course.cycles) or None,
    TimeCode.DAYS_IN_CYCLE_1: _first_days,
}


def _transplant(patient: CohortPatient) -> Transplant | None:
    on = transplanted_on(patient)
    return next((each for each in patient.course.transplants if each.on == on), None)


def _table(category: Category, patients: Sequence[CohortPatient]) -> CategoryTable:
    concerned = [value for one in patients if (value := _VALUES[category](one)) is not None]
    found = Counter(value for value in concerned if value)
    ranked = sorted(found.items(), key=lambda pair: (-pair[1], pair[0]))
    entries = tuple(CategoryEntry(value, count) for value, count in ranked)
    return CategoryTable(category, len(concerned), len(concerned) - sum(found.values()), entries)


def _of_transplant(value: Callable[[Transplant], str]) -> Callable[[CohortPatient], str | None]:
    def of(patient: CohortPatient) -> str | None:
        transplant = _transplant(patient)
        return None if transplant is None else value(transplant)

    return of


def _of_first_cycle(value: Callable[[CohortPatient], str]) -> Callable[[CohortPatient], str | None]:
    return lambda patient: value(patient) if patient.course.cycles else None


def _g_csf(patient: CohortPatient) -> str:
    given = [cycle.g_csf for cycle in patient.course.cycles if cycle.g_csf is not None]
    return "" if not given else ("YES" if any(given) else "NO")


# None: the category does not concern the patient; empty: it does, and nothing was recorded.
_VALUES: Mapping[Category, Callable[[CohortPatient], str | None]] = {
    Category.VENETOCLAX_DAYS: _of_first_cycle(lambda one: str(_first_days(one) or "")),
    Category.SETTING: _of_first_cycle(lambda one: one.course.cycles[0].setting),
    Category.CYP3A4: _of_first_cycle(lambda one: one.course.cycles[0].cyp3a4),
    Category.G_CSF: _of_first_cycle(_g_csf),
    Category.DONOR: _of_transplant(lambda transplant: transplant.donor),
    Category.CONDITIONING: _of_transplant(lambda transplant: transplant.conditioning),
    Category.MRD_AT_HSCT: _of_transplant(lambda transplant: transplant.mrd_at_hsct),
    Category.NOT_TRANSPLANTED: lambda one: None if _transplant(one) else one.course.not_transplanted_because,
    Category.DEATH_CAUSE: lambda one: None if one.course.died_on is None else one.course.death_cause,
}
