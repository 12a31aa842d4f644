"""The figures of a cohort's course for files: the same pictures as on the page, with their own colours, as SVG."""

from collections.abc import Callable, Mapping
from typing import Any

from monitoring.domain.cohorts.parts import Part, PartQuestion
from monitoring.wording import (
    cohort_depth_words,
    cohort_kinetics_words,
    cohort_swimmer_words,
    cohort_trajectories_words,
    cohort_waterfall_words,
)
from monitoring.wording.cohort_pictures import asked_origin

FILES: Mapping[Part, Callable[[PartQuestion, Any], str]] = {
    Part.WATERFALL: lambda _, answer: cohort_waterfall_words.file_svg(answer),
    Part.SWIMMER: lambda asked, answer: cohort_swimmer_words.file_svg(answer, asked_origin(asked)),
    Part.TRAJECTORIES: lambda asked, answer: cohort_trajectories_words.file_svg(answer, asked_origin(asked)),
    Part.DEPTH: lambda _, answer: cohort_depth_words.file_svg(answer),
    Part.KINETICS: lambda _, answer: cohort_kinetics_words.file_svg(answer),
}
