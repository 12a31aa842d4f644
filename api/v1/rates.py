"""How much one token may ask: a bucket for each, that fills evenly, so that one script cannot slow everybody down.

All web processes count together, in the broker's memory (api/v1/shared_rates.py); while that does not answer each of
them counts for itself, and no request fails for it. The limit is there against loops, not for billing. [DESIGN]
"""

from collections import OrderedDict
from dataclasses import dataclass
from threading import Lock
from time import monotonic

from django.conf import settings
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

from api.v1.shared_rates import SHARED

MOST_BUCKETS = 10_000  # tokens and addresses that are remembered; the one that asked least recently goes first
SECONDS = 60


@dataclass(slots=True)
class Bucket:
    """How many requests are left, as of a moment of the clock that never goes back."""

    left: float
    at: float


class Buckets:
    """The buckets of this process."""

    def __init__(self) -> None:
        self._kept: OrderedDict[str, Bucket] = OrderedDict()
        self._lock = Lock()

    def take(self, key: str, a_minute: int, now: float) -> float:
        """Take one request out; return 0, or the seconds until one is there."""
        with self._lock:
            bucket = self._kept.pop(key, None) or Bucket(a_minute, now)
            self._kept[key] = bucket
            if len(self._kept) > MOST_BUCKETS:
                self._kept.popitem(last=False)
            bucket.left = min(a_minute, bucket.left + (now - bucket.at) * a_minute / SECONDS)
            bucket.at = now
            if bucket.left < 1:
                return (1 - bucket.left) * SECONDS / a_minute
            bucket.left -= 1
            return 0

    def forget(self) -> None:
        """Begin anew."""
        with self._lock:
            self._kept.clear()


BUCKETS = Buckets()


class RateOfToken(BaseThrottle):
    """Refuses with 429 and Retry-After what a token, or an address without one, asks beyond its rate."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def allow_request(self, request: Request, view: object) -> bool:
        """Whether the token may ask now; a rate of 0 is no limit."""
        a_minute, who = settings.API_REQUESTS_A_MINUTE, _who(request)
        if a_minute == 0:
            return True
        together = SHARED.take(who, a_minute)
        self.seconds = BUCKETS.take(who, a_minute, monotonic()) if together is None else together
        return self.seconds == 0

    def wait(self) -> float:
        """Return the seconds until the next request."""
        return self.seconds


def _who(request: Request) -> str:
    """Each token for itself: the loop of one script of a person is not the end of the others."""
    if request.auth is not None:
        return f"{type(request.auth).__name__}:{request.auth.pk}"
    return f"address:{request.META.get('REMOTE_ADDR', '')}"
