"""A started supervisor, seen from outside: its words, its processes, its database."""

import contextlib
import json
import os
import selectors
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Mapping
from pathlib import Path

import psycopg

from mrdweb.embedded.guardian import PR_SET_PDEATHSIG, children_of, set_process_control
from mrdweb.embedded.health import LOOPBACK
from mrdweb.embedded.product import PROJECT
from tests.ports import free_port

# far more than either takes: a machine that is busy with other tests is no fault
READY_SECONDS = 150.0
END_SECONDS = 100.0
SAID_BYTES = 100_000
STAND_IN = (sys.executable, "-m", "tests.functional.running.stand_in")


def plain_environment() -> dict[str, str]:
    """Return our environment without what names servers or homes."""
    ours = ("DATABASE_", "REDIS_URL", "MRD_", "PORT", "SECRET_KEY", "DJANGO_")
    return {name: value for name, value in os.environ.items() if not name.startswith(ours)}


def descendants_of(pid: int) -> set[int]:
    """Return all processes below a process."""
    children = set(children_of(pid))
    return children.union(*(descendants_of(child) for child in children))


def _stat_fields(pid: int) -> list[str]:
    """Return the fields of /proc/PID/stat that follow the name, the state first (proc(5) counts it as the third)."""
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()


def is_alive(pid: int) -> bool:
    """Tell whether a process runs; one that has ended and was not collected does not."""
    try:
        return _stat_fields(pid)[0] != "Z"
    except OSError:
        return False


def wait_for_end(pids: set[int], seconds: float = END_SECONDS) -> set[int]:
    """Wait until all have ended; return those that have not."""
    deadline = time.monotonic() + seconds
    while (alive := {pid for pid in pids if is_alive(pid)}) and time.monotonic() < deadline:
        time.sleep(0.05)
    return alive


class Started:
    """A supervisor that was started on a home."""

    def __init__(
        self,
        home: Path,
        command: tuple[str, ...] = STAND_IN,
        port: int | None = None,
        extra: Mapping[str, str] | None = None,
    ) -> None:
        self.home = home
        self.port = port or free_port()
        self._said = tempfile.TemporaryFile("w+")  # noqa: SIM115 - closed with the object
        self.process = subprocess.Popen(
            command,
            cwd=PROJECT,
            env={**plain_environment(), "MRD_HOME": str(home), "PORT": str(self.port), **(extra or {})},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=self._said,
            text=True,
            start_new_session=True,
            # a test run that is killed takes its supervisors along
            preexec_fn=lambda: set_process_control(PR_SET_PDEATHSIG, signal.SIGTERM),
        )

    def until_ready(self) -> str:
        """Wait for the line that says where it is; fail with its words when it ends instead."""
        assert self.process.stdout
        with selectors.DefaultSelector() as waiting:
            waiting.register(self.process.stdout, selectors.EVENT_READ)
            assert waiting.select(READY_SECONDS), "nothing was said in time"
        line = self.process.stdout.readline()
        assert "ready" in line, f"{line}{self.sentence()}"
        # these two start last
        self.until_running({"web", "worker"}, other_than={})
        return line

    def health(self) -> str:
        """Return what /healthz says."""
        with urllib.request.urlopen(f"http://{LOOPBACK}:{self.port}/healthz") as answer:
            return str(answer.read().decode())

    def cpu_seconds(self) -> float:
        """Return the processor time that all its processes have used, those that have ended included."""
        ticks = sum(sum(map(int, _stat_fields(pid)[11:15])) for pid in self.processes())
        return ticks / os.sysconf("SC_CLK_TCK")

    def sentence(self) -> str:
        """Wait for the end and return what was said on standard error."""
        self.process.communicate(timeout=END_SECONDS)
        return self.said()

    def said(self) -> str:
        """Return what was said on standard error so far."""
        return os.pread(self._said.fileno(), SAID_BYTES, 0).decode()

    def until_said(self, words: str) -> None:
        """Wait until these words were said on standard error."""
        deadline = time.monotonic() + END_SECONDS
        while words not in self.said():
            assert time.monotonic() < deadline, self.said()
            time.sleep(0.1)

    def until_writable(self) -> None:
        """Wait until the database takes transactions again."""
        deadline = time.monotonic() + END_SECONDS
        while True:
            with contextlib.suppress(psycopg.OperationalError), psycopg.connect(self.address()) as connection:
                connection.execute("CREATE TEMPORARY TABLE writable ()")
                return
            assert time.monotonic() < deadline
            time.sleep(0.1)

    def processes(self) -> set[int]:
        """Return every process of this product."""
        return {self.process.pid} | descendants_of(self.process.pid)

    def stop(self, number: signal.Signals = signal.SIGTERM) -> int:
        """Ask for an orderly end; return the exit status."""
        self.process.send_signal(number)
        self.process.communicate(timeout=END_SECONDS)
        return self.process.returncode

    def end(self) -> None:
        """Stop what still runs, kill what does not stop, and let go of its output."""
        if self.process.poll() is None:
            processes = self.processes()
            try:
                self.stop()
            except subprocess.TimeoutExpired:
                self.kill(processes)
        if self.process.stdout:
            self.process.stdout.close()
        self._said.close()

    def kill(self, pids: set[int]) -> None:
        """Kill these processes the hard way, all of them standing still: who sees another die ends in good order."""
        for number in (signal.SIGSTOP, signal.SIGKILL):
            for pid in pids:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, number)
        if self.process.pid in pids:
            self.process.communicate(timeout=END_SECONDS)

    def address(self, name: str = "DATABASE_OWNER_URL") -> str:
        """Return an address that the running product left in its home."""
        lines = (self.home / "environment").read_text().splitlines()
        return dict(line.split("=", 1) for line in lines)[name]

    def write_data(self, text: str) -> None:
        """Put one row into the database."""
        with psycopg.connect(self.address()) as connection:
            connection.execute("CREATE TABLE IF NOT EXISTS kept (text text)")
            connection.execute("INSERT INTO kept VALUES (%s)", [text])

    def read_data(self) -> list[str]:
        """Read all rows back."""
        with psycopg.connect(self.address()) as connection:
            return [row[0] for row in connection.execute("SELECT text FROM kept ORDER BY text")]

    def programs(self) -> dict[str, int]:
        """Return the running programs by name; a guardian's task tells the name of its log."""
        found = {}
        for guardian in children_of(self.process.pid):
            with contextlib.suppress(OSError, ValueError, IndexError):
                task = json.loads(Path(f"/proc/{guardian}/cmdline").read_text().split("\0")[4])
                found[Path(task["log"]).stem] = next(filter(is_alive, children_of(guardian)), 0)
        return {name: pid for name, pid in found.items() if pid}

    def until_running(self, names: set[str], other_than: Mapping[str, int]) -> None:
        """Wait until these programs run in other processes than these."""
        deadline = time.monotonic() + READY_SECONDS
        while True:
            programs = self.programs()
            if all(programs.get(name) not in {None, other_than.get(name)} for name in names):
                return
            assert time.monotonic() < deadline, f"only {programs} are running"
            time.sleep(0.1)
