"""The response part: Table 1 of FILO 2025 for any cohort, with intervals and the comparisons between its columns.

Source: docs/methods/response_tables.md.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from monitoring.domain.cohorts.patient import CohortPatient
from monitoring.domain.cohorts.response_table import (
    ResponseColumn,
    ResponseGroup,
    TissueCounts,
    before_transplant,
    response_table,
)
from monitoring.domain.survival.fisher_exact import fisher_exact
from monitoring.domain.terms import Tissue

COMPARED = (
    (ResponseGroup.SIGNALLING, ResponseGroup.NO_SIGNALLING),
    (ResponseGroup.SHORT_VENETOCLAX, ResponseGroup.LONG_VENETOCLAX),
)


@dataclass(frozen=True, slots=True)
class ResponseComparison:
    """Fisher's exact test of response against none between two groups, in one tissue; not adjusted."""

    one: ResponseGroup
    other: ResponseGroup
    tissue: Tissue
    p: float


@dataclass(frozen=True, slots=True)
class ResponseAnswer:
    """The columns, the comparisons, and the response before transplant."""

    columns: tuple[ResponseColumn, ...]
    comparisons: tuple[ResponseComparison, ...]
    before_transplant: Mapping[Tissue, TissueCounts]
    not_comparable_by_days: int


def response_answer(patients: Sequence[CohortPatient]) -> ResponseAnswer:
    """Return the response tables of a cohort."""
    columns = response_table(patients)
    by_group = {column.group: column for column in columns}
    compared = sum(
        by_group[group].patients for group in (ResponseGroup.SHORT_VENETOCLAX, ResponseGroup.LONG_VENETOCLAX)
    )
    return ResponseAnswer(
        columns,
        tuple(_comparisons(by_group)),
        before_transplant(patients),
        not_comparable_by_days=len(patients) - compared,
    )


def _comparisons(columns: Mapping[ResponseGroup, ResponseColumn]) -> list[ResponseComparison]:
    found = []
    for one, other in COMPARED:
        for tissue in Tissue:
            first, second = columns[one].tissues[tissue], columns[other].tissues[tissue]
            if first.evaluated and second.evaluated:
                p = fisher_exact(*_split(first), *_split(second))
                found.append(ResponseComparison(one, other, tissue, p))
    return found


def _split(counts: TissueCounts) -> tuple[int, int]:
    return counts.responded, counts.evaluated - counts.responded
