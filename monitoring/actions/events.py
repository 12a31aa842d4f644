"""What happened to the patient: recorded, corrected, removed, never lost."""

from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from monitoring.actions import rows
from monitoring.actions.dates import check_possible
from monitoring.actions.refusals import ActionRefused, ImpossibleDate
from monitoring.actions.seen_rows import lock_as_seen
from monitoring.models import ClinicalEvent, Patient, User
from monitoring.models.choices import EventKindChoice


@transaction.atomic
def record(*, by: User, patient: Patient, event: ClinicalEvent, now: datetime) -> ClinicalEvent:
    """Record an event of a patient; raises ImpossibleDate, or ActionRefused for one that is there already."""
    event.patient = patient
    _check(event, now)
    try:
        with transaction.atomic():
            return rows.add(by=by, row=event, patient=patient)
    except IntegrityError as error:
        raise _refusal(error) from error


@transaction.atomic
def change(
    *,
    by: User,
    event: ClinicalEvent,
    changes: dict[str, Any],
    now: datetime,
    reason: str = "",
    seen: datetime | None = None,
) -> ClinicalEvent:
    """Correct an event, for example the day of a transplant; raises StaleVersion where somebody else did meanwhile."""
    lock_as_seen(event, seen)
    proposed = ClinicalEvent(patient=event.patient, kind=event.kind, happened_on=event.happened_on)
    for name, value in changes.items():
        setattr(proposed, name, value)
    _check(proposed, now, besides=event.pk)
    try:
        with transaction.atomic():
            return rows.change(by=by, row=event, patient=event.patient, changes=changes, reason=reason)
    except IntegrityError as error:
        raise _refusal(error) from error


def remove(*, by: User, event: ClinicalEvent, reason: str, seen: datetime | None = None) -> None:
    """Take an event out of the record that was written down by mistake."""
    if not reason.strip():
        raise ActionRefused(_("Say why the event is removed."))
    rows.remove(by=by, row=event, patient=event.patient, reason=reason, seen=seen)


def _check(event: ClinicalEvent, now: datetime, besides: int | None = None) -> None:
    check_possible(patient=event.patient, on=event.happened_on, field="happened_on", now=now)
    if event.conditioning_starts_on and event.conditioning_starts_on > event.happened_on:
        raise ImpossibleDate("conditioning_starts_on", _("Conditioning begins before the transplant."))
    others = ClinicalEvent.objects.filter(patient=event.patient).exclude(pk=besides or 0)
    died_on = others.filter(kind=EventKindChoice.DEATH).values_list("happened_on", flat=True).first()
    if died_on and event.happened_on > died_on:
        raise ImpossibleDate("happened_on", _("This day is after the patient's death."))


def _refusal(error: IntegrityError) -> Exception:
    text = str(error)
    if "event_one_death_per_patient" in text:
        return ActionRefused(_("A death is already recorded for this patient."))
    if "event_once_per_day" in text:
        return ActionRefused(_("This event is already recorded on this day."))
    return error
