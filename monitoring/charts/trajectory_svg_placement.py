"""Where labels go on paper: beside their mark, on nothing else. Boxes are in points from the upper left of the plot."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

from monitoring.charts.trajectory_svg_words import width

Align = Literal["left", "centre", "right"]
Place = tuple[float, float, Align]

LINE_HEIGHT = 1.25  # of the type size
TOLERATED = 3.0  # square points of overlap that nobody sees
COST_OUTSIDE, COST_OVERLAP, COST_ORDER = 40.0, 4.0, 1.0


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle in points."""

    x0: float
    y0: float
    x1: float
    y1: float

    def shared(self, other: "Box") -> float:
        """Return the area that two boxes share."""
        across = min(self.x1, other.x1) - max(self.x0, other.x0)
        down = min(self.y1, other.y1) - max(self.y0, other.y0)
        return across * down if across > 0 and down > 0 else 0.0


@dataclass(frozen=True, slots=True)
class Segment:
    """A line that labels should rather not cross; the weight says how much rather."""

    x0: float
    y0: float
    x1: float
    y1: float
    weight: float

    def inside(self, box: Box) -> float:
        """Return the length of the line inside a box (Liang and Barsky 1984)."""
        dx, dy = self.x1 - self.x0, self.y1 - self.y0
        start, end = 0.0, 1.0
        gaps = ((-dx, self.x0 - box.x0), (dx, box.x1 - self.x0), (-dy, self.y0 - box.y0), (dy, box.y1 - self.y0))
        for step, gap in gaps:
            if step == 0 and gap < 0:
                return 0.0
            if step < 0:
                start = max(start, gap / step)
            elif step > 0:
                end = min(end, gap / step)
        return (end - start) * math.hypot(dx, dy) if end > start else 0.0


@dataclass(frozen=True, slots=True)
class Label:
    """A text of one or more lines, broken at `<br>`; `x` and `y` are where its middle line begins, ends or centres."""

    text: str
    size: float
    ink: str = "ink-2"
    bold: bool = False
    needed: bool = False
    has_halo: bool = True
    x: float = 0.0
    y: float = 0.0
    align: Align = "left"

    @property
    def lines(self) -> list[str]:
        """The lines of the text."""
        return self.text.split("<br>")

    def box(self, x: float, y: float, align: Align) -> Box:
        """Return the room that the label takes at a place."""
        wide = max(width(line, self.size, bold=self.bold) for line in self.lines)
        high = len(self.lines) * self.size * LINE_HEIGHT
        left = {"left": x, "right": x - wide, "centre": x - wide / 2}[align]
        return Box(left, y - high / 2, left + wide, y + high / 2)


@dataclass(slots=True)
class Placement:
    """What already has its place, in a plot of a width, between a top and a bottom."""

    width: float
    top: float
    bottom: float
    boxes: list[Box] = field(default_factory=list)
    segments: list[Segment] = field(default_factory=list)
    labels: list[Label] = field(default_factory=list)

    def put(self, label: Label, x: float, y: float, align: Align = "left") -> None:
        """Put a label at a fixed place, whatever is there."""
        self.boxes.append(label.box(x, y, align))
        self.labels.append(replace(label, x=x, y=y, align=align))

    def around(self, label: Label, x: float, y: float, radius: float) -> None:
        """Put a label beside a mark; one that is not needed is left out where there is no free place near."""
        offsets = [*near(radius), *(far(radius) if label.needed else ())]
        self.best(label, [(x + dx, y + dy, align) for dx, dy, align in offsets])

    def best(self, label: Label, places: Sequence[Place]) -> None:
        """Put a label at the best of some places; one that is not needed, only where it is free."""
        place = self.choose(label, places)
        if label.needed or self.overlap(label.box(*place)) <= TOLERATED:
            self.put(label, *place)

    def choose(self, label: Label, places: Sequence[Place]) -> Place:
        """Return the best of some places, the first ones preferred."""
        costs = [self.cost(label.box(*place)) + order * COST_ORDER for order, place in enumerate(places)]
        return places[costs.index(min(costs))]

    def cost(self, box: Box) -> float:
        """Return how bad a place is: outside, over something, across a line."""
        outside = max(0.0, -box.x0, box.x1 - self.width) + max(0.0, self.top - box.y0, box.y1 - self.bottom)
        crossed = sum(one.weight * one.inside(box) for one in self.segments)
        return outside * COST_OUTSIDE + self.overlap(box) * COST_OVERLAP + crossed

    def overlap(self, box: Box) -> float:
        """Return the area that a box shares with what has its place."""
        return sum(box.shared(other) for other in self.boxes)

    def is_free(self, box: Box, gap: float = 2.0) -> bool:
        """Whether nothing stands in a box or close beside it."""
        wide = Box(box.x0 - gap, box.y0, box.x1 + gap, box.y1)
        return all(wide.shared(other) == 0 for other in self.boxes)


def near(radius: float) -> Iterable[Place]:
    """Return the places beside a mark, the best first."""
    beside = radius + 2.6
    return (
        (beside, 0, "left"), (beside - 0.6, -4.6, "left"), (beside - 0.6, 5.2, "left"), (-beside, -1.8, "right"),
        (1 - beside, -5.2, "right"), (1 - beside, 5.2, "right"), (0, -radius - 5.2, "centre"),
        (0, radius + 5.8, "centre"),
    )  # fmt: skip


def far(radius: float) -> Iterable[Place]:
    """Return places further from a mark, for a label that has to be there."""
    for by in (5.0, 10.0, 16.0):
        yield from (
            (radius + 2, -4.6 - by, "left"), (radius + 2, 5.2 + by, "left"), (-radius - 2, -4.6 - by, "right"),
            (-radius - 2, 5.2 + by, "right"), (0, -radius - 5.2 - by, "centre"), (0, radius + 5.8 + by, "centre"),
        )  # fmt: skip
