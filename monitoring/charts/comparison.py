"""Curves of patients and the band of a cohort on one axis of months from a common origin: places for an inline SVG.

Coordinates are text with one decimal, so that no language writes a comma into them. What was not detected stands at its
own limit as an open triangle, lines to it are dotted; so is a median of which only a bound is known.
"""

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import pairwise

from monitoring.charts import lines
from monitoring.charts.control_marks import text
from monitoring.charts.marks import Mark, Shape
from monitoring.domain.cohort_band import DAYS_OF_A_MONTH, BandMonth
from monitoring.domain.terms import SampleClass, Tissue

# px of the view box
WIDTH, HEIGHT = 960.0, 430.0
LEFT, RIGHT, TOP, BOTTOM = 62.0, 850.0, 26.0, 370.0
LANE = 384.0  # samples without a height stand under the axis
LABEL_ROWS = 15.0  # px between the names of two curves
CIRCLE, DIAMOND, TRIANGLE, CROSS = 4.2, 5.6, 5.2, 4.0  # px, half a mark
LOWEST, HIGHEST = -3, 1  # log10 of % of ABL1 that is shown in any case
FIRST_MONTH, LAST_MONTH = -1.0, 6.0  # months that are shown in any case
BESIDE = 1.0  # months of the band left and right of the curves
STEPS = (1, 2, 3, 6, 12, 24, 36, 60)  # months between two ticks
TICKS = 12  # at most, along the axis


@dataclass(frozen=True, slots=True)
class Compared:
    """The marks of one curve, the day from which its months are counted, and its name."""

    name: str
    origin_on: date
    marks: Sequence[Mark]


@dataclass(frozen=True, slots=True)
class DrawnMark:
    """One sample: path data, and how it is filled."""

    d: str
    is_filled: bool
    is_inert: bool
    is_limited: bool


@dataclass(frozen=True, slots=True)
class DrawnLine:
    """Path data of a line; dotted where the level between is not known."""

    d: str
    is_dotted: bool


@dataclass(frozen=True, slots=True)
class DrawnCurve:
    """One patient: lines, marks, and where the name stands beside the last of them."""

    name: str
    lines: tuple[DrawnLine, ...]
    marks: tuple[DrawnMark, ...]
    label_x: str
    label_y: str


@dataclass(frozen=True, slots=True)
class DrawnBand:
    """The cohort: the area between the quartiles, the median, and triangles where it is only bounded."""

    areas: tuple[str, ...]
    median: tuple[DrawnLine, ...]
    bounds: tuple[str, ...]
    label_x: str
    label_y: str


@dataclass(frozen=True, slots=True)
class Tick:
    """A labelled place on an axis: months, or % of ABL1."""

    at: str
    months: int = 0
    pct_abl1: Decimal = Decimal(0)


@dataclass(frozen=True, slots=True)
class Comparison:
    """Everything that the picture draws."""

    width: str
    height: str
    left: str
    right: str
    top: str
    bottom: str
    lane: str
    origin_x: str
    months: tuple[Tick, ...]
    levels: tuple[Tick, ...]
    band: DrawnBand | None
    curves: tuple[DrawnCurve, ...]


def comparison(compared: Sequence[Compared], tissue: Tissue, band: Sequence[BandMonth] = ()) -> Comparison:
    """Return the picture of one or more curves in one tissue, with the band of a cohort where there is one."""
    frame = _Frame.around([_only(one, tissue) for one in compared], band)
    drawn_band = frame.band(band)
    taken = [float(drawn_band.label_y)] if drawn_band else []
    return Comparison(
        width=text(WIDTH),
        height=text(HEIGHT),
        left=text(LEFT),
        right=text(RIGHT),
        top=text(TOP),
        bottom=text(BOTTOM),
        lane=text(LANE),
        origin_x=text(frame.x(0.0)),
        months=tuple(Tick(text(frame.x(n)), months=n) for n in frame.month_ticks()),
        levels=tuple(
            Tick(text(frame.y(Decimal(1).scaleb(n))), pct_abl1=Decimal(1).scaleb(n))
            for n in range(frame.low, frame.high + 1)
        ),
        band=drawn_band,
        curves=tuple(_curves(frame, compared, tissue, taken)),
    )


