"""Messages to the systems of a centre: claimed, signed, posted outside any transaction, marked."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.db import transaction

from monitoring import scope
from monitoring.actions import audit
from monitoring.actions.notifying_states import (
    ATTEMPTS,
    Claim,
    Failure,
    Why,
    claim,
    drop,
    mark_failed,
    mark_sent,
)
from monitoring.actions.webhooks_addresses import AddressRefused, Allowed, check
from monitoring.actions.webhooks_posting import Answer, NoAnswer, post
from monitoring.actions.webhooks_signing import keys_in_use, signed_headers
from monitoring.models import Notification, WebhookEndpoint
from monitoring.models.choices import AlertStepChoice as Step
from monitoring.models.choices import NotificationChannelChoice as Channel
from monitoring.models.choices import NotificationStateChoice as State

# The kinds of event, by the step of an alert. Other events of the product get their own names beside these.
EVENT_OF_STEP = {
    Step.RAISED.value: "alert.raised",
    Step.UPDATED.value: "alert.updated",
    Step.REOPENED.value: "alert.reopened",
    Step.ESCALATED.value: "alert.escalated",
    Step.HANDED_OVER.value: "alert.handed_over",
    Step.RETRACTED.value: "alert.retracted",
}
TEST_EVENT = "endpoint.test"

IN_A_PASS = 500  # messages; beat begins the next pass
PASS_LASTS = timedelta(minutes=2)  # so that endpoints that answer slowly do not keep a worker for ever
RETRY_AFTER_AT_MOST = timedelta(hours=1)  # [DESIGN] longer waits that an endpoint asks for are shortened
TRY_AGAIN = {HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_EARLY, HTTPStatus.TOO_MANY_REQUESTS}
USER_AGENT = "mrd-monitoring-webhook/1"

Clock = Callable[[], datetime]


class EndpointGone(Exception):
    """The endpoint answered 410: it wants no more messages."""


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A claimed message with its endpoint and its content."""

    claimed: Claim
    message_id: str
    endpoint: WebhookEndpoint
    content: dict[str, Any]


def allowed() -> Allowed:
    """Return what the operator lets webhooks reach inside the network."""
    return Allowed.of(settings.WEBHOOK_ALLOW, local=settings.DEBUG)


def send_due(*, clock: Clock) -> int:
    """Send what is due; return how many were taken. An endpoint that fails is left alone until its next attempt."""
    sent = 0
    ends_at = clock() + PASS_LASTS
    for turn in range(IN_A_PASS):
        found = _claim_next(clock() + timedelta(microseconds=turn))
        if found is None or clock() > ends_at:
            break
        if isinstance(found, Outgoing):
            sent += _send_one(found, clock)
    return sent


def _send_one(outgoing: Outgoing, clock: Clock) -> bool:
    try:
        failure = deliver(outgoing.endpoint, outgoing.message_id, outgoing.content, now=clock())
    except EndpointGone:
        mark_failed(outgoing.claimed, Failure("HTTP 410", is_final=True), at=clock())
        _switch_off(outgoing.endpoint)
        return False
    if failure is None:
        mark_sent(outgoing.claimed, at=clock())
        return True
    again_at = mark_failed(outgoing.claimed, failure, at=clock())
    if not failure.is_final:
        _leave_alone(outgoing.endpoint, again_at or clock() + RETRY_AFTER_AT_MOST)
    return False


def deliver(endpoint: WebhookEndpoint, message_id: str, content: dict[str, Any], *, now: datetime) -> Failure | None:
    """Post one signed message; return what went wrong, if anything; raises EndpointGone at 410."""
    body = json.dumps({"id": message_id, **content}, ensure_ascii=False, separators=(",", ":")).encode()
    headers = {"Content-Type": "application/json", "User-Agent": USER_AGENT}
    headers |= signed_headers(message_id, body, keys_in_use(endpoint, now=now), now=now)
    try:
        return _read(post(check(endpoint.url, allowed()), body, headers))
    except AddressRefused:
        return Failure(Why.ADDRESS_REFUSED.value)
    except NoAnswer as error:
        return Failure(str(error))


def _read(answer: Answer) -> Failure | None:
    if HTTPStatus.OK <= answer.status < HTTPStatus.MULTIPLE_CHOICES:
        return None
    if answer.status == HTTPStatus.GONE:
        raise EndpointGone
    may_help = answer.status in TRY_AGAIN or answer.status >= HTTPStatus.INTERNAL_SERVER_ERROR
    wait = min(answer.retry_after, RETRY_AFTER_AT_MOST) if answer.retry_after is not None else None
    return Failure(f"HTTP {answer.status}", is_final=not may_help, retry_after=wait)


@transaction.atomic
def _claim_next(now: datetime) -> Outgoing | bool | None:
    """Claim the next message: None where nothing is due, True where something was settled without sending."""
    scope.enter_all_centres()
    due = Notification.objects.filter(channel=Channel.WEBHOOK, state=State.WAITING, not_before__lte=now)
    locked = due.select_for_update(skip_locked=True, of=("self",))
    row = locked.select_related("alert", "change", "endpoint__centre").order_by("not_before", "pk").first()
    if row is None or row.endpoint is None:
        return None
    if not row.endpoint.is_active:
        drop([row.pk], Why.ENDPOINT_OFF)
        return True
    if row.attempts >= ATTEMPTS:
        Notification.objects.filter(pk=row.pk).update(
            state=State.FAILED, last_error=row.last_error or Why.UNCERTAIN.value
        )
        return True
    return Outgoing(claim([row.pk], row.attempts + 1, at=now), f"msg_{row.message_id.hex}", row.endpoint, _content(row))


def _content(row: Notification) -> dict[str, Any]:
    """Say what happened and where to read of it; who it is stays behind the door of the interface."""
    endpoint = row.endpoint
    assert endpoint is not None  # noqa: S101 - a constraint of the table
    return {
        "type": EVENT_OF_STEP[row.change.kind],
        "at": row.change.at.isoformat(),
        "centre": endpoint.centre.code,
        "alert_id": row.alert_id,
        "urgency": row.alert.urgency,
        "state": row.alert.state,
        "url": f"{settings.PUBLIC_URL}/api/v1/alerts/{row.alert_id}/",
    }


@transaction.atomic
def _leave_alone(endpoint: WebhookEndpoint, until: datetime) -> None:
    """Let the other messages of an endpoint wait as well: each would only fail in the same way."""
    scope.enter_all_centres()
    waiting = Notification.objects.filter(endpoint=endpoint, state=State.WAITING, not_before__lt=until)
    waiting.update(not_before=until)


@transaction.atomic
def _switch_off(endpoint: WebhookEndpoint) -> None:
    """Send nothing more to an endpoint that is gone; a person switches it on again."""
    scope.enter_all_centres()
    current = WebhookEndpoint.objects.select_for_update().get(pk=endpoint.pk)
    before = audit.snapshot(current)
    current.is_active = False
    current.save(update_fields=["is_active"])
    audit.record(
        action="webhook.gone", by=None, subject=current, before=before, after=audit.snapshot(current),
        reason="The endpoint answered 410 (gone).",
    )  # fmt: skip
