"""Laws of the laboratory's arithmetic, for any sample."""

from decimal import Decimal
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from monitoring.domain.copies import MeanCopies, copies_of_cq, pct_of
from monitoring.domain.quantification import quantify_copies
from monitoring.domain.replicates import call_wells, wells_of
from monitoring.domain.sensitivity import limit_pct_abl1, probability_of_detection
from monitoring.domain.standard_curve import StandardCurve, StandardWell, fit_standard_curve
from monitoring.domain.terms import Call
from monitoring.domain.units import Scale, fell_by_logs, from_pct_abl1, log10_reduction, rose_by_logs, to_pct_abl1

copies = st.integers(1, 10**8).map(Decimal)
wells = st.lists(st.integers(0, 10**6).map(Decimal), min_size=2, max_size=6)
means = st.builds(MeanCopies, copies, st.integers(1, 10))
levels = st.decimals("1e-9", "1e6", allow_nan=False, allow_infinity=False).filter(lambda level: level > 0)
thresholds = st.sampled_from([Decimal(text) for text in ("2", "1", "0.1", "0.01", "0.001")])


def exact(target: MeanCopies, abl1: MeanCopies) -> Fraction:
    return 100 * Fraction(target.total) / target.wells * abl1.wells / Fraction(abl1.total)


@given(means, means, thresholds)
def test_rounding_never_crosses_a_threshold(target: MeanCopies, abl1: MeanCopies, threshold: Decimal) -> None:
    assert (pct_of(target, abl1) >= threshold) == (exact(target, abl1) >= Fraction(threshold))


@given(means, thresholds, st.integers(1, 10), st.integers(-1, 1))
def test_rounding_never_crosses_a_threshold_one_copy_away(
    abl1: MeanCopies, threshold: Decimal, number: int, apart: int
) -> None:
    total = int(Fraction(threshold) / 100 * Fraction(abl1.total) / abl1.wells * number) + apart
    if total > 0:
        target = MeanCopies(Decimal(total), number)
        assert (pct_of(target, abl1) >= threshold) == (exact(target, abl1) >= Fraction(threshold))


@given(means, means, st.integers(1, 10), st.integers(1, 10), st.integers(-1, 1))
def test_rounding_never_makes_a_tenfold_rise_one_copy_away(
    target: MeanCopies, abl1: MeanCopies, factor: int, number: int, apart: int
) -> None:
    abl1_2 = MeanCopies(factor * abl1.total, abl1.wells)
    total = int(10 * factor * Fraction(target.total) / target.wells * number) + apart
    if total > 0:
        target_2 = MeanCopies(Decimal(total), number)
        rise = exact(target_2, abl1_2) >= 10 * exact(target, abl1)
        assert rose_by_logs(pct_of(target, abl1), pct_of(target_2, abl1_2)) == rise


@given(means, means, means, means)
def test_rounding_never_makes_or_breaks_a_tenfold_rise(
    target: MeanCopies, abl1: MeanCopies, target_2: MeanCopies, abl1_2: MeanCopies
) -> None:
    rise = exact(target_2, abl1_2) >= 10 * exact(target, abl1)
    assert rose_by_logs(pct_of(target, abl1), pct_of(target_2, abl1_2)) == rise


@given(means, means)
def test_ten_times_the_copies_are_exactly_one_log(target: MeanCopies, abl1: MeanCopies) -> None:
    tenfold = MeanCopies(10 * target.total, target.wells)
    assert rose_by_logs(pct_of(target, abl1), pct_of(tenfold, abl1))
    assert fell_by_logs(pct_of(tenfold, abl1), pct_of(target, abl1))


@given(wells, wells)
def test_a_value_stands_only_with_detected(target: list[Decimal], abl1: list[Decimal]) -> None:
    result = quantify_copies(target_copies_by_well=target, abl1_copies_by_well=abl1)
    if result.pct_abl1 is not None:
        assert result.call is Call.DETECTED
        assert result.loq_pct_abl1 is not None
        assert result.pct_abl1 >= result.loq_pct_abl1 > 0


