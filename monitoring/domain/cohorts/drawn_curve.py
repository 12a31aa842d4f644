"""A step curve as it is drawn and kept: plain numbers, thinned where nobody could see the difference.

Source: docs/methods/survival.md.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction

from monitoring.domain.survival.at_risk import at_risk_table
from monitoring.domain.survival.curves import Curve, Estimate, Step
from monitoring.domain.survival.durations import DAYS_PER_MONTH, days_of
from monitoring.domain.survival.log_log import Interval
from monitoring.domain.survival.observations import Observation
from monitoring.domain.survival.quantiles import Quantile, QuantileEstimate, Reached

MILESTONES = (12, 24)  # months; FILO 2025 prints one and two years
MONTHS_BETWEEN_COUNTS = 6  # of the numbers at risk below a curve; [DESIGN]
MOST_STEPS = 600  # more than the pixels of a figure; a larger cohort is thinned to steps this far apart


@dataclass(frozen=True, slots=True)
class DrawnStep:
    """From a day on the estimate with its 95 % limits; None where the interval has no value."""

    day: float
    estimate: float
    low: float | None
    high: float | None


@dataclass(frozen=True, slots=True)
class Milestone:
    """The estimate at so many months; None where nobody was followed as long, or there is no interval."""

    months: int
    estimate: float | None
    low: float | None
    high: float | None
    at_risk: int


@dataclass(frozen=True, slots=True)
class CountsAt:
    """At so many months: at risk, and events and censored up to then."""

    months: int
    at_risk: int
    events: int
    censored: int


@dataclass(frozen=True, slots=True)
class DayReached:
    """A median with its 95 % limits in days; None where the curve did not reach it."""

    day: float | None
    low: float | None
    high: float | None


def drawn_steps(curve: Curve) -> tuple[DrawnStep, ...]:
    """Return the steps of a curve, each change of it or, in a large cohort, the last of each small stretch."""
    moved = [step for step in curve.steps if step.events] or list(curve.steps[-1:])
    apart = float(curve.followed_until) / MOST_STEPS
    kept: list[Step] = []
    for step in moved:
        if len(moved) > MOST_STEPS and kept and float(step.time) - float(kept[-1].time) < apart:
            kept[-1] = step
        else:
            kept.append(step)
    return tuple(_step(step) for step in kept)


def censored_days(observations: Iterable[Observation]) -> tuple[float, ...]:
    """Return the days on which patients were censored, each once: what is drawn as a tick."""
    return tuple(sorted({float(each.time) for each in observations if each.cause is None}))


def milestones(curve: Curve) -> tuple[Milestone, ...]:
    """Return the estimates at one and two years."""
    return tuple(_milestone(curve, months) for months in MILESTONES)


def counts(observations: Sequence[Observation], cause: str | None = None) -> tuple[CountsAt, ...]:
    """Return at risk, events (of one cause, else of all) and censored every half year, to the last patient."""
    last = max((each.time for each in observations), default=0)
    months = range(0, int(Fraction(last) / DAYS_PER_MONTH) + MONTHS_BETWEEN_COUNTS, MONTHS_BETWEEN_COUNTS)
    rows = at_risk_table(observations, [days_of(month) for month in months])
    return tuple(
        CountsAt(
            month,
            row.at_risk,
            sum(row.events.values()) if cause is None else row.events.get(cause, 0),
            row.censored,
        )
        for month, row in zip(months, rows, strict=True)
    )


def day_reached(found: QuantileEstimate) -> DayReached:
    """Return a quantile as days."""
    return DayReached(_day(found.estimate), _day(found.low), _day(found.high))


def _day(quantile: Quantile) -> float | None:
    return float(quantile.time) if isinstance(quantile, Reached) else None


def _step(step: Step) -> DrawnStep:
    low, high = (step.interval.low, step.interval.high) if isinstance(step.interval, Interval) else (None, None)
    return DrawnStep(float(step.time), step.estimate, low, high)


def _milestone(curve: Curve, months: int) -> Milestone:
    found = curve.at(days_of(months))
    if not isinstance(found, Estimate):
        return Milestone(months, None, None, None, 0)
    low, high = (found.interval.low, found.interval.high) if isinstance(found.interval, Interval) else (None, None)
    return Milestone(months, found.estimate, low, high, found.at_risk)
