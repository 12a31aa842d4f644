"""The extent of the axes, the windows one can jump to, and the days from which months are counted."""

import math
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from monitoring.charts.inputs import Scale

PAD = 0.02  # of the span, on both sides
PAD_AT_LEAST = timedelta(days=7)
SPAN_AT_LEAST = timedelta(days=90)
SIX_MONTHS = timedelta(days=183)
CURRENT_AT_MOST = timedelta(days=400)  # what a narrow screen shows readably at once
CURRENT_HAS_MARKS = 2
FLOOR = {
    Scale.PCT_ABL1: -3.0,
    Scale.PER_1E5_ABL1: 0.0,
    Scale.PCT_BASELINE: -5.0,
    Scale.LOG10_REDUCTION: 5.0,
}
CEILING = {
    Scale.PCT_ABL1: 1.0,
    Scale.PER_1E5_ABL1: 4.0,
    Scale.PCT_BASELINE: 0.0,
    Scale.LOG10_REDUCTION: 0.0,
}
ROOM_BELOW = 0.12  # decades between the lowest tick and the edge
ROOM_ABOVE = 0.06


def extent(days: Iterable[date], as_of: date) -> tuple[date, date]:
    """The first and last day shown, with a little room; never less than a quarter of a year, looking back."""
    known = [*days, as_of]
    first, last = min(known), max(known)
    missing = max(SPAN_AT_LEAST - (last - first), timedelta(0))
    pad = max(PAD_AT_LEAST, (last - first) * PAD)
    return first - pad - missing, last + pad


def windows(
    whole: tuple[date, date],
    as_of: date,
    course_starts: Sequence[tuple[date, str]],
    mark_days: Sequence[date],
) -> list[dict[str, str]]:
    """The windows of the time axis: all, since the latest course start, six months, and that of a narrow screen."""
    first, last = whole
    found = [_window("ALL", first, last)]
    if course_starts:
        started_on, kind = course_starts[-1]
        found.append(_window(f"SINCE_{kind}", started_on - PAD_AT_LEAST, last))
    found.append(_window("SIX_MONTHS", as_of - SIX_MONTHS, last))
    found.append(_window("CURRENT", _current_from(whole, as_of, course_starts, mark_days), last))
    return found


def _current_from(
    whole: tuple[date, date],
    as_of: date,
    course_starts: Sequence[tuple[date, str]],
    mark_days: Sequence[date],
) -> date:
    """The current course, cut where it is too long for a narrow screen; everything where that would be empty."""
    first, _ = whole
    start = max(first, as_of - CURRENT_AT_MOST)
    if course_starts:
        start = max(start, course_starts[-1][0] - PAD_AT_LEAST)
    return start if sum(day >= start for day in mark_days) >= CURRENT_HAS_MARKS else first


def _window(code: str, first: date, last: date) -> dict[str, str]:
    return {"code": code, "from": first.isoformat(), "to": last.isoformat()}


def scale_axis(scale: Scale, values: Sequence[float]) -> dict[str, Any]:
    """Kind and range of the vertical axis on one scale for what stands on it (log10 units on logarithmic axes)."""
    if scale is Scale.LOG10_REDUCTION:
        deepest = math.ceil(max([FLOOR[scale], *values]))
        highest = math.floor(min([CEILING[scale], *values]))
        return {"type": "linear", "range": [deepest + ROOM_BELOW, highest - ROOM_ABOVE]}
    lowest = math.floor(min([FLOOR[scale], *map(math.log10, values)]))
    highest = math.ceil(max([CEILING[scale], *map(math.log10, values)]))
    return {"type": "log", "range": [lowest - ROOM_BELOW, highest + ROOM_ABOVE]}


def origins(
    diagnosed_on: date | None,
    hsct_on: date | None,
    relapse_on: date | None,
    cycle_1_on: date | None,
) -> list[dict[str, str]]:
    """The days from which months can be counted, those that are known."""
    known = {
        "DIAGNOSIS": diagnosed_on,
        "HSCT": hsct_on,
        "RELAPSE": relapse_on,
        "CYCLE_1": cycle_1_on,
    }
    return [{"code": code, "on": on.isoformat()} for code, on in known.items() if on is not None]


def layout_axes(x_range: tuple[date, date], y: Mapping[str, Any], lane: float, head: float) -> dict[str, Any]:
    """The three axes: time, the curve, and the lane under it for samples without a height."""
    return {
        "xaxis": {
            "type": "date",
            "range": [day.isoformat() for day in x_range],
            "anchor": "y2",
            "showgrid": False,
            "zeroline": False,
            "ticklabelmode": "period",
        },
        "yaxis": {
            "type": y["type"],
            "range": y["range"],
            "domain": [lane, 1 - head],
            "dtick": 1,
            "fixedrange": True,
            "zeroline": False,
        },
        "yaxis2": {
            "domain": [0, lane],
            "range": [0, 1],
            "fixedrange": True,
            "showgrid": False,
            "zeroline": False,
            "showticklabels": False,
        },
    }
