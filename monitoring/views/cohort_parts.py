"""How each part of a cohort's page is shown: its template, and what that is given."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from monitoring.domain.cohorts.parts import Part, PartQuestion
from monitoring.views import cohort_course_parts, cohort_curves


@dataclass(frozen=True, slots=True)
class Drawn:
    """A template of components and its context, under the name `figure`."""

    template: str
    context: dict[str, Any]


Draw = Callable[[PartQuestion, Any], Drawn]


def _as_drawn(show: Callable[[PartQuestion, Any], tuple[str, dict[str, Any]]]) -> Draw:
    return lambda asked, found: Drawn(*show(asked, found))


DRAWN: Mapping[Part, Draw] = {
    Part.RESPONSE: lambda asked, found: Drawn("components/cohort_response.html", cohort_curves.response(asked, found)),
    Part.SURVIVAL: lambda asked, found: Drawn("components/cohort_survival.html", cohort_curves.survival(asked, found)),
    Part.INCIDENCE: lambda asked, found: Drawn(
        "components/cohort_incidence.html", cohort_curves.incidence(asked, found)
    ),
    Part.TRANSPLANT: lambda asked, found: Drawn(
        "components/cohort_transplant.html", cohort_curves.transplant(asked, found)
    ),
    **{part: _as_drawn(show) for part, show in cohort_course_parts.COURSE_PARTS.items()},
}


def draw(question: PartQuestion, answer: Any) -> Drawn:
    """Return how the answer of a part is shown; a part that has no drawing shows nothing."""
    drawing = DRAWN.get(question.part)
    return drawing(question, answer) if drawing else Drawn("", {})
