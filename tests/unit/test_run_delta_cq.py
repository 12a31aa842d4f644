"""A run without standards: a level relative to diagnosis, and no per cent of ABL1."""

from decimal import Decimal

import pytest

from monitoring.domain.problems import ProblemCode
from monitoring.domain.run_pairs import PairMode, RunPair
from monitoring.domain.run_plan import RunPlan, SampleFacts, TargetPlan
from monitoring.domain.run_report import RunReport, quantify_run
from monitoring.domain.terms import Call, SampleClass
from monitoring.domain.units import Scale
from tests.plates_by_hand import (
    ABL1,
    ABL1_STANDARDS,
    FOLLOW_UP,
    NPM1,
    NPM1_STANDARDS,
    Cqs,
    plate,
    reactions,
    sample,
    standards,
    water,
)

D = Decimal
DIAGNOSIS_DELTA_CQ = D("-5.9")  # worked example A
BY_DELTA_CQ = RunPlan(
    targets={NPM1: TargetPlan(by_delta_cq=True)},
    samples={"S1": SampleFacts(diagnosis_delta_cq={NPM1: DIAGNOSIS_DELTA_CQ})},
)


def run(target: Cqs, abl1: Cqs, plan: RunPlan = BY_DELTA_CQ) -> tuple[RunReport, RunPair]:
    report = quantify_run(plate(water(NPM1, ABL1), sample("S1", target, abl1)), plan)
    return report, report.pairs[0]


def codes(pair: RunPair) -> list[ProblemCode]:
    return [problem.code for problem in pair.problems]


def test_worked_example_a_by_difference_of_cq() -> None:
    report, pair = run(*FOLLOW_UP)
    assert pair.relative is not None
    assert pair.relative.level is not None
    assert f"{pair.relative.level.delta_delta_cq:.6f}" == "16.316667"
    assert f"{pair.relative.level.mrdv:.5e}" == "1.58848e-5"
    assert f"{pair.relative.level.log10_reduction:.5f}" == "4.79902"
    assert pair.mode is PairMode.DELTA_CQ
    assert [finding.problem.code for finding in report.findings()] == [ProblemCode.RELATIVE_TO_DIAGNOSIS_ONLY]


def test_there_is_no_per_cent_of_abl1_and_no_threshold() -> None:
    _report, pair = run(*FOLLOW_UP)
    assert (pair.quantification.call, pair.quantification.pct_abl1) == (Call.DETECTED, None)
    assert set(pair.levels) == {Scale.PCT_BASELINE}
    assert set(pair.classes.values()) == {SampleClass.NOT_EVALUABLE}


def test_not_detected_is_a_limited_negative_because_copies_of_abl1_are_not_known() -> None:
    _report, pair = run((None, None, None), FOLLOW_UP[1])
    assert pair.sample_class is SampleClass.LIMITED_NEGATIVE
    assert pair.relative is not None
    assert pair.relative.level is None
    # a target at the cut-off: dCq 40 - 24.55, ddCq 21.35
    assert float(pair.relative.sensitivity or 0) == pytest.approx(10 ** (-21.35 / 3.4), rel=1e-9)


def test_without_the_diagnosis_there_is_a_call_and_no_level() -> None:
    _report, pair = run(*FOLLOW_UP, RunPlan(targets={NPM1: TargetPlan(by_delta_cq=True)}))
    assert pair.quantification.call is Call.DETECTED
    assert pair.levels == {}
    assert ProblemCode.DIAGNOSIS_DELTA_CQ_UNKNOWN in codes(pair)


def test_a_laboratory_may_set_its_own_slope() -> None:
    plan = RunPlan(
        targets={NPM1: TargetPlan(by_delta_cq=True, delta_cq_slope=D("-3.3219"))}, samples=BY_DELTA_CQ.samples
    )
    _report, pair = run(*FOLLOW_UP, plan)
    assert pair.relative is not None
    assert pair.relative.level is not None
    assert f"{pair.relative.level.mrdv:.3e}" == "1.225e-5"


@pytest.mark.parametrize(
    ("abl1", "call", "code"),
    [
        (("29.31", "29.31"), Call.DETECTED, ProblemCode.ABL1_CQ_LATE),
        ((None, None), Call.NOT_EVALUABLE, ProblemCode.ABL1_NOT_AMPLIFIED),
        ((), Call.NOT_EVALUABLE, ProblemCode.ABL1_NOT_MEASURED),
    ],
)
def test_too_little_abl1_is_seen_by_its_cq(abl1: Cqs, call: Call, code: ProblemCode) -> None:
    _report, pair = run(FOLLOW_UP[0], abl1)
    assert pair.quantification.call is call
    assert code in codes(pair)


def test_abl1_in_time_is_no_finding() -> None:
    _report, pair = run(FOLLOW_UP[0], ("29.30", "29.30"))
    assert ProblemCode.ABL1_CQ_LATE not in codes(pair)


def test_nobody_asked_for_it() -> None:
    report, pair = run(*FOLLOW_UP, RunPlan())
    assert pair.quantification.call is Call.NOT_EVALUABLE
    found = [(finding.target, finding.problem.code) for finding in report.findings()]
    assert found == [(NPM1, ProblemCode.NO_STANDARDS), (ABL1, ProblemCode.NO_STANDARDS)]


def test_standards_in_the_run_come_first() -> None:
    made = plate(
        standards(NPM1, NPM1_STANDARDS),
        standards(ABL1, ABL1_STANDARDS),
        water(NPM1, ABL1),
        sample("S1", *FOLLOW_UP),
    )
    pair = quantify_run(made, BY_DELTA_CQ).pairs[0]
    assert pair.mode is PairMode.STANDARD_CURVE
    assert f"{pair.quantification.pct_abl1:.6g}" == "0.0931258"


def test_a_contaminated_run_gives_no_level_either() -> None:
    made = plate(water(NPM1, ABL1, cqs=["37.0", None]), sample("S1", *FOLLOW_UP))
    pair = quantify_run(made, BY_DELTA_CQ).pairs[0]
    assert (pair.quantification.call, pair.levels) == (Call.NOT_EVALUABLE, {})


def test_a_target_measured_by_curve_beside_it_still_needs_the_standards_of_abl1() -> None:
    made = plate(
        water(NPM1, ABL1, "CBFB::MYH11"),
        standards("CBFB::MYH11", NPM1_STANDARDS),
        sample("S1", *FOLLOW_UP),
        reactions("S1", "CBFB::MYH11", FOLLOW_UP[0]),
    )
    report = quantify_run(made, BY_DELTA_CQ)
    calls = {pair.target: pair.quantification.call for pair in report.pairs}
    assert calls == {NPM1: Call.DETECTED, "CBFB::MYH11": Call.NOT_EVALUABLE}
    assert ("S1", "CBFB::MYH11", ProblemCode.NO_STANDARDS) in [
        (finding.sample, finding.target, finding.problem.code) for finding in report.findings()
    ]
