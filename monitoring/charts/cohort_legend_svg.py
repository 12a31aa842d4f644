"""The legend of a cohort's figure: what each mark means, beside the mark; and sentences that the picture cannot say.

On the page it is the caption; in a file, which travels without the page, it is drawn below the picture.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from monitoring.charts.cohort_course_sheet import Look, Sheet, box, disc, px, room, triangle

MARK = 14.0  # px, the box of a mark
LINE = 18.0  # px from line to line
FOOT_OF_LINE = 13.0  # px from the top of a line to the foot of its text
BEFORE, BETWEEN = 10.0, 16.0  # px above the legend; between two entries of a line


@dataclass(frozen=True, slots=True)
class LegendLine:
    """One entry: its mark, by name, and what it means; a sentence of its own where there is no mark."""

    words: str
    mark: str = ""


Drawn = Sequence[tuple[str, str]]
# By name: styles and paths of a mark, in a box whose upper left corner is given.
MARKS: Mapping[str, Callable[[float, float], Drawn]] = {
    "given": lambda x, y: [("given", box(x + 1, y + 3, 12, 8))],
    "negativity": lambda x, y: [("responded", triangle(x + 7, y + 3, 5))],
    "reduction": lambda x, y: [
        ("responded", disc(x + 7, y + 7, 5)),
        ("half", f"M{px(x + 2)} {px(y + 7)}a5 5 0 0 0 10 0z"),
    ],
    "hsct": lambda x, y: [("hsct", f"M{px(x + 7)} {px(y)}v14")],
    "second": lambda x, y: [("flag", f"M{px(x + 3)} {px(y + 14)}v-13l8 3.5l-8 3.5")],
    "relapse": lambda x, y: [("relapse", box(x + 2, y + 2, 10, 10))],
    "died": lambda x, y: [("died", f"M{px(x + 7)} {px(y)}v14m-4 -10h8")],
    "followed": lambda x, y: [("followed", f"M{px(x)} {px(y + 7)}h12m-4 -4l4 4l-4 4")],
    "long_ago": lambda x, y: [("followed", f"M{px(x)} {px(y + 7)}h7m0 -5v10")],
}


def mark_svg(mark: str) -> str:
    """Return a mark as a small picture for the page; the words beside it say what it means."""
    paths = "".join(f'<path class="cs-{style}" d="{d}"/>' for style, d in MARKS[mark](0.0, 0.0))
    return f'<svg class="course key" viewBox="0 0 {px(MARK)} {px(MARK)}" aria-hidden="true">{paths}</svg>'


def legend_high(lines: Sequence[LegendLine], wide: float) -> float:
    """Return the px that a legend takes below a picture of so many px; 0 where there is none."""
    rows = [row for _, row, _ in _places(lines, wide)]
    return BEFORE + (max(rows) + 1) * LINE if rows else 0.0


def draw_legend(sheet: Sheet, lines: Sequence[LegendLine]) -> None:
    """Draw a legend at the foot of a sheet that has room for it."""
    top = sheet.high - legend_high(lines, sheet.wide) + BEFORE
    for x, row, entry in _places(lines, sheet.wide):
        y = top + row * LINE
        for style, path in MARKS[entry.mark](x, y) if entry.mark else ():
            sheet.path(style, path)
        sheet.text(x + (MARK + 5 if entry.mark else 0), y + FOOT_OF_LINE - 1.5, entry.words)


def sized(wide: float, high: float, look: Look, lines: Sequence[LegendLine]) -> Sheet:
    """Return a sheet with room for a picture and its legend."""
    return Sheet(wide, high + legend_high(lines, wide), look)


def _places(lines: Sequence[LegendLine], wide: float) -> Iterator[tuple[float, int, LegendLine]]:
    """Where each entry stands: marked ones side by side as far as there is room, sentences over lines of their own."""
    x, row = 0.0, 0
    for entry in lines:
        needed = MARK + 5 + room(entry.words)
        if x and (not entry.mark or x + needed > wide):
            x, row = 0.0, row + 1
        if entry.mark:
            yield x, row, entry
            x += needed + BETWEEN
            continue
        for piece in _wrapped(entry.words, wide):
            yield 0.0, row, LegendLine(piece)
            row += 1


def _wrapped(words: str, wide: float) -> list[str]:
    """A sentence as lines that fit."""
    lines = [""]
    for word in words.split(" "):
        longer = f"{lines[-1]} {word}".strip()
        if lines[-1] and room(longer) > wide:
            lines.append(word)
        else:
            lines[-1] = longer
    return lines
