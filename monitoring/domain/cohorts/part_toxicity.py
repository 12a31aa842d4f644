"""The toxicity part: Table SI of Tiong 2020 for any cohort, over all cycles and after each of the first.

Source: docs/methods/toxicity.md.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from monitoring.domain.cohorts.patient import CohortPatient
from monitoring.domain.toxicity_table import ToxicityRow, toxicity_table

CYCLES_APART = (1, 2)  # shown each for itself; FILO 2025 tells those of cycle 1


@dataclass(frozen=True, slots=True)
class CycleToxicity:
    """The table of one cycle, over the patients who were given it."""

    cycle: int
    patients: int
    rows: tuple[ToxicityRow, ...]


@dataclass(frozen=True, slots=True)
class ToxicityAnswer:
    """Patients with cycles, the table over all their cycles, and cycle by cycle."""

    patients: int
    rows: tuple[ToxicityRow, ...]
    cycles: tuple[CycleToxicity, ...]


def toxicity_answer(patients: Sequence[CohortPatient]) -> ToxicityAnswer:
    """Return the toxicity tables of a cohort."""
    cases = [patient.course.toxicity for patient in patients if patient.course.toxicity is not None]
    return ToxicityAnswer(
        patients=len(cases),
        rows=toxicity_table(cases),
        cycles=tuple(_cycle(patients, number) for number in CYCLES_APART),
    )


def _cycle(patients: Sequence[CohortPatient], number: int) -> CycleToxicity:
    cases = [
        patient.course.toxicity_by_cycle[number] for patient in patients if number in patient.course.toxicity_by_cycle
    ]
    return CycleToxicity(number, len(cases), toxicity_table(cases))
