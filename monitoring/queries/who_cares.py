"""Who cares for a patient, in which role, from when to when; and which centres could be asked to."""

from dataclasses import dataclass
from datetime import date

from django.db.models import QuerySet

from monitoring.models import CareRelation, Centre, Patient, Sample
from monitoring.models.choices import CareRoleChoice
from monitoring.permissions import CARING


@dataclass(frozen=True, slots=True)
class Care:
    """One relation: it holds from `starts_on`, and is over from `ends_on` on where that is a day.

    `is_needed`: nobody else cares without an end, or a laboratory of this centre holds samples of the patient.
    """

    relation_id: int
    centre_id: int
    centre: str
    role: str
    starts_on: date
    ends_on: date | None
    is_home: bool
    is_over: bool
    is_needed: bool


def of_patient(patient: Patient, today: date) -> tuple[Care, ...]:
    """Return who cares and cared for a patient, the present ones first, each by its beginning."""
    rows = list(CareRelation.objects.filter(patient=patient).select_related("centre").order_by("starts_on", "pk"))
    caring = [row.pk for row in rows if row.role in CARING and row.starts_on <= today and row.ends_on is None]
    holding = holding_samples(patient.pk)
    found = [
        Care(
            row.pk, row.centre_id, row.centre.name, row.role, row.starts_on, row.ends_on,
            row.centre_id == patient.centre_id, is_over(row, today),
            row.centre_id in holding if row.role == CareRoleChoice.LABORATORY else caring in ([], [row.pk]),
        )
        for row in rows
    ]  # fmt: skip
    return tuple(sorted(found, key=lambda each: each.is_over))


def holding_samples(patient_id: int) -> set[int]:
    """Return the centres whose laboratories hold samples of a patient: they answer for the results."""
    return set(Sample.objects.filter(patient=patient_id).values_list("laboratory__centre", flat=True).distinct())


def is_over(relation: CareRelation, today: date) -> bool:
    """Whether the centre sees nothing of the patient any more."""
    return relation.ends_on is not None and relation.ends_on <= today


def others_caring(relation: CareRelation, today: date) -> "QuerySet[CareRelation]":
    """Return the other relations by which a centre cares today without an end in sight."""
    rows = CareRelation.objects.filter(patient=relation.patient_id, role__in=CARING, starts_on__lte=today)
    return rows.filter(ends_on__isnull=True).exclude(pk=relation.pk)


def centres_to_ask(patient: Patient, today: date) -> tuple[Centre, ...]:
    """Return the centres with which a patient can be shared: of demonstration with those of demonstration only.

    The home centre is one of them once it cares no more.
    """
    rows = Centre.objects.filter(is_synthetic=patient.centre.is_synthetic).order_by("name")
    at_home = CareRelation.objects.filter(patient=patient, centre=patient.centre_id, role__in=CARING)
    cares = any(not is_over(each, today) for each in at_home)
    return tuple(rows.exclude(pk=patient.centre_id) if cares else rows)
