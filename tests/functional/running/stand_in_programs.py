"""Three tiny programs in place of the product's, with the children and sessions that real ones have.

Run by their names, `python stand_in_programs.py web 8000`; light to import, because tests start them often.
"""

import http.server
import os
import signal
import sys
import time
from pathlib import Path

FOREVER_SECONDS = 3600


class Pages(http.server.BaseHTTPRequestHandler):
    """Healthy, always; every answer tells an address the program was given."""

    def do_GET(self) -> None:
        """Answer with the queue's address."""
        self.send_response(200 if self.path == "/healthz" else 404)
        self.end_headers()
        self.wfile.write(os.environ["REDIS_URL"].encode())

    def log_message(self, *_: object) -> None:
        """Keep quiet."""


def web(port: str) -> None:
    """Serve, with a child process as real web servers have."""
    if os.fork() == 0:
        time.sleep(FOREVER_SECONDS)
    http.server.HTTPServer(("127.0.0.1", int(port)), Pages).serve_forever()


def worker() -> None:
    """Do nothing, with a grandchild that went to a session of its own and does not listen to SIGTERM."""
    if os.fork() == 0:
        os.setsid()
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        if os.fork() == 0:
            time.sleep(FOREVER_SECONDS)
        os._exit(0)
    time.sleep(FOREVER_SECONDS)


def demonstrate() -> None:
    """Load nothing, and tell how to sign in."""
    sys.stdout.write("Loading.\nsign in as somebody\n")


def prepare() -> None:
    """Leave a trace in the home, one line for each time; or fail, if the test wants that."""
    if os.environ.get("STAND_IN_PREPARE") == "fails":
        sys.exit("this preparation was told to fail")
    with Path(os.environ["MRD_HOME"], "prepared").open("a") as trace:
        trace.write(f"{os.environ['DATABASE_OWNER_URL']}\n")


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["web", port]:
            web(port)
        case ["worker"]:
            worker()
        case ["demonstrate"]:
            demonstrate()
        case _:
            prepare()
