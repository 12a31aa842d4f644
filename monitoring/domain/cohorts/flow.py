"""The flow of patients: who was considered, who was left out and why, who is in the cohort.

Source: docs/methods/cohorts.md.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from monitoring.domain.cohorts.definition import (
    Candidate,
    CohortDefinition,
    Criterion,
    asked_criteria,
    excluded_by,
    is_considered,
    regimen_of,
)
from monitoring.domain.cohorts.patient import Selection


class Untreated(StrEnum):
    """What became of patients without pre-emptive treatment."""

    HAEMATOLOGICAL_RELAPSE = "HAEMATOLOGICAL_RELAPSE"
    TRANSPLANTED = "TRANSPLANTED"
    DIED = "DIED"
    WATCHED = "WATCHED"


@dataclass(frozen=True, slots=True)
class FlowStep:
    """How many a criterion left out; `parts` break the number down, by codes or by names as they were recorded."""

    criterion: Criterion
    patients: int
    parts: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Flow:
    """Patients considered, the steps that left some out, and the series that are in the cohort."""

    considered: int
    steps: tuple[FlowStep, ...]
    included: tuple[int, ...]


def flow_of(definition: CohortDefinition, candidates: Iterable[Candidate]) -> Flow:
    """Return the flow of these patients through a definition; every one considered is counted exactly once."""
    included: list[int] = []
    left_out: Counter[Criterion] = Counter()
    parts: dict[Criterion, Counter[str]] = {criterion: Counter() for criterion in Criterion}
    considered, criteria = 0, asked_criteria(definition)
    for candidate in candidates:
        if not is_considered(definition, candidate):
            continue
        considered += 1
        criterion = excluded_by(definition, candidate.selection, criteria)
        if criterion is None:
            included.append(candidate.series_id)
            continue
        left_out[criterion] += 1
        if part := _part(criterion, candidate.selection):
            parts[criterion][part] += 1
    steps = tuple(
        FlowStep(criterion, left_out[criterion], tuple(parts[criterion].most_common()))
        for criterion in Criterion
        if left_out[criterion]
    )
    return Flow(considered, steps, tuple(included))


def _part(criterion: Criterion, selection: Selection) -> str:
    if criterion is Criterion.NO_PREEMPTIVE_TREATMENT:
        return _untreated(selection)
    if criterion is Criterion.ANOTHER_TREATMENT_FIRST:
        return selection.other_treatments[0]
    if criterion is Criterion.ANOTHER_REGIMEN and selection.course is not None:
        return regimen_of(selection.course)
    return selection.first_line_response if criterion is Criterion.FIRST_LINE_RESPONSE else ""


def _untreated(selection: Selection) -> Untreated:
    if selection.haematological_relapse_on is not None:
        return Untreated.HAEMATOLOGICAL_RELAPSE
    failed_on = selection.failure.on if selection.failure is not None else None
    if any(failed_on is None or on > failed_on for on in selection.hsct_on):
        return Untreated.TRANSPLANTED
    return Untreated.DIED if selection.died_on is not None else Untreated.WATCHED
