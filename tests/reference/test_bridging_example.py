"""Bridging and a Levey-Jennings target, worked by hand, and Student's t against its own definition."""

import math
from datetime import date
from decimal import Decimal

import pytest

from monitoring.domain.bridging import T_95, Pair, TooFewPairs, bridge, seen_as
from monitoring.domain.levey_jennings import QualityValue, Quantity, TooFewPoints, accepted_range, estimate
from monitoring.domain.standard_curve import CurveLimits

TWO, HALF, SAME = Pair(Decimal(1), Decimal(2)), Pair(Decimal(10), Decimal(5)), Pair(Decimal(100), Decimal(100))


def test_a_doubling_a_halving_and_no_difference_cancel() -> None:
    found = bridge([TWO, HALF, SAME])
    assert found.factor == 1
    # SD of (log10 2, -log10 2, 0) is log10 2; half width t(2) x SD / sqrt(3)
    half = 4.303 * math.log10(2) / math.sqrt(3)
    assert float(found.factor_high) == pytest.approx(10**half, rel=1e-9)
    assert float(found.agreement_high) == pytest.approx(2**1.96, rel=1e-9)
    assert not found.differs
    assert found.is_few
    assert not found.is_narrow


def test_a_steady_factor_is_found_exactly() -> None:
    found = bridge([Pair(Decimal(n), Decimal(n) * Decimal("1.5")) for n in (1, 10, 200)])
    assert round(found.factor, 9) == Decimal("1.5")
    assert found.differs
    assert found.is_biased
    assert seen_as(Decimal(10), Decimal("1.5")) == 15


def test_a_factor_of_exactly_a_fifth_more_is_not_beyond() -> None:
    assert not bridge([Pair(Decimal(10), Decimal(12))] * 3).scatters


def test_two_pairs_are_too_few() -> None:
    with pytest.raises(TooFewPairs):
        bridge([TWO, HALF])


@pytest.mark.parametrize("degrees", T_95)
def test_the_table_of_t_leaves_five_per_cent_outside(degrees: int) -> None:
    t = float(T_95[degrees])
    scale = math.gamma((degrees + 1) / 2) / (math.sqrt(degrees * math.pi) * math.gamma(degrees / 2))
    steps = 20_000
    width = t / steps
    inside = (
        2 * scale * width * sum((1 + ((n + 0.5) * width) ** 2 / degrees) ** (-(degrees + 1) / 2) for n in range(steps))
    )
    assert inside == pytest.approx(0.95, abs=6e-5)


def test_mean_and_sd_of_a_positive_control() -> None:
    cqs = ["26.3", "26.5", "26.4", "26.2", "26.6"]
    found = estimate([QualityValue(n, date(2026, 1, n + 1), Decimal(cq), "7") for n, cq in enumerate(cqs)], "7")
    assert found.mean == Decimal("26.4")
    assert found.sd == Decimal("0.158113883008")  # sqrt(0.1 / 4)
    assert found.is_provisional


def test_one_point_has_no_sd() -> None:
    with pytest.raises(TooFewPoints):
        estimate([QualityValue(1, date(2026, 1, 1), Decimal(26), "7")], "7")


def test_the_limits_of_the_efficiency_are_those_of_the_slope() -> None:
    found = accepted_range(Quantity.EFFICIENCY_PCT, CurveLimits())
    assert found.lowest is not None
    assert found.highest is not None
    assert (round(found.lowest, 2), round(found.highest, 2)) == (Decimal("80.47"), Decimal("115.44"))
