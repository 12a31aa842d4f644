"""Median and quartiles of uncensored values, by the rank (n - 1) x share, linear between its neighbours.

This is type 7 of Hyndman and Fan, Am Stat 1996;50:361, the default of R. The quartiles printed by FILO 2025 fit it:
with 70 patients its ranks lie a quarter (14.25 months) and three quarters (3.8 = 3.75 cycles) between two.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from monitoring.domain.survival.durations import Time
from monitoring.domain.survival.quantiles import LOWER_QUARTILE, MEDIAN, UPPER_QUARTILE


class NoValues(ValueError):
    """There is nothing to summarise."""


@dataclass(frozen=True, slots=True)
class Quartiles:
    """How many values, their median and quartiles (exact, type 7), smallest and largest; in their own unit."""

    n: int
    median: Fraction
    q1: Fraction
    q3: Fraction
    smallest: Fraction
    largest: Fraction


def quartiles(values: Sequence[Time]) -> Quartiles:
    """Return median and quartiles of exact values in their own unit; NoValues where there is none."""
    if not values:
        raise NoValues
    ranked = [Fraction(value) for value in sorted(values)]
    return Quartiles(
        len(ranked),
        _at_share(ranked, MEDIAN),
        _at_share(ranked, LOWER_QUARTILE),
        _at_share(ranked, UPPER_QUARTILE),
        ranked[0],
        ranked[-1],
    )


def _at_share(ranked: Sequence[Fraction], share: Fraction) -> Fraction:
    rank = (len(ranked) - 1) * share
    below = int(rank)
    above = min(below + 1, len(ranked) - 1)
    return ranked[below] + (rank - below) * (ranked[above] - ranked[below])
