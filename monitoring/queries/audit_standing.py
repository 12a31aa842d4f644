"""How the seals of the audit trail stand, as far as a page can tell at once: the last one, and how much waits."""

from dataclasses import dataclass
from datetime import datetime

from django.db import connection

from monitoring.models import AuditSeal

# A number is given out before its entry is there, and is lost where an act is taken back: so many wait at most.
LAST_NUMBER = "SELECT coalesce(pg_sequence_last_value(pg_get_serial_sequence('monitoring_auditentry', 'id')), 0)"


@dataclass(frozen=True, slots=True)
class SealStanding:
    """The last seal, None of it where there is none yet, and how many entries wait for the next at most."""

    number: int | None
    sealed_at: datetime | None
    last_entry: int
    digest: str
    waiting_at_most: int


def standing() -> SealStanding:
    """Return the last seal and how many entries wait, without reading an entry."""
    seal = AuditSeal.objects.order_by("-pk").first()
    with connection.cursor() as cursor:
        cursor.execute(LAST_NUMBER)
        [given_out] = cursor.fetchone()
    sealed = seal.last_id if seal else 0
    waiting = max(0, given_out - sealed)
    if seal is None:
        return SealStanding(None, None, 0, "", waiting)
    return SealStanding(seal.pk, seal.sealed_at, sealed, seal.digest, waiting)
