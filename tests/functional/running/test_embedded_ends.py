"""How a run can end, wanted or not: nothing stays behind, and the data are there afterwards."""

import os
import signal
import subprocess
from pathlib import Path

import psycopg
import pytest

from mrdweb.embedded.guardian import children_of
from tests.functional.running.conftest import Start
from tests.functional.running.started import descendants_of, is_alive, wait_for_end

pytestmark = pytest.mark.timeout(240)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_stops_everything_and_keeps_the_data(home: Path, start: Start, number: signal.Signals) -> None:
    first = start(home)
    first.until_ready()
    first.write_data("before the signal")
    processes = first.processes()
    assert first.stop(number) == 0
    assert not {pid for pid in processes if is_alive(pid)}
    second = start(home)
    second.until_ready()
    assert second.read_data() == ["before the signal"]


def test_kill_of_the_supervisor_leaves_no_process(home: Path, start: Start) -> None:
    first = start(home)
    first.until_ready()
    first.write_data("before the kill")
    processes = first.processes()
    first.kill({first.process.pid})
    assert wait_for_end(processes) == set()
    second = start(home)
    second.until_ready()
    assert second.read_data() == ["before the kill"]


def test_a_start_right_after_a_kill_waits_for_the_old_servers(home: Path, start: Start) -> None:
    first = start(home)
    first.until_ready()
    first.write_data("before the kill")
    first.kill({first.process.pid})
    second = start(home)
    second.until_ready()
    assert second.read_data() == ["before the kill"]


def test_kill_of_everything_keeps_the_data(home: Path, start: Start) -> None:
    first = start(home)
    first.until_ready()
    first.write_data("before the kill")
    first.kill(first.processes())
    second = start(home)
    second.until_ready()
    assert second.read_data() == ["before the kill"]


def test_a_busy_backend_does_not_outlive_the_supervisor(home: Path, start: Start) -> None:
    first = start(home)
    first.until_ready()
    connection = psycopg.connect(first.address(), autocommit=True)
    backend = connection.info.backend_pid
    connection.pgconn.send_query(b"SELECT count(*) FROM generate_series(1, 1e12)")
    first.kill({first.process.pid})
    assert wait_for_end({backend}) == set()
    connection.close()


def test_a_killed_guardian_takes_its_program_along_and_both_come_back(home: Path, start: Start) -> None:
    run = start(home)
    run.until_ready()
    run.write_data("before the kill")
    old = run.programs()
    for guardian in children_of(run.process.pid):
        family = descendants_of(guardian)
        os.kill(guardian, signal.SIGKILL)
        assert wait_for_end(family) == set()
    run.until_running({"postgresql", "valkey", "web", "worker"}, other_than=old)
    run.until_writable()
    assert run.read_data() == ["before the kill"]


def test_a_crashed_program_is_started_again(home: Path, start: Start) -> None:
    run = start(home)
    run.until_ready()
    old = run.programs()
    os.kill(old["web"], signal.SIGKILL)
    run.until_running({"web"}, other_than=old)
    assert run.stop() == 0


def test_stale_pid_of_a_living_foreign_process(home: Path, start: Start) -> None:
    first = start(home)
    first.until_ready()
    first.write_data("before the kill")
    first.kill(first.processes())
    data = home / "postgresql-18"
    with subprocess.Popen(["sleep", "600"], user=data.stat().st_uid) as foreign:
        pid_file = data / "postmaster.pid"
        lines = pid_file.read_text().splitlines(keepends=True)
        pid_file.write_text("".join([f"{foreign.pid}\n", *lines[1:]]))
        second = start(home)
        second.until_ready()
        assert second.read_data() == ["before the kill"]
        assert foreign.poll() is None
        foreign.kill()
