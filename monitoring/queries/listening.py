"""What the database says of alerts while pages are open: heard by one thread on one connection for each process."""

import logging
import os
import threading
import uuid
from collections import Counter
from collections.abc import Callable, Collection
from functools import cache
from typing import Any

import psycopg
from django.db import connections

log = logging.getLogger(__name__)

CHANNEL = "mrd_alerts"  # the database notifies it with the id of a centre whenever an alert takes a step
ALIVE_EVERY = 15.0  # seconds between two looks whether the connection still lives
PROBE_WITHIN = 3.0  # seconds in which our own notification must come back
READY_WITHIN = 4.0  # seconds that the first page of a process waits for the first answer
PAUSES = (1.0, 2.0, 4.0, 8.0, 16.0, 30.0)  # seconds between attempts to connect

Connection = psycopg.Connection[tuple[Any, ...]]


class NotHeard(Exception):
    """The connection does not carry notifications: a pooler stands between (pgbouncer by transaction does so)."""


class Listener:
    """Counts, for each centre, how often one of its alerts took a step; wakes who waits for that."""

    def __init__(self, connect: Callable[[], Connection]) -> None:
        self._connect = connect
        self._told = threading.Condition()
        self._steps: Counter[int] = Counter()
        self._gaps = 0  # how often something may have been missed; counts for every centre
        self._attempts = 0
        self._hears = False
        self._thread: threading.Thread | None = None
        self._process = 0

    @property
    def hears(self) -> bool:
        """Whether notifications arrive at present."""
        return self._hears

    def start(self) -> bool:
        """Begin to listen in this process, once; return whether it hears, after a short wait at the first time."""
        with self._told:
            if self._thread is None or self._process != os.getpid() or not self._thread.is_alive():
                self._process, self._attempts, self._hears = os.getpid(), 0, False
                self._thread = threading.Thread(target=self._listen_always, name="alerts-heard", daemon=True)
                self._thread.start()
            self._told.wait_for(lambda: self._hears or self._attempts > 0, READY_WITHIN)
            return self._hears

    def count(self, centres: Collection[int]) -> int:
        """Return a number that grows with every step of an alert of these centres."""
        return self._gaps + sum(self._steps[centre] for centre in centres)

    def wait(self, centres: Collection[int], seen: int, seconds: float) -> int:
        """Wait until the count of these centres is no longer `seen`, at most so many seconds; return the count."""
        with self._told:
            self._told.wait_for(lambda: self.count(centres) != seen, seconds)
            return self.count(centres)

    def _listen_always(self) -> None:
        pause = threading.Event()
        while True:
            try:
                with self._connect() as connection:
                    self._listen(connection)
            except (psycopg.Error, OSError, NotHeard) as error:
                self._tell_deaf(error)
            pause.wait(PAUSES[min(self._attempts, len(PAUSES)) - 1])

    def _listen(self, connection: Connection) -> None:
        connection.execute(f"LISTEN {CHANNEL}")
        self._probe(connection)
        with self._told:
            self._hears, self._attempts = True, 0
            self._gaps += 1  # what happened while nobody listened
            self._told.notify_all()
        while True:
            for heard in connection.notifies(timeout=ALIVE_EVERY):
                self._count(heard.payload)
            connection.execute("SELECT 1")

    def _probe(self, connection: Connection) -> None:
        """Send ourselves a notification by another connection; raises NotHeard when it does not come."""
        word = f"probe {uuid.uuid4()}"
        with self._connect() as other:
            other.execute("SELECT pg_notify(%s, %s)", [CHANNEL, word])
        for heard in connection.notifies(timeout=PROBE_WITHIN):
            self._count(heard.payload)
            if heard.payload == word:
                return
        raise NotHeard("LISTEN does not work through this connection; open pages ask every few seconds instead")

    def _count(self, payload: str) -> None:
        if not (payload.isascii() and payload.isdigit()):
            return
        with self._told:
            self._steps[int(payload)] += 1
            self._told.notify_all()

    def _tell_deaf(self, error: Exception) -> None:
        with self._told:
            if self._hears or self._attempts == 0:
                log.warning("Steps of alerts are not heard: %s. Tried again from time to time.", error)
            self._hears = False
            self._attempts += 1
            self._told.notify_all()


def _own_connection() -> Connection:
    """Open a connection of the application role that Django knows nothing of."""
    wanted = connections["default"].settings_dict
    return psycopg.connect(
        dbname=wanted["NAME"], user=wanted["USER"], password=wanted["PASSWORD"], host=wanted["HOST"],
        port=wanted["PORT"], autocommit=True, connect_timeout=5, application_name="alerts-heard",
        keepalives_idle=10, keepalives_interval=5, keepalives_count=3, tcp_user_timeout=20_000,
    )  # fmt: skip


@cache
def listener() -> Listener:
    """Return the listener of this process; it begins to listen when the first page asks for a stream."""
    return Listener(_own_connection)
