"""Each step of an alert becomes one message for each receiver, once, whoever works at the same time."""

import uuid
from collections.abc import Collection, Iterable
from datetime import datetime

from django.db import transaction

from monitoring import enqueue, scope
from monitoring.actions.notifying_receivers import Surroundings, endpoints_told, not_before, people_told
from monitoring.models import AlertChange, AlertToPublish, AlertToTell, Centre, Notification
from monitoring.models.choices import NotificationChannelChoice as Channel
from monitoring.models.choices import NotificationStateChoice as State

BATCH = 200  # steps in one transaction
ROUNDS = 500  # batches in one pass; beat begins the next


def address(*, now: datetime) -> int:
    """Turn what nobody was told of into messages that wait; return how many steps were taken off the table."""
    done = 0
    for _ in range(ROUNDS):
        taken = _batch(now)
        done += taken
        if taken < BATCH:
            break
    return done


def wake() -> None:
    """Let the worker tell of steps that nobody was told of, at once rather than when beat next looks."""
    with transaction.atomic():
        scope.enter_all_centres()
        is_anything_to_tell = AlertToTell.objects.exists()
        is_anything_to_publish = AlertToPublish.objects.exists()
    if is_anything_to_tell:
        enqueue.send("tell_alerts")
    if is_anything_to_publish:
        enqueue.send("tell_subscribers")


def has_waiting(*, channel: Channel, now: datetime) -> bool:
    """Tell whether a message of this channel is due."""
    with transaction.atomic():
        scope.enter_all_centres()
        return Notification.objects.filter(channel=channel, state=State.WAITING, not_before__lte=now).exists()


@transaction.atomic
def _batch(now: datetime) -> int:
    scope.enter_all_centres()
    waiting = AlertToTell.objects.order_by("at", "pk").select_for_update(skip_locked=True)
    taken = list(waiting.values_list("pk", flat=True)[:BATCH])
    changes = list(AlertChange.objects.filter(pk__in=taken).select_related("alert__patient__centre").order_by("pk"))
    Notification.objects.bulk_create(_messages(changes, now), ignore_conflicts=True)
    AlertToTell.objects.filter(pk__in=taken).delete()
    return len(taken)


def _messages(changes: Collection[AlertChange], now: datetime) -> Iterable[Notification]:
    around = Surroundings.of(changes)
    real = set(Centre.objects.filter(is_synthetic=False).values_list("pk", flat=True))
    for change in changes:
        # invented patients of a real centre call nobody out; where the whole centre is invented, everything is tried
        left_out = real if change.alert.patient.is_synthetic else set()
        for user in people_told(change, around, left_out):
            yield _message(change, Channel.EMAIL, not_before(change, user, around, now=now), user_id=user.pk)
        for endpoint in endpoints_told(change, around, left_out):
            yield _message(change, Channel.WEBHOOK, now, endpoint_id=endpoint.pk)


def _message(change: AlertChange, channel: Channel, due: datetime, **receiver: int) -> Notification:
    return Notification(
        alert_id=change.alert_id, change=change, patient_id=change.patient_id, channel=channel,
        message_id=uuid.uuid4(), not_before=due, **receiver,
    )  # fmt: skip
