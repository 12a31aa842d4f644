"""Survival estimators where the answer is not a number, and where it can be counted by hand."""

from decimal import Decimal
from fractions import Fraction

import pytest

from monitoring.domain.survival.aalen_johansen import aalen_johansen
from monitoring.domain.survival.at_risk import at_risk_table
from monitoring.domain.survival.binomial import ImpossibleCount, proportion
from monitoring.domain.survival.curves import Estimate
from monitoring.domain.survival.durations import InexactTime, NegativeTime, days_of, months_of
from monitoring.domain.survival.exposures import EXPOSED, UNEXPOSED, ExposedPatient, landmark_by_exposure, person_time
from monitoring.domain.survival.fisher_exact import fisher_exact
from monitoring.domain.survival.gray_test import gray_test
from monitoring.domain.survival.kaplan_meier import kaplan_meier
from monitoring.domain.survival.landmark import NobodyAtLandmark, landmark
from monitoring.domain.survival.log_log import NotEstimable
from monitoring.domain.survival.log_rank import NotComparable, log_rank
from monitoring.domain.survival.naive_split import SplitWarning, naive_split
from monitoring.domain.survival.observations import (
    EntryNotBeforeTime,
    NoPatients,
    Observation,
    UnknownCause,
    UnknownGroup,
    by_group,
)
from monitoring.domain.survival.quantiles import NotReached, Reached, quantile
from monitoring.domain.survival.quartiles import NoValues, quartiles
from monitoring.domain.survival.simon_makuch import NobodyExposed, simon_makuch

FOUR = (Observation(2, "death"), Observation(4), Observation(6, "death"), Observation(9))
TRANSPLANTED = (
    ExposedPatient(Observation(3, "death")),
    ExposedPatient(Observation(20, "death"), 5),
    ExposedPatient(Observation(30), 8),
    ExposedPatient(Observation(12, "death")),
    ExposedPatient(Observation(6, "death"), 6),
)


def test_nobody_cannot_be_estimated() -> None:
    for estimate in (kaplan_meier, aalen_johansen, log_rank):
        with pytest.raises(NoPatients):
            estimate([])
    with pytest.raises(NoValues):
        quartiles([])


def test_times_are_exact_not_negative_and_in_order() -> None:
    with pytest.raises(InexactTime):
        Observation(1.5)  # type: ignore[arg-type]
    with pytest.raises(InexactTime):
        Observation(Decimal("NaN"))
    with pytest.raises(NegativeTime):
        Observation(-1)
    with pytest.raises(EntryNotBeforeTime):
        Observation(5, None, "", 5)


def test_a_month_is_a_twelfth_of_365_and_a_quarter_days() -> None:
    assert months_of(487) == 16
    assert days_of(24) == Fraction("730.5")


def test_a_median_that_is_not_reached_is_a_value() -> None:
    told = quantile(kaplan_meier([Observation(7), Observation(9)]))
    assert told.estimate == told.low == told.high == NotReached(9)


def test_a_curve_exactly_at_one_half_has_its_median_in_the_middle() -> None:
    everybody = [Observation(time, "death") for time in (2, 4, 6, 9)]
    assert quantile(kaplan_meier(everybody)).estimate == Reached(Fraction(5))


def test_limits_at_1_at_0_and_beyond_follow_up_are_not_estimable() -> None:
    curve = kaplan_meier(FOUR)
    early = curve.at(1)
    assert isinstance(early, Estimate)
    assert (early.estimate, early.interval, early.at_risk) == (1.0, NotEstimable.NOTHING_YET, 4)
    assert curve.at(10) is NotEstimable.BEYOND_FOLLOW_UP
    dead = kaplan_meier([Observation(2, "death")]).at(10)
    assert isinstance(dead, Estimate)
    assert (dead.estimate, dead.interval) == (0.0, NotEstimable.AT_ITS_END)


