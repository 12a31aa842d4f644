"""The programs under the supervisor: started with a guardian each, watched, restarted, stopped in order."""

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from mrdweb.embedded import guardian
from mrdweb.embedded.accounts import Account
from mrdweb.embedded.faults import CannotStart

Pause = Callable[[float], None]

POLL_SECONDS = 0.05
GUARDIAN_MARGIN_SECONDS = 10.0
TAIL_BYTES = 2000

RESTART_DELAYS_SECONDS = (1.0, 2.0, 4.0, 8.0, 16.0, 30.0)
STEADY_SECONDS = 60.0


@dataclass(frozen=True)
class Program:
    """What to run, as whom, and how it wants to be stopped."""

    name: str
    command: tuple[str, ...]
    directory: Path
    environment: Mapping[str, str]
    account: Account | None = None
    stop_signal: signal.Signals = signal.SIGTERM
    orphan_signal: signal.Signals = signal.SIGKILL
    grace_seconds: float = 10.0
    orphan_grace_seconds: float = 3.0

    def again(self) -> "Program":
        """Return what to run when it has to be started once more: the same."""
        return self

    def task(self, log: Path) -> guardian.Task:
        return {
            "command": list(self.command),
            "directory": str(self.directory),
            "log": str(log),
            "user": self.account.uid if self.account else None,
            "group": self.account.gid if self.account else None,
            "stop_signal": self.stop_signal,
            "orphan_signal": self.orphan_signal,
            "grace_seconds": self.grace_seconds,
            "orphan_grace_seconds": self.orphan_grace_seconds,
        }


class Running:
    """A program that was started, seen through its guardian."""

    def __init__(self, program: Program, logs: Path, held: tuple[int, ...] = ()) -> None:
        self.program = program
        self.log = logs / f"{program.name}.log"
        self._log_start = self.log.stat().st_size if self.log.exists() else 0
        self.guardian = subprocess.Popen(  # noqa: S603 - our own script
            [
                sys.executable,
                "-I",
                "-S",
                guardian.__file__,
                json.dumps(program.task(self.log)),
            ],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env=dict(program.environment),
            start_new_session=True,
            # the guardian keeps the home's lock, so that nobody starts before the last server has ended
            pass_fds=held,
        )

    @property
    def exit_status(self) -> int | None:
        return self.guardian.poll()

    @property
    def last_words(self) -> str:
        """What the program said since this start, at most its end."""
        with contextlib.suppress(OSError), self.log.open("rb") as log:
            size = log.seek(0, os.SEEK_END)
            log.seek(max(min(self._log_start, size), size - TAIL_BYTES))
            return log.read().decode(errors="replace").strip()
        return ""

    def ask_to_stop(self) -> None:
        """Tell the guardian to stop the program in good order; does not wait."""
        if self.guardian.stdin and not self.guardian.stdin.closed:
            with contextlib.suppress(OSError):
                self.guardian.stdin.write(guardian.STOP_WORD)
                self.guardian.stdin.flush()
            with contextlib.suppress(OSError):
                self.guardian.stdin.close()

    def stop(self) -> None:
        """Stop the program and everything that descends from it."""
        self.ask_to_stop()
        try:
            self.guardian.wait(self.program.grace_seconds + GUARDIAN_MARGIN_SECONDS)
        except subprocess.TimeoutExpired:
            self.guardian.kill()
            self.guardian.wait()


def run_to_end(program: Program, logs: Path, pause: Pause, held: tuple[int, ...] = ()) -> str:
    """Run a program that is to end by itself, and return what it said; raises CannotStart when it fails."""
    running = Running(program, logs, held)
    try:
        while running.exit_status is None:
            pause(POLL_SECONDS)
    finally:
        running.stop()
    if running.exit_status != 0:
        raise CannotStart(f"{program.name} failed (see {running.log}). Its last words:\n{running.last_words}")
    return running.last_words


def end_orphans(guardians: set[int]) -> None:
    """Kill what became our child because its guardian was killed."""
    while orphans := set(guardian.children_of(os.getpid())) - guardians:
        for orphan in orphans:
            with contextlib.suppress(ProcessLookupError):
                os.kill(orphan, signal.SIGKILL)
            with contextlib.suppress(ChildProcessError):
                os.waitpid(orphan, 0)


@dataclass
class Watched:
    """A program that must be running, and the history of its failures."""

    make: Callable[[], Program]
    running: Running
    started_at: float
    failures: int = 0
    restart_at: float | None = None


@dataclass
class Crew:
    """The programs that must be running, in the order of their start.

    `adopts_orphans` is for a process that is a subreaper and has no children but these programs.
    """

    logs: Path
    held: tuple[int, ...]
    say: Callable[[str], None]
    adopts_orphans: bool = False
    clock: Callable[[], float] = time.monotonic
    members: dict[str, Watched] = field(default_factory=dict)

    def start(self, name: str, make: Callable[[], Program]) -> Running:
        """Start a program; `make` is called again for each restart."""
        running = Running(make(), self.logs, self.held)
        self.members[name] = Watched(make, running, self.clock())
        return running

    def look_after(self) -> None:
        """Restart what has ended, with a longer delay after each failure in a row."""
        for name, member in self.members.items():
            if member.restart_at is not None:
                if self.clock() >= member.restart_at:
                    self._restart(name, member)
            elif member.running.exit_status is not None:
                self._plan_restart(name, member)

    def _plan_restart(self, name: str, member: Watched) -> None:
        self._end_orphans()
        if self.clock() - member.started_at >= STEADY_SECONDS:
            member.failures = 0
        delay = RESTART_DELAYS_SECONDS[min(member.failures, len(RESTART_DELAYS_SECONDS) - 1)]
        member.failures += 1
        member.restart_at = self.clock() + delay
        self.say(
            f"{name} ended unexpectedly (status {member.running.exit_status}); "
            f"it is started again in {delay:.0f} s. See {member.running.log}."
        )

    def _restart(self, name: str, member: Watched) -> None:
        member.restart_at = None
        member.started_at = self.clock()
        try:
            member.running = Running(member.make(), self.logs, self.held)
        except CannotStart as fault:
            self.say(f"{name} cannot be started again yet: {fault}")
            self._plan_restart(name, member)

    def stop(self, *names: str) -> None:
        """Stop these programs side by side and wait for their end."""
        leaving = [self.members.pop(name).running for name in names if name in self.members]
        for running in leaving:
            running.ask_to_stop()
        for running in leaving:
            running.stop()
        self._end_orphans()

    def _end_orphans(self) -> None:
        if self.adopts_orphans:
            end_orphans({member.running.guardian.pid for member in self.members.values()})
