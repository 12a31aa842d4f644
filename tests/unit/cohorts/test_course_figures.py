"""The figures of a cohort's course: well formed, inside their sheet, each patient drawn once, the same in a file."""

import re
from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from django.utils import translation

from monitoring.charts import cohort_course_sheet as sheets
from monitoring.charts.cohort_depth_svg import depth_bar_svg, depth_svg
from monitoring.charts.cohort_kinetics_svg import MOST_POINTS, kinetics_svg
from monitoring.charts.cohort_swimmer_svg import swimmer_svg
from monitoring.charts.cohort_trajectories_svg import trajectories_svg
from monitoring.charts.cohort_waterfall_svg import waterfall_svg
from monitoring.domain.cohorts.endpoints import Origin
from monitoring.domain.cohorts.part_depth import depth_answer
from monitoring.domain.cohorts.part_kinetics import kinetics_answer
from monitoring.domain.cohorts.part_swimmer import MOST_LANES, swimmer_answer
from monitoring.domain.cohorts.part_trajectories import trajectories_answer
from monitoring.domain.cohorts.part_waterfall import MOST_BARS, waterfall_answer
from monitoring.domain.cohorts.patient import CohortPatient, Doubling
from monitoring.domain.terms import Tissue
from monitoring.wording import cohort_depth_words as depth_words
from monitoring.wording import cohort_kinetics_words as kinetics_words
from monitoring.wording import cohort_swimmer_words as swimmer_words
from monitoring.wording import cohort_trajectories_words as trajectories_words
from monitoring.wording import cohort_waterfall_words as waterfall_words
from monitoring.wording.cohort_legend_words import lanes_with
from tests.cohort_patients import cohort_patient
from tests.simulated_courses import simulated
from tests.svg_geometry import named, outside, places, root_of

BM, PB = Tissue.BONE_MARROW, Tissue.PERIPHERAL_BLOOD
CSS = Path(__file__).parents[3] / "static/css/cohort_course.css"
Patients = tuple[CohortPatient, ...]


def _waterfall(patients: Patients, **how: Any) -> str:
    answer = waterfall_answer(patients)
    return waterfall_svg(answer, waterfall_words.svg_words(answer), **how)


def _swimmer(patients: Patients, origin: Origin = Origin.HSCT, **how: Any) -> str:
    answer = swimmer_answer(patients, origin)
    return swimmer_svg(answer, swimmer_words.svg_words(answer, origin), **how)


def _trajectories(patients: Patients, tissue: Tissue = PB, **how: Any) -> str:
    answer = trajectories_answer(patients, Origin.CYCLE_1, tissue)
    levels = trajectories_words.level_lines(tissue)
    return trajectories_svg(answer, levels, trajectories_words.svg_words(answer, Origin.CYCLE_1), **how)


def _kinetics(patients: Patients, **how: Any) -> str:
    answer = kinetics_answer(patients)
    return kinetics_svg(answer, kinetics_words.svg_words(answer), **how)


def _depth(patients: Patients, **how: Any) -> str:
    answer = depth_answer(patients, BM)
    return depth_svg(answer, depth_words.svg_words(answer), **how)


DRAWN: dict[str, Callable[..., str]] = {
    "waterfall": _waterfall, "swimmer": _swimmer, "trajectories": _trajectories, "kinetics": _kinetics, "depth": _depth,
}  # fmt: skip
COHORTS: dict[str, Patients] = {
    "nobody": (), "one without anything": (cohort_patient(),), "one": simulated(1), "70": simulated(70),
    "230": simulated(230, seed=3),
}  # fmt: skip


def pieces(svg: str, style: str) -> int:
    """How many shapes a style holds: those of one kind are one path."""
    return sum((one.get("d") or "").count("M") for one in named(root_of(svg), style))


@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize("is_narrow", [False, True])
@pytest.mark.parametrize("name", COHORTS)
@pytest.mark.parametrize("figure", DRAWN)
def test_everything_stays_inside_the_sheet(figure: str, name: str, is_narrow: bool, language: str) -> None:
    with translation.override(language):
        assert outside(DRAWN[figure](COHORTS[name], is_narrow=is_narrow)) == []


@pytest.mark.parametrize("figure", DRAWN)
def test_a_file_holds_the_shapes_of_the_page_with_colours_of_its_own(figure: str) -> None:
    page, file = (DRAWN[figure](COHORTS["70"], look=look) for look in sheets.Look)
    shapes = [re.findall(r' d="([^"]+)"', svg) for svg in (page, file)]
    assert shapes[1][1:] == shapes[0]
    assert "class=" not in file
    assert "<style" not in file
    assert "fill=" not in page


def test_every_style_of_the_sheet_is_one_of_the_style_sheet() -> None:
    in_css = set(re.findall(r"\.cs-([a-z-]+)", CSS.read_text()))
    assert in_css == {*sheets.STYLES, "halo"}


def test_every_bar_is_drawn_once_solid_or_dotted_with_its_triangle() -> None:
    answer = waterfall_answer(COHORTS["70"])
    for is_narrow in (False, True):
        svg = _waterfall(COHORTS["70"], is_narrow=is_narrow)
        for tissue in Tissue:
            limited = sum(bar.is_at_least for bar in answer.bars[tissue])
            assert pieces(svg, f"cs-bar-{tissue.lower()}") == len(answer.bars[tissue]) - limited
            assert pieces(svg, f"cs-limit-{tissue.lower()}") == limited
            assert pieces(svg, f"cs-tip-{tissue.lower()}") == limited


