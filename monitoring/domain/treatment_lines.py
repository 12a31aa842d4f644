"""Lines of treatment as the rules count from them, and what about them is worth a second look.

The rules know two things of the lines: the latest end among the first lines, and the first day of each pre-emptive
course. Nothing here is refused; what a person reads as one thing and the rules as another is said.
Source: docs/methods/rules.md (end of treatment, pre-emptive treatment); the remarks are [DESIGN].
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class LineKind(StrEnum):
    """What a line of treatment is for."""

    FIRST_LINE = "FIRST_LINE"
    PRE_EMPTIVE = "PRE_EMPTIVE"
    SALVAGE = "SALVAGE"
    OTHER = "OTHER"


class LineRemark(StrEnum):
    """What is said of a line before it is written down."""

    SEVERAL_FIRST_LINES = "SEVERAL_FIRST_LINES"
    RUNS_BESIDE_AN_END = "RUNS_BESIDE_AN_END"
    END_IS_AHEAD = "END_IS_AHEAD"
    BEFORE_DIAGNOSIS = "BEFORE_DIAGNOSIS"
    SHARES_DAYS = "SHARES_DAYS"
    NO_CYCLE_YET = "NO_CYCLE_YET"


@dataclass(frozen=True, slots=True)
class Line:
    """A line of treatment; `ends_on` None while it runs."""

    kind: LineKind
    starts_on: date
    ends_on: date | None = None
    cycles: int = 0

    def shares_days_with(self, other: "Line") -> bool:
        """Whether two lines are given on the same days; the day on which one ends may begin the next."""
        return self.starts_on < (other.ends_on or date.max) and other.starts_on < (self.ends_on or date.max)


def end_of_first_line(lines: Iterable[Line]) -> date | None:
    """Return the day that the rules count from: the latest end of a first line; None where none has ended."""
    ends = (line.ends_on for line in lines if line.kind is LineKind.FIRST_LINE)
    return max((on for on in ends if on is not None), default=None)


def starts_of_courses(lines: Iterable[Line]) -> tuple[date, ...]:
    """Return the first days of pre-emptive treatment, in order."""
    return tuple(sorted(line.starts_on for line in lines if line.kind is LineKind.PRE_EMPTIVE))


def remarks_on(line: Line, others: Sequence[Line], *, today: date, diagnosed_on: date | None) -> tuple[LineRemark, ...]:
    """Return what is to be said of a line beside the others of its patient; `today` is the day at the centre."""
    return tuple(_found(line, others, today, diagnosed_on))


def _found(line: Line, others: Sequence[Line], today: date, diagnosed_on: date | None) -> Iterable[LineRemark]:
    if line.kind is LineKind.FIRST_LINE:
        yield from _of_first_line(line, [other for other in others if other.kind is LineKind.FIRST_LINE], today)
    if diagnosed_on is not None and min(line.starts_on, line.ends_on or line.starts_on) < diagnosed_on:
        yield LineRemark.BEFORE_DIAGNOSIS
    if any(line.shares_days_with(other) for other in others):
        yield LineRemark.SHARES_DAYS
    if line.kind is LineKind.PRE_EMPTIVE and not line.cycles:
        yield LineRemark.NO_CYCLE_YET


def _of_first_line(line: Line, first_lines: list[Line], today: date) -> Iterable[LineRemark]:
    if first_lines:
        yield LineRemark.SEVERAL_FIRST_LINES
    if line.ends_on is None and end_of_first_line(first_lines) is not None:
        yield LineRemark.RUNS_BESIDE_AN_END
    if line.ends_on is not None and line.ends_on > today:
        yield LineRemark.END_IS_AHEAD
