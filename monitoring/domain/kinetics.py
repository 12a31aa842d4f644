"""How fast a level grows or falls: log-linear change with left-censored points, doubling and halving time, forecast.

An estimate beside the curve, never an alert. The scatter of an assay is not known beforehand, so the 95 % interval is
taken over it; its coverage is measured by `manage.py bench kinetics`. Where the caller knows the standard deviation,
the interval is the plain profile-likelihood one. Source: Tobin, Econometrica 1958;26:24; docs/methods/kinetics.md.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum

from monitoring.domain.censored_normal import NoMaximum
from monitoring.domain.growth_bounds import crossing
from monitoring.domain.growth_likelihood import GrowthLikelihood
from monitoring.domain.growth_points import GrowthPoint, log10_as_float
from monitoring.domain.growth_posterior import GrowthPosterior
from monitoring.domain.results import Result
from monitoring.domain.units import comparable_levels

SD_LOG10 = 0.25  # log10, inter-assay standard deviation, with which the line is found while points are few
MIN_DETECTED_TO_ESTIMATE_SD = 12  # detected points that support an estimate of the standard deviation
MIN_POINTS = 3
MIN_DETECTED = 2
MAX_DAYS_AHEAD = 36_525.0  # a date further off than a century is no date
LEVEL_WITHIN = 1e-3  # log10, within which the band reaches a level: less than a day of growth
MAX_EXPONENT = 300.0  # of ten, where floats end
LOG10_2 = math.log10(2.0)


class NotEstimableBecause(StrEnum):
    """Why a growth rate, a doubling time or a date cannot be told."""

    TOO_FEW_POINTS = "TOO_FEW_POINTS"
    TOO_FEW_DETECTED = "TOO_FEW_DETECTED"
    DETECTED_ON_ONE_DAY = "DETECTED_ON_ONE_DAY"
    NOT_GROWING = "NOT_GROWING"
    GROWTH_UNCERTAIN = "GROWTH_UNCERTAIN"
    NOT_FALLING = "NOT_FALLING"
    FALL_UNCERTAIN = "FALL_UNCERTAIN"
    TOO_FAR_AHEAD = "TOO_FAR_AHEAD"
    NO_MAXIMUM = "NO_MAXIMUM"


@dataclass(frozen=True, slots=True)
class NotEstimable:
    """The answer where the points do not support a number."""

    because: NotEstimableBecause


@dataclass(frozen=True, slots=True)
class Interval:
    """A 95 % interval, calibrated over unknown scatter; the profile-likelihood one where the scatter is known."""

    low: float
    high: float


@dataclass(frozen=True, slots=True)
class GrowthFit:
    """log10(pct_abl1) = intercept + slope x days since `origin`; slope in log10 a day, sd in log10.

    `sd_is_known`: the caller knew it, and the intervals take it as certain.
    """

    origin: date
    intercept: float
    slope: float
    slope_interval: Interval
    sd: float
    sd_is_estimated: bool
    sd_is_known: bool
    points: tuple[GrowthPoint, ...]


@dataclass(frozen=True, slots=True)
class DoublingTime:
    """Days in which the level doubles."""

    days: float
    interval: Interval


@dataclass(frozen=True, slots=True)
class HalvingTime:
    """Days in which the level falls to half."""

    days: float
    interval: Interval


@dataclass(frozen=True, slots=True)
class PredictedLevel:
    """A level in per cent of ABL1 on a day; an estimate, so a float and never compared with a threshold."""

    on: date
    pct_abl1: float
    interval: Interval


@dataclass(frozen=True, slots=True)
class ReachingDate:
    """The day on which the line reaches a level, and its interval; `days` since the origin of the fit."""

    days: float
    on: date
    earliest_on: date
    latest_on: date


@dataclass(frozen=True, slots=True)
class TwoPointGrowth:
    """Growth between two results: slope and standard error in log10 a day, doubling time in days."""

    slope: float
    standard_error: float
    doubling_time_days: float | NotEstimable


def fit_growth(points: Sequence[GrowthPoint], sd: float | None = None) -> GrowthFit | NotEstimable:
    """Return the line of the highest likelihood with its slope's 95 % interval, or why there is none.

    `sd` (log10) is that of an assay whose scatter is known. Without it the line is found with 0.25, or with an
    estimate where at least 12 detected points support one, and the interval is taken over all that it may be.
    """
    because = _why_not(points)
    if because is not None:
        return NotEstimable(because)
    ordered = tuple(sorted(points, key=lambda point: point.on))
    try:
        likelihood = GrowthLikelihood(ordered, sd) if sd is not None else _of_unknown_scatter(ordered)
        return _fitted(ordered, likelihood, sd_is_known=sd is not None)
    except NoMaximum:
        return NotEstimable(NotEstimableBecause.NO_MAXIMUM)


def doubling_time(fit: GrowthFit) -> DoublingTime | NotEstimable:
    """Return log10(2) / slope in days, where the lower bound of the slope is above 0."""
    because = _why_not_growing(fit)
    if because is not None:
        return NotEstimable(because)
    interval = Interval(LOG10_2 / fit.slope_interval.high, LOG10_2 / fit.slope_interval.low)
    return DoublingTime(LOG10_2 / fit.slope, interval)


def halving_time(fit: GrowthFit) -> HalvingTime | NotEstimable:
    """Return -log10(2) / slope in days, where the upper bound of the slope is below 0."""
    if fit.slope >= 0.0:
        return NotEstimable(NotEstimableBecause.NOT_FALLING)
    if fit.slope_interval.high >= 0.0:
        return NotEstimable(NotEstimableBecause.FALL_UNCERTAIN)
    interval = Interval(-LOG10_2 / fit.slope_interval.low, -LOG10_2 / fit.slope_interval.high)
    return HalvingTime(-LOG10_2 / fit.slope, interval)


def predicted_level(fit: GrowthFit, on: date) -> PredictedLevel | NotEstimable:
    """Return the level of the line on a day, per cent of ABL1; the interval is the line's, not a sample's."""
    day = float((on - fit.origin).days)
    best = fit.intercept + fit.slope * day
    try:
        low, high = _around(best, _distribution(fit).level_bounds(day))
    except NoMaximum:
        return NotEstimable(NotEstimableBecause.NO_MAXIMUM)
    return PredictedLevel(on, _power_of_ten(best), Interval(_power_of_ten(low), _power_of_ten(high)))


def date_of_reaching(fit: GrowthFit, pct_abl1: Decimal) -> ReachingDate | NotEstimable:
    """Return when the line reaches a level, with its interval, where the slope's lower bound is above 0."""
    because = _why_not_growing(fit)
    if because is not None:
        return NotEstimable(because)
    level = log10_as_float(pct_abl1)
    days = (level - fit.intercept) / fit.slope
    try:
        low, high = _days_of_level(fit, level, days)
    except NoMaximum:
        return NotEstimable(NotEstimableBecause.NO_MAXIMUM)
    if not -MAX_DAYS_AHEAD < low < high < MAX_DAYS_AHEAD:
        return NotEstimable(NotEstimableBecause.TOO_FAR_AHEAD)
    on, earliest, latest = (fit.origin + timedelta(days=round(day)) for day in (days, low, high))
    return ReachingDate(days, on, earliest, latest)


