"""Subscribers are told: steps of alerts are numbered for them, and what waits is sent, one subscriber after another."""

from collections.abc import Callable
from datetime import datetime, timedelta
from http import HTTPStatus

from django.db import transaction

from api.fhir import documents, notifications, topics
from monitoring import scope
from monitoring.actions import subscriptions_numbering, subscriptions_turns
from monitoring.actions.subscriptions import ACTIVE
from monitoring.actions.subscriptions_headers import HeadersLost, as_mapping, opened
from monitoring.actions.subscriptions_turns import Claim, Turn, Why, claim_next, mark_failed, mark_taken
from monitoring.actions.webhooks_addresses import AddressRefused, check
from monitoring.actions.webhooks_posting import TIME_LIMIT, NoAnswer, post
from monitoring.actions.webhooks_sending import allowed

IN_A_PASS = 500  # messages; beat begins the next pass
PASS_LASTS = timedelta(minutes=2)  # so that subscribers that answer slowly do not keep a worker for ever
USER_AGENT = "mrd-monitoring-subscription/1"
FORM = "application/fhir+json"

Clock = Callable[[], datetime]


def number_steps(*, now: datetime) -> int:
    """Number the steps of alerts for whom they concern; return how many there were."""
    return subscriptions_numbering.number_steps(
        matching=lambda row, alerts: topics.matching(row, alerts, now), now=now
    )  # fmt: skip


def send_due(*, clock: Clock) -> int:
    """Send what is due; return how many messages were taken. Who fails is left alone until the next turn."""
    subscriptions_turns.end_what_is_over(now=clock())
    taken = 0
    ends_at = clock() + PASS_LASTS
    for turn in range(IN_A_PASS):
        claimed = claim_next(now=clock() + timedelta(microseconds=turn))
        if claimed is None:
            break
        taken += _say(claimed, clock)
        if clock() > ends_at:
            break
    return taken


def _say(claimed: Claim, clock: Clock) -> bool:
    why, is_final = _sent(claimed, clock())
    if why:
        mark_failed(claimed, why, is_final=is_final, at=clock())
        return False
    mark_taken(claimed, at=clock())
    return True


def _sent(claimed: Claim, now: datetime) -> tuple[str, bool]:
    """Post one message; return what went wrong, empty where nothing did, and whether trying again cannot help."""
    row = claimed.subscription
    try:
        headers = {"User-Agent": USER_AGENT, **as_mapping(opened(row.headers))}
        body = _body(claimed, now)
        headers |= {"Content-Type": FORM} if body else {}
        target = check(row.endpoint, allowed())
        status = post(target, body, headers, time_limit=float(row.timeout_seconds or TIME_LIMIT)).status
    except HeadersLost:
        return Why.HEADERS_LOST.value, True
    except AddressRefused:
        return Why.ADDRESS_REFUSED.value, False
    except NoAnswer as error:
        return str(error), False
    if HTTPStatus.OK <= status < HTTPStatus.MULTIPLE_CHOICES:
        return "", False
    return f"HTTP {status}", status == HTTPStatus.GONE


@transaction.atomic
def _body(claimed: Claim, now: datetime) -> bytes:
    """Write the message as the machine may read it: row-level security shows the patients of its centre, no other's."""
    row = claimed.subscription
    if topics.is_classic(row.topic):
        return b""
    scope.enter(row.client.user)
    number = claimed.events[-1].number if claimed.events else row.last_number
    caller = topics.acting(row, now)
    told = notifications.bundle(
        caller, row, claimed.turn.value, claimed.events, content=row.payload, number=number,
        # what a handshake that is answered makes of it is told by $status
        status=row.status if claimed.turn is Turn.HANDSHAKE else ACTIVE,
    )  # fmt: skip
    return documents.write(told).encode()
