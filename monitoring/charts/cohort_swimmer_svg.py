"""The swimmer plot of a cohort: one lane a patient, from the origin to the last news, the longest followed first.

Source: docs/methods/cohorts.md.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain

from monitoring.charts.cohort_course_sheet import Look, Sheet, box, disc, px, room, triangle
from monitoring.charts.cohort_legend_svg import LegendLine, draw_legend, sized
from monitoring.charts.cohort_months_axis import DAYS_PER_MONTH, MonthsAxis
from monitoring.charts.trajectory_svg_words import Words
from monitoring.domain.cohorts.part_swimmer import Lane, SwimmerAnswer

WIDE, NARROW = 742.0, 328.0  # px of the view box
ROW, HEAD, FOOT = 15.0, 8.0, 42.0  # px
NUMBERS_ABOVE = 16.0  # px for the numbers of the axis above many lanes
MANY_LANES = 40  # from so many the months stand above the lanes too
LABEL_AT_MOST = {False: 130.0, True: 72.0}  # px of a pseudonym, on a wide and on a narrow page
END = 14.0  # px for the arrow at the end of a lane
LEAST_MONTHS = 3  # shown in any case
HALF_BAR, HALF_TICK = 4.0, 5.5  # px
THINNEST = 1.2  # px of a bar of venetoclax
CUT = "…"


def swimmer_svg(
    answer: SwimmerAnswer, words: Words, look: Look = Look.PAGE, *, is_narrow: bool = False,
    addresses: Mapping[int, str] | None = None, legend: Sequence[LegendLine] = (),
) -> str:  # fmt: skip
    """Return the lanes; `addresses`: where the page of a series is, for links on the page; `legend`: drawn below."""
    lanes = answer.lanes
    above = NUMBERS_ABOVE if len(lanes) >= MANY_LANES else 0.0
    bottom = HEAD + above + len(lanes) * ROW
    sheet = sized(NARROW if is_narrow else WIDE, bottom + FOOT, look, legend)
    names = [_fitting(lane.pseudonym, LABEL_AT_MOST[is_narrow]) for lane in lanes]
    left = max((room(name) for name in names), default=40.0) + 8
    axis = MonthsAxis(*_extent(answer), left, sheet.wide - END)
    _grid(sheet, axis, HEAD + above, bottom)
    for row, (lane, name) in enumerate(zip(lanes, names, strict=True)):
        y = HEAD + above + (row + 0.5) * ROW
        sheet.text(left - 8, y + 4, name, anchor="end", address=(addresses or {}).get(lane.series_id, ""))
        _Row(sheet, axis, lane, y).draw()
    if above:
        for month in axis.months():
            sheet.text(axis.x(month * DAYS_PER_MONTH), HEAD + 6, str(month), anchor="middle")
    axis.write(sheet, bottom, words.say("swimmer.axis"))
    draw_legend(sheet, legend)
    return sheet.drawn(words.say("swimmer.label"))


def _fitting(name: str, most: float) -> str:
    """A pseudonym as long as there is room for it."""
    if room(name) <= most:
        return name
    kept = name
    while kept and room(kept + CUT) > most:
        kept = kept[:-1]
    return kept + CUT


def _extent(answer: SwimmerAnswer) -> tuple[float, float]:
    """The first and the last day that anything is drawn at."""
    days = list(chain.from_iterable(map(_days, answer.lanes)))
    return min([0, *days]), max([LEAST_MONTHS * DAYS_PER_MONTH, *days])


def _days(lane: Lane) -> Iterator[int]:
    yield lane.until_day
    for cycle in lane.cycles:
        yield cycle.from_day
    yield from lane.transplants
    marked = (lane.negativity_day, lane.reduction_day, lane.second_relapse_day, lane.haematological_relapse_day)
    yield from (day for day in marked if day is not None)


def _grid(sheet: Sheet, axis: MonthsAxis, top: float, bottom: float) -> None:
    lines = (f"M{px(axis.x(month * DAYS_PER_MONTH))} {px(top)}V{px(bottom)}" for month in axis.months())
    sheet.path("grid", "".join(lines))
    if axis.first_day < 0:
        sheet.path("origin", f"M{px(axis.x(0))} {px(top)}V{px(bottom)}")


@dataclass(frozen=True, slots=True)
class _Row:
    """One lane on the sheet."""

    sheet: Sheet
    axis: MonthsAxis
    lane: Lane
    y: float

    def draw(self) -> None:
        lane, x, y = self.lane, self.axis.x, self.y
        self.sheet.path("life", f"M{px(x(min([0, *_days(lane)])))} {px(y)}H{px(x(lane.until_day))}")
        self.sheet.path("given", "".join(self._given()))
        for day in lane.transplants:
            self.sheet.path("hsct", f"M{px(x(day))} {px(y - 7)}V{px(y + 7)}")
        if lane.reduction_day is not None:
            self._reduction(x(lane.reduction_day))
        if lane.negativity_day is not None:
            self.sheet.path("responded", triangle(x(lane.negativity_day), y - 4, 5))
        if lane.second_relapse_day is not None:
            at = px(x(lane.second_relapse_day))
            self.sheet.path("flag", f"M{at} {px(y + 6)}V{px(y - 6)}l8 3.5l-8 3.5")
        if lane.haematological_relapse_day is not None:
            self.sheet.path("relapse", box(x(lane.haematological_relapse_day) - 4, y - 4, 8, 8))
        self._end(x(lane.until_day))

    def _given(self) -> Iterator[str]:
        for cycle in self.lane.cycles:  # days that are to be given lie behind the last news: nobody has seen them yet
            last = max(cycle.from_day, min(cycle.from_day + cycle.days, self.lane.until_day))
            start, end = self.axis.x(cycle.from_day), self.axis.x(last)
            yield box(start, self.y - HALF_BAR, max(THINNEST, end - start), 2 * HALF_BAR)

    def _reduction(self, x: float) -> None:
        self.sheet.path("responded", disc(x, self.y, 4.5))
        self.sheet.path("half", f"M{px(x - 4.5)} {px(self.y)}A4.5 4.5 0 0 0 {px(x + 4.5)} {px(self.y)}Z")

    def _end(self, x: float) -> None:
        """Died, last seen long ago, or followed."""
        y = self.y
        if self.lane.died:
            self.sheet.path("died", f"M{px(x)} {px(y - 7)}V{px(y + 7)}M{px(x - 4)} {px(y - 3)}H{px(x + 4)}")
        elif self.lane.is_long_ago:
            self.sheet.path("followed", f"M{px(x)} {px(y - HALF_TICK)}V{px(y + HALF_TICK)}")
        else:
            self.sheet.path("followed", f"M{px(x)} {px(y)}h7m-4 -3.5l4 3.5l-4 3.5")
