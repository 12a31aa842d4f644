"""A load generator that costs little beside what it measures: ready-made requests over connections that stay open.

Each connection is a thread that writes bytes and waits; the answers are read by their length, not parsed.
"""

import os
import socket
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import count

RECEIVE_BYTES = 1 << 18
END_OF_HEAD = b"\r\n\r\n"
PATIENCE_SECONDS = 120


class NotAnswered(RuntimeError):
    """An answer was another than the one that is measured."""


@dataclass(slots=True)
class Load:
    """What a load did: seconds of each call and in all by the clock, and seconds of the generator's own processor."""

    calls: list[float] = field(default_factory=list)
    seconds: float = 0.0
    own_seconds: float = 0.0


def request(method: str, path: str, headers: Sequence[str] = (), body: bytes = b"") -> bytes:
    """Return a request as the bytes that are sent."""
    lines = [f"{method} {path} HTTP/1.1", "Host: localhost", *headers]
    if body:
        lines += ["Content-Type: application/json", f"Content-Length: {len(body)}"]
    return "\r\n".join([*lines, "", ""]).encode() + body


def run(port: int, requests: Sequence[bytes], *, connections: int, status: int) -> Load:
    """Send every request once, over so many connections at a time; raises NotAnswered for another status or none."""
    if not requests:
        raise NotAnswered("Nothing was to be asked.")
    load, faults, numbers = Load(), list[Exception](), count()

    def work() -> None:
        try:
            with socket.create_connection(("127.0.0.1", port), timeout=PATIENCE_SECONDS) as connection:
                connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                while (number := next(numbers)) < len(requests):
                    began = time.perf_counter()
                    _call(connection, requests[number], status)
                    load.calls.append(time.perf_counter() - began)
        except (OSError, NotAnswered) as fault:
            faults.append(fault)

    began, own = time.perf_counter(), _own_seconds()
    _together(work, connections)
    load.seconds, load.own_seconds = time.perf_counter() - began, _own_seconds() - own
    if faults:
        raise faults[0]
    return load


def _together(work: Callable[[], None], times: int) -> None:
    threads = [threading.Thread(target=work) for _ in range(times)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def _own_seconds() -> float:
    spent = os.times()
    return spent.user + spent.system


def _call(connection: socket.socket, sent: bytes, status: int) -> bytes:
    connection.sendall(sent)
    found = connection.recv(RECEIVE_BYTES)
    while (end := found.find(END_OF_HEAD)) < 0:
        found += _more(connection)
    if not found.startswith(f"HTTP/1.1 {status} ".encode()):
        raise NotAnswered(f"Asked for {sent[:120]!r}, got {found[:15]!r} ... {found[-500:]!r}")
    missing = _length(found[:end]) + end + len(END_OF_HEAD) - len(found)
    while missing > 0:
        part = _more(connection)
        missing -= len(part)
    return found


def _more(connection: socket.socket) -> bytes:
    part = connection.recv(RECEIVE_BYTES)
    if not part:
        raise NotAnswered("The connection was closed before the answer was whole.")
    return part


def _length(head: bytes) -> int:
    for line in head.split(b"\r\n"):
        name, _, value = line.partition(b":")
        if name.lower() == b"content-length":
            return int(value)
    raise NotAnswered("The answer does not say how long it is.")
