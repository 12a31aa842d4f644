"""`manage.py up` with the real product: ready, told where, found by other commands, gone without a trace."""

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import psycopg
import pytest
from psycopg import sql

from mrdweb.embedded import migrated, roles
from mrdweb.embedded.addresses import Addresses
from mrdweb.embedded.postgres import SUPERUSER
from mrdweb.embedded.product import PROJECT
from tests.functional.running.conftest import Start, copy_home
from tests.functional.running.sandbox import Sandbox, image_files
from tests.functional.running.started import Started, plain_environment, wait_for_end
from tests.servers import new_home

pytestmark = pytest.mark.timeout(300)

UP = (sys.executable, "manage.py", "up")
NO_DATA = {"MRD_DEMONSTRATION": "no"}
# of processor time: 2 to 3 on a quick machine, 7.6 were seen on a slow one at work; what a second start must not
# do again (migrations, demonstration data) takes a minute
SECOND_START_SECONDS = 20.0
EVERYTHING = {"postgresql", "valkey", "web", "worker", "beat"}
# what no process that runs beside the backup writes by itself
OF_THE_RECORD = (
    "monitoring_alert", "monitoring_alertchange", "monitoring_baseline", "monitoring_clinicalevent",
    "monitoring_mrdresult", "monitoring_mrdseries", "monitoring_patient", "monitoring_resultcontributor",
    "monitoring_rowhistory", "monitoring_sample", "monitoring_treatment", "monitoring_venetoclaxcycle",
)  # fmt: skip


class Beginning(NamedTuple):
    """A first start that was stopped in order: its home, a copy of it, and what it left."""

    home: Path
    copy: Path
    status: int
    left_addresses: bool


class Again(NamedTuple):
    """A second start that runs: what it said when it was ready, and the processor time that took."""

    run: Started
    line: str
    cpu_seconds: float


@pytest.fixture(scope="module")
def beginning() -> Iterator[Beginning]:
    directory = new_home()
    run = Started(directory / "home", command=UP, extra=NO_DATA)
    try:
        run.until_ready()
        status = run.stop()
    finally:
        run.end()
    copy_home(run.home, directory / "copy")
    yield Beginning(run.home, directory / "copy", status, (run.home / "environment").exists())
    shutil.rmtree(directory)


@pytest.fixture(scope="module")
def again(beginning: Beginning) -> Iterator[Again]:
    run = Started(beginning.home, command=UP, extra=NO_DATA)
    try:
        yield Again(run, run.until_ready(), run.cpu_seconds())
    finally:
        run.end()


def test_an_orderly_stop_leaves_no_addresses_behind(beginning: Beginning) -> None:
    assert (beginning.status, beginning.left_addresses) == (0, False)


def test_a_second_start_is_quick_and_everything_runs(again: Again) -> None:
    assert again.cpu_seconds < SECOND_START_SECONDS
    assert f"http://127.0.0.1:{again.run.port}/" in again.line
    assert '"ready"' in again.run.health()
    again.run.until_running(EVERYTHING, other_than={})


def test_kill_of_the_supervisor_leaves_no_process_of_the_product(beginning: Beginning, start: Start) -> None:
    run = start(beginning.copy, command=UP, extra=NO_DATA)
    run.until_ready()
    run.until_running(EVERYTHING, other_than={})
    time.sleep(1)  # until Celery has forked its children
    processes = run.processes()
    run.kill({run.process.pid})
    assert wait_for_end(processes) == set()


def test_other_commands_find_the_running_servers(again: Again) -> None:
    told = subprocess.run(
        [sys.executable, "manage.py", "showmigrations", "--plan"],
        cwd=PROJECT,
        env={**plain_environment(), "MRD_HOME": str(again.run.home)},
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    assert "[X]  monitoring.0001" in told


def test_migrations_run_again_for_other_code_and_another_state_of_the_database(again: Again, tmp_path: Path) -> None:
    for room in migrated.CODE:
        (tmp_path / room).mkdir()
        (tmp_path / room / "code.py").write_text("1")
    (tmp_path / migrated.LOCK).write_text("1")
    names = ("DATABASE_URL", "DATABASE_OWNER_URL", "DATABASE_WORKER_URL", "REDIS_URL")
    found = Addresses(*map(again.run.address, names))
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


def test_a_backup_of_the_running_product_starts_in_a_new_home_with_every_row_of_it(
    again: Again, home: Path, place: Path, start: Start
) -> None:
    manage(again.run.home, "load_study", "tiong2020")
    before = rows_of_all_tables(again.run)
    manage(again.run.home, "backup", str(place / "mrd.dump"))
    assert before["monitoring_patient"] == 12
    manage(home, "restore", str(place / "mrd.dump"))
    restored = start(home, command=UP)  # no demonstration is loaded beside it
    restored.until_ready()
    after = rows_of_all_tables(restored)
    assert {name: after[name] for name in OF_THE_RECORD} == {name: before[name] for name in OF_THE_RECORD}
    assert set(after) == set(before)
    assert "agree" in manage(home, "verify_audit")


def manage(home: Path, *words: str) -> str:
    command = [sys.executable, "manage.py", *words]
    given = {**plain_environment(), "MRD_HOME": str(home)}
    return subprocess.run(command, cwd=PROJECT, env=given, capture_output=True, text=True, check=True).stdout


def rows_of_all_tables(run: Started) -> dict[str, int]:
    """How many rows each table of the record holds, seen by the superuser, from whom no policy hides any."""
    address = run.address("DATABASE_URL").split("host=")[1].replace("%2F", "/")
    with psycopg.connect(host=address, user=SUPERUSER, dbname=roles.DATABASE) as connection:
        names = connection.execute("SELECT tablename FROM pg_tables WHERE tablename LIKE 'monitoring_%'").fetchall()
        return {
            name: len(connection.execute(sql.SQL("SELECT FROM {}").format(sql.Identifier(name))).fetchall())
            for (name,) in names
        }


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
