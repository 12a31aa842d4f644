"""What a laboratory's system sent is kept to the letter, and the names that it gave to things of ours."""

from dataclasses import dataclass

from django.db import IntegrityError, connection, transaction
from django.utils.translation import gettext as _

from monitoring import permissions
from monitoring.actions import audit
from monitoring.actions.refusals import ActionRefused
from monitoring.models import ApiClient, ExternalIdentifier, Patient, ReceivedResource, User

# The first half of the advisory lock's key: one lock for each laboratory that sends.
LOCK_SPACE = 7106


class NameTaken(ActionRefused):
    """An identifier is in use for something else at this centre."""


@dataclass(frozen=True, slots=True)
class Received:
    """One resource as it came: of which type, to which row it led, its version there, its text and the hash of it."""

    resource_type: str
    row_id: int
    version: int
    body: str
    digest: str


def one_at_a_time(laboratory_id: int) -> None:
    """Wait, until the end of the transaction, for whoever takes in what the same laboratory sends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [LOCK_SPACE, laboratory_id])


@transaction.atomic
def keep(*, by: User, client: ApiClient, patient: Patient, received: Received) -> ReceivedResource:
    """Keep a resource as it was received; it is never changed after."""
    permissions.check_can_send_results(by, client.laboratory_id or 0)
    row = ReceivedResource.objects.create(
        client=client, patient=patient, received_by=by, resource_type=received.resource_type, row_id=received.row_id,
        version=received.version, body=received.body, digest=received.digest,
    )  # fmt: skip
    audit.record(
        action="resource.receive", by=by, subject=row, patient_id=patient.pk,
        after={"resource_type": row.resource_type, "row_id": row.row_id, "version": row.version, "digest": row.digest},
    )  # fmt: skip
    return row


@transaction.atomic
def name(
    *, by: User, client: ApiClient, patient: Patient, resource_type: str, row_id: int, identifier: tuple[str, str]
) -> ExternalIdentifier:
    """Write down that the sender calls a row by this identifier; raises NameTaken."""
    permissions.check_can_send_results(by, client.laboratory_id or 0)
    try:
        with transaction.atomic():
            row = ExternalIdentifier.objects.create(
                centre=client.centre, resource_type=resource_type, system=identifier[0], value=identifier[1],
                patient=patient, row_id=row_id,
            )  # fmt: skip
    except IntegrityError as error:
        if "external_identifier_once" not in str(error):
            raise
        raise NameTaken(_("This identifier is in use for something else.")) from error
    audit.record(action="identifier.add", by=by, subject=row, patient_id=patient.pk, after=audit.snapshot(row))
    return row
