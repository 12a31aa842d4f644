"""Taking a patient in: who it is, the leukaemia, the marker that is followed, where the first line stands."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from monitoring.actions import baselines, markers, patients, treatments
from monitoring.actions.refusals import ImpossibleDate
from monitoring.models import Disease, Patient, User
from monitoring.models.choices import MarkerChoice, TissueChoice, TreatmentKindChoice


@dataclass(frozen=True, slots=True)
class FirstLine:
    """The first line of treatment; without an end it is still running."""

    regimen: str
    starts_on: date
    ends_on: date | None
    cycle_2_on: date | None = None


@dataclass(frozen=True, slots=True)
class Registration:
    """Everything that is told of a patient at the beginning; the marrow level at diagnosis is in per cent of ABL1."""

    patient: Patient
    disease: Disease
    marker: MarkerChoice
    mutation_type: str
    baseline_pct_abl1: Decimal | None
    first_line: FirstLine | None


@transaction.atomic
def take_in(*, by: User, registration: Registration, now: datetime) -> Patient:
    """Register the patient with all of it, or with nothing; raises ActionRefused and ImpossibleDate."""
    told = registration
    if told.disease.diagnosed_on < told.patient.born_on:
        raise ImpossibleDate("diagnosed_on", _("This day is before the patient's birth."))
    patient = patients.register(by=by, patient=told.patient, disease=told.disease, now=now)
    series = markers.follow(by=by, patient=patient, marker=told.marker, mutation_type=told.mutation_type)
    if told.baseline_pct_abl1 is not None:
        baselines.record(
            by=by, series=series, tissue=TissueChoice.BONE_MARROW, pct_abl1=told.baseline_pct_abl1,
            collected_on=told.disease.diagnosed_on, now=now, sure=True,
        )  # fmt: skip
    if told.first_line is not None:
        treatments.start(
            by=by, patient=patient, kind=TreatmentKindChoice.FIRST_LINE, regimen=told.first_line.regimen,
            starts_on=told.first_line.starts_on, ends_on=told.first_line.ends_on,
            cycle_2_on=told.first_line.cycle_2_on, now=now,
        )  # fmt: skip
        if told.first_line.ends_on is not None and told.first_line.ends_on < told.disease.diagnosed_on:
            raise ImpossibleDate("ends_on", _("This day is before the diagnosis."))
    return patient
