"""Venetoclax cycles and other treatments as spans on the time axis."""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from itertools import zip_longest
from typing import Any

from monitoring.charts.inputs import Cycle, OtherTreatment
from monitoring.charts.scales import plain

ONE_DAY = timedelta(days=1)


def cycle_bands(cycles: Iterable[Cycle], as_of: date) -> list[dict[str, Any]]:
    """The cycles begun by `as_of`, oldest first; `to` and `given_to` are the first day no longer in the span."""
    begun = sorted(
        (cycle for cycle in cycles if cycle.starts_on <= as_of),
        key=lambda cycle: cycle.starts_on,
    )
    return [_band(cycle, _end(cycle, after)) for cycle, after in zip_longest(begun, begun[1:])]


def _end(cycle: Cycle, following: Cycle | None) -> date:
    """The day after the last of the cycle, but never beyond the start of the next."""
    end = cycle.ends_on + ONE_DAY
    return min(end, following.starts_on) if following is not None else end


def _band(cycle: Cycle, end: date) -> dict[str, Any]:
    return {
        "number": cycle.number,
        "from": cycle.starts_on.isoformat(),
        "to": end.isoformat(),
        "given_to": _given_to(cycle, end),
        "dose_mg": cycle.dose_mg,
        "planned_days": cycle.planned_days,
        "given_days": cycle.given_days,
        "partner": cycle.partner,
        "partner_dose_mg_m2": plain(cycle.partner_dose_mg_m2),
        "partner_days": cycle.partner_days,
    }


def _given_to(cycle: Cycle, end: date) -> str | None:
    """The dark bar: as long as the days given, from day 1; None where they are not recorded."""
    if not cycle.given_days:
        return None
    return min(cycle.starts_on + timedelta(days=cycle.given_days), end).isoformat()


def treatment_bars(treatments: Iterable[OtherTreatment], as_of: date) -> list[dict[str, Any]]:
    """Other treatments begun by `as_of`, oldest first; one without an end runs to `as_of`."""
    begun = sorted(
        (one for one in treatments if one.starts_on <= as_of),
        key=lambda one: one.starts_on,
    )
    return [
        {
            "regimen": one.regimen,
            "from": one.starts_on.isoformat(),
            "to": ((one.ends_on or as_of) + ONE_DAY).isoformat(),
            "ongoing": one.ends_on is None,
        }
        for one in begun
    ]


def band_shapes(bands: Sequence[dict[str, Any]], bars: Sequence[dict[str, Any]], lane: float) -> list[dict[str, Any]]:
    """The spans as shapes under the grid, named by what they are; `lane` is the paper height of the lane."""
    shapes = [_rect(f"band:{at}", band["from"], band["to"], lane) for at, band in enumerate(bands)]
    for at, band in enumerate(bands):
        if band["given_to"] is not None:
            shapes.append(_head_bar(f"given:{at}", band["from"], band["given_to"]))
    shapes.extend(_head_bar(f"treatment:{at}", bar["from"], bar["to"]) for at, bar in enumerate(bars))
    return shapes


def _rect(name: str, start: str, end: str, lane: float) -> dict[str, Any]:
    return {
        "type": "rect",
        "name": name,
        "layer": "below",
        "xref": "x",
        "yref": "paper",
        "x0": start,
        "x1": end,
        "y0": lane,
        "y1": 1,
        "line": {"width": 0},
    }


def _head_bar(name: str, start: str, end: str) -> dict[str, Any]:
    """A bar in the head of the figure; the browser sets its height in pixels."""
    return _rect(name, start, end, 1.0) | {
        "ysizemode": "pixel",
        "yanchor": 1,
        "y0": -4,
        "y1": 0,
    }
