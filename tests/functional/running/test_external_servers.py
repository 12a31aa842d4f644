"""DATABASE_URL, DATABASE_OWNER_URL and REDIS_URL replace the embedded servers, each on its own."""

import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from tests.functional.running.commands import said_by
from tests.functional.running.conftest import Start
from tests.functional.running.debian_servers import DebianServers
from tests.functional.running.test_backup import HOLDS, TABLES
from tests.machine import debian_postgresql, debian_redis
from tests.servers import new_home

pytestmark = [
    pytest.mark.timeout(300),
    pytest.mark.skipif(
        debian_postgresql() is None or debian_redis() is None,
        reason="PostgreSQL and Redis of the system are not installed",
    ),
]

MANAGE_UP = (sys.executable, "manage.py", "up")


@pytest.fixture(scope="module")
def theirs() -> Iterator[DebianServers]:
    place = new_home()
    servers = DebianServers(place)
    yield servers
    servers.stop()
    shutil.rmtree(place)


def test_the_servers_are_those_of_debian(theirs: DebianServers) -> None:
    assert theirs.version() >= 15
    assert theirs.redis_version() >= 7


def test_both_replace_the_embedded_servers(place: Path, start: Start, theirs: DebianServers) -> None:
    run = start(place / "home", extra=theirs.environment())
    run.until_ready()
    assert run.programs().keys() == {"web", "worker"}
    assert (place / "home" / "prepared").read_text().split() == [theirs.environment()["DATABASE_OWNER_URL"]]
    assert run.health() == theirs.environment()["REDIS_URL"]
    assert run.stop() == 0
    assert not (place / "home" / "postgresql-18").exists()


def test_redis_alone_replaces_valkey(home: Path, start: Start, theirs: DebianServers) -> None:
    run = start(home, extra={"REDIS_URL": theirs.environment()["REDIS_URL"]})
    run.until_ready()
    assert run.programs().keys() == {"postgresql", "web", "worker"}


def test_postgresql_alone_replaces_postgresql(home: Path, start: Start, theirs: DebianServers) -> None:
    given = {name: url for name, url in theirs.environment().items() if name != "REDIS_URL"}
    run = start(home, extra=given)
    run.until_ready()
    assert run.programs().keys() == {"valkey", "web", "worker"}


def test_demonstration_data_never_go_to_a_database_of_yours_unasked(
    place: Path, start: Start, theirs: DebianServers
) -> None:
    asked = start(place / "asked", extra={**theirs.environment(), "MRD_DEMONSTRATION": "yes"})
    asked.until_ready()
    assert (place / "asked" / "demonstration-loaded").exists()
    unasked = start(place / "unasked", extra=theirs.environment())
    unasked.until_ready()
    assert not (place / "unasked" / "demonstration-loaded").exists()


def test_an_address_with_a_wrong_password_is_told_without_the_password(
    place: Path, start: Start, theirs: DebianServers
) -> None:
    wrong = theirs.environment()["DATABASE_URL"].replace("application-secret", "not-this-one")
    refused = start(place / "home", extra={**theirs.environment(), "DATABASE_URL": wrong})
    sentence = refused.sentence()
    assert "The database that DATABASE_URL names cannot be used" in sentence
    assert "password authentication failed" in sentence
    assert "not-this-one" not in sentence


@pytest.mark.parametrize("name", ["DATABASE_URL", "DATABASE_WORKER_URL"])
def test_a_role_that_could_pass_the_guards_is_refused(
    place: Path, start: Start, theirs: DebianServers, name: str
) -> None:
    refused = start(place / "home", extra={**theirs.environment(), name: theirs.superuser_address("mrd")})
    assert f"{name}: The database role postgres is a superuser" in refused.sentence()


def test_the_whole_product_is_healthy_on_them(place: Path, start: Start, theirs: DebianServers) -> None:
    given = theirs.environment()
    run = start(place / "home", command=MANAGE_UP, extra=given)
    run.until_ready()
    run.until_running({"beat"}, other_than={})
    with psycopg.connect(given["DATABASE_URL"]) as connection:
        assert connection.execute("SELECT count(*) FROM django_migrations").fetchone() != (0,)
        assert connection.execute("SHOW jit").fetchone() == ("off",)  # Debian's PostgreSQL could (docs/adr/0014)
    assert run.programs().keys() == {"web", "worker", "beat"}
    assert run.stop() == 0


def test_a_backup_needs_their_superuser_and_fills_an_empty_database_of_theirs(
    place: Path, theirs: DebianServers
) -> None:
    given, file = theirs.environment(), str(place / "mrd.dump")
    assert "DATABASE_SUPERUSER_URL is not set" in said_by(given, "backup", file).refusal
    theirs.make_empty("source")
    theirs.make_empty("restored")
    of_source = {**given, "DATABASE_SUPERUSER_URL": theirs.superuser_address("source")}
    with psycopg.connect(theirs.superuser_address("source")) as connection:
        connection.execute(TABLES)
    assert HOLDS in (made := said_by(of_source, "backup", file)).stdout, made.refusal
    assert "holds tables already" in said_by(of_source, "restore", file).refusal
    into_empty = {**given, "DATABASE_SUPERUSER_URL": theirs.superuser_address("restored")}
    assert HOLDS in (done := said_by(into_empty, "restore", file)).stdout, done.refusal
    with psycopg.connect(theirs.superuser_address("restored")) as connection:
        assert connection.execute("SELECT count(*) FROM monitoring_patient").fetchone() == (2,)
