"""R's survival package: curves, intervals, quantiles, tests, with ties, delayed entry and exposures; to 1e-6."""

from decimal import Decimal
from fractions import Fraction

import pytest

from monitoring.domain.survival.curves import Curve
from monitoring.domain.survival.exposures import person_time, under_observation_after
from monitoring.domain.survival.kaplan_meier import kaplan_meier
from monitoring.domain.survival.log_log import Interval
from monitoring.domain.survival.log_rank import LogRank, log_rank, stratified_log_rank
from monitoring.domain.survival.observations import Observation
from monitoring.domain.survival.quantiles import Quantile, Reached, quantile
from monitoring.domain.survival.quartiles import quartiles
from monitoring.domain.survival.reverse_kaplan_meier import reverse_kaplan_meier
from monitoring.domain.survival.simon_makuch import mantel_byar
from tests.reference.r_tables import (
    agrees,
    all_agree,
    answers,
    by_curve,
    exposed_patients,
    patients,
    sets_with,
    strata,
)

CURVES = list(by_curve("survival", "set", "curve", "group"))
QUANTILES = list(by_curve("quantiles", "set", "curve", "group"))
RISING_LIMIT = ("simulated_delayed", "simon_makuch", "exposed")
LANDMARK = Decimal("30.5")


def stretches(name: str, group: str) -> list[Observation]:
    return [each for each in person_time(exposed_patients(name)) if each.group == group and each.time > 0]


def curve_of(name: str, kind: str, group: str) -> Curve:
    if kind == "follow_up":
        return reverse_kaplan_meier(patients(name, group))
    if kind == "simon_makuch":
        return kaplan_meier(stretches(name, group))
    if kind == "simon_makuch_since_30.5":
        return kaplan_meier(under_observation_after(stretches(name, group), LANDMARK))
    return kaplan_meier(patients(name, group))


@pytest.mark.parametrize(("key", "table"), CURVES, ids=["-".join(key) for key, _ in CURVES])
def test_every_step_of_a_curve_and_its_interval(key: tuple[str, str, str], table: list[dict[str, str]]) -> None:
    curve = curve_of(*key)
    assert len(curve.steps) == len(table)
    for step, row in zip(curve.steps, table, strict=True):
        interval = (step.interval.low, step.interval.high) if isinstance(step.interval, Interval) else (None, None)
        error = step.standard_error if isinstance(step.standard_error, float) else None
        counted = (float(step.time), step.at_risk, step.events, step.censored)
        assert all_agree(counted, row, ("time", "at_risk", "events", "censored")), row
        assert all_agree((step.estimate, error, *interval), row, ("estimate", "error", "low", "high")), (row, step)


@pytest.mark.parametrize(("key", "table"), QUANTILES, ids=["-".join(key) for key, _ in QUANTILES])
def test_median_and_quartiles_with_their_intervals(key: tuple[str, str, str], table: list[dict[str, str]]) -> None:
    curve = curve_of(*key)
    for row in table:
        told = quantile(curve, Fraction(row["share"]))
        estimate, low, high = (number_of(each) for each in (told.estimate, told.low, told.high))
        assert all_agree((estimate, high), row, ("estimate", "high")), (row, told)
        # With delayed entry a lower limit can rise again; R sorts it and prints limits above the estimate itself
        if row["low"] and row["estimate"] and float(row["low"]) > float(row["estimate"]):
            assert key == RISING_LIMIT
            assert low is not None
            assert low <= float(row["estimate"])
        else:
            assert agrees(low, row["low"]), (row, told)


def number_of(found: Quantile) -> float | None:
    return float(found.time) if isinstance(found, Reached) else None


def compared(name: str, test: str) -> LogRank:
    if test == "mantel_byar":
        # in the form with delayed entry R takes nobody who left at time 0
        return mantel_byar([each for each in exposed_patients(name) if each.observation.time > 0])
    return log_rank(patients(name)) if test == "log_rank" else stratified_log_rank(strata(name))


@pytest.mark.parametrize("test", ["log_rank", "stratified_log_rank", "mantel_byar"])
def test_the_log_rank_test_plain_stratified_and_of_an_exposure(test: str) -> None:
    asked = answers("tests", test=test)
    assert {row["detail"] for row in asked} >= {"mantelhaen"}
    for row in asked:
        ours = compared(row["set"], test)
        assert all_agree((ours.chi2, ours.df, ours.p), row, ("chi2", "df", "p")), row


@pytest.mark.parametrize("name", sets_with("expected"))
def test_observed_and_expected_events_of_every_group(name: str) -> None:
    table = answers("expected", set=name)
    tallies = log_rank(patients(name)).groups
    assert [tally.name for tally in tallies] == [row["group"] for row in table]
    assert all(
        all_agree((tally.observed, tally.expected), row, ("observed", "expected"))
        for tally, row in zip(tallies, table, strict=True)
    )


def test_quartiles_are_those_of_type_7() -> None:
    for row in answers("quartiles"):
        ours = quartiles([each.time for each in patients(row["set"])])
        assert all_agree([float(x) for x in (ours.q1, ours.median, ours.q3)], row, ("q1", "median", "q3")), row


def test_a_wrong_time_would_be_seen() -> None:
    _, table = CURVES[0]
    moved = [Observation(Fraction(each.time) + 1, each.cause, each.group) for each in patients("hand_ties")]
    assert not agrees(float(kaplan_meier(moved).steps[0].time), table[0]["time"])
