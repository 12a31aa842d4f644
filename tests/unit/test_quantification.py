"""From wells to a result."""

from decimal import Decimal

import pytest

from monitoring.domain.assay import AssaySettings, AssaySettingsRefused, BelowQuantification
from monitoring.domain.control_gene import (
    Abl1Adequacy,
    ControlGeneInsufficient,
    ControlGeneMissing,
    check_abl1_is_sufficient,
)
from monitoring.domain.copies import CopiesNotCountable, MeanCopies, UndeterminedWells
from monitoring.domain.delta_cq import level_by_delta_cq, slopes_allow_delta_cq
from monitoring.domain.problems import Gene, Problem, ProblemCode
from monitoring.domain.quantification import (
    CallContradictsCopies,
    Quantification,
    quantify_copies,
    quantify_cq,
    quantify_mean_copies,
)
from monitoring.domain.replicates import Well, wells_of
from monitoring.domain.run_controls import (
    assess_positive_control,
    assess_silent_control,
    assess_wild_type_control,
)
from monitoring.domain.sensitivity import limit_pct_abl1, sensitivity_value
from monitoring.domain.standard_curve import CurveNotAcceptable, StandardCurve, StandardWell
from monitoring.domain.terms import Call

D = Decimal
CURVE = StandardCurve(D("-3.4"), D(40), D("0.999"))
BAD = StandardCurve(D("-2.9"), D(40), D("0.999"))


def by_copies(target: list[int], abl1: list[int], assay: AssaySettings | None = None) -> Quantification:
    return quantify_copies(
        target_copies_by_well=[D(copies) for copies in target],
        abl1_copies_by_well=[D(copies) for copies in abl1],
        assay=assay or AssaySettings(),
    )


def by_cq(
    target: tuple[str | None, ...],
    abl1: tuple[str | None, ...] = ("24.5", "24.5"),
    *,
    target_curve: StandardCurve = CURVE,
    abl1_curve: StandardCurve = CURVE,
    assay: AssaySettings | None = None,
    mutation_type: str | None = None,
    run_problems: tuple[Problem, ...] = (),
) -> Quantification:
    return quantify_cq(
        target_wells=wells_of(*(None if cq is None else D(cq) for cq in target)),
        abl1_wells=wells_of(*(None if cq is None else D(cq) for cq in abl1)),
        target_curve=target_curve,
        abl1_curve=abl1_curve,
        assay=assay or AssaySettings(),
        patient_mutation_type=mutation_type,
        run_problems=run_problems,
    )


def codes(result: Quantification) -> list[ProblemCode]:
    return [problem.code for problem in result.problems]


def test_copies_of_three_wells() -> None:
    result = by_copies([100, 110, 120], [40_000, 40_000, 40_000])
    assert (result.call, result.pct_abl1) == (Call.DETECTED, D("0.275"))
    assert (result.target_copies, result.abl1_copies) == (D(110), D(40_000))
    assert (result.lod_pct_abl1, result.loq_pct_abl1) == (D("0.0025"), D("0.025"))
    assert (result.abl1_adequacy, result.problems) == (Abl1Adequacy.OPTIMAL, ())


def test_a_ratio_that_does_not_end_is_rounded_once_to_20_digits() -> None:
    assert by_copies([10, 10, 10], [30_000, 30_000]).pct_abl1 == D("0.033333333333333333333")


def test_an_undetermined_well_counts_as_no_copies() -> None:
    assert by_copies([30, 30, 0], [40_000, 40_000]).target_copies == 20


def test_a_laboratory_may_average_its_positive_wells_only() -> None:
    setting = AssaySettings(undetermined=UndeterminedWells.LEFT_OUT)
    assert by_copies([30, 30, 0], [40_000, 40_000], setting).target_copies == 30
    assert by_cq(("35", "35", None), assay=setting).target_copies == by_cq(("35", "35")).target_copies


def test_not_detected_has_no_value_but_its_own_limit() -> None:
    result = by_copies([0, 0, 0], [32_000, 32_000])
    assert (result.call, result.pct_abl1, result.target_copies) == (Call.NOT_DETECTED, None, D(0))
    assert result.lod_pct_abl1 == D("0.003125")


def test_a_single_copy_makes_a_well_positive() -> None:
    assert by_copies([1, 1, 0], [40_000, 40_000]).call is Call.DETECTED
    assert by_copies([1, 1, 1], [40_000, 40_000]).target_copies == 1
    assert quantify_mean_copies(call=Call.DETECTED, target_copies=D(1), abl1_copies=D(40_000)).target_copies == 1


