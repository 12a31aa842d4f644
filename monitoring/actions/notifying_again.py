"""A person has a message sent once more: one that was given up, or one that a system has lost."""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from monitoring import enqueue, permissions
from monitoring.actions import audit
from monitoring.actions.refusals import WrongState
from monitoring.models import Centre, Notification, User
from monitoring.models.choices import NotificationChannelChoice as Channel
from monitoring.models.choices import NotificationStateChoice as State

# A system may have lost what it took; a person's mailbox keeps it.
CAN_GO_AGAIN: Mapping[str, frozenset[str]] = {
    Channel.EMAIL.value: frozenset({State.FAILED.value, State.DROPPED.value}),
    Channel.WEBHOOK.value: frozenset({State.FAILED.value, State.DROPPED.value, State.SENT.value}),
}


@transaction.atomic
def send_again(*, by: User, notification: Notification, centre: Centre, now: datetime) -> None:
    """Let a message wait anew, under the same id; raises WrongState where it waits or has arrived."""
    permissions.check_can_set_up_centre(by, centre)
    current = Notification.objects.select_for_update().get(pk=notification.pk)
    if current.state not in CAN_GO_AGAIN[current.channel]:
        raise WrongState(_("This message waits to be sent, or has arrived."))
    before = audit.snapshot(current)
    current.state, current.attempts, current.not_before = State.WAITING, 0, now
    current.sent_at, current.last_attempt_at, current.last_error = None, None, ""
    current.save(update_fields=["state", "attempts", "not_before", "sent_at", "last_attempt_at", "last_error"])
    audit.record(
        action="notification.send_again", by=by, subject=current, patient_id=current.patient_id,
        before=before, after=audit.snapshot(current),
    )  # fmt: skip
    transaction.on_commit(lambda: enqueue.send("tell_alerts"))
