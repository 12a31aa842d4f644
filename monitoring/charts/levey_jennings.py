"""A Levey-Jennings chart: places for an inline SVG, nothing else. One column a run, in their order.

Coordinates are text with one decimal, so that no language writes a comma into them. What a point says is carried by
the shape of its mark and by the words of its rule, never by colour alone.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from math import floor, log10

from monitoring.charts.control_marks import LABEL_ROWS, ChartMark, labels_apart, mark_of, text
from monitoring.domain.levey_jennings import AcceptedRange, ReadPoint, SetTarget
from monitoring.domain.westgard import Standing

# px of the view box
WIDTH, HEIGHT = 1000.0, 340.0
LEFT, RIGHT = 62.0, 868.0  # the right margin names the lines
TOP, BOTTOM = 40.0, 292.0
EDGE = 14.0  # px between the frame and the first and last run
LINES_SD = tuple(Decimal(sds) for sds in (-3, -2, -1, 0, 1, 2, 3))
SHOWN_SD = 3.4  # SD above and below the mean that stay in sight
MARGIN = 0.08  # share of the range left free above and below where there is no target
DAY_LABELS = 8  # at most, along the axis
TICKS = 5
STEPS = (1, 2, 5, 10)


@dataclass(frozen=True, slots=True)
class ChartLine:
    """A horizontal line: of so many SD (`sds`), or a limit of the assay (`sds` None); `value` in the chart's unit."""

    x1: str
    x2: str
    y: str
    label_y: str
    sds: int | None
    value: Decimal
    is_named: bool


@dataclass(frozen=True, slots=True)
class ChartTick:
    """A labelled place on an axis."""

    at: str
    value: Decimal | None = None
    on: date | None = None


@dataclass(frozen=True, slots=True)
class LotChange:
    """Where a lot begins."""

    x: str
    lot: str


@dataclass(frozen=True, slots=True)
class LeveyJennings:
    """Everything that the picture draws."""

    width: str
    height: str
    left: str
    right: str
    top: str
    bottom: str
    marks: tuple[ChartMark, ...]
    joins: str
    lines: tuple[ChartLine, ...]
    limits: tuple[ChartLine, ...]
    ticks: tuple[ChartTick, ...]
    days: tuple[ChartTick, ...]
    lot_changes: tuple[LotChange, ...]


def levey_jennings(points: Sequence[ReadPoint], accepted: AcceptedRange) -> LeveyJennings:
    """Return the chart of points in the order of their runs, one at least; values keep the unit that they came in."""
    frame = _Frame.around(points, accepted)
    return LeveyJennings(
        width=text(WIDTH),
        height=text(HEIGHT),
        left=text(LEFT),
        right=text(RIGHT),
        top=text(TOP),
        bottom=text(BOTTOM),
        marks=labels_apart(
            [mark_of(point, frame.x(at), frame.y(float(point.given.value)), BOTTOM) for at, point in enumerate(points)]
        ),
        joins=_joins(frame, points),
        lines=_named_apart(_sd_lines(frame, points)),
        limits=_named_apart(_limits(frame, accepted)),
        ticks=tuple(ChartTick(text(frame.y(float(value))), value=value) for value in frame.ticks()),
        days=_days(frame, points),
        lot_changes=tuple(
            LotChange(text(frame.x(at) - frame.step / 2), point.given.lot)
            for at, point in enumerate(points)
            if point.begins_lot
        ),
    )


