"""The growth of an open relapse or suspicion as it is drawn: a wedge with its ticks. An estimate, never an alert."""

import math
from datetime import date, timedelta
from decimal import Decimal

from monitoring.charts.inputs import Crossing, Forecast, ForecastPoint
from monitoring.domain.growth_in_episode import Growth, growth_of
from monitoring.domain.kinetics import GrowthFit, NotEstimable, predicted_level

__all__ = ["Growth", "forecast_of", "growth_of"]

FORECAST_POINTS = 24  # vertices of the drawn wedge, [DESIGN]
SHOWN_DIGITS = 3  # significant digits of an estimate


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
