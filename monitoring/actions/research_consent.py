"""Consent to research: withdrawn on a day, or given again. Care and alerts go on; cohorts leave the patient out."""

from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from monitoring import permissions
from monitoring.actions import audit
from monitoring.actions.dates import check_possible
from monitoring.actions.refusals import ActionRefused, StaleVersion
from monitoring.models import Patient, User


@transaction.atomic
def withdraw(*, by: User, patient: Patient, on: date, now: datetime) -> Patient:
    """Note from which day on the patient refuses research; raises StaleVersion where that is on record already."""
    permissions.check_can_record(by, patient.pk)
    check_possible(patient=patient, on=on, field="refused_on", now=now)
    current = _locked(patient)
    if current.research_refused_on is not None:
        raise StaleVersion(_("That consent to research was withdrawn is on record already. Nothing was saved."))
    return _set(by, current, on, "patient.research_withdraw")


@transaction.atomic
def give_again(*, by: User, patient: Patient, reason: str) -> Patient:
    """Take the withdrawal back, with the reason; raises StaleVersion where none is on record any more."""
    permissions.check_can_record(by, patient.pk)
    if not reason.strip():
        raise ActionRefused(_("Say why the withdrawal is taken back."))
    current = _locked(patient)
    if current.research_refused_on is None:
        raise StaleVersion(_("No withdrawal of consent is on record any more. Nothing was saved."))
    return _set(by, current, None, "patient.research_give_again", reason)


def _locked(patient: Patient) -> Patient:
    return Patient.objects.select_for_update(no_key=True).get(pk=patient.pk)


def _set(by: User, patient: Patient, on: date | None, action: str, reason: str = "") -> Patient:
    before = audit.snapshot(patient)
    patient.research_refused_on = on
    patient.save(update_fields=["research_refused_on"])
    audit.record(
        action=action, by=by, subject=patient, patient_id=patient.pk, before=before, after=audit.snapshot(patient),
        reason=reason,
    )  # fmt: skip
    return patient
