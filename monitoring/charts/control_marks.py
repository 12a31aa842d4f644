"""The marks of a Levey-Jennings chart: their shapes as path data, and words that do not run into each other."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from monitoring.domain.levey_jennings import ReadPoint
from monitoring.domain.westgard import Standing

MARK = 4.6  # px, half a cross
LABEL_ABOVE, LABEL_BELOW = 10.0, 18.0  # px from a mark to the words of its rule
LABEL_WIDTH = 30.0  # px that the words of one rule take
LABEL_ROWS = 14.0  # px between two lines of words


class Mark(StrEnum):
    """How a point is drawn: disc, triangle, square, cross, ring."""

    IN_CONTROL = "disc"
    WARNING = "triangle"
    REJECTED = "square"
    LEFT_OUT = "cross"
    NO_TARGET = "ring"


@dataclass(frozen=True, slots=True)
class ChartMark:
    """One run: where it stands, its shape as path data, the codes of the rules that it breaks."""

    id: int
    x: str
    y: str
    label_y: str
    shape: str
    path: str
    rules: tuple[str, ...]
    is_outside: bool


def text(number: float) -> str:
    """Return a coordinate as SVG wants it, whatever the language."""
    return format(number, ".1f")


def mark_path(shape: str) -> str:
    """Return the outline of a mark alone, in a box of 14 px: for a legend."""
    return _outline(Mark(shape), 7.0, 7.0)


def mark_of(point: ReadPoint, x: float, y: float, floor: float) -> ChartMark:
    """Return the mark of a point at its place; its words stand above it where the floor leaves no room below."""
    shape = _shape(point)
    above = point.sds is None or point.sds >= 0 or y + LABEL_BELOW > floor
    return ChartMark(
        id=point.given.id,
        x=text(x),
        y=text(y),
        label_y=text(y - LABEL_ABOVE if above else y + LABEL_BELOW),
        shape=shape.value,
        path=_outline(shape, x, y),
        rules=tuple(rule.value for rule in point.judgement.rules),
        is_outside=point.is_outside,
    )


def _shape(point: ReadPoint) -> Mark:
    """The shape of a point: by the assay's limits where it breaks them, or where no rule reads the chart."""
    if point.is_outside:
        return Mark.REJECTED
    is_unread = point.judgement.standing is Standing.NO_TARGET
    if is_unread and point.accepted.warns_below is not None:
        return Mark.WARNING if point.is_low else Mark.IN_CONTROL
    return Mark[point.judgement.standing.name]


def labels_apart(marks: Sequence[ChartMark]) -> tuple[ChartMark, ...]:
    """Put the words of a rule on the other side of its mark where they would meet those of the mark before."""
    found: list[ChartMark] = []
    last: ChartMark | None = None
    for mark in marks:
        placed = mark
        if mark.rules and last is not None and _meet(last, mark):
            below = float(mark.label_y) > float(mark.y)
            y = float(mark.y)
            placed = replace(mark, label_y=text(y - LABEL_ABOVE if below else y + LABEL_BELOW))
        found.append(placed)
        last = placed if mark.rules else last
    return tuple(found)


def _meet(one: ChartMark, other: ChartMark) -> bool:
    """Whether the words of two marks would overlap."""
    wide = LABEL_WIDTH * max(len(one.rules), len(other.rules))
    return float(other.x) - float(one.x) < wide and abs(float(other.label_y) - float(one.label_y)) < LABEL_ROWS


def _outline(shape: Mark, x: float, y: float) -> str:
    if shape is Mark.LEFT_OUT:
        return f"M{text(x - MARK)} {text(y - MARK)}l{2 * MARK} {2 * MARK}m0 {-2 * MARK}l{-2 * MARK} {2 * MARK}"
    if shape is Mark.WARNING:
        return f"M{text(x)} {text(y - 6)}l6 10.4h-12z"
    if shape is Mark.REJECTED:
        return f"M{text(x - 5)} {text(y - 5)}h10v10h-10z"
    radius = 3.4
    half = f"a{radius} {radius} 0 1 0"
    return f"M{text(x - radius)} {text(y)}{half} {2 * radius} 0{half} {-2 * radius} 0z"
