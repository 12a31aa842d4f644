"""What a person does with a message that waits: have it read again, or set it aside with the reason."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from monitoring import permissions
from monitoring.actions import audit
from monitoring.actions.refusals import ActionRefused, WrongState
from monitoring.models import InboundMessage, User
from monitoring.models.choices import MessageStateChoice as State


@transaction.atomic
def read_again(*, by: User, message: InboundMessage) -> InboundMessage:
    """Have a message read anew, after what kept it back was mended; the listener takes it within seconds."""
    current = _waiting(by, message)
    if current.profile_id is None:
        raise ActionRefused(_("This resource was answered with a refusal: its sender corrects it and sends it again."))
    before = current.problems
    current.state, current.problems, current.attempts, current.processed_at = State.STORED, [], 0, None
    current.save(update_fields=["state", "problems", "attempts", "processed_at"])
    audit.record(
        action="message.read_again", by=by, subject=current, patient_id=current.patient_id,
        before={"state": State.QUARANTINED.value, "problems": before}, after={"state": State.STORED.value},
    )  # fmt: skip
    return current


@transaction.atomic
def set_aside(*, by: User, message: InboundMessage, reason: str, now: datetime) -> InboundMessage:
    """Say that a message will not be taken in, and why; it stays in the log."""
    current = _waiting(by, message)
    if not reason.strip():
        raise ActionRefused(_("Say why the message is set aside."))
    current.state, current.settled_by, current.settled_at = State.DISCARDED, by, now
    current.settled_because = reason.strip()
    current.save(update_fields=["state", "settled_by", "settled_at", "settled_because"])
    audit.record(
        action="message.set_aside", by=by, subject=current, patient_id=current.patient_id,
        before={"state": State.QUARANTINED.value}, after={"state": State.DISCARDED.value}, reason=reason.strip(),
    )  # fmt: skip
    return current


def _waiting(by: User, message: InboundMessage) -> InboundMessage:
    """Lock the message; two people may have it before them."""
    current = InboundMessage.objects.select_for_update().defer("raw").get(pk=message.pk)
    permissions.check_can_keep_messages(by, current.centre_id)
    if current.state != State.QUARANTINED:
        raise WrongState(_("This message does not wait any more: somebody settled it."))
    return current
