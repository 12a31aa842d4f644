"""A patient with as much on record as a long course leaves, for measuring: written in one transaction, never kept."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from django.db.models import Count

from monitoring.models import (
    Assay,
    Baseline,
    CareRelation,
    Centre,
    ClinicalEvent,
    Disease,
    Laboratory,
    Membership,
    MrdResult,
    MrdSeries,
    Patient,
    Sample,
    Treatment,
    User,
    VenetoclaxCycle,
)
from monitoring.models.choices import EventKindChoice, RoleChoice

SAMPLES, CYCLES, EVENTS = 60, 16, 20
EVERY = timedelta(days=28)
DAYS_OF_VENETOCLAX = 14
ABL1_COPIES = 40_000
# % of ABL1, None not detected: falls, is lost from sight, comes back, again and again
LEVELS = (Decimal("12"), Decimal("0.4"), Decimal("0.02"), None, None, None, None, Decimal("0.015"), Decimal("0.3"))


@dataclass(frozen=True, slots=True)
class FullPatient:
    """The patient and the clinician who may open the chart."""

    patient: Patient
    clinician: User


def clinician_of(centre: Centre) -> User:
    """Write a clinician of a centre."""
    user = User.objects.create(username=f"bench-clinician-{centre.pk}", full_name="Bench Clinician")
    Membership.objects.create(user=user, centre=centre, role=RoleChoice.CLINICIAN, starts_on=date(2020, 1, 1))
    return user


def largest_centre() -> Centre | None:
    """Return the centre with most patients; None where there is none."""
    return Centre.objects.annotate(size=Count("home_patients")).order_by("-size", "pk").first()


def write(centre: Centre, now: datetime) -> FullPatient:
    """Write 60 samples, 16 cycles and 20 events of one patient, the last sample four weeks before `now`."""
    today = now.astimezone(centre.zone).date()
    began = today - EVERY * (SAMPLES + 1)
    patient = Patient.objects.create(
        centre=centre, pseudonym="P-BENCH", born_on=date(1967, 3, 14), sex="F", is_synthetic=True
    )
    CareRelation.objects.create(patient=patient, centre=centre, role="TREATING", starts_on=began)
    Disease.objects.create(patient=patient, aml_type="AML with mutated NPM1", diagnosed_on=began)
    series = MrdSeries.objects.create(patient=patient, marker="NPM1", mutation_type="A")
    Baseline.objects.create(
        series=series, patient=patient, tissue="BM", pct_abl1=Decimal(640), collected_on=began, abl1_copies=ABL1_COPIES
    )
    _write_samples(series, began, now)
    _write_treatment(patient, began, today)
    _write_events(patient, began)
    return FullPatient(patient, clinician_of(centre))


def _write_samples(series: MrdSeries, began: date, now: datetime) -> None:
    laboratory = Laboratory.objects.create(centre=series.patient.centre, code="BENCH", name="Laboratory to measure")
    assay = Assay.objects.create(
        laboratory=laboratory, marker="NPM1", mutation_type="A", name="NPM1 mut A / ABL1", version="1",
        assay_key="NPM1/A/BENCH/ABL1", loq_copies=3,
    )  # fmt: skip
    technician, authoriser = (User.objects.create(username=f"bench-{name}") for name in ("technician", "authoriser"))
    tubes = Sample.objects.bulk_create(
        Sample(
            patient=series.patient, laboratory=laboratory, tissue="PB" if n % 3 else "BM",
            collected_on=began + EVERY * (n + 1), accession_number=f"BENCH-{n}",
        )
        for n in range(SAMPLES)
    )  # fmt: skip
    MrdResult.objects.bulk_create(
        MrdResult(
            patient=series.patient, series=series, sample=tube, assay=assay, state="AUTHORISED",
            collected_on=tube.collected_on, tissue=tube.tissue, assay_key=assay.assay_key,
            call="DETECTED" if level else "NOT_DETECTED", pct_abl1=level, abl1_copies=ABL1_COPIES,
            lod_pct_abl1=Decimal("0.0025"), entered_by=technician, submitted_by=technician, submitted_at=now,
            authorised_by=authoriser, authorised_at=now, authorisation_basis="TWO_PEOPLE",
        )
        for tube, level in zip(tubes, [LEVELS[n % len(LEVELS)] for n in range(SAMPLES)], strict=True)
    )  # fmt: skip


def _write_treatment(patient: Patient, began: date, today: date) -> None:
    Treatment.objects.create(
        patient=patient, kind="FIRST_LINE", regimen="7+3", starts_on=began, ends_on=began + EVERY * 5
    )
    first = today - EVERY * (CYCLES + 8)
    line = Treatment.objects.create(
        patient=patient, kind="PRE_EMPTIVE", regimen="venetoclax, azacitidine", starts_on=first
    )
    VenetoclaxCycle.objects.bulk_create(
        VenetoclaxCycle(
            treatment=line, patient=patient, number=n + 1, starts_on=first + EVERY * n,
            ends_on=first + EVERY * (n + 1) - timedelta(days=1), planned_days=DAYS_OF_VENETOCLAX,
            given_days=DAYS_OF_VENETOCLAX - n % 5, dose_mg=400, partner_drug="AZACITIDINE", partner_days=7,
            partner_dose_mg_m2=Decimal(75),
        )
        for n in range(CYCLES)
    )  # fmt: skip


def _write_events(patient: Patient, began: date) -> None:
    kinds = (EventKindChoice.HSCT, *(EventKindChoice.DLI,) * 9, *(EventKindChoice.GVHD,) * 10)
    ClinicalEvent.objects.bulk_create(
        ClinicalEvent(patient=patient, kind=kind, happened_on=began + EVERY * (12 + n), detail="as recorded")
        for n, kind in enumerate(kinds)
    )
