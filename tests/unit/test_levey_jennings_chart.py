"""The picture of a control over time: shapes, lines of the target, changes of lot, words that do not collide."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitoring.charts.levey_jennings import BOTTOM, LEFT, RIGHT, TOP, LeveyJennings, levey_jennings
from monitoring.domain.levey_jennings import AcceptedRange, QualityValue, Quantity, SetTarget, read_chart

START = date(2026, 1, 5)
CQ = Quantity.POSITIVE_CONTROL_CQ
TARGET = SetTarget(Decimal("26.4"), Decimal("0.1"), "7", START, datetime(2026, 1, 5, tzinfo=UTC))
NONE = AcceptedRange()


def drawn(
    values: Sequence[str], lots: str = "", left_out: int = -1, quantity: Quantity = CQ, accepted: AcceptedRange = NONE
) -> LeveyJennings:
    points = [
        QualityValue(
            n, START + timedelta(weeks=n), Decimal(value), (lots or "7" * len(values))[n], "x" * (n == left_out)
        )
        for n, value in enumerate(values)
    ]
    return levey_jennings(read_chart(points, [TARGET], quantity, accepted), accepted)


def shapes(picture: LeveyJennings) -> list[str]:
    return [mark.shape for mark in picture.marks]


def test_what_a_point_says_is_in_its_shape_and_in_words() -> None:
    picture = drawn(["26.4", "26.62", "26.75", "26.4", "26.4"], lots="77778", left_out=3)
    assert shapes(picture) == ["disc", "triangle", "square", "cross", "ring"]
    assert [mark.rules for mark in picture.marks] == [(), ("1-2s",), ("1-3s", "2-2s"), (), ()]


def test_seven_lines_of_the_target_are_named() -> None:
    named = [line for line in drawn(["26.4", "26.5"]).lines if line.is_named]
    assert [line.sds for line in named] == [-3, -2, -1, 0, 1, 2, 3]
    assert named[3].value == Decimal("26.4")


def test_a_change_of_lot_is_a_line_and_lifts_the_pen() -> None:
    picture = drawn(["26.4", "26.5", "26.3"], lots="778")
    assert [change.lot for change in picture.lot_changes] == ["8"]
    assert picture.joins.count("M") == 2


def test_a_point_left_out_flattens_nothing_and_stays_in_the_frame() -> None:
    with_it, without = drawn(["26.4", "26.5", "39.0"], left_out=2), drawn(["26.4", "26.5", "26.4"])
    assert with_it.marks[0].y == without.marks[0].y
    assert float(with_it.marks[2].y) >= TOP


def test_words_of_neighbouring_marks_do_not_meet() -> None:
    picture = drawn([*["26.4"] * 30, "26.62", "26.63"])
    first, second = picture.marks[-2:]
    assert first.label_y != second.label_y
    assert abs(float(first.label_y) - float(second.label_y)) > 14


@pytest.mark.parametrize(("value", "shape"), [("0.99", "disc"), ("0.97", "triangle"), ("0.94", "square")])
def test_r2_is_drawn_by_the_limits_of_the_assay(value: str, shape: str) -> None:
    accepted = AcceptedRange(lowest=Decimal("0.95"), warns_below=Decimal("0.98"))
    picture = drawn(["0.99", value], quantity=Quantity.R2, accepted=accepted)
    assert picture.marks[1].shape == shape
    assert Decimal("0.98") in {line.value for line in picture.limits}


@given(st.lists(st.decimals(-1000, 1000, places=3), min_size=1, max_size=70))
def test_every_point_stands_inside_the_frame_in_the_order_of_its_run(values: list[Decimal]) -> None:
    picture = drawn([str(value) for value in values], lots="8" * len(values))
    places = [float(mark.x) for mark in picture.marks]
    assert places == sorted(places)
    assert all(LEFT <= x <= RIGHT for x in places)
    assert all(TOP <= float(mark.y) <= BOTTOM for mark in picture.marks)
    assert all("," not in text for text in (picture.joins, *(mark.path for mark in picture.marks)))
