"""A figure in a file tells what its marks mean: it travels without the page that says it."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from django.utils import translation

from monitoring.charts.cohort_legend_svg import MARKS, mark_svg
from monitoring.domain.cohorts.endpoints import Origin
from monitoring.domain.cohorts.part_depth import DepthAnswer, depth_answer
from monitoring.domain.cohorts.part_kinetics import kinetics_answer
from monitoring.domain.cohorts.part_swimmer import swimmer_answer
from monitoring.domain.cohorts.part_trajectories import trajectories_answer
from monitoring.domain.cohorts.part_waterfall import waterfall_answer
from monitoring.domain.cohorts.response_table import CycleDepth
from monitoring.domain.response import BelowDiagnosis
from monitoring.domain.terms import Tissue
from monitoring.wording import (
    cohort_depth_words,
    cohort_kinetics_words,
    cohort_legend_words,
    cohort_swimmer_words,
    cohort_trajectories_words,
    cohort_waterfall_words,
)
from tests.simulated_courses import simulated
from tests.svg_geometry import outside, root_of

BM = Tissue.BONE_MARROW
SEVENTY = simulated(70)
FILES: dict[str, Callable[[], str]] = {
    "swimmer": lambda: cohort_swimmer_words.file_svg(swimmer_answer(SEVENTY, Origin.CYCLE_1), Origin.CYCLE_1),
    "waterfall": lambda: cohort_waterfall_words.file_svg(waterfall_answer(SEVENTY)),
    "trajectories": lambda: cohort_trajectories_words.file_svg(
        trajectories_answer(SEVENTY, Origin.CYCLE_1, BM), Origin.CYCLE_1
    ),
    "depth": lambda: cohort_depth_words.file_svg(depth_answer(SEVENTY, BM)),
    "kinetics": lambda: cohort_kinetics_words.file_svg(kinetics_answer(SEVENTY)),
}
SAID = {
    "swimmer": ("venetoclax, width = days given", "second molecular relapse", "alive and followed"),
    "waterfall": ("log10 of % of ABL1", "Dotted bar with open triangle: not detected", "FILO 2025"),
    "trajectories": ("Marrow", "% of ABL1", "open triangle: not detected", "band: quartiles"),
    "depth": ("Marrow, by the last sample", "Open box: not sampled"),
    "kinetics": ("Dot: one patient, with the 95 % interval", "Ommen 2010"),
}


def words_of(svg: str) -> str:
    """Every text of a picture, as one."""
    return " ".join(one.text or "" for one in root_of(svg).iter() if one.tag.endswith("text"))


@pytest.mark.parametrize("figure", FILES)
def test_a_file_says_what_its_marks_mean(figure: str) -> None:
    with translation.override("en"):
        written = words_of(FILES[figure]())
    assert [each for each in SAID[figure] if each not in written] == []


@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize("figure", FILES)
def test_a_legend_stays_inside_the_sheet(figure: str, language: str) -> None:
    with translation.override(language):
        assert outside(FILES[figure]()) == []


def test_the_page_shows_each_mark_beside_its_words() -> None:
    for mark in MARKS:
        assert root_of(mark_svg(mark)).get("aria-hidden") == "true"
    key = cohort_legend_words.swimmer_key(swimmer_answer(SEVENTY, Origin.CYCLE_1))
    assert {line.mark for line in key} == set(MARKS)


def test_cycles_in_which_nobody_was_sampled_are_one_sentence_at_the_end() -> None:
    first = depth_answer(SEVENTY, BM).cycles[0]
    sampled = replace(first, cycle=1, given=9, counts={**dict.fromkeys(BelowDiagnosis, 0), BelowDiagnosis.NEGATIVE: 9})
    empty = [replace(first, cycle=n, given=10 - n, counts=dict.fromkeys(BelowDiagnosis, 0)) for n in range(2, 6)]
    shown = cohort_depth_words.context(_depth(sampled, *empty))
    assert len(shown["cycles"]) == 1
    assert shown["later"] == "C2 to C5, given to 8 patients at most: nobody was sampled after them."
    assert len(cohort_depth_words.context(_depth(sampled, *empty[:2]))["cycles"]) == 3


def _depth(*cycles: CycleDepth) -> DepthAnswer:
    return replace(depth_answer(SEVENTY, BM), cycles=cycles)
