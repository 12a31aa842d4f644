"""Each sample as a mark: its shape, its height, its number."""

from decimal import Decimal

import pytest

from monitoring.domain.terms import Call, RuleSetId
from tests.unit.trajectory_series import (
    BM,
    DIAGNOSED_ON,
    LEVELS,
    PB,
    TIONG2020,
    called,
    detected,
    figure,
    inputs,
    meta,
    points,
    relapsed_after_hsct,
    traces,
    undetected,
)


def test_not_detected_stands_at_its_own_limit() -> None:
    drawn = points(inputs([undetected("a", "2026-01-05", 41300, lod_pct_abl1=Decimal("0.0024"))]))
    assert drawn["a"]["shape"] == "NOT_DETECTED"
    assert drawn["a"]["y"]["PCT_ABL1"] == 0.0024
    assert drawn["a"]["height_is"] == "LOD"
    assert "pct_abl1" not in drawn["a"]


def test_without_a_given_limit_it_stands_at_one_copy_in_its_own_abl1() -> None:
    drawn = points(inputs([undetected("a", "2026-01-05", 40000), undetected("b", "2026-02-05", 20000)]))
    assert drawn["a"]["y"]["PCT_ABL1"] == 0.0025
    assert drawn["b"]["y"]["PCT_ABL1"] == 0.005
    assert drawn["a"]["height_is"] == "FROM_ABL1"


def test_not_detected_without_any_limit_has_no_height_and_stands_in_the_lane() -> None:
    drawn = figure(inputs([undetected("a", "2026-01-05", None)]))
    [mark] = traces(drawn, "mark")
    assert mark["meta"]["lane"]
    assert mark["yaxis"] == "y2"
    assert drawn["layout"]["meta"]["points"][0]["y"] == {}


def test_limited_negative_differs_from_negative() -> None:
    drawn = points(inputs([undetected("a", "2026-01-05", 6800), undetected("b", "2026-02-05", 10000)]))
    assert (drawn["a"]["shape"], drawn["b"]["shape"]) == ("LIMITED", "NOT_DETECTED")


def test_not_evaluable_has_no_height_even_with_a_value() -> None:
    drawn = points(inputs([detected("a", "2026-01-05", "0.5", abl1_copies=Decimal(999))]))
    assert drawn["a"]["shape"] == "NOT_EVALUABLE"
    assert drawn["a"]["y"] == {}
    assert "TARGET_SEEN_INADEQUATE" in drawn["a"]["remarks"]


def test_indeterminate_is_a_circle_with_a_bar_at_its_limit() -> None:
    drawn = figure(inputs([called(Call.INDETERMINATE, "a", "2026-01-05")]))
    [mark], [bar] = traces(drawn, "mark"), traces(drawn, "bar")
    assert (mark["marker"]["symbol"], bar["marker"]["symbol"]) == ("circle", "line-ns-open")
    assert mark["meta"]["ink"] == "inert"
    assert mark["y"] == bar["y"] == [0.0025]


def test_detected_below_quantification_stands_at_the_limit_of_quantification() -> None:
    drawn = points(inputs([detected("a", "2026-01-05", None, loq_pct_abl1=Decimal("0.01"))]))
    assert (drawn["a"]["shape"], drawn["a"]["height_is"]) == ("UNQUANTIFIED", "LOQ")
    assert drawn["a"]["y"]["PCT_ABL1"] == 0.01


def test_marrow_and_blood_are_separate_series_of_their_own_shapes() -> None:
    drawn = figure(inputs([detected("a", "2026-01-05", "0.5"), detected("b", "2026-01-05", "0.04", PB)]))
    shapes = {trace["meta"]["tissue"]: trace["marker"]["symbol"] for trace in traces(drawn, "mark")}
    fills = {trace["meta"]["tissue"]: trace["meta"]["fill"] for trace in traces(drawn, "mark")}
    assert shapes == {"BM": "circle", "PB": "diamond"}
    assert fills == {"BM": "bm", "PB": "paper"}


