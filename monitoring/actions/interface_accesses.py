"""Every request of a hospital system is written down with how it ended, also where it was refused.

The request's own transaction is undone where it was refused; this row is written after it, in one of its own.
"""

from dataclasses import dataclass

from django.db import transaction

from monitoring import permissions
from monitoring.models import AccessToken, InterfaceAccess, User


@dataclass(frozen=True, slots=True)
class Request:
    """What was asked, whence, and how it was answered; `patient_id` where it was about one patient."""

    interaction: str
    resource_type: str
    resource_id: str
    query: str
    peer: str
    status: int
    patient_id: int | None


@transaction.atomic
def record(*, by: User | None, token: AccessToken | None, request: Request) -> None:
    """Write a request down; it belongs to the centre of the machine or person, or to none where nobody was known."""
    row = InterfaceAccess(
        centre_id=_centre(by, token), client_id=token.client_id if token else None, actor_id=by.pk if by else None,
        actor_name=_kept("actor_name", by.shown_name if by else ""),
        interaction=_kept("interaction", request.interaction),
        resource_type=_kept("resource_type", request.resource_type),
        resource_id=_kept("resource_id", request.resource_id), query=_kept("query", request.query),
        peer=_kept("peer", request.peer), status=request.status, patient_id=request.patient_id,
    )  # fmt: skip
    # Whoever writes need not be able to read it: ignoring conflicts, of which there are none, asks for no row back.
    InterfaceAccess.objects.bulk_create([row], ignore_conflicts=True)


def _centre(by: User | None, token: AccessToken | None) -> int | None:
    if token is not None:
        return token.client.centre_id
    memberships = permissions.memberships_of(by) if by else []
    return memberships[0].centre_id if memberships else None


def _kept(column: str, text: str) -> str:
    """Return what the column can hold: no longer, and without the characters that no text of the database has."""
    longest = getattr(InterfaceAccess._meta.get_field(column), "max_length", None)
    return text.encode("utf-8", "replace").decode().replace("\x00", "\ufffd")[:longest]
