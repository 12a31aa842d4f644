"""The interval where the scatter is not known: Student's without censoring, the whole integral with it."""

import math
import timeit
from datetime import date, timedelta
from decimal import Decimal

import pytest

from monitoring.domain.censored_normal import NoMaximum, log_phi
from monitoring.domain.growth_bounds import crossing
from monitoring.domain.growth_middle import middle
from monitoring.domain.growth_points import GrowthPoint
from monitoring.domain.growth_posterior import PRIOR, GrowthPosterior
from monitoring.domain.growth_ridge import best_of, lines
from monitoring.domain.kinetics import (
    GrowthFit,
    HalvingTime,
    NotEstimable,
    PredictedLevel,
    ReachingDate,
    date_of_reaching,
    doubling_time,
    fit_growth,
    halving_time,
    predicted_level,
)
from monitoring.domain.kinetics import NotEstimableBecause as Because

DAY_0 = date(2025, 1, 6)
# upper 2.5 % points of Student's distribution
STUDENT = {4: 2.7764451052, 5: 2.5705818356, 8: 2.3060041352, 14: 2.1447866879}
WORKED = ((0, math.log10(0.0025), True), (30, math.log10(0.003), True), (60, math.log10(0.006), False),
          (90, math.log10(0.045), False))  # fmt: skip
# marrow that falls below ever lower limits: the interval ends in a cliff on one side and in a long slope on the other
FALLING = ((0, -2.295, False), (14, -2.374, False), (72, -2.359, True), (122, -2.591, True), (173, -3.01, True))
CLIFF = ((0, -2.4951, True), (46, -2.3553, True), (82, -2.0519, True), (98, -2.3828, False), (115, -1.7781, False))

Drawn = tuple[tuple[int, float, bool], ...]


def points(drawn: Drawn) -> tuple[GrowthPoint, ...]:
    return tuple(GrowthPoint(DAY_0 + timedelta(days=day), level, censored) for day, level, censored in drawn)


def fitted(drawn: Drawn) -> GrowthFit:
    fit = fit_growth(points(drawn))
    assert isinstance(fit, GrowthFit)
    return fit


def level_by_level(*levels: float) -> Drawn:
    return tuple((20 * i, level, False) for i, level in enumerate(levels))


def moderated(levels: tuple[float, ...], day: float) -> tuple[float, float, float, float]:
    """Slope, half-width of its interval, level on a day and half-width of its interval, in closed form."""
    days, n = [20.0 * i for i in range(len(levels))], len(levels)
    mean_day, mean = sum(days) / n, sum(levels) / n
    sxx = sum((t - mean_day) ** 2 for t in days)
    slope = sum((t - mean_day) * y for t, y in zip(days, levels, strict=True)) / sxx
    rest = sum((y - mean - slope * (t - mean_day)) ** 2 for t, y in zip(days, levels, strict=True))
    freedom = PRIOR.points + n - 2
    width = STUDENT[round(freedom)] * math.sqrt((PRIOR.points * PRIOR.sd**2 + rest) / freedom)
    level = mean + slope * (day - mean_day)
    return slope, width / math.sqrt(sxx), level, width * math.sqrt(1 / n + (day - mean_day) ** 2 / sxx)


@pytest.mark.parametrize(
    "levels",
    [
        (-2.1, -1.9, -1.2),
        (-2.0, -0.4, -1.2),
        (-2.1, -1.9, -1.2, -1.0, -0.3, 0.4),
        tuple(-3 + 0.3 * i + 0.6 * math.sin(5 * i) for i in range(12)),
    ],
)
def test_without_censoring_it_is_students_interval_with_four_earlier_points(levels: tuple[float, ...]) -> None:
    slope, width, level, level_width = moderated(levels, 130.0)
    posterior = GrowthPosterior(points(level_by_level(*levels)), 0.0, 0.0)
    low, high = posterior.slope_bounds()
    assert (low, high) == pytest.approx((slope - width, slope + width), abs=0.002 * width)
    low, high = posterior.level_bounds(130.0)
    assert (low, high) == pytest.approx((level - level_width, level + level_width), abs=0.002 * level_width)


@pytest.mark.parametrize("drawn", [WORKED, FALLING, CLIFF], ids=["worked", "falling", "cliff"])
def test_with_censoring_it_is_the_whole_integral(drawn: Drawn) -> None:
    fit = fitted(drawn)
    low, high = fit.slope_interval.low, fit.slope_interval.high
    below, above = (share_below(drawn, bound, fit) for bound in (low, high))
    assert below == pytest.approx(0.025, abs=0.003)
    assert above == pytest.approx(0.975, abs=0.003)


