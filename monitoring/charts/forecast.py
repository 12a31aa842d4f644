"""Fitted growth with its interval: a wedge, a dashed line, and a tick where it reaches a level.

An estimate, never an alert; drawn up to 10 % of ABL1, where molecular relapse ends and morphology decides.
"""

import math
from collections.abc import Callable, Iterable, Sequence
from datetime import date
from decimal import Decimal
from itertools import takewhile
from operator import attrgetter
from typing import Any

from monitoring.charts.inputs import Crossing, Forecast, ForecastPoint, Scale
from monitoring.charts.marks import Mark
from monitoring.charts.scales import Baselines, heights, is_shown, plain
from monitoring.domain.terms import Tissue

Vertex = tuple[date, Decimal]
DRAWN_TO_PCT_ABL1 = Decimal(10)  # the forecast is not drawn beyond


def forecast_traces(forecast: Forecast | None, marks: Iterable[Mark], baselines: Baselines) -> list[dict[str, Any]]:
    """The wedge from the last sample on, the fitted line, and the ticks; none where there is no forecast."""
    if forecast is None:
        return []
    tissue = forecast.tissue
    last_on = max((mark.on for mark in marks if mark.tissue is tissue and mark.is_joined), default=date.min)
    low, high = (_from_day(_drawn(forecast, level), last_on) for level in (_low, _high))
    wedge = [*high, *_along_top(high, low), *reversed(low)]
    reached = [(one.on, one.pct_abl1) for one in forecast.crossings if _is_drawn(one)]
    return [
        _trace("forecast_wedge", wedge, tissue, baselines) | {"mode": "lines", "fill": "toself", "line": {"width": 0}},
        _trace("forecast_line", _drawn(forecast, _fitted), tissue, baselines)
        | {"mode": "lines", "line": {"width": 1.2, "dash": "5px,3px"}},
        _trace("forecast_tick", reached, tissue, baselines) | {"mode": "markers", "marker": {"symbol": "line-ew-open"}},
    ]


_low: Callable[[ForecastPoint], Decimal] = attrgetter("low_pct_abl1")
_fitted: Callable[[ForecastPoint], Decimal] = attrgetter("pct_abl1")
_high: Callable[[ForecastPoint], Decimal] = attrgetter("high_pct_abl1")


def _is_drawn(crossing: Crossing) -> bool:
    return is_shown(crossing.pct_abl1) and crossing.pct_abl1 <= DRAWN_TO_PCT_ABL1


def _drawn(forecast: Forecast, level: Callable[[ForecastPoint], Decimal]) -> list[Vertex]:
    """One edge of the wedge, or the line, as far as it is drawn."""
    return _up_to_top([(one.on, level(one)) for one in forecast.points if is_shown(level(one))])


def _up_to_top(vertices: Sequence[Vertex]) -> list[Vertex]:
    """The vertices under the top, and the one where the edge, straight on the log axis, meets it."""
    drawn = list(takewhile(lambda vertex: vertex[1] <= DRAWN_TO_PCT_ABL1, vertices))
    if drawn and len(drawn) < len(vertices):
        (start, below), (end, above) = drawn[-1], vertices[len(drawn)]
        share = math.log10(DRAWN_TO_PCT_ABL1 / below) / math.log10(above / below)
        drawn.append((start + (end - start) * share, DRAWN_TO_PCT_ABL1))
    return drawn


def _from_day(vertices: Sequence[Vertex], day: date) -> list[Vertex]:
    """The vertices from a day on, and the one on that day itself."""
    kept = [vertex for vertex in vertices if vertex[0] > day]
    before = [vertex for vertex in vertices if vertex[0] <= day]
    if not kept or not before:
        return kept or before[-1:]
    (start, below), (end, above) = before[-1], kept[0]
    share = (day - start) / (end - start)
    height = math.log10(below) + share * math.log10(above / below)
    return [(day, Decimal(repr(10.0**height))), *kept]


def _along_top(high: Sequence[Vertex], low: Sequence[Vertex]) -> list[Vertex]:
    """The corner of the wedge where its upper edge has reached the top before its lower one ends."""
    if not high or not low or high[-1][0] >= low[-1][0]:
        return []
    return [(low[-1][0], DRAWN_TO_PCT_ABL1)]


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
            if _is_drawn(one)
        ],
    }
