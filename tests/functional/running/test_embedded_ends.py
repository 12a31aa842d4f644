"""How a run can end, wanted or not: nothing stays behind, and the data are there afterwards."""

import fcntl
import os
import signal
import subprocess
from pathlib import Path

import psycopg
import pytest

from mrdweb.embedded.guardian import children_of
from mrdweb.embedded.home import open_home
from tests.functional.running.conftest import Start
from tests.functional.running.started import descendants_of, is_alive, wait_for_end

pytestmark = pytest.mark.timeout(400)


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
        try:
            pid_file = data / "postmaster.pid"
            lines = pid_file.read_text().splitlines(keepends=True)
            pid_file.write_text("".join([f"{foreign.pid}\n", *lines[1:]]))
            second = start(home)
            second.until_ready()
            assert second.read_data() == ["before the kill"]
            assert foreign.poll() is None
        finally:
            foreign.kill()


def test_kill_of_supervisor_and_guardians_ends_every_program(home: Path, start: Start) -> None:
    first = start(home)
    first.until_ready()
    first.write_data("before the kill")
    programs = first.programs()
    servers = {programs["postgresql"], programs["valkey"]}
    expected = set(programs.values()).union(*map(descendants_of, servers))
    others = first.processes() - expected
    first.kill({first.process.pid, *children_of(first.process.pid)})
    assert wait_for_end(expected) == set()
    first.kill(others)
    second = start(home)
    second.until_ready()
    assert second.read_data() == ["before the kill"]


def test_guardians_keep_the_lock_of_the_servers(home: Path, start: Start) -> None:
    run = start(home)
    run.until_ready()
    for guardian in children_of(run.process.pid):
        open_files = {str(descriptor.readlink()) for descriptor in Path(f"/proc/{guardian}/fd").iterdir()}
        assert str(home / "servers.lock") in open_files
        assert str(home / "supervisor.lock") not in open_files


def test_a_start_waits_for_the_lock_of_the_servers(home: Path) -> None:
    guardian = os.open(home / "servers.lock", os.O_RDWR)
    fcntl.flock(guardian, fcntl.LOCK_EX)
    pauses: list[float] = []

    def pause(seconds: float) -> None:
        pauses.append(seconds)
        if len(pauses) == 3:
            os.close(guardian)

    open_home(home, "a start", pause).close()
    assert len(pauses) == 3
