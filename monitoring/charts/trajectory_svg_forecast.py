"""The words beside the forecast on paper: how fast the level doubles, and when it reaches 1 and 10 % of ABL1."""

from collections.abc import Mapping, Sequence
from typing import Any

from monitoring.charts.inputs import Scale
from monitoring.charts.trajectory_svg_frame import LABEL, SMALL, Frame
from monitoring.charts.trajectory_svg_placement import Label, Place, Placement
from monitoring.charts.trajectory_svg_words import Words

SHOWN = Scale.PCT_ABL1.value
TICK_RADIUS = 2.5
HALF_LINE, POLE_GAP = 4.0, 4.0  # pt


def write_forecast(
    meta: Mapping[str, Any], data: Sequence[Mapping[str, Any]], frame: Frame, words: Words, placement: Placement
) -> None:
    """Put the days of the levels beside their ticks, and the doubling time where there is room."""
    forecast = meta["forecast"]
    if forecast is None:
        return
    heights: Sequence[float] = next(
        (trace["meta"]["y"][SHOWN] for trace in data if trace["meta"]["layer"] == "forecast_tick"), ()
    )
    for crossing, height in zip(forecast["crossings"], heights, strict=False):
        if frame.sees(crossing["on"]):
            text = words.say("label.about", date=words.day_month(crossing["on"]))
            label = Label(text, SMALL, needed=True)
            placement.around(label, frame.x(crossing["on"]), frame.y(height), TICK_RADIUS)
    if forecast["doubling_days"]:
        _write_doubling(meta, frame.y(max(heights)) if heights else frame.head, frame, words, placement)


def _write_doubling(meta: Mapping[str, Any], top: float, frame: Frame, words: Words, placement: Placement) -> None:
    """Above the last level reached where there is room, otherwise under the wedge, or left of the last event line."""
    forecast = meta["forecast"]
    days = words.say("label.doubling", days=words.number(forecast["doubling_days"]))
    low, high = forecast["doubling_days_low"], forecast["doubling_days_high"]
    lines = [Label(days, LABEL, "ink", bold=True)]
    if low and high:
        lines.append(Label(words.say("label.interval", low=words.number(low), high=words.number(high)), SMALL))
    both = Label("<br>".join(line.text for line in lines), LABEL, bold=True)
    right = frame.width
    heights = (top - 14, top - 22, top - 32, frame.floor - 14, frame.floor - 38, top + 12)
    places: list[Place] = [(right, y, "right") for y in heights]
    places += [(right - 60, y, "right") for y in (top - 16, top + 12)]
    last_pole = max((frame.x(line["on"]) for line in meta["lines"]), default=right)
    places += [(last_pole - POLE_GAP, y, "right") for y in (top - 14, top + 12)]
    x, y, align = placement.choose(both, places)
    for at, line in enumerate(lines):
        placement.put(line, x, y + (2 * at - 1) * HALF_LINE if len(lines) > 1 else y, align)
