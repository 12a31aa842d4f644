"""Adding, changing and removing one row of a patient's record: permitted, audited, and the worker woken."""

from datetime import datetime
from typing import Any, TypeVar

from django.db import models, transaction

from monitoring import enqueue, permissions
from monitoring.actions import audit
from monitoring.actions.seen_rows import lock_as_seen
from monitoring.models import Patient, User

Row = TypeVar("Row", bound=models.Model)


@transaction.atomic
def add(*, by: User, row: Row, patient: Patient, reason: str = "") -> Row:
    """Write a new row of this patient's record."""
    permissions.check_can_record(by, patient.pk)
    row.save(force_insert=True)
    _tell(f"{row._meta.model_name}.add", by, row, patient, None, audit.snapshot(row), reason)
    return row


@transaction.atomic
def change(*, by: User, row: Row, patient: Patient, changes: dict[str, Any], reason: str = "") -> Row:
    """Write new values into a row; the database keeps the row as it was."""
    permissions.check_can_record(by, patient.pk)
    before = audit.snapshot(row)
    for name, value in changes.items():
        setattr(row, name, value)
    row.save(update_fields=list(changes))
    _tell(f"{row._meta.model_name}.change", by, row, patient, before, audit.snapshot(row), reason)
    return row


@transaction.atomic
def remove(*, by: User, row: models.Model, patient: Patient, reason: str, seen: datetime | None = None) -> None:
    """Take a row out of the record; the database keeps it in the history.

    Raises StaleVersion where it is not as it was `seen`, or is gone.
    """
    permissions.check_can_record(by, patient.pk)
    lock_as_seen(row, seen)
    before = audit.snapshot(row)
    _tell(f"{row._meta.model_name}.remove", by, row, patient, before, None, reason)
    row.delete()


def _tell(
    action: str,
    by: User,
    row: models.Model,
    patient: Patient,
    before: dict[str, Any] | None,
    after: dict[str, Any] | None,
    reason: str,
) -> None:
    audit.record(action=action, by=by, subject=row, patient_id=patient.pk, before=before, after=after, reason=reason)
    transaction.on_commit(lambda: enqueue.send("recompute_patient", patient.pk))
