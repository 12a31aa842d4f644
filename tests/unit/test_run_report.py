"""What a run says as a whole: levels, classes, curves, controls, and what is told once."""

import time
from dataclasses import replace
from decimal import Decimal

from monitoring.domain.assay import AssaySettings
from monitoring.domain.plate import PrintedCurve, WellRole
from monitoring.domain.problems import ProblemCode, Severity
from monitoring.domain.run_control_wells import ControlVerdict
from monitoring.domain.run_curves import CurveSource
from monitoring.domain.run_plan import (
    RunPlan,
    SampleFacts,
    TargetPlan,
)
from monitoring.domain.run_report import quantify_run
from monitoring.domain.standard_curve import NoCurve, StandardCurve
from monitoring.domain.terms import Call, Marker, RuleSetId, SampleClass, Tissue
from monitoring.domain.units import Scale
from tests.plates_by_hand import (
    ABL1,
    ABL1_STANDARDS,
    DIAGNOSIS,
    FOLLOW_UP,
    NPM1,
    NPM1_STANDARDS,
    both_standards,
    codes,
    good_run,
    pair_of,
    plate,
    reactions,
    sample,
    standards,
    water,
)

D = Decimal


def test_a_run_in_order_has_nothing_to_say() -> None:
    report = quantify_run(good_run())
    assert report.findings() == ()
    assert report.control_gene == ABL1
    assert [control.verdict for control in report.controls] == [ControlVerdict.PASSED] * 2
    assert [(curve.target, curve.points, curve.source) for curve in report.curves] == [
        (NPM1, 10, CurveSource.FITTED),
        (ABL1, 6, CurveSource.FITTED),
    ]


def test_copies_are_told_well_by_well() -> None:
    [npm1, abl1] = quantify_run(good_run()).samples
    assert [f"{well.copies:.2f}" for well in npm1.wells] == ["33.97", "27.76", "29.69"]
    assert [f"{well.copies:.0f}" for well in abl1.wells] == ["33839", "31623", "32712"]


def test_a_level_is_given_on_every_scale() -> None:
    diagnosis = SampleFacts(diagnosis_pct_abl1={NPM1: D("5409.03")})
    levels = pair_of(quantify_run(good_run(), RunPlan(samples={"25-0101": diagnosis}))).levels
    assert {scale: f"{level:.6g}" for scale, level in levels.items()} == {
        Scale.PCT_ABL1: "0.0931258",
        Scale.RATIO: "0.000931258",
        Scale.PER_10_4_ABL1: "9.31258",
        Scale.PER_10_5_ABL1: "93.1258",
        Scale.PCT_BASELINE: "0.00172167",
    }


def test_the_class_under_eln_2025_needs_marker_and_tissue() -> None:
    plate = good_run()
    assert pair_of(quantify_run(plate)).classes[RuleSetId.ELN2025] is None
    for tissue, expected in [
        (Tissue.BONE_MARROW, SampleClass.LOW_LEVEL),
        (Tissue.PERIPHERAL_BLOOD, SampleClass.POSITIVE),
    ]:
        plan = RunPlan(targets={NPM1: TargetPlan(marker=Marker.NPM1)}, samples={"25-0101": SampleFacts(tissue=tissue)})
        assert pair_of(quantify_run(plate, plan)).classes[RuleSetId.ELN2025] is expected


def test_the_outlier_that_may_be_left_out_is_named() -> None:
    report = quantify_run(good_run(sample("S1", ("30.00", "30.10", "32.10"), FOLLOW_UP[1])))
    measured = next(each for each in report.samples if (each.sample, each.target) == ("S1", NPM1))
    assert measured.droppable == measured.wells[2].position


def test_an_instrument_that_printed_another_slope_is_told() -> None:
    printed = PrintedCurve(NPM1, D("-3.60"), D("40.1"), D("0.99"))
    report = quantify_run(replace(good_run(), curves=(printed,)))
    [finding] = report.findings()
    assert (finding.problem.code, finding.problem.found) == (ProblemCode.CURVE_DIFFERS_FROM_PRINTED, D("-3.60"))
    assert report.curves[0].printed == printed


def test_standards_without_copies_take_no_part() -> None:
    nameless = [replace(each, standard_copies=None) for each in standards(NPM1, [(50, "20.00")])]
    report = quantify_run(good_run(nameless))
    assert report.curves[0].points == 10
    assert codes(report) == [("", NPM1, "STANDARD_WITHOUT_COPIES")]


def test_standards_of_zero_copies_take_no_part_either() -> None:
    report = quantify_run(good_run([replace(each, standard_copies=D(0)) for each in standards(NPM1, [(50, "39.0")])]))
    assert report.curves[0].points == 10


def test_a_stored_curve_serves_where_the_run_has_no_standards() -> None:
    made = plate(standards(ABL1, ABL1_STANDARDS), water(NPM1, ABL1), sample("S1", *FOLLOW_UP))
    stored = StandardCurve(D("-3.424419"), D("40.043023"), D("0.9999914"))
    report = quantify_run(made, RunPlan(targets={NPM1: TargetPlan(stored_curve=stored)}))
    assert codes(report) == [("", NPM1, "STORED_CURVE_USED")]
    assert f"{pair_of(report, 'S1').quantification.pct_abl1:.4g}" == "0.09313"


