"""The embedded Valkey 9: the queue of the worker, on a Unix socket, kept on disk."""

import contextlib
import signal
import socket
import time
from collections.abc import Mapping
from urllib.parse import quote

from mrdweb.embedded.binaries import Binaries
from mrdweb.embedded.faults import CannotStart
from mrdweb.embedded.home import Home
from mrdweb.embedded.postgres import plain_environment
from mrdweb.embedded.processes import POLL_SECONDS, Pause, Program, Running

SOCKET = "valkey.sock"
START_SECONDS = 60.0
ANSWER_SECONDS = 2.0
ANSWER_BYTES = 100

SETTINGS = {
    "port": "0",
    "unixsocketperm": "700",
    "appendonly": "yes",
    "appendfsync": "everysec",
    "save": "",
    "maxmemory-policy": "noeviction",
    "daemonize": "no",
}


def program(home: Home, binaries: Binaries, settings: Mapping[str, str] = SETTINGS) -> Program:
    """Return how to start Valkey on this home."""
    data = home.private_directory(home.valkey_data)
    chosen = {**settings, "dir": str(data), "unixsocket": str(home.run / SOCKET)}
    options = tuple(word for name, value in chosen.items() for word in (f"--{name}", value))
    return Program(
        "valkey",
        (str(binaries.valkey_server), *options),
        data,
        plain_environment(),
        home.account,
        orphan_signal=signal.SIGTERM,  # writes what it still holds; it has no children
    )


def wait_until_ready(running: Running, home: Home, pause: Pause) -> None:
    """Return when Valkey answers; raises CannotStart with its last words when it ends instead."""
    deadline = time.monotonic() + START_SECONDS
    while not answers(home):
        if running.exit_status is not None:
            raise CannotStart(f"Valkey did not start (see {running.log}). Its last words:\n{running.last_words}")
        if time.monotonic() > deadline:
            raise CannotStart(f"Valkey was not ready after {START_SECONDS:.0f} s; see {running.log}.")
        pause(POLL_SECONDS)


def answers(home: Home) -> bool:
    """Tell whether Valkey has loaded its data and answers a PING."""
    with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX) as connection:
        connection.settimeout(ANSWER_SECONDS)
        connection.connect(str(home.run / SOCKET))
        connection.sendall(b"PING\r\n")
        return connection.recv(ANSWER_BYTES).startswith(b"+PONG")
    return False


def address(home: Home) -> str:
    """Return the address in the form that Celery's broker takes; redis-py wants "unix" for "redis+socket"."""
    return f"redis+socket://{quote(str(home.run), safe='/')}/{SOCKET}"
