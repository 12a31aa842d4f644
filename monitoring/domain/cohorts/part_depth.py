"""The depth part: by cycle in the form of Tiong 2020, Figure S1; best response, minor response, time to negativity.

Source: docs/methods/response_tables.md.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from monitoring.domain.cohorts.patient import CohortPatient
from monitoring.domain.cohorts.response_table import CycleDepth, depth_by_cycle
from monitoring.domain.cohorts.summaries import Summary, summary_of
from monitoring.domain.response import BestResponse
from monitoring.domain.terms import CycleResponse, Tissue


@dataclass(frozen=True, slots=True)
class DepthAnswer:
    """One tissue: depth after each cycle, best response over all cycles, those whose best was 1 to 2 log, and days.

    `days_to_negativity` counts from cycle 1 day 1, among those who reached it.
    """

    tissue: Tissue
    cycles: tuple[CycleDepth, ...]
    best: Mapping[CycleResponse, int]
    minor: int
    days_to_negativity: Summary | None


def depth_answer(patients: Sequence[CohortPatient], tissue: Tissue) -> DepthAnswer:
    """Return how deep the response of a cohort went in one tissue."""
    nothing = BestResponse(CycleResponse.NOT_EVALUATED)
    best = [patient.course.best.get(tissue, nothing) for patient in patients]
    found = Counter(each.response for each in best)
    reached = [each.days for each in best if each.response is CycleResponse.NEGATIVITY and each.days is not None]
    return DepthAnswer(
        tissue=tissue,
        cycles=depth_by_cycle(patients, tissue),
        best={response: found[response] for response in CycleResponse},
        minor=sum(_is_minor(patient, tissue) for patient in patients),
        days_to_negativity=summary_of(reached, of=len(patients)),
    )


def _is_minor(patient: CohortPatient, tissue: Tissue) -> bool:
    """Whether the deepest fall was a minor response: 1 to less than 2 log, and never negativity."""
    responses = [each for each in patient.course.responses if each.tissue is tissue]
    deeper = any(
        each.response is CycleResponse.NEGATIVITY
        or (each.response is CycleResponse.REDUCTION and not each.is_minor_response)
        for each in responses
    )
    return not deeper and any(each.is_minor_response for each in responses)
