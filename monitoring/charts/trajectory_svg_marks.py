"""The traces of the figure as shapes on paper: wedge, lines, marks and rings, at the places of the figure itself."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from monitoring.charts.inputs import Scale
from monitoring.charts.trajectory_svg_frame import Frame
from monitoring.charts.xml_text import escape, quoteattr

SHOWN = Scale.PCT_ABL1.value
# the colours of paper: tokens.css, print
INK = {
    "paper": "#ffffff", "sunk": "#ffffff", "ink": "#000000", "ink-2": "#333333", "rule-strong": "#888888",
    "grid": "#e4e4e4", "band": "#ececec", "band-given": "#9a9a9a", "threshold": "#444444", "bm": "#1d4f7c",
    "pb": "#965400", "inert": "#6d7880", "forecast": "#1d4f7c", "confirmed": "#8f1d22", "suspected": "#8a6200",
    "overdue": "#652e8a",
}  # fmt: skip
TONE_INK = {"OPEN": "confirmed", "SUSPECTED": "suspected", "PAST": "ink-2"}
RINGS = {"INDEX": (4.3,), "CONFIRMING": (4.3, 6.1)}  # pt
OUTER_RING_FROM = 20.0  # px: the figure's own size of the second ring
LINE_STYLES: Mapping[str, Mapping[str, str | float]] = {
    "line": {"stroke_width": 1.0},
    "line_dotted": {"stroke_width": 0.75, "stroke_dasharray": "1.1 2.2"},
    "forecast_line": {"stroke_width": 0.7, "stroke_dasharray": "3 2"},
}
CIRCLE = "M-2.4 0A2.4 2.4 0 1 0 2.4 0A2.4 2.4 0 1 0 -2.4 0Z"
DIAMOND = "M0 -3L3 0L0 3L-3 0Z"
TRIANGLE = "M-2.8 -2.1H2.8L0 2.9Z"
OUTLINES = {
    "DETECTED": CIRCLE,
    "UNQUANTIFIED": TRIANGLE,
    "NOT_DETECTED": TRIANGLE,
    "LIMITED": TRIANGLE,
    "INDETERMINATE": CIRCLE,
    "NOT_EVALUABLE": "M-2.3 -2.3L2.3 2.3M2.3 -2.3L-2.3 2.3",
}


def element(name: str, **attributes: str | float) -> str:
    """Return an element without content; every attribute is escaped, numbers have two decimals."""
    return f"<{name}{_told(attributes)}/>"


def text_element(text: str, **attributes: str | float) -> str:
    """Return a text; what people typed is text and never markup."""
    return f"<text{_told(attributes)}>{escape(text)}</text>"


def _told(attributes: Mapping[str, str | float]) -> str:
    return "".join(f" {key.replace('_', '-')}={quoteattr(_written(value))}" for key, value in attributes.items())


def _written(value: str | float) -> str:
    return value if isinstance(value, str) else f"{value:.2f}".rstrip("0").rstrip(".")


def traces(
    data: Iterable[Mapping[str, Any]], points: Sequence[Mapping[str, Any]], frame: Frame, alarmed: frozenset[str]
) -> Iterator[str]:
    """Return every trace in the order of the figure; rings around `alarmed` samples are in the colour of alarm."""
    for trace in data:
        layer = trace["meta"]["layer"]
        if layer in LINE_STYLES:
            yield _line(trace, frame, LINE_STYLES[layer])
        elif layer == "forecast_wedge":
            path = _path(trace["x"], trace["y"], frame)
            yield element("path", d=f"{path or 'M0 0'}Z", fill=INK["forecast"], fill_opacity="0.13", data_layer=layer)
        elif layer == "forecast_tick":
            yield from _ticks(trace, frame)
        elif layer == "mark":
            yield from _marks(trace, points, frame)
        elif layer == "ring":
            yield from _rings(trace, points, frame, alarmed)


def _path(days: Sequence[str | None], heights: Sequence[float | None], frame: Frame) -> str:
    """Path data through days and heights; where the pen was lifted a new line begins."""
    steps, pen = [], "M"
    for day, height in zip(days, heights, strict=True):
        if day is None or height is None:
            pen = "M"
            continue
        steps.append(f"{pen}{frame.x(day):.2f} {frame.y(height):.2f}")
        pen = "L"
    return "".join(steps)


def _line(trace: Mapping[str, Any], frame: Frame, style: Mapping[str, str | float]) -> str:
    path = _path(trace["x"], trace["y"], frame)
    layer, ink = trace["meta"]["layer"], trace["meta"]["ink"]
    return element("path", d=path or "M0 0", fill="none", stroke=INK[ink], data_layer=layer, **style)


def _ticks(trace: Mapping[str, Any], frame: Frame) -> Iterator[str]:
    for day, height in zip(trace["x"], trace["y"], strict=True):
        x, y = frame.x(day), frame.y(height)
        yield element("path", d=f"M{x - 3:.2f} {y:.2f}h6", stroke=INK["forecast"], stroke_width=1.0)


def spots(trace: Mapping[str, Any], frame: Frame) -> Iterator[tuple[int, float, float]]:
    """Return which point stands where; a sample without a height stands in the lane."""
    for at, day, height in zip(trace["meta"]["points"], trace["x"], trace["y"], strict=True):
        yield at, frame.x(day), frame.middle_of_lane if trace["meta"]["lane"] else frame.y(height)


def _marks(trace: Mapping[str, Any], points: Sequence[Mapping[str, Any]], frame: Frame) -> Iterator[str]:
    meta = trace["meta"]
    outline = DIAMOND if (meta["shape"], meta["tissue"]) == ("DETECTED", "PB") else OUTLINES[meta["shape"]]
    if meta["shape"] == "INDETERMINATE":
        outline += "M0 -1.5V1.5"
    style: dict[str, str | float] = {"stroke_width": 1.0 if meta["shape"] == "NOT_EVALUABLE" else 0.9}
    if meta["shape"] == "LIMITED":
        style["stroke_dasharray"] = "1.2 1"
    if meta["unread"]:
        style["opacity"] = "0.75"
    for at, x, y in spots(trace, frame):
        yield element(
            "path",
            transform=f"translate({x:.2f} {y:.2f})",
            d=outline,
            fill=INK[meta["fill"]],
            stroke=INK[meta["ink"]],
            data_kind=f"{meta['shape']}.{meta['tissue']}",
            data_on=points[at]["on"],
            **style,
        )


def _rings(
    trace: Mapping[str, Any], points: Sequence[Mapping[str, Any]], frame: Frame, alarmed: frozenset[str]
) -> Iterator[str]:
    """One ring around an index sample; of the two around a confirming one, each trace draws its own."""
    meta = trace["meta"]
    outer = max(RINGS["CONFIRMING"])
    radius = outer if trace["marker"]["size"] > OUTER_RING_FROM else min(RINGS[meta["role"]])
    for at, x, y in spots(trace, frame):
        tone = "OPEN" if points[at]["id"] in alarmed else meta["tone"]
        yield element(
            "circle",
            cx=x,
            cy=y,
            r=radius,
            fill="none",
            stroke=INK[TONE_INK[tone]],
            stroke_width=0.7 if tone == "PAST" else 1.0,
            data_ring=meta["role"],
        )
