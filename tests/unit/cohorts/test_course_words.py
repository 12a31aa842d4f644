"""The parts that tell the course of a cohort in words: the numbers of a figure stand in its table."""

from collections.abc import Mapping
from decimal import Decimal
from html import unescape
from typing import Any

import pytest
from django.template.loader import render_to_string
from django.utils import translation

from monitoring.domain.cohort_band import BandMonth, Quantile
from monitoring.domain.cohorts import part_answers, parts
from monitoring.domain.cohorts.definition import CohortDefinition
from monitoring.domain.cohorts.endpoints import Origin
from monitoring.domain.cohorts.flow import Flow
from monitoring.domain.cohorts.part_answers import CohortData
from monitoring.domain.cohorts.part_toxicity import toxicity_answer
from monitoring.domain.cohorts.part_trajectories import TrajectoriesAnswer
from monitoring.domain.cohorts.part_waterfall import MOST_BARS, Bar, WaterfallAnswer
from monitoring.domain.cohorts.parts import Part
from monitoring.domain.cohorts.patient import CohortPatient, Doubling, Transplant
from monitoring.domain.terms import CycleResponse, Tissue
from monitoring.views import cohort_course_parts
from monitoring.wording import (
    cohort_course_files,
    cohort_toxicity_words,
    cohort_trajectories_words,
    cohort_waterfall_words,
)
from monitoring.wording.cohort_pictures import share
from tests.cohort_patients import TREATED_ON, cohort_patient
from tests.simulated_courses import simulated

BM, PB = Tissue.BONE_MARROW, Tissue.PERIPHERAL_BLOOD
SEVENTY = simulated(70)


@pytest.fixture(autouse=True)
def addresses(monkeypatch: pytest.MonkeyPatch) -> None:
    def patients_of(series: set[int]) -> Mapping[int, int]:
        return {one: one + 1000 for one in series}

    monkeypatch.setattr("monitoring.queries.series_patients.read_patients_of", patients_of)


def context(part: str, patients: tuple[CohortPatient, ...], **asked: Any) -> dict[str, Any]:
    return shown(part, patients, **asked)[1]


def shown(part: str, patients: tuple[CohortPatient, ...], **asked: Any) -> tuple[str, dict[str, Any]]:
    flow = Flow(len(patients), (), tuple(one.series_id for one in patients))
    data = CohortData(CohortDefinition(), flow, patients, revision=7, cared_for=len(patients))
    question = parts.ask(part, asked)
    return cohort_course_parts.COURSE_PARTS[question.part](question, part_answers.answer_of(question, data))


def page(part: str, patients: tuple[CohortPatient, ...], **asked: Any) -> str:
    template, figure = shown(part, patients, **asked)
    address = f"/cohorts/1/parts/{part}/"
    return " ".join(unescape(render_to_string(template, {"figure": figure, "each": {"address": address}})).split())


EMPTY = {
    "WATERFALL": "No patient has a response after C1 ± C2",
    "SWIMMER": "No patient has the day from which time is counted: molecular relapse.",
    "TRAJECTORIES": "No patient has an evaluable sample of marrow around this day: C1 day 1.",
    "DEPTH": "No patient has a venetoclax cycle",
    "TIMES": "No patient has a diagnosis, a failure, a cycle or a transplant on record",
    "TOXICITY": "No patient has a venetoclax cycle",
    "MUTATIONS": "In no patient is a mutation on record",
    "KINETICS": "No patient is in this cohort",
}


@pytest.mark.parametrize("part", cohort_course_parts.COURSE_PARTS)
def test_a_cohort_of_nobody_says_so_in_words(part: Part) -> None:
    said = page(part, ())
    assert EMPTY[part] in said
    assert "<table" not in said


@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize("part", cohort_course_parts.COURSE_PARTS)
def test_every_part_is_a_page_of_one_patient_and_of_seventy(part: Part, language: str) -> None:
    with translation.override(language):
        for patients in (simulated(1), SEVENTY):
            said = page(part, patients)
            assert "style=" not in said
            assert "<table" in said


