"""Open pages learn of alerts while they are open: a stream that says that something changed, and what to ask then."""

import threading
import time
from collections.abc import Collection, Iterator
from http import HTTPStatus

from django.conf import settings
from django.db import connection, transaction
from django.http import HttpResponse, HttpResponseBase, JsonResponse, StreamingHttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET

from monitoring import permissions, scope
from monitoring.actions import recompute
from monitoring.queries import open_alerts
from monitoring.queries.listening import Listener, listener
from monitoring.views.signed_in import SignedInRequest

STREAM_SECONDS = 25.0  # a stream ends by itself before a proxy or the server ends it; the browser opens the next one
HEARTBEAT_SECONDS = 10.0  # a line that says nothing, so that a proxy keeps the stream and a gone reader is noticed
RECONNECT_MILLISECONDS = 250
ASK_AGAIN_SECONDS = 60  # after a refusal; the page asks /live/since meanwhile
SHOWN_DIGITS = 6

STREAM_HEADERS = {"Cache-Control": "no-store, no-transform", "X-Accel-Buffering": "no"}

_places = threading.BoundedSemaphore(settings.LIVE_STREAMS) if settings.LIVE_STREAMS else None


class Stream:
    """The lines of one stream; holds a place of this process until it is closed, and no connection to the database."""

    def __init__(self, heard: Listener, centres: Collection[int], seen: int, token: str) -> None:
        self._heard, self._centres, self._seen = heard, centres, seen
        self._first: str | None = token
        self._ends_at = time.monotonic() + STREAM_SECONDS
        self._is_closed = False

    def __iter__(self) -> Iterator[bytes]:
        return self

    def __next__(self) -> bytes:
        if self._first is not None:
            token, self._first = self._first, None
            return f"retry: {RECONNECT_MILLISECONDS}\nevent: standing\ndata: {token}\n\n".encode()
        left = self._ends_at - time.monotonic()
        if left <= 0 or self._is_closed:
            raise StopIteration
        now = self._heard.wait(self._centres, self._seen, min(left, HEARTBEAT_SECONDS))
        if now == self._seen:
            return b": still here\n\n"
        self._seen = now
        return f"event: alerts\ndata: {now}\n\n".encode()

    def close(self) -> None:
        """Give the place back, once."""
        if not self._is_closed and _places is not None:
            _places.release()
        self._is_closed = True


@require_GET
def stream(request: SignedInRequest) -> HttpResponseBase:
    """Stream a line whenever an alert of the person's centres takes a step.

    The page asks from time to time where it gets 503 (no place, or the database is not heard) or 204 (switched off).
    """
    with transaction.atomic():
        centres = _chart_centres(request)
    if not centres:
        return _refused(request)
    if _places is None:
        return HttpResponse(status=HTTPStatus.NO_CONTENT)
    heard = listener()
    if not heard.start() or not _places.acquire(blocking=False):
        return HttpResponse(status=HTTPStatus.SERVICE_UNAVAILABLE, headers={"Retry-After": str(ASK_AGAIN_SECONDS)})
    try:
        seen = heard.count(centres)  # before the look at the tables: what happens between is told, not lost
        token = _standing(request, centres).token
        if not connection.in_atomic_block:
            connection.close()
    except BaseException:
        _places.release()
        raise
    lines = Stream(heard, centres, seen, token)
    return StreamingHttpResponse(lines, content_type="text/event-stream; charset=utf-8", headers=STREAM_HEADERS)


@require_GET
def since(request: SignedInRequest) -> HttpResponseBase:
    """Tell how many alerts wait, in a number and in words, and the token of that standing; `shown` is the page's."""
    with transaction.atomic():
        centres = _chart_centres(request)
        if not centres:
            return _refused(request)
        scope.enter(request.user)
        recompute.drain_pending(now=timezone.now())
        found = open_alerts.read(centres)
        scope.leave()
    waiting = {"n": found.waiting}
    return JsonResponse(
        {
            "token": found.token,
            "waiting": found.waiting,
            "said": ngettext("%(n)s alert waits", "%(n)s alerts wait", found.waiting) % waiting,
            "news": _news(found.waiting, request.GET.get("shown", "")),
        },
        headers={"Cache-Control": "no-store"},
    )


def _news(waiting: int, shown: str) -> str:
    """Say what the list on the page lacks."""
    before = int(shown) if shown.isascii() and shown.isdigit() and len(shown) <= SHOWN_DIGITS else waiting
    if waiting <= before:
        return _("The list has changed.")
    return ngettext("%(n)s new", "%(n)s new", waiting - before) % {"n": waiting - before}


def _chart_centres(request: SignedInRequest) -> list[int]:
    if not request.user.is_authenticated:
        return []
    memberships = permissions.memberships_of(request.user)
    return sorted({each.centre_id for each in memberships if each.role in permissions.CHART_ROLES})


def _standing(request: SignedInRequest, centres: Collection[int]) -> open_alerts.Standing:
    with transaction.atomic():
        scope.enter(request.user)
        found = open_alerts.read(centres)
        scope.leave()
    return found


def _refused(request: SignedInRequest) -> HttpResponse:
    status = HTTPStatus.FORBIDDEN if request.user.is_authenticated else HTTPStatus.UNAUTHORIZED
    return HttpResponse(status=status, headers={"Cache-Control": "no-store"})
