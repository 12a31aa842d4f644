"""Do the seals of the audit trail still agree with its entries?"""

import hashlib
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
        lines = _lines(seal.first_id, seal.last_id)
        report.entries += len(lines)
        report.faults += _faults(seal, lines, last_id, report.last_digest)
        last_id, report.last_digest = seal.last_id, seal.digest
        digests.add(seal.digest)
    report.unsealed = len(_lines(last_id + 1, 2**62))
    if expected_digest and expected_digest not in digests:
        report.faults.append(f"The digest {expected_digest} is not among the seals: seals were removed.")
    return report


def _faults(seal: AuditSeal, lines: list[str], last_id: int, previous_digest: str) -> list[str]:
    place = f"Seal {seal.pk}, entries {seal.first_id} to {seal.last_id}"
    found = []
    if seal.first_id != last_id + 1 or seal.previous_digest != previous_digest:
        found.append(f"{place}: does not follow the seal before it.")
    if len(lines) != seal.entries:
        found.append(f"{place}: {len(lines)} entries are there, {seal.entries} were sealed.")
    text = previous_digest + "\n" + "\n".join(lines)
    if hashlib.sha256(text.encode("utf-8")).hexdigest() != seal.digest:
        found.append(f"{place}: an entry was changed, added or removed.")
    return found


def _lines(first_id: int, last_id: int) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT line FROM audit_lines(%s, %s)", [first_id, last_id])
        return [line for (line,) in cursor.fetchall()]
