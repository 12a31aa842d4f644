"""The axes of a cohort's curves and the counts aligned under them, in px: months across, 0 to 100 % up."""

from collections.abc import Iterator
from dataclasses import dataclass

from monitoring.charts.cohort_figure import DAYS_A_MONTH, LETTERS, CurveFigure
from monitoring.charts.cohort_ink_svg import Ink, fitted, mark, text, wide, wrapped

TOP = 30.0
TICKS_AT, TITLE_AT, COUNTS_AT = 17.0, 33.0, 59.0  # below the axis
LINE = 18.0  # px between two rows of counts
TITLE_LINE = 15.0
BLOCK_GAP = 6.0
SAMPLE = 30.0  # px of line before the name of a group
QUARTERS = (0, 25, 50, 75, 100)
STEPS = (6, 12, 24, 36, 60, 120, 240)  # months between two ticks
BETWEEN = 9.0  # px between two numbers of a row
DASHES = ("", "8 4", "2 3", "12 3 2 3", "5 2", "14 5", "8 2 2 2 2 2", "1 5")
BASELINE = 4.0  # px from the middle of a line of text to its foot


@dataclass(frozen=True, slots=True)
class Size:
    """A size of the drawing: for a page or paper, and for a telephone."""

    width: float
    height: float  # of the plot
    left: float
    right: float
    name_room: float  # for the names of several curves at their ends; 0: letters stand there


WIDE = Size(944, 332, 64, 20, 235)
NARROW = Size(328, 212, 46, 12, 0)
LETTER_ROOM = 20.0


@dataclass(frozen=True, slots=True)
class Frame:
    """Where days and shares lie."""

    left: float
    width: float
    height: float
    from_day: float
    until_day: float

    @property
    def right(self) -> float:
        """The right end of the axis."""
        return self.left + self.width

    @property
    def floor(self) -> float:
        """The axis of time."""
        return TOP + self.height

    def x(self, day: float) -> float:
        """Return where a day lies."""
        return self.left + (day - self.from_day) / (self.until_day - self.from_day) * self.width

    def y(self, share: float) -> float:
        """Return where a share lies."""
        return TOP + (1 - share) * self.height


def frame_of(figure: CurveFigure, size: Size) -> Frame:
    """Return the frame: the left margin holds the names of the counts, the right one those of the curves."""
    lines = [line for block in figure.blocks for line in block.lines]
    numbers = [wide(figure.words.number(line.at(0)), "b") / 2 for line in lines]
    names = [wide(line.name, "b" if line.is_bold else "t") for line in lines]
    percents = [wide(figure.words.percent(100)) + 8]
    left = max([size.left, *percents, *(name + 8 + max(numbers) for name in names)])
    left = min(left, size.width / 3)
    right = _name_room(figure, size) if figure.has_names else size.right
    return Frame(left, size.width - left - right, size.height, figure.from_day, figure.until_day)


def _name_room(figure: CurveFigure, size: Size) -> float:
    if not size.name_room:
        return LETTER_ROOM
    return min(max((wide(curve.name, "name") for curve in figure.curves), default=0.0), size.name_room) + 14


def months(figure: CurveFigure, frame: Frame) -> tuple[int, ...]:
    """Return the months that are named: as many as their counts have room for."""
    last = int(frame.until_day / DAYS_A_MONTH + 1e-9)
    numbers = [line.at(month) for block in figure.blocks for line in block.lines for month in (0, *line.numbers)]
    room = max((wide(figure.words.number(number), "b") for number in numbers), default=0.0) + BETWEEN
    per_month = DAYS_A_MONTH / (frame.until_day - frame.from_day) * frame.width
    step = next((step for step in STEPS if step * per_month >= room), STEPS[-1])
    return tuple(range(0, last + 1, step))


def axes(figure: CurveFigure, frame: Frame, ink: Ink) -> Iterator[str]:
    """Draw grid, axis, ticks and their names."""
    for quarter in QUARTERS:
        y = frame.y(quarter / 100)
        yield mark(ink, "g" if quarter else "ax", "path", d=f"M{frame.left:.1f} {y:.1f}H{frame.right:.1f}")
        words = figure.words.percent(quarter) if quarter == QUARTERS[-1] else str(quarter)
        yield text(ink, "t", words, frame.left - 7, y + BASELINE, "end")
    for month in months(figure, frame):
        x = frame.x(month * DAYS_A_MONTH)
        yield mark(ink, "ax", "path", d=f"M{x:.1f} {frame.floor:.1f}v4")
        yield text(ink, "t", str(month), x, frame.floor + TICKS_AT, "middle")


def title(figure: CurveFigure, frame: Frame, size: Size, ink: Ink) -> Iterator[str]:
    """Write what the axis counts, in as many lines as it needs."""
    for at, line in enumerate(wrapped(figure.words.axis, size.width)):
        x = max(frame.right, wide(line))
        yield text(ink, "t", line, x, frame.floor + TITLE_AT + at * TITLE_LINE, "end")


def counts_at(figure: CurveFigure, frame: Frame, size: Size) -> float:
    """Return where the counts begin, below the title."""
    return frame.floor + COUNTS_AT + (len(wrapped(figure.words.axis, size.width)) - 1) * TITLE_LINE


def height_of(figure: CurveFigure, frame: Frame, size: Size) -> float:
    """Return the height of the whole drawing."""
    rows = sum(len(block.lines) + (block.curve is not None) for block in figure.blocks)
    return counts_at(figure, frame, size) + rows * LINE + len(figure.blocks) * BLOCK_GAP - LINE / 2


def counts(figure: CurveFigure, frame: Frame, size: Size, ink: Ink) -> Iterator[str]:
    """Write the rows of counts under their months, each group under its name and the style of its line."""
    y = counts_at(figure, frame, size)
    shown = months(figure, frame)
    for block in figure.blocks:
        if block.curve is not None:
            yield from _head(block.name, block.curve, y, size, ink)
            y += LINE
        for line in block.lines:
            kind = "b" if line.is_bold else "t"
            yield text(ink, kind, fitted(line.name, frame.left - 10, kind), 0, y)
            for month in shown:
                if month * DAYS_A_MONTH < figure.counted_from:
                    continue
                number = figure.words.number(line.at(month))
                yield text(ink, kind, number, frame.x(month * DAYS_A_MONTH), y, "middle")
            y += LINE
        y += BLOCK_GAP


def _head(name: str, curve: int, y: float, size: Size, ink: Ink) -> Iterator[str]:
    dash: dict[str, str | float] = {"stroke_dasharray": DASHES[curve]} if DASHES[curve] else {}
    yield mark(ink, "km", "path", d=f"M0 {y - BASELINE:.1f}h{SAMPLE:.0f}", **dash)
    lettered = name if size.name_room else f"{LETTERS[curve]}  {name}"
    yield text(ink, "b", fitted(lettered, size.width - SAMPLE - 8, "b"), SAMPLE + 8, y)
