"""What others did to a patient's record since somebody opened a page: for the person whose page is out of date."""

from dataclasses import dataclass
from datetime import datetime

from monitoring.models import AuditEntry

NO_CHANGE = ("alert.see",)
SHOWN = 6  # changes; more would hide the first one


@dataclass(frozen=True, slots=True)
class RecordedChange:
    """One act from the audit trail."""

    action: str
    actor: str
    at: datetime


def changes_since(patient_id: int, seen_at: datetime) -> tuple[RecordedChange, ...]:
    """Return what was done since a moment, latest first."""
    rows = AuditEntry.objects.filter(patient_id=patient_id, at__gt=seen_at).exclude(action__in=NO_CHANGE)
    rows = rows.order_by("-pk")[:SHOWN]
    return tuple(RecordedChange(row.action, row.actor_name, row.at) for row in rows)
