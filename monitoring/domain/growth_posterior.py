"""What the points say of a growth line where the scatter of the assay is not known beforehand.

The likelihood is averaged over every intercept (flat) and every standard deviation; what is left is a distribution of
the slope, or of the level on a day, and its middle 95 % is the interval. The standard deviation counts as if four
earlier points had scattered by 0.25 log10 about a line of their own (95 % of it from 0.15 to 0.72): few points borrow
from what is known of assays, many speak for themselves. Without censored points it is Student's distribution.
Source: Smyth, Stat Appl Genet Mol Biol 2004;3:3 (moderated variance); Tierney & Kadane, J Am Stat Assoc 1986;81:82
(Laplace's method); docs/methods/kinetics.md.
"""

import math
from collections.abc import Callable, Iterator, Sequence

from monitoring.domain.censored_normal import Residual, maximise
from monitoring.domain.growth_bounds import crossing
from monitoring.domain.growth_middle import middle
from monitoring.domain.growth_points import GrowthPoint
from monitoring.domain.growth_ridge import PriorScatter, Ridge, best_of, lines

# log10 and degrees of freedom: inter-assay standard deviation, and how firmly it is held, [DESIGN]
PRIOR = PriorScatter(sd=0.25, points=4.0)
NORMAL_97_5 = 1.959963984540054  # standard deviations of the normal distribution that leave 2.5 % beyond
ABOUT = 0.05  # standard deviations within which a half-width is sought: it only places the grid

Bounds = tuple[float, float]
Row = tuple[float, float, bool]  # what is left of a level, factor of the free parameter, censored


class GrowthPosterior:
    """Distribution of a growth line: days since the first point, levels in log10 of per cent of ABL1.

    `intercept` and `slope` are where the search begins. Raises NoMaximum.
    """

    def __init__(self, points: Sequence[GrowthPoint], intercept: float, slope: float) -> None:
        origin = points[0].on
        detected = [(p.on - origin).days for p in points if not p.censored]
        self._detected = len(detected)
        self._centre = sum(detected) / self._detected
        self._squares = sum((t - self._centre) ** 2 for t in detected)
        self._observations = [((p.on - origin).days - self._centre, p.log10_pct_abl1, p.censored) for p in points]
        self._level, self._slope, self._h, self._highest = self._mode(intercept + slope * self._centre, slope)

    def slope_bounds(self) -> Bounds:
        """Return the bounds of the middle 95 % of the slope, log10 a day."""

        def rows(slope: float) -> Iterator[Row]:
            return ((y - slope * t, 1.0, censored) for t, y, censored in self._observations)

        return self._middle(rows, self._level, self._slope, 1.0 / math.sqrt(self._squares))

    def level_bounds(self, day: float) -> Bounds:
        """Return the bounds of the middle 95 % of the line's level on a day, log10."""
        from_centre = day - self._centre

        def rows(level: float) -> Iterator[Row]:
            return ((y - level, t - from_centre, censored) for t, y, censored in self._observations)

        spread = math.sqrt(1.0 / self._detected + from_centre**2 / self._squares)
        return self._middle(rows, self._slope, self._level + self._slope * from_centre, spread)

    def _mode(self, level: float, slope: float) -> tuple[float, float, float, float]:
        """Level at the centre, slope, 1/s and log-likelihood where it is highest."""
        h = 1.0 / PRIOR.sd
        residuals = [Residual(0.0, (-1.0, -t, y), censored) for t, y, censored in self._observations]
        residuals.append(Residual(0.0, (0.0, 0.0, PRIOR.sd * math.sqrt(PRIOR.points)), censored=False))
        times = self._detected + PRIOR.points
        mode = maximise(residuals, (level * h, slope * h, h), scale_at=2, times_log_scale=times)
        level_h, slope_h, h = mode.parameters
        return level_h / h, slope_h / h, h, mode.log_likelihood

    def _middle(self, rows: Callable[[float], Iterator[Row]], free: float, mode: float, spread: float) -> Bounds:
        """The bounds for what `rows` fix; `free` is the other parameter of the line at the mode."""
        last = free * self._h, self._h

        def ridge(place: float) -> Ridge:
            nonlocal last  # the places come one beside the other, and so do their best lines
            found = best_of(lines(rows(place), PRIOR), *last)
            last = found.parameter_h, found.h
            return found

        def missing(place: float) -> float:
            drop = self._highest - ridge(place).log_likelihood
            return math.sqrt(max(0.0, 2.0 * drop)) - NORMAL_97_5

        step = NORMAL_97_5 / self._h * spread
        low, high = (crossing(missing, mode, -NORMAL_97_5, side * step, ABOUT) for side in (-1.0, 1.0))
        return middle(lambda place: ridge(place).log_integral, mode, mode - low, high - mode)
