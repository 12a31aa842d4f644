"""How fast a level grows: log-linear growth with left-censored points, doubling time, date of a level.

An estimate beside the curve, never an alert. The 95 % interval is the plain profile-likelihood one, not yet
calibrated by simulation. Source: Tobin, Econometrica 1958;26:24; docs/methods/kinetics.md.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum

from monitoring.domain.censored_normal import NoMaximum
from monitoring.domain.growth_likelihood import GrowthLikelihood, bounds
from monitoring.domain.growth_points import GrowthPoint, log10_as_float
from monitoring.domain.results import Result
from monitoring.domain.units import comparable_levels

SD_LOG10 = 0.25  # log10, inter-assay standard deviation, fixed while points are few
MIN_DETECTED_TO_ESTIMATE_SD = 12  # detected points that support an estimate of the standard deviation
MIN_POINTS = 3
MIN_DETECTED = 2
MAX_DAYS_AHEAD = 36_525.0  # a date further off than a century is no date
MAX_EXPONENT = 300.0  # of ten, where floats end
LOG10_2 = math.log10(2.0)


class NotEstimableBecause(StrEnum):
    """Why a growth rate, a doubling time or a date cannot be told."""

    TOO_FEW_POINTS = "TOO_FEW_POINTS"
    TOO_FEW_DETECTED = "TOO_FEW_DETECTED"
    DETECTED_ON_ONE_DAY = "DETECTED_ON_ONE_DAY"
    NOT_GROWING = "NOT_GROWING"
    GROWTH_UNCERTAIN = "GROWTH_UNCERTAIN"
    TOO_FAR_AHEAD = "TOO_FAR_AHEAD"
    NO_MAXIMUM = "NO_MAXIMUM"


@dataclass(frozen=True, slots=True)
class NotEstimable:
    """The answer where the points do not support a number."""

    because: NotEstimableBecause


@dataclass(frozen=True, slots=True)
class Interval:
    """A 95 % profile-likelihood interval."""

    low: float
    high: float


@dataclass(frozen=True, slots=True)
class GrowthFit:
    """log10(pct_abl1) = intercept + slope x days since `origin`; slope in log10 a day, sd in log10."""

    origin: date
    intercept: float
    slope: float
    slope_interval: Interval
    sd: float
    sd_is_estimated: bool
    points: tuple[GrowthPoint, ...]


@dataclass(frozen=True, slots=True)
class DoublingTime:
    """Days in which the level doubles."""

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


def fit_growth(points: Sequence[GrowthPoint], sd: float = SD_LOG10) -> GrowthFit | NotEstimable:
    """Return the line of the highest likelihood with its slope's 95 % interval, or why there is none.

    `sd` (log10) is taken as known unless at least 12 detected points support its estimate.
    """
    because = _why_not(points)
    if because is not None:
        return NotEstimable(because)
    ordered = tuple(sorted(points, key=lambda point: point.on))
    detected = sum(not point.censored for point in ordered)
    if detected >= MIN_DETECTED_TO_ESTIMATE_SD:
        try:
            return _fitted(ordered, None)
        except NoMaximum:
            pass  # points on one straight line estimate no scatter: the known one is used
    try:
        return _fitted(ordered, sd)
    except NoMaximum:
        return NotEstimable(NotEstimableBecause.NO_MAXIMUM)


def doubling_time(fit: GrowthFit) -> DoublingTime | NotEstimable:
    """Return log10(2) / slope in days, where the lower bound of the slope is above 0."""
    because = _why_not_growing(fit)
    if because is not None:
        return NotEstimable(because)
    interval = Interval(LOG10_2 / fit.slope_interval.high, LOG10_2 / fit.slope_interval.low)
    return DoublingTime(LOG10_2 / fit.slope, interval)


def predicted_level(fit: GrowthFit, on: date) -> PredictedLevel | NotEstimable:
    """Return the level of the line on a day, per cent of ABL1; the interval is the line's, not a sample's."""
    day = float((on - fit.origin).days)
    best = fit.intercept + fit.slope * day
    likelihood = _likelihood(fit)
    try:
        low, high = bounds(
            lambda level: likelihood.through(day, level), best, likelihood.best, likelihood.spread_at(day)
        )
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
    likelihood = _likelihood(fit)
    try:
        low, high = bounds(
            lambda day: likelihood.through(day, level),
            days,
            likelihood.best,
            likelihood.spread_at(days) / fit.slope,
        )
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


def _fitted(points: tuple[GrowthPoint, ...], sd: float | None) -> GrowthFit:
    likelihood = GrowthLikelihood(points, sd)
    interval = bounds(likelihood.of_slope, likelihood.slope, likelihood.best, likelihood.spread_of_slope)
    return GrowthFit(
        origin=points[0].on,
        intercept=likelihood.intercept,
        slope=likelihood.slope,
        slope_interval=Interval(*interval),
        sd=likelihood.sd,
        sd_is_estimated=sd is None,
        points=points,
    )


def _likelihood(fit: GrowthFit) -> GrowthLikelihood:
    return GrowthLikelihood(fit.points, None if fit.sd_is_estimated else fit.sd)


def _power_of_ten(exponent: float) -> float:
    """10 ** exponent, infinite where a float ends: the bound of a level far outside the points has no end."""
    return math.inf if exponent > MAX_EXPONENT else 10.0**exponent
