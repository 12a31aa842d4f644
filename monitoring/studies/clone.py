"""The true level of a marker in the marrow over time: log10 of per cent of ABL1, straight lines between turns.

Doubling times: Ommen et al., Blood 2010;115:198 (74 relapses), medians of NPM1 and the core-binding factor fusions.
Everything else here is constructed so that curves look like those of a clinic.
"""

import math
from random import Random

from monitoring.domain.terms import Marker

MEDIAN_DOUBLING_TIME_DAYS = {
    Marker.NPM1: 11.0,
    Marker.RUNX1_RUNX1T1: 14.0,
    Marker.CBFB_MYH11: 36.0,
}  # days; Ommen 2010
SPREAD_OF_DOUBLING_TIMES = 0.35  # standard deviation of the natural logarithm, between patients; constructed

UNDETECTABLE = -6.0  # log10 % of ABL1: no sample finds it
EMERGING = -3.0  # log10 % of ABL1: about one copy in 100,000; a good sample may find it
OVERT = 1.3  # log10 % of ABL1, 20 %: haematological relapse
HIGHEST = 2.5  # log10 % of ABL1


def draw_doubling_time(rng: Random, marker: Marker) -> float:
    """Return a doubling time in days, log-normal around the published median of the marker."""
    return MEDIAN_DOUBLING_TIME_DAYS[marker] * math.exp(rng.gauss(0.0, SPREAD_OF_DOUBLING_TIMES))


def slope_of(doubling_time_days: float) -> float:
    """Return log10 per day of a doubling time."""
    return math.log10(2.0) / doubling_time_days


class Clone:
    """The level now and where it is going."""

    __slots__ = ("day", "height", "lowest", "slope")

    def __init__(self, height: float) -> None:
        self.day, self.height, self.slope, self.lowest = 0.0, height, 0.0, UNDETECTABLE

    def level(self, day: float) -> float:
        """Return log10 of per cent of ABL1 in the marrow on a day."""
        return min(HIGHEST, max(self.lowest, self.height + self.slope * (day - self.day)))

    def turn(self, day: float, slope: float, lowest: float = UNDETECTABLE) -> None:
        """Go on from the level of this day with another slope, log10 per day, never below `lowest`."""
        self.height, self.day, self.slope, self.lowest = self.level(day), day, slope, lowest

    def fall_to(self, day: float, height: float, by_day: float) -> None:
        """Reach a level by a day and stay there."""
        self.turn(day, (height - self.level(day)) / max(1.0, by_day - day), lowest=height)

    def emerge(self, day: float, slope: float) -> None:
        """Grow from the first detectable level, or from where the marker already is."""
        self.height, self.day, self.slope, self.lowest = max(EMERGING, self.level(day)), day, slope, UNDETECTABLE

    def overt_on(self) -> float:
        """Return the day on which the marker would be as high as in haematological relapse; infinity if never."""
        if self.slope <= 0:
            return math.inf
        return self.day + max(0.0, OVERT - self.height) / self.slope
