"""The figure of a bridge: every sample at its mean and difference, the limits of agreement where they were computed."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitoring.charts.bland_altman import BOTTOM, LEFT, RIGHT, TOP, BlandAltman, bland_altman
from monitoring.domain.bridging import Pair, bridge

LEVELS = st.decimals(min_value=Decimal("0.0001"), max_value=Decimal(1000), places=4)


def figure(*pairs: tuple[str, str]) -> BlandAltman:
    made = [Pair(Decimal(first), Decimal(second)) for first, second in pairs]
    return bland_altman(made, bridge(made))


def middle(drawn: BlandAltman) -> float:
    return (float(drawn.top) + float(drawn.bottom)) / 2


def test_equal_assays_lie_on_the_middle_line() -> None:
    drawn = figure(("1", "1"), ("10", "10"), ("0.1", "0.1"))
    assert {float(point.y) for point in drawn.points} == {middle(drawn)}
    assert [line.log10 for line in drawn.levels] == [0, 0, 0]


def test_a_second_assay_that_reads_more_lies_above() -> None:
    drawn = figure(("1", "3"), ("10", "30"), ("0.1", "0.3"))
    assert all(float(point.y) < middle(drawn) for point in drawn.points)


def test_levels_stand_where_their_decades_do() -> None:
    drawn = figure(("0.01", "0.01"), ("0.1", "0.1"), ("1", "1"))
    assert [point.x for point in drawn.points] == [decade.at for decade in drawn.decades]
    assert [decade.pct_abl1 for decade in drawn.decades] == [Decimal("0.01"), Decimal("0.1"), Decimal(1)]


@pytest.mark.filterwarnings("error")
@given(st.lists(st.tuples(LEVELS, LEVELS), min_size=3, max_size=30))
def test_everything_stays_inside_the_figure(levels: list[tuple[Decimal, Decimal]]) -> None:
    pairs = [Pair(*each) for each in levels]
    drawn = bland_altman(pairs, bridge(pairs))
    assert len(drawn.points) == len(pairs)
    assert all(LEFT - 0.1 <= float(point.x) <= RIGHT + 0.1 for point in drawn.points)
    assert all(TOP - 0.1 <= float(line.at) <= BOTTOM + 0.1 for line in drawn.levels)
