"""Laws of the survival estimators, for any patients."""

import math
from fractions import Fraction

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from monitoring.domain.survival.aalen_johansen import aalen_johansen
from monitoring.domain.survival.binomial import proportion
from monitoring.domain.survival.exposures import ExposedPatient, person_time
from monitoring.domain.survival.fisher_exact import fisher_exact
from monitoring.domain.survival.gray_test import gray_test
from monitoring.domain.survival.kaplan_meier import kaplan_meier
from monitoring.domain.survival.log_log import Interval
from monitoring.domain.survival.log_rank import NotComparable, log_rank
from monitoring.domain.survival.observations import Observation, by_group
from monitoring.domain.survival.quantiles import quantile

NEAR = 1e-9


def observation(time: int, cause: str | None, group: str, before: int) -> Observation:
    return Observation(time, cause, group, None if before == 0 or before > time else time - before)


patients = st.lists(
    st.builds(
        observation,
        st.integers(1, 40),
        st.sampled_from((None, "relapse", "death")),
        st.sampled_from("AB"),
        st.integers(0, 30),
    ),
    min_size=1,
    max_size=30,
)
undelayed = patients.map(lambda drawn: [Observation(each.time, each.cause, each.group) for each in drawn])


@given(patients, st.randoms())
def test_the_order_of_patients_never_matters(drawn: list[Observation], chance: object) -> None:
    shuffled = list(drawn)
    chance.shuffle(shuffled)  # type: ignore[attr-defined]
    assert kaplan_meier(shuffled).steps == kaplan_meier(drawn).steps
    ours, theirs = aalen_johansen(shuffled).incidence, aalen_johansen(drawn).incidence
    assert {cause: curve.steps for cause, curve in ours.items()} == {k: curve.steps for k, curve in theirs.items()}


@given(st.lists(st.integers(1, 40), min_size=1, max_size=30))
def test_without_censoring_the_survival_is_the_share_still_alive(times: list[int]) -> None:
    for step in kaplan_meier([Observation(time, "death") for time in times]).steps:
        assert math.isclose(step.estimate, sum(time > step.time for time in times) / len(times), abs_tol=NEAR)


@given(patients)
def test_survival_falls_from_1_and_stays_inside_its_interval(drawn: list[Observation]) -> None:
    steps = kaplan_meier(drawn).steps
    estimates = [1.0, *(step.estimate for step in steps)]
    assert estimates == sorted(estimates, reverse=True)
    for step in steps:
        if isinstance(step.interval, Interval):
            assert 0 <= step.interval.low <= step.estimate <= step.interval.high <= 1


@given(patients)
def test_incidences_and_event_free_share_add_up_to_1(drawn: list[Observation]) -> None:
    curves = aalen_johansen(drawn).incidence.values()
    for place, step in enumerate(kaplan_meier(drawn).steps):
        assert math.isclose(step.estimate + sum(curve.steps[place].estimate for curve in curves), 1, abs_tol=NEAR)


@given(patients)
def test_with_one_cause_the_incidence_is_what_survival_lost_with_the_same_error(drawn: list[Observation]) -> None:
    deaths = [Observation(each.time, each.cause and "death", each.group, each.entry) for each in drawn]
    assume(any(each.cause for each in deaths))
    lost = kaplan_meier(deaths).steps
    for ours, theirs in zip(aalen_johansen(deaths).incidence["death"].steps, lost, strict=True):
        assert math.isclose(ours.estimate, 1 - theirs.estimate, abs_tol=NEAR)
        if isinstance(ours.standard_error, float) and isinstance(theirs.standard_error, float):
            assert math.isclose(ours.standard_error, theirs.standard_error, abs_tol=1e-6)


@given(patients, st.integers(1, 1000), st.integers(1, 1000))
def test_another_unit_of_time_changes_no_estimate(drawn: list[Observation], up: int, down: int) -> None:
    unit = Fraction(up, down)
    other = [
        Observation(each.time * unit, each.cause, each.group, None if each.entry is None else each.entry * unit)  # type: ignore[operator]
        for each in drawn
    ]
    ours, theirs = kaplan_meier(drawn), kaplan_meier(other)
    assert [step[3:] for step in ours.steps] == [step[3:] for step in theirs.steps]
    ours_median, theirs_median = quantile(ours).estimate, quantile(theirs).estimate
    assert type(ours_median) is type(theirs_median)


@given(undelayed)
def test_a_patient_who_left_at_0_changes_no_later_estimate(drawn: list[Observation]) -> None:
    with_one_more = kaplan_meier([*drawn, Observation(0)]).steps
    assert with_one_more[1:] == kaplan_meier(drawn).steps


@given(patients)
def test_every_patient_once_more_in_another_group_makes_no_difference_between_groups(drawn: list[Observation]) -> None:
    both = [Observation(each.time, each.cause, group, each.entry) for each in drawn for group in ("first", "second")]
    try:
        test = log_rank(both)
    except NotComparable:
        return  # no event, or none that left anybody alive
    assert math.isclose(test.chi2, 0, abs_tol=NEAR)
    assert math.isclose(sum(tally.expected for tally in test.groups), sum(tally.observed for tally in test.groups))


@given(undelayed)
def test_two_groups_may_change_places(drawn: list[Observation]) -> None:
    assume(len(by_group(drawn)) == 2)
    try:
        there, back = log_rank(drawn, ("A", "B")), log_rank(drawn, ("B", "A"))
    except NotComparable:
        return
    assert math.isclose(there.chi2, back.chi2, rel_tol=1e-6, abs_tol=NEAR)


@given(st.lists(st.tuples(st.booleans(), st.sampled_from("AB")), min_size=4, max_size=30))
def test_gray_s_test_finds_no_difference_between_equal_groups(
    drawn: list[tuple[bool, str]],
) -> None:
    mirrored = [
        Observation(time, "death" if died else None, side)
        for time, (died, _) in enumerate(drawn, start=1)
        for side in "AB"
    ]
    assume(any(died for died, _ in drawn))
    try:
        gray = gray_test(mirrored, "death")
    except NotComparable:
        return
    assert math.isclose(gray.chi2, 0, abs_tol=NEAR)


@given(st.lists(st.tuples(st.integers(1, 40), st.sampled_from((None, "death")), st.integers(0, 45)), min_size=1))
def test_splitting_at_the_exposure_keeps_all_person_time_and_all_events(
    drawn: list[tuple[int, str | None, int]],
) -> None:
    exposed = [ExposedPatient(Observation(time, cause), at or None) for time, cause, at in drawn]
    stretches = person_time(exposed)
    assert sum(s.time - (s.entry or 0) for s in stretches) == sum(time for time, _, _ in drawn)  # type: ignore[operator,misc]
    assert sum(s.cause is not None for s in stretches) == sum(cause is not None for _, cause, _ in drawn)


@given(st.integers(1, 300), st.data())
def test_the_exact_interval_holds_the_share_and_mirrors(of: int, data: st.DataObject) -> None:
    count = data.draw(st.integers(0, of))
    ours, mirrored = proportion(count, of), proportion(of - count, of)
    assert ours.low <= float(ours.share) <= ours.high
    assert math.isclose(ours.low, 1 - mirrored.high, abs_tol=NEAR)


@given(*[st.integers(0, 12)] * 4)
def test_fisher_s_test_is_the_same_for_rows_and_columns_turned(a: int, b: int, c: int, d: int) -> None:
    assert (
        fisher_exact(a, b, c, d) == pytest.approx(fisher_exact(a, c, b, d)) == pytest.approx(fisher_exact(c, d, a, b))
    )
