"""Growth: cases without censoring have a closed form, and every refusal has its reason."""

import math
import timeit
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest

from monitoring.domain.censored_normal import NoMaximum, Residual, log_phi, log_phi_slopes, maximise
from monitoring.domain.growth_likelihood import GrowthLikelihood, bounds
from monitoring.domain.growth_points import GrowthPoint, growth_points
from monitoring.domain.kinetics import (
    GrowthFit,
    Interval,
    NotEstimable,
    PredictedLevel,
    ReachingDate,
    date_of_reaching,
    doubling_time,
    fit_growth,
    predicted_level,
    two_point_growth,
)
from monitoring.domain.kinetics import NotEstimableBecause as Because
from monitoring.domain.results import Result
from monitoring.domain.terms import Call, Tissue
from monitoring.domain.units import IncomparableResults

DAY_0 = date(2025, 1, 6)
BM, PB = Tissue.BONE_MARROW, Tissue.PERIPHERAL_BLOOD
LEVELS = (-2.1, -1.9, -1.2, -1.0, -0.3, 0.4)  # at 0, 20, 40 ... days
HALF_WIDTH = 1.959963984540054


def on(day: float) -> date:
    return DAY_0 + timedelta(days=day)


def at(day: int, log10_level: float, *, censored: bool = False) -> GrowthPoint:
    return GrowthPoint(on(day), log10_level, censored)


def fitted(points: list[GrowthPoint], sd: float = 0.25) -> GrowthFit:
    fit = fit_growth(points, sd)
    assert isinstance(fit, GrowthFit)
    return fit


def because(answer: object) -> Because:
    assert isinstance(answer, NotEstimable)
    return answer.because


def uncensored(levels: tuple[float, ...] = LEVELS) -> list[GrowthPoint]:
    return [at(20 * i, level) for i, level in enumerate(levels)]


def least_squares(levels: tuple[float, ...]) -> tuple[float, float, float, float]:
    """Intercept, slope, sum of squares of the days, and of what is left."""
    days = [20.0 * i for i in range(len(levels))]
    mean_day, mean = sum(days) / len(days), sum(levels) / len(levels)
    sxx = sum((t - mean_day) ** 2 for t in days)
    slope = sum((t - mean_day) * y for t, y in zip(days, levels, strict=True)) / sxx
    intercept = mean - slope * mean_day
    rest = sum((y - intercept - slope * t) ** 2 for t, y in zip(days, levels, strict=True))
    return intercept, slope, sxx, rest


def test_without_censoring_it_is_least_squares_with_a_known_scatter() -> None:
    intercept, slope, sxx, _ = least_squares(LEVELS)
    fit = fitted(uncensored())
    assert (fit.intercept, fit.slope) == pytest.approx((intercept, slope), rel=1e-12)
    width = HALF_WIDTH * 0.25 / math.sqrt(sxx)
    assert fit.slope_interval.low == pytest.approx(slope - width, rel=1e-7)
    assert fit.slope_interval.high == pytest.approx(slope + width, rel=1e-7)


def test_the_level_of_the_line_has_the_textbook_interval() -> None:
    intercept, slope, sxx, _ = least_squares(LEVELS)
    level = predicted_level(fitted(uncensored()), on(130))
    assert isinstance(level, PredictedLevel)
    width = HALF_WIDTH * 0.25 * math.sqrt(1 / 6 + (130 - 50) ** 2 / sxx)
    assert math.log10(level.pct_abl1) == pytest.approx(intercept + 130 * slope, rel=1e-9)
    assert math.log10(level.interval.high) == pytest.approx(intercept + 130 * slope + width, rel=1e-7)


def test_the_date_of_a_level_has_fiellers_interval() -> None:
    intercept, slope, sxx, _ = least_squares(LEVELS)
    reaching = date_of_reaching(fitted(uncensored()), Decimal(100))
    assert isinstance(reaching, ReachingDate)

    def beyond(day: float) -> float:
        """How far the line on a day is from 100 %, in standard errors of the line."""
        return (intercept + slope * day - 2.0) / (0.25 * math.sqrt(1 / 6 + (day - 50) ** 2 / sxx))

    assert abs(beyond(reaching.days)) < 1e-9
    for edge, side in ((reaching.earliest_on, -1), (reaching.latest_on, 1)):
        day = (edge - DAY_0).days
        assert side * beyond(day - 0.5) < HALF_WIDTH < side * beyond(day + 0.5) or (
            side * beyond(day + 0.5) < HALF_WIDTH < side * beyond(day - 0.5)
        )