def two_point_growth(earlier: Result, later: Result, sd: float = SD_LOG10) -> TwoPointGrowth | NotEstimable:
    """Return the growth between two results of one tissue and assay_key; raises IncomparableResults."""
    low, high = comparable_levels(earlier, later)
    days = (later.collected_on - earlier.collected_on).days
    if days <= 0:
        return NotEstimable(NotEstimableBecause.DETECTED_ON_ONE_DAY)
    slope = (log10_as_float(high) - log10_as_float(low)) / days
    growing: float | NotEstimable = NotEstimable(NotEstimableBecause.NOT_GROWING)
    if high > low:
        growing = LOG10_2 / slope
    return TwoPointGrowth(slope, sd * math.sqrt(2.0) / days, growing)


def _why_not(points: Sequence[GrowthPoint]) -> NotEstimableBecause | None:
    detected_on = [point.on for point in points if not point.censored]
    if len(points) < MIN_POINTS:
        return NotEstimableBecause.TOO_FEW_POINTS
    if len(detected_on) < MIN_DETECTED:
        return NotEstimableBecause.TOO_FEW_DETECTED
    return NotEstimableBecause.DETECTED_ON_ONE_DAY if len(set(detected_on)) < MIN_DETECTED else None


def _why_not_growing(fit: GrowthFit) -> NotEstimableBecause | None:
    if fit.slope <= 0.0:
        return NotEstimableBecause.NOT_GROWING
    return NotEstimableBecause.GROWTH_UNCERTAIN if fit.slope_interval.low <= 0.0 else None


def _of_unknown_scatter(points: tuple[GrowthPoint, ...]) -> GrowthLikelihood:
    detected = sum(not point.censored for point in points)
    if detected >= MIN_DETECTED_TO_ESTIMATE_SD:
        try:
            return GrowthLikelihood(points, None)
        except NoMaximum:
            pass  # points on one straight line estimate no scatter: the usual one is used
    return GrowthLikelihood(points, SD_LOG10)


def _fitted(points: tuple[GrowthPoint, ...], likelihood: GrowthLikelihood, *, sd_is_known: bool) -> GrowthFit:
    distribution = likelihood if sd_is_known else GrowthPosterior(points, likelihood.intercept, likelihood.slope)
    low, high = _around(likelihood.slope, distribution.slope_bounds())
    return GrowthFit(
        origin=points[0].on,
        intercept=likelihood.intercept,
        slope=likelihood.slope,
        slope_interval=Interval(low, high),
        sd=likelihood.sd,
        sd_is_estimated=likelihood.sd_is_estimated,
        sd_is_known=sd_is_known,
        points=points,
    )


def _distribution(fit: GrowthFit) -> GrowthLikelihood | GrowthPosterior:
    if fit.sd_is_known:
        return GrowthLikelihood(fit.points, fit.sd)
    return GrowthPosterior(fit.points, fit.intercept, fit.slope)


def _days_of_level(fit: GrowthFit, level: float, days: float) -> tuple[float, float]:
    """The days on which the upper and the lower bound of the line's level reach a level."""
    distribution = _distribution(fit)

    def before(day: float) -> float:
        return level - distribution.level_bounds(day)[1]

    def after(day: float) -> float:
        return distribution.level_bounds(day)[0] - level

    def bound(missing: Callable[[float], float], direction: float) -> float:
        here = missing(days)
        return days if here >= 0.0 else crossing(missing, days, here, -direction * here / fit.slope, LEVEL_WITHIN)

    return bound(before, -1.0), bound(after, 1.0)


def _around(estimate: float, bounds: tuple[float, float]) -> tuple[float, float]:
    """The bounds, moved out to the estimate where points that contradict each other leave it outside."""
    return min(bounds[0], estimate), max(bounds[1], estimate)


def _power_of_ten(exponent: float) -> float:
    """10 ** exponent, infinite where a float ends: the bound of a level far outside the points has no end."""
    return math.inf if exponent > MAX_EXPONENT else 10.0**exponent