def test_one_of_three_wells_has_no_value() -> None:
    result = by_copies([0, 90, 0], [40_000, 40_000])
    assert (result.call, result.pct_abl1, result.target_copies) == (Call.INDETERMINATE, None, D(30))
    assert (result.positive_wells, result.valid_wells) == (1, 3)


def test_below_ten_copies_the_value_is_extrapolated_not_reported() -> None:
    result = by_copies([9, 10, 10], [40_000, 40_000])
    assert (result.call, result.pct_abl1) == (Call.DETECTED, None)
    assert result.extrapolated_pct_abl1 is not None
    assert codes(result) == [ProblemCode.BELOW_QUANTIFICATION]
    assert by_copies([10, 10, 10], [40_000, 40_000]).pct_abl1 == D("0.025")


def test_a_laboratory_may_report_below_its_limit_of_quantification() -> None:
    result = by_copies([4, 4], [40_000, 40_000], AssaySettings(below_quantification=BelowQuantification.WITH_VALUE))
    assert result.pct_abl1 == result.extrapolated_pct_abl1 == D("0.01")
    assert codes(result) == [ProblemCode.BELOW_QUANTIFICATION]


def test_a_poor_control_gene_keeps_call_and_value_for_the_rules_to_judge() -> None:
    result = by_copies([450, 450, 450], [900, 900])
    assert (result.call, result.pct_abl1) == (Call.DETECTED, D(50))
    assert codes(result) == [ProblemCode.ABL1_INSUFFICIENT]
    assert codes(by_copies([0, 0], [1000, 1000])) == [ProblemCode.ABL1_LIMITED]


def test_no_abl1_at_all_leaves_no_value_and_no_limit() -> None:
    result = by_cq(("30", "30", "30"), (None, None))
    assert (result.call, result.pct_abl1, result.abl1_copies) == (Call.DETECTED, None, D(0))
    assert (result.lod_pct_abl1, result.loq_pct_abl1) == (None, None)
    assert codes(result) == [ProblemCode.ABL1_INSUFFICIENT]


def test_a_result_without_control_gene_is_no_result() -> None:
    with pytest.raises(ControlGeneMissing):
        by_copies([30, 30], [])
    with pytest.raises(ControlGeneMissing):
        quantify_cq(
            target_wells=wells_of(D(30), D(30)),
            abl1_wells=[Well(D(25), left_out_because="empty")],
            target_curve=CURVE,
            abl1_curve=CURVE,
        )


def test_one_well_of_the_control_gene_warns() -> None:
    assert codes(by_copies([0, 0], [40_000])) == [ProblemCode.ABL1_SINGLE_WELL]
    assert codes(by_cq((None, None), ("24",))) == [ProblemCode.ABL1_SINGLE_WELL]


@pytest.mark.parametrize("wells", [[], [50]])
def test_fewer_than_two_target_wells_are_not_evaluable(wells: list[int]) -> None:
    result = by_copies(wells, [40_000, 40_000])
    assert (result.call, result.pct_abl1) == (Call.NOT_EVALUABLE, None)


def test_a_failed_target_curve_makes_it_not_evaluable_and_keeps_abl1() -> None:
    result = by_cq(("30", "30", "30"), target_curve=BAD)
    assert (result.call, result.pct_abl1, result.target_copies) == (Call.NOT_EVALUABLE, None, None)
    assert result.abl1_copies is not None
    assert codes(result) == [ProblemCode.SLOPE_TOO_SHALLOW]


def test_a_failed_abl1_curve_makes_it_not_evaluable() -> None:
    result = by_cq(("30", "30", "30"), abl1_curve=BAD)
    assert (result.call, result.abl1_copies, result.lod_pct_abl1) == (Call.NOT_EVALUABLE, None, None)
    assert result.abl1_adequacy is None


def test_a_curve_that_warns_is_used() -> None:
    result = by_cq(("30", "30", "30"), target_curve=StandardCurve(D("-3.4"), D(40), D("0.97")))
    assert (result.call, codes(result)) == (Call.DETECTED, [ProblemCode.R2_LOW])


def test_a_failed_control_of_the_run_makes_it_not_evaluable() -> None:
    contaminated = assess_silent_control(wells_of(None, D("38.61")), Gene.TARGET)
    result = by_cq(("37.95", "38.44", "38.1"), run_problems=contaminated)
    assert (result.call, result.pct_abl1) == (Call.NOT_EVALUABLE, None)
    assert result.problems[0].found == D("38.61")


def test_above_the_highest_standard_warns() -> None:
    curve = StandardCurve(D("-3.4"), D(40), D("0.999"), (StandardWell(D(100), D("33.2")),) * 2)
    assert codes(by_cq(("30", "30"), target_curve=curve)) == [ProblemCode.ABOVE_HIGHEST_STANDARD]
    assert codes(by_cq(("33.2", "33.2"), target_curve=curve)) == []