def test_every_bar_stands_in_its_table_with_the_page_of_its_patient() -> None:
    figure = context("WATERFALL", SEVENTY)
    for tissue in figure["tissues"]:
        assert len(tissue.rows) == tissue.bars
        assert tissue.rows[0].address == f"/patients/{int(tissue.rows[0].pseudonym[2:]) + 1000}/"
    *responses, total, limited = (int(row.blood) for row in figure["counts"])
    assert sum(responses) == total == figure["tissues"][0].bars
    assert limited == sum(row.change.endswith("or lower") for row in figure["tissues"][0].rows)


def test_a_bar_to_a_limit_says_that_the_truth_lies_there_or_below() -> None:
    bar = Bar(1, "P-0001", CycleResponse.NEGATIVITY, -2.31, is_at_least=True)
    assert cohort_waterfall_words.change_words(bar) == "−2.31\u00a0log or lower"
    near = Bar(1, "P-0001", CycleResponse.STABLE, -0.9996, is_at_least=False)
    assert cohort_waterfall_words.change_words(near) == "−0.9996\u00a0log"


def test_thinned_bars_are_told() -> None:
    bars = tuple(Bar(n, f"P-{n:04}", CycleResponse.STABLE, 0.1, is_at_least=False) for n in range(300))
    answer = WaterfallAnswer({BM: (), PB: bars}, {BM: 0, PB: 3 * MOST_BARS - 1}, {BM: 1, PB: 0})
    blood, marrow = cohort_waterfall_words.context(answer, {})["tissues"]
    assert blood.remarks == (
        "Blood: of 1,199 bars in order 1 in 6 is drawn, 150 in all.", "Blood: the tables hold 1 bar in 3.",
    )  # fmt: skip
    assert marrow.remarks == ("Marrow: 1 evaluated patient has no bar, without a reference or a limit.",)


def test_lanes_left_out_are_told() -> None:
    many = tuple(cohort_patient() for _ in range(230))
    said = page("SWIMMER", (*many, cohort_patient(failure=None)))
    assert "The 200 longest followed of 230 patients are drawn." in said
    assert "1 patient is left out, without this day: molecular relapse." in said


def test_every_lane_is_a_row() -> None:
    figure = context("SWIMMER", SEVENTY)
    assert len(figure["rows"]) == len(SEVENTY)
    key = [words for _, words in figure["key"]]
    assert f"death, {sum(row.end.startswith('died') for row in figure['rows'])};" in key
    assert f"second molecular relapse, {sum(row.second_relapse != '–' for row in figure['rows'])};" in key
    assert f"HSCT, {sum(row.transplants != '–' for row in figure['rows'])};" in key


def test_options_are_links_of_which_one_is_current() -> None:
    said = page("TRAJECTORIES", SEVENTY, tissue="PB", origin="HSCT")
    assert 'href="/cohorts/1/parts/TRAJECTORIES/?origin=HSCT&tissue=BM"' in said.replace("&amp;", "&")
    assert said.count('aria-current="true"') == 2
    assert 'aria-current="true">Blood</a>' in said
    assert 'aria-current="true">HSCT</a>' in said


def test_without_enough_patients_in_a_month_it_says_how_many_there_are() -> None:
    said = page("TRAJECTORIES", simulated(5))
    most = context("TRAJECTORIES", simulated(5))["no_band"]
    assert "a band needs 10 patients in a month, the fullest month has" in most
    assert most in said


def test_a_median_below_the_limits_is_a_bound() -> None:
    low, high = Quantile(Decimal("0.0032"), is_below=True), Quantile(Decimal("0.096"), is_below=False)
    answer = TrajectoriesAnswer(BM, (), 12, (BandMonth(3, 12, 8, low, low, high),), None)
    [row] = cohort_trajectories_words.context(answer, Origin.CYCLE_1, {})["months"]
    assert (row.patients, row.undetected) == ("12", "8")
    assert row.median == "below 0.0032"
    assert row.quartiles == "below 0.0032 to 0.096"


def test_levels_are_named_by_rule_set_and_tissue() -> None:
    assert [line.name for line in cohort_trajectories_words.level_lines(BM)] == [
        "2\u00a0%, ELN 2021 and 2022", "0.1\u00a0% in marrow, ELN 2025",
    ]  # fmt: skip
    assert [line.name for line in cohort_trajectories_words.level_lines(PB)][1:] == [
        "0.1\u00a0% in blood, CBF, ELN 2025", "0.01\u00a0% in blood, NPM1, ELN 2025",
    ]  # fmt: skip


