"""The guardian of one program: keeps its output, and takes it along when the supervisor is gone.

Started as a script of its own, `python -I -S guardian.py TASK`, with the standard library alone. Its
standard input is a pipe from the supervisor: "stop" on it asks for an orderly end; its end without a word
means that the supervisor was killed. Either way the program gets a signal, then a grace, then SIGKILL for it
and everything that descends from it: the guardian is a "child subreaper", so that no descendant can slip away
into another session or process group (PostgreSQL's backends and daemons do). Should the guardian itself be
killed, the kernel sends the program its parent-death signal, and the supervisor, a subreaper too, ends the
rest.
"""

import contextlib
import ctypes
import json
import os
import select
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import TypedDict

PR_SET_PDEATHSIG = 1
PR_SET_CHILD_SUBREAPER = 36

STOP_WORD = b"stop\n"
READ_BYTES = 65536
LOG_BYTES = 10 * 1024 * 1024
LOGS_KEPT = 3
KILL_PAUSE_SECONDS = 0.02
COULD_NOT_RUN = 127
SIGNAL_EXIT_BASE = 128


class Task(TypedDict):
    """What the supervisor asks of a guardian."""

    command: list[str]
    directory: str
    log: str
    user: int | None
    group: int | None
    stop_signal: int
    orphan_signal: int
    grace_seconds: float
    orphan_grace_seconds: float


def set_process_control(option: int, value: int) -> None:
    """Call prctl(2) where there is one; elsewhere the pipe alone must do."""
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(option, value, 0, 0, 0)


def become_subreaper() -> None:
    """Let orphans among our descendants become our children, instead of those of process 1."""
    set_process_control(PR_SET_CHILD_SUBREAPER, 1)


def children_of(parent: int) -> list[int]:
    """Return the living or unreaped children of a process, from /proc."""
    children = []
    for entry in Path("/proc").glob("[0-9]*/stat"):
        # the second field, the name in parentheses, may itself hold spaces and parentheses
        with contextlib.suppress(OSError):
            fields = entry.read_bytes().rpartition(b")")[2].split()
            if int(fields[1]) == parent:
                children.append(int(entry.parent.name))
    return children


class RotatingLog:
    """A log file with a size limit; a full disk loses lines, never the program."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def write(self, text: bytes) -> None:
        with contextlib.suppress(OSError):
            with self.path.open("ab") as log:
                log.write(text)
                size = log.tell()
            if size > LOG_BYTES:
                self._rotate()

    def _rotate(self) -> None:
        for age in range(LOGS_KEPT - 1, 0, -1):
            younger = self.path.with_suffix(f".log.{age}")
            if younger.exists():
                younger.rename(self.path.with_suffix(f".log.{age + 1}"))
        self.path.rename(self.path.with_suffix(".log.1"))


class Guardian:
    """One program, its output and its end."""

    def __init__(self, task: Task) -> None:
        self.task = task
        self.log = RotatingLog(Path(task["log"]))
        self.status: int | None = None
        self.own_pid = os.getpid()
        self.speaking = True
        self.wakeup, self._wakeup_end = os.pipe()
        self.output, self._output_end = os.pipe()
        for descriptor in (self.wakeup, self._wakeup_end, self.output):
            os.set_blocking(descriptor, False)

    def watch_signals(self) -> None:
        signal.set_wakeup_fd(self._wakeup_end, warn_on_full_buffer=False)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.signal(signal.SIGTERM, lambda *_: None)
        # a handler, since "ignored" would be inherited by the program
        signal.signal(signal.SIGINT, lambda *_: None)

    def start(self) -> None:
        task = self.task
        as_other: dict[str, object] = {}
        if task["user"] is not None:
            as_other = {
                "user": task["user"],
                "group": task["group"],
                "extra_groups": [],
            }
        program = subprocess.Popen(  # type: ignore[call-overload]  # noqa: S603 - the supervisor's own commands
            task["command"],
            cwd=task["directory"],
            stdin=subprocess.DEVNULL,
            stdout=self._output_end,
            stderr=self._output_end,
            preexec_fn=self._bind_to_guardian,  # noqa: PLW1509 - this process has one thread
            **as_other,
        )
        self.pid: int = program.pid
        os.close(self._output_end)

    def _bind_to_guardian(self) -> None:
        """Ask for the parent-death signal; in the child, after the change of user, which would clear it."""
        set_process_control(PR_SET_PDEATHSIG, self.task["orphan_signal"])
        if os.getppid() != self.own_pid:
            os._exit(COULD_NOT_RUN)

    def run(self) -> int:
        """Stay until the program ends or the supervisor says so; return the program's exit status."""
        told = b""
        while self.status is None:
            ready = self._wait([0], None)
            if 0 in ready:
                told = os.read(0, READ_BYTES)
                break
            if signal.SIGTERM in self._reap():
                break
        self._end(told)
        return 0 if self.status is None else self.status

    def _wait(self, also: list[int], seconds: float | None) -> list[int]:
        """Wait for a signal, for output (and keep it) or for one of the other descriptors."""
        listen_to = [*also, self.wakeup, *([self.output] if self.speaking else [])]
        ready, _, _ = select.select(listen_to, [], [], seconds)
        if self.output in ready:
            self._keep_output()
        return ready

    def _end(self, told: bytes) -> None:
        orderly = told == STOP_WORD
        grace = self.task["grace_seconds"] if orderly else self.task["orphan_grace_seconds"]
        if self.status is None:
            os.kill(self.pid, self.task["stop_signal"])
        deadline = time.monotonic() + grace
        while self.status is None and time.monotonic() < deadline:
            self._wait([], KILL_PAUSE_SECONDS)
            self._reap()
        self._kill_descendants()
        while self._keep_output():
            pass

    def _kill_descendants(self) -> None:
        while children := children_of(self.own_pid):
            for child in children:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(child, signal.SIGKILL)
            time.sleep(KILL_PAUSE_SECONDS)
            self._reap()

    def _reap(self) -> bytes:
        """Collect ended children; return the numbers of the signals that came."""
        came = b""
        with contextlib.suppress(BlockingIOError):
            came = os.read(self.wakeup, READ_BYTES)
        with contextlib.suppress(ChildProcessError):
            while (ended := os.waitpid(-1, os.WNOHANG))[0]:
                if ended[0] == self.pid:
                    code = os.waitstatus_to_exitcode(ended[1])
                    self.status = code if code >= 0 else SIGNAL_EXIT_BASE - code
        return came

    def _keep_output(self) -> bool:
        """Write what the program said to the log; return whether there was something."""
        text = b""
        with contextlib.suppress(BlockingIOError):
            text = os.read(self.output, READ_BYTES)
            self.speaking = text != b""
            self.log.write(text)
        return text != b""


def main(task: Task) -> int:
    set_process_control(PR_SET_PDEATHSIG, signal.SIGTERM)
    become_subreaper()
    guardian = Guardian(task)
    guardian.watch_signals()
    try:
        guardian.start()
    except (OSError, subprocess.SubprocessError) as error:
        guardian.log.write(f"{task['command'][0]} could not be run: {error}\n".encode())
        return COULD_NOT_RUN
    return guardian.run()


if __name__ == "__main__":
    sys.exit(main(json.loads(sys.argv[1])))
