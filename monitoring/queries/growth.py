"""How fast the level of an open relapse or suspicion grows, from the sample it is measured against onwards.

An estimate shown beside the curve, never an alert. Nothing is fitted through treatment: the points end where a
pre-emptive treatment begins, and a forecast is made only while none has begun.
"""

import math
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from monitoring.charts.inputs import Crossing, Forecast, ForecastPoint
from monitoring.domain import evidence
from monitoring.domain.growth_points import growth_points
from monitoring.domain.kinetics import (
    DoublingTime,
    GrowthFit,
    NotEstimable,
    ReachingDate,
    date_of_reaching,
    doubling_time,
    fit_growth,
    predicted_level,
)
from monitoring.domain.series import Series
from monitoring.domain.terms import EpisodeStatus, Tissue
from monitoring.domain.verdicts import Episode, Verdict

FORECAST_LEVELS = (Decimal(1), Decimal(10))  # % of ABL1, [DESIGN]: where one sample suffices, where morphology decides
FORECAST_DAYS = 180  # days beyond the last point, at the most, [DESIGN]
FORECAST_POINTS = 24  # vertices of the drawn wedge, [DESIGN]
SHOWN_DIGITS = 3  # significant digits of an estimate


@dataclass(frozen=True, slots=True)
class Growth:
    """Growth in the tissue of the index sample; `reaching` by level in % of ABL1, empty once treatment has begun.

    `drawn_from` is the index date: before it the line would only fall below every limit.
    """

    tissue: Tissue
    fit: GrowthFit | NotEstimable
    doubling: DoublingTime | NotEstimable
    reaching: tuple[tuple[Decimal, ReachingDate], ...]
    drawn_from: date


def growth_of(series: Series, verdict: Verdict, as_of: date) -> Growth | None:
    """Return the growth of the open episode or candidate; None where nothing is open."""
    episode = _standing(verdict)
    if episode is None:
        return None
    index = next(result for result in series.results if result.id == episode.index)
    treated_on = min((on for on in series.treatment_starts if episode.relapse_on <= on <= as_of), default=None)
    points = growth_points(
        series.results, index.tissue, index.assay_key, _since(episode), as_of if treated_on is None else treated_on
    )
    fit = fit_growth(points)
    if isinstance(fit, NotEstimable):
        return Growth(index.tissue, fit, fit, (), episode.relapse_on)
    last_on = max(point.on for point in fit.points)
    reaching = () if treated_on else _reaching(fit, last_on)
    return Growth(index.tissue, fit, doubling_time(fit), reaching, episode.relapse_on)


def forecast_of(growth: Growth | None) -> Forecast | None:
    """Return the wedge to draw, from the index sample to the highest level; None without growth."""
    if growth is None or isinstance(growth.fit, NotEstimable) or isinstance(growth.doubling, NotEstimable):
        return None
    if not growth.reaching:
        return None
    interval = growth.doubling.interval
    return Forecast(
        tissue=growth.tissue,
        points=_wedge(growth.fit, growth.drawn_from, growth.reaching[-1][1].on),
        crossings=tuple(Crossing(level, on.on, on.earliest_on, on.latest_on) for level, on in growth.reaching),
        doubling_days=_shown(growth.doubling.days),
        doubling_days_low=_shown(interval.low),
        doubling_days_high=_shown(interval.high),
    )


def _standing(verdict: Verdict) -> Episode | None:
    holding = [one for one in verdict.episodes if one.status == verdict.state and one.number is not None]
    if holding:
        return max(holding, key=lambda one: one.number or 0)
    return next((one for one in verdict.episodes if one.status is EpisodeStatus.SUSPECTED), None)


def _since(episode: Episode) -> date:
    """The day of the negative or lowest value that the index is measured against, if of the same tissue."""
    facts = (evidence.PRIOR_NEGATIVE, evidence.NADIR)
    reference = next((each for each in episode.because if each.fact in facts), None)
    if reference is None or reference.on is None or reference.tissue is not episode.tissue:
        return episode.relapse_on
    return reference.on


def _reaching(fit: GrowthFit, last_on: date) -> tuple[tuple[Decimal, ReachingDate], ...]:
    """When the line reaches the levels that still lie ahead of the last sample, within the days of a forecast."""
    found = []
    for level in FORECAST_LEVELS:
        reached = date_of_reaching(fit, level)
        if isinstance(reached, NotEstimable) or reached.on <= last_on:
            continue
        if (reached.on - last_on).days <= FORECAST_DAYS:
            found.append((level, reached))
    return tuple(found)


def _wedge(fit: GrowthFit, start: date, until: date) -> tuple[ForecastPoint, ...]:
    days = (until - start).days
    steps = sorted({round(days * step / FORECAST_POINTS) for step in range(FORECAST_POINTS + 1)})
    found = []
    for step in steps:
        level = predicted_level(fit, start + timedelta(days=step))
        if isinstance(level, NotEstimable) or not math.isfinite(level.interval.high):
            continue
        found.append(
            ForecastPoint(
                level.on, _exactly(level.pct_abl1), _exactly(level.interval.low), _exactly(level.interval.high)
            )
        )
    return tuple(found)


def _exactly(value: float) -> Decimal:
    return Decimal(repr(value))


def _shown(value: float) -> Decimal:
    """An estimate in as many digits as it deserves, without an exponent."""
    return Decimal(f"{Decimal(repr(value)):.{SHOWN_DIGITS}g}").quantize(Decimal("0.1"))