@dataclass(frozen=True, slots=True)
class _Frame:
    """The passage from runs and values to places."""

    runs: int
    lowest: float
    highest: float

    @classmethod
    def around(cls, points: Sequence[ReadPoint], accepted: AcceptedRange) -> "_Frame":
        """A frame that holds every point that counts and 3 SD of every target; limits of the assay where they lie near.

        A point that was left out may lie beyond it, and then stands at its edge: it shall not flatten all others.
        """
        counted = [point for point in points if not point.given.left_out_because] or points
        heights = [float(point.given.value) for point in counted]
        targets = {point.target for point in points if point.target}
        for target in targets:
            reach = SHOWN_SD * float(target.sd)
            heights += [float(target.mean) - reach, float(target.mean) + reach]
        low, high = min(heights), max(heights)
        span = (high - low) or abs(high) * 0.01 or 1.0
        limits = [float(limit) for limit in accepted.limits]
        near = [limit for limit in limits if not targets or low - span <= limit <= high + span]
        low, high = min([low, *near]), max([high, *near])
        free = (high - low or span) * MARGIN
        return cls(len(points), low - free, high + free)

    @property
    def step(self) -> float:
        """px between two runs."""
        return (RIGHT - LEFT - 2 * EDGE) / max(self.runs - 1, 1)

    def x(self, at: int) -> float:
        """Where a run stands; a single one in the middle."""
        return (LEFT + RIGHT) / 2 if self.runs == 1 else LEFT + EDGE + at * self.step

    def y(self, value: float) -> float:
        """Where a value stands; beyond the frame at its edge."""
        share = (self.highest - value) / (self.highest - self.lowest)
        return TOP + min(max(share, 0.0), 1.0) * (BOTTOM - TOP)

    def ticks(self) -> list[Decimal]:
        """Round values inside the frame, some five of them."""
        rough = (self.highest - self.lowest) / TICKS
        exponent = floor(log10(rough))
        factor = next(each for each in STEPS if each * 10.0**exponent >= rough)
        step = Decimal(factor).scaleb(exponent)
        first = int(Decimal(repr(self.lowest)) // step)
        values = [step * number for number in range(first, first + 4 * TICKS)]
        return [value for value in values if self.lowest < float(value) < self.highest]


def _joins(frame: _Frame, points: Sequence[ReadPoint]) -> str:
    """A line from run to run; lifted at a change of lot, past points that were left out."""
    steps, pen = [], "M"
    for at, point in enumerate(points):
        if point.begins_lot:
            pen = "M"
        if point.judgement.standing is Standing.LEFT_OUT:
            continue
        steps.append(f"{pen}{text(frame.x(at))} {text(frame.y(float(point.given.value)))}")
        pen = "L"
    return "".join(steps)


def _sd_lines(frame: _Frame, points: Sequence[ReadPoint]) -> list[ChartLine]:
    """The seven lines of every target, each as long as the target holds; the last target's are named."""
    found = []
    spans = _spans(points)
    for number, (first, last, target) in enumerate(spans):
        x1 = LEFT if first == 0 else frame.x(first) - frame.step / 2
        x2 = RIGHT if last == frame.runs - 1 else frame.x(last) + frame.step / 2
        for sds in LINES_SD:
            value = target.mean + sds * target.sd
            y = text(frame.y(float(value)))
            is_named = number == len(spans) - 1
            found.append(ChartLine(text(x1), text(x2), y, y, int(sds), value, is_named))
    return found


def _spans(points: Sequence[ReadPoint]) -> list[tuple[int, int, SetTarget]]:
    """First run, last run and target of each stretch of runs that are read against the same one."""
    spans: list[tuple[int, int, SetTarget]] = []
    for at, point in enumerate(points):
        if point.target is None:
            continue
        if spans and spans[-1][1] == at - 1 and spans[-1][2] == point.target and not point.begins_lot:
            spans[-1] = (spans[-1][0], at, point.target)
        else:
            spans.append((at, at, point.target))
    return spans


def _limits(frame: _Frame, accepted: AcceptedRange) -> list[ChartLine]:
    inside = [value for value in accepted.limits if frame.lowest < float(value) < frame.highest]
    places = [text(frame.y(float(value))) for value in inside]
    return [
        ChartLine(text(LEFT), text(RIGHT), y, y, None, value, is_named=True)
        for y, value in zip(places, inside, strict=True)
    ]


def _named_apart(lines: Sequence[ChartLine]) -> tuple[ChartLine, ...]:
    """Move the names of lines apart where these stand closer than a name is high."""
    last, moved = -LABEL_ROWS, {}
    for line in sorted((each for each in lines if each.is_named), key=lambda each: float(each.y)):
        last = max(float(line.y) + 4, last + LABEL_ROWS)
        moved[line] = text(last)
    return tuple(
        ChartLine(each.x1, each.x2, each.y, moved.get(each, each.y), each.sds, each.value, each.is_named)
        for each in lines
    )


def _days(frame: _Frame, points: Sequence[ReadPoint]) -> tuple[ChartTick, ...]:
    every = -(-len(points) // DAY_LABELS)
    shown = range(len(points) - 1, -1, -every)
    return tuple(ChartTick(text(frame.x(at)), on=points[at].given.measured_on) for at in reversed(shown))
