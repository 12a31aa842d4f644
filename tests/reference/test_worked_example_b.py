"""The edges worked by hand: wells, ABL1 bands, limits, slopes (docs/methods/quantification.md)."""

from datetime import date
from decimal import Decimal

import pytest

from monitoring.domain.control_gene import Abl1Adequacy, abl1_adequacy
from monitoring.domain.copies import MeanCopies
from monitoring.domain.quantification import Quantification, quantify_copies
from monitoring.domain.replicates import call_replicates, wells_of
from monitoring.domain.results import Result
from monitoring.domain.sample_classes import class_of_call
from monitoring.domain.sensitivity import limit_pct_abl1, probability_of_detection
from monitoring.domain.standard_curve import CurveLimits, StandardCurve, assess_curve
from monitoring.domain.terms import Call, SampleClass, Tissue
from monitoring.domain.units import Scale, fell_by_logs, from_pct_abl1, log10_reduction

D = Decimal


@pytest.mark.parametrize(
    ("cqs", "call"),
    [
        (("39.99", "39.99", None), Call.DETECTED),
        (("40.00", "40.00", "39.0"), Call.INDETERMINATE),
        (("39.9", None, None), Call.INDETERMINATE),
    ],
)
def test_wells_at_the_cut_off(cqs: tuple[str | None, ...], call: Call) -> None:
    wells = wells_of(*(None if cq is None else D(cq) for cq in cqs))
    assert call_replicates(wells).call is call


@pytest.mark.parametrize(
    ("abl1", "sample_class", "lod_pct_abl1"),
    [
        (999, SampleClass.NOT_EVALUABLE, None),
        (1_000, SampleClass.LIMITED_NEGATIVE, "0.1"),
        (9_999, SampleClass.LIMITED_NEGATIVE, None),
        (10_000, SampleClass.NEGATIVE, "0.01"),
        (32_000, SampleClass.NEGATIVE, "0.003125"),
        (100_000, SampleClass.NEGATIVE, "0.001"),
    ],
)
def test_not_detected_by_its_abl1_copies(abl1: int, sample_class: SampleClass, lod_pct_abl1: str | None) -> None:
    result = quantify_copies(target_copies_by_well=[D(0)] * 3, abl1_copies_by_well=[D(abl1)] * 3)
    assert result.call is Call.NOT_DETECTED
    assert class_of_call(_as_result(result)) is sample_class
    if lod_pct_abl1 is not None:
        assert result.lod_pct_abl1 == D(lod_pct_abl1)


def _as_result(quantified: Quantification) -> Result:
    return Result(
        id="s", collected_on=date(2025, 1, 6), tissue=Tissue.BONE_MARROW, call=quantified.call,
        pct_abl1=quantified.pct_abl1, abl1_copies=quantified.abl1_copies,
        lod_pct_abl1=quantified.lod_pct_abl1, loq_pct_abl1=quantified.loq_pct_abl1,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("copies", "band"),
    [
        ("999.999", Abl1Adequacy.INSUFFICIENT),
        ("1000", Abl1Adequacy.LIMITED),
        ("9999.9", Abl1Adequacy.LIMITED),
        ("10000", Abl1Adequacy.ADEQUATE),
        ("30000", Abl1Adequacy.OPTIMAL),
    ],
)
def test_bands_of_the_control_gene(copies: str, band: Abl1Adequacy) -> None:
    assert abl1_adequacy(D(copies)) is band


@pytest.mark.parametrize(("k", "limit"), [(1, "0.003125"), (2, "0.00625"), (3, "0.009375")])
def test_limit_of_detection_by_copies(k: int, limit: str) -> None:
    assert limit_pct_abl1(D(k), MeanCopies(D(96_000), 3)) == D(limit)


def test_a_fall_of_0_64_log_is_no_reduction() -> None:
    """Case 10 of Tiong 2020, in per cent of diagnosis."""
    before, after = D("10.8569"), D("2.4916")
    assert round(log10_reduction(before, after), 4) == D("0.6392")
    assert not fell_by_logs(before, after)


@pytest.mark.parametrize(
    ("slope", "r2", "codes"),
    [
        ("-2.95", "0.999", ["SLOPE_TOO_SHALLOW"]),
        ("-3.00", "0.999", []),
        ("-3.90", "0.999", []),
        ("-3.91", "0.999", ["SLOPE_TOO_STEEP"]),
        ("-3.4", "0.98", []),
        ("-3.4", "0.9799", ["R2_LOW"]),
        ("-3.4", "0.95", ["R2_LOW"]),
        ("-3.4", "0.9499", ["R2_TOO_LOW"]),
    ],
)
def test_limits_of_a_curve(slope: str, r2: str, codes: list[str]) -> None:
    curve = StandardCurve(D(slope), D(40), D(r2))
    assert [problem.code.value for problem in assess_curve(curve, CurveLimits())] == codes


@pytest.mark.parametrize(
    ("slope", "efficiency_pct"),
    [("-3.00", "115.44"), ("-3.3219", "100.00"), ("-3.40", "96.84"), ("-3.60", "89.57"), ("-3.90", "80.47")],
)
def test_efficiency_of_a_slope(slope: str, efficiency_pct: str) -> None:
    assert round(StandardCurve(D(slope), D(40)).efficiency_pct, 2) == D(efficiency_pct)


@pytest.mark.parametrize(("copies", "probability"), [(0.5, 0.343), (1, 0.694), (2, 0.950), (3, 0.993)])
def test_two_of_three_wells_by_poisson(copies: float, probability: float) -> None:
    assert round(probability_of_detection(copies), 3) == probability


@pytest.mark.parametrize(
    ("pct_abl1", "scale", "value"),
    [
        ("2", Scale.PER_10_4_ABL1, "200"),
        ("2", Scale.PER_10_5_ABL1, "2000"),
        ("0.2", Scale.PER_10_5_ABL1, "200"),
        ("1", Scale.PER_10_5_ABL1, "1000"),
        ("0.001", Scale.PER_10_4_ABL1, "0.1"),
        ("0.001", Scale.PER_10_5_ABL1, "1"),
        ("2", Scale.RATIO, "0.02"),
    ],
)
def test_one_level_on_several_scales(pct_abl1: str, scale: Scale, value: str) -> None:
    assert from_pct_abl1(D(pct_abl1), scale) == D(value)
