"""Whose turn it is to hear: claimed by one worker, sent outside any transaction, marked; ended in its time."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from django.db import transaction
from django.db.models import DateTimeField, DurationField, Exists, ExpressionWrapper, F, OuterRef, Q, QuerySet, Value

from monitoring import scope
from monitoring.actions import audit
from monitoring.actions.subscriptions import ACTIVE, ERROR, OFF, REQUESTED, told
from monitoring.models import Subscription, SubscriptionEvent

# docs/methods/subscriptions.md: waits between attempts; after the last the subscription stands in error.
BACK_OFF = (timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=30), timedelta(hours=2))
ATTEMPTS = len(BACK_OFF) + 1
# A worker that was killed between claim and mark is found out after this time, and the same events are sent again.
CLAIM_HOLDS = timedelta(minutes=5)
MOST_EVENTS = 100  # events in one message where the subscriber names no number; and at most so many where it does
ERROR_LENGTH = 500  # characters, of Subscription.error


class Turn(StrEnum):
    """What is said to a subscriber; the codes of FHIR's subscription-notification-type."""

    HANDSHAKE = "handshake"
    HEARTBEAT = "heartbeat"
    EVENTS = "event-notification"


class Why(StrEnum):
    """Why a subscription ended or failed: codes, which monitoring.wording turns into sentences."""

    ENDED = "ENDED"
    CLIENT_REVOKED = "CLIENT_REVOKED"
    ADDRESS_REFUSED = "ADDRESS_REFUSED"
    HEADERS_LOST = "HEADERS_LOST"
    UNCERTAIN = "UNCERTAIN"


@dataclass(frozen=True, slots=True)
class Claim:
    """A subscription that one worker has taken on, what is said to it, and the moment by which it knows it again."""

    subscription: Subscription
    turn: Turn
    events: Sequence[SubscriptionEvent]
    at: datetime


@transaction.atomic
def end_what_is_over(*, now: datetime) -> int:
    """Turn off the subscriptions whose time is over or whose machine was revoked; return how many."""
    scope.enter_all_centres()
    rows = list(_over(now).select_for_update(of=("self",), skip_locked=True).select_related("client"))
    for row in rows:
        why = Why.CLIENT_REVOKED if row.client.revoked_at is not None else Why.ENDED
        _becomes(row, "subscription.end", now, status=OFF, error=why.value, claimed_at=None)
    return len(rows)


@transaction.atomic
def claim_next(*, now: datetime) -> Claim | None:
    """Take on the subscription that has waited longest; None where nobody is to hear anything.

    What was claimed as often as attempts are made, and was never marked, stands in error from now on.
    """
    scope.enter_all_centres()
    locked = _due(now).select_for_update(of=("self",), skip_locked=True)
    while (
        row := locked.select_related("client__user", "client__centre").order_by("not_before", "pk").first()
    ) is not None:
        if row.attempts >= ATTEMPTS:
            _becomes(
                row, "subscription.fail", now, status=ERROR, error=row.error or Why.UNCERTAIN.value, claimed_at=None
            )
            continue
        row.attempts, row.claimed_at, row.not_before = row.attempts + 1, now, now + CLAIM_HOLDS
        row.save(update_fields=["attempts", "claimed_at", "not_before"])
        events = list(waiting(row)[: min(row.max_count or MOST_EVENTS, MOST_EVENTS)])
        turn = Turn.HANDSHAKE if row.status == REQUESTED else Turn.EVENTS if events else Turn.HEARTBEAT
        return Claim(row, turn, events if turn is Turn.EVENTS else [], now)
    return None


@transaction.atomic
def mark_taken(claimed: Claim, *, at: datetime) -> None:
    """Write down that the other side took what was said."""
    row = _still(claimed)
    if row is None:
        return
    numbers = [event.pk for event in claimed.events]
    SubscriptionEvent.objects.filter(pk__in=numbers, sent_at=None).update(sent_at=at, last_error="")
    changes = {"attempts": 0, "not_before": at, "claimed_at": None, "last_contact_at": at}
    if claimed.turn is Turn.HANDSHAKE:
        _becomes(row, "subscription.activate", at, status=ACTIVE, error="", **changes)
        return
    _set(row, error="", **changes)


@transaction.atomic
def mark_failed(claimed: Claim, why: str, *, is_final: bool, at: datetime) -> None:
    """Plan the next attempt; after the last one, and after a handshake that failed, the subscription is in error."""
    row = _still(claimed)
    if row is None:
        return
    why = why[:ERROR_LENGTH]
    numbers = [event.pk for event in claimed.events]
    SubscriptionEvent.objects.filter(pk__in=numbers).update(attempts=F("attempts") + 1, last_error=why)
    if is_final or claimed.turn is Turn.HANDSHAKE or row.attempts >= ATTEMPTS:
        _becomes(row, "subscription.fail", at, status=ERROR, error=why, claimed_at=None)
        return
    _set(row, error=why, claimed_at=None, not_before=at + BACK_OFF[row.attempts - 1])


def waiting(row: Subscription) -> QuerySet[SubscriptionEvent]:
    """The events that the subscriber has not taken, in the order of their numbers."""
    return SubscriptionEvent.objects.filter(subscription=row, sent_at=None).select_related("change").order_by("number")


def _due(now: datetime) -> QuerySet[Subscription]:
    unsent = SubscriptionEvent.objects.filter(subscription=OuterRef("pk"), sent_at=None)
    beat = ExpressionWrapper(
        F("last_contact_at") + ExpressionWrapper(F("heartbeat_seconds") * Value(timedelta(seconds=1)), DurationField()),
        output_field=DateTimeField(),
    )
    rows = Subscription.objects.filter(_lasting(now), not_before__lte=now, deleted_at=None, client__revoked_at=None)
    return rows.annotate(beats_at=beat).filter(
        Q(status=REQUESTED) | Q(Q(Exists(unsent)) | Q(beats_at__lte=now), status=ACTIVE)
    )


def _lasting(now: datetime) -> Q:
    return Q(ends_at__isnull=True) | Q(ends_at__gt=now)


def _over(now: datetime) -> QuerySet[Subscription]:
    ended = Q(ends_at__lte=now) | Q(client__revoked_at__isnull=False)
    return Subscription.objects.filter(ended, deleted_at=None).exclude(status=OFF)


def _still(claimed: Claim) -> Subscription | None:
    """The claimed subscription, unless somebody has taken it up again or changed it meanwhile."""
    scope.enter_all_centres()
    rows = Subscription.objects.select_for_update().filter(pk=claimed.subscription.pk, claimed_at=claimed.at)
    return rows.filter(deleted_at=None, status__in=[REQUESTED, ACTIVE]).first()


def _becomes(row: Subscription, action: str, now: datetime, **changes: Any) -> None:
    """Change what the subscriber reads of its subscription: a new version of it."""
    before = told(row)
    _set(row, version=row.version + 1, changed_at=now, **changes)
    audit.record(action=action, by=None, subject=row, before=before, after=told(row))


def _set(row: Subscription, **changes: Any) -> None:
    for name, value in changes.items():
        setattr(row, name, value)
    row.save(update_fields=list(changes))
