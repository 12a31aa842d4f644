"""Which samples a line joins, and how."""

from datetime import timedelta

from monitoring.domain.series import CourseBegin
from monitoring.domain.terms import Call, CourseStart
from tests.unit.trajectory_series import (
    BM,
    HSCT_ON,
    PB,
    called,
    day,
    detected,
    figure,
    inputs,
    joined_ids,
    relapsed_after_hsct,
    undetected,
)


def test_detected_samples_are_joined_by_a_solid_line() -> None:
    drawn = figure(inputs([detected("a", "2026-01-05", "1"), detected("b", "2026-02-05", "0.1")]))
    assert joined_ids(drawn, "line") == [("a", "b")]
    assert joined_ids(drawn, "line_dotted") == []


def test_a_line_with_an_end_not_detected_is_dotted() -> None:
    drawn = figure(inputs([detected("a", "2026-01-05", "1"), undetected("b", "2026-02-05")]))
    assert joined_ids(drawn, "line") == []
    assert joined_ids(drawn, "line_dotted") == [("a", "b")]


def test_a_line_to_a_sample_below_quantification_is_dotted() -> None:
    drawn = figure(inputs([detected("a", "2026-01-05", "1"), detected("b", "2026-02-05", None)]))
    assert joined_ids(drawn, "line_dotted") == [("a", "b")]


def test_no_line_runs_to_an_inert_sample() -> None:
    inert = [
        undetected("limited", "2026-02-05", 6800),
        called(Call.INDETERMINATE, "indeterminate", "2026-02-12"),
        called(Call.NOT_EVALUABLE, "not evaluable", "2026-02-19"),
        called(Call.UNKNOWN, "unknown", "2026-02-26"),
    ]
    ends = [detected("a", "2026-01-05", "1"), detected("b", "2026-03-05", "0.1")]
    assert joined_ids(figure(inputs([*inert, *ends])), "line") == [("a", "b")]


def test_no_line_crosses_a_transplant() -> None:
    drawn = figure(relapsed_after_hsct())
    days = {point["id"]: point["on"] for point in drawn["layout"]["meta"]["points"]}
    pairs = [pair for layer in ("line", "line_dotted") for pair in joined_ids(drawn, layer)]
    assert pairs
    assert not [pair for pair in pairs if days[pair[0]] < HSCT_ON.isoformat() <= days[pair[1]]]


def test_no_line_crosses_a_haematological_relapse() -> None:
    relapse = CourseBegin(day("2026-01-20"), CourseStart.HAEMATOLOGICAL_RELAPSE)
    results = [detected("a", "2026-01-05", "1"), detected("b", "2026-01-20", "90")]
    drawn = figure(inputs(results, course_starts=(relapse,)))
    assert joined_ids(drawn, "line") == []
    assert [point["course"] for point in drawn["layout"]["meta"]["points"]] == [1, 2]


def test_no_line_joins_two_assays() -> None:
    results = [detected("a", "2026-01-05", "1", assay_key="A"), detected("b", "2026-02-05", "1", assay_key="B")]
    assert joined_ids(figure(inputs(results)), "line") == []


def test_marrow_and_blood_are_never_joined() -> None:
    results = [
        detected("a", "2026-01-05", "1"),
        detected("b", "2026-02-05", "0.1", PB),
        detected("c", "2026-03-05", "1"),
    ]
    drawn = figure(inputs(results))
    assert joined_ids(drawn, "line", BM) == [("a", "c")]
    assert joined_ids(drawn, "line", PB) == []


def test_the_diagnosis_sample_begins_the_line() -> None:
    drawn = figure(inputs([detected("a", "2026-01-05", "1")], {BM: "640"}))
    assert joined_ids(drawn, "line") == [("dx-BM", "a")]


def test_of_two_samples_of_a_day_the_higher_is_joined_and_both_are_drawn() -> None:
    results = [
        detected("a", "2026-01-05", "1"),
        detected("low", "2026-02-05", "0.1"),
        detected("high", "2026-02-05", "0.3"),
    ]
    drawn = figure(inputs(results))
    assert joined_ids(drawn, "line") == [("a", "high")]
    assert len(drawn["layout"]["meta"]["points"]) == 3


def test_of_two_samples_of_a_day_the_one_that_an_episode_rests_on_is_joined() -> None:
    results = [
        undetected("negative", "2026-01-05"),
        detected("index", "2026-02-05", "0.1"),
        detected("other", "2026-02-05", "0.3"),
        detected("confirming", "2026-02-19", "0.5"),
    ]
    drawn = figure(inputs(results))
    [episode] = drawn["layout"]["meta"]["episodes"]
    assert ("negative", episode["index"]) in joined_ids(drawn, "line_dotted")
    assert (episode["index"], "confirming") in joined_ids(drawn, "line")


def test_a_line_stops_before_a_detected_sample_without_a_height() -> None:
    results = [
        detected("a", "2026-01-05", "1"),
        detected("b", "2026-02-05", None, abl1_copies=None),
        detected("c", "2026-03-05", "1"),
    ]
    drawn = figure(inputs(results))
    assert joined_ids(drawn, "line") + joined_ids(drawn, "line_dotted") == []


def test_time_is_true_to_the_day() -> None:
    drawn = figure(
        inputs([detected("a", "2026-01-05", "1"), detected("b", "2026-01-06", "1"), detected("c", "2026-07-06", "1")])
    )
    [line] = [trace for trace in drawn["data"] if trace["meta"]["layer"] == "line"]
    gaps = [day(b) - day(a) for a, b in zip(line["x"], line["x"][1:], strict=False)]
    assert gaps == [timedelta(days=1), timedelta(days=181)]
    assert drawn["layout"]["xaxis"]["type"] == "date"
