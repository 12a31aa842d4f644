"""How the parts of a cohort that tell the course of its patients are shown: template and context of each."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from django.urls import reverse

from monitoring.domain.cohorts.parts import Part, PartQuestion
from monitoring.queries import series_patients
from monitoring.wording import (
    cohort_depth_words,
    cohort_kinetics_words,
    cohort_mutations_words,
    cohort_swimmer_words,
    cohort_times_words,
    cohort_toxicity_words,
    cohort_trajectories_words,
    cohort_waterfall_words,
)
from monitoring.wording.cohort_pictures import asked_origin

Shown = tuple[str, dict[str, Any]]


def _waterfall(_: PartQuestion, answer: Any) -> Shown:
    addresses = _addresses(bar.series_id for bars in answer.bars.values() for bar in bars)
    return "components/cohort_waterfall.html", cohort_waterfall_words.context(answer, addresses)


def _swimmer(asked: PartQuestion, answer: Any) -> Shown:
    addresses = _addresses(lane.series_id for lane in answer.lanes)
    return "components/cohort_swimmer.html", cohort_swimmer_words.context(answer, asked_origin(asked), addresses)


def _trajectories(asked: PartQuestion, answer: Any) -> Shown:
    addresses = _addresses(line.series_id for line in answer.lines)
    context = cohort_trajectories_words.context(answer, asked_origin(asked), addresses)
    return "components/cohort_trajectories.html", context


def _kinetics(_: PartQuestion, answer: Any) -> Shown:
    addresses = _addresses(point.series_id for marker in answer.markers for point in marker.points)
    return "components/cohort_kinetics.html", cohort_kinetics_words.context(answer, addresses)


def _depth(asked: PartQuestion, answer: Any) -> Shown:
    return "components/cohort_depth.html", cohort_depth_words.context(answer, {"pooled": "yes"} if asked.pooled else {})


def _addresses(series_ids: Iterable[int]) -> Mapping[int, str]:
    """Where the patients of these series have their pages."""
    patients = series_patients.read_patients_of(set(series_ids))
    return {series: reverse("patient", args=[patient]) for series, patient in patients.items()}


COURSE_PARTS: Mapping[Part, Callable[[PartQuestion, Any], Shown]] = {
    Part.WATERFALL: _waterfall,
    Part.SWIMMER: _swimmer,
    Part.TRAJECTORIES: _trajectories,
    Part.DEPTH: _depth,
    Part.TIMES: lambda _, answer: ("components/cohort_times.html", cohort_times_words.context(answer)),
    Part.TOXICITY: lambda _, answer: ("components/cohort_toxicity.html", cohort_toxicity_words.context(answer)),
    Part.MUTATIONS: lambda _, answer: ("components/cohort_mutations.html", cohort_mutations_words.context(answer)),
    Part.KINETICS: _kinetics,
}
