"""The curve on paper stands where the figure of the page stands: the same marks, lines, levels and events."""

import math
import re
from collections import Counter
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitoring.charts.inputs import (
    ClinicalEvent,
    Crossing,
    EventKind,
    Finding,
    Forecast,
    ForecastPoint,
    OtherTreatment,
)
from monitoring.charts.trajectory import trajectory
from monitoring.charts.trajectory_svg import trajectory_svg
from monitoring.charts.trajectory_svg_frame import TICK as TICK_SIZE
from monitoring.charts.trajectory_svg_placement import Label, Placement
from monitoring.charts.trajectory_svg_words import Words
from monitoring.domain.classify import classify
from monitoring.domain.results import Result
from monitoring.domain.rulesets import RULESETS
from monitoring.domain.series import CourseBegin
from monitoring.domain.terms import Call, CourseStart, Tissue
from tests.unit.trajectory_series import (
    AS_OF,
    BM,
    CYCLES,
    ELN2021,
    HSCT_ON,
    LEVELS,
    PB,
    RELAPSED_AFTER_HSCT,
    day,
    detected,
    inputs,
    undetected,
)

PLAIN = Words({"date.full": "{day} {month} {year}", "date.day_month": "{day} {month}", "label.index": "{number} index"})
SVG = "{http://www.w3.org/2000/svg}"
ROUNDING = 0.011  # pt: two decimals


def figure_of(results: Any = RELAPSED_AFTER_HSCT, **more: Any) -> dict[str, Any]:
    drawn_from = inputs(results, {BM: "640", PB: "410"}, thresholds=LEVELS, **more)
    return trajectory(drawn_from, classify(drawn_from.series, RULESETS[ELN2021], AS_OF), ELN2021, AS_OF)


@pytest.fixture(scope="module")
def figure() -> dict[str, Any]:
    begun = (CourseBegin(HSCT_ON, CourseStart.HSCT),)
    return figure_of(cycles=CYCLES, course_starts=begun)


def drawn(figure: dict[str, Any], **options: Any) -> ET.Element:
    return ET.fromstring(trajectory_svg(figure, PLAIN, **options))


def marks(svg: ET.Element) -> list[tuple[str, str, float, float]]:
    found = []
    for one in svg.iter(f"{SVG}path"):
        if "data-kind" in one.attrib:
            x, y = re.findall(r"-?[\d.]+", one.attrib["transform"])
            found.append((one.attrib["data-kind"], one.attrib["data-on"], float(x), float(y)))
    return found


def paths(svg: ET.Element) -> list[dict[str, str]]:
    return [one.attrib for one in svg.iter(f"{SVG}path")]


def texts(svg: ET.Element) -> list[str]:
    return [one.text or "" for one in svg.iter(f"{SVG}text")]


def heights(svg: ET.Element) -> dict[str, float]:
    """Where the powers of ten stand, from the labels of the axis."""
    labels = {one.text: float(one.attrib["y"]) for one in svg.iter(f"{SVG}text") if one.attrib["x"] == "-4"}
    return {text: y for text, y in labels.items() if text}


def test_every_mark_of_the_figure_is_drawn_once_with_its_shape_and_tissue(figure: dict[str, Any]) -> None:
    expected: Counter[str] = Counter()
    for trace in figure["data"]:
        if trace["meta"]["layer"] == "mark":
            expected[f"{trace['meta']['shape']}.{trace['meta']['tissue']}"] += len(trace["x"])
    assert Counter(kind for kind, *_ in marks(drawn(figure))) == expected
    assert sum(expected.values()) == len(figure["layout"]["meta"]["points"])


def test_each_mark_stands_at_the_height_of_the_figure_on_its_logarithmic_axis(figure: dict[str, Any]) -> None:
    svg = drawn(figure)
    ticks = heights(svg)
    decade = (ticks["0.1"] - ticks["10"]) / 2
    foot = TICK_SIZE * 0.35  # a tick's text stands on its foot
    points = {(one["on"], one["tissue"]): one["y"] for one in figure["layout"]["meta"]["points"]}
    for kind, on, _x, y in marks(svg):
        level = points[on, kind.partition(".")[2]].get("PCT_ABL1")
        if level is not None:
            assert y == pytest.approx(ticks["10"] - foot - decade * (math.log10(level) - 1), abs=3 * ROUNDING)


