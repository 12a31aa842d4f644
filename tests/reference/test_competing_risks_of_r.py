"""R: Aalen-Johansen of survival with its intervals, cumulative incidence and Gray's test of cmprsk; to 1e-6."""

import pytest

from monitoring.domain.survival.aalen_johansen import aalen_johansen
from monitoring.domain.survival.binomial import proportion
from monitoring.domain.survival.curves import Estimate
from monitoring.domain.survival.fisher_exact import fisher_exact
from monitoring.domain.survival.gray_test import gray_test
from monitoring.domain.survival.log_log import Interval
from tests.reference.r_tables import agrees, all_agree, answers, by_curve, exact, patients

INCIDENCES = list(by_curve("incidence", "set", "group", "cause"))
CUMINC = list(by_curve("cuminc", "set", "group", "cause"))


@pytest.mark.parametrize(("key", "table"), INCIDENCES, ids=["-".join(key) for key, _ in INCIDENCES])
def test_every_step_of_an_incidence_and_its_interval(key: tuple[str, str, str], table: list[dict[str, str]]) -> None:
    name, group, cause = key
    steps = aalen_johansen(patients(name, group)).incidence[cause].steps
    assert len(steps) == len(table)
    for step, row in zip(steps, table, strict=True):
        interval = (step.interval.low, step.interval.high) if isinstance(step.interval, Interval) else (None, None)
        error = step.standard_error if isinstance(step.standard_error, float) else None
        counted = (float(step.time), step.at_risk, step.estimate)
        assert all_agree(counted, row, ("time", "at_risk", "estimate")), (row, step)
        # With delayed entry R gives the jackknife's error, not Greenwood's: docs/methods/competing_risks.md
        if not name.endswith("delayed"):
            assert all_agree((error, *interval), row, ("error", "low", "high")), (row, step)


@pytest.mark.parametrize(("key", "table"), CUMINC, ids=["-".join(key) for key, _ in CUMINC])
def test_the_incidence_of_cmprsk(key: tuple[str, str, str], table: list[dict[str, str]]) -> None:
    name, group, cause = key
    members = patients(name, group)
    for row in table:
        # cmprsk lists a cause that a group never had, as 0
        if not any(each.cause == cause for each in members):
            assert float(row["estimate"]) == 0
            continue
        time = exact(row["time"])
        assert time is not None
        told = aalen_johansen(members).incidence[cause].at(time)
        assert isinstance(told, Estimate)
        assert agrees(told.estimate, row["estimate"]), row


def test_gray_s_test_for_every_cause() -> None:
    asked = answers("tests", test="gray")
    assert len(asked) >= 7
    for row in asked:
        ours = gray_test(patients(row["set"]), row["detail"])
        assert all_agree((ours.chi2, ours.df, ours.p), row, ("chi2", "df", "p")), (row, ours)


def test_exact_limits_of_a_share() -> None:
    for row in answers("proportions"):
        ours = proportion(int(row["count"]), int(row["of"]))
        assert all_agree((ours.low, ours.high), row, ("low", "high")), (row, ours)


def test_fisher_s_exact_test() -> None:
    for row in answers("fisher"):
        ours = fisher_exact(*(int(row[cell]) for cell in ("with_a", "without_a", "with_b", "without_b")))
        assert agrees(ours, row["p"]), (row, ours)
