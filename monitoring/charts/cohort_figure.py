"""What a cohort's curves are drawn from: steps, dots, counts and the words beside them, for every kind of curve.

Days on the time axis, shares of 1 on the other; all words are in the reader's language already.
"""

from bisect import bisect_right
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from operator import attrgetter

from monitoring.domain.cohorts.drawn_curve import CountsAt, DayReached, DrawnStep, Milestone
from monitoring.domain.cohorts.endpoints import Event
from monitoring.domain.survival.durations import DAYS_PER_MONTH

DAYS_A_MONTH = float(DAYS_PER_MONTH)
MOST_CURVES = 8  # that lines can tell apart; of more groups the largest are drawn, and the table has all
LEAST_MONTHS = 6  # of the axis
LETTERS = "ABCDEFGH"


@dataclass(frozen=True, slots=True)
class CurveWords:
    """The words of a figure: of the groups by code, of axis and counts, and how numbers are written."""

    described: str
    axis: str
    at_risk: str
    events: str
    censored: str
    names: Mapping[str, str]
    number: Callable[[int], str]
    percent: Callable[[int], str]
    value: Callable[[Milestone], tuple[str, str]]
    brief: Callable[[Milestone], str]
    median: Callable[[DayReached], tuple[str, str]]
    causes: Mapping[Event, str]
    landmark: str = ""
    notice: str = ""  # what must travel with the picture, such as that a comparison is not fair


@dataclass(frozen=True, slots=True)
class Curve:
    """One step curve from where it begins; `values` are its dots at one and two years."""

    name: str
    begins: tuple[float, float]
    steps: tuple[DrawnStep, ...]
    until: float
    censored: tuple[float, ...]
    values: tuple[Milestone, ...]
    median: DayReached | None
    patients: int

    def at(self, day: float) -> float:
        """Return the share on a day."""
        passed = bisect_right(self.steps, day, key=attrgetter("day"))
        return self.steps[passed - 1].estimate if passed else self.begins[1]

    @property
    def dots(self) -> tuple[tuple[float, float, Milestone], ...]:
        """Day, share and value of each dot: where somebody was followed as long; a curve at 0 ends where it got there.

        What the table says of later times (0 % stays 0 %) has no place on the axis.
        """
        found = ((value.months * DAYS_A_MONTH, value.estimate, value) for value in self.values)
        return tuple((day, share, value) for day, share, value in found if share is not None and day <= self.until)

    @property
    def ends(self) -> float:
        """The share at the end."""
        return self.at(self.until)


@dataclass(frozen=True, slots=True)
class CountLine:
    """One row of numbers under the axis, by month."""

    name: str
    numbers: Mapping[int, int]
    afterwards: int
    is_bold: bool = False

    def at(self, month: int) -> int:
        """Return the number at a month; after the last counted one nothing changes any more."""
        return self.numbers.get(month, self.afterwards)


@dataclass(frozen=True, slots=True)
class CountBlock:
    """The rows of one group; `curve` is its place among the curves, None where there is one group."""

    name: str
    curve: int | None
    lines: tuple[CountLine, ...]


@dataclass(frozen=True, slots=True)
class CurveFigure:
    """Everything that is drawn. `from_day`: where the axis begins, below 0 where time counts from a landmark."""

    curves: tuple[Curve, ...]
    blocks: tuple[CountBlock, ...]
    words: CurveWords
    has_bands: bool
    from_day: float = 0.0
    landmark_day: float | None = None
    always_named: bool = False

    @property
    def has_names(self) -> bool:
        """Whether the curves are named at their ends: where there are several, or one of two that stands alone."""
        return self.always_named or len(self.curves) > 1

    @property
    def counted_from(self) -> float:
        """The day on which the first curve begins: nobody is counted before it."""
        return min((curve.begins[0] for curve in self.curves), default=0.0)

    @property
    def until_day(self) -> float:
        """Where the axis ends: with the last patient or the last count."""
        counted = [month for block in self.blocks for line in block.lines for month in line.numbers]
        months = max([LEAST_MONTHS, *counted])
        return max([months * DAYS_A_MONTH, *(curve.until for curve in self.curves)])

    @property
    def is_single(self) -> bool:
        """Whether there is one curve, whose values are written out."""
        return len(self.curves) == 1


def count_lines(counts: tuple[CountsAt, ...], patients: int, events: int, words: CurveWords) -> tuple[CountLine, ...]:
    """Return the rows at risk, events and censored of one group."""
    return (
        CountLine(words.at_risk, {each.months: each.at_risk for each in counts}, 0, is_bold=True),
        CountLine(words.events, {each.months: each.events for each in counts}, events),
        CountLine(words.censored, {each.months: each.censored for each in counts}, patients - events),
    )


def block(name: str, at: int, of: int, lines: tuple[CountLine, ...]) -> CountBlock:
    """Return the rows of the group at a place; a group that stands alone needs no name."""
    return CountBlock(name, at, lines) if of > 1 else CountBlock("", None, lines)
