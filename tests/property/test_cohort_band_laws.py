"""Laws of the cohort's band: censored values stay bounds, nothing depends on order, scale or who comes first."""

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitoring.domain.cohort_band import (
    LEAST_PATIENTS,
    CohortLevel,
    CohortTooSmall,
    cohort_band,
    month_of,
    quantiles,
)

LEVELS = st.sampled_from([Decimal(text) for text in ("0.001", "0.003", "0.01", "0.02", "0.3", "1", "12", "640")])


@st.composite
def cohorts(draw: st.DrawFn, least: int = 1, detected: st.SearchStrategy[bool] | None = None) -> list[CohortLevel]:
    """Levels of different patients in one month."""
    size = draw(st.integers(least, 40))
    kinds = st.booleans() if detected is None else detected
    return [CohortLevel(n, 0, draw(LEVELS), draw(kinds)) for n in range(size)]


def plain_quantile(levels: Sequence[CohortLevel], share: Fraction) -> Decimal:
    """The smallest level that at least this share of the levels does not exceed, by counting."""
    return min(
        one.pct_abl1 for one in levels if sum(other.pct_abl1 <= one.pct_abl1 for other in levels) >= share * len(levels)
    )


def redistributed(levels: Sequence[CohortLevel], share: Fraction) -> Decimal:
    """The same quantile by another way: from the top, each undetected one hands its weight to those under it."""
    in_order = sorted(levels, key=lambda one: (-one.pct_abl1, not one.is_detected))
    weight = [Fraction(1, len(levels))] * len(levels)
    for place, one in enumerate(in_order):
        under = range(place + 1, len(levels))
        if one.is_detected or not under:
            continue
        for other in under:
            weight[other] += weight[place] / len(under)
        weight[place] = Fraction(0)
    values = sorted({one.pct_abl1 for one in levels if one.is_detected})
    reached = {
        value: sum((w for w, one in zip(weight, in_order, strict=True) if one.pct_abl1 <= value), Fraction(0))
        for value in values
    }
    return min(value for value in values if reached[value] >= share)


@given(cohorts())
def test_a_number_is_that_of_the_weights_handed_down_by_the_undetected(levels: list[CohortLevel]) -> None:
    shares = (Fraction(1, 4), Fraction(1, 2), Fraction(3, 4))
    for found, share in zip(quantiles(levels), shares, strict=True):
        if not found.is_below:
            assert found.pct_abl1 == redistributed(levels, share)


@given(cohorts(detected=st.just(True)))
def test_where_all_is_detected_the_quantiles_are_the_plain_ones(levels: list[CohortLevel]) -> None:
    shares = (Fraction(1, 4), Fraction(1, 2), Fraction(3, 4))
    assert [(one.pct_abl1, one.is_below) for one in quantiles(levels)] == [
        (plain_quantile(levels, share), False) for share in shares
    ]


@given(cohorts(detected=st.just(False)))
def test_where_nothing_is_detected_no_quantile_is_a_number(levels: list[CohortLevel]) -> None:
    assert all(one.is_below for one in quantiles(levels))


@given(cohorts())
def test_the_median_is_a_number_only_where_more_than_half_are_detected(levels: list[CohortLevel]) -> None:
    undetected = sum(not one.is_detected for one in levels)
    assert quantiles(levels)[1].is_below == (2 * undetected >= len(levels))


@given(cohorts())
def test_a_number_is_the_level_of_a_patient_in_whom_the_target_was_detected(levels: list[CohortLevel]) -> None:
    detected = {one.pct_abl1 for one in levels if one.is_detected}
    assert all(one.pct_abl1 in detected for one in quantiles(levels) if not one.is_below)


@given(cohorts())
def test_quartiles_and_median_stand_in_order_and_bounds_lie_under_numbers(levels: list[CohortLevel]) -> None:
    lower, median, upper = quantiles(levels)
    assert lower.pct_abl1 <= median.pct_abl1 <= upper.pct_abl1
    assert lower.is_below >= median.is_below >= upper.is_below


@given(cohorts())
def test_no_quantile_lies_above_the_one_in_which_every_limit_is_taken_for_a_value(levels: list[CohortLevel]) -> None:
    at_limits = quantiles([replace(one, is_detected=True) for one in levels])
    assert all(one.pct_abl1 <= other.pct_abl1 for one, other in zip(quantiles(levels), at_limits, strict=True))


@given(cohorts(), st.randoms(use_true_random=False))
def test_order_does_not_matter(levels: list[CohortLevel], random: Random) -> None:
    shuffled = random.sample(levels, len(levels))
    assert quantiles(shuffled) == quantiles(levels)


@given(cohorts(), st.sampled_from([Decimal("0.1"), Decimal(10), Decimal(1000)]))
def test_another_unit_gives_the_same_quantiles_in_that_unit(levels: list[CohortLevel], by: Decimal) -> None:
    moved = quantiles([replace(one, pct_abl1=one.pct_abl1 * by) for one in levels])
    assert [(one.pct_abl1 * by, one.is_below) for one in quantiles(levels)] == [
        (one.pct_abl1, one.is_below) for one in moved
    ]


@given(cohorts(least=LEAST_PATIENTS), st.integers(-400, 900))
def test_a_month_counts_each_patient_once(levels: list[CohortLevel], day: int) -> None:
    twice = [replace(one, day=month_of(day) * 30 + month_of(day) // 2) for one in levels for _ in range(2)]
    [month] = cohort_band(twice)
    assert month.patients == len(levels)
    assert month.undetected == sum(not one.is_detected for one in levels)


@given(st.integers(0, LEAST_PATIENTS - 1))
def test_a_cohort_that_is_too_small_is_refused_with_its_size(size: int) -> None:
    with pytest.raises(CohortTooSmall) as refused:
        cohort_band(CohortLevel(n, 0, Decimal(1), True) for n in range(size))
    assert refused.value.most == size


@given(st.integers(-2000, 2000))
def test_a_day_lies_within_half_a_month_of_the_middle_of_its_month(day: int) -> None:
    assert abs(day - month_of(day) * Fraction(487, 16)) <= Fraction(487, 32)