def test_a_stored_curve_never_stands_in_for_one_that_failed() -> None:
    failed = standards(NPM1, [(10, "36.60"), (100, "30.20")])
    made = plate(failed, standards(ABL1, ABL1_STANDARDS), water(NPM1, ABL1), sample("S1", *FOLLOW_UP))
    stored = StandardCurve(D("-3.424419"), D("40.043023"), D("0.9999914"))
    report = quantify_run(made, RunPlan(targets={NPM1: TargetPlan(stored_curve=stored, by_delta_cq=True)}))
    assert isinstance(next(curve.curve for curve in report.curves if curve.target == NPM1), NoCurve)
    assert pair_of(report, "S1").quantification.call is Call.NOT_EVALUABLE


def test_the_assay_of_another_mutation_type_says_nothing() -> None:
    plan = RunPlan(
        targets={NPM1: TargetPlan(assay=AssaySettings(mutation_types=frozenset({"A"})))},
        samples={"25-0101": SampleFacts(mutation_type="B")},
    )
    report = quantify_run(good_run(), plan)
    assert pair_of(report).quantification.call is Call.NOT_EVALUABLE
    assert report.samples[0].call is Call.NOT_EVALUABLE
    assert pair_of(report).target_seen
    assert [finding.problem.code for finding in report.findings()] == [
        ProblemCode.MUTATION_TYPE_NOT_COVERED,
        ProblemCode.TARGET_SEEN,
    ]


def test_a_long_way_to_lysis_is_a_caution_and_changes_no_class() -> None:
    negative = good_run(sample("S1", (None, None, None), FOLLOW_UP[1]))
    report = quantify_run(negative, RunPlan(samples={"S1": SampleFacts(hours_to_lysis=D(73))}))
    assert codes(report) == [("S1", NPM1, "LYSED_LATE")]
    assert pair_of(report, "S1").sample_class is SampleClass.NEGATIVE
    in_time = RunPlan(samples={"S1": SampleFacts(hours_to_lysis=D(72))})
    assert quantify_run(negative, in_time).findings() == ()


def test_what_fails_is_told_before_what_warns() -> None:
    made = good_run(
        sample("S1", ("18.90", "18.95", "19.00"), FOLLOW_UP[1]),
        sample("S2", FOLLOW_UP[0], ("30.00", "30.10")),
        reactions("S3", NPM1, ["30.00"]),
    )
    weights = [finding.problem.severity for finding in quantify_run(made).findings()]
    assert weights == sorted(weights, key=[Severity.FAILS, Severity.REPEAT, Severity.WARNS].index)
    assert set(weights) == set(Severity)


def test_a_failed_run_does_not_call_every_sample_seen() -> None:
    made = plate(both_standards(), water(NPM1, ABL1, cqs=["35.00", None]), sample("S1", *FOLLOW_UP))
    report = quantify_run(made)
    assert {code for _sample, _target, code in codes(report)} == {"NEGATIVE_CONTROL_POSITIVE"}
    assert pair_of(report, "S1").target_seen


def test_a_positive_control_of_another_target_may_be_silent_here() -> None:
    made = good_run(
        standards("CBFB::MYH11", NPM1_STANDARDS),
        water("CBFB::MYH11"),
        *[
            [
                *reactions(f"positive {own}", own, ["26.0", "26.1"], WellRole.POSITIVE_CONTROL),
                *reactions(f"positive {own}", other, [None, None], WellRole.POSITIVE_CONTROL),
            ]
            for own, other in [(NPM1, "CBFB::MYH11"), ("CBFB::MYH11", NPM1)]
        ],
    )
    assert quantify_run(made).findings() == ()


def test_a_control_whose_wells_are_all_left_out_was_not_measured() -> None:
    silent = [replace(each, omitted=True) for each in water(NPM1)]
    report = quantify_run(plate(both_standards(), silent, water(ABL1), sample("S1", *FOLLOW_UP)))
    assert report.controls[0].verdict is ControlVerdict.NOT_MEASURED
    assert codes(report) == [("", NPM1, "NO_TEMPLATE_MISSING")]


def test_a_plate_of_96_wells_is_quantified_in_a_fraction_of_a_second() -> None:
    patients = [sample(f"25-{number:04}", *FOLLOW_UP) for number in range(12)]
    made = plate(both_standards(), water(NPM1, ABL1), *patients, water(NPM1, ABL1))
    assert len(made.reactions) == 96
    took = []
    for _ in range(3):
        began = time.perf_counter()
        quantify_run(made)
        took.append(time.perf_counter() - began)
    assert min(took) < 0.25


def test_the_diagnosis_lies_beyond_the_last_standard() -> None:
    report = quantify_run(good_run(sample("diagnosis", *DIAGNOSIS)))
    assert codes(report) == [("diagnosis", NPM1, "ABOVE_HIGHEST_STANDARD")]
