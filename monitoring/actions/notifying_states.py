"""What becomes of a message: sent, tried again later, given up, or not needed any more."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from django.db import transaction
from django.db.models import QuerySet

from monitoring import scope
from monitoring.models import Alert, AlertChange, Notification
from monitoring.models.choices import AlertStateChoice, AlertStepChoice
from monitoring.models.choices import NotificationStateChoice as State

# [DESIGN] waits between attempts, ten hours and a half in all; the last failure is told on the page of deliveries.
BACK_OFF = (
    timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=30), timedelta(hours=2), timedelta(hours=8),
)  # fmt: skip
ATTEMPTS = len(BACK_OFF) + 1
# A worker that was killed between claim and mark is found out after this time, and the same message is sent again.
CLAIM_HOLDS = timedelta(minutes=5)
ERROR_LENGTH = 500  # characters, of Notification.last_error


class Why(StrEnum):
    """Why a message was not sent, or given up: codes, which monitoring.wording turns into sentences."""

    NO_MAIL_SERVER = "NO_MAIL_SERVER"
    NO_ADDRESS = "NO_ADDRESS"
    ANSWERED = "ANSWERED"
    LATER_STEP = "LATER_STEP"
    ENDPOINT_OFF = "ENDPOINT_OFF"
    ADDRESS_REFUSED = "ADDRESS_REFUSED"
    UNCERTAIN = "UNCERTAIN"


@dataclass(frozen=True, slots=True)
class Claim:
    """Messages that one worker has taken on, with the moment by which it knows them again."""

    pks: tuple[int, ...]
    at: datetime
    attempt: int


@dataclass(frozen=True, slots=True)
class Failure:
    """What went wrong, whether trying again can help, and when at the earliest."""

    why: str
    is_final: bool = False
    retry_after: timedelta | None = None


def is_answered(alert: Alert, change: AlertChange, user_id: int) -> bool:
    """Whether this person needs to be called for this step no more.

    That an alert was taken back is always told. Who was handed an alert that was acknowledged before is told as well.
    """
    if change.kind == AlertStepChoice.RETRACTED:
        return False
    is_given = change.kind == AlertStepChoice.HANDED_OVER and change.to_id == user_id and alert.held_by_id == user_id
    waits_in = {AlertStateChoice.RAISED, AlertStateChoice.ACKNOWLEDGED} if is_given else {AlertStateChoice.RAISED}
    return alert.state not in waits_in


def claim(pks: Collection[int], attempt: int, *, at: datetime) -> Claim:
    """Take locked messages on: whoever looks next finds them not due."""
    Notification.objects.filter(pk__in=pks).update(attempts=attempt, last_attempt_at=at, not_before=at + CLAIM_HOLDS)
    return Claim(tuple(pks), at, attempt)


def drop(pks: Collection[int], why: Why) -> None:
    """Write down that these messages are not needed, and why."""
    Notification.objects.filter(pk__in=pks).update(state=State.DROPPED, last_error=why.value)


@transaction.atomic
def mark_sent(claimed: Claim, *, at: datetime) -> None:
    """Write down that what was claimed has been taken by the other side."""
    scope.enter_all_centres()
    _still(claimed).update(state=State.SENT, sent_at=at, last_error="")


@transaction.atomic
def mark_failed(claimed: Claim, failure: Failure, *, at: datetime) -> datetime | None:
    """Plan the next attempt and return when it is, None when it was the last."""
    scope.enter_all_centres()
    why = failure.why[:ERROR_LENGTH]
    if failure.is_final or claimed.attempt >= ATTEMPTS:
        _still(claimed).update(state=State.FAILED, last_error=why)
        return None
    again_at = at + max(BACK_OFF[claimed.attempt - 1], failure.retry_after or timedelta(0))
    _still(claimed).update(not_before=again_at, last_error=why)
    return again_at


def _still(claimed: Claim) -> QuerySet[Notification]:
    """The claimed messages, unless somebody has taken them up again meanwhile."""
    return Notification.objects.filter(pk__in=claimed.pks, state=State.WAITING, last_attempt_at=claimed.at)