def test_from_12_detected_points_on_the_scatter_is_estimated() -> None:
    levels = tuple(-3 + 0.2 * i + 0.4 * math.sin(5 * i) for i in range(12))
    _, slope, sxx, rest = least_squares(levels)
    fit = fit_growth(uncensored(levels))
    assert isinstance(fit, GrowthFit)
    assert fit.sd_is_estimated
    assert fit.sd == pytest.approx(math.sqrt(rest / 12), rel=1e-7)
    width = math.sqrt(rest / sxx * math.expm1(HALF_WIDTH**2 / 12))
    low, high = GrowthLikelihood(fit.points, None).slope_bounds()
    assert (low, high) == pytest.approx((slope - width, slope + width), rel=1e-6)


def test_eleven_points_leave_it_at_a_quarter_log() -> None:
    fit = fit_growth(uncensored(tuple(0.1 * i + math.sin(i) for i in range(11))))
    assert isinstance(fit, GrowthFit)
    assert (fit.sd, fit.sd_is_estimated) == (0.25, False)


def test_points_on_one_straight_line_estimate_no_scatter() -> None:
    fit = fit_growth(uncensored(tuple(float(i) for i in range(14))))
    assert isinstance(fit, GrowthFit)
    assert (fit.sd, fit.sd_is_estimated) == (0.25, False)
    assert fit.slope == pytest.approx(0.05)


def test_a_limit_above_the_line_says_little_and_one_below_it_much() -> None:
    rising = uncensored()
    assert fitted([*rising, at(-10, 3.0, censored=True)]).slope == pytest.approx(fitted(rising).slope, rel=1e-6)
    assert fitted([*rising, at(-10, -4.0, censored=True)]).slope > fitted(rising).slope


@pytest.mark.parametrize(
    ("points", "reason"),
    [
        ([], Because.TOO_FEW_POINTS),
        ([at(0, -2), at(30, -1)], Because.TOO_FEW_POINTS),
        ([at(0, -3, censored=True), at(30, -3, censored=True), at(60, -1)], Because.TOO_FEW_DETECTED),
        ([at(0, -3, censored=True), at(60, -1.2), at(60, -1)], Because.DETECTED_ON_ONE_DAY),
    ],
)
def test_too_little_to_fit(points: list[GrowthPoint], reason: Because) -> None:
    assert because(fit_growth(points)) is reason


@pytest.mark.parametrize(
    ("levels", "reason"),
    [((0.0, -1.0, -2.0), Because.NOT_GROWING), ((0.0, 0.0, 0.0), Because.NOT_GROWING)],
)
def test_what_does_not_grow_has_no_doubling_time(levels: tuple[float, ...], reason: Because) -> None:
    fit = fitted(uncensored(levels))
    assert because(doubling_time(fit)) is reason
    assert because(date_of_reaching(fit, Decimal(10))) is reason


def test_growth_that_may_be_chance_has_no_doubling_time() -> None:
    fit = fitted(uncensored((-2.0, -1.9, -1.85)))
    assert fit.slope > 0 > fit.slope_interval.low
    assert because(doubling_time(fit)) is Because.GROWTH_UNCERTAIN


def test_a_date_beyond_a_century_is_no_date() -> None:
    slow = fitted([at(1000 * i, -2 + 0.5 * i) for i in range(3)], sd=0.01)
    assert because(date_of_reaching(slow, Decimal("1e40"))) is Because.TOO_FAR_AHEAD


def test_a_level_far_outside_the_points_has_an_open_interval() -> None:
    level = predicted_level(fitted(uncensored()), on(36_000))
    assert isinstance(level, PredictedLevel)
    assert level.interval.high == math.inf


def test_the_doubling_time_turns_the_slopes_interval_round() -> None:
    fit = replace(fitted(uncensored()), slope=0.03, slope_interval=Interval(0.01, 0.06))
    doubling = doubling_time(fit)
    assert not isinstance(doubling, NotEstimable)
    assert doubling.interval.low < doubling.days < doubling.interval.high


def result(day: int, call: Call = Call.DETECTED, **more: object) -> Result:
    return replace(Result(f"s{day}", on(day), BM, call, abl1_copies=Decimal(40_000), assay_key="A"), **more)  # type: ignore[arg-type]


def test_points_carry_their_own_limits() -> None:
    results = [
        result(30, pct_abl1=Decimal("0.1")),
        result(0, Call.NOT_DETECTED),
        result(10, Call.NOT_DETECTED, lod_pct_abl1=Decimal("0.001")),
        result(20, loq_pct_abl1=Decimal("0.01")),
    ]
    points = growth_points(results, BM, "A", on(0), on(30))
    assert [(point.on, round(point.log10_pct_abl1, 9), point.censored) for point in points] == [
        (on(0), round(math.log10(0.0025), 9), True),
        (on(10), -3, True),
        (on(20), -2, True),
        (on(30), -1, False),
    ]


