"""A whole run worked by hand: standards, a diagnosis and a follow-up sample (docs/methods/quantification.md)."""

from decimal import Decimal

import pytest

from monitoring.domain.delta_cq import delta_cq, level_by_delta_cq, sensitivity_by_delta_cq
from monitoring.domain.quantification import Quantification, quantify_cq
from monitoring.domain.replicates import wells_of
from monitoring.domain.sensitivity import limit_pct_baseline, mrd_value, sensitivity_value
from monitoring.domain.standard_curve import CurveLimits, StandardCurve, StandardWell, assess_curve, fit_standard_curve
from monitoring.domain.terms import Call
from monitoring.domain.units import Scale, from_pct_abl1, log10_reduction

D = Decimal

NPM1_STANDARDS = ((10, "36.60"), (100, "33.20"), (1_000, "29.80"), (100_000, "22.90"), (1_000_000, "19.50"))
ABL1_STANDARDS = ((1_000, "29.70"), (10_000, "26.30"), (100_000, "22.90"))
DIAGNOSIS = (("18.90", "18.95", "19.00"), ("24.80", "24.90", "24.85"))
FOLLOW_UP = (("34.80", "35.10", "35.00"), ("24.50", "24.60", "24.55"))


Wells = tuple[tuple[str, ...], tuple[str, ...]]


def curve(standards: tuple[tuple[int, str], ...]) -> StandardCurve:
    return fit_standard_curve(StandardWell(D(copies), D(cq)) for copies, cq in standards)


NPM1, ABL1 = curve(NPM1_STANDARDS), curve(ABL1_STANDARDS)


def quantified(sample: Wells) -> Quantification:
    target, abl1 = sample
    return quantify_cq(
        target_wells=wells_of(*map(D, target)),
        abl1_wells=wells_of(*map(D, abl1)),
        target_curve=NPM1,
        abl1_curve=ABL1,
    )


def known(value: Decimal | None) -> Decimal:
    assert value is not None
    return value


def to_the_printed_digits(value: Decimal, printed: str) -> bool:
    """Whether the value rounds to what is printed."""
    exponent = D(printed).as_tuple().exponent
    assert isinstance(exponent, int)
    return round(value, -exponent) == D(printed)


@pytest.mark.parametrize(
    ("value", "printed"),
    [
        (NPM1.slope, "-3.424419"),
        (NPM1.intercept, "40.043023"),
        (known(NPM1.r2), "0.9999914"),
        (NPM1.efficiency_pct, "95.894"),
        (ABL1.slope, "-3.4000"),
        (ABL1.intercept, "39.9000"),
        (known(ABL1.r2), "1.0"),
        (ABL1.efficiency_pct, "96.842"),
    ],
)
def test_the_curves_have_the_printed_parameters(value: Decimal, printed: str) -> None:
    assert to_the_printed_digits(value, printed)


def test_both_curves_are_accepted_and_warn_of_single_wells_only() -> None:
    found = [problem.code.value for one in (NPM1, ABL1) for problem in assess_curve(one, CurveLimits())]
    assert found == ["SINGLE_STANDARD_WELLS", "SINGLE_STANDARD_WELLS"]


@pytest.mark.parametrize(
    ("sample", "target", "abl1", "pct_abl1"),
    [
        (DIAGNOSIS, "1444628.38", "26707.70", "5409.03"),
        (FOLLOW_UP, "30.47486", "32724.41", "0.0931258"),
    ],
)
def test_copies_and_ratio_have_the_printed_digits(sample: Wells, target: str, abl1: str, pct_abl1: str) -> None:
    result = quantified(sample)
    assert result.call is Call.DETECTED
    assert to_the_printed_digits(known(result.target_copies), target)
    assert to_the_printed_digits(known(result.abl1_copies), abl1)
    assert to_the_printed_digits(known(result.pct_abl1), pct_abl1)


@pytest.mark.parametrize(
    ("scale", "printed"),
    [(Scale.PER_10_4_ABL1, "9.31258"), (Scale.PER_10_5_ABL1, "93.1258"), (Scale.PCT_BASELINE, "0.00172167")],
)
def test_the_follow_up_on_other_scales(scale: Scale, printed: str) -> None:
    diagnosis, follow_up = quantified(DIAGNOSIS), quantified(FOLLOW_UP)
    value = from_pct_abl1(known(follow_up.pct_abl1), scale, diagnosis.pct_abl1)
    assert to_the_printed_digits(value, printed)


def test_mrd_value_and_log10_reduction() -> None:
    diagnosis, follow_up = (known(quantified(sample).pct_abl1) for sample in (DIAGNOSIS, FOLLOW_UP))
    assert to_the_printed_digits(mrd_value(follow_up, diagnosis), "0.00001721671")
    assert to_the_printed_digits(log10_reduction(diagnosis, follow_up), "4.76405")


def test_sensitivity_of_the_follow_up_sample() -> None:
    diagnosis, follow_up = quantified(DIAGNOSIS), quantified(FOLLOW_UP)
    sensv = sensitivity_value(
        known(follow_up.abl1_copies), known(diagnosis.abl1_copies), known(diagnosis.target_copies)
    )
    assert to_the_printed_digits(sensv, "5.64948E-7")
    assert to_the_printed_digits(limit_pct_baseline(sensv), "0.0000564948")
    assert to_the_printed_digits(known(follow_up.lod_pct_abl1), "0.00305582")
    assert to_the_printed_digits(3 * known(follow_up.lod_pct_abl1), "0.00916747")


def test_delta_cq_on_the_same_wells() -> None:
    diagnosis, follow_up = (
        delta_cq([D(cq) for cq in target], [D(cq) for cq in abl1]) for target, abl1 in (DIAGNOSIS, FOLLOW_UP)
    )
    level = level_by_delta_cq(follow_up, diagnosis)
    assert to_the_printed_digits(follow_up, "10.416667")
    assert to_the_printed_digits(diagnosis, "-5.900000")
    assert to_the_printed_digits(level.delta_delta_cq, "16.316667")
    assert to_the_printed_digits(level.mrdv, "0.0000158848")
    assert to_the_printed_digits(level.pct_baseline, "0.00158848")
    assert to_the_printed_digits(level.log10_reduction, "4.79902")


def test_doubling_each_cycle_is_the_slope_minus_3_3219() -> None:
    level = level_by_delta_cq(D("10.416667"), D("-5.9"), slope=D("-3.3219280948873623"))
    assert to_the_printed_digits(level.mrdv, "0.0000122516")


def test_a_target_at_the_cut_off_gives_the_sensitivity_by_delta_cq() -> None:
    by_hand = 10 ** (((40 - 24.55) + 5.9) / -3.4)
    assert float(sensitivity_by_delta_cq(D("24.55"), D("-5.9"))) == pytest.approx(by_hand, rel=1e-12)
