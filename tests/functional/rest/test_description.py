"""schemathesis asks the running server everything that the description of REST v1 allows, and much that it does not."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone
from knox.models import AuthToken
from pytest_django.plugin import DjangoDbBlocker

from monitoring.models import AccessToken, AuditEntry, MrdResult, User
from monitoring.models.choices import RoleChoice
from tests.conftest import empty_database
from tests.fhir_sender import caller
from tests.functional.story.site import Site
from tests.world import World, _person, detected, not_detected

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
# `MRD_DESCRIPTION_ROLES=technician,authoriser,data_manager,auditor,administrator,machine` asks as each of them.
ROLES = os.environ.get("MRD_DESCRIPTION_ROLES", "clinician").split(",")
WHO_SIGN_AND_SEND = {"technician", "authoriser", "machine"}
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


def ask(address: str, token: str, *more: str) -> str:
    """Let every check run over the description; return what was said."""
    connection.close()
    words = [
        *("--config-file", str(CONFIGURATION), "run", f"{address}/api/v1/schema", "--url", address),
        *("--checks", "all", "--seed", SEED, "--max-examples", EXAMPLES, "--workers", "1", "--no-color"),
        *("-H", f"Authorization: Bearer {token}", *more),
    ]
    done = subprocess.run(
        [str(Path(sys.executable).with_name("st")), *words],
        cwd=ROOM, text=True, capture_output=True, timeout=LONGEST_SECONDS, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-20000:] + done.stderr
    assert "Server error" not in done.stdout
    return done.stdout


def person(world: World, role: str) -> User:
    """Somebody of this role at the first centre."""
    found: User | None = getattr(world, role, None)
    world.as_person(world.clinician)
    return found or User.objects.filter(username=role).first() or _person(role, RoleChoice[role.upper()], world.centre)


def token_of(world: World, role: str) -> str:
    """The token of a person, or that of a laboratory's machine, which outlasts the run."""
    if role != "machine":
        token: str = AuthToken.objects.create(user=person(world, role))[1]
        return token
    given = caller(world, scope="system/Observation.c").token
    AccessToken.objects.update(expires_at=timezone.now() + timedelta(hours=12))
    return given


def rows_of_results(world: World) -> list[Any]:
    world.as_person(world.clinician)
    return list(MrdResult.objects.order_by("pk").values("pk", "state", "call", "pct_abl1", "version", "comment"))


@pytest.mark.timeout(LONGEST_SECONDS + 60)
@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize(
    ("phase", "operations"), [("every operation", OPERATIONS), ("the whole description", OPERATIONS if WHOLE else 10)]
)
def test_every_check_holds_and_no_result_is_changed_by_whoever_may_not(
    world: World, address: str, phase: str, operations: int, role: str
) -> None:
    before = rows_of_results(world)
    told = ask(address, token_of(world, role), *PHASES[phase])
    tested = re.search(r"Tested: (\d+)", told)
    assert tested, told
    assert int(tested[1]) >= operations
    if role in WHO_SIGN_AND_SEND:
        return
    # Who does not work in a laboratory signs no result, whatever is asked: every row of them is as it was.
    assert rows_of_results(world) == before
    actions = AuditEntry.objects.filter(actor_id=person(world, role).pk, action__startswith="result.")
    assert not actions.exists()
