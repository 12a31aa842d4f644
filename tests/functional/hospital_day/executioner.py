"""Kills programs of a running product without a word, one after the other, and waits until each is back."""

import contextlib
import os
import random
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from urllib.parse import unquote

import psycopg

from mrdweb.embedded.product import PROJECT
from tests.functional.running.started import Started, plain_environment
from tests.ports import free_port

BACK_SECONDS, LOOK_SECONDS = 120.0, 0.05
EACH = {"worker": 2, "valkey": 2, "postgresql": 2, "listener": 2}


class Listener:
    """`manage.py mllp` on a port, started again when it was killed, as a service manager does."""

    def __init__(self, home: Path) -> None:
        self._environment = {**plain_environment(), "MRD_HOME": str(home)}
        self._log = (home / "logs" / "mllp.log").open("a", encoding="utf-8")
        self.port = free_port()
        self._start()

    def _start(self) -> None:
        words = [sys.executable, "manage.py", "mllp", "--port", str(self.port)]
        self.process = subprocess.Popen(
            words, cwd=PROJECT, env=self._environment, text=True, stdout=subprocess.PIPE, stderr=self._log
        )
        assert self.process.stdout is not None
        said = self.process.stdout.readline()
        assert "Listening" in said, said

    def kill(self) -> None:
        """Kill it; whatever it had not written is lost."""
        self.process.kill()
        self.process.communicate()

    def again(self) -> None:
        """Start it once more at the same address."""
        self._start()

    def end(self) -> None:
        """End it, if it still runs, and let go of its output."""
        if self.process.poll() is None:
            self.kill()
        self._log.close()


class Executioner(threading.Thread):
    """Kills at seeded moments of the day, counted in answered messages; keeps how long each took to be back."""

    def __init__(self, seed: int, messages: int, product: Started, listener: Listener) -> None:
        super().__init__(name="executioner")
        dice = random.Random(f"{seed} executioner")
        self.turns = [name for name, times in EACH.items() for _ in range(times)]
        dice.shuffle(self.turns)
        between = messages * 9 // 10 // len(self.turns)
        self._at = [between * turn + dice.randrange(between // 2, between) for turn in range(len(self.turns))]
        self._product, self._listener = product, listener
        self._progress = threading.Condition()
        self._answered, self._is_over = 0, False
        self.back_after: list[tuple[str, float]] = []
        self.fault: BaseException | None = None

    def answered(self, count: int) -> None:
        """Hear that messages were answered."""
        with self._progress:
            self._answered += count
            self._progress.notify_all()

    def over(self) -> None:
        """Hear that no more is sent: what is left to kill is killed while the messages are being read."""
        with self._progress:
            self._is_over = True
            self._progress.notify_all()

    def run(self) -> None:
        """Kill each in its turn."""
        try:
            for name, at in zip(self.turns, self._at, strict=True):
                self._wait_for(at)
                self.back_after.append((name, self._kill(name)))
        except BaseException as fault:  # noqa: BLE001 # told to the test
            self.fault = fault

    def _wait_for(self, answered: int) -> None:
        with self._progress:
            self._progress.wait_for(lambda: self._answered >= answered or self._is_over)

    def _kill(self, name: str) -> float:
        """Kill one, wait until it serves again; return the seconds."""
        begun = time.monotonic()
        if name == "listener":
            self._listener.kill()
            self._listener.again()
            return time.monotonic() - begun
        old = self._product.programs()
        os.kill(old[name], signal.SIGKILL)
        self._product.until_running({name}, other_than={name: old[name]})
        _until(self._serves(name), f"{name} serves again")
        return time.monotonic() - begun

    def _serves(self, name: str) -> Callable[[], bool]:
        if name == "postgresql":
            return self._database_answers
        return self._queue_answers if name == "valkey" else (lambda: True)

    def _database_answers(self) -> bool:
        try:
            with psycopg.connect(self._product.address(), connect_timeout=5) as connection:
                return connection.execute("SELECT true").fetchone() == (True,)
        except psycopg.OperationalError:
            return False

    def _queue_answers(self) -> bool:
        with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX) as line:
            line.settimeout(5)
            line.connect(unquote(self._product.address("REDIS_URL").removeprefix("redis+socket://")))
            line.sendall(b"PING\r\n")
            return line.recv(100).startswith(b"+PONG")
        return False


def _until(holds: Callable[[], bool], what: str) -> None:
    until = time.monotonic() + BACK_SECONDS
    while not holds():
        assert time.monotonic() < until, f"not so in time: {what}"
        time.sleep(LOOK_SECONDS)
