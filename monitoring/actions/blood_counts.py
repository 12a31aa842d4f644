"""Blood counts of a patient: one a day, recorded, completed, corrected, removed, never lost."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from monitoring.actions import rows
from monitoring.actions.dates import check_possible
from monitoring.actions.refusals import ActionRefused, ImpossibleDate
from monitoring.actions.seen_rows import lock_as_seen
from monitoring.models import BloodCount, Patient, User

VALUES = ("neutrophils", "platelets", "haemoglobin")


class CountRefused(ActionRefused):
    """One of several counts cannot be written: `row` says which, `field` where; nothing was written."""

    def __init__(self, row: int, field: str, message: str) -> None:
        super().__init__(message)
        self.row, self.field = row, field


@transaction.atomic
def record_all(*, by: User, patient: Patient, counts: Sequence[BloodCount], now: datetime) -> list[BloodCount]:
    """Record serial counts, all of them or none; what completes the count of a day is written into it.

    Returns what was written: a count that says nothing new is not among them. Raises CountRefused.
    """
    Patient.objects.select_for_update().get(pk=patient.pk)  # two who type at once follow each other
    days = [count.measured_on for count in counts]
    there = {row.measured_on: row for row in BloodCount.objects.filter(patient=patient, measured_on__in=days)}
    written = []
    for place, count in enumerate(counts):
        try:
            found = _write(by, patient, count, there.get(count.measured_on), now)
        except ImpossibleDate as refused:
            raise CountRefused(place, refused.field, str(refused)) from refused
        if found is not None:
            there[count.measured_on] = found
            written.append(found)
    return written


@transaction.atomic
def change(
    *, by: User, count: BloodCount, changes: dict[str, Any], now: datetime, reason: str, seen: datetime | None = None
) -> BloodCount:
    """Correct a count; raises ImpossibleDate, and StaleVersion where somebody else did meanwhile."""
    lock_as_seen(count, seen)
    on = changes.get("measured_on", count.measured_on)
    check_possible(patient=count.patient, on=on, field="measured_on", now=now)
    if all(changes.get(name, getattr(count, name)) is None for name in VALUES):
        raise ImpossibleDate("neutrophils", _("Type at least one of the three values."))
    if BloodCount.objects.filter(patient=count.patient, measured_on=on).exclude(pk=count.pk).exists():
        raise ImpossibleDate("measured_on", _("Another count of this day is on record."))
    return rows.change(by=by, row=count, patient=count.patient, changes=changes, reason=reason)


def remove(*, by: User, count: BloodCount, reason: str, seen: datetime | None = None) -> None:
    """Take a count out that was written down by mistake."""
    if not reason.strip():
        raise ActionRefused(_("Say why it is removed."))
    rows.remove(by=by, row=count, patient=count.patient, reason=reason, seen=seen)


def _write(by: User, patient: Patient, count: BloodCount, there: BloodCount | None, now: datetime) -> BloodCount | None:
    check_possible(patient=patient, on=count.measured_on, field="measured_on", now=now)
    typed: dict[str, Decimal] = {name: value for name in VALUES if (value := getattr(count, name)) is not None}
    if not typed:
        raise ImpossibleDate("neutrophils", _("Type at least one of the three values."))
    if there is None:
        count.patient = patient
        return rows.add(by=by, row=count, patient=patient)
    fresh = {}
    for name, value in typed.items():
        on_record = getattr(there, name)
        if on_record is None:
            fresh[name] = value
        elif on_record != value:
            raise ImpossibleDate(name, _("Another value of this day is on record. Correct it there."))
    return rows.change(by=by, row=there, patient=patient, changes=fresh) if fresh else None
