"""`manage.py up` with the real product: ready, told where, found by other commands, gone without a trace."""

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from mrdweb.embedded import migrated
from mrdweb.embedded.addresses import Addresses
from mrdweb.embedded.product import PROJECT
from tests.functional.running.conftest import Start
from tests.functional.running.sandbox import Sandbox, image_files
from tests.functional.running.started import Started, plain_environment, wait_for_end
from tests.servers import new_home

pytestmark = pytest.mark.timeout(300)

UP = (sys.executable, "manage.py", "up")
NO_DATA = {"MRD_DEMONSTRATION": "no"}
# of processor time: on a machine with nothing else to do, a second start takes less by the clock
SECOND_START_SECONDS = 5.0
EVERYTHING = {"postgresql", "valkey", "web", "worker", "beat"}


@pytest.fixture(scope="module")
def migrated_home() -> Iterator[Path]:
    directory = new_home()
    run = Started(directory / "home", command=UP, extra=NO_DATA)
    try:
        run.until_ready()
    finally:
        run.end()
    yield directory / "home"
    shutil.rmtree(directory)


def test_a_second_start_is_quick_and_everything_runs(migrated_home: Path, start: Start) -> None:
    run = start(migrated_home, command=UP, extra=NO_DATA)
    line = run.until_ready()
    assert run.cpu_seconds() < SECOND_START_SECONDS
    assert f"http://127.0.0.1:{run.port}/" in line
    assert '"ready"' in run.health()
    run.until_running(EVERYTHING, other_than={})
    assert run.stop() == 0


def test_kill_of_the_supervisor_leaves_no_process_of_the_product(migrated_home: Path, start: Start) -> None:
    run = start(migrated_home, command=UP, extra=NO_DATA)
    run.until_ready()
    run.until_running(EVERYTHING, other_than={})
    time.sleep(1)  # until Celery has forked its children
    processes = run.processes()
    run.kill({run.process.pid})
    assert wait_for_end(processes) == set()


def test_other_commands_find_the_running_servers(migrated_home: Path, start: Start) -> None:
    run = start(migrated_home, command=UP, extra=NO_DATA)
    run.until_ready()
    told = subprocess.run(
        [sys.executable, "manage.py", "showmigrations", "--plan"],
        cwd=PROJECT,
        env={**plain_environment(), "MRD_HOME": str(migrated_home)},
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    assert "[X]  monitoring.0001" in told
    run.stop()
    assert not (migrated_home / "environment").exists()


def test_migrations_run_again_for_other_code_and_another_state_of_the_database(
    migrated_home: Path, start: Start, tmp_path: Path
) -> None:
    for room in migrated.CODE:
        (tmp_path / room).mkdir()
        (tmp_path / room / "code.py").write_text("1")
    (tmp_path / migrated.LOCK).write_text("1")
    run = start(migrated_home, command=UP, extra=NO_DATA)
    run.until_ready()
    names = ("DATABASE_URL", "DATABASE_OWNER_URL", "DATABASE_WORKER_URL", "REDIS_URL")
    found = Addresses(*map(run.address, names))
    before = migrated.fingerprint(tmp_path, found)
    assert migrated.fingerprint(tmp_path, found) == before != ""
    (tmp_path / "api" / "code.py").write_text("2")
    other_code = migrated.fingerprint(tmp_path, found)
    with psycopg.connect(found.owner) as connection:
        connection.execute("CREATE TABLE restored AS TABLE django_migrations")
        connection.execute("ALTER TABLE django_migrations RENAME TO set_aside")
        connection.execute("ALTER TABLE restored RENAME TO django_migrations")
    restored = migrated.fingerprint(tmp_path, found)
    with psycopg.connect(found.owner) as connection:
        connection.execute("DROP TABLE django_migrations")
        connection.execute("ALTER TABLE set_aside RENAME TO django_migrations")
    assert len({before, other_code, restored}) == 3


def test_a_database_without_tables_is_always_migrated(home: Path, start: Start) -> None:
    run = start(home)
    run.until_ready()
    names = ("DATABASE_URL", "DATABASE_OWNER_URL", "DATABASE_WORKER_URL", "REDIS_URL")
    assert migrated.fingerprint(PROJECT, Addresses(*map(run.address, names))) == ""


@pytest.mark.skipif(os.geteuid() != 0, reason="the other tests here run as an ordinary user already")
def test_an_ordinary_user_starts_it_from_a_tree_that_is_not_his() -> None:
    place = new_home()
    files = image_files(place / "files")
    (files / "secrets").mkdir()
    sandbox = Sandbox(files, place)
    try:
        nobody = 65534
        sandbox.start(nobody, ["python", "manage.py", "up"], {**NO_DATA, "MRD_HOME": "/data/home"})
        deadline = time.monotonic() + 120
        while "MRD monitoring is ready" not in sandbox.said():
            assert time.monotonic() < deadline, sandbox.said()
            time.sleep(0.2)
        owners = sandbox.run(nobody, ["find", "/data/home", "!", "-uid", str(nobody)], {})
        assert owners.stdout == ""
    finally:
        sandbox.close()
        shutil.rmtree(place)
