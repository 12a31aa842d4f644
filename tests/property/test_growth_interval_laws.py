"""Laws of the interval where the scatter is not known, for any points."""

import math
from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from monitoring.domain.growth_points import GrowthPoint
from monitoring.domain.kinetics import (
    GrowthFit,
    Interval,
    NotEstimable,
    doubling_time,
    fit_growth,
    halving_time,
    predicted_level,
)

DAY_0 = date(2025, 1, 6)
CLOSE = 1e-3  # of the width: the grid on which it is summed is placed anew
NO_ABSURD_WIDENING = 1.5

Drawn = list[tuple[int, float, bool]]
days = st.integers(0, 1500)
levels = st.floats(-4, 3, allow_nan=False)
points = st.lists(st.tuples(days, levels, st.booleans()), max_size=14)
detected = st.lists(st.tuples(days, levels, st.just(value=False)), min_size=3, max_size=14)


def fitted(drawn: Drawn, *, slower: int = 1, higher: float = 0.0, sign: int = 1) -> GrowthFit | NotEstimable:
    return fit_growth(
        [GrowthPoint(DAY_0 + timedelta(days=sign * slower * day), level + higher, cens) for day, level, cens in drawn]
    )


def same(one: Interval, other: Interval, factor: float = 1.0) -> bool:
    allowed = CLOSE * (one.high - one.low)
    return abs(one.low - factor * other.low) < allowed and abs(one.high - factor * other.high) < allowed


@given(points)
def test_it_holds_the_estimate(drawn: Drawn) -> None:
    fit = fitted(drawn)
    if isinstance(fit, GrowthFit):
        assert fit.slope_interval.low <= fit.slope <= fit.slope_interval.high
        assert fit.slope_interval.low < fit.slope_interval.high


@given(points)
def test_nothing_grows_and_falls_at_once(drawn: Drawn) -> None:
    fit = fitted(drawn)
    if isinstance(fit, GrowthFit):
        doubling, halving = doubling_time(fit), halving_time(fit)
        assert isinstance(doubling, NotEstimable) or isinstance(halving, NotEstimable)
        for one in (doubling, halving):
            if not isinstance(one, NotEstimable):
                assert 0 < one.interval.low <= one.days <= one.interval.high


@given(points, st.floats(-3, 3))
def test_the_unit_of_the_level_does_not_matter(drawn: Drawn, higher: float) -> None:
    fit, moved = fitted(drawn), fitted(drawn, higher=higher)
    if isinstance(fit, GrowthFit) and isinstance(moved, GrowthFit):
        assert same(fit.slope_interval, moved.slope_interval)


@given(points, st.integers(2, 5))
def test_time_drawn_out_draws_it_in(drawn: Drawn, slower: int) -> None:
    fit, slow = fitted(drawn), fitted(drawn, slower=slower)
    if isinstance(fit, GrowthFit) and isinstance(slow, GrowthFit):
        assert same(fit.slope_interval, slow.slope_interval, slower)


@given(points)
def test_time_turned_round_turns_it_round(drawn: Drawn) -> None:
    fit, mirrored = fitted(drawn), fitted(drawn, sign=-1)
    if isinstance(fit, GrowthFit) and isinstance(mirrored, GrowthFit):
        turned = Interval(-mirrored.slope_interval.high, -mirrored.slope_interval.low)
        assert same(fit.slope_interval, turned)


@given(detected, days)
def test_a_further_point_on_the_line_never_widens_it(drawn: Drawn, day: int) -> None:
    fit = fitted(drawn)
    if isinstance(fit, GrowthFit):
        wider = fitted([*drawn, on_the_line(fit, day)])
        assert isinstance(wider, GrowthFit)
        assert width(wider) < width(fit) * (1 + CLOSE)


@given(points, days)
def test_nor_does_it_widen_it_absurdly_where_some_are_only_limits(drawn: Drawn, day: int) -> None:
    fit = fitted(drawn)
    if isinstance(fit, GrowthFit):
        wider = fitted([*drawn, on_the_line(fit, day)])
        assert isinstance(wider, GrowthFit)
        assert width(wider) < width(fit) * NO_ABSURD_WIDENING


def on_the_line(fit: GrowthFit, day: int) -> tuple[int, float, bool]:
    return day, fit.intercept + fit.slope * ((DAY_0 - fit.origin).days + day), False


def width(fit: GrowthFit) -> float:
    return fit.slope_interval.high - fit.slope_interval.low


@given(points, st.integers(-200, 1700))
def test_the_band_holds_the_line(drawn: Drawn, day: int) -> None:
    fit = fitted(drawn)
    if isinstance(fit, GrowthFit):
        level = predicted_level(fit, DAY_0 + timedelta(days=day))
        assert not isinstance(level, NotEstimable)
        assert 0 <= level.interval.low <= level.pct_abl1 <= level.interval.high
        assert not math.isnan(level.interval.low)
