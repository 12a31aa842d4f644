"""The waterfall of a cohort: log10 change, one bar a patient, blood and marrow apart.

A solid bar ends at a level, a dotted one with an open triangle at the limit of a sample in which nothing was detected:
the true fall is at least this. Source: docs/methods/response_tables.md.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from monitoring.charts.cohort_course_sheet import Look, Sheet, box, px, room, triangle
from monitoring.charts.cohort_legend_svg import LegendLine, draw_legend, sized
from monitoring.charts.trajectory_svg_words import MINUS, Words
from monitoring.domain.cohorts.part_waterfall import MOST_BARS, Bar, WaterfallAnswer
from monitoring.domain.terms import Tissue

WIDE, NARROW = 944.0, 328.0  # px of the view box
LEFT, BETWEEN = 34.0, 32.0  # px: numbers of the axis; between two panels
HEAD, PLOT, FOOT = 24.0, 224.0, 14.0  # px
LOWEST, HIGHEST = -2, 2  # log10 shown in any case
MOST_STEPS = 8  # grid lines at 1 log; more, and they stand further apart
MOST_DRAWN = 150  # of a tissue; more, and a dotted bar is not told from a solid one
LEAST_PLACES = 20  # a few bars are not wider than a twentieth of the panel
LOG_EITHER_WAY = (1, -1)  # log10; reduction and progression by FILO 2025
FULL_BAR = 0.76  # of the place of a bar
OUTLINED_FROM = 4.0  # px; thinner dotted bars are one dotted line
TRIANGLE_AT_MOST, TRIANGLE_AT_LEAST = 5.0, 1.6  # px, half a triangle
ORDER = (Tissue.PERIPHERAL_BLOOD, Tissue.BONE_MARROW)


def kept_nth(patients: int) -> int:
    """Return which bars an answer holds of so many patients: every 1st, 2nd, 3rd ..."""
    return max(1, -(-patients // MOST_BARS))


def drawn_nth(bars: int) -> int:
    """Return which of the bars of an answer are drawn: every 1st, 2nd, 3rd ..."""
    return max(1, -(-bars // MOST_DRAWN))


def drawn_bars(bars: Sequence[Bar]) -> Sequence[Bar]:
    """Return the bars that are drawn, the highest rise first."""
    return bars[:: drawn_nth(len(bars))]


def waterfall_svg(
    answer: WaterfallAnswer, words: Words, look: Look = Look.PAGE, *, is_narrow: bool = False,
    legend: Sequence[LegendLine] = (),
) -> str:  # fmt: skip
    """Return blood and marrow side by side, on a narrow page one below the other; `legend`: drawn below."""
    low, high = _range([bar.log10_change for tissue in ORDER for bar in answer.bars[tissue]])
    panel_high = HEAD + PLOT + FOOT
    sheet = sized(NARROW, 2 * panel_high, look, legend) if is_narrow else sized(WIDE, panel_high, look, legend)
    wide = NARROW if is_narrow else (WIDE - BETWEEN) / 2
    for place, tissue in enumerate(ORDER):
        left, top = (0.0, place * panel_high) if is_narrow else (place * (wide + BETWEEN), 0.0)
        _Panel(sheet, tissue, left + LEFT, left + wide, top + HEAD, low, high, words).draw(
            drawn_bars(answer.bars[tissue])
        )
    draw_legend(sheet, legend)
    return sheet.drawn(words.say("waterfall.label"))


def _range(changes: Sequence[float]) -> tuple[int, int]:
    return min([LOWEST, *map(math.floor, changes)]), max([HIGHEST, *map(math.ceil, changes)])


@dataclass(frozen=True, slots=True)
class _Panel:
    """One tissue on the sheet."""

    sheet: Sheet
    tissue: Tissue
    left: float
    right: float
    top: float
    low: int
    high: int
    words: Words

    def draw(self, bars: Sequence[Bar]) -> None:
        self._head()
        self._grid()
        if not bars:
            middle = (self.left + self.right) / 2
            self.sheet.text(middle, self.y(0) - 8, self.words.say("waterfall.nobody"), anchor="middle", halo=True)
        self._bars(bars)
        self._names(len(bars))

    def y(self, log10: float) -> float:
        return self.top + (self.high - log10) / (self.high - self.low) * PLOT

    def _head(self) -> None:
        said = self.words.say(f"waterfall.size.{self.tissue.value}")
        name = self.words.say(f"tissue.{self.tissue.value}")
        style = f"word-{self.tissue.lower()}"
        self.sheet.text(self.left, self.top - 12, name, style=style)
        self.sheet.text(self.left + room(name, style) + 6, self.top - 12, said)

    def _grid(self) -> None:
        step = -(-(self.high - self.low) // MOST_STEPS)
        for log10 in range(self.low, self.high + 1):
            named = log10 in LOG_EITHER_WAY
            if log10 % step and not named:
                continue
            style = "axis" if log10 == 0 else "level-dashed" if named else "grid"
            self.sheet.path(style, f"M{px(self.left)} {px(self.y(log10))}H{px(self.right)}")
            if log10 % step == 0:
                self.sheet.text(self.left - 6, self.y(log10) + 4, _signed(log10), anchor="end")

    def _bars(self, bars: Sequence[Bar]) -> None:
        """Solid bars, dotted bars and triangles: one path each."""
        solid, dotted, tips = [], [], []
        pitch = (self.right - self.left) / max(len(bars), LEAST_PLACES)
        wide, zero = pitch * FULL_BAR, self.y(0)
        half = max(TRIANGLE_AT_LEAST, min(TRIANGLE_AT_MOST, wide / 2 - 0.3))
        for place, bar in enumerate(bars):
            x, y = self.left + place * pitch + (pitch - wide) / 2, self.y(bar.log10_change)
            if not bar.is_at_least:
                solid.append(box(x, min(y, zero), wide, max(abs(y - zero), 0.6)))
                continue
            middle = min(max(x + wide / 2, self.left + half), self.right - half)
            dotted.append(
                box(x, min(y, zero), wide, abs(y - zero))
                if pitch >= OUTLINED_FROM
                else f"M{px(middle)} {px(zero)}V{px(y)}"
            )
            tips.append(triangle(middle, y, half))
        for style, paths in (("bar", solid), ("limit", dotted), ("tip", tips)):
            self.sheet.path(f"{style}-{self.tissue.lower()}", "".join(paths))

    def _names(self, bars: int) -> None:
        """The rise is named where no bar rises; the fall where none falls, or where few bars leave room."""
        rise, fall = self.words.say("waterfall.rise"), self.words.say("waterfall.fall")
        self.sheet.text(self.right, self.y(1) - 5, rise, anchor="end", halo=True)
        if bars <= LEAST_PLACES / 2:
            self.sheet.text(self.right, self.y(-1) - 5, fall, anchor="end", halo=True)
        else:
            self.sheet.text(self.left + 4, self.y(-1) - 5, fall, halo=True)


def _signed(log10: int) -> str:
    return f"+{log10}" if log10 > 0 else f"{MINUS}{-log10}" if log10 < 0 else "0"
