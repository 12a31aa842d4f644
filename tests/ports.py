"""Ports for the servers that tests start."""

import contextlib
import os
import random
import socket
from itertools import count

# Below those that the system gives to outgoing connections (from 32768 on): between the moment when a port is found
# free and the one when a server takes it, a client of another test must not get it.
FIRST = 20_000
FOR_EACH_PROCESS = 1_000

_given = count(random.SystemRandom().randrange(FOR_EACH_PROCESS))


def free_port() -> int:
    """Return a port of the loopback address that nobody uses just now, of this test process's own thousand."""
    process = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw")) % 10
    while True:
        port = FIRST + process * FOR_EACH_PROCESS + next(_given) % FOR_EACH_PROCESS
        with contextlib.suppress(OSError), socket.socket() as probe:
            probe.bind(("127.0.0.1", port))
            return port
