"""In which periods of a cycle venetoclax was given, at which dose, and in which it was held.

No more is said than is on record: where only a number of days was written down, which days they were is not told.
Source: docs/methods/dosing.md, "Days given"; docs/methods/fhir.md, "Doses given".
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from monitoring.domain.venetoclax_days import CycleDays, PlannedDaysMissing, days_by_holds

ONE_DAY = timedelta(days=1)


class PeriodKind(StrEnum):
    """What is known of a period."""

    GIVEN = "GIVEN"  # on each of its days: plan, holds and the number of days agree
    AS_PLANNED = "AS_PLANNED"  # planned and not held; nobody wrote down on how many days it was given
    SOME_DAYS = "SOME_DAYS"  # on so many of its days; which ones is not on record
    HELD = "HELD"
    NOT_GIVEN = "NOT_GIVEN"  # on none of its days
    NOT_RECORDED = "NOT_RECORDED"


@dataclass(frozen=True, slots=True)
class Reduced:
    """Days on which a lower dose (mg a day) was given, both ends included; `ends_on` None: to the end of the cycle."""

    starts_on: date
    ends_on: date | None
    dose_mg: int


@dataclass(frozen=True, slots=True)
class Period:
    """Days, both ends included; the dose in mg a day where it is known; the number of days of SOME_DAYS."""

    kind: PeriodKind
    first: date
    last: date
    dose_mg: int | None = None
    days: int | None = None


def periods_of_cycle(cycle: CycleDays, dose_mg: int | None, reduced: Sequence[Reduced] = ()) -> tuple[Period, ...]:
    """Return what is on record of a cycle as periods, the earliest first; no two of GIVEN, AS_PLANNED, HELD overlap."""
    told = [*_held(cycle), *_given(cycle, dose_mg, reduced)]
    return tuple(sorted(told, key=lambda each: (each.first, each.kind is PeriodKind.HELD)))


def _window_end(cycle: CycleDays) -> date:
    """The last day on which anything was to be given."""
    if cycle.planned_days is None:
        return cycle.ends_on
    return min(cycle.starts_on + timedelta(days=cycle.planned_days - 1), cycle.ends_on)


def _held(cycle: CycleDays) -> Iterable[Period]:
    end = _window_end(cycle)
    for hold in cycle.holds:
        if hold.starts_on <= end:
            yield Period(PeriodKind.HELD, hold.starts_on, min(hold.ends_on or end, end))


def _given(cycle: CycleDays, dose_mg: int | None, reduced: Sequence[Reduced]) -> Iterable[Period]:
    try:
        days = days_by_holds(cycle)
    except PlannedDaysMissing:
        return [_whole(cycle, dose_mg, reduced)]
    if cycle.given_days == 0:
        return _runs(PeriodKind.NOT_GIVEN, days, None, ())
    if cycle.given_days not in {None, len(days)}:
        return [_whole(cycle, dose_mg, reduced)]
    kind = PeriodKind.AS_PLANNED if cycle.given_days is None else PeriodKind.GIVEN
    return _runs(kind, days, dose_mg, reduced)


def _whole(cycle: CycleDays, dose_mg: int | None, reduced: Sequence[Reduced]) -> Period:
    """The cycle as one period of which nobody knows the days; with a reduction the dose is not one either."""
    dose = None if reduced else dose_mg
    match cycle.given_days:
        case None:
            return Period(PeriodKind.NOT_RECORDED, cycle.starts_on, cycle.ends_on, dose)
        case 0:
            return Period(PeriodKind.NOT_GIVEN, cycle.starts_on, cycle.ends_on)
        case days:
            return Period(PeriodKind.SOME_DAYS, cycle.starts_on, cycle.ends_on, dose, days)


def _runs(kind: PeriodKind, days: Sequence[date], dose_mg: int | None, reduced: Sequence[Reduced]) -> list[Period]:
    """Days that follow each other at one dose, as one period."""
    found: list[Period] = []
    for day in days:
        dose = _dose(day, dose_mg, reduced)
        if found and found[-1].last + ONE_DAY == day and found[-1].dose_mg == dose:
            found[-1] = Period(kind, found[-1].first, day, dose)
        else:
            found.append(Period(kind, day, day, dose))
    return found


def _dose(day: date, dose_mg: int | None, reduced: Sequence[Reduced]) -> int | None:
    lowered = [each.dose_mg for each in reduced if each.starts_on <= day <= (each.ends_on or day)]
    return lowered[-1] if lowered else dose_mg
