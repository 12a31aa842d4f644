"""A product of three tiny programs in place of the real one, for tests of the supervisor alone.

`python -m tests.functional.embedded.stand_in` does what `manage.py up` does, with these programs.
"""

import http.server
import os
import signal
import sys
import time
from collections.abc import Mapping
from pathlib import Path

from mrdweb.embedded import supervisor
from mrdweb.embedded.addresses import Addresses
from mrdweb.embedded.health import HEALTH_PATH, LOOPBACK
from mrdweb.embedded.home import Home
from mrdweb.embedded.processes import Program
from mrdweb.embedded.product import PROJECT, Product, python

FOREVER_SECONDS = 3600


class Pages(http.server.BaseHTTPRequestHandler):
    """Healthy, always; and a page that shows an address the program was given."""

    def do_GET(self) -> None:
        """Answer with the queue's address."""
        self.send_response(200 if self.path == HEALTH_PATH else 404)
        self.end_headers()
        self.wfile.write(os.environ["REDIS_URL"].encode())

    def log_message(self, *_: object) -> None:
        """Keep quiet."""


def web(port: str) -> None:
    """Serve, with a child process as real web servers have."""
    if os.fork() == 0:
        time.sleep(FOREVER_SECONDS)
    http.server.HTTPServer((LOOPBACK, int(port)), Pages).serve_forever()


def worker() -> None:
    """Do nothing, with a grandchild that went to a session of its own and does not listen to SIGTERM."""
    if os.fork() == 0:
        os.setsid()
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        if os.fork() == 0:
            time.sleep(FOREVER_SECONDS)
        os._exit(0)
    time.sleep(FOREVER_SECONDS)


def prepare() -> None:
    """Leave a trace in the home, one line for each time; or fail, if the test wants that."""
    if os.environ.get("STAND_IN_PREPARE") == "fails":
        sys.exit("this preparation was told to fail")
    with Path(os.environ["MRD_HOME"], "prepared").open("a") as trace:
        trace.write(f"{os.environ['DATABASE_OWNER_URL']}\n")


def product(home: Home, found: Addresses, port: int, environ: Mapping[str, str]) -> Product:
    """Return the stand-in's programs."""
    given = {**environ, **found.environment(), "MRD_HOME": str(home.root)}

    def program(name: str, *words: str) -> Program:
        return Program(
            name,
            python("-m", "tests.functional.embedded.stand_in", name, *words),
            PROJECT,
            given,
            grace_seconds=1.0,
        )

    return Product(
        preparations=(program("prepare"),),
        demonstration=(program("demonstrate"),),
        running=(program("web", str(port)), program("worker")),
    )


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["web", port]:
            web(port)
        case ["worker"]:
            worker()
        case ["prepare"] | ["demonstrate"]:
            prepare()
        case _:
            sys.exit(supervisor.main(product))