@pytest.mark.parametrize(
    "left_out",
    [
        result(5, Call.INDETERMINATE),
        result(5, Call.UNKNOWN),
        result(5, Call.NOT_EVALUABLE),
        result(5),  # below quantification, limit unknown
        result(5, Call.NOT_DETECTED, abl1_copies=None),
        result(5, pct_abl1=Decimal(1), abl1_copies=Decimal(999)),
        result(5, pct_abl1=Decimal(1), tissue=PB),
        result(5, pct_abl1=Decimal(1), assay_key="B"),
        result(-1, pct_abl1=Decimal(1)),
        result(31, pct_abl1=Decimal(1)),
    ],
)
def test_what_says_nothing_of_the_level_is_left_out(left_out: Result) -> None:
    assert growth_points([left_out], BM, "A", on(0), on(30)) == ()


def test_a_value_with_just_enough_control_gene_counts() -> None:
    enough = result(5, pct_abl1=Decimal(1), abl1_copies=Decimal(1000))
    assert len(growth_points([enough], BM, "A", on(0), on(30))) == 1


def test_two_points_are_never_taken_across_assays() -> None:
    first = result(0, pct_abl1=Decimal("0.01"))
    with pytest.raises(IncomparableResults):
        two_point_growth(first, result(30, pct_abl1=Decimal("0.1"), assay_key="B"))


def test_two_points_of_following_days_are_enough() -> None:
    growth = two_point_growth(result(0, pct_abl1=Decimal("0.1")), result(1, pct_abl1=Decimal("0.2")))
    assert not isinstance(growth, NotEstimable)
    assert growth.doubling_time_days == pytest.approx(1.0)


def test_two_points_of_one_day_and_a_fall() -> None:
    first, same, lower = (result(day, pct_abl1=Decimal(pct)) for day, pct in ((0, "0.1"), (0, "0.2"), (30, "0.05")))
    assert because(two_point_growth(first, same)) is Because.DETECTED_ON_ONE_DAY
    falling = two_point_growth(first, lower)
    assert not isinstance(falling, NotEstimable)
    assert falling.slope < 0
    assert because(falling.doubling_time_days) is Because.NOT_GROWING


def tail_by_continued_fraction(x: float) -> float:
    """log Phi for negative x by the continued fraction of Laplace."""
    fraction = -x
    for k in range(400, 0, -1):
        fraction = -x + k / fraction
    return -0.5 * x * x - 0.5 * math.log(2 * math.pi) - math.log(fraction)


@pytest.mark.parametrize("x", [-4.0, -10.0, -24.999, -25.0, -25.001, -37.0, -40.0, -1e3, -1e6])
def test_log_phi_in_the_far_tail(x: float) -> None:
    assert log_phi(x) == pytest.approx(tail_by_continued_fraction(x), rel=1e-13)


@pytest.mark.parametrize(
    ("x", "value"), [(0.0, math.log(0.5)), (1.0, -0.172753779023450), (10.0, -7.619853024160527e-24)]
)
def test_log_phi_near_and_above_zero(x: float, value: float) -> None:
    assert log_phi(x) == pytest.approx(value, rel=1e-12)


@pytest.mark.parametrize("x", [-60.0, -26.0, -24.0, -3.0, 0.0, 2.0])
def test_slopes_of_log_phi_by_differences(x: float) -> None:
    slope, curvature = log_phi_slopes(x)
    step = 1e-5
    assert slope == pytest.approx((log_phi(x + step) - log_phi(x - step)) / (2 * step), rel=1e-7)
    before, after = log_phi_slopes(x - step)[0], log_phi_slopes(x + step)[0]
    assert curvature == pytest.approx((before - after) / (2 * step), rel=1e-4)


def test_a_curvature_far_in_the_tail_is_one() -> None:
    assert log_phi_slopes(-1e8)[1] == pytest.approx(1.0, abs=1e-12)


def test_a_likelihood_without_maximum_is_refused() -> None:
    with pytest.raises(NoMaximum):
        maximise([Residual(0.0, (0.0,), censored=False)], [1.0])
    with pytest.raises(NoMaximum):
        bounds(lambda place: 0.0, best_at=1.0, best=0.0, spread=1.0)


def test_a_wide_scatter_does_not_stop_the_search() -> None:
    """Found by chance: far from the line the likelihood is too large a number to show the last gains."""
    detected = ((219, -1.53125), (221, 3.875), (221, -1.0), (256, -2.625), (624, -0.1875), (1298, -0.171875))
    points = [at(0, -0.125, censored=True), at(587, 0.0, censored=True), *(at(*one) for one in detected)]
    fit = fitted(points)
    assert fit.slope_interval.low < fit.slope < fit.slope_interval.high


def test_a_fit_with_its_interval_takes_a_few_milliseconds() -> None:
    points = [at(14 * i, -2.6, censored=True) for i in range(4)]
    points += [at(56 + 14 * i, -2.4 + 0.3 * i + 0.2 * math.sin(i)) for i in range(8)]
    assert min(timeit.repeat(lambda: fit_growth(points), number=1, repeat=30)) < 0.005
