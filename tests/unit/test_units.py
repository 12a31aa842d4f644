"""Scales and comparisons."""

import math
from datetime import date
from decimal import Decimal, getcontext, localcontext

import pytest

from monitoring.domain.results import Result
from monitoring.domain.terms import Call, Tissue
from monitoring.domain.units import (
    BaselineMissing,
    Incomparability,
    IncomparableResults,
    NotALevel,
    Scale,
    ScaleMissing,
    fell_by_logs,
    from_pct_abl1,
    log10_of,
    log10_reduction,
    log10_reduction_between,
    rose_by_logs,
    to_pct_abl1,
)

D = Decimal


def result(tissue: Tissue = Tissue.BONE_MARROW, key: str = "A", pct: str | None = "0.5") -> Result:
    value = None if pct is None else D(pct)
    return Result("s", date(2025, 1, 6), tissue, Call.DETECTED, value, assay_key=key)


def test_a_number_without_its_scale_is_refused() -> None:
    with pytest.raises(ScaleMissing):
        to_pct_abl1(D("0.02"), None)
    with pytest.raises(ScaleMissing):
        from_pct_abl1(D("0.02"), None)


def test_the_same_number_means_a_hundredfold_difference_by_scale() -> None:
    assert to_pct_abl1(D("0.02"), Scale.PCT_ABL1) == D("0.02")
    assert to_pct_abl1(D("0.02"), Scale.RATIO) == 2
    assert to_pct_abl1(D("0.02"), Scale.PER_10_4_ABL1) == D("0.0002")
    assert to_pct_abl1(D("0.02"), Scale.PER_10_5_ABL1) == D("0.00002")


def test_per_cent_of_diagnosis_needs_the_diagnosis() -> None:
    assert to_pct_abl1(D(1), Scale.PCT_BASELINE, D(1000)) == 10
    assert from_pct_abl1(D(10), Scale.PCT_BASELINE, D(1000)) == 1
    with pytest.raises(BaselineMissing):
        to_pct_abl1(D(1), Scale.PCT_BASELINE)
    with pytest.raises(NotALevel):
        to_pct_abl1(D(1), Scale.PCT_BASELINE, D(0))


@pytest.mark.parametrize("value", ["0", "-0.1", "NaN", "Infinity"])
def test_what_is_not_a_level_is_refused(value: str) -> None:
    with pytest.raises(NotALevel):
        to_pct_abl1(D(value), Scale.RATIO)
    with pytest.raises(NotALevel):
        log10_of(D(value))


def test_a_conversion_does_not_depend_on_the_callers_precision() -> None:
    long = D("0.1234567890123456789012345678901234567890")
    with localcontext() as context:
        context.prec = 5
        assert from_pct_abl1(to_pct_abl1(long, Scale.RATIO), Scale.RATIO) == long
    assert getcontext().prec == 28


def test_a_tenfold_rise_is_one_log_where_floats_miss_it() -> None:
    pairs = [(k / 1000, k / 100) for k in range(1, 1000)]
    assert sum(math.log10(high / low) < 1 for low, high in pairs) > 0
    assert all(rose_by_logs(D(str(low)), D(str(high))) for low, high in pairs)
    assert all(fell_by_logs(D(str(high)), D(str(low))) for low, high in pairs)


def test_just_under_one_log_is_not_one_log() -> None:
    assert not rose_by_logs(D("0.02"), D("0.1999999999999999999999999999999999"))
    assert not fell_by_logs(D("0.5"), D("0.0500000000000000000000000000000001"))


def test_log10_of_powers_of_ten_is_whole() -> None:
    assert log10_of(D("0.001")) == -3
    assert log10_reduction(D(1000), D("0.1")) == 4
    assert log10_reduction(D("0.7"), D("0.07")) == 1


@pytest.mark.parametrize(
    ("other", "reason"),
    [
        (result(Tissue.PERIPHERAL_BLOOD), Incomparability.TISSUE),
        (result(key="B"), Incomparability.ASSAY_KEY),
        (result(pct=None), Incomparability.NOT_QUANTIFIED),
    ],
)
def test_a_log_difference_is_never_taken_across(other: Result, reason: Incomparability) -> None:
    with pytest.raises(IncomparableResults) as refused:
        log10_reduction_between(result(), other)
    assert refused.value.reason is reason


def test_a_log_difference_within_tissue_and_assay() -> None:
    assert log10_reduction_between(result(pct="0.5"), result(pct="0.05")) == 1
    assert log10_reduction_between(result(pct="0.05"), result(pct="0.5")) == -1
