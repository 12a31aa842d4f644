"""lifelines, which others wrote: Kaplan-Meier with delayed entry, log-rank, cumulative incidence without ties."""

import math
import warnings
from typing import Any

import pytest

from monitoring.domain.survival.aalen_johansen import aalen_johansen
from monitoring.domain.survival.curves import Curve, Estimate
from monitoring.domain.survival.kaplan_meier import kaplan_meier
from monitoring.domain.survival.log_log import Interval
from monitoring.domain.survival.log_rank import log_rank
from monitoring.domain.survival.observations import Observation
from tests.reference.r_tables import AGREEMENT, patients


@pytest.fixture(scope="module")
def lifelines() -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import lifelines  # type: ignore[import-untyped]
        import lifelines.statistics  # type: ignore[import-untyped]
    return lifelines


def columns(observations: list[Observation]) -> tuple[list[float], list[bool], list[float]]:
    return (
        [float(each.time) for each in observations],
        [each.cause is not None for each in observations],
        [0.0 if each.entry is None else float(each.entry) for each in observations],
    )


def told_by(curve: Curve, time: float) -> Estimate:
    told = curve.at(int(time))
    assert isinstance(told, Estimate)
    return told


@pytest.mark.parametrize("name", ["lung", "veteran", "heart", "mgus2", "simulated_ties", "simulated_delayed"])
def test_kaplan_meier_and_its_log_log_interval(lifelines: Any, name: str) -> None:
    observations = patients(name)
    times, events, entries = columns(observations)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        fit = lifelines.KaplanMeierFitter().fit(times, events, entry=entries if any(entries) else None)
    curve = kaplan_meier(observations)
    compared = 0
    for step in curve.steps:
        low, high = fit.confidence_interval_.loc[float(step.time)]
        assert math.isclose(fit.survival_function_at_times(float(step.time)).iloc[0], step.estimate, abs_tol=AGREEMENT)
        if isinstance(step.interval, Interval):
            assert math.isclose(low, step.interval.low, abs_tol=AGREEMENT)
            assert math.isclose(high, step.interval.high, abs_tol=AGREEMENT)
            compared += 1
    assert compared > len(curve.steps) / 2


@pytest.mark.parametrize("name", ["lung", "veteran", "mgus2", "simulated_ties"])
def test_the_log_rank_test(lifelines: Any, name: str) -> None:
    observations = patients(name)
    times, events, _ = columns(observations)
    theirs = lifelines.statistics.multivariate_logrank_test(times, [each.group for each in observations], events)
    ours = log_rank(observations)
    assert math.isclose(theirs.test_statistic, ours.chi2, rel_tol=AGREEMENT)
    assert math.isclose(theirs.p_value, ours.p, abs_tol=AGREEMENT)


def test_cumulative_incidence_where_there_are_no_ties_to_jitter(lifelines: Any) -> None:
    observations = list({each.time: each for each in patients("mgus2")}.values())
    codes = [{None: 0, "malignancy": 1, "death": 2}[each.cause] for each in observations]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        fit = lifelines.AalenJohansenFitter(calculate_variance=False).fit(columns(observations)[0], codes, 1)
    curve = aalen_johansen(observations).incidence["malignancy"]
    for step in curve.steps:
        theirs = fit.cumulative_density_.loc[float(step.time)].iloc[0]
        assert math.isclose(theirs, step.estimate, abs_tol=AGREEMENT)
