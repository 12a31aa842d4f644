"""Is the web server well, and is its port free?"""

import http.client
import socket
import time
from collections.abc import Mapping

from mrdweb import env
from mrdweb.embedded.faults import CannotStart
from mrdweb.embedded.processes import POLL_SECONDS, Pause, Running

LOOPBACK = "127.0.0.1"
DEFAULT_PORT = "8000"
HIGHEST_PORT = 65535
HEALTH_PATH = "/healthz"
HEALTHY_SECONDS = 90.0
ANSWER_SECONDS = 5.0
ANSWER_BYTES = 300


def chosen_port(environ: Mapping[str, str]) -> int:
    """Return PORT; raises CannotStart when it is no port or another program has it."""
    text = env.read("PORT", DEFAULT_PORT, environ)
    if not text.isdecimal() or not 0 < int(text) <= HIGHEST_PORT:
        raise CannotStart(f"PORT is {text!r}; it must be a number from 1 to {HIGHEST_PORT}.")
    port = int(text)
    with socket.socket() as probe:
        # as the web server does, so that connections of a server that has just stopped are no obstacle
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except OSError as error:
            raise CannotStart(
                f"Port {port} of {LOOPBACK} cannot be used: {error.strerror}. "
                f"Choose another one, for example: PORT={port % HIGHEST_PORT + 1} make run"
            ) from error
    return port


def ask(port: int) -> tuple[bool, str]:
    """Ask the web server how it is; return whether all is well, and what it said."""
    connection = http.client.HTTPConnection(LOOPBACK, port, timeout=ANSWER_SECONDS)
    try:
        connection.request("GET", HEALTH_PATH)
        answer = connection.getresponse()
        said = answer.read(ANSWER_BYTES).decode(errors="replace")
    except (OSError, http.client.HTTPException) as error:
        return False, f"none ({error})"
    finally:
        connection.close()
    return answer.status == http.HTTPStatus.OK, f"{answer.status} {said}"


def wait_until_healthy(web: Running, port: int, pause: Pause) -> None:
    """Return when the web server is healthy; raises CannotStart when it ends or takes too long."""
    deadline = time.monotonic() + HEALTHY_SECONDS
    while not (answer := ask(port))[0]:
        if web.exit_status is not None:
            raise CannotStart(f"The web server did not start (see {web.log}). Last words:\n{web.last_words}")
        if time.monotonic() > deadline:
            raise CannotStart(
                f"{HEALTH_PATH} did not become healthy within {HEALTHY_SECONDS:.0f} s; "
                f"last answer: {answer[1]}. See {web.log} and the other logs there."
            )
        pause(POLL_SECONDS)
