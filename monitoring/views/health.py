"""Whether this process answers, and whether it can do its work: asked by the supervisor and by containers."""

from contextlib import suppress
from functools import cache
from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.db import DatabaseError, connection, transaction
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from kombu.connection import Connection
from kombu.exceptions import OperationalError

from monitoring import scope
from monitoring.models import User
from monitoring.permissions import can_keep_messages, memberships_of
from monitoring.queries import silences

BROKER_TIMEOUT = 1.0  # seconds; a health check that hangs is no health check

UP = "up"
DOWN = "down"
MIGRATIONS_MISSING = "migrations missing"


class MigrationsMissing(Exception):
    """The tables are older than this code."""


@never_cache
@require_safe
def livez(_request: HttpRequest) -> HttpResponse:
    """Answer that this process answers."""
    return HttpResponse("alive\n", content_type="text/plain")


@never_cache
@require_safe
def healthz(request: HttpRequest) -> JsonResponse:
    """Answer 200 when pages can be served: that the broker is away or senders are silent is told, not fatal."""
    database = database_state()
    ready = database == UP
    told: dict[str, Any] = {"status": "ready" if ready else "not ready", "database": database, "broker": broker_state()}
    if ready and isinstance(request.user, User):
        with suppress(DatabaseError):
            told["senders"] = senders_state(request.user)
    return JsonResponse(told, status=HTTPStatus.OK if ready else HTTPStatus.SERVICE_UNAVAILABLE)


def senders_state(user: User) -> dict[str, Any]:
    """Return which senders and machines have fallen silent, of those that the person looks after.

    A caller who is not signed in acts for no centre and sees no sender: nothing is told, which is not "none".
    """
    with transaction.atomic():
        scope.enter(user)
        kept = {each.centre_id for each in memberships_of(user) if can_keep_messages(user, each.centre_id)}
        found = silences.silent(kept, timezone.now())
        scope.leave()
    return {"silent": len(found), "names": [{"name": each.name, "since": each.since.isoformat()} for each in found]}


def database_state() -> str:
    """Return up, down, or that migrations are missing."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        check_migrations_are_applied()
    except MigrationsMissing:
        return MIGRATIONS_MISSING
    except DatabaseError:
        return DOWN
    return UP


@cache
def check_migrations_are_applied() -> None:
    """Raise MigrationsMissing unless the tables are those of this code; once true, it stays so for this process."""
    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        raise MigrationsMissing


def broker_state() -> str:
    """Return whether the broker can be reached within a second."""
    if not settings.CELERY_BROKER_URL:
        return DOWN
    options = {"socket_connect_timeout": BROKER_TIMEOUT, "socket_timeout": BROKER_TIMEOUT}
    try:
        with Connection(settings.CELERY_BROKER_URL, transport_options=options) as broker:  # type: ignore[no-untyped-call]
            broker.ensure_connection(max_retries=1, interval_start=0, interval_step=0, timeout=BROKER_TIMEOUT)
    except (OperationalError, OSError):
        return DOWN
    return UP
