"""Where the labels of a cohort's curves stand: none over another, none outside the plot, each near what it names.

One after the other takes the best of the places near its dot; where all are taken, the nearest free one of a grid.
A label that is not needed (its value stands in the table as well) is left out rather than moved away.
"""

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from monitoring.charts.cohort_axes_svg import TOP, Frame, Size
from monitoring.charts.cohort_figure import LETTERS, Curve, CurveFigure
from monitoring.charts.cohort_ink_svg import SIZES, fitted, wide
from monitoring.charts.trajectory_svg_placement import Box, Segment

LINE_OF_NAMES = 16.0  # px between the names of two curves
GAP = 2.0  # px of air around a label
OF_DOT = 5.5
MOST_VALUED = 3  # curves whose values are written at their dots
SAMPLED = 6.0  # px between two places at which a curve is looked at
GRID = 12.0  # px between two places that are tried
# cost of a px of line under a label, of a px away from the dot, and of each better place that was passed over
CROSSING, FAR, PASSED_OVER = 1.0, 1.0, 4.0
NEAR = ((9, -26), (9, 16), (-9, 16), (-9, -26), (9, -46), (-9, 36), (9, 36), (-9, -46))
NEAR_BELOW = ((9, 16), (-9, 16), (9, 36), (-9, 36), (9, -26), (-9, -26))
ONE_LINE = ((8, -8), (-8, 15), (8, 15), (-8, -8), (8, -22), (-8, 29))
ONE_LINE_BELOW = ((-8, 15), (8, 15), (-8, 29), (8, -8), (-8, -8), (8, -22))


@dataclass(frozen=True, slots=True)
class Label:
    """Lines of text (words and class), where they begin, and the anchor."""

    lines: tuple[tuple[str, str], ...]
    x: float
    y: float
    anchor: str = "start"

    @property
    def box(self) -> Box:
        """The room that the label takes; y is the foot of its first line."""
        across = max(wide(words, kind) for words, kind in self.lines)
        x0 = self.x - {"start": 0.0, "end": across, "middle": across / 2}[self.anchor]
        down = self.y + sum(SIZES[kind] * 1.25 for _, kind in self.lines[1:])
        return Box(x0 - GAP, self.y - SIZES[self.lines[0][1]] * 0.85, x0 + across + GAP, down + 4)


@dataclass(slots=True)
class Placement:
    """What has its place already."""

    frame: Frame
    right: float
    dots: Sequence[tuple[float, float]]
    boxes: list[Box]
    segments: Sequence[Segment]
    labels: list[Label] = field(default_factory=list)

    def place(self, lines: tuple[tuple[str, str], ...], x: float, y: float, near: Iterable[tuple[float, float]],
              *, is_needed: bool) -> None:  # fmt: skip
        """Put a label near a dot; a needed one as near as there is room."""
        places = [Label(lines, x + dx, y + dy, "start" if dx > 0 else "end") for dx, dy in near]
        costs = {
            place: order * PASSED_OVER + self._crossed(place)
            for order, place in enumerate(places)
            if self._is_free(place) and (is_needed or self._is_plain(place, x, y))
        }
        if not costs and is_needed:
            costs = {
                place: _away(place, x, y) * FAR + self._crossed(place)
                for place in self._grid(lines)
                if self._is_free(place)
            }
        if costs:
            best = min(costs, key=lambda place: costs[place])
            self.labels.append(best)
            self.boxes.append(best.box)

    def _is_free(self, label: Label) -> bool:
        box, frame = label.box, self.frame
        inside = frame.left <= box.x0 and box.x1 <= self.right and box.y0 >= TOP and box.y1 <= frame.floor
        return inside and all(box.shared(other) == 0 for other in self.boxes)

    def _is_plain(self, label: Label, x: float, y: float) -> bool:
        """Whether nobody can take a label for that of another dot: it crosses no curve, and its own dot is nearest."""
        nearest = min(self.dots, key=lambda dot: _away(label, *dot))
        return self._crossed(label) == 0 and math.dist(nearest, (x, y)) < OF_DOT

    def _grid(self, lines: tuple[tuple[str, str], ...]) -> Iterator[Label]:
        y = TOP + GRID
        while y < self.frame.floor:
            x = self.frame.left + GAP
            while x < self.frame.right:
                yield Label(lines, x, y)
                x += GRID
            y += GRID

    def _crossed(self, label: Label) -> float:
        box = label.box
        return sum(one.inside(box) for one in self.segments) * CROSSING


