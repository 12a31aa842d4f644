"""The curve in the size of a table row."""

import re
from dataclasses import replace
from typing import Any

import pytest

from monitoring.charts.sparkline import sparkline
from tests.unit.trajectory_series import AS_OF, LEVELS, PB, detected, inputs, relapsed_after_hsct, undetected, verdict


def spark(drawn: Any) -> dict[str, Any]:
    return sparkline(drawn, verdict(drawn), AS_OF)


def test_it_covers_1000_to_a_thousandth_per_cent() -> None:
    drawn = spark(inputs([detected("a", "2026-11-20", "1000"), detected("b", "2026-11-20", "0.001", PB)]))
    top, bottom = (mark["d"] for mark in drawn["marks"])
    assert top.startswith("M221.8 3.0a")
    assert bottom.startswith("M224.0 48.0l")


def test_what_lies_beyond_stands_at_the_edge() -> None:
    drawn = spark(inputs([undetected("a", "2026-11-20", 10**7)]))
    assert drawn["marks"][0]["d"] == "M221.4 48.8h5.2l-2.6 4.6z"


def test_samples_of_more_than_18_months_ago_are_left_out() -> None:
    results = [detected("old", "2025-05-20", "1"), detected("a", "2025-05-22", "1")]
    assert len(spark(inputs(results))["marks"]) == 1


def test_an_undetected_sample_is_an_open_triangle_joined_by_a_dotted_line() -> None:
    drawn = spark(inputs([detected("a", "2026-10-05", "1"), undetected("b", "2026-11-05")]))
    assert [(line["series"], line["dotted"]) for line in drawn["lines"]] == [("bm", True)]
    assert [(mark["shape"], mark["filled"]) for mark in drawn["marks"]] == [("DETECTED", True), ("NOT_DETECTED", False)]


def test_no_line_crosses_a_transplant() -> None:
    drawn = spark(relapsed_after_hsct())
    solid = next(line["d"] for line in drawn["lines"] if line["series"] == "bm" and not line["dotted"])
    assert len(re.findall("M", solid)) == 3  # the fall, relapse 1, relapse 2


def test_a_sample_without_a_height_stands_under_the_curve() -> None:
    drawn = spark(relapsed_after_hsct())
    [cross] = [mark for mark in drawn["marks"] if mark["shape"] == "NOT_EVALUABLE"]
    assert cross["inert"]
    assert cross["d"].endswith("51.5l4 4m0 -4l-4 4")


def test_cycles_levels_and_rings_are_there() -> None:
    drawn = spark(relapsed_after_hsct())
    assert len(drawn["bars"]) == 2
    assert drawn["levels"] == ["24.6"]
    assert [ring["tone"] for ring in drawn["rings"]] == ["PAST", "PAST", "OPEN", "OPEN"]


def test_an_empty_series_is_an_empty_picture() -> None:
    drawn = spark(inputs([], thresholds=LEVELS))
    assert (drawn["marks"], drawn["lines"], drawn["rings"]) == ([], [], [])


@pytest.mark.parametrize("ruleset", ["ELN2021", "TIONG2020"])
def test_coordinates_are_text_with_a_point(ruleset: str) -> None:
    drawn = relapsed_after_hsct()
    drawn = replace(drawn, thresholds=tuple(one for one in drawn.thresholds if one.ruleset == ruleset))
    pictured = spark(drawn)
    numbers = [pictured["width"], pictured["height"], *pictured["levels"]]
    numbers += [ring[edge] for ring in pictured["rings"] for edge in ("x", "y", "r")]
    assert all(re.fullmatch(r"\d+\.\d", number) for number in numbers)
