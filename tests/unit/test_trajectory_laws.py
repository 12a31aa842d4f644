"""Laws of the figure, for any series."""

import json
import math
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import Any

import plotly.graph_objects as go
from hypothesis import given, settings
from hypothesis import strategies as st

from monitoring.charts.inputs import Cycle, TrajectoryInputs
from monitoring.charts.sparkline import sparkline
from monitoring.charts.trajectory import trajectory
from monitoring.domain.classify import classify
from monitoring.domain.results import Result
from monitoring.domain.rulesets import RULESETS
from monitoring.domain.series import CourseBegin
from monitoring.domain.terms import Call, CourseStart, RuleSetId, Tissue
from tests.unit.trajectory_series import LEVELS, inputs

FIRST_DAY = date(2024, 1, 1)
days = st.integers(0, 1000).map(lambda n: FIRST_DAY + timedelta(days=n))
levels = st.decimals("1e-6", "5000", allow_nan=False, allow_infinity=False).filter(lambda value: value > 0)
copies = st.none() | st.integers(0, 200_000).map(Decimal)


@st.composite
def results(draw: st.DrawFn) -> Result:
    call = draw(st.sampled_from(Call))
    value = draw(st.none() | levels) if call is Call.DETECTED else None
    lod, loq = draw(st.none() | levels), draw(st.none() | levels)
    name, tissue = str(draw(st.uuids())), draw(st.sampled_from(Tissue))
    return Result(name, draw(days), tissue, call, value, draw(copies), lod, loq, draw(st.sampled_from("AB")))


starts = st.builds(CourseBegin, days, st.sampled_from(CourseStart))
cycles = st.builds(lambda on: Cycle(1, on, on + timedelta(days=27), 400, 14, 10), days)
baselines = st.dictionaries(st.sampled_from(Tissue), levels.map(str))


@st.composite
def drawn_inputs(draw: st.DrawFn) -> TrajectoryInputs:
    return inputs(
        draw(st.lists(results(), max_size=12, unique_by=lambda result: result.id)),
        draw(baselines),
        course_starts=tuple(draw(st.lists(starts, max_size=2, unique_by=lambda start: (start.on, start.kind)))),
        end_of_treatment=draw(st.none() | days),
        cycles=tuple(draw(st.lists(cycles, max_size=2, unique_by=lambda cycle: cycle.starts_on))),
        thresholds=LEVELS,
    )


any_inputs, any_ruleset = drawn_inputs(), st.sampled_from(RuleSetId)


def figure(drawn: TrajectoryInputs, ruleset: RuleSetId, as_of: date) -> dict[str, Any]:
    return trajectory(drawn, classify(drawn.series, RULESETS[ruleset], as_of), ruleset, as_of)


def heights(drawn: dict[str, Any], scale: str) -> Iterator[float]:
    told = drawn["layout"]["meta"]
    for standing in [*told["points"], *told["thresholds"]]:
        if scale in standing["y"]:
            yield standing["y"][scale]


@given(any_inputs, any_ruleset, days)
def test_no_height_is_zero_nan_or_infinite_on_a_logarithmic_scale(
    drawn: TrajectoryInputs, ruleset: RuleSetId, as_of: date
) -> None:
    made = figure(drawn, ruleset, as_of)
    for scale in ("PCT_ABL1", "PCT_BASELINE", "PER_1E5_ABL1"):
        assert all(height > 0 and math.isfinite(height) for height in heights(made, scale))
    assert all(math.isfinite(height) for height in heights(made, "LOG10_REDUCTION"))
    drawn_heights = [y for trace in made["data"] for y in trace["y"] if y is not None]
    assert all(y > 0 and math.isfinite(y) for y in drawn_heights)


@given(any_inputs, any_ruleset, days)
def test_the_figure_is_json_and_the_same_each_time(drawn: TrajectoryInputs, ruleset: RuleSetId, as_of: date) -> None:
    once, again = (json.dumps(figure(drawn, ruleset, as_of), allow_nan=False) for _ in range(2))
    assert once == again


@settings(max_examples=25)
@given(any_inputs, any_ruleset, days)
def test_plotly_accepts_it(drawn: TrajectoryInputs, ruleset: RuleSetId, as_of: date) -> None:
    go.Figure(figure(drawn, ruleset, as_of))


@given(any_inputs, any_ruleset, days)
def test_every_sample_that_took_part_is_drawn_once(drawn: TrajectoryInputs, ruleset: RuleSetId, as_of: date) -> None:
    made = figure(drawn, ruleset, as_of)
    told = made["layout"]["meta"]["points"]
    marks = [trace for trace in made["data"] if trace["meta"]["layer"] == "mark"]
    assert sorted(at for trace in marks for at in trace["meta"]["points"]) == list(range(len(told)))
    took_part = {sample.id for sample in classify(drawn.series, RULESETS[ruleset], as_of).samples}
    assert {point["id"] for point in told if point["class"]} == took_part


@given(any_inputs, any_ruleset, days)
def test_no_line_runs_to_an_inert_sample_or_into_another_course(
    drawn: TrajectoryInputs, ruleset: RuleSetId, as_of: date
) -> None:
    made = figure(drawn, ruleset, as_of)
    told = made["layout"]["meta"]["points"]
    for trace in made["data"]:
        if not trace["meta"]["layer"].startswith("line"):
            continue
        run = trace["meta"]["points"]
        assert not {told[at]["shape"] for at in run if at is not None} & {"LIMITED", "INDETERMINATE", "NOT_EVALUABLE"}
        for a, b in pairwise(run):
            assert a is None or b is None or told[a]["course"] == told[b]["course"]


@given(any_inputs, any_ruleset, days)
def test_the_order_of_entry_changes_nothing_that_is_seen(
    drawn: TrajectoryInputs, ruleset: RuleSetId, as_of: date
) -> None:
    def seen(made: dict[str, Any]) -> list[tuple[str, str]]:
        return sorted((point["id"], point["shape"]) for point in made["layout"]["meta"]["points"])

    turned = inputs(reversed(drawn.series.results), course_starts=drawn.series.course_starts)
    plain = inputs(drawn.series.results, course_starts=drawn.series.course_starts)
    assert seen(figure(turned, ruleset, as_of)) == seen(figure(plain, ruleset, as_of))


@given(any_inputs, any_ruleset, days)
def test_a_sparkline_stays_in_its_box(drawn: TrajectoryInputs, ruleset: RuleSetId, as_of: date) -> None:
    pictured = sparkline(drawn, classify(drawn.series, RULESETS[ruleset], as_of), as_of)
    json.dumps(pictured)
    for mark in pictured["marks"]:
        x, y = (
            float(number) for number in mark["d"][1:].replace("a", " ").replace("l", " ").replace("h", " ").split()[:2]
        )
        assert 0 <= x <= 232
        assert 0 <= y <= 56
