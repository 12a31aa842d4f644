"""On which days of a cycle venetoclax was given, from the plan and the holds.

Source: docs/methods/dosing.md.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta


class PlannedDaysMissing(Exception):
    """Without the planned number of days nobody can say which days were left out."""


@dataclass(frozen=True, slots=True)
class HeldDays:
    """Days on which venetoclax was held, both ends included; `ends_on` None: not taken up again in the cycle."""

    starts_on: date
    ends_on: date | None = None


@dataclass(frozen=True, slots=True)
class CycleDays:
    """First and last day of a cycle, and on how many days from day 1 venetoclax was planned and said to be given."""

    starts_on: date
    ends_on: date
    planned_days: int | None = None
    given_days: int | None = None
    holds: tuple[HeldDays, ...] = ()


def days_by_holds(cycle: CycleDays) -> tuple[date, ...]:
    """Return the planned days, from day 1 and within the cycle, on which venetoclax was not held.

    Days missed are not made up for. Raises PlannedDaysMissing.
    """
    if cycle.planned_days is None:
        raise PlannedDaysMissing
    last = min(cycle.starts_on + timedelta(days=cycle.planned_days - 1), cycle.ends_on)
    planned = (cycle.starts_on + timedelta(days=n) for n in range((last - cycle.starts_on).days + 1))
    return tuple(day for day in planned if not _is_held(day, cycle.holds))


def last_day_given(cycle: CycleDays) -> date:
    """Return the last day on which venetoclax was given: by the holds, else counted from the days given.

    Raises PlannedDaysMissing where neither days planned nor days given are on record, or none was given.
    """
    if cycle.holds and cycle.planned_days is not None:
        given = days_by_holds(cycle)
    else:
        count = cycle.given_days if cycle.given_days is not None else cycle.planned_days
        if count is None:
            raise PlannedDaysMissing
        given = tuple(cycle.starts_on + timedelta(days=n) for n in range(count))
    if not given:
        raise PlannedDaysMissing
    return min(given[-1], cycle.ends_on)


def _is_held(day: date, holds: Iterable[HeldDays]) -> bool:
    return any(hold.starts_on <= day and (hold.ends_on is None or day <= hold.ends_on) for hold in holds)
