"""The figure as a whole: what the trajectory promises."""

import json
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import plotly.graph_objects as go
import pytest

from monitoring.charts.inputs import (
    ClinicalEvent,
    Crossing,
    EventKind,
    Finding,
    Forecast,
    ForecastPoint,
    OtherTreatment,
)
from monitoring.charts.trajectory import VerdictOfOtherRuleSet, trajectory
from monitoring.domain.series import CourseBegin
from monitoring.domain.terms import CourseStart, RuleSetId
from tests.unit.trajectory_series import (
    AS_OF,
    BM,
    HSCT_ON,
    PB,
    TIONG2020,
    day,
    detected,
    figure,
    inputs,
    lines,
    meta,
    points,
    relapsed_after_hsct,
    traces,
    undetected,
    verdict,
)

GROWING = Forecast(
    BM,
    tuple(
        ForecastPoint(day("2026-09-24") + timedelta(days=7 * week), level, level / 2, level * 3)
        for week, level in enumerate(Decimal("0.003") * Decimal("1.7") ** week for week in range(26))
    ),
    (Crossing(Decimal(1), day("2026-12-16")), Crossing(Decimal(10), day("2027-01-15"))),
    Decimal("9.0"),
)


@pytest.mark.parametrize("ruleset", list(RuleSetId))
def test_plotly_accepts_the_figure_of_every_rule_set(ruleset: RuleSetId) -> None:
    go.Figure(figure(relapsed_after_hsct(forecast=GROWING), ruleset))


@pytest.mark.parametrize("results", [[], [detected("a", "2026-01-05", "0.5")]], ids=["no sample", "one sample"])
def test_plotly_accepts_the_figure_of_almost_nothing(results: list[object]) -> None:
    drawn = figure(inputs(results))  # type: ignore[arg-type]
    go.Figure(drawn)
    first, last = (day(edge) for edge in drawn["layout"]["xaxis"]["range"])
    assert first < last - timedelta(days=90)


def test_the_verdict_must_be_of_the_rule_set_asked_for() -> None:
    drawn = relapsed_after_hsct()
    with pytest.raises(VerdictOfOtherRuleSet):
        trajectory(drawn, verdict(drawn), TIONG2020, AS_OF)


def test_the_axis_is_logarithmic_in_per_cent_of_abl1() -> None:
    drawn = figure(relapsed_after_hsct())
    assert drawn["layout"]["yaxis"]["type"] == "log"
    bottom, top = drawn["layout"]["yaxis"]["range"]
    heights = [point["y"]["PCT_ABL1"] for point in drawn["layout"]["meta"]["points"] if point["y"]]
    assert 10**bottom < min(heights) < max(heights) < 10**top


def test_every_scale_is_inside_and_a_scale_without_a_diagnosis_sample_says_why() -> None:
    told = meta(inputs([detected("a", "2026-01-05", "0.5")]))
    shown = {scale: axis["shown"] for scale, axis in told["scales"].items()}
    assert shown == {"PCT_ABL1": True, "PCT_BASELINE": False, "PER_1E5_ABL1": True, "LOG10_REDUCTION": False}
    assert told["absent"] == {"BM": "NO_BASELINE", "PB": "NO_BASELINE"}


def test_the_log_reduction_axis_falls_from_diagnosis() -> None:
    axis = meta(relapsed_after_hsct())["scales"]["LOG10_REDUCTION"]
    assert axis["type"] == "linear"
    assert axis["range"][0] > 5 > 0 > axis["range"][1]


def test_nothing_later_than_the_day_of_the_figure_is_in_it() -> None:
    as_of = day("2026-02-20")
    drawn = figure(relapsed_after_hsct(), as_of=as_of)
    told = drawn["layout"]["meta"]
    days = [one["on"] for one in told["points"] + told["lines"]] + [cycle["from"] for cycle in told["cycles"]]
    assert max(days) == "2026-02-16"
    assert [cycle["number"] for cycle in told["cycles"]] == [1]
    assert told["as_of"] == "2026-02-20"


def test_the_index_sample_is_ringed_once_and_the_confirming_one_twice() -> None:
    drawn = figure(relapsed_after_hsct())
    ids = [point["id"] for point in drawn["layout"]["meta"]["points"]]
    rings = [
        (trace["meta"]["tone"], trace["meta"]["role"], ids[at])
        for trace in traces(drawn, "ring")
        for at in trace["meta"]["points"]
    ]
    assert sorted(rings) == [
        ("OPEN", "CONFIRMING", "r13"),
        ("OPEN", "CONFIRMING", "r13"),
        ("OPEN", "INDEX", "r12"),
        ("PAST", "CONFIRMING", "r7"),
        ("PAST", "CONFIRMING", "r7"),
        ("PAST", "INDEX", "r6"),
    ]


def test_the_relapse_date_is_that_of_the_index_sample() -> None:
    marked = [(line["on"], line["tone"]) for line in lines(relapsed_after_hsct(), "RELAPSE")]
    assert marked == [("2026-01-19", "PAST"), ("2026-10-22", "OPEN")]


