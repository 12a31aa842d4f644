"""Do the seals of the audit trail still agree with its entries?"""

from dataclasses import dataclass, field

from django.db import connection

from monitoring.models import AuditSeal


@dataclass(slots=True)
class SealReport:
    """What a verification found; `faults` are sentences, empty when everything agrees."""

    seals: int = 0
    entries: int = 0
    unsealed: int = 0
    last_digest: str = ""
    faults: list[str] = field(default_factory=list)


def verify(expected_digest: str | None = None) -> SealReport:
    """Recompute each seal from the entries it covers and the seal before it."""
    report = SealReport()
    digests = set()
    last_id = 0
    for seal in AuditSeal.objects.order_by("id"):
        report.seals += 1
        entries, digest = _digest(seal.first_id, seal.last_id, report.last_digest)
        report.entries += entries
        report.faults += _faults(seal, entries, digest, last_id, report.last_digest)
        last_id, report.last_digest = seal.last_id, seal.digest
        digests.add(seal.digest)
    report.unsealed, _ = _digest(last_id + 1, 2**62, "")
    if expected_digest and expected_digest not in digests:
        report.faults.append(f"The digest {expected_digest} is not among the seals: seals were removed.")
    return report


def _faults(seal: AuditSeal, entries: int, digest: str, last_id: int, previous_digest: str) -> list[str]:
    place = f"Seal {seal.pk}, entries {seal.first_id} to {seal.last_id}"
    found = []
    if seal.first_id != last_id + 1 or seal.previous_digest != previous_digest:
        found.append(f"{place}: does not follow the seal before it.")
    if entries != seal.entries:
        found.append(f"{place}: {entries} entries are there, {seal.entries} were sealed.")
    if digest != seal.digest:
        found.append(f"{place}: an entry was changed, added or removed.")
    return found


def _digest(first_id: int, last_id: int, previous_digest: str) -> tuple[int, str]:
    """How many entries there are from one number to another, and the digest that seals them after the one before."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT entries, digest FROM audit_digest(%s, %s, %s)", [first_id, last_id, previous_digest])
        entries, digest = cursor.fetchone()
        return entries, digest