def share_below(drawn: Drawn, bound: float, fit: GrowthFit) -> float:
    """The share of the integral over slope, intercept and scatter that lies below a slope, summed on a grid."""
    width = fit.slope_interval.high - fit.slope_interval.low
    centre = sum(day for day, _, censored in drawn if not censored) / sum(not censored for *_, censored in drawn)
    level = fit.intercept + fit.slope * centre
    shares = [0.0, 0.0]
    for i in range(-70, 71):
        stretched = 0.04 * i
        slope = bound + width * math.sinh(stretched) / 2
        weight = math.cosh(stretched) * (0.5 if i == 0 else 1.0)
        mass = weight * sum(
            math.exp(log_joint(drawn, level + 0.08 * j, slope, centre, math.exp(0.3 * k)))
            for j in range(-25, 26)
            for k in range(-2, 11)
        )
        for side, counted in ((0, i <= 0), (1, i >= 0)):
            shares[side] += mass * counted
    return shares[0] / sum(shares)


def log_joint(drawn: Drawn, level: float, slope: float, centre: float, h: float) -> float:
    total = PRIOR.points * (math.log(h) - 0.5 * (PRIOR.sd * h) ** 2)
    for day, y, censored in drawn:
        residual = h * (y - level - slope * (day - centre))
        total += log_phi(residual) if censored else math.log(h) - 0.5 * residual * residual
    return total


def test_the_worked_example_with_unknown_scatter() -> None:
    fit = fitted(WORKED)
    assert round(fit.slope, 7) == 0.0297236
    assert (round(fit.slope_interval.low, 4), round(fit.slope_interval.high, 4)) == (0.0153, 0.0645)
    doubling = doubling_time(fit)
    assert not isinstance(doubling, NotEstimable)
    assert [round(one, 1) for one in (doubling.days, doubling.interval.low, doubling.interval.high)] == [
        10.1,
        4.7,
        19.7,
    ]


def test_points_that_scatter_more_widen_it_and_points_that_scatter_less_do_not_end_it() -> None:
    calm, usual, wild = (level_by_level(*(0.5 * i + swing * (-1) ** i for i in range(8))) for swing in (0, 0.2, 0.6))
    widths = [fitted(each).slope_interval.high - fitted(each).slope_interval.low for each in (calm, usual, wild)]
    assert widths[0] < widths[1] < widths[2]
    assert widths[0] > 0.4 * widths[1]


def test_the_band_of_the_level_reaches_it_on_the_days_that_are_told() -> None:
    fit = fitted(WORKED)
    reaching = date_of_reaching(fit, Decimal(10))
    assert isinstance(reaching, ReachingDate)
    for day, side in ((reaching.earliest_on, "high"), (reaching.latest_on, "low")):
        around = [predicted_level(fit, day + timedelta(days=days)) for days in (-1, 1)]
        assert all(isinstance(one, PredictedLevel) for one in around)
        before, after = (getattr(one.interval, side) for one in around if isinstance(one, PredictedLevel))
        assert before < 10 < after


def test_a_fall_has_a_halving_time() -> None:
    fit = fitted(level_by_level(0.4, -0.3, -1.0, -1.2, -1.9, -2.1))
    halving = halving_time(fit)
    assert isinstance(halving, HalvingTime)
    assert halving.days == pytest.approx(math.log10(2) / -fit.slope)
    assert 0 < halving.interval.low < halving.days < halving.interval.high


@pytest.mark.parametrize(
    ("levels", "reason"),
    [
        ((-2.0, -1.0, 0.0), Because.NOT_FALLING),
        ((0.0, 0.0, 0.0), Because.NOT_FALLING),
        ((-1.85, -1.9, -2.0), Because.FALL_UNCERTAIN),
    ],
)
def test_what_does_not_surely_fall_has_no_halving_time(levels: tuple[float, ...], reason: Because) -> None:
    halving = halving_time(fitted(level_by_level(*levels)))
    assert isinstance(halving, NotEstimable)
    assert halving.because is reason


def test_the_middle_of_a_lopsided_distribution() -> None:
    """The logarithm of an exponential variable: its quantiles are known."""
    low, high = middle(lambda x: x - math.exp(x), 0.0, 2.5, 1.4)
    assert (low, high) == pytest.approx((math.log(-math.log(0.975)), math.log(-math.log(0.025))), abs=0.01)


def test_a_search_without_end_is_refused() -> None:
    with pytest.raises(NoMaximum):
        crossing(lambda place: -1.0, 0.0, -1.0, 1.0)
    with pytest.raises(NoMaximum):
        best_of(lines([(1.0, 0.0, True)], PRIOR), 1.0, 4.0)


def test_a_forecast_takes_a_few_milliseconds() -> None:
    fit = fitted(WORKED)
    assert min(timeit.repeat(lambda: date_of_reaching(fit, Decimal(10)), number=1, repeat=10)) < 0.05
