"""Laws of Westgard's rules, of the estimate of a mean and SD, and of bridging."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from hypothesis import assume, given
from hypothesis import strategies as st

from monitoring.domain.bridging import Pair, bridge
from monitoring.domain.levey_jennings import QualityValue, SetTarget, TooFewPoints, estimate, target_of
from monitoring.domain.westgard import ControlPoint, ControlTarget, Standing, judge

SDS = st.lists(st.decimals(-4, 4, places=2), min_size=1, max_size=30)
VALUES = st.lists(st.decimals(20, 30, places=2), min_size=2, max_size=40)
LEVELS = st.decimals("0.001", 1000, places=3)
PAIRS = st.lists(st.builds(Pair, LEVELS, LEVELS), min_size=3, max_size=20)


def chart(sds: list[Decimal], mean: Decimal = Decimal(26), sd: Decimal = Decimal("0.5")) -> list[ControlPoint]:
    return [ControlPoint(mean + each * sd, ControlTarget(mean, sd)) for each in sds]


@given(SDS, st.decimals(-50, 50, places=3), st.decimals("0.001", 10, places=3))
def test_rules_depend_on_distances_in_sd_alone(sds: list[Decimal], mean: Decimal, sd: Decimal) -> None:
    assert judge(chart(sds)) == judge(chart(sds, mean, sd))


@given(SDS)
def test_a_chart_upside_down_breaks_the_same_rules(sds: list[Decimal]) -> None:
    assert judge(chart(sds)) == judge(chart([-each for each in sds]))


@given(SDS, SDS)
def test_what_comes_later_never_changes_what_was_said(sds: list[Decimal], more: list[Decimal]) -> None:
    assert judge(chart(sds + more))[: len(sds)] == judge(chart(sds))


@given(SDS)
def test_points_left_out_might_as_well_not_be_there(sds: list[Decimal]) -> None:
    points = chart(sds)
    left_out = ControlPoint(points[0].value, points[0].target, is_left_out=True)
    mixed = [each for point in points for each in (point, left_out)]
    counted = [each for each in judge(mixed) if each.standing is not Standing.LEFT_OUT]
    assert tuple(counted) == judge(points)


@given(VALUES, st.randoms())
def test_an_estimate_knows_no_order_and_no_points_left_out(values: list[Decimal], random: object) -> None:
    assume(len(set(values)) > 1)
    points = [QualityValue(n, date(2026, 1, 1), value, "L") for n, value in enumerate(values)]
    noise = [
        QualityValue(99, date(2026, 1, 1), Decimal(5), "L", "spilled"),
        QualityValue(98, date(2026, 1, 1), Decimal(9), "M"),
    ]
    shuffled = points + noise
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert estimate(shuffled, "L") == estimate(points, "L")


@given(VALUES)
def test_at_most_a_point_in_twenty_five_lies_beyond_five_sd_of_its_own_estimate(values: list[Decimal]) -> None:
    points = [QualityValue(n, date(2026, 1, 1), value) for n, value in enumerate(values)]
    try:
        found = estimate(points, "")
    except TooFewPoints:
        assert len(set(values)) == 1
        return
    beyond = sum(abs(value - found.mean) > 5 * found.sd for value in values)
    assert beyond * 25 <= len(values)  # Chebyshev


@given(st.lists(st.tuples(st.integers(0, 30), st.sampled_from(["A", "B", ""])), max_size=12), st.integers(0, 30))
def test_a_target_never_reaches_back_and_its_own_lot_comes_first(made: list[tuple[int, str]], day: int) -> None:
    start = date(2026, 1, 1)
    targets = [
        SetTarget(Decimal(26), Decimal(n + 1), lot, start + timedelta(days), datetime(2026, 3, n + 1, tzinfo=UTC))
        for n, (days, lot) in enumerate(made)
    ]
    held = target_of(QualityValue(1, start + timedelta(day), Decimal(26), "A"), targets)
    reached = [each for each in targets if each.valid_from <= start + timedelta(day)]
    possible = [each for each in reached if each.lot == "A"] or [each for each in reached if each.lot == ""]
    assert (held is None) == (not possible)
    assert held is None or (held in possible and held.valid_from == max(each.valid_from for each in possible))


@given(PAIRS)
def test_bridging_the_other_way_turns_the_factor_round(pairs: list[Pair]) -> None:
    there, back = bridge(pairs), bridge([Pair(each.second, each.first) for each in pairs])
    assert abs(there.factor * back.factor - 1) < Decimal("1e-9")
    assert (there.differs, there.is_biased, there.scatters) == (back.differs, back.is_biased, back.scatters)


@given(PAIRS, st.integers(1, 5))
def test_the_factor_knows_no_unit(pairs: list[Pair], power: int) -> None:
    scaled = [Pair(each.first.scaleb(power), each.second.scaleb(power)) for each in pairs]
    assert abs(bridge(scaled).factor / bridge(pairs).factor - 1) < Decimal("1e-9")


@given(PAIRS)
def test_the_interval_holds_the_factor(pairs: list[Pair]) -> None:
    found = bridge(pairs)
    assert found.factor_low <= found.factor <= found.factor_high
    assert found.agreement_low <= found.factor <= found.agreement_high
