"""What a person wants to be told by e-mail, and when not."""

from dataclasses import dataclass
from datetime import datetime, time

from django.db import transaction

from monitoring.actions import audit
from monitoring.models import NotificationPreference, User


@dataclass(frozen=True, slots=True)
class Choice:
    """The choices of one person; 0 is no e-mail at all, quiet hours are both there or neither."""

    email_up_to_urgency: int
    only_my_patients: bool
    quiet_from: time | None
    quiet_until: time | None
    quiet_weekends: bool


@transaction.atomic
def choose(*, by: User, choice: Choice, now: datetime) -> NotificationPreference:
    """Keep what a person chose for themselves; nobody chooses for another."""
    row = NotificationPreference.objects.select_for_update().filter(user=by).first()
    before = audit.snapshot(row) if row else None
    row = row or NotificationPreference(user=by)
    row.email_up_to_urgency, row.only_my_patients = choice.email_up_to_urgency, choice.only_my_patients
    row.quiet_from, row.quiet_until = choice.quiet_from, choice.quiet_until
    row.quiet_weekends, row.changed_at = choice.quiet_weekends, now
    row.save()
    audit.record(action="notifications.choose", by=by, subject=row, before=before, after=audit.snapshot(row))
    return row
