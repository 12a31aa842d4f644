"""The level of a cohort over time: median and quartiles by month from a common origin.

What was not detected is left-censored: the level lies below that sample's own limit. The quantiles of a month are those
of the product-limit estimator for left-censored values (Kaplan and Meier 1958, turned round as by Ware and DeMets
1976), which is the estimator of Turnbull (1976) where every value is exact or left-censored. A quantile that lies among
the patients in whom nothing was detected is never a number, only a bound. One patient counts once in a month.

References: docs/methods/cohort_band.md.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import cache
from itertools import groupby
from math import floor

LEAST_PATIENTS = 10  # [DESIGN] in a month: fewer are single patients, not a cohort
DAYS_OF_A_MONTH = Fraction(487, 16)  # 30.4375, as on the time axis of the figure
MEDIAN, QUARTILES = Fraction(1, 2), (Fraction(1, 4), Fraction(3, 4))


class CohortTooSmall(ValueError):
    """No month holds as many patients as a band needs; `most` is how many the fullest one holds."""

    def __init__(self, most: int) -> None:
        super().__init__(f"at most {most} patients in a month, {LEAST_PATIENTS} are needed")
        self.most = most


@dataclass(frozen=True, slots=True)
class CohortLevel:
    """One sample of one patient: `day` from the origin; the level in % of ABL1, or, not detected, the limit of it."""

    patient: int
    day: int
    pct_abl1: Decimal
    is_detected: bool


@dataclass(frozen=True, slots=True)
class Quantile:
    """A level of the cohort in % of ABL1; `is_below`: it lies below that level, and nobody knows where."""

    pct_abl1: Decimal
    is_below: bool


@dataclass(frozen=True, slots=True)
class BandMonth:
    """One month from the origin: how many patients, in how many of them nothing was detected, and the quantiles."""

    month: int
    patients: int
    undetected: int
    lower: Quantile
    median: Quantile
    upper: Quantile


def cohort_band(levels: Iterable[CohortLevel]) -> tuple[BandMonth, ...]:
    """Return the months with at least LEAST_PATIENTS patients, in % of ABL1; raises CohortTooSmall where none has."""
    months = _by_month(levels)
    full = {month: found for month, found in sorted(months.items()) if len(found) >= LEAST_PATIENTS}
    if not full:
        raise CohortTooSmall(max(map(len, months.values()), default=0))
    return tuple(_month(month, found) for month, found in full.items())


@cache
def month_of(day: int) -> int:
    """Return the month that a day from the origin belongs to: month 0 is half a month around it."""
    return floor(day / DAYS_OF_A_MONTH + Fraction(1, 2))


def quantiles(levels: Sequence[CohortLevel]) -> tuple[Quantile, Quantile, Quantile]:
    """Return lower quartile, median and upper quartile (% of ABL1) of levels of different patients, at least one."""
    lowest, highest = QUARTILES
    upper = _quantile(levels, highest)
    median = _at_most(_quantile(levels, MEDIAN), upper)
    return _at_most(_quantile(levels, lowest), median), median, upper


def _by_month(levels: Iterable[CohortLevel]) -> dict[int, list[CohortLevel]]:
    """The sample of each patient that lies nearest to the middle of a month; of two as near, the earlier one."""
    nearest: dict[int, dict[int, CohortLevel]] = defaultdict(dict)
    for level in sorted(levels, key=lambda one: (one.day, not one.is_detected, -one.pct_abl1)):
        month = month_of(level.day)
        before = nearest[month].get(level.patient)
        if before is None or _from_middle(level, month) < _from_middle(before, month):
            nearest[month][level.patient] = level
    return {month: list(found.values()) for month, found in nearest.items()}


def _from_middle(level: CohortLevel, month: int) -> Fraction:
    return abs(level.day - month * DAYS_OF_A_MONTH)


def _month(month: int, levels: Sequence[CohortLevel]) -> BandMonth:
    undetected = sum(not level.is_detected for level in levels)
    return BandMonth(month, len(levels), undetected, *quantiles(levels))


def _quantile(levels: Sequence[CohortLevel], share: Fraction) -> Quantile:
    """A number only where more patients than the undetected ones lie under it; otherwise the bound by the limits."""
    undetected = sum(not level.is_detected for level in levels)
    if share * len(levels) <= undetected:
        return Quantile(_smallest(sorted(level.pct_abl1 for level in levels), share), is_below=True)
    return Quantile(_product_limit(levels, share), is_below=False)


def _smallest(in_order: Sequence[Decimal], share: Fraction) -> Decimal:
    """The smallest level that at least this share of the levels does not exceed."""
    place = -(-share * len(in_order) // 1)  # rounded up
    return in_order[int(place) - 1]


def _product_limit(levels: Sequence[CohortLevel], share: Fraction) -> Decimal:
    """The smallest detected level at which the estimated distribution reaches the share.

    From the highest level down: those at or below a level are at risk, each detected level takes its part. At one
    level the detected come first, since not detected means below the limit.
    """
    in_order = sorted(levels, key=_level, reverse=True)
    at_risk, reached, found = len(in_order), Fraction(1), in_order[0].pct_abl1
    for value, here in ((value, list(same)) for value, same in groupby(in_order, key=_level)):
        if detected := sum(level.is_detected for level in here):
            if reached < share:
                break
            found = value
            reached *= 1 - Fraction(detected, at_risk)
        at_risk -= len(here)
    return found


def _level(level: CohortLevel) -> Decimal:
    return level.pct_abl1


def _at_most(quantile: Quantile, higher: Quantile) -> Quantile:
    """A bound is never above the quantile over it: what is known of that one bounds this one too."""
    if quantile.is_below and quantile.pct_abl1 > higher.pct_abl1:
        return Quantile(higher.pct_abl1, is_below=True)
    return quantile
