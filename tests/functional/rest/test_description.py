"""schemathesis asks the running server everything that the description of REST v1 allows, and much that it does not."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from django.db import connection
from knox.models import AuthToken
from pytest_django.plugin import DjangoDbBlocker

from monitoring.models import AuditEntry, MrdResult, User
from tests.conftest import empty_database
from tests.functional.story.site import Site
from tests.world import World, detected, not_detected

SEED = "20261121"
EXAMPLES = "2"  # of each operation, beside its examples and what follows from its links
OPERATIONS = 60
# The phase that covers the description one constraint after the other is long: it is run where each kind of operation
# is once, lists, one row, a table of the record, a step of a result and of an alert. `MRD_WHOLE_DESCRIPTION=1` runs it
# over all of them, which takes minutes.
COVERED = (
    r"^/api/v1/(alerts/(\{id\}/resolve/)?|patients/(\{id\}/blood-counts/)?|blood-counts/\{id\}/"
    r"|results/\{id\}/(reject/)?)$"
)
WHOLE = os.environ.get("MRD_WHOLE_DESCRIPTION") == "1"
PHASES = {
    "every operation": ("--phases", "examples,fuzzing,stateful"),
    "the whole description": ("--phases", "coverage", *(() if WHOLE else ("--include-path-regex", COVERED))),
}
LONGEST_SECONDS = 3_000 if WHOLE else 240
ROOM = Path(__file__).parent
CONFIGURATION = ROOM / "schemathesis.toml"


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[World]:
    with django_db_blocker.unblock():
        try:
            yield World.make()
        finally:
            empty_database()


@pytest.fixture(scope="module")
def address(world: World) -> Iterator[str]:
    series = world.patient()
    world.authorised(series, date(2026, 7, 1), not_detected())
    world.authorised(series, date(2026, 10, 22), detected("0.018"))
    world.authorised(series, date(2026, 11, 12), detected("0.058"))
    connection.close()
    site = Site()
    site.environment["MRD_API_REQUESTS_A_MINUTE"] = "0"
    try:
        site.start_web()
        yield site.address
    finally:
        site.stop()


def ask(address: str, who: User, *more: str) -> str:
    """Let every check run over the description; return what was said."""
    token = AuthToken.objects.create(user=who)[1]
    connection.close()
    words = [
        *("--config-file", str(CONFIGURATION), "run", f"{address}/api/v1/schema", "--url", address),
        *("--checks", "all", "--seed", SEED, "--max-examples", EXAMPLES, "--workers", "2", "--no-color"),
        *("-H", f"Authorization: Bearer {token}", *more),
    ]
    done = subprocess.run(
        [str(Path(sys.executable).with_name("st")), *words],
        cwd=ROOM, text=True, capture_output=True, timeout=LONGEST_SECONDS, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-20000:] + done.stderr
    return done.stdout


@pytest.mark.parametrize(
    ("phase", "operations"), [("every operation", OPERATIONS), ("the whole description", OPERATIONS if WHOLE else 10)]
)
def test_every_check_holds_and_no_result_is_changed_by_whoever_may_not(
    world: World, address: str, phase: str, operations: int
) -> None:
    world.as_person(world.clinician)
    before = list(MrdResult.objects.order_by("pk").values("pk", "state", "call", "pct_abl1", "version"))
    told = ask(address, world.clinician, *PHASES[phase])
    tested = re.search(r"Tested: (\d+)", told)
    assert tested, told
    assert int(tested[1]) >= operations
    assert "Server error" not in told
    world.as_person(world.clinician)
    # A clinician signs no result, whatever is asked: every row of them is as it was.
    assert list(MrdResult.objects.order_by("pk").values("pk", "state", "call", "pct_abl1", "version")) == before
    assert not AuditEntry.objects.filter(actor_id=world.clinician.pk, action__startswith="result.").exists()
