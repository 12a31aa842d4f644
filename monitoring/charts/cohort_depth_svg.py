"""Depth of response by cycle as stacked bars, in the form of Tiong 2020, Figure S1; whole, or one bar for a table row.

Source: docs/methods/response_tables.md.
"""

from collections.abc import Sequence

from monitoring.charts.cohort_course_sheet import Look, Sheet, box, px, room
from monitoring.charts.cohort_legend_svg import LegendLine, draw_legend, sized
from monitoring.charts.trajectory_svg_words import Words
from monitoring.domain.cohorts.part_depth import DepthAnswer
from monitoring.domain.cohorts.response_table import CycleDepth
from monitoring.domain.response import BelowDiagnosis

WIDE, NARROW = 594.0, 328.0  # px of the view box
BAR_WIDE, BAR_HIGH = 220.0, 16.0  # px of a bar in a table row
HEAD, ROW, FOOT = 26.0, 24.0, 8.0  # px
LEFT, RIGHT = 40.0, 34.0  # px: number of the cycle, patients who were given it
EDGE = 1.0  # px, so that outlines stay on the sheet
KEY_ROW = 18.0  # px
LEAST_EMPTY = 3  # cycles at the end in which nobody was sampled, so that a sentence is shorter than they
# deepest first, with the style of its box and of the number in it
SEGMENTS = (
    (BelowDiagnosis.NEGATIVE, "deep", "on-light"),
    (BelowDiagnosis.LOW_POSITIVE, "low", "on-low"),
    (BelowDiagnosis.POSITIVE, "positive", "on-dark"),
    (BelowDiagnosis.NOT_EVALUABLE, "unclear", "on-light"),
)


def depth_bar_svg(cycle: CycleDepth, most: int, words: Words, look: Look = Look.PAGE) -> str:
    """Return the bar of one cycle; a bar over the whole width is `most` patients."""
    sheet = Sheet(BAR_WIDE, BAR_HIGH, look)
    _bar(sheet, cycle, EDGE, EDGE, (BAR_WIDE - 2 * EDGE) / max(1, most), BAR_HIGH - 2 * EDGE)
    return sheet.drawn(words.say("depth.bar", cycle=cycle.cycle))


def told_cycles(answer: DepthAnswer) -> Sequence[CycleDepth]:
    """Return the cycles as far as anybody was sampled; later ones are empty boxes, which a sentence tells shorter."""
    sampled = [place for place, cycle in enumerate(answer.cycles, 1) if any(cycle.counts.values())]
    told = max(sampled, default=1)
    return answer.cycles if len(answer.cycles) - told < LEAST_EMPTY else answer.cycles[:told]


def depth_svg(
    answer: DepthAnswer, words: Words, look: Look = Look.PAGE, *, is_narrow: bool = False,
    legend: Sequence[LegendLine] = (),
) -> str:  # fmt: skip
    """Return every cycle below the other, with the key above; `legend`: drawn below."""
    wide = NARROW if is_narrow else WIDE
    keys = _key_places(words, wide)
    top = max(y for _, y in keys) + HEAD - 6
    cycles = told_cycles(answer)
    sheet = sized(wide, top + max(1, len(cycles)) * ROW + FOOT, look, legend)
    for (depth, style, _), (x, y) in zip(SEGMENTS, keys, strict=True):
        sheet.path(style, box(x + EDGE, y - 10, 12, 11))
        sheet.text(x + 18, y, words.say(f"depth.{depth}"))
    most = max((cycle.given for cycle in answer.cycles), default=1)
    for row, cycle in enumerate(cycles):
        y = top + row * ROW
        sheet.text(LEFT - 8, y + 14, words.say("depth.cycle", number=cycle.cycle), anchor="end")
        _bar(sheet, cycle, LEFT, y + EDGE, (wide - LEFT - RIGHT) / max(1, most), ROW - 6)
        sheet.text(wide, y + 14, str(cycle.given), anchor="end")
    draw_legend(sheet, legend)
    return sheet.drawn(words.say("depth.label"))


def _key_places(words: Words, wide: float) -> list[tuple[float, float]]:
    """Where the names of the segments stand: side by side, in further rows where there is no room."""
    places, x, y = [], 0.0, 13.0
    for depth, _, _ in SEGMENTS:
        needed = 18 + room(words.say(f"depth.{depth}")) + 16
        if x and x + needed > wide:
            x, y = 0.0, y + KEY_ROW
        places.append((x, y))
        x += needed
    return places


def _bar(sheet: Sheet, cycle: CycleDepth, x: float, y: float, per_patient: float, high: float) -> None:
    """Who was not sampled is the empty rest up to the line at the end: those who were given the cycle."""
    start = x
    for depth, style, number in SEGMENTS:
        wide = cycle.counts[depth] * per_patient
        if not wide:
            continue
        sheet.path(style, box(x + 0.6, y, max(0.8, wide - 1.2), high))
        said = str(cycle.counts[depth])
        if room(said, number) + 4 <= wide:
            sheet.text(x + wide / 2, y + high / 2 + 4.2, said, anchor="middle", style=number)
        x += wide
    end = start + cycle.given * per_patient
    sheet.path("axis", f"M{px(start)} {px(y)}V{px(y + high)}M{px(x)} {px(y + high)}H{px(end)}V{px(y)}")
