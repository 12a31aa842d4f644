"""How often a sample is due: the defaults of ELN MRD 2021, editable per centre and per patient.

Source: Heuser et al., Blood 2021;138:2753; [DESIGN] where ELN is silent; docs/methods/schedule.md (A7).
"""

from collections.abc import Iterable
from dataclasses import dataclass, fields, replace
from datetime import datetime
from functools import lru_cache
from typing import Any

DAYS_OF_24_MONTHS = 730
LATEST_CONFIRMATION_DAYS = 28  # days after the index; the rules flag CONFIRMATION_OVERDUE from here on, ELN-DAVID 2025


class IntervalsRefused(Exception):
    """An interval is negative, days after HSCT do not rise, or two intervals contradict each other; names the field."""


@dataclass(frozen=True, slots=True)
class SamplingIntervals:
    """All intervals in days; `dataclasses.replace` makes a centre's or a patient's own."""

    marrow_days: int = 91  # every 3 months; ELN 2021
    blood_days: int = 42  # every 4 to 6 weeks; ELN 2021
    marrow_grace_days: int = 14  # [DESIGN]
    blood_grace_days: int = 7  # [DESIGN]
    follow_up_days: int = DAYS_OF_24_MONTHS  # ELN 2021; then individual

    after_cycle_2_opens_on_day: int = 21  # of first-line cycle 2, [DESIGN]
    after_cycle_2_due_on_day: int = 28  # [DESIGN]
    after_cycle_2_closes_on_day: int = 56  # [DESIGN]
    end_of_treatment_opens_before_days: int = 14  # A4
    end_of_treatment_closes_after_days: int = 60  # A4

    venetoclax_due_on_day: int = 28  # of the cycle, within its response window, [DESIGN]
    venetoclax_first_cycles: int = 2  # after each of the first two, [DESIGN] after practice
    venetoclax_every_cycles: int = 2  # then after every second
    before_hsct_opens_before_days: int = 28  # before conditioning, [DESIGN]
    before_hsct_due_before_days: int = 7  # so that the result is known when conditioning starts, [DESIGN]

    after_hsct_on_days: tuple[int, ...] = (30, 60, 100)  # [DESIGN]
    after_hsct_early_days: int = 7  # a sample so much earlier serves, [DESIGN]
    after_hsct_every_days: int = 91
    after_hsct_until_days: int = DAYS_OF_24_MONTHS

    confirmation_target_days: int = 14  # after the index sample, [DESIGN]
    confirmation_limit_days: int = 28  # ELN-DAVID 2025: within 4 weeks, day 28 in time

    def __post_init__(self) -> None:
        for field in fields(self):
            value = getattr(self, field.name)
            numbers = value if isinstance(value, tuple) else (value,)
            if any(number < 0 for number in numbers) or list(numbers) != sorted(set(numbers)):
                raise IntervalsRefused(field.name)
        if not self.after_hsct_on_days or self.venetoclax_every_cycles < 1:
            raise IntervalsRefused("after_hsct_on_days, venetoclax_every_cycles")


ELN_2021_INTERVALS = SamplingIntervals()


@dataclass(frozen=True, slots=True)
class IntervalSet:
    """One interval that was set apart: days, reason, who set it and since when; for one patient or for the centre."""

    name: str
    days: str
    because: str
    set_by: str
    set_at: datetime
    is_of_patient: bool


# A clock that ran for no day would make a sample due for ever.
AT_LEAST_ONE = frozenset({"marrow_days", "blood_days", "after_hsct_every_days", "venetoclax_every_cycles"})

# Pairs of which the first may not exceed the second.
IN_ORDER = (
    ("after_cycle_2_opens_on_day", "after_cycle_2_due_on_day"),
    ("after_cycle_2_due_on_day", "after_cycle_2_closes_on_day"),
    ("before_hsct_due_before_days", "before_hsct_opens_before_days"),
    ("confirmation_target_days", "confirmation_limit_days"),
)


@lru_cache(maxsize=1024)
def intervals_of(changes: tuple[tuple[str, str], ...]) -> SamplingIntervals:
    """Return the defaults with intervals set apart, each a name and whole days, `30,60` where there are several.

    A later change of the same name stands over an earlier one. Raises IntervalsRefused with the name of the interval.
    """
    changed: dict[str, Any] = {name: _days(name, text) for name, text in changes}
    return replace(ELN_2021_INTERVALS, **changed)


def check_together(intervals: SamplingIntervals, changed: str) -> None:
    """Raise IntervalsRefused with the name of the changed interval where the intervals contradict each other.

    Asked when a person sets one; what is on record is always used, so that no series is left without a schedule.
    """
    values = {field.name: getattr(intervals, field.name) for field in fields(intervals)}
    if any(values[name] < 1 for name in AT_LEAST_ONE):
        raise IntervalsRefused(changed)
    if any(values[first] > values[second] for first, second in IN_ORDER):
        raise IntervalsRefused(changed)
    if intervals.confirmation_limit_days > LATEST_CONFIRMATION_DAYS:
        raise IntervalsRefused("confirmation_limit_days")


def interval_names() -> tuple[str, ...]:
    """Return the names of all intervals, in their order."""
    return tuple(field.name for field in fields(SamplingIntervals))


def days_as_text(intervals: SamplingIntervals, name: str) -> str:
    """Return an interval as it is written on record: `91`, or `30,60,100`."""
    value = getattr(intervals, name)
    return ",".join(map(str, value)) if isinstance(value, tuple) else str(value)


def _days(name: str, text: str) -> int | tuple[int, ...]:
    if name not in interval_names():
        raise IntervalsRefused(name)
    numbers = tuple(_numbers(name, text.split(",")))
    if isinstance(getattr(ELN_2021_INTERVALS, name), tuple):
        return numbers
    if len(numbers) != 1:
        raise IntervalsRefused(name)
    return numbers[0]


def _numbers(name: str, words: Iterable[str]) -> Iterable[int]:
    for word in words:
        if not (word.isascii() and word.isdigit()):
            raise IntervalsRefused(name)
        yield int(word)
