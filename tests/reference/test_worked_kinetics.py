"""Growth through two negatives and two positives, worked by hand, and the published doubling times."""

import math
from datetime import date, timedelta
from decimal import Decimal

import pytest

from monitoring.domain.growth_points import GrowthPoint
from monitoring.domain.kinetics import (
    DoublingTime,
    GrowthFit,
    PredictedLevel,
    ReachingDate,
    TwoPointGrowth,
    date_of_reaching,
    doubling_time,
    fit_growth,
    predicted_level,
    two_point_growth,
)
from monitoring.domain.published_kinetics import days_per_log10, days_to_level, log10_rise_in
from monitoring.domain.results import Result
from monitoring.domain.terms import Call, Marker, Tissue

DAY_0 = date(2025, 1, 6)


def point(day: int, pct_abl1: float, *, censored: bool = False) -> GrowthPoint:
    return GrowthPoint(DAY_0 + timedelta(days=day), math.log10(pct_abl1), censored)


SERIES = (
    point(0, 0.0025, censored=True),
    point(30, 0.0030, censored=True),
    point(60, 0.006),
    point(90, 0.045),
)


def fitted(sd: float = 0.25) -> GrowthFit:
    fit = fit_growth(SERIES, sd)
    assert isinstance(fit, GrowthFit)
    return fit


FIT = fitted()


def test_the_line() -> None:
    assert round(FIT.intercept, 5) == -4.01636
    assert round(FIT.slope, 7) == 0.0297236
    assert FIT.sd == 0.25


def test_the_interval_of_the_slope() -> None:
    assert (round(FIT.slope_interval.low, 4), round(FIT.slope_interval.high, 4)) == (0.0136, 0.0523)


def test_the_doubling_time() -> None:
    doubling = doubling_time(FIT)
    assert isinstance(doubling, DoublingTime)
    assert round(doubling.days, 2) == 10.13
    assert round(doubling.interval.low, 1) == 5.8
    # 22.1 is the inverse of the bound as printed, 0.0136; that of the bound itself is 22.18
    assert round(doubling.interval.high, 2) == 22.18


def test_the_forecast() -> None:
    level = predicted_level(FIT, DAY_0 + timedelta(days=120))
    ten, hundred = (date_of_reaching(FIT, Decimal(pct)) for pct in (10, 100))
    assert isinstance(level, PredictedLevel)
    assert isinstance(ten, ReachingDate)
    assert isinstance(hundred, ReachingDate)
    assert round(level.pct_abl1, 3) == 0.355
    assert (round(ten.days, 1), round(hundred.days, 1)) == (168.8, 202.4)
    assert ten.on == DAY_0 + timedelta(days=169)


def test_a_larger_standard_deviation() -> None:
    fit = fitted(sd=0.30)
    assert round(fit.slope, 7) == 0.0304407
    doubling = doubling_time(fit)
    assert isinstance(doubling, DoublingTime)
    assert round(doubling.days, 2) == 9.89


def test_two_points_alone() -> None:
    earlier, later = (
        Result(str(day), DAY_0 + timedelta(days=day), Tissue.BONE_MARROW, Call.DETECTED, Decimal(pct))
        for day, pct in ((60, "0.006"), (90, "0.045"))
    )
    growth = two_point_growth(earlier, later)
    assert isinstance(growth, TwoPointGrowth)
    assert isinstance(growth.doubling_time_days, float)
    assert round(growth.slope, 7) == 0.0291687
    assert round(growth.doubling_time_days, 2) == 10.32
    assert round(growth.standard_error, 4) == 0.0118


@pytest.mark.parametrize(
    ("marker", "log10_in_28_days", "days_a_log"),
    [
        (Marker.NPM1, 0.766, 36.5),
        (Marker.RUNX1_RUNX1T1, 0.602, 46.5),
        (Marker.CBFB_MYH11, 0.234, 119.6),
    ],
)
def test_published_doubling_times(marker: Marker, log10_in_28_days: float, days_a_log: float) -> None:
    assert round(log10_rise_in(marker), 3) == log10_in_28_days
    assert round(days_per_log10(marker), 1) == days_a_log


@pytest.mark.parametrize(("days", "log10"), [(42, 1.15), (91, 2.49)])
def test_npm1_rises_while_one_waits(days: int, log10: float) -> None:
    assert round(log10_rise_in(Marker.NPM1, days), 2) == log10


def test_npm1_from_0_01_to_10_pct_abl1() -> None:
    assert round(days_to_level(Marker.NPM1, Decimal("0.01"), Decimal(10)), 1) == 109.6
