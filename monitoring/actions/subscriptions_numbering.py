"""Each new version of an alert becomes one event of each subscription that asks for it, numbered without a gap."""

from collections.abc import Callable, Collection, Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import Q, QuerySet

from monitoring import scope
from monitoring.actions.subscriptions import OFF
from monitoring.models import AlertChange, AlertToPublish, Subscription, SubscriptionEvent

BATCH = 200  # steps in one transaction
ROUNDS = 500  # batches in one pass; beat begins the next
FOCUS = "DetectedIssue"

# Which of these alerts a subscription asks for; answered by the interface, whose filters they are.
Matching = Callable[[Subscription, Collection[int]], Collection[int]]


def number_steps(*, matching: Matching, now: datetime) -> int:
    """Number what no subscriber was numbered for yet; return how many steps were taken off the table."""
    done = 0
    for _ in range(ROUNDS):
        taken = _batch(matching, now)
        done += taken
        if taken < BATCH:
            break
    return done


@transaction.atomic
def _batch(matching: Matching, now: datetime) -> int:
    scope.enter_all_centres()
    waiting = AlertToPublish.objects.order_by("at", "pk").select_for_update(skip_locked=True)
    taken = list(waiting.values_list("pk", flat=True)[:BATCH])
    if not taken:
        return 0
    changes = list(AlertChange.objects.filter(pk__in=taken).select_related("alert").order_by("at", "pk"))
    # in one order, so that two who number at once never wait for each other
    for subscription in _listening(now).select_for_update(of=("self",)).order_by("pk"):
        _number(subscription, _wanted(subscription, changes, matching), now)
    AlertToPublish.objects.filter(pk__in=taken).delete()
    return len(taken)


def _listening(now: datetime) -> QuerySet[Subscription]:
    """Those who are to hear: also where the last messages failed, so that nothing is missing when they are back."""
    lasting = Q(ends_at__isnull=True) | Q(ends_at__gt=now)
    rows = Subscription.objects.filter(lasting, deleted_at=None, client__revoked_at=None).exclude(status=OFF)
    return rows.select_related("client__user", "client__centre")


def _wanted(
    subscription: Subscription, changes: Sequence[AlertChange], matching: Matching
) -> Sequence[AlertChange]:  # fmt: skip
    alerts = {change.alert_id for change in changes}
    found = set(matching(subscription, alerts))
    return [change for change in changes if change.alert_id in found]


def _number(subscription: Subscription, wanted: Sequence[AlertChange], now: datetime) -> None:
    """Give the next numbers; the row of the subscription is locked, and a number is taken with its event or not."""
    numbered = set(
        SubscriptionEvent.objects.filter(subscription=subscription, change__in=wanted).values_list(
            "change_id", flat=True
        )
    )
    new = [change for change in wanted if change.pk not in numbered]
    if not new:
        return
    SubscriptionEvent.objects.bulk_create(
        SubscriptionEvent(
            subscription=subscription, patient_id=change.patient_id, change=change, number=number,
            focus=f"{FOCUS}/{change.alert_id}", happened_at=change.at, not_before=now,
        )
        for number, change in enumerate(new, start=subscription.last_number + 1)
    )  # fmt: skip
    subscription.last_number += len(new)
    subscription.save(update_fields=["last_number"])