@given(wells, wells, st.randoms())
def test_the_order_of_wells_does_not_matter(target: list[Decimal], abl1: list[Decimal], chance: object) -> None:
    shuffled = sorted(target, key=lambda _: chance.random())  # type: ignore[attr-defined]
    assert quantify_copies(target_copies_by_well=shuffled, abl1_copies_by_well=abl1) == quantify_copies(
        target_copies_by_well=target, abl1_copies_by_well=abl1
    )


@given(st.integers(2, 12), st.data())
def test_one_more_positive_well_never_weakens_the_call(valid: int, data: st.DataObject) -> None:
    strength = [Call.NOT_DETECTED, Call.INDETERMINATE, Call.DETECTED]
    positive = data.draw(st.integers(0, valid - 1))
    weaker, stronger = call_wells(positive, valid), call_wells(positive + 1, valid)
    assert strength.index(weaker) <= strength.index(stronger)


@given(st.integers(1, 3), means)
def test_a_limit_scales_with_its_copies(k: int, abl1: MeanCopies) -> None:
    one, several = limit_pct_abl1(Decimal(1), abl1), limit_pct_abl1(Decimal(k), abl1)
    assert abs(several - k * one) <= several * Decimal("1e-18")


slopes = st.decimals("-3.9", "-3.0", places=4)
intercepts = st.decimals("30", "45", places=4)


@given(slopes, intercepts, st.integers(1, 10**7).map(Decimal))
def test_copies_come_back_from_their_cq(slope: Decimal, intercept: Decimal, counted: Decimal) -> None:
    cq = slope * counted.log10() + intercept
    assert abs(copies_of_cq(cq, StandardCurve(slope, intercept)) / counted - 1) < Decimal("1e-15")


@given(slopes, intercepts, st.sets(st.integers(1, 10**7), min_size=3, max_size=7))
def test_points_on_a_line_give_that_line(slope: Decimal, intercept: Decimal, nominal: set[int]) -> None:
    standards = [StandardWell(Decimal(n), slope * Decimal(n).log10() + intercept) for n in sorted(nominal)]
    curve = fit_standard_curve(standards)
    assert abs(curve.slope - slope) < Decimal("1e-12")
    assert abs(curve.intercept - intercept) < Decimal("1e-12")
    assert curve.r2 is not None
    assert Decimal("0.999999") < curve.r2 <= 1


@given(st.lists(st.decimals("20", "39", places=2), min_size=3, max_size=3), slopes)
def test_a_later_cq_means_fewer_copies(cqs: list[Decimal], slope: Decimal) -> None:
    curve = StandardCurve(slope, Decimal(40))
    ordered = [copies_of_cq(well.cq, curve) for well in wells_of(*sorted(cqs)) if well.cq is not None]
    assert ordered == sorted(ordered, reverse=True)


@given(st.floats(0, 50), st.floats(0, 50), st.integers(2, 6))
def test_more_copies_are_never_seen_less_often(a: float, b: float, number: int) -> None:
    fewer, more = sorted((a, b))
    assert probability_of_detection(fewer, number) <= probability_of_detection(more, number) + 1e-12


@given(levels, st.sampled_from([scale for scale in Scale if scale is not Scale.PCT_BASELINE]))
def test_a_scale_and_back_is_the_same_number(level: Decimal, scale: Scale) -> None:
    assert to_pct_abl1(from_pct_abl1(level, scale), scale) == level


@given(levels, levels)
def test_per_cent_of_diagnosis_and_back(level: Decimal, baseline: Decimal) -> None:
    there = from_pct_abl1(level, Scale.PCT_BASELINE, baseline)
    assert abs(to_pct_abl1(there, Scale.PCT_BASELINE, baseline) / level - 1) < Decimal("1e-26")


@given(levels, levels, st.sampled_from(list(Scale)))
def test_a_log_difference_is_the_same_on_every_scale(a: Decimal, b: Decimal, scale: Scale) -> None:
    on_scale = [from_pct_abl1(level, scale, Decimal(640)) for level in (a, b)]
    assert abs(log10_reduction(a, b) - log10_reduction(*on_scale)) < Decimal("1e-20")


@given(levels, levels)
def test_a_fall_is_the_rise_seen_from_the_other_end(a: Decimal, b: Decimal) -> None:
    assert fell_by_logs(a, b) == rose_by_logs(b, a)
    assert abs(log10_reduction(a, b) + log10_reduction(b, a)) < Decimal("1e-20")