def test_time_is_true_to_scale(figure: dict[str, Any]) -> None:
    found = {on: x for _kind, on, x, _y in marks(drawn(figure))}
    first, last = min(found), max(found)
    per_day = (found[last] - found[first]) / (date.fromisoformat(last) - date.fromisoformat(first)).days
    for on, x in found.items():
        days = (date.fromisoformat(on) - date.fromisoformat(first)).days
        assert x == pytest.approx(found[first] + days * per_day, abs=2 * ROUNDING)


def test_marrow_is_a_filled_circle_blood_an_open_diamond_and_undetected_an_open_triangle(
    figure: dict[str, Any],
) -> None:
    by_kind = {
        one.attrib["data-kind"]: one.attrib for one in drawn(figure).iter(f"{SVG}path") if "data-kind" in one.attrib
    }
    assert by_kind["DETECTED.BM"]["fill"] == by_kind["DETECTED.BM"]["stroke"]
    assert "A2.4" in by_kind["DETECTED.BM"]["d"]
    assert by_kind["DETECTED.PB"]["fill"] == "#ffffff"
    assert by_kind["DETECTED.PB"]["d"] == "M0 -3L3 0L0 3L-3 0Z"
    assert by_kind["NOT_DETECTED.BM"]["fill"] == "#ffffff"
    assert by_kind["NOT_DETECTED.BM"]["d"].endswith("L0 2.9Z")
    assert "stroke-dasharray" in by_kind["LIMITED.PB"]


def test_lines_are_those_of_the_figure(figure: dict[str, Any]) -> None:
    expected = Counter(trace["meta"]["layer"] for trace in figure["data"] if trace["meta"]["layer"].startswith("line"))
    found = [one for one in paths(drawn(figure)) if one.get("data-layer", "").startswith("line")]
    assert Counter(one["data-layer"] for one in found) == expected
    for trace, path in zip((t for t in figure["data"] if t["meta"]["layer"].startswith("line")), found, strict=True):
        assert len(re.findall("[ML]", path["d"])) == sum(day is not None for day in trace["x"])


def test_an_open_relapse_is_ringed_in_alarm_colour_and_a_past_one_is_not(figure: dict[str, Any]) -> None:
    rings = Counter((one.attrib["data-ring"], one.attrib["stroke"]) for one in drawn(figure).iter(f"{SVG}circle"))
    assert rings == {
        ("INDEX", "#8f1d22"): 1, ("CONFIRMING", "#8f1d22"): 2, ("INDEX", "#333333"): 1, ("CONFIRMING", "#333333"): 2,
    }  # fmt: skip


def test_a_past_relapse_that_nobody_acknowledged_keeps_its_alarm_colour(figure: dict[str, Any]) -> None:
    strokes = [one.attrib["stroke"] for one in drawn(figure, unacknowledged=["r6"]).iter(f"{SVG}circle")]
    assert strokes == ["#8f1d22"] * 6


def test_events_levels_and_cycles_stand_in_it_by_name(figure: dict[str, Any]) -> None:
    svg = drawn(figure)
    kinds = Counter(one.attrib["data-event"] for one in svg.iter(f"{SVG}path") if "data-event" in one.attrib)
    assert kinds == Counter(line["kind"] for line in figure["layout"]["meta"]["lines"])
    assert [one.attrib["data-band"] for one in svg.iter(f"{SVG}rect") if "data-band" in one.attrib] == ["1", "2"]
    assert sum("data-level" in one.attrib for one in svg.iter(f"{SVG}path")) == 3
    assert {"400", "100", "14", "7"} <= set(texts(svg))
    assert {"0.018 index", "640"} & set(texts(svg))


