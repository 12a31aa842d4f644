"""A FHIR resource that names what is known here for another patient: refused, and kept for a person to look at.

It lies with the messages of HL7 that wait. The request's transaction was undone; this is written after it.
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from monitoring import permissions, scope
from monitoring.actions import audit
from monitoring.models import ApiClient, InboundMessage
from monitoring.models.choices import MessageStateChoice as State

LONGEST_APPLICATION, LONGEST_IDENTIFIER, LONGEST_TYPE, LONGEST_PEER = 180, 199, 20, 100  # characters


@dataclass(frozen=True, slots=True)
class RefusedResource:
    """What was sent, to the letter, and why it was refused: `reason` is a code of the quarantine, `where` its place."""

    resource_type: str
    identifier: str
    reason: str
    where: str
    body: bytes
    peer: str


@transaction.atomic
def quarantine(*, client: ApiClient, refused: RefusedResource, now: datetime) -> InboundMessage | None:
    """Keep a refused resource for the people who look after messages; None where this one lies there already."""
    scope.enter(client.user)
    permissions.check_can_send_results(client.user, client.laboratory_id or 0)
    digest = hashlib.sha256(refused.body).hexdigest()
    named = {
        "sending_application": client.name[:LONGEST_APPLICATION], "sending_facility": client.client_id,
        "control_id": refused.identifier[:LONGEST_IDENTIFIER], "body_sha256": digest,
    }  # fmt: skip
    row, is_new = InboundMessage.objects.get_or_create(
        **named,
        defaults={
            "client": client, "centre": client.centre, "peer": refused.peer[:LONGEST_PEER], "raw": refused.body,
            "sha256": digest, "message_type": refused.resource_type[:LONGEST_TYPE], "state": State.QUARANTINED,
            "processed_at": now, "problems": [_problem(refused)],
        },
    )  # fmt: skip
    if not is_new:
        return None
    audit.record(
        action="message.quarantine", by=client.user, subject=row,
        after={"state": State.QUARANTINED.value, "reason": refused.reason, "sha256": digest},
    )  # fmt: skip
    return row


def _problem(refused: RefusedResource) -> dict[str, str]:
    return {"code": refused.reason, "where": refused.where, "found": refused.identifier, "severity": "problem"}