def months_from(on: date, origin: date) -> float:
    """Return how many months after the origin a day lies; before it, less than nothing."""
    return float((on - origin).days / DAYS_OF_A_MONTH)


def _only(one: Compared, tissue: Tissue) -> Compared:
    return Compared(one.name, one.origin_on, [mark for mark in one.marks if mark.tissue is tissue])


def _curves(frame: "_Frame", compared: Sequence[Compared], tissue: Tissue, taken: list[float]) -> Iterator[DrawnCurve]:
    """The curves, their names apart from each other."""
    for one in compared:
        own = _only(one, tissue)
        places = [frame.place(mark, one.origin_on) for mark in own.marks]
        y = places[-1][1] if places else BOTTOM
        while any(abs(y - other) < LABEL_ROWS for other in taken):
            y -= LABEL_ROWS
        taken.append(y)
        yield DrawnCurve(
            name=one.name,
            lines=tuple(_lines(frame, own, tissue)),
            marks=tuple(_mark(mark, *place) for mark, place in zip(own.marks, places, strict=True)),
            label_x=text(min((places[-1][0] if places else LEFT) + 10, RIGHT + 4)),
            label_y=text(y + 4),
        )


def _lines(frame: "_Frame", one: Compared, tissue: Tissue) -> Iterator[DrawnLine]:
    for run, is_dotted in zip(lines.joined(one.marks, tissue), (False, True), strict=True):
        if run:
            yield DrawnLine(_path(frame, one, run), is_dotted)


def _path(frame: "_Frame", one: Compared, run: lines.Run) -> str:
    steps, pen = [], "M"
    for at in run:
        if at is None:
            pen = "M"
            continue
        x, y = frame.place(one.marks[at], one.origin_on)
        steps.append(f"{pen}{text(x)} {text(y)}")
        pen = "L"
    return "".join(steps)


def _mark(mark: Mark, x: float, y: float) -> DrawnMark:
    inert = mark.sample_class is SampleClass.IGNORED or mark.shape in (Shape.NOT_EVALUABLE, Shape.INDETERMINATE)
    filled = mark.shape is Shape.UNQUANTIFIED or (mark.is_detected and mark.tissue is Tissue.BONE_MARROW)
    return DrawnMark(_outline(mark, x, y), filled, inert, mark.shape is Shape.LIMITED)


def _outline(mark: Mark, x: float, y: float) -> str:
    """Circle for marrow, diamond for blood, triangle where not detected, cross where not evaluable."""
    if mark.shape is Shape.NOT_EVALUABLE:
        return f"M{text(x - CROSS)} {text(y - CROSS)}l{2 * CROSS} {2 * CROSS}m0 {-2 * CROSS}l{-2 * CROSS} {2 * CROSS}"
    if mark.shape in (Shape.NOT_DETECTED, Shape.LIMITED, Shape.UNQUANTIFIED):
        return _triangle(x, y)
    if mark.is_detected and mark.tissue is Tissue.PERIPHERAL_BLOOD:
        return f"M{text(x)} {text(y - DIAMOND)}l{DIAMOND} {DIAMOND}-{DIAMOND} {DIAMOND}-{DIAMOND}-{DIAMOND}z"
    half = f"a{CIRCLE} {CIRCLE} 0 1 0"
    circle = f"M{text(x - CIRCLE)} {text(y)}{half} {2 * CIRCLE} 0{half} {-2 * CIRCLE} 0z"
    return f"{circle}M{text(x)} {text(y - 2)}v4" if mark.shape is Shape.INDETERMINATE else circle


def _triangle(x: float, y: float) -> str:
    """Pointing down, its middle on the limit."""
    return f"M{text(x - TRIANGLE)} {text(y - TRIANGLE + 1)}h{2 * TRIANGLE}l{-TRIANGLE} {text(1.7 * TRIANGLE)}z"


