"""Fitted growth with its interval: a wedge, a dashed line, and a tick where it reaches a level. An estimate, never an alert."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any

from monitoring.charts.inputs import Forecast, Scale
from monitoring.charts.scales import Baselines, heights, is_shown, plain
from monitoring.domain.terms import Tissue

Vertex = tuple[date, Decimal]


def forecast_traces(forecast: Forecast | None, baselines: Baselines) -> list[dict[str, Any]]:
    """The wedge, the line and the ticks; none where there is no forecast."""
    if forecast is None:
        return []
    shown = [one for one in forecast.points if is_shown(one.low_pct_abl1) and is_shown(one.high_pct_abl1)]
    upper: list[Vertex] = [(one.on, one.high_pct_abl1) for one in shown]
    lower: list[Vertex] = [(one.on, one.low_pct_abl1) for one in reversed(shown)]
    middle: list[Vertex] = [(one.on, one.pct_abl1) for one in shown if is_shown(one.pct_abl1)]
    ticks: list[Vertex] = [(one.on, one.pct_abl1) for one in forecast.crossings if is_shown(one.pct_abl1)]
    tissue = forecast.tissue
    wedge = _trace("forecast_wedge", [*upper, *lower], tissue, baselines) | {
        "mode": "lines",
        "fill": "toself",
    }
    line = _trace("forecast_line", middle, tissue, baselines) | {"mode": "lines"}
    tick = _trace("forecast_tick", ticks, tissue, baselines) | {
        "mode": "markers",
        "marker": {"symbol": "line-ew-open"},
    }
    wedge["line"] = {"width": 0}
    line["line"] = {"width": 1.2, "dash": "5px,3px"}
    return [wedge, line, tick]


def _trace(layer: str, vertices: Iterable[Vertex], tissue: Tissue, baselines: Baselines) -> dict[str, Any]:
    """A trace with its heights on every scale; it has none on the scales of diagnosis without a diagnosis value."""
    baseline = baselines.pct_abl1.get(tissue)
    placed = [(on.isoformat(), heights(pct_abl1, baseline)) for on, pct_abl1 in vertices]
    scales = [scale.value for scale in Scale if all(scale.value in height for _, height in placed)]
    y = {scale: [height[scale] for _, height in placed] for scale in scales}
    return {
        "type": "scatter",
        "x": [on for on, _ in placed],
        "y": y[Scale.PCT_ABL1.value],
        "hoverinfo": "skip",
        "meta": {"layer": layer, "tissue": tissue.value, "y": y, "ink": "forecast"},
    }


def forecast_told(forecast: Forecast | None) -> dict[str, Any] | None:
    """The numbers written beside the wedge: doubling time in days with its interval, days of the levels."""
    if forecast is None:
        return None
    return {
        "tissue": forecast.tissue.value,
        "doubling_days": plain(forecast.doubling_days),
        "doubling_days_low": plain(forecast.doubling_days_low),
        "doubling_days_high": plain(forecast.doubling_days_high),
        "crossings": [
            {
                "pct_abl1": plain(one.pct_abl1),
                "on": one.on.isoformat(),
                "earliest": one.earliest.isoformat() if one.earliest else None,
                "latest": one.latest.isoformat() if one.latest else None,
            }
            for one in forecast.crossings
            if is_shown(one.pct_abl1)
        ],
    }
