"""Laws of the growth line, for any points."""

import math
from datetime import date, timedelta
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from monitoring.domain.censored_normal import log_phi, log_phi_slopes
from monitoring.domain.growth_likelihood import LIKELIHOOD_DROP, GrowthLikelihood
from monitoring.domain.growth_points import GrowthPoint
from monitoring.domain.kinetics import (
    GrowthFit,
    NotEstimable,
    date_of_reaching,
    doubling_time,
    fit_growth,
    predicted_level,
)

DAY_0 = date(2025, 1, 6)
points = st.lists(
    st.tuples(st.integers(0, 1500), st.floats(-4, 3, allow_nan=False), st.booleans()), min_size=0, max_size=16
)


def made(
    drawn: list[tuple[int, float, bool]], *, later: int = 0, slower: int = 1, higher: float = 0
) -> list[GrowthPoint]:
    return [
        GrowthPoint(DAY_0 + timedelta(days=later + slower * day), level + higher, censored)
        for day, level, censored in drawn
    ]


def close(a: float, b: float, scale: float = 1.0) -> bool:
    return math.isclose(a, b, rel_tol=1e-5, abs_tol=1e-7 * scale)


@given(points)
def test_any_points_give_a_line_or_a_reason(drawn: list[tuple[int, float, bool]]) -> None:
    fit = fit_growth(made(drawn))
    if isinstance(fit, NotEstimable):
        return
    numbers = (fit.intercept, fit.slope, fit.slope_interval.low, fit.slope_interval.high, fit.sd)
    assert all(map(math.isfinite, numbers))
    assert fit.slope_interval.low < fit.slope < fit.slope_interval.high
    predicted_level(fit, DAY_0 + timedelta(days=1600))
    reaching, doubling = date_of_reaching(fit, Decimal(10)), doubling_time(fit)
    if isinstance(doubling, NotEstimable):
        assert isinstance(reaching, NotEstimable)
    if not isinstance(reaching, NotEstimable):
        assert reaching.earliest_on <= reaching.on <= reaching.latest_on


@given(points)
def test_with_a_known_scatter_the_line_is_the_best_and_its_bounds_cost_what_they_should(
    drawn: list[tuple[int, float, bool]],
) -> None:
    fit = fit_growth(made(drawn), sd=0.25)
    if isinstance(fit, NotEstimable):
        return
    likelihood = GrowthLikelihood(fit.points, fit.sd)
    width = fit.slope_interval.high - fit.slope_interval.low
    for nearby in (fit.slope - 0.01 * width, fit.slope + 0.01 * width):
        assert likelihood.of_slope(nearby) < likelihood.best + 1e-9
    for bound in (fit.slope_interval.low, fit.slope_interval.high):
        assert math.isclose(likelihood.best - likelihood.of_slope(bound), LIKELIHOOD_DROP, rel_tol=1e-6)


@given(points, st.integers(1, 400), st.floats(-3, 3))
def test_neither_the_calendar_nor_the_unit_changes_the_slope(
    drawn: list[tuple[int, float, bool]], later: int, higher: float
) -> None:
    fit, moved = fit_growth(made(drawn)), fit_growth(made(drawn, later=later, higher=higher))
    assert isinstance(fit, NotEstimable) == isinstance(moved, NotEstimable)
    if isinstance(fit, GrowthFit) and isinstance(moved, GrowthFit):
        assert close(fit.slope, moved.slope)
        assert close(fit.slope_interval.low, moved.slope_interval.low)
        assert close(fit.intercept + higher, moved.intercept, scale=100)


@given(points, st.integers(2, 5))
def test_twice_as_slow_is_half_the_slope(drawn: list[tuple[int, float, bool]], slower: int) -> None:
    fit, slow = fit_growth(made(drawn)), fit_growth(made(drawn, slower=slower))
    if isinstance(fit, GrowthFit) and isinstance(slow, GrowthFit):
        assert close(fit.slope / slower, slow.slope)
        assert close(fit.slope_interval.high / slower, slow.slope_interval.high)


@given(points)
def test_the_order_of_the_points_does_not_matter(drawn: list[tuple[int, float, bool]]) -> None:
    fit, reverse = fit_growth(made(drawn)), fit_growth(made(drawn[::-1]))
    assert isinstance(fit, NotEstimable) == isinstance(reverse, NotEstimable)
    if isinstance(fit, GrowthFit) and isinstance(reverse, GrowthFit):
        assert close(fit.slope, reverse.slope)


@given(st.floats(-1e6, 40), st.floats(0, 10))
def test_log_phi_rises_and_is_concave(x: float, further: float) -> None:
    assert log_phi(x) <= log_phi(x + further) <= 0
    slope, curvature = log_phi_slopes(x)
    assert slope >= 0
    assert -1e-9 <= curvature <= 1 + 1e-9
