"""Launches from hospital records: who may launch, who is linked, which patient is meant, what a window may show."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from django.db import models
from django.db.models import Count, Q

from monitoring.models import (
    AdverseEvent,
    Alert,
    BloodCount,
    CareRelation,
    ClinicalEvent,
    CurveNote,
    Disease,
    DoseChange,
    ExternalIdentifier,
    LaunchIssuer,
    LaunchPerson,
    MrdSeries,
    MutationFinding,
    Patient,
    Transfusion,
    Treatment,
    VenetoclaxCycle,
)

RESOURCE = "Patient"
LONGEST_NUMBER = 200
# Pages about one row of a patient's record: where to look up whose it is.
ROWS: dict[str, models.Manager[Any]] = {
    "cycle-edit": VenetoclaxCycle.objects,
    "cycle-remove": VenetoclaxCycle.objects,
    "dose-change-add": VenetoclaxCycle.objects,
    "dose-change-edit": DoseChange.objects,
    "dose-change-remove": DoseChange.objects,
    "count-edit": BloodCount.objects,
    "count-remove": BloodCount.objects,
    "adverse-event-edit": AdverseEvent.objects,
    "adverse-event-remove": AdverseEvent.objects,
    "transfusion-edit": Transfusion.objects,
    "transfusion-remove": Transfusion.objects,
    "finding-edit": MutationFinding.objects,
    "finding-remove": MutationFinding.objects,
    "event-edit": ClinicalEvent.objects,
    "event-remove": ClinicalEvent.objects,
    "alert-acknowledge": Alert.objects,
    "alert-hand-over": Alert.objects,
    "alert-resolve": Alert.objects,
    "curve-note-take-off": CurveNote.objects,
    "line-edit": Treatment.objects,
    "line-end": Treatment.objects,
    "line-cycle-2": Treatment.objects,
    "line-remove": Treatment.objects,
    "marker-edit": MrdSeries.objects,
    "level-set": MrdSeries.objects,
    "level-remove": MrdSeries.objects,
    "disease-edit": Disease.objects,
    "care-end": CareRelation.objects,
}
# Pages whose address names the patient; comparing with other patients is not among them.
OF_PATIENT = frozenset(
    {
        "patient", "patient-figure", "patient-report", "cycle-add", "counts-enter", "adverse-event-add",
        "transfusion-add", "finding-add", "event-add", "curve-note-add", "patient-clinicians", "patient-intervals",
        "patient-interval-give-back",
        "patient-research", "patient-record", "patient-correct", "patient-share", "patient-markers", "marker-follow",
        "line-add",
    }
)  # fmt: skip


def issuer_of(address: str) -> LaunchIssuer | None:
    """Return the hospital record of this address, unless it is revoked; a slash at the end makes no difference."""
    if not address.isprintable():
        return None
    rows = LaunchIssuer.objects.filter(issuer=address.rstrip("/"), revoked_at__isnull=True)
    return rows.select_related("centre").first()


def issuer_by_id(pk: int) -> LaunchIssuer | None:
    """Return a hospital record by its number, unless it is revoked."""
    return LaunchIssuer.objects.filter(pk=pk, revoked_at__isnull=True).select_related("centre").first()


def may_launch(fhir_server: str) -> bool:
    """Whether the hospital record with this FHIR base can launch the patient page."""
    return bool(fhir_server) and issuer_of(fhir_server) is not None


def of_centres(centre_ids: Sequence[int]) -> list[LaunchIssuer]:
    """Return every hospital record of these centres with the number of people linked, those in use first."""
    rows = LaunchIssuer.objects.filter(centre_id__in=centre_ids).select_related("centre", "created_by", "revoked_by")
    linked = Count("people", filter=Q(people__unlinked_at__isnull=True))
    return sorted(rows.annotate(linked=linked), key=lambda row: (row.revoked_at is not None, row.name.lower(), row.pk))


def people_of(issuer: LaunchIssuer) -> list[LaunchPerson]:
    """Return everybody who was ever linked, those who are now first, the latest first."""
    rows = list(issuer.people.select_related("user", "linked_by", "unlinked_by").order_by("-linked_at", "-pk"))
    return sorted(rows, key=lambda row: row.unlinked_at is not None)


def person_of(issuer: LaunchIssuer, subject: str) -> LaunchPerson | None:
    """Return the link of a person of the hospital record, where it stands and its user still may sign in."""
    rows = LaunchPerson.objects.filter(issuer=issuer, subject=subject, unlinked_at__isnull=True, user__is_active=True)
    return rows.select_related("user", "issuer").first()


def standing(person_id: int, user_id: int) -> LaunchPerson | None:
    """Return a link by which a window was opened, while it and its hospital record stand."""
    rows = LaunchPerson.objects.filter(
        pk=person_id, user_id=user_id, unlinked_at__isnull=True, issuer__revoked_at__isnull=True
    )
    return rows.select_related("issuer").first()


def patient_meant(
    issuer: LaunchIssuer, identifiers: Iterable[tuple[str, str]], born_on: date | None
) -> Patient | None:  # fmt: skip
    """Return the one patient of the record's centre with the agreed number and this day of birth, or nobody.

    The number is the hospital number, or one that a sender of the centre gave under the same system. Two numbers, two
    patients, no day of birth, or another one: nobody.
    """
    system = issuer.patient_system
    numbers = {value for of, value in identifiers if system and of == system and is_number(value)}
    if len(numbers) != 1 or born_on is None:
        return None
    [number] = numbers
    named = ExternalIdentifier.objects.filter(
        centre=issuer.centre, resource_type=RESOURCE, system=system, value=number
    ).values("patient_id")
    by_number = Q(centre=issuer.centre, hospital_number=number) | Q(pk__in=named)
    found = list(Patient.objects.filter(by_number).select_related("centre")[:2])
    return found[0] if len(found) == 1 and found[0].born_on == born_on else None


def is_number(value: str) -> bool:
    """Whether this can be the number of a patient at all."""
    return 0 < len(value) <= LONGEST_NUMBER and value.isprintable()


def patient_on_page(name: str, pk: int | None) -> int | None:
    """Return whose record a page belongs to; None for pages that belong to no one patient."""
    if pk is None:
        return None
    if name in OF_PATIENT:
        return pk
    if name not in ROWS:
        return None
    owner: int | None = ROWS[name].filter(pk=pk).values_list("patient_id", flat=True).first()
    return owner


def alert_place(patient_id: int, alert_id: int) -> str | None:
    """Return the marker under which an alert of this patient stands; None where it is no alert of theirs."""
    found = Alert.objects.filter(pk=alert_id, patient_id=patient_id).values_list("series__marker", flat=True)
    return found.first()
