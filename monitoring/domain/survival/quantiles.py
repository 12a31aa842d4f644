"""The time by which a share of the patients had the event: median and quartiles of a survival curve.

The interval is that of Brookmeyer and Crowley, Biometrics 1982;38:29, on the log-log scale: where the limits of the
curve themselves reach the share.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from typing import TypeAlias

from monitoring.domain.survival.curves import Curve
from monitoring.domain.survival.durations import Time, middle_of
from monitoring.domain.survival.log_log import Interval

LOWER_QUARTILE, MEDIAN, UPPER_QUARTILE = Fraction(1, 4), Fraction(1, 2), Fraction(3, 4)  # shares with the event
# A product of quotients that is exactly 1/2 differs from 0.5 in floats; tolerance of R's quantile.survfit
LEVEL_TOLERANCE = 2.0**-26


@dataclass(frozen=True, slots=True)
class Reached:
    """The curve reached the level at this time; the middle of the flat stretch where it stood exactly on it."""

    time: Time


@dataclass(frozen=True, slots=True)
class NotReached:
    """The curve was still above the level when the last patient left."""

    followed_until: Time


Quantile: TypeAlias = Reached | NotReached


@dataclass(frozen=True, slots=True)
class QuantileEstimate:
    """The time by which the share had the event, with the limits of its 95 % interval."""

    share: Fraction
    estimate: Quantile
    low: Quantile
    high: Quantile


def quantile(curve: Curve, share: Fraction = MEDIAN) -> QuantileEstimate:
    """Return when the survival fell to 1 - share, in the unit of the times, with the Brookmeyer-Crowley interval."""
    level, until = float(1 - share), curve.followed_until
    low = ((step.time, step.interval.low) for step in curve.steps if isinstance(step.interval, Interval))
    high = ((step.time, step.interval.high) for step in curve.steps if isinstance(step.interval, Interval))
    return QuantileEstimate(
        share,
        _first_at_or_below(((step.time, step.estimate) for step in curve.steps), level, until),
        _first_at_or_below(low, level, until),
        _first_at_or_below(high, level, until),
    )


def _first_at_or_below(points: Iterable[tuple[Time, float]], level: float, until: Time) -> Quantile:
    """Where the curve stands exactly on the level: the middle between reaching and leaving it, or the last patient."""
    stands_since: Time | None = None
    for time, value in points:
        if value < level - LEVEL_TOLERANCE:
            return Reached(time if stands_since is None else middle_of(stands_since, time))
        if stands_since is None and value <= level + LEVEL_TOLERANCE:
            stands_since = time
    return NotReached(until) if stands_since is None else Reached(middle_of(stands_since, until))
