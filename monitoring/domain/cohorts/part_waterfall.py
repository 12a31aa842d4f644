"""The waterfall part: log10 change after C1 +/- C2, one bar a patient, blood and marrow apart.

A bar that ends at a limit says that the true fall is at least this. Source: docs/methods/response_tables.md.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from monitoring.domain.cohorts.patient import CohortPatient, ResponseAt
from monitoring.domain.response import JUDGED_CYCLES
from monitoring.domain.terms import CycleResponse, Tissue

MOST_BARS = 400  # of a tissue; of a larger cohort every so-manieth bar is drawn, and how many there are is told


@dataclass(frozen=True, slots=True)
class Bar:
    """One patient: the change in log10 (below 0 a fall), and whether the truth lies beyond the bar."""

    series_id: int
    pseudonym: str
    response: CycleResponse
    log10_change: float
    is_at_least: bool


@dataclass(frozen=True, slots=True)
class WaterfallAnswer:
    """The bars of each tissue, the highest rise first, of so many patients; those evaluated who have none.

    Without a bar: no reference, or no limit.
    """

    bars: Mapping[Tissue, tuple[Bar, ...]]
    patients: Mapping[Tissue, int]
    without_bar: Mapping[Tissue, int]


def waterfall_answer(patients: Sequence[CohortPatient]) -> WaterfallAnswer:
    """Return the bars of a cohort."""
    bars: dict[Tissue, tuple[Bar, ...]] = {}
    sizes: dict[Tissue, int] = {}
    without: dict[Tissue, int] = {}
    for tissue in Tissue:
        judged = [(patient, found) for patient in patients if (found := judged_response(patient, tissue))]
        drawn = [_bar(patient, response) for patient, response in judged if response.log10_reduction is not None]
        ranked = sorted(drawn, key=lambda bar: (-bar.log10_change, bar.pseudonym))
        bars[tissue] = tuple(ranked[:: -(-len(ranked) // MOST_BARS) or 1])
        sizes[tissue] = len(ranked)
        without[tissue] = len(judged) - len(drawn)
    return WaterfallAnswer(bars, sizes, without)


def judged_response(patient: CohortPatient, tissue: Tissue) -> ResponseAt | None:
    """Return the response that counts "after C1 +/- C2": of the later of the two cycles that was evaluated."""
    evaluated = {
        response.cycle: response
        for response in patient.course.responses
        if response.tissue is tissue and response.response is not CycleResponse.NOT_EVALUATED
    }
    return next((evaluated[number] for number in JUDGED_CYCLES if number in evaluated), None)


def _bar(patient: CohortPatient, response: ResponseAt) -> Bar:
    change = -float(response.log10_reduction or 0)
    return Bar(patient.series_id, patient.pseudonym, response.response, change, response.is_at_least)
