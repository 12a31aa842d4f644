"""Periods of a cycle: no more is said than is on record."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from monitoring.domain.venetoclax_days import CycleDays, HeldDays, days_by_holds
from monitoring.domain.venetoclax_periods import Period, PeriodKind, Reduced, periods_of_cycle

START = date(2026, 1, 5)
GIVEN, HELD, PLANNED = PeriodKind.GIVEN, PeriodKind.HELD, PeriodKind.AS_PLANNED


def day(number: int) -> date:
    """Day 1 is the first of the cycle."""
    return START + timedelta(days=number - 1)


def cycle(planned: int | None, given_days: int | None, *holds: tuple[int, int | None]) -> CycleDays:
    held = tuple(HeldDays(day(first), day(last) if last else None) for first, last in holds)
    return CycleDays(START, day(28), planned, given_days, held)


def told(periods: tuple[Period, ...]) -> list[tuple[PeriodKind, int, int, int | None]]:
    return [(each.kind, (each.first - START).days + 1, (each.last - START).days + 1, each.dose_mg) for each in periods]


def test_what_was_given_as_planned_is_one_period() -> None:
    assert told(periods_of_cycle(cycle(14, 14), 400)) == [(GIVEN, 1, 14, 400)]


def test_a_hold_stands_between_two_periods() -> None:
    found = periods_of_cycle(cycle(14, 11, (8, 10)), 400)
    assert told(found) == [(GIVEN, 1, 7, 400), (HELD, 8, 10, None), (GIVEN, 11, 14, 400)]


def test_a_hold_that_is_not_taken_up_again_ends_with_the_plan() -> None:
    found = periods_of_cycle(cycle(14, 7, (8, None), (20, 22)), 400)
    assert told(found) == [(GIVEN, 1, 7, 400), (HELD, 8, 14, None)]


def test_a_reduction_begins_a_period_of_its_own_dose() -> None:
    reduced = [Reduced(day(5), day(8), 100)]
    assert told(periods_of_cycle(cycle(14, 14), 400, reduced)) == [
        (GIVEN, 1, 4, 400), (GIVEN, 5, 8, 100), (GIVEN, 9, 14, 400),
    ]  # fmt: skip


def test_where_the_number_of_days_contradicts_the_plan_nobody_says_which_days() -> None:
    (some, held) = periods_of_cycle(cycle(14, 9, (8, 10)), 400)
    assert (some.kind, some.first, some.last, some.days) == (PeriodKind.SOME_DAYS, START, day(28), 9)
    assert held.kind is HELD


def test_a_number_of_days_alone_is_told_as_such_and_none_as_not_given() -> None:
    assert [each.kind for each in periods_of_cycle(cycle(None, 14), 400)] == [PeriodKind.SOME_DAYS]
    assert [each.kind for each in periods_of_cycle(cycle(None, 0), 400)] == [PeriodKind.NOT_GIVEN]
    assert [each.kind for each in periods_of_cycle(cycle(14, 0), 400)] == [PeriodKind.NOT_GIVEN]
    assert [each.kind for each in periods_of_cycle(cycle(None, None), 400)] == [PeriodKind.NOT_RECORDED]
    assert told(periods_of_cycle(cycle(14, None), 400)) == [(PLANNED, 1, 14, 400)]


@given(
    planned=st.integers(1, 42),
    holds=st.lists(st.tuples(st.integers(1, 28), st.integers(0, 10)), max_size=3),
    reductions=st.lists(st.tuples(st.integers(1, 28), st.integers(0, 9), st.sampled_from([50, 100, 200])), max_size=2),
)
def test_the_days_of_the_periods_are_the_days_given(
    planned: int, holds: list[tuple[int, int]], reductions: list[tuple[int, int, int]]
) -> None:
    whole = cycle(planned, None, *((first, first + more) for first, more in holds))
    lower = [Reduced(day(first), day(first + more), dose) for first, more, dose in reductions]
    periods = [each for each in periods_of_cycle(whole, 400, lower) if each.kind is PLANNED]
    days = [each.first + timedelta(days=n) for each in periods for n in range((each.last - each.first).days + 1)]
    assert tuple(days) == days_by_holds(whole)
