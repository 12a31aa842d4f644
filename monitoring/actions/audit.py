"""The audit trail: every write of an action leaves one entry in the same transaction."""

from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import models

from monitoring.models import AuditEntry, User


def record(
    *,
    action: str,
    by: User | None,
    subject: models.Model,
    patient_id: int | None = None,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
    reason: str = "",
) -> None:
    """Write down who did what to what, with the state before and after. `by` None means the worker."""
    AuditEntry.objects.bulk_create(
        [
            AuditEntry(
                actor_id=by.pk if by else None,
                actor_name=by.username if by else "worker",
                action=action,
                subject_type=subject._meta.model_name or "",
                subject_id=subject.pk,
                patient_id=patient_id,
                before=before,
                after=after,
                reason=reason,
            )
        ]
    )


def record_all(*, action: str, by: User | None, subjects: Iterable[models.Model], patient_id: int) -> None:
    """Write down that the same was done to several rows of one patient, none of which it changed; in one statement."""
    AuditEntry.objects.bulk_create(
        AuditEntry(
            actor_id=by.pk if by else None, actor_name=by.username if by else "worker", action=action,
            subject_type=subject._meta.model_name or "", subject_id=subject.pk, patient_id=patient_id,
        )
        for subject in subjects
    )  # fmt: skip


def snapshot(row: models.Model) -> dict[str, Any]:
    """Return the columns of a row as JSON can keep them, decimals as exact text."""
    return {field.attname: _plain(getattr(row, field.attname)) for field in row._meta.concrete_fields}


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, datetime | date):
        return value.isoformat()
    if value is None or isinstance(value, str | int | bool | list | dict):
        return value
    return str(value)
