"""Mutation findings as they are recorded and corrected: one of them, and the samples to choose from."""

from dataclasses import dataclass
from datetime import date

from monitoring.models import MutationFinding, Sample


@dataclass(frozen=True, slots=True)
class SampleOfPatient:
    """A sample as a person tells it from the others: its day, its material, its number, why it is not measured."""

    sample_id: int
    collected_on: date
    tissue: str
    accession_number: str
    laboratory: str
    not_measured_because: str


def find_finding(pk: int) -> MutationFinding | None:
    """Return a mutation finding with its patient; None where none is seen."""
    return MutationFinding.objects.select_related("patient__centre").filter(pk=pk).first()


def samples_of(patient_id: int) -> tuple[SampleOfPatient, ...]:
    """Return the samples of a patient, the newest first."""
    rows = Sample.objects.filter(patient_id=patient_id).order_by("-collected_on", "-pk")
    columns = ("pk", "collected_on", "tissue", "accession_number", "laboratory__name", "not_measured_because")
    return tuple(SampleOfPatient(*found) for found in rows.values_list(*columns))
