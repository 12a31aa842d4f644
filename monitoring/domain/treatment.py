"""Pre-emptive venetoclax as the response and the schedule see it: cycles, and what ends them.

Source: docs/methods/response.md (A5).
"""

from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

# Days of a cycle are counted from 1; both ends of a window belong to it.
WINDOW_OPENS_ON_DAY = 21  # of the cycle itself; FILO 2025
WINDOW_CLOSES_ON_DAY_OF_NEXT = 7  # of the next cycle
WINDOW_CLOSES_ON_DAY = 56  # of the cycle itself, at the latest


class CyclesOutOfOrder(Exception):
    """Cycles are numbered upwards, each begins after the one before, none before treatment."""


@dataclass(frozen=True, slots=True)
class Cycle:
    """One cycle: number, first day, and on how many days venetoclax was given (None: not recorded)."""

    number: int
    day_1: date
    venetoclax_days: int | None = None

    def day(self, number: int) -> date:
        """Return the date of a day of this cycle; day 1 is its first."""
        return self.day_1 + timedelta(days=number - 1)


@dataclass(frozen=True, slots=True)
class PreemptiveTreatment:
    """One course of pre-emptive treatment: its start (cycle 1 day 1), its cycles, and what came after it."""

    started_on: date
    cycles: tuple[Cycle, ...] = ()
    conditioning_on: date | None = None
    other_treatment_on: date | None = None

    def __post_init__(self) -> None:
        for earlier, later in pairwise(self.cycles):
            if earlier.number >= later.number or earlier.day_1 >= later.day_1:
                raise CyclesOutOfOrder(f"{earlier.number} {later.number}")
        if self.cycles and (self.cycles[0].number < 1 or self.cycles[0].day_1 < self.started_on):
            raise CyclesOutOfOrder(str(self.cycles[0].number))

    def window_of(self, cycle: Cycle) -> tuple[date, date]:
        """Return first and last day of the response window of a cycle; empty where last is before first.

        From day 21 to the earliest of day 7 of the next cycle, start of conditioning, start of another
        treatment, and day 56.
        """
        following = [later.day(WINDOW_CLOSES_ON_DAY_OF_NEXT) for later in self.cycles if later.day_1 > cycle.day_1]
        ends = [on for on in (self.conditioning_on, self.other_treatment_on) if on is not None and on >= cycle.day_1]
        return cycle.day(WINDOW_OPENS_ON_DAY), min(*following, *ends, cycle.day(WINDOW_CLOSES_ON_DAY), date.max)

    def numbered(self, number: int) -> Cycle | None:
        """Return the cycle of a number; None where it was not given."""
        return next((cycle for cycle in self.cycles if cycle.number == number), None)

    @property
    def can_be_compared_by_days(self) -> bool:
        """Whether a comparison by days may include it: cycle 2, if given, as long as cycle 1."""
        first, second = self.numbered(1), self.numbered(2)
        if first is None or first.venetoclax_days is None:
            return False
        return second is None or second.venetoclax_days == first.venetoclax_days
