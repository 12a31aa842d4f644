"""The answer of each part of a cohort's page: one pure function a part, and the type in which it is kept.

Source: docs/methods/cohorts.md.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from monitoring.domain.cohorts import compact
from monitoring.domain.cohorts.definition import CohortDefinition
from monitoring.domain.cohorts.endpoints import Origin
from monitoring.domain.cohorts.flow import Flow
from monitoring.domain.cohorts.part_depth import DepthAnswer, depth_answer
from monitoring.domain.cohorts.part_endpoints import EndpointsAnswer, endpoints_answer
from monitoring.domain.cohorts.part_incidence import IncidenceAnswer, incidence_answer
from monitoring.domain.cohorts.part_kinetics import KineticsAnswer, kinetics_answer
from monitoring.domain.cohorts.part_mutations import MutationsAnswer, mutations_answer
from monitoring.domain.cohorts.part_response import ResponseAnswer, response_answer
from monitoring.domain.cohorts.part_survival import SurvivalAnswer, survival_answer
from monitoring.domain.cohorts.part_swimmer import SwimmerAnswer, swimmer_answer
from monitoring.domain.cohorts.part_times import TimesAnswer, times_answer
from monitoring.domain.cohorts.part_toxicity import ToxicityAnswer, toxicity_answer
from monitoring.domain.cohorts.part_trajectories import TrajectoriesAnswer, trajectories_answer
from monitoring.domain.cohorts.part_transplant import TransplantAnswer, transplant_answer
from monitoring.domain.cohorts.part_waterfall import WaterfallAnswer, waterfall_answer
from monitoring.domain.cohorts.parts import NotAQuestion, Part, PartQuestion
from monitoring.domain.cohorts.patient import CohortPatient
from monitoring.domain.terms import Tissue


@dataclass(frozen=True, slots=True)
class CohortData:
    """A cohort as it is computed: its patients, how they came to it, and the state of the data.

    `others`: the series of the patients of other centres, where they are pooled.
    """

    definition: CohortDefinition
    flow: Flow
    patients: tuple[CohortPatient, ...]
    revision: int
    cared_for: int
    others: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class PartAnswer:
    """How a part is answered, and in which type the answer is kept."""

    kind: type
    answer: Callable[[CohortData, PartQuestion], Any]


ANSWERS: Mapping[Part, PartAnswer] = {
    Part.FLOW: PartAnswer(Flow, lambda data, _: data.flow),
    Part.RESPONSE: PartAnswer(ResponseAnswer, lambda data, _: response_answer(data.patients)),
    Part.DEPTH: PartAnswer(DepthAnswer, lambda data, asked: depth_answer(data.patients, _tissue(asked))),
    Part.WATERFALL: PartAnswer(WaterfallAnswer, lambda data, _: waterfall_answer(data.patients)),
    Part.ENDPOINTS: PartAnswer(EndpointsAnswer, lambda data, asked: endpoints_answer(data.patients, _origin(asked))),
    Part.SURVIVAL: PartAnswer(SurvivalAnswer, lambda data, asked: survival_answer(data.patients, asked, data.others)),
    Part.INCIDENCE: PartAnswer(
        IncidenceAnswer, lambda data, asked: incidence_answer(data.patients, asked, data.others)
    ),
    Part.TRANSPLANT: PartAnswer(
        TransplantAnswer, lambda data, asked: transplant_answer(data.patients, asked, data.others)
    ),
    Part.TIMES: PartAnswer(TimesAnswer, lambda data, _: times_answer(data.patients)),
    Part.SWIMMER: PartAnswer(SwimmerAnswer, lambda data, asked: swimmer_answer(data.patients, _origin(asked))),
    Part.TRAJECTORIES: PartAnswer(
        TrajectoriesAnswer,
        lambda data, asked: trajectories_answer(data.patients, _origin(asked), _tissue(asked)),
    ),
    Part.TOXICITY: PartAnswer(ToxicityAnswer, lambda data, _: toxicity_answer(data.patients)),
    Part.MUTATIONS: PartAnswer(MutationsAnswer, lambda data, _: mutations_answer(data.patients)),
    Part.KINETICS: PartAnswer(KineticsAnswer, lambda data, _: kinetics_answer(data.patients)),
}


def answer_of(question: PartQuestion, data: CohortData) -> Any:
    """Return the answer of a part for a cohort."""
    return ANSWERS[question.part].answer(data, question)


def written(question: PartQuestion, answer: Any) -> Any:
    """Return an answer as it is kept."""
    return compact.write(ANSWERS[question.part].kind, answer)


def read(question: PartQuestion, kept: Any) -> Any:
    """Return the answer that `written` wrote."""
    return compact.read(ANSWERS[question.part].kind, kept)


def _origin(question: PartQuestion) -> Origin:
    if question.origin is None:
        raise NotAQuestion("origin")
    return question.origin


def _tissue(question: PartQuestion) -> Tissue:
    if question.tissue is None:
        raise NotAQuestion("tissue")
    return question.tissue