@pytest.mark.parametrize(
    ("patient_type", "call", "code"),
    [
        ("A", Call.NOT_DETECTED, []),
        ("B", Call.NOT_EVALUABLE, [ProblemCode.MUTATION_TYPE_NOT_COVERED]),
        (None, Call.NOT_DETECTED, [ProblemCode.MUTATION_TYPE_UNKNOWN]),
    ],
)
def test_an_assay_for_another_mutation_type_says_nothing(
    patient_type: str | None, call: Call, code: list[ProblemCode]
) -> None:
    type_a = AssaySettings(mutation_types=frozenset({"A"}))
    result = by_cq((None, None, None), assay=type_a, mutation_type=patient_type)
    assert (result.call, codes(result)) == (call, code)


@pytest.mark.parametrize("copies", ["NaN", "Infinity", "-1"])
def test_uncountable_copies_are_refused(copies: str) -> None:
    with pytest.raises(CopiesNotCountable):
        quantify_copies(target_copies_by_well=[D(copies), D(1)], abl1_copies_by_well=[D(40_000)])


def test_mean_copies_with_the_call_of_their_laboratory() -> None:
    result = quantify_mean_copies(call=Call.DETECTED, target_copies=D(83), abl1_copies=D(29_495))
    assert round(result.pct_abl1 or D(0), 2) == D("0.28")
    assert (result.positive_wells, result.problems) == (None, ())


def test_detected_without_copies_is_below_quantification() -> None:
    result = quantify_mean_copies(call=Call.DETECTED, target_copies=None, abl1_copies=D(40_000))
    assert (result.pct_abl1, codes(result)) == (None, [ProblemCode.BELOW_QUANTIFICATION])


@pytest.mark.parametrize(("call", "copies"), [(Call.NOT_DETECTED, 5), (Call.DETECTED, 0)])
def test_a_call_that_its_copies_deny_is_refused(call: Call, copies: int) -> None:
    with pytest.raises(CallContradictsCopies):
        quantify_mean_copies(call=call, target_copies=D(copies), abl1_copies=D(40_000))


def test_too_little_abl1_is_refused_where_a_number_is_demanded() -> None:
    with pytest.raises(ControlGeneInsufficient):
        check_abl1_is_sufficient(D("999.99"))
    with pytest.raises(ControlGeneInsufficient):
        limit_pct_abl1(D(1), MeanCopies(D(0), 2))
    with pytest.raises(ControlGeneInsufficient):
        sensitivity_value(D(0), D(40_000), D(10_000))
    check_abl1_is_sufficient(D(1000))


@pytest.mark.parametrize("setting", ["0", "-1", "NaN"])
def test_settings_must_be_positive_numbers(setting: str) -> None:
    with pytest.raises(AssaySettingsRefused):
        AssaySettings(lod_copies=D(setting))


@pytest.mark.parametrize(
    ("cq", "codes"),
    [
        (None, [ProblemCode.POSITIVE_CONTROL_NEGATIVE]),
        ("26.80", []),
        ("26.81", [ProblemCode.POSITIVE_CONTROL_OUTSIDE_2_SD]),
        ("27.00", [ProblemCode.POSITIVE_CONTROL_OUTSIDE_2_SD]),
        ("25.79", [ProblemCode.POSITIVE_CONTROL_OUTSIDE_3_SD]),
    ],
)
def test_the_positive_control_against_the_laboratorys_mean(cq: str | None, codes: list[ProblemCode]) -> None:
    found = assess_positive_control(None if cq is None else D(cq), D("26.40"), D("0.20"), Gene.TARGET)
    assert [problem.code for problem in found] == codes


def test_silent_controls_may_amplify_from_the_cut_off_on() -> None:
    assert assess_silent_control(wells_of(None, D(40)), Gene.TARGET) == ()
    assert assess_silent_control([Well(D(35), left_out_because="empty")], Gene.TARGET) == ()


def test_wild_type_cdna_above_the_limit_of_blank_fails() -> None:
    assert assess_wild_type_control(D("0.5"), D("0.5")) == ()
    assert len(assess_wild_type_control(D("0.51"), D("0.5"))) == 1


def test_delta_cq_takes_equal_slopes_for_granted() -> None:
    assert slopes_allow_delta_cq(D("-3.40"), D("-3.69"))
    assert not slopes_allow_delta_cq(D("-3.40"), D("-3.70"))
    with pytest.raises(CurveNotAcceptable):
        level_by_delta_cq(D(10), D(-5), slope=D(0))