def test_the_diagnosis_sample_is_the_first_mark_of_its_tissue() -> None:
    [first, *_] = meta(relapsed_after_hsct())["points"]
    assert (first["on"], first["tissue"], first["class"]) == (DIAGNOSED_ON.isoformat(), "BM", None)
    assert first["label"] == {
        "PCT_ABL1": "640",
        "PCT_BASELINE": "100",
        "PER_1E5_ABL1": "640000",
        "LOG10_REDUCTION": "0.00",
    }


def test_a_value_stands_on_every_scale() -> None:
    drawn = points(inputs([detected("a", "2026-01-05", "0.018")], {BM: "640"}))
    assert drawn["a"]["y"] == {
        "PCT_ABL1": 0.018,
        "PCT_BASELINE": 0.0028125,
        "PER_1E5_ABL1": 18.0,
        "LOG10_REDUCTION": 4.55091,
    }
    assert drawn["a"]["pct_abl1"] == "0.018"


def test_without_a_diagnosis_sample_of_its_tissue_a_value_has_no_place_on_the_scales_of_diagnosis() -> None:
    drawn = points(inputs([detected("a", "2026-01-05", "0.018", PB)], {BM: "640"}))
    assert set(drawn["a"]["y"]) == {"PCT_ABL1", "PER_1E5_ABL1"}
    assert drawn["a"]["absent"] == "NO_BASELINE"


def test_a_sample_of_a_tissue_that_the_rule_set_does_not_read_is_grey_and_joined_to_nothing() -> None:
    drawn = figure(inputs([detected("a", "2026-01-05", "0.5", PB), detected("b", "2026-02-05", "0.4", PB)]), TIONG2020)
    [mark] = traces(drawn, "mark")
    assert mark["meta"]["unread"]
    assert mark["meta"]["ink"] == "inert"
    assert not traces(drawn, "line")


@pytest.mark.parametrize(
    ("value", "written"),
    [
        ("0.018", "0.018"),
        ("14.1264", "14.1"),
        ("1.25", "1.25"),
        ("2.9", "2.9"),
        ("640", "640"),
        ("1234.5", "1234"),
        ("0.0030", "0.003"),
        ("0.090000", "0.09"),
    ],
)
def test_the_number_beside_a_mark_has_three_digits_and_no_zero_at_the_end(value: str, written: str) -> None:
    assert points(inputs([detected("a", "2026-01-05", value)]))["a"]["label"]["PCT_ABL1"] == written


@pytest.mark.parametrize(
    ("value", "written"),
    [("1.996", "1.996"), ("0.0996", "0.0996"), ("2.04", "2.04"), ("2.004", "2.004"), ("2.0", "2"), ("2", "2")],
)
def test_no_number_is_rounded_onto_or_across_a_threshold(value: str, written: str) -> None:
    drawn = points(inputs([detected("a", "2026-01-05", value)], thresholds=LEVELS))
    assert drawn["a"]["label"]["PCT_ABL1"] == written


def test_no_log_reduction_is_rounded_across_a_threshold() -> None:
    drawn = inputs([detected("a", "2026-01-05", "0.1003")], {BM: "1000"}, thresholds=LEVELS)
    assert points(drawn)["a"]["label"]["LOG10_REDUCTION"] == "3.999"


def test_a_value_beyond_any_assay_is_told_in_the_lane_and_not_dropped() -> None:
    drawn = points(inputs([detected("a", "2026-01-05", "1E-400")]))
    assert drawn["a"]["y"] == {}
    assert Decimal(drawn["a"]["pct_abl1"]) == Decimal("1E-400")


def test_constructed_values_carry_their_remark() -> None:
    drawn = inputs([detected("a", "2026-01-05", "0.5")], remarks={"a": ("CONSTRUCTED",)})
    assert "CONSTRUCTED" in points(drawn)["a"]["remarks"]


def test_a_value_measured_by_another_assay_than_the_diagnosis_sample_is_not_set_against_it() -> None:
    drawn = relapsed_after_hsct()
    [first, *others] = drawn.diagnosis_samples
    keyed = type(first)(first.tissue, first.collected_on, first.id, assay_key="A")
    other = inputs([detected("a", "2026-01-05", "0.5", assay_key="B")], {BM: "640"})
    changed = type(other)(other.series, other.diagnosed_on, (keyed, *others))
    assert points(changed, RuleSetId.ELN2021)["a"]["absent"] == "OTHER_ASSAY"