def test_a_candidate_is_a_line_of_its_own_kind() -> None:
    drawn = inputs([undetected("a", "2026-08-05"), detected("b", "2026-11-05", "0.02")])
    [line] = lines(drawn, "SUSPECTED")
    assert (line["on"], line["tone"]) == ("2026-11-05", "SUSPECTED")
    assert lines(drawn, "RELAPSE") == []


def test_a_course_start_makes_earlier_episodes_past() -> None:
    again = (CourseBegin(HSCT_ON, CourseStart.HSCT), CourseBegin(day("2026-11-15"), CourseStart.HSCT))
    drawn = relapsed_after_hsct()
    drawn = replace(drawn, series=replace(drawn.series, course_starts=again))
    assert {line["tone"] for line in lines(drawn, "RELAPSE")} == {"PAST"}


def test_events_of_the_series_and_of_the_record_are_lines_each_once() -> None:
    events = (
        ClinicalEvent(EventKind.HSCT, HSCT_ON, "unrelated 10/10"),
        ClinicalEvent(EventKind.DLI, day("2026-09-01"), "1 x 10^6/kg"),
        ClinicalEvent(EventKind.MUTATION_GAINED, day("2026-10-22"), "FLT3-ITD"),
    )
    told = meta(relapsed_after_hsct(events=events))["lines"]
    named = [(line["kind"], line["on"], line["detail"]) for line in told if line["kind"] != "RELAPSE"]
    assert named == [
        ("END_OF_TREATMENT", "2025-11-10", ""),
        ("HSCT", "2026-06-25", "unrelated 10/10"),
        ("DLI", "2026-09-01", "1 x 10^6/kg"),
        ("MUTATION_GAINED", "2026-10-22", "FLT3-ITD"),
    ]


def test_a_transplant_says_which_course_it_begins() -> None:
    [line] = lines(relapsed_after_hsct(), "HSCT")
    assert line["course"] == 2
    assert points(relapsed_after_hsct())["r9"]["course"] == 1


def test_cycles_are_bands_with_number_dose_and_days() -> None:
    drawn = figure(relapsed_after_hsct())
    second = drawn["layout"]["meta"]["cycles"][1]
    assert (second["number"], second["dose_mg"], second["given_days"], second["planned_days"]) == (2, 100, 7, 14)
    shapes = {shape["name"]: (shape["x0"], shape["x1"]) for shape in drawn["layout"]["shapes"]}
    assert shapes["band:0"] == ("2026-02-16", "2026-03-16")
    assert shapes["given:1"] == ("2026-03-16", "2026-03-23")


def test_a_cycle_without_recorded_days_has_no_dark_bar() -> None:
    drawn = relapsed_after_hsct()
    unknown = tuple(replace(cycle, given_days=None) for cycle in drawn.cycles)
    names = [shape["name"] for shape in figure(replace(drawn, cycles=unknown))["layout"]["shapes"]]
    assert "band:0" in names
    assert not [name for name in names if name.startswith("given")]


def test_bands_lie_behind_everything() -> None:
    shapes = figure(relapsed_after_hsct())["layout"]["shapes"]
    assert {shape["layer"] for shape in shapes} == {"below"}
    kinds = [shape["name"].split(":")[0] for shape in shapes]
    assert kinds == sorted(kinds, key=["band", "given", "threshold", "event", "as_of"].index)


def test_an_ongoing_treatment_runs_to_the_day_of_the_figure() -> None:
    drawn = inputs([], treatments=(OtherTreatment("gilteritinib", day("2026-11-01")),))
    [bar] = meta(drawn)["treatments"]
    assert (bar["regimen"], bar["to"], bar["ongoing"]) == ("gilteritinib", "2026-11-21", True)


def test_thresholds_are_those_of_the_tissues_sampled_and_say_whose_they_are() -> None:
    drawn = relapsed_after_hsct()
    told = [(line["ruleset"], line["tissue"], line["own"]) for line in meta(drawn)["thresholds"]]
    assert told == [
        ("ELN2021", "BM", True),
        ("ELN2021", "PB", True),
        ("ELN2025", "BM", False),
        ("TIONG2020", "BM", False),
    ]
    only_blood = inputs([detected("a", "2026-01-05", "0.5", PB)], thresholds=drawn.thresholds)
    assert {line["tissue"] for line in meta(only_blood)["thresholds"]} == {"PB"}


def test_a_threshold_stands_on_the_scale_of_diagnosis_by_the_baseline_of_its_tissue() -> None:
    heights = {
        (line["ruleset"], line["tissue"]): line["y"]["PCT_BASELINE"]
        for line in meta(relapsed_after_hsct())["thresholds"]
    }
    assert heights["ELN2021", "BM"] == pytest.approx(100 * 2 / 640, rel=1e-5)
    assert heights["ELN2021", "PB"] == pytest.approx(100 * 2 / 410, rel=1e-5)
    assert heights["TIONG2020", "BM"] == pytest.approx(0.01)


