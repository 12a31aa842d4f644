"""Doubling times of a cohort on a logarithmic axis of days: one dot with its 95 % interval a patient, marker by marker.

The median of the cohort stands beside the published one. Source: docs/methods/kinetics.md; Ommen et al., Blood
2010;115:198.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from monitoring.charts.cohort_course_sheet import Look, Sheet, box, disc, px
from monitoring.charts.cohort_legend_svg import LegendLine, draw_legend, sized
from monitoring.charts.trajectory_svg_words import Words
from monitoring.domain.cohorts.part_kinetics import DoublingPoint, KineticsAnswer, MarkerKinetics

WIDE, NARROW = 594.0, 328.0  # px of the view box
LEFT, RIGHT = 12.0, 16.0  # px
HEAD, LABELS, GAP, FOOT = 18.0, 18.0, 14.0, 42.0  # px
ROW, ROWS_AT_MOST, ROWS_AT_LEAST = 10.0, 400.0, 26.0  # px: of a patient; of all of a marker
MOST_POINTS = (
    80  # of a marker, so that dots and intervals stay apart; of more every so-manieth is drawn, and that is told
)
DOT_AT_MOST, DOT_AT_LEAST, DOT_OF_ROW = 3.2, 1.2, 0.4  # px
ARROW = 5.0  # px of an interval that has no end, or ends beyond the axis
TICKS = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000)  # days
SHOWN_FROM, SHOWN_UNTIL = 5, 50  # days shown in any case
USUAL_FROM, USUAL_UNTIL = 2, 100  # days; intervals beyond end in an arrow


def every_nth(points: int) -> int:
    """Return which points are drawn of many: every 1st, 2nd, 3rd ..."""
    return max(1, -(-points // MOST_POINTS))


def drawn_points(marker: MarkerKinetics) -> Sequence[DoublingPoint]:
    """Return the points that are drawn, shortest doubling time first."""
    return marker.points[:: every_nth(len(marker.points))]


def kinetics_svg(
    answer: KineticsAnswer, words: Words, look: Look = Look.PAGE, *, is_narrow: bool = False,
    legend: Sequence[LegendLine] = (),
) -> str:  # fmt: skip
    """Return the markers one below the other on one axis; `words` says the head of each, and both medians."""
    shown = [marker for marker in answer.markers if marker.summary is not None]
    high = sum(HEAD + LABELS + _rows_high(marker) + GAP for marker in shown)
    sheet = sized(NARROW if is_narrow else WIDE, max(high, HEAD) + FOOT, look, legend)
    axis = _Axis.of(shown, sheet.wide - RIGHT)
    bottom = max(high, HEAD)
    _grid(sheet, axis, bottom)
    top = 0.0
    for marker in shown:
        _Block(sheet, axis, marker, top, words).draw()
        top += HEAD + LABELS + _rows_high(marker) + GAP
    axis.write(sheet, bottom, words.say("kinetics.axis"))
    draw_legend(sheet, legend)
    return sheet.drawn(words.say("kinetics.label"))


def _rows_high(marker: MarkerKinetics) -> float:
    return max(ROWS_AT_LEAST, min(ROWS_AT_MOST, ROW * len(drawn_points(marker))))


@dataclass(frozen=True, slots=True)
class _Axis:
    """From days to places, logarithmic."""

    first: int
    last: int
    right: float

    @classmethod
    def of(cls, shown: Sequence[MarkerKinetics], right: float) -> "_Axis":
        """Around every doubling time, and around their intervals as far as the usual goes."""
        days = [value for one in shown if one.summary for value in (one.summary.smallest, one.summary.largest)]
        days += [float(one.published_days) for one in shown]
        ends = [end for one in shown for point in one.points for end in (point.low, point.high) if end is not None]
        days += [min(max(end, USUAL_FROM), USUAL_UNTIL) for end in ends]
        first = max((tick for tick in TICKS if tick <= min([SHOWN_FROM, *days])), default=TICKS[0])
        last = min((tick for tick in TICKS if tick >= max([SHOWN_UNTIL, *days])), default=TICKS[-1])
        return cls(first, last, right)

    def x(self, days: float) -> float:
        within = min(max(days, self.first), self.last)
        share = math.log(within / self.first) / math.log(self.last / self.first)
        return LEFT + share * (self.right - LEFT)

    def ticks(self) -> list[int]:
        return [tick for tick in TICKS if self.first <= tick <= self.last]

    def write(self, sheet: Sheet, y: float, name: str) -> None:
        sheet.path("axis", f"M{px(LEFT)} {px(y)}H{px(self.right)}")
        for tick in self.ticks():
            sheet.path("axis", f"M{px(self.x(tick))} {px(y)}v4")
            sheet.text(self.x(tick), y + 17, str(tick), anchor="middle")
        sheet.text(self.right, y + 35, name, anchor="end")


def _grid(sheet: Sheet, axis: _Axis, bottom: float) -> None:
    sheet.path("grid", "".join(f"M{px(axis.x(tick))} {px(HEAD)}V{px(bottom)}" for tick in axis.ticks()))


@dataclass(frozen=True, slots=True)
class _Block:
    """One marker: its head, the names of the two medians, and its patients."""

    sheet: Sheet
    axis: _Axis
    marker: MarkerKinetics
    top: float
    words: Words

    def draw(self) -> None:
        head, own = self.words.say(f"kinetics.head.{self.marker.marker}"), self.marker.summary
        self.sheet.text(0, self.top + HEAD - 5, head, style="strong", halo=True)
        start = self.top + HEAD + LABELS
        end = start + _rows_high(self.marker)
        if own is not None:
            x, far = self.axis.x(own.q1), self.axis.x(own.q3)
            self.sheet.path("quartiles", box(x, start, far - x, end - start))
            self.sheet.path("median", f"M{px(self.axis.x(own.median))} {px(start - 3)}V{px(end)}")
            self._names(own.median, start - 6)
        published = self.axis.x(self.marker.published_days)
        self.sheet.path("level-dashed", f"M{px(published)} {px(start - 3)}V{px(end)}")
        self._points(start, end)

    def _names(self, median: float, y: float) -> None:
        """The shorter of the two medians is named to the left of its line, the longer one to the right."""
        is_longer = median >= self.marker.published_days
        own, published = ("start", "end") if is_longer else ("end", "start")
        said = self.words.say(f"kinetics.own.{self.marker.marker}")
        known = self.words.say(f"kinetics.published.{self.marker.marker}")
        self._name(median, y, said, own, "strong")
        self._name(self.marker.published_days, y, known, published, "word")

    def _name(self, days: float, y: float, said: str, anchor: str, style: str) -> None:
        x = self.axis.x(days) + (3 if anchor == "start" else -3)
        self.sheet.text(x, y, said, anchor=anchor, style=style, halo=True)

    def _points(self, start: float, end: float) -> None:
        points = drawn_points(self.marker)
        pitch = (end - start) / max(1, len(points))
        radius = max(DOT_AT_LEAST, min(DOT_AT_MOST, pitch * DOT_OF_ROW))
        intervals, dots = [], []
        for place, point in enumerate(points):
            y = start + (place + 0.5) * pitch
            intervals.append(self._interval(point, y, min(2.6, pitch / 2)))
            dots.append(disc(self.axis.x(point.days), y, radius))
        self.sheet.path("interval", "".join(intervals))
        self.sheet.path("dot", "".join(dots))

    def _interval(self, point: DoublingPoint, y: float, half: float) -> str:
        """A line from low to high; an arrow where it goes on beyond the axis, or has no end."""
        low, high = self.axis.x(point.low), self.axis.x(self.axis.last if point.high is None else point.high)
        line = f"M{px(low)} {px(y)}H{px(high)}"
        if point.high is None or point.high > self.axis.last:
            line += f"M{px(high)} {px(y - half)}L{px(high + ARROW)} {px(y)}L{px(high)} {px(y + half)}"
        if point.low < self.axis.first:
            line += f"M{px(low)} {px(y - half)}L{px(low - ARROW)} {px(y)}L{px(low)} {px(y + half)}"
        return line