def test_blood_and_marrow_are_never_in_one_column() -> None:
    root = root_of(_waterfall(COHORTS["70"]))
    reach = {
        tissue: [x for one in named(root, f"cs-bar-{tissue.lower()}") for x, _ in places(one.get("d") or "")]
        for tissue in Tissue
    }
    assert max(reach[PB]) < min(reach[BM])
    narrow = root_of(_waterfall(COHORTS["70"], is_narrow=True))
    depth = {
        tissue: [y for one in named(narrow, f"cs-bar-{tissue.lower()}") for _, y in places(one.get("d") or "")]
        for tissue in Tissue
    }
    assert max(depth[PB]) < min(depth[BM])


def test_every_lane_has_its_marks() -> None:
    answer = swimmer_answer(COHORTS["70"], Origin.HSCT)
    svg = _swimmer(COHORTS["70"])
    key = lanes_with(answer)
    assert pieces(svg, "cs-life") == len(answer.lanes)
    assert pieces(svg, "cs-given") == sum(len(lane.cycles) for lane in answer.lanes)
    assert len(named(root_of(svg), "cs-flag")) == key["second"]
    assert len(named(root_of(svg), "cs-relapse")) == key["relapse"]
    assert len(named(root_of(svg), "cs-half")) == key["reduction"]
    assert len(named(root_of(svg), "cs-died")) == key["died"]
    assert len(named(root_of(svg), "cs-followed")) == key["followed"] + key["long_ago"]
    assert len(named(root_of(svg), "cs-responded")) == key["reduction"] + key["negativity"]


def test_of_more_than_200_patients_200_lanes_are_drawn() -> None:
    assert pieces(_swimmer(COHORTS["230"], Origin.CYCLE_1), "cs-life") == MOST_LANES


def test_a_pseudonym_is_a_link_on_the_page_and_plain_text_in_a_file() -> None:
    addresses = {1: "/patients/41/"}
    page = _swimmer(simulated(1), Origin.CYCLE_1, addresses=addresses)
    file = _swimmer(simulated(1), Origin.CYCLE_1, addresses=addresses, look=sheets.Look.FILE)
    assert '<a href="/patients/41/"><text' in page
    assert "/patients" not in file
    assert ">P-0001</text>" in file


def test_what_people_typed_is_text_and_never_markup() -> None:
    typed = replace(simulated(1)[0], pseudonym='<a "&')
    svg = _swimmer((typed,), Origin.CYCLE_1)
    assert any(one.text == '<a "&' for one in root_of(svg).iter())


def test_what_was_not_detected_is_an_open_triangle_joined_by_dots() -> None:
    answer = trajectories_answer(COHORTS["70"], Origin.CYCLE_1, BM)
    svg = _trajectories(COHORTS["70"], BM)
    points = [line.points for line in answer.lines]
    pairs = [(one, other) for line in points for one, other in pairwise(line)]
    known = sum(one.is_detected and other.is_detected for one, other in pairs)
    assert pieces(svg, "cs-below-bm") == sum(not point.is_detected for line in points for point in line)
    assert pieces(svg, "cs-line-bm") == known
    assert pieces(svg, "cs-dotted-bm") == len(pairs) - known
    below = sum(month.median.is_below for month in answer.band)
    assert len(named(root_of(svg), "cs-median-below")) == below
    assert len(named(root_of(svg), "cs-median-dot")) == len(answer.band) - below


def test_every_doubling_time_is_a_dot_and_of_many_every_nth() -> None:
    answer = kinetics_answer(COHORTS["70"])
    assert pieces(_kinetics(COHORTS["70"]), "cs-dot") == sum(len(marker.points) for marker in answer.markers) > 20
    one = cohort_patient(doubling=Doubling(11.0, 5.0, None))
    many = tuple(replace(one, series_id=number) for number in range(MOST_POINTS * 2 + 1))
    assert pieces(_kinetics(many), "cs-dot") == 54


def test_of_a_large_cohort_every_nth_bar_is_drawn_inside_the_sheet() -> None:
    one = next(patient for patient in COHORTS["70"] if waterfall_answer((patient,)).bars[PB])
    many = tuple(replace(one, series_id=number) for number in range(MOST_BARS * 2 + 1))
    svg = _waterfall(many, is_narrow=True)
    drawn = pieces(svg, "cs-bar-pb") + pieces(svg, "cs-limit-pb")
    assert len(waterfall_answer(many).bars[PB]) == 267
    assert drawn == 134
    assert outside(svg) == []


def test_a_bar_of_depth_holds_one_segment_a_class_and_is_as_wide_as_the_cycle_was_given() -> None:
    answer = depth_answer(COHORTS["70"], BM)
    first = answer.cycles[0]
    svg = depth_bar_svg(first, first.given, depth_words.svg_words(answer))
    segments = [one for style in ("deep", "low", "positive", "unclear") for one in named(root_of(svg), f"cs-{style}")]
    assert len(segments) == sum(count > 0 for count in first.counts.values())
    [line] = named(root_of(svg), "cs-axis")
    assert max(x for x, _ in places(line.get("d") or "")) == pytest.approx(219.0, abs=0.1)