def test_the_forecast_is_that_of_the_figure_and_its_words_stand_in_the_course_it_is_of() -> None:
    levels = [(AS_OF + timedelta(days=3 * n - 29), Decimal(str(0.018 * 2 ** (n / 3)))) for n in range(28)]
    points = tuple(ForecastPoint(on, level, level * Decimal("0.7"), level * Decimal("1.4")) for on, level in levels)
    reached = (Crossing(Decimal(1), AS_OF + timedelta(days=23)), Crossing(Decimal(10), AS_OF + timedelta(days=53)))
    growth = Forecast(BM, points, reached, Decimal("9.0"), Decimal("3.6"), Decimal("18.8"))
    begun = (CourseBegin(HSCT_ON, CourseStart.HSCT),)
    figure = figure_of(forecast=growth, course_starts=begun)
    svg = drawn(figure)
    layers = [one["data-layer"] for one in paths(svg) if "data-layer" in one]
    assert layers.count("forecast_wedge") == layers.count("forecast_line") == 1
    doubling = next(one for one in svg.iter(f"{SVG}text") if one.text == "doubling")
    transplanted = next(one for one in paths(svg) if one.get("data-event") == "HSCT")
    assert float(doubling.attrib["x"]) > float(transplanted["d"][1:].split()[0])


def test_the_loss_of_the_followed_mutation_is_a_line_of_its_own_kind() -> None:
    lost = Finding(EventKind.MUTATION_LOST, day("2026-05-01"), "NPM1")
    gained = Finding(EventKind.MUTATION_GAINED, day("2026-06-01"), "FLT3", "ITD", Decimal("12.5"))
    svg = drawn(figure_of(findings=(lost, gained)))
    strokes = {
        one["data-event"]: (one["stroke"], "stroke-dasharray" in one) for one in paths(svg) if "data-event" in one
    }
    assert strokes["MUTATION_LOST"] == ("#652e8a", True)
    assert strokes["MUTATION_GAINED"] == ("#333333", True)


def test_what_people_typed_is_text_and_no_markup() -> None:
    typed = '7+3 </text><script>"&'
    event = ClinicalEvent(EventKind.MUTATION_GAINED, day("2026-02-01"), typed)
    given_before = OtherTreatment(typed, day("2025-06-10"), day("2026-11-01"))
    said = texts(drawn(figure_of(events=(event,), treatments=(given_before,))))
    assert typed in said


def test_an_empty_series_and_one_that_was_never_evaluable_are_drawn() -> None:
    assert {kind for kind, *_ in marks(drawn(figure_of(())))} == {"DETECTED.BM", "DETECTED.PB"}  # diagnosis
    lane = Result("n1", day("2026-05-01"), BM, Call.NOT_EVALUABLE, None, Decimal(720))
    kinds = Counter(kind for kind, *_ in marks(drawn(figure_of((lane,)))))
    assert kinds["NOT_EVALUABLE.BM"] == 1


@given(
    st.lists(
        st.tuples(st.integers(0, 900), st.sampled_from([BM, PB]), st.decimals("0.0001", "900", places=4)),
        min_size=1, max_size=25, unique_by=lambda one: one[:2],
    )
)  # fmt: skip
def test_no_mark_leaves_the_plot(samples: list[tuple[int, Tissue, Decimal]]) -> None:
    start = date(2024, 5, 1).toordinal()
    results = [
        detected(f"s{at}", date.fromordinal(start + days).isoformat(), str(pct), tissue)
        if pct > Decimal("0.001")
        else undetected(f"s{at}", date.fromordinal(start + days).isoformat(), 40000, tissue)
        for at, (days, tissue, pct) in enumerate(samples)
    ]
    svg = drawn(figure_of(results))
    left, _, width, height = (float(part) for part in svg.attrib["viewBox"].split())
    for _kind, _on, x, y in marks(svg):
        assert 0 <= x <= width + left
        assert 0 <= y <= height


def test_a_needed_label_finds_the_free_side_of_its_mark() -> None:
    placement = Placement(200, 0, 100)
    blocked = Label("0.018 index", 7.2, needed=True)
    placement.put(Label("something that is there already", 7.2), 105, 50)
    placement.around(blocked, 100, 50, 3)
    assert placement.labels[-1].box(placement.labels[-1].x, placement.labels[-1].y, placement.labels[-1].align).shared(
        placement.boxes[0]
    ) == pytest.approx(0)


def test_numbers_and_days_are_written_as_the_reader_writes_them() -> None:
    french = Words({"date.full": "{day} {month} {year}", "month.3": "mars"}, ",", "\u202f")
    assert [french.number(text) for text in ("0.018", "44700", "-1.5", "640")] == [
        "0,018",
        "44\u202f700",
        "−1,5",
        "640",
    ]
    assert french.day("2026-03-12") == "12 mars 2026"
