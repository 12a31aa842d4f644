"""Numbers at risk below a curve, for any times, with delayed entry and competing causes."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from monitoring.domain.survival.durations import Time
from monitoring.domain.survival.observations import Observations, causes_of


class RiskCounts:
    """How many patients were at risk at any time (entry < t <= time), from two sorted lists."""

    __slots__ = ("_entries", "_leaving", "_undelayed")

    def __init__(self, observations: Observations) -> None:
        self._leaving = sorted(each.time for each in observations)
        self._entries = sorted(each.entry for each in observations if each.entry is not None)
        self._undelayed = len(self._leaving) - len(self._entries)

    def at(self, time: Time) -> int:
        """Return how many patients were under observation just before the time, or left at it."""
        return self._undelayed + bisect_left(self._entries, time) - bisect_left(self._leaving, time)

    @property
    def followed_until(self) -> Time:
        """The latest time at which a patient left."""
        return self._leaving[-1]


@dataclass(frozen=True, slots=True)
class AtRiskRow:
    """At risk at the time; events by cause and censored, both counted from the origin up to and with the time."""

    time: Time
    at_risk: int
    events: Mapping[str, int]
    censored: int


def at_risk_table(observations: Observations, times: Iterable[Time]) -> tuple[AtRiskRow, ...]:
    """Return one row for each time; without delayed entry, at risk and all who left before it are all patients."""
    counts = RiskCounts(observations)
    ended = {
        cause: sorted(each.time for each in observations if each.cause == cause) for cause in causes_of(observations)
    }
    censored = sorted(each.time for each in observations if each.cause is None)
    return tuple(
        AtRiskRow(
            time,
            counts.at(time),
            {cause: bisect_right(ends, time) for cause, ends in ended.items()},
            bisect_right(censored, time),
        )
        for time in times
    )