def test_a_threshold_given_against_diagnosis_has_no_line_without_a_diagnosis_sample() -> None:
    drawn = inputs([detected("a", "2026-01-05", "0.5")], thresholds=relapsed_after_hsct().thresholds)
    assert "TIONG2020" not in {line["ruleset"] for line in meta(drawn)["thresholds"]}


def test_months_count_from_diagnosis_transplant_latest_relapse_and_first_cycle() -> None:
    counted = {origin["code"]: origin["on"] for origin in meta(relapsed_after_hsct())["origins"]}
    assert counted == {
        "DIAGNOSIS": "2025-06-03",
        "HSCT": "2026-06-25",
        "RELAPSE": "2026-10-22",
        "CYCLE_1": "2026-02-16",
    }


def test_one_can_jump_to_the_time_since_the_latest_transplant_and_to_six_months() -> None:
    windows = {window["code"]: window for window in meta(relapsed_after_hsct())["windows"]}
    assert list(windows) == ["ALL", "SINCE_HSCT", "SIX_MONTHS", "CURRENT"]
    assert windows["SINCE_HSCT"]["from"] == "2026-06-18"
    assert windows["SIX_MONTHS"]["from"] == "2026-05-21"


def test_a_narrow_screen_shows_the_current_course_unless_it_is_empty() -> None:
    def narrow(as_of: date) -> str:
        told = meta(relapsed_after_hsct(), as_of=as_of)["windows"]
        [window] = [one for one in told if one["code"] == "CURRENT"]
        return str(window["from"])

    assert narrow(AS_OF) == "2026-06-18"
    assert narrow(day("2026-07-01")) < DIAGNOSIS_AND_ROOM


DIAGNOSIS_AND_ROOM = "2025-06-03"


def test_a_forecast_is_a_wedge_with_a_line_that_stops_at_ten_per_cent() -> None:
    drawn = figure(relapsed_after_hsct(forecast=GROWING))
    [wedge], [line], [tick] = (traces(drawn, f"forecast_{part}") for part in ("wedge", "line", "tick"))
    assert max(wedge["y"]) == max(line["y"]) == 10.0
    assert min(wedge["x"]) == "2026-11-12"  # the last marrow sample: behind it the curve is known
    assert tick["x"] == ["2026-12-16", "2027-01-15"]
    assert drawn["layout"]["meta"]["forecast"]["doubling_days"] == "9.0"


def test_without_a_forecast_there_is_no_wedge() -> None:
    drawn = figure(relapsed_after_hsct())
    assert drawn["layout"]["meta"]["forecast"] is None
    assert not [trace for trace in drawn["data"] if trace["meta"]["layer"].startswith("forecast")]


def test_the_figure_holds_codes_and_names_of_colours_but_no_words_and_no_colours() -> None:
    stored = json.dumps(figure(relapsed_after_hsct(forecast=GROWING)))
    assert "#" not in stored
    assert "rgb" not in stored
    assert '"text"' not in stored
    assert '"annotations"' not in stored


def test_the_figure_of_24_samples_is_small() -> None:
    assert len(json.dumps(figure(relapsed_after_hsct(forecast=GROWING)))) < 40_000


def test_findings_of_a_day_are_one_line_a_kind_with_their_share_of_alleles() -> None:
    found = (
        Finding(EventKind.MUTATION_GAINED, day("2026-10-22"), "FLT3-ITD", "", Decimal("12.5")),
        Finding(EventKind.MUTATION_GAINED, day("2026-10-22"), "NRAS", "G12D"),
        Finding(EventKind.MUTATION_PERSISTENT, day("2025-11-10"), "DNMT3A", "R882H", Decimal(41)),
        Finding(EventKind.MUTATION_LOST, day("2027-01-01"), "IDH2"),
    )
    told = meta(relapsed_after_hsct(findings=found))["lines"]
    [gained] = [line for line in told if line["kind"] == "MUTATION_GAINED"]
    assert gained["findings"] == [{"name": "FLT3-ITD", "vaf_pct": "12.5"}, {"name": "NRAS G12D", "vaf_pct": None}]
    assert gained["detail"] == "FLT3-ITD, NRAS G12D"
    [stayed] = [line for line in told if line["kind"] == "MUTATION_PERSISTENT"]
    assert (stayed["on"], stayed["findings"]) == ("2025-11-10", [{"name": "DNMT3A R882H", "vaf_pct": "41"}])
    assert not [line for line in told if line["kind"] == "MUTATION_LOST"]


def test_the_loss_of_the_marker_itself_stands_out() -> None:
    found = (
        Finding(EventKind.MUTATION_LOST, day("2026-09-01"), "NPM1"),
        Finding(EventKind.MUTATION_LOST, day("2026-09-02"), "IDH2"),
    )
    told = meta(relapsed_after_hsct(findings=found))["lines"]
    assert [line["marker_lost"] for line in told if line["kind"] == "MUTATION_LOST"] == [True, False]
