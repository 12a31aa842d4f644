"""Intervals set apart: read exactly, refused where they contradict each other, named in words."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitoring.domain.sampling_intervals import (
    ELN_2021_INTERVALS,
    IntervalSet,
    IntervalsRefused,
    check_together,
    days_as_text,
    interval_names,
    intervals_of,
)
from monitoring.wording.interval_words import NAMES, in_force_words, interval_days


def test_nothing_set_apart_is_the_default() -> None:
    assert intervals_of(()) == ELN_2021_INTERVALS


def test_a_later_change_of_the_same_name_stands_over_an_earlier_one() -> None:
    found = intervals_of((("blood_days", "60"), ("after_hsct_on_days", "28,56"), ("blood_days", "28")))
    assert (found.blood_days, found.after_hsct_on_days, found.marrow_days) == (28, (28, 56), 91)


@given(st.integers(1, 9999))
def test_what_is_written_is_read_back(days: int) -> None:
    assert days_as_text(intervals_of((("marrow_days", str(days)),)), "marrow_days") == str(days)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("marrow_days", "28,30"), ("marrow_days", ""), ("marrow_days", "-1"), ("marrow_days", "٣"),
        ("marrow_days", "4.5"),
        ("after_hsct_on_days", "60,30"), ("after_hsct_on_days", "30,30"), ("venetoclax_every_cycles", "0"),
        ("unknown", "1"),
    ],
)  # fmt: skip
def test_what_is_no_interval_is_refused(name: str, text: str) -> None:
    with pytest.raises(IntervalsRefused):
        intervals_of(((name, text),))


@pytest.mark.parametrize(
    ("name", "days", "refused"),
    [
        ("marrow_days", 0, "marrow_days"),
        ("blood_days", 0, "blood_days"),
        ("after_cycle_2_due_on_day", 57, "after_cycle_2_due_on_day"),
        ("after_cycle_2_opens_on_day", 29, "after_cycle_2_opens_on_day"),
        ("before_hsct_due_before_days", 29, "before_hsct_due_before_days"),
        ("confirmation_target_days", 29, "confirmation_target_days"),
        ("confirmation_limit_days", 29, "confirmation_limit_days"),
        ("confirmation_limit_days", 28, None),
        ("confirmation_limit_days", 14, None),
        ("marrow_grace_days", 0, None),
    ],
)
def test_intervals_that_contradict_each_other_are_refused(name: str, days: int, refused: str | None) -> None:
    changed = intervals_of(((name, str(days)),))
    if refused is None:
        check_together(changed, name)
        return
    with pytest.raises(IntervalsRefused, match=refused):
        check_together(changed, name)


def test_every_interval_has_words() -> None:
    assert set(NAMES) == set(interval_names())


def test_the_interval_in_force_is_told_with_who_and_why() -> None:
    at = datetime(2026, 11, 20, tzinfo=UTC)
    own = IntervalSet("blood_days", "28", "late relapses in this family", "Dr Keller", at, True)
    assert in_force_words(own) == (
        "Blood in follow-up, every: 28 days, for this patient, set by Dr Keller because: late relapses in this family"
    )
    assert interval_days("after_hsct_on_days", "30,60,100") == "days 30, 60 and 100"
    assert interval_days("venetoclax_due_on_day", "28") == "day 28"
    assert interval_days("venetoclax_every_cycles", "1") == "1 cycle"
