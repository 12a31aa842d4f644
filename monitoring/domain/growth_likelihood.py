"""The likelihood of a growth line through points of which some are only limits, and profiles of it.

A profile fixes one thing - the slope, or a point that the line passes - and takes the best of all lines left.
The thing fixed lies in the 95 % interval where that costs less than 1.9207 of log-likelihood.
Source: Tobin, Econometrica 1958;26:24; docs/methods/kinetics.md.
"""

import math
from collections.abc import Callable, Sequence

from monitoring.domain.censored_normal import Maximum, Residual, maximise
from monitoring.domain.growth_bounds import crossing
from monitoring.domain.growth_points import GrowthPoint

LIKELIHOOD_DROP = 1.920729410347062  # half the 95 % quantile of chi-square with one degree of freedom
ROOT_OF_TWICE_DROP = math.sqrt(2.0 * LIKELIHOOD_DROP)
START_SD = 0.25  # log10, where the search for the standard deviation begins


class GrowthLikelihood:
    """Best line, its likelihood and profiles; `sd` None means that the standard deviation is sought as well.

    Times are days since the first point, levels log10 of per cent of ABL1. Raises NoMaximum.
    """

    def __init__(self, points: Sequence[GrowthPoint], sd: float | None) -> None:
        origin = points[0].on
        self._observations = [((p.on - origin).days, p.log10_pct_abl1, p.censored) for p in points]
        self.sd_is_estimated = sd is None
        self._known = None if sd is None else 1.0 / sd
        self._start = 1.0 / (START_SD if sd is None else sd)
        intercept, slope = self._straight_line()
        maximum = self._maximise([(y, (1.0, float(t))) for t, y, _ in self._observations], (intercept, slope))
        self.best = maximum.log_likelihood
        h = self._known if self._known is not None else maximum.parameters[2]
        self._start = h
        self.sd = 1.0 / h
        self.intercept, self.slope = maximum.parameters[0] / h, maximum.parameters[1] / h

    def of_slope(self, slope: float) -> float:
        """Return the log-likelihood of the best line of a slope."""
        rows = [(y - slope * t, (1.0,)) for t, y, _ in self._observations]
        return self._maximise(rows, (self.intercept,)).log_likelihood

    def through(self, day: float, level: float) -> float:
        """Return the log-likelihood of the best line that passes `level` on `day`."""
        rows = [(y - level, (t - day,)) for t, y, _ in self._observations]
        return self._maximise(rows, (self.slope,)).log_likelihood

    def slope_bounds(self) -> tuple[float, float]:
        """Return the slopes at which the best line has lost 1.9207, log10 a day."""
        spread = ROOT_OF_TWICE_DROP * self.sd / math.sqrt(self._detected_days()[2])
        return bounds(self.of_slope, self.slope, self.best, spread)

    def level_bounds(self, day: float) -> tuple[float, float]:
        """Return the levels on a day through which the best line has lost 1.9207, log10."""
        level = self.intercept + self.slope * day
        return bounds(lambda through: self.through(day, through), level, self.best, self._spread_at(day))

    def _spread_at(self, day: float) -> float:
        """About the half-width of the interval of the level on a day, by the detected points alone."""
        number, mean, squares = self._detected_days()
        return ROOT_OF_TWICE_DROP * self.sd * math.sqrt(1.0 / number + (day - mean) ** 2 / squares)

    def _maximise(self, rows: Sequence[tuple[float, tuple[float, ...]]], start: Sequence[float]) -> Maximum:
        """The best of the lines whose standardised residuals are h x level - factors x (parameters x h)."""
        scaled = [self._start * parameter for parameter in start]
        if self._known is not None:
            known = [
                Residual(self._known * level, tuple(-factor for factor in factors), censored)
                for (level, factors), (_, _, censored) in zip(rows, self._observations, strict=True)
            ]
            return maximise(known, scaled)
        sought = [
            Residual(0.0, (*(-factor for factor in factors), level), censored)
            for (level, factors), (_, _, censored) in zip(rows, self._observations, strict=True)
        ]
        return maximise(sought, [*scaled, self._start], scale_at=len(scaled))

    def _straight_line(self) -> tuple[float, float]:
        """Least squares through the detected points, where the search begins."""
        number, mean_day, squares = self._detected_days()
        mean_level = sum(y for _, y, censored in self._observations if not censored) / number
        products = sum((t - mean_day) * y for t, y, censored in self._observations if not censored)
        return mean_level - products / squares * mean_day, products / squares

    def _detected_days(self) -> tuple[int, float, float]:
        """Number, mean day and sum of squared distances from it of the detected points."""
        days = [t for t, _, censored in self._observations if not censored]
        mean = sum(days) / len(days)
        return len(days), mean, sum((t - mean) ** 2 for t in days)


def bounds(profile: Callable[[float], float], best_at: float, best: float, spread: float) -> tuple[float, float]:
    """Return the two places where a profile has fallen by 1.9207 from `best`; raises NoMaximum for none."""

    def missing(place: float) -> float:
        # twice the drop, square-rooted, grows nearly straight with distance
        return math.sqrt(max(0.0, 2.0 * (best - profile(place)))) - ROOT_OF_TWICE_DROP

    low, high = (crossing(missing, best_at, -ROOT_OF_TWICE_DROP, step) for step in (-spread, spread))
    return low, high
