"""The buckets of all web processes together, in the memory of the broker: one short question for each request.

Whoever holds the broker's address counts there; where it does not answer at once, it is left alone for some seconds, so
that a dead broker costs one request a moment and none its answer.
"""

import logging
from collections.abc import Callable
from threading import Lock
from time import monotonic
from typing import Any

import redis
from django.conf import settings
from django.db import connection
from redis.backoff import NoBackoff
from redis.retry import Retry

log = logging.getLogger(__name__)

PATIENCE_SECONDS = 0.1  # of one question; on the same host it takes a tenth of a millisecond
LEFT_ALONE_SECONDS = 5.0  # after a question that was not answered
PREFIX = "mrd:rate"

# A bucket of a minute's requests that fills evenly, as the moment until which it is spoken for: the clock is the
# broker's, so that processes agree. Answers the microseconds until a request may come, 0 where it may now.
TAKE = """
local clock = redis.call('TIME')
local now = clock[1] * 1000000 + clock[2]
local size = 60000000
local spoken = math.max(tonumber(redis.call('GET', KEYS[1]) or '0'), now) + size / tonumber(ARGV[1])
if spoken - now > size then return math.ceil(spoken - now - size) end
redis.call('SET', KEYS[1], string.format('%.0f', spoken), 'PX', 60000)
return 0
"""
MICROSECONDS = 1_000_000


class SharedBuckets:
    """The buckets that every web process asks."""

    def __init__(self, clock: Callable[[], float] = monotonic) -> None:
        self._clock, self._lock = clock, Lock()
        self._address, self._not_before = "", 0.0
        self._script: Any = None

    def take(self, key: str, a_minute: int) -> float | None:
        """Take one request out; return 0, or the seconds until one is there, or None where nobody answered."""
        if not settings.REDIS_URL or self._clock() < self._not_before:
            return None
        try:
            wait = self._asked(settings.REDIS_URL)(keys=[_named(key)], args=[a_minute])
        except (redis.RedisError, OSError, ValueError, TypeError) as error:  # the last two: an address it cannot read
            self._not_before = self._clock() + LEFT_ALONE_SECONDS
            log.warning("Requests are counted by each process for itself: the broker did not answer (%s).", error)
            return None
        return int(wait) / MICROSECONDS

    def forget(self) -> None:
        """Begin anew: the counts of this place, and whether the broker answered."""
        self._not_before = 0.0
        if settings.REDIS_URL:
            client = self._client(settings.REDIS_URL)
            for name in client.scan_iter(_named("*")):
                client.delete(name)

    def _asked(self, address: str) -> Any:
        with self._lock:
            if self._script is None or address != self._address:
                self._address, self._script = address, self._client(address).register_script(TAKE)
            return self._script

    @staticmethod
    def _client(address: str) -> "redis.Redis":
        return redis.Redis.from_url(
            _as_client_says(address),
            socket_timeout=PATIENCE_SECONDS,
            socket_connect_timeout=PATIENCE_SECONDS,
            retry=Retry(NoBackoff(), 0),
        )


def _as_client_says(address: str) -> str:
    """A broker's address by a socket is written otherwise for the task queue than for its client."""
    if not address.startswith("redis+socket:"):
        return address
    return address.replace("redis+socket:", "unix:", 1).replace("virtual_host=", "db=", 1)


def _named(key: str) -> str:
    """Places that share a broker have databases of their own."""
    return f"{PREFIX}:{connection.settings_dict['NAME']}:{key}"


SHARED = SharedBuckets()
