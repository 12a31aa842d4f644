"""The whole product in a home of its own, for measuring with data that are really written; gone afterwards.

It is started as a person starts it (`manage.py up`): web, worker, PostgreSQL and queue, with the settings of every day.
"""

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

ENTERED_BY_SERVERS = 0o711  # the servers' own account goes through the directory, and reads nothing in it
STOP_SECONDS = 60
SAID_CHARACTERS = 4_000
READY = "is ready"
# addresses of another product that the environment may name
ADDRESSES = ("DATABASE_URL", "DATABASE_OWNER_URL", "DATABASE_WORKER_URL", "REDIS_URL", "SECRET_KEY", "MRD_PROCESS")


class NotStarted(RuntimeError):
    """The product that was to be measured did not start, or one of its commands failed."""


@dataclass(frozen=True, slots=True)
class ScratchProduct:
    """Where it answers, and the environment in which its commands are run."""

    port: int
    environment: Mapping[str, str]
    home: Path

    def command(self, *words: str) -> str:
        """Run one of its commands to the end and return what it printed; raises NotStarted."""
        done = subprocess.run(  # noqa: S603 - our own command
            [sys.executable, "manage.py", *words], cwd=settings.BASE_DIR, env=self.environment, capture_output=True,
            text=True, check=False,
        )  # fmt: skip
        if done.returncode:
            raise NotStarted(f"manage.py {' '.join(words)} failed: {done.stderr[-2000:]}\n{self._said_by_web()}")
        return done.stdout

    def _said_by_web(self) -> str:
        """What the web server noted last: the home with its logs is gone when somebody asks."""
        log = self.home / "logs" / "web.log"
        return log.read_text(encoding="utf-8")[-SAID_CHARACTERS:] if log.exists() else ""


@contextmanager
def running() -> Iterator[ScratchProduct]:
    """Start the product in a new home, and stop it and remove the home at the end; raises NotStarted."""
    place = Path(tempfile.mkdtemp(prefix="mrd-bench-"))
    place.chmod(ENTERED_BY_SERVERS)
    home = place / "home"
    inherited = {name: value for name, value in os.environ.items() if name.removesuffix("_FILE") not in ADDRESSES}
    port = _free_port()
    environment = {**inherited, "MRD_HOME": str(home), "PORT": str(port), "MRD_DEMONSTRATION": "no"}
    with (place / "said").open("w", encoding="utf-8") as said:
        up = subprocess.Popen(
            [sys.executable, "manage.py", "up"], cwd=settings.BASE_DIR, env=environment, stdout=subprocess.PIPE,
            stderr=said, text=True,
        )  # fmt: skip
    try:
        line = up.stdout.readline() if up.stdout else ""
        if READY not in line:
            raise NotStarted(f"The product did not start: {(home / 'said').read_text(encoding='utf-8')[-2000:]}")
        key = str(home / "secrets" / "secret_key")
        yield ScratchProduct(port, {**environment, "SECRET_KEY_FILE": key}, home)
    finally:
        up.send_signal(signal.SIGINT)
        up.wait(STOP_SECONDS)
        shutil.rmtree(place, ignore_errors=True)


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])
