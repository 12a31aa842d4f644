"""A record that was written over several days of the real clock, which the database asks when a row is changed."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.utils import timezone

from monitoring.models import Baseline, CareRelation, ClinicalEvent, Disease, MrdResult, MrdSeries, Patient, Sample
from tests.world import World


class KnownRecord:
    """A patient whose rows say when they were recorded; days and moments are counted back from now."""

    def __init__(self, world: World, *, days_ago: int = 30) -> None:
        world.now = self.now = timezone.now()
        self.world, self.registered_at = world, self.ago(days_ago)
        world.as_person(world.clinician)
        self.patient = Patient.objects.create(
            centre=world.centre, pseudonym=f"K-{world.next('known'):04}", born_on=date(1967, 3, 14), sex="F",
            recorded_at=self.registered_at, is_synthetic=True,
        )  # fmt: skip
        CareRelation.objects.create(
            patient=self.patient, centre=world.centre, role="TREATING", starts_on=date(2020, 1, 1)
        )
        diagnosed_on = self.day(500)
        Disease.objects.create(
            patient=self.patient, aml_type="AML with mutated NPM1", diagnosed_on=diagnosed_on,
            recorded_at=self.registered_at,
        )  # fmt: skip
        self.series = MrdSeries.objects.create(patient=self.patient, marker="NPM1", mutation_type="A")
        Baseline.objects.create(
            series=self.series, patient=self.patient, tissue="BM", pct_abl1=Decimal(1000), collected_on=diagnosed_on,
            recorded_at=self.registered_at,
        )  # fmt: skip

    def ago(self, days: float) -> datetime:
        """Return the moment so many days ago."""
        return self.now - timedelta(days=days)

    def day(self, days_ago: int) -> date:
        """Return the day so many days ago at the patient's centre."""
        return self.ago(days_ago).astimezone(self.world.centre.zone).date()

    def event(self, kind: str, on: date, *, days_ago: float, **details: Any) -> ClinicalEvent:
        """Record an event so many days ago."""
        self.world.as_person(self.world.clinician)
        return ClinicalEvent.objects.create(
            patient=self.patient, kind=kind, happened_on=on, recorded_at=self.ago(days_ago), **details
        )

    def result(self, on: date, pct_abl1: str | None, *, days_ago: float) -> MrdResult:
        """Sign a marrow result so many days ago; its sample was taken in at that moment too."""
        at = self.ago(days_ago)
        self.world.as_person(self.world.technician)
        sample = Sample.objects.create(
            patient=self.patient, laboratory=self.world.laboratory, tissue="BM", collected_on=on,
            accession_number=f"K-{self.world.next('known sample'):05}", recorded_at=at,
        )  # fmt: skip
        return MrdResult.objects.create(
            patient=self.patient, series=self.series, sample=sample, assay=self.world.assay, state="AUTHORISED",
            collected_on=on, tissue="BM", assay_key=self.world.assay.assay_key,
            call="DETECTED" if pct_abl1 else "NOT_DETECTED", pct_abl1=Decimal(pct_abl1) if pct_abl1 else None,
            abl1_copies=40_000, entered_by=self.world.technician, entered_at=at, submitted_by=self.world.technician,
            submitted_at=at, authorised_by=self.world.authoriser, authorised_at=at, authorisation_basis="TWO_PEOPLE",
        )  # fmt: skip


def transplanted_between(world: World) -> tuple[KnownRecord, ClinicalEvent]:
    """A negative, a transplant, and two samples in which the marker is back; all of it on record for three days.

    The transplant stands between the first detected sample and the second, so that it ends the suspicion. Had it been
    before the negative, the same samples would be a confirmed molecular relapse.
    """
    record = KnownRecord(world)
    record.result(record.day(120), None, days_ago=3)
    record.result(record.day(60), "0.02", days_ago=3)
    record.result(record.day(40), "0.3", days_ago=3)
    return record, record.event("HSCT", record.day(50), days_ago=3, donor="sibling")
