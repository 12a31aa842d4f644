"""The curves of a cohort from a common day: thin lines of single patients, the median, the band of the quartiles.

What was not detected stands as an open triangle at its own limit, joined by dotted lines, since the level between is
not known. A median below the limits is an open triangle too. Source: docs/methods/cohort_band.md.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import chain, pairwise

from monitoring.charts.cohort_course_sheet import Look, Sheet, disc, px, triangle
from monitoring.charts.cohort_legend_svg import LegendLine, draw_legend, sized
from monitoring.charts.cohort_months_axis import DAYS_PER_MONTH, MonthsAxis
from monitoring.charts.trajectory_svg_words import Words
from monitoring.domain.cohort_band import BandMonth, Quantile
from monitoring.domain.cohorts.part_trajectories import Line, LinePoint, TrajectoriesAnswer

WIDE, NARROW = 594.0, 328.0  # px of the view box
LEFT, RIGHT = 52.0, 10.0  # px
TOP, PLOT, FOOT = 30.0, 340.0, 42.0  # px
LOWEST, HIGHEST = -3, 1  # log10 of % of ABL1 shown in any case
FIRST_MONTH, LAST_MONTH = -1.0, 3.0  # shown in any case
ABOVE, LINE_OF_TEXT = 5.0, 15.0  # px: of a name over its line; between two names
HALF_TRIANGLE, HALF_OF_MEDIAN, MEDIAN_DOT, SINGLE = 3.2, 5.0, 4.0, 1.8  # px


@dataclass(frozen=True, slots=True)
class LevelLine:
    """A level that rule sets name, in % of ABL1; dashed where it is not the same for every marker and tissue."""

    pct_abl1: Decimal
    name: str
    is_dashed: bool


def trajectories_svg(
    answer: TrajectoriesAnswer, levels: Sequence[LevelLine], words: Words, look: Look = Look.PAGE, *,
    is_narrow: bool = False, legend: Sequence[LegendLine] = (),
) -> str:  # fmt: skip
    """Return the curves of one tissue; `legend`: drawn below."""
    sheet = sized(NARROW if is_narrow else WIDE, TOP + PLOT + FOOT, look, legend)
    picture = _Picture(sheet, answer, _axis(answer, sheet.wide - RIGHT), *_decades(answer, levels), words)
    picture.draw(levels)
    draw_legend(sheet, legend)
    return sheet.drawn(words.say("trajectories.label"))


def _axis(answer: TrajectoriesAnswer, right: float) -> MonthsAxis:
    days = [float(point.day) for line in answer.lines for point in line.points]
    days += [(one.month + side) * DAYS_PER_MONTH for one in answer.band for side in (-0.5, 0.5)]
    first, last = FIRST_MONTH * DAYS_PER_MONTH, LAST_MONTH * DAYS_PER_MONTH
    return MonthsAxis(min([first, *days]), max([last, *days]), LEFT, right)


def _decades(answer: TrajectoriesAnswer, levels: Sequence[LevelLine]) -> tuple[int, int]:
    values = [point.pct_abl1 for line in answer.lines for point in line.points]
    values += [float(each.pct_abl1) for one in answer.band for each in (one.lower, one.median, one.upper)]
    logs = [math.log10(value) for value in chain(values, (float(level.pct_abl1) for level in levels))]
    return min([LOWEST, *map(math.floor, logs)]), max([HIGHEST, *map(math.ceil, logs)])


def runs_of(band: Sequence[BandMonth]) -> Iterator[list[BandMonth]]:
    """Yield the months of a band that follow each other; it is cut where one is missing."""
    run: list[BandMonth] = []
    for one in band:
        if run and one.month != run[-1].month + 1:
            yield run
            run = []
        run.append(one)
    if run:
        yield run


@dataclass(frozen=True, slots=True)
class _Picture:
    """One tissue on the sheet, back to front."""

    sheet: Sheet
    answer: TrajectoriesAnswer
    axis: MonthsAxis
    low: int
    high: int
    words: Words

    def draw(self, levels: Sequence[LevelLine]) -> None:
        self._grid()
        self._levels(levels)
        self.sheet.path("quartiles", "".join(self._area(run) for run in runs_of(self.answer.band)))
        self._lines()
        self._origin()
        self._level_names(levels)
        self._median()
        self._median_name([self.y(level.pct_abl1) - ABOVE for level in levels])
        self.axis.write(self.sheet, TOP + PLOT, self.words.say("trajectories.axis"))
        if not self.answer.lines:
            middle = (LEFT + self.axis.right) / 2
            self.sheet.text(middle, TOP + PLOT / 2, self.words.say("trajectories.nobody"), anchor="middle", halo=True)

    def y(self, pct_abl1: float | Decimal) -> float:
        share = (math.log10(pct_abl1) - self.low) / (self.high - self.low)
        return TOP + PLOT - share * PLOT

    def _grid(self) -> None:
        for decade in range(self.low, self.high + 1):
            value = Decimal(1).scaleb(decade)
            self.sheet.path("grid", f"M{px(LEFT)} {px(self.y(value))}H{px(self.axis.right)}")
            self.sheet.text(LEFT - 7, self.y(value) + 4, self.words.number(f"{value:f}"), anchor="end")
        self.sheet.text(0, 12, self.words.say("trajectories.unit"))
        tissue = self.words.say("trajectories.tissue")
        self.sheet.text(self.axis.right, 12, tissue, anchor="end", style=f"word-{self.answer.tissue.lower()}")

    def _levels(self, levels: Sequence[LevelLine]) -> None:
        for level in levels:
            style = "level-dashed" if level.is_dashed else "level"
            self.sheet.path(style, f"M{px(LEFT)} {px(self.y(level.pct_abl1))}H{px(self.axis.right)}")

    def _level_names(self, levels: Sequence[LevelLine]) -> None:
        for level in levels:
            self.sheet.text(self.axis.right, self.y(level.pct_abl1) - ABOVE, level.name, anchor="end", halo=True)

    def _origin(self) -> None:
        x = self.axis.x(0)
        self.sheet.path("origin", f"M{px(x)} {px(TOP - 10)}V{px(TOP + PLOT)}")
        self.sheet.text(x + 5, TOP - 12, self.words.say("trajectories.origin"), style="strong", halo=True)

    def _lines(self) -> None:
        tissue = self.answer.tissue.lower()
        solid: list[str] = []
        dotted: list[str] = []
        for line in self.answer.lines:
            for one, other in pairwise(line.points):
                joined = f"M{self._place(one)}L{self._place(other)}"
                (solid if one.is_detected and other.is_detected else dotted).append(joined)
        self.sheet.path(f"line-{tissue}", "".join(solid))
        self.sheet.path(f"dotted-{tissue}", "".join(dotted))
        self.sheet.path(f"single-{tissue}", "".join(chain.from_iterable(map(self._alone, self.answer.lines))))
        limits = [point for line in self.answer.lines for point in line.points if not point.is_detected]
        marks = (triangle(self.axis.x(one.day), self.y(one.pct_abl1), HALF_TRIANGLE) for one in limits)
        self.sheet.path(f"below-{tissue}", "".join(marks))

    def _place(self, point: LinePoint) -> str:
        return f"{px(self.axis.x(point.day))} {px(self.y(point.pct_abl1))}"

    def _alone(self, line: Line) -> Iterator[str]:
        """A level without a neighbour has no line: it is a dot."""
        if len(line.points) == 1 and line.points[0].is_detected:
            [point] = line.points
            yield disc(self.axis.x(point.day), self.y(point.pct_abl1), SINGLE)

    def _area(self, run: Sequence[BandMonth]) -> str:
        """Between the quartiles; where the lower one is only bounded, down to the floor: it may lie anywhere there."""
        over = [(one.month, self.y(one.upper.pct_abl1)) for one in run]
        under = [(one.month, TOP + PLOT if one.lower.is_below else self.y(one.lower.pct_abl1)) for one in run]
        corners = [*_with_width(over), *reversed(_with_width(under))]
        return "M" + "L".join(f"{px(self.axis.x(month * DAYS_PER_MONTH))} {px(y)}" for month, y in corners) + "Z"

    def _median(self) -> None:
        solid: list[str] = []
        dotted: list[str] = []
        for run in runs_of(self.answer.band):
            for one, other in pairwise(run):
                known = not (one.median.is_below or other.median.is_below)
                (solid if known else dotted).append(f"M{self._at(one)}L{self._at(other)}")
        self.sheet.path("median-dotted", "".join(dotted))
        self.sheet.path("median", "".join(solid))
        for one in self.answer.band:
            self._median_mark(self.axis.x(one.month * DAYS_PER_MONTH), one.median)

    def _median_name(self, taken: Sequence[float]) -> None:
        """Beside the last of its marks that is apart from the names of the levels."""
        places = [
            (self.axis.x(one.month * DAYS_PER_MONTH) + 9, self.y(one.median.pct_abl1) - 9) for one in self.answer.band
        ]
        free = [place for place in places if all(abs(place[1] - y) >= LINE_OF_TEXT for y in taken)]
        for x, y in (free or places)[-1:]:
            self.sheet.text(x, y, self.words.say("trajectories.median"), style="strong", halo=True)

    def _median_mark(self, x: float, median: Quantile) -> None:
        y = self.y(median.pct_abl1)
        if median.is_below:
            self.sheet.path("median-below", triangle(x, y, HALF_OF_MEDIAN))
        else:
            self.sheet.path("median-dot", disc(x, y, MEDIAN_DOT))

    def _at(self, one: BandMonth) -> str:
        return f"{px(self.axis.x(one.month * DAYS_PER_MONTH))} {px(self.y(one.median.pct_abl1))}"


def _with_width(corners: Sequence[tuple[int, float]]) -> list[tuple[float, float]]:
    """A month alone has a width too."""
    if len(corners) > 1:
        return [(float(month), y) for month, y in corners]
    [(month, y)] = corners
    return [(month - 0.5, y), (month + 0.5, y)]