def test_an_event_comes_before_a_censoring_of_the_same_day_and_an_entry_after() -> None:
    curve = kaplan_meier([Observation(5, "death"), Observation(5), Observation(9, None, "", 5)])
    assert curve.steps[0].at_risk == 2
    assert curve.steps[0].estimate == 0.5


def test_numbers_at_risk_count_every_cause_and_late_entries() -> None:
    rows = at_risk_table([*FOUR, Observation(8, "relapse", "", 3)], (0, 4, 8))
    assert [row.at_risk for row in rows] == [4, 4, 2]
    assert rows[2].events == {"death": 2, "relapse": 1}
    assert rows[2].censored == 1


def test_a_group_or_cause_nobody_has_is_named() -> None:
    with pytest.raises(UnknownGroup):
        by_group(FOUR, ("", "other"))
    with pytest.raises(UnknownCause):
        aalen_johansen(FOUR, ("relapse",))
    with pytest.raises(UnknownCause):
        gray_test([*FOUR, Observation(3, None, "b")], "relapse")


def test_one_group_or_no_event_is_not_comparable() -> None:
    with pytest.raises(NotComparable):
        log_rank(FOUR)
    with pytest.raises(NotComparable):
        log_rank([Observation(4, None, "a"), Observation(5, None, "b")])
    with pytest.raises(NotComparable):
        gray_test(FOUR, "death")


def test_entries_after_everybody_has_died_are_refused_by_gray_s_test() -> None:
    with pytest.raises(NotComparable):
        gray_test([Observation(2, "death", "a"), Observation(9, "death", "a", 4), Observation(9, None, "b")], "death")


def test_a_landmark_moves_the_origin_and_leaves_out_who_had_left() -> None:
    cohort = landmark([*FOUR, Observation(9, None, "", 7)], 4)
    assert [(each.time, each.cause) for each in cohort.observations] == [(2, "death"), (5, None)]
    assert (cohort.left_before, cohort.not_yet_entered) == (2, 1)
    with pytest.raises(NobodyAtLandmark):
        landmark(FOUR, 9)


def test_a_landmark_groups_by_what_was_known_then() -> None:
    cohort = landmark_by_exposure(TRANSPLANTED, 7)
    assert [each.group for each in cohort.observations] == [EXPOSED, UNEXPOSED, UNEXPOSED]


def test_days_before_a_transplant_count_for_those_without_and_one_on_the_last_day_never_counts() -> None:
    stretches = person_time(TRANSPLANTED)
    assert [each.group for each in stretches].count(EXPOSED) == 2
    assert Observation(6, "death", UNEXPOSED) in stretches
    curves = simon_makuch(TRANSPLANTED)
    assert [step.at_risk for step in curves.exposed.steps] == [2, 1]
    with pytest.raises(NobodyExposed):
        simon_makuch(TRANSPLANTED[:1])


def test_the_naive_split_flatters_the_transplanted_and_carries_its_warning() -> None:
    naive, fair = naive_split(TRANSPLANTED), simon_makuch(TRANSPLANTED)
    assert naive.warning is SplitWarning.IMMORTAL_TIME
    assert naive.exposed_patients == 3
    at_naive, at_fair = naive.unexposed.at(6), fair.unexposed.at(6)
    assert isinstance(at_naive, Estimate)
    assert isinstance(at_fair, Estimate)
    assert at_naive.estimate < at_fair.estimate


def test_quartiles_lie_between_neighbours() -> None:
    told = quartiles([3, 1, 2, Decimal("4.5")])
    assert told.q1 == Fraction("1.75")
    assert told.median == Fraction("2.5")
    assert told.q3 == Fraction("3.375")


def test_impossible_counts_are_refused() -> None:
    with pytest.raises(ImpossibleCount):
        proportion(5, 4)
    with pytest.raises(ImpossibleCount):
        proportion(0, 0)
    with pytest.raises(ImpossibleCount):
        fisher_exact(1, -1, 2, 2)
