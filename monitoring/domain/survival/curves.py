"""A step curve with its intervals: a survival that falls from 1, or an incidence that rises from 0."""

from bisect import bisect_right
from dataclasses import dataclass
from typing import NamedTuple

from monitoring.domain.survival.at_risk import RiskCounts
from monitoring.domain.survival.durations import Time
from monitoring.domain.survival.log_log import Interval, NotEstimable

SURVIVAL_START, INCIDENCE_START = 1.0, 0.0


class Step(NamedTuple):
    """One time at which somebody left: at risk, events of this curve, censored, and the estimate from it on."""

    time: Time
    at_risk: int
    events: int
    censored: int
    estimate: float
    standard_error: float | NotEstimable
    interval: Interval | NotEstimable


@dataclass(frozen=True, slots=True)
class Estimate:
    """What a curve says at one time, with the number at risk just before it."""

    time: Time
    estimate: float
    interval: Interval | NotEstimable
    at_risk: int


@dataclass(frozen=True, slots=True)
class Curve:
    """The steps in order of time; patients and events of this curve; where it starts."""

    start: float
    steps: tuple[Step, ...]
    counts: RiskCounts
    patients: int
    events: int

    def at(self, time: Time) -> Estimate | NotEstimable:
        """Return the estimate at a time (its step included); beyond the last patient only where nothing can change."""
        place = bisect_right(self.steps, time, key=lambda step: step.time)
        if place == 0:
            return Estimate(time, self.start, NotEstimable.NOTHING_YET, self.counts.at(time))
        step = self.steps[place - 1]
        if time > self.followed_until and not self.is_settled:
            return NotEstimable.BEYOND_FOLLOW_UP
        return Estimate(time, step.estimate, step.interval, self.counts.at(time))

    @property
    def followed_until(self) -> Time:
        """The latest time at which a patient left."""
        return self.steps[-1].time

    @property
    def is_settled(self) -> bool:
        """Whether the last patient left with an event, after which the curve cannot change: a survival of 0."""
        return self.start == SURVIVAL_START and self.steps[-1].estimate == 0