@dataclass(frozen=True, slots=True)
class _Frame:
    """From months and levels to pixels."""

    first: float
    last: float
    low: int
    high: int

    @classmethod
    def around(cls, compared: Sequence[Compared], band: Sequence[BandMonth]) -> "_Frame":
        months = [months_from(mark.on, one.origin_on) for one in compared for mark in one.marks]
        first, last = min([FIRST_MONTH, *months]) - BESIDE, max([LAST_MONTH, *months]) + BESIDE
        levels = [mark.height_pct_abl1 for one in compared for mark in one.marks if mark.height_pct_abl1 is not None]
        levels += [q.pct_abl1 for one in band if first <= one.month <= last for q in (one.lower, one.upper)]
        logs = [math.log10(level) for level in levels]
        return cls(first, last, min([LOWEST, *map(math.floor, logs)]), max([HIGHEST, *map(math.ceil, logs)]))

    def x(self, months: float) -> float:
        return LEFT + (months - self.first) / (self.last - self.first) * (RIGHT - LEFT)

    def y(self, pct_abl1: Decimal) -> float:
        return BOTTOM - (math.log10(pct_abl1) - self.low) / (self.high - self.low) * (BOTTOM - TOP)

    def place(self, mark: Mark, origin: date) -> tuple[float, float]:
        height = LANE if mark.height_pct_abl1 is None else self.y(mark.height_pct_abl1)
        return self.x(months_from(mark.on, origin)), height

    def month_ticks(self) -> list[int]:
        step = next((step for step in STEPS if (self.last - self.first) / step <= TICKS), STEPS[-1])
        return [n for n in range(math.ceil(self.first), math.floor(self.last) + 1) if n % step == 0]

    def band(self, months: Sequence[BandMonth]) -> DrawnBand | None:
        """The months in sight, cut where one is missing."""
        seen = [one for one in months if self.first <= one.month <= self.last]
        if not seen:
            return None
        runs = list(_neighbours(seen))
        at_end = seen[-1]
        return DrawnBand(
            areas=tuple(self._area(run) for run in runs),
            median=tuple(line for run in runs for line in self._median(run)),
            bounds=tuple(_triangle(self.x(one.month), self.y(one.median.pct_abl1)) for one in seen if _is_below(one)),
            label_x=text(min(self.x(at_end.month) + 8, RIGHT + 4)),
            label_y=text(self.y(at_end.median.pct_abl1)),
        )  # fmt: skip

    def _area(self, run: Sequence[BandMonth]) -> str:
        """Between the quartiles; where the lower one is only bounded, down to the floor: it may lie anywhere there."""
        over = [(one.month, self.y(one.upper.pct_abl1)) for one in run]
        under = [(one.month, BOTTOM if one.lower.is_below else self.y(one.lower.pct_abl1)) for one in run]
        corners = [*_half_month_wide(over), *reversed(_half_month_wide(under))]
        return "M" + "L".join(f"{text(self.x(month))} {text(y)}" for month, y in corners) + "z"

    def _median(self, run: Sequence[BandMonth]) -> Iterator[DrawnLine]:
        for start, end in pairwise(run):
            d = "L".join(f"{text(self.x(one.month))} {text(self.y(one.median.pct_abl1))}" for one in (start, end))
            yield DrawnLine(f"M{d}", _is_below(start) or _is_below(end))


def _is_below(month: BandMonth) -> bool:
    return month.median.is_below


def _half_month_wide(corners: Sequence[tuple[int, float]]) -> list[tuple[float, float]]:
    """A month alone has a width too."""
    if len(corners) > 1:
        return [(float(month), y) for month, y in corners]
    [(month, y)] = corners
    return [(month - 0.5, y), (month + 0.5, y)]


def _neighbours(months: Iterable[BandMonth]) -> Iterator[list[BandMonth]]:
    run: list[BandMonth] = []
    for one in months:
        if run and one.month != run[-1].month + 1:
            yield run
            run = []
        run.append(one)
    yield run
