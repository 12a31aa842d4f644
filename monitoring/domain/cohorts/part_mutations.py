"""The mutations part: at diagnosis, and gained, persistent or lost later (FILO 2025, supplementary table 3).

Source: docs/methods/cohorts.md.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from monitoring.domain.cohorts.patient import CohortPatient

GAINED, PERSISTENT, LOST = "GAINED", "PERSISTENT", "LOST"


@dataclass(frozen=True, slots=True)
class MutationRow:
    """One gene: patients mutated at diagnosis, and of those looked at again how many gained, kept or lost it."""

    gene: str
    at_diagnosis: int
    gained: int
    persistent: int
    lost: int


@dataclass(frozen=True, slots=True)
class MutationsAnswer:
    """The rows, the commonest gene first; how many patients were looked at again."""

    patients: int
    looked_again: int
    rows: tuple[MutationRow, ...]


def mutations_answer(patients: Sequence[CohortPatient]) -> MutationsAnswer:
    """Return what was found of each gene in a cohort; the latest finding of a patient and gene counts."""
    diagnosis = Counter(gene for patient in patients for gene in patient.selection.genes)
    later: Counter[tuple[str, str]] = Counter()
    for patient in patients:
        latest = {each.gene: each.status for each in sorted(patient.course.mutation_changes, key=lambda one: one.on)}
        later.update(latest.items())
    genes = sorted({*diagnosis, *(gene for gene, _ in later)}, key=lambda gene: (-diagnosis[gene], gene))
    return MutationsAnswer(
        patients=len(patients),
        looked_again=sum(bool(patient.course.mutation_changes) for patient in patients),
        rows=tuple(
            MutationRow(gene, diagnosis[gene], later[gene, GAINED], later[gene, PERSISTENT], later[gene, LOST])
            for gene in genes
        ),
    )
