"""Simulated series of which the true slope is known: growth and decline through the limits of their own samples.

A laboratory's scatter s is drawn for each series, sampling days are irregular, and every sample has its own ABL1 and
so its own limit; a level that falls below it is undetected there. Source: docs/methods/kinetics.md, "Coverage".
"""

import math
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from monitoring.domain.growth_points import GrowthPoint
from monitoring.domain.published_kinetics import PUBLISHED_DOUBLING_TIME_DAYS
from monitoring.domain.terms import Marker

ORIGIN = date(2025, 1, 6)
SPREAD_OF_DOUBLING = 0.35  # of ln(days) between patients about the published median, [DESIGN]
HALVING_DAYS = (7.0, 60.0)  # log-uniform, falling under treatment or immune control, [DESIGN]
DAYS_BETWEEN_SAMPLES = (14, 60)  # both included
MEDIAN_ABL1_COPIES = 40_000.0
SPREAD_OF_ABL1 = 0.6  # of ln(copies) between samples: most between 12,000 and 130,000
LEAST_ABL1_COPIES = 1_000.0  # fewer carry no point
LOGS_ABOVE_LIMIT = (2.0, 3.0)  # lowest level of a line that is detected all along
DECLINE = "DECLINE"
KINDS = (*(marker.value for marker in Marker), DECLINE)


@dataclass(frozen=True, slots=True)
class SimulatedSeries:
    """Points with the line (log10 of per cent on day 0, log10 a day) and the scatter (log10) behind them."""

    kind: str
    intercept: float
    slope: float
    sd: float
    points: tuple[GrowthPoint, ...]

    def level_on(self, on: date) -> float:
        """Return the true level on a day, log10 of per cent."""
        return self.intercept + self.slope * (on - ORIGIN).days


def simulate(rng: Random, number: int, undetected: float, sd: float) -> SimulatedSeries:
    """Return a series of `number` points of which each is undetected with probability `undetected`, about."""
    kind = rng.choice(KINDS)
    slope = _slope(rng, kind)
    days = [0]
    while len(days) < number:
        days.append(days[-1] + rng.randint(*DAYS_BETWEEN_SAMPLES))
    anchor_on, anchor = _anchor(rng, days, undetected, rising=slope > 0)
    points = []
    for day in days:
        limit = _limit(rng)
        level = anchor + slope * (day - anchor_on) + rng.gauss(0.0, sd)
        points.append(GrowthPoint(ORIGIN + timedelta(days=day), max(level, limit), censored=level < limit))
    return SimulatedSeries(kind, anchor - slope * anchor_on, slope, sd, tuple(points))


def _slope(rng: Random, kind: str) -> float:
    if kind == DECLINE:
        return -math.log10(2.0) / math.exp(rng.uniform(*map(math.log, HALVING_DAYS)))
    median = PUBLISHED_DOUBLING_TIME_DAYS[Marker(kind)]
    return math.log10(2.0) / (median * math.exp(rng.gauss(0.0, SPREAD_OF_DOUBLING)))


def _limit(rng: Random) -> float:
    """One copy in the ABL1 of this sample, log10 of per cent."""
    copies = MEDIAN_ABL1_COPIES * math.exp(rng.gauss(0.0, SPREAD_OF_ABL1))
    return math.log10(100.0 / max(copies, LEAST_ABL1_COPIES))


def _anchor(rng: Random, days: list[int], undetected: float, *, rising: bool) -> tuple[float, float]:
    """A day and the line's level on it: the median limit, passed where the share of points beyond it is as asked."""
    median_limit = math.log10(100.0 / MEDIAN_ABL1_COPIES)
    if undetected == 0.0:
        return (days[0] if rising else days[-1]), median_limit + rng.uniform(*LOGS_ABOVE_LIMIT)
    below = math.floor(undetected * len(days) + rng.random())
    edges = [days[0] - rng.randint(*DAYS_BETWEEN_SAMPLES), *days, days[-1] + rng.randint(*DAYS_BETWEEN_SAMPLES)]
    first = below if rising else len(days) - below
    return rng.uniform(edges[first], edges[first + 1]), median_limit
