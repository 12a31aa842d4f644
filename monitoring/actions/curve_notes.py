"""Remarks on the curve: pinned to a day by those who record, taken off by them, never erased."""

from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from monitoring import permissions
from monitoring.actions import audit
from monitoring.actions.dates import check_possible
from monitoring.actions.refusals import ActionRefused, StaleVersion
from monitoring.models import CurveNote, MrdSeries, Patient, User

LONGEST = 300  # characters: a remark, not a letter


@transaction.atomic
def add(*, by: User, patient: Patient, on: date, text: str, marker: str = "", now: datetime) -> CurveNote:
    """Pin a remark to a day of the curve of one marker, or of each; raises ImpossibleDate or ActionRefused."""
    permissions.check_can_record(by, patient.pk)
    check_possible(patient=patient, on=on, field="on", now=now)
    said = " ".join(text.split())
    if not said:
        raise ActionRefused(_("Write what is to be remembered of this day."))
    if len(said) > LONGEST:
        raise ActionRefused(_("A note has at most %(n)s characters.") % {"n": LONGEST})
    if marker and not MrdSeries.objects.filter(patient=patient, marker=marker).exists():
        raise ActionRefused(_("This marker is not followed in the patient."))
    note = CurveNote(patient=patient, marker=marker, on=on, text=said, written_by=by, written_at=now)
    note.save(force_insert=True)
    audit.record(action="curvenote.add", by=by, subject=note, patient_id=patient.pk, after=_told(note))
    return note


@transaction.atomic
def take_off(*, by: User, note: CurveNote, now: datetime) -> CurveNote:
    """Take a remark off the curve; what it said stays in the list. Raises StaleVersion where it is off already."""
    permissions.check_can_record(by, note.patient_id)
    row = CurveNote.objects.select_for_update().get(pk=note.pk)
    if row.removed_at is not None:
        raise StaleVersion(_("This note was taken off before."))
    before = _told(row)
    row.removed_by, row.removed_at = by, now
    row.save(update_fields=["removed_by", "removed_at"])
    audit.record(
        action="curvenote.take_off", by=by, subject=row, patient_id=row.patient_id, before=before, after=_told(row)
    )
    return row


def _told(note: CurveNote) -> dict[str, object]:
    """The columns of a note, without those that the database fills."""
    return {name: value for name, value in audit.snapshot(note).items() if name != "recorded_at"}
