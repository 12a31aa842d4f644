"""The seals of the audit find an entry that was changed, deleted, added or cut off at the end."""

from datetime import date

import pytest
from django.core.management import CommandError, call_command
from django.db import connections

from monitoring.actions.audit_sealing import seal
from monitoring.queries import audit_seals
from tests.world import World, detected

ENTRY, SEAL = "monitoring_auditentry", "monitoring_auditseal"
TAMPERING = {
    "changed": f"UPDATE {ENTRY} SET reason = 'nothing happened' WHERE id = (SELECT min(id) + 1 FROM {ENTRY})",
    "actor changed": f"UPDATE {ENTRY} SET actor_name = 'somebody' WHERE id = (SELECT max(id) FROM {ENTRY})",
    "deleted": f"DELETE FROM {ENTRY} WHERE id = (SELECT min(id) + 1 FROM {ENTRY})",
    "first deleted": f"DELETE FROM {ENTRY} WHERE id = (SELECT min(id) FROM {ENTRY})",
    "seal deleted": f"DELETE FROM {SEAL} WHERE id = (SELECT min(id) FROM {SEAL})",
    "digest changed": f"UPDATE {SEAL} SET digest = repeat('0', 64) WHERE id = (SELECT max(id) FROM {SEAL})",
}


def tamper(sql: str) -> None:
    """What only an owner can do who openly disables the triggers."""
    with connections["owner"].cursor() as cursor:
        for table in (ENTRY, SEAL):
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        cursor.execute(sql)
        for table in (ENTRY, SEAL):
            cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")


@pytest.fixture
def sealed(committed: World) -> World:
    committed.authorised(committed.patient(), date(2026, 7, 1), detected("0.02"))
    assert seal() > 0
    committed.authorised(committed.patient(), date(2026, 7, 1), detected("0.03"))
    assert seal() > 0
    return committed


def test_untouched_entries_agree_and_sealing_again_adds_nothing(sealed: World) -> None:
    assert seal() == 0
    report = audit_seals.verify()
    assert (report.faults, report.seals, report.unsealed) == ([], 2, 0)
    call_command("verify_audit", verbosity=0)


@pytest.mark.parametrize("what", TAMPERING)
def test_tampering_is_found(sealed: World, what: str) -> None:
    tamper(TAMPERING[what])
    assert audit_seals.verify().faults
    with pytest.raises(CommandError, match="does not agree"):
        call_command("verify_audit", verbosity=0)


def test_a_cut_tail_is_found_by_a_digest_that_was_noted_elsewhere(sealed: World) -> None:
    noted = audit_seals.verify().last_digest
    tamper(
        "WITH last AS (DELETE FROM monitoring_auditseal WHERE id = (SELECT max(id) FROM monitoring_auditseal) "
        "RETURNING first_id) DELETE FROM monitoring_auditentry USING last WHERE id >= last.first_id"
    )
    assert audit_seals.verify().faults == []
    assert audit_seals.verify(noted).faults
