"""From which day the rules count the end of the first line, and what is said of lines that may mislead."""

from datetime import date
from itertools import permutations

from monitoring.domain.treatment_lines import (
    Line,
    LineKind,
    LineRemark,
    end_of_first_line,
    remarks_on,
    starts_of_courses,
)

TODAY, DIAGNOSED = date(2026, 11, 20), date(2024, 6, 3)
FIRST = Line(LineKind.FIRST_LINE, date(2024, 6, 10), date(2025, 1, 6))
RUNNING = Line(LineKind.FIRST_LINE, date(2024, 6, 10))
SALVAGE = Line(LineKind.SALVAGE, date(2026, 1, 5), date(2026, 3, 1))
COURSE = Line(LineKind.PRE_EMPTIVE, date(2025, 6, 1), None, cycles=2)


def said(line: Line, *others: Line) -> set[LineRemark]:
    return set(remarks_on(line, others, today=TODAY, diagnosed_on=DIAGNOSED))


def test_the_latest_end_of_a_first_line_counts_whatever_the_order() -> None:
    later = Line(LineKind.FIRST_LINE, date(2025, 2, 1), date(2025, 4, 1))
    for lines in permutations([FIRST, later, RUNNING, SALVAGE, COURSE]):
        assert end_of_first_line(lines) == date(2025, 4, 1)
    assert end_of_first_line([RUNNING, SALVAGE]) is None
    assert starts_of_courses([SALVAGE, COURSE, FIRST]) == (date(2025, 6, 1),)


def test_an_ordinary_line_is_not_remarked_on() -> None:
    assert said(FIRST) == said(RUNNING) == said(SALVAGE, FIRST) == said(COURSE, FIRST) == set()


def test_the_day_on_which_one_line_ends_may_begin_the_next() -> None:
    following = Line(LineKind.OTHER, date(2025, 1, 6), date(2025, 2, 1))
    assert said(following, FIRST) == set()
    assert said(Line(LineKind.OTHER, date(2025, 1, 5)), FIRST) == {LineRemark.SHARES_DAYS}


def test_a_second_first_line_and_one_that_runs_beside_an_end_are_told() -> None:
    again = Line(LineKind.FIRST_LINE, date(2025, 2, 1))
    assert said(again, FIRST) == {LineRemark.SEVERAL_FIRST_LINES, LineRemark.RUNS_BESIDE_AN_END}
    assert said(Line(LineKind.FIRST_LINE, date(2025, 2, 1), date(2025, 4, 1)), FIRST) == {
        LineRemark.SEVERAL_FIRST_LINES
    }


def test_an_end_that_lies_ahead_and_days_before_the_diagnosis_are_told() -> None:
    ahead = Line(LineKind.FIRST_LINE, date(2026, 10, 1), date(2026, 12, 1))
    assert said(ahead) == {LineRemark.END_IS_AHEAD}
    assert said(Line(LineKind.OTHER, date(2024, 6, 2), date(2024, 6, 2))) == {LineRemark.BEFORE_DIAGNOSIS}


def test_a_pre_emptive_line_without_a_cycle_says_how_cycles_join_it() -> None:
    assert said(Line(LineKind.PRE_EMPTIVE, date(2026, 1, 1)), FIRST) == {LineRemark.NO_CYCLE_YET}
