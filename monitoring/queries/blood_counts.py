"""The blood counts of a patient as they are on record."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from monitoring.domain.ctcae import NORMAL, NORMAL_MALE, LowerLimits
from monitoring.domain.toxicity import Count
from monitoring.models import BloodCount, Patient
from monitoring.models.choices import SexChoice
from monitoring.queries.known_rows import on_record


@dataclass(frozen=True, slots=True)
class CountOnRecord:
    """The count of a day: neutrophils and platelets in 10^9/L, haemoglobin in g/dL."""

    count_id: int
    measured_on: date
    neutrophils: Decimal | None
    platelets: Decimal | None
    haemoglobin: Decimal | None

    @property
    def count(self) -> Count:
        """The count as the arithmetic wants it."""
        return Count(self.measured_on, self.neutrophils, self.platelets, self.haemoglobin)


def read_counts(patient_id: int, as_of: date, known_at: datetime | None = None) -> tuple[CountOnRecord, ...]:
    """Return the counts of a patient up to a day, by day, as on record at a moment; None is now."""
    rows = [row for row in on_record(BloodCount, [patient_id], known_at) if row.measured_on <= as_of]
    return tuple(
        CountOnRecord(row.pk, row.measured_on, row.neutrophils, row.platelets, row.haemoglobin)
        for row in sorted(rows, key=lambda row: row.measured_on)
    )


def read_all_counts(patient_id: int) -> tuple[CountOnRecord, ...]:
    """Return every count of a patient that is on record now, by day."""
    return read_counts(patient_id, date.max)


def find_count(pk: int) -> BloodCount | None:
    """Return a count that this transaction sees, with its patient; None for any other."""
    return BloodCount.objects.select_related("patient__centre").filter(pk=pk).first()


def limits_of(patient: Patient) -> LowerLimits:
    """Return the lower limits of normal of a patient; where the sex is not known, the lower haemoglobin."""
    return NORMAL_MALE if patient.sex == SexChoice.MALE else NORMAL
