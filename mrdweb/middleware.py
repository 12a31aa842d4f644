"""What holds for every request: one transaction with the person's scope in it, and answers that no cache keeps."""

from collections.abc import Callable
from http import HTTPStatus
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from monitoring import scope
from monitoring.models import User
from monitoring.permissions import memberships_of

GetResponse = Callable[[HttpRequest], HttpResponse]

# Paths that must work without a database transaction: sign-in keeps its failures, health asks by itself, a stream
# stays open for half a minute and enters its own short transaction before that; a launch asks another system; a wrong
# password that is typed to choose a new one counts as at the door.
WITHOUT_TRANSACTION = ("/sign-in", "/sign-out", "/healthz", "/livez", "/live/", "/smart/", "/me/password")


def _zone_of(user: User) -> ZoneInfo:
    """Moments are shown in the time zone of the person's first centre."""
    zones = [membership.centre.zone for membership in memberships_of(user)]
    return zones[0] if zones else ZoneInfo(settings.TIME_ZONE)


class PrivateAnswers:
    """Forbid shared caches and disk caches to keep any page; static files have their own rule."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if not request.path.startswith(f"/{settings.STATIC_URL}".replace("//", "/")):
            response.headers.setdefault("Cache-Control", "private, no-store")
        response.headers.setdefault("Permissions-Policy", "camera=(), geolocation=(), microphone=()")
        return response


class OneTransactionPerRequest:
    """Run each request in one transaction that carries the person's scope; an answer that says no writes nothing."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path_info.startswith(WITHOUT_TRANSACTION):
            return self.get_response(request)
        with transaction.atomic():
            if request.user.is_authenticated:
                scope.enter(request.user)
                timezone.activate(_zone_of(request.user))
            response = self.get_response(request)
            timezone.deactivate()
            if response.status_code >= HTTPStatus.BAD_REQUEST:
                transaction.set_rollback(True)
            else:
                scope.leave()
        return response
