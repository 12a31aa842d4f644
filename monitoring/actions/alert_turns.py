"""What a person does with an alert: locked, compared with what was seen, written with its step and its audit entry."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from monitoring import enqueue, permissions
from monitoring.actions import audit
from monitoring.actions.refusals import StaleVersion
from monitoring.models import Alert, AlertChange, MrdSeries, User


@dataclass(frozen=True, slots=True)
class SeenAlert:
    """What the person had before their eyes: the revision of the series, and when the alert last changed."""

    revision: int
    changed_at: datetime


@dataclass(frozen=True, slots=True)
class Turn:
    """One step that a person takes: its kind, the comment, to whom, and what else is kept of it."""

    kind: str
    comment: str
    to: User | None = None
    action_taken: str = ""
    detail: dict[str, Any] | None = None


def lock_as_seen(*, by: User, alert: Alert, seen: SeenAlert, states: Collection[str]) -> Alert:
    """Return the alert, locked, if it is in one of these states and as the person saw it.

    Raises StaleVersion where the series or the alert changed since. The series is locked first, as whoever writes a
    result does; its rows may still be pointed at meanwhile.
    """
    permissions.check_can_acknowledge(by, alert.patient_id)
    series = MrdSeries.objects.select_for_update(no_key=True).get(pk=alert.series_id)
    current = Alert.objects.select_for_update(no_key=True).get(pk=alert.pk)
    if (series.revision, current.changed_at) != (seen.revision, seen.changed_at) or current.state not in states:
        raise StaleVersion(_("This alert or its samples have changed since you opened the page. Nothing was saved."))
    return current


def take(*, by: User, alert: Alert, action: str, turn: Turn, changes: dict[str, Any], now: datetime) -> Alert:
    """Write the columns that change, the step of the alert's life, and the entry of the audit."""
    before = audit.snapshot(alert)
    alert.changed_at = now
    for name, value in changes.items():
        setattr(alert, name, value)
    alert.save(update_fields=[*changes, "changed_at"])
    step = AlertChange(
        alert=alert, patient_id=alert.patient_id, kind=turn.kind, at=now, by=by, to=turn.to,
        action_taken=turn.action_taken, comment=turn.comment.strip(), detail=turn.detail or {},
    )  # fmt: skip
    AlertChange.objects.bulk_create([step])
    audit.record(
        action=action, by=by, subject=alert, patient_id=alert.patient_id,
        before=before, after=audit.snapshot(alert), reason=turn.comment.strip()[:500],
    )  # fmt: skip
    if turn.to is not None:
        transaction.on_commit(lambda: enqueue.send("tell_alerts"))
    return alert
