"""One request to a checked address: no second look-up, no redirect followed, no more time and bytes than allowed."""

import contextlib
import http.client
import socket
import ssl
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from monitoring.actions.webhooks_addresses import PORTS, Target

TIME_LIMIT = 10.0  # seconds, from the connection to the last byte of the answer
MOST_READ = 65_536  # bytes of an answer
TEXT_KEPT = 200  # characters of an answer told in the log of deliveries


class NoAnswer(Exception):
    """The other side could not be reached, or did not answer in time."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back."""

    status: int
    retry_after: timedelta | None
    size: int


@dataclass(frozen=True, slots=True)
class Fetched:
    """What lay at an address, and for how long it may be kept."""

    body: bytes
    cache_control: str


def post(target: Target, body: bytes, headers: Mapping[str, str], *, time_limit: float = TIME_LIMIT) -> Answer:
    """Send a body and return the answer; raises NoAnswer for everything that is none."""
    answer, read = _asked(target, "POST", body, headers, time_limit)
    return Answer(answer.status, _retry_after(answer.headers.get("Retry-After", "")), len(read))


def get(target: Target, *, time_limit: float = TIME_LIMIT) -> Fetched:
    """Fetch what lies at an address; raises NoAnswer for anything but a 200 that fits."""
    answer, read = _asked(target, "GET", None, {"Accept": "application/json"}, time_limit)
    if answer.status != http.client.OK or len(read) == MOST_READ:
        raise NoAnswer(str(answer.status))
    return Fetched(read, answer.headers.get("Cache-Control", ""))


def ask(
    target: Target, method: str, body: bytes | None, headers: Mapping[str, str], *, time_limit: float, most_read: int
) -> tuple[int, bytes]:
    """Return the status and what was read, no more than `most_read` bytes; raises NoAnswer."""
    answer, read = _asked(target, method, body, headers, time_limit, most_read)
    return answer.status, read


def _asked(
    target: Target, method: str, body: bytes | None, headers: Mapping[str, str], time_limit: float,
    most_read: int = MOST_READ,
) -> tuple[http.client.HTTPResponse, bytes]:  # fmt: skip
    connection = _Connection(target, time_limit)
    watch = threading.Timer(time_limit, connection.cut)
    watch.daemon = True
    watch.start()
    try:
        connection.request(method, target.path, body, {**headers, "Host": _host(target), "Connection": "close"})
        answer = connection.getresponse()
        read = answer.read(most_read)
        if connection.was_cut:
            raise TimeoutError
    except (OSError, http.client.HTTPException, ValueError) as error:
        why = "timeout" if connection.was_cut or isinstance(error, TimeoutError) else type(error).__name__
        raise NoAnswer(why) from error
    else:
        return answer, read
    finally:
        watch.cancel()
        connection.close()


class _Connection(http.client.HTTPConnection):
    """A connection to the very address that was checked, under the name that the certificate is for."""

    def __init__(self, target: Target, time_limit: float) -> None:
        super().__init__(target.host, target.port, timeout=time_limit)
        self._target = target
        self._line: socket.socket | None = None
        self.was_cut = False

    def connect(self) -> None:
        self.sock = self._line = socket.create_connection((self._target.address, self._target.port), self.timeout)
        if self._target.scheme == "https":
            secured = ssl.create_default_context().wrap_socket(
                self.sock, server_hostname=self._target.host, do_handshake_on_connect=False
            )
            # kept beside: the library lets go of its own when the answer begins
            self.sock = self._line = secured
            secured.do_handshake()

    def cut(self) -> None:
        """End it from outside: an answer that drips is none."""
        self.was_cut = True
        if self._line is not None:
            with contextlib.suppress(OSError):
                # not TLS's own, which would change what the reading thread is just using
                socket.socket.shutdown(self._line, socket.SHUT_RDWR)


def _host(target: Target) -> str:
    name = f"[{target.host}]" if ":" in target.host else target.host
    return name if target.port == PORTS[target.scheme] else f"{name}:{target.port}"


def _retry_after(told: str) -> timedelta | None:
    """Read seconds; a date is not read, the usual wait then holds."""
    return timedelta(seconds=int(told)) if told.isascii() and told.isdigit() and len(told) < 8 else None
