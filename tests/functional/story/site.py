"""The product as people meet it: a web server and a Celery worker of their own on this test's database."""

import contextlib
import os
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

from tests.ports import free_port

ROOT = Path(__file__).resolve().parents[3]
READY_SECONDS = 120.0


class Site:
    """Processes with the settings of this test process; `queue` takes the place of the shared broker."""

    def __init__(self, queue: str | None = None) -> None:
        self.port = free_port()
        self.address = f"http://127.0.0.1:{self.port}"
        self.environment = {**os.environ, **({"REDIS_URL": queue} if queue else {})}
        self.processes: dict[str, subprocess.Popen[bytes]] = {}

    def start_web(self) -> None:
        """Start the web server and wait until it is ready."""
        self._start(
            "web",
            *("gunicorn", "mrdweb.wsgi:application", "--bind", f"127.0.0.1:{self.port}"),
            *("--worker-class", "gthread", "--threads", "24", "--no-control-socket"),
        )
        wait_until(self._is_ready, "the web server is ready")

    def start_worker(self) -> None:
        """Start a Celery worker."""
        self._start(
            "worker",
            *("celery", "--app", "mrdweb", "worker", "--concurrency", "1", "--loglevel", "WARNING"),
            *("--without-gossip", "--without-mingle"),
            MRD_PROCESS="worker",
        )

    def kill(self, name: str) -> None:
        """Kill a process and its children without a word."""
        process = self.processes.pop(name)
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()

    def stop(self) -> None:
        """Stop everything."""
        for name in list(self.processes):
            self.kill(name)

    def _start(self, name: str, *words: str, **more: str) -> None:
        self.processes[name] = subprocess.Popen(
            [sys.executable, "-W", "ignore", "-m", *words],
            cwd=ROOT,
            env={**self.environment, **more},
            start_new_session=True,
            stdout=subprocess.DEVNULL,
        )

    def _is_ready(self) -> bool:
        with contextlib.suppress(OSError), urllib.request.urlopen(f"{self.address}/livez", timeout=5) as answer:
            return bool(answer.status == 200)
        return False


@contextlib.contextmanager
def running(queue: str | None = None) -> Iterator[Site]:
    """Run web and worker until the end of the block."""
    site = Site(queue)
    try:
        site.start_web()
        site.start_worker()
        yield site
    finally:
        site.stop()


def wait_until(holds: Callable[[], bool], what: str, seconds: float = READY_SECONDS) -> None:
    """Wait until something holds; fail saying what did not."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if holds():
            return
        time.sleep(0.05)
    raise AssertionError(f"After {seconds:.0f} s still not so: {what}.")