def test_numbers_are_those_of_the_language() -> None:
    with translation.override("fr"):
        assert cohort_trajectories_words.level_lines(PB)[2].pct_abl1 == Decimal("0.01")
        assert "0,01\u202f%" in cohort_trajectories_words.level_lines(PB)[2].name
        figure = context("TIMES", SEVENTY)
        assert "," in figure["times"][0].told.median
        assert context("TRAJECTORIES", SEVENTY)["months"][4].median == "0,166"
        assert ">0,01</text>" in context("TRAJECTORIES", SEVENTY)["picture"].wide


def test_shares_have_exact_intervals_and_nobody_has_none() -> None:
    assert (share(23, 34).pct, share(23, 34).interval) == ("68", "49–83")
    assert (share(0, 10).pct, share(0, 10).interval) == ("0", "0–31")
    assert (share(0, 0).n, share(0, 0).pct, share(0, 0).interval) == ("–", "–", "–")


def test_depth_adds_up_in_every_row() -> None:
    for row in context("DEPTH", SEVENTY, tissue="PB")["cycles"]:
        classed = sum(int(one.n) for one in row.shares if one.n != "–")
        assert classed == int(row.classed)
        assert classed + int(row.not_evaluable) + int(row.not_sampled) == int(row.given)


def test_what_was_not_recorded_is_in_no_percentage() -> None:
    donors = ("matched sibling", "matched sibling", "haploidentical", "")
    cohort = tuple(cohort_patient(transplants=(Transplant(TREATED_ON, donor),)) for donor in donors)
    blocks = {block.name: block for block in context("TIMES", cohort)["categories"]}
    donor = blocks["Donor"]
    assert donor.concerned == "4 transplanted"
    assert [(entry.value, entry.share.n, entry.share.pct) for entry in donor.entries] == [
        ("matched sibling", "2", "67"), ("haploidentical", "1", "33"),
    ]  # fmt: skip
    assert (donor.not_recorded, donor.not_recorded_name) == ("1", "not recorded")
    assert "Not transplanted, reason" in context("TIMES", cohort)["nobody"]


def test_days_of_venetoclax_stand_in_their_order() -> None:
    blocks = {block.name: block for block in context("TIMES", SEVENTY)["categories"]}
    said = [entry.value for entry in blocks["Venetoclax days in cycle 1"].entries]
    assert said == ["7 days", "14 days", "21 days", "28 days"]


def test_toxicity_counts_only_those_of_whom_it_is_known() -> None:
    answer = toxicity_answer(SEVENTY)
    lines = cohort_toxicity_words.toxicity_lines(answer)
    for row, line in zip(answer.rows, lines, strict=True):
        assert line.cells[0].of == str(row.of)
        assert line.cells[0].share.n == str(row.affected)
    assert "quartiles" in lines[1].detail


def test_growth_without_a_high_end_says_or_longer() -> None:
    cohort = (cohort_patient(doubling=Doubling(11.2, 5.04, None)), cohort_patient(doubling=Doubling(9.0, 6.0, 22.1)))
    figure = context("KINETICS", cohort)
    assert [row.interval for row in figure["rows"]] == ["6 to 22.1", "5 or longer"]
    [marker] = figure["markers"]
    assert (marker.estimated, marker.median, marker.published) == ("2 of 2", "10.1", "11")


def test_thinned_doubling_times_are_told() -> None:
    one = cohort_patient(doubling=Doubling(11.2, 5.04, None))
    figure = context("KINETICS", (one,) * 801)
    assert len(figure["rows"]) == 161
    assert figure["remarks"] == [
        "NPM1: of 801 patients in order 1 in 15 is drawn; median and quartiles are of all. The table holds 1 in 5."
    ]


@pytest.mark.parametrize("part", cohort_course_files.FILES)
def test_a_file_names_no_address(part: Part) -> None:
    flow = Flow(70, (), tuple(one.series_id for one in SEVENTY))
    data = CohortData(CohortDefinition(), flow, SEVENTY, revision=7, cared_for=70)
    question = parts.ask(part, {})
    svg = cohort_course_files.FILES[part](question, part_answers.answer_of(question, data))
    assert svg.startswith('<svg xmlns="http://www.w3.org/2000/svg" width="')
    assert "href" not in svg