def _away(label: Label, x: float, y: float) -> float:
    box = label.box
    return abs((box.x0 + box.x1) / 2 - x) + abs((box.y0 + box.y1) / 2 - y)


def names(figure: CurveFigure, frame: Frame, size: Size) -> list[tuple[Label, Curve]]:
    """Return the name of each of several curves at its end (a letter where room is short), with its curve.

    Names lie in the right margin, in the order of the ends, pushed apart where ends are close.
    """
    if not figure.has_names:
        return []
    ordered = sorted(range(len(figure.curves)), key=lambda at: (-figure.curves[at].ends, at))
    heights = _spread([frame.y(figure.curves[at].ends) for at in ordered], TOP, frame.floor)
    found = []
    for at, y in zip(ordered, heights, strict=True):
        curve = figure.curves[at]
        named = fitted(curve.name, size.name_room, "name") if size.name_room else LETTERS[at]
        found.append((Label(((named, "name"),), frame.right + 8, y + 4), curve))
    return found


def values(figure: CurveFigure, frame: Frame, size: Size) -> list[Label]:
    """Return the labels of the dots at one and two years and of the median, none over another."""
    if len(figure.curves) > MOST_VALUED or (not figure.is_single and not size.name_room):
        return []
    placement = _empty(figure, frame, size)
    for curve in figure.curves:
        for day, share, value in curve.dots:
            if figure.is_single:
                big, small = figure.words.value(value)
                near = NEAR if curve.begins[1] > curve.ends else NEAR_BELOW
                lines = ((big, "big" if size.name_room else "name"), (small, "t"))
                placement.place(lines, frame.x(day), frame.y(share), near, is_needed=True)
            else:
                is_top = all(share >= other.at(day) for other in figure.curves)
                brief = ((figure.words.brief(value), "b"),)
                near = ONE_LINE if is_top else ONE_LINE_BELOW
                placement.place(brief, frame.x(day), frame.y(share), near, is_needed=False)
    _median(figure, frame, placement)
    return placement.labels


def _empty(figure: CurveFigure, frame: Frame, size: Size) -> Placement:
    """Dots, curves and the landmark have their places before any label."""
    dots = [(frame.x(day), frame.y(share)) for curve in figure.curves for day, share, _ in curve.dots]
    boxes = [Box(x - OF_DOT, y - OF_DOT, x + OF_DOT, y + OF_DOT) for x, y in dots]
    segments = [part for curve in figure.curves for part in _segments(curve, frame)]
    if figure.landmark_day is not None:
        x = frame.x(figure.landmark_day)
        segments.append(Segment(x, TOP, x, frame.floor, CROSSING))
    return Placement(frame, frame.right if figure.has_names else size.width, dots, boxes, segments)


def _median(figure: CurveFigure, frame: Frame, placement: Placement) -> None:
    if figure.is_single and (median := figure.curves[0].median) and median.day is not None:
        head, interval = figure.words.median(median)
        x, y = frame.x(median.day), frame.y(0.5)
        placement.place(((head, "b"), (interval, "t")), x, y, NEAR, is_needed=True)


def _segments(curve: Curve, frame: Frame) -> Iterator[Segment]:
    """A curve as pieces across and down, as seen every few px."""
    x, last = frame.x(curve.begins[0]), frame.x(curve.until)
    per_px = (frame.until_day - frame.from_day) / frame.width
    y = frame.y(curve.begins[1])
    while x < last:
        on = min(x + SAMPLED, last)
        yield Segment(x, y, on, y, CROSSING)
        below = frame.y(curve.at(frame.from_day + (on - frame.left) * per_px))
        if below != y:
            yield Segment(on, y, on, below, CROSSING)
        x, y = on, below


def _spread(wanted: Sequence[float], top: float, floor: float) -> list[float]:
    """Return heights in their order, at least a line apart, moved up together where they would leave the plot."""
    heights: list[float] = []
    for y in wanted:
        heights.append(max(y, heights[-1] + LINE_OF_NAMES) if heights else max(y, top))
    lowest = floor
    for at in range(len(heights) - 1, -1, -1):
        heights[at] = min(heights[at], lowest)
        lowest = heights[at] - LINE_OF_NAMES
    return heights
