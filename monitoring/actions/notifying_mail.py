"""E-mail about alerts: claimed, sent outside any transaction, marked; many for one person become one message."""

import smtplib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction

from monitoring import scope
from monitoring.actions.notifying_states import (
    ATTEMPTS,
    Claim,
    Failure,
    Why,
    claim,
    drop,
    is_answered,
    mark_failed,
    mark_sent,
)
from monitoring.models import CareRelation, Membership, Notification, User
from monitoring.models.choices import NotificationChannelChoice as Channel
from monitoring.models.choices import NotificationStateChoice as State
from monitoring.permissions import CARING
from monitoring.wording.message_words import Told, letter

MANY = 20  # [DESIGN] messages to one person within an hour; what goes beyond is told in one message
COUNTED_OVER = timedelta(hours=1)
MANY_AT_MOST_EVERY = timedelta(minutes=10)  # [DESIGN] between two messages that tell a number
IN_A_PASS = 500  # messages; beat begins the next pass
LASTING = range(500, 600)  # SMTP: the server will not take this message, however often it is tried

Clock = Callable[[], datetime]


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A claimed message with everything that is needed to send it."""

    claimed: Claim
    message_id: str
    to: str
    language: str
    told: tuple[Told, ...]


def send_due(*, clock: Clock) -> int:
    """Send what is due, one message after another; return how many were sent. Stops where the server is away."""
    sent = 0
    for turn in range(IN_A_PASS):
        # claims of one pass are told apart by their moment, whatever the clock
        found = _claim_next(clock() + timedelta(microseconds=turn))
        if found is None:
            break
        if isinstance(found, Outgoing):
            failure, server_is_away = _send(found)
            if failure is None:
                mark_sent(found.claimed, at=clock())
                sent += 1
            else:
                mark_failed(found.claimed, failure, at=clock())
            if server_is_away:
                break
    return sent


def _send(outgoing: Outgoing) -> tuple[Failure | None, bool]:
    """Hand a message to the server; return what went wrong, and whether no other message would fare better."""
    written = letter(outgoing.told, settings.PUBLIC_URL, outgoing.language)
    headers = {
        "Message-ID": outgoing.message_id,
        "Auto-Submitted": "auto-generated",
        "X-Auto-Response-Suppress": "All",
    }
    message = EmailMessage(written.subject, written.text, settings.DEFAULT_FROM_EMAIL, [outgoing.to], headers=headers)
    try:
        message.send()
    except smtplib.SMTPRecipientsRefused as refused:
        codes = {code for code, _ in refused.recipients.values()}
        return Failure(f"SMTP {sorted(codes)}", is_final=all(code in LASTING for code in codes)), False
    except smtplib.SMTPDataError as refused:
        return Failure(f"SMTP {refused.smtp_code}", is_final=refused.smtp_code in LASTING), False
    except (smtplib.SMTPException, OSError) as error:
        return Failure(f"{type(error).__name__}: {error}"), True
    return None, False


@transaction.atomic
def _claim_next(now: datetime) -> Outgoing | bool | None:
    """Claim the next message: None where nothing is due, True where something was settled without sending."""
    scope.enter_all_centres()
    due = Notification.objects.filter(channel=Channel.EMAIL, state=State.WAITING, not_before__lte=now)
    locked = due.select_for_update(skip_locked=True, of=("self",)).select_related("alert__patient", "change", "user")
    first = locked.order_by("alert__urgency", "not_before", "pk").first()
    if first is None or first.user is None:
        return None
    rows = list(locked.filter(user=first.user).order_by("alert__urgency", "not_before", "pk"))
    unsendable = _unsendable(first.user)
    if unsendable:
        drop([row.pk for row in rows], unsendable)
        return True
    begun = next((row for row in rows if row.attempts), None)
    if begun is not None:
        return _again(begun, [row for row in rows if row.last_attempt_at == begun.last_attempt_at], now)
    return _anew(first.user, rows, now)


def _unsendable(user: User) -> Why | None:
    if not settings.MAIL_IS_SET:
        return Why.NO_MAIL_SERVER
    return None if user.email else Why.NO_ADDRESS


def _again(begun: Notification, group: Sequence[Notification], now: datetime) -> Outgoing | bool:
    """Take up a message that was begun before: the same rows under the same Message-ID, for it may have arrived."""
    if begun.attempts >= ATTEMPTS:
        Notification.objects.filter(pk__in=[row.pk for row in group]).update(
            state=State.FAILED, last_error=begun.last_error or Why.UNCERTAIN.value
        )
        return True
    if len(group) == 1 and is_answered(begun.alert, begun.change, begun.user_id or 0):
        drop([begun.pk], Why.ANSWERED)
        return True
    return _outgoing(group, begun.attempts + 1, now)


def _anew(user: User, rows: Sequence[Notification], now: datetime) -> Outgoing | bool:
    """Leave out what is answered or told by a later step; send the most urgent, or one message for very many."""
    answered = [row.pk for row in rows if is_answered(row.alert, row.change, user.pk)]
    drop(answered, Why.ANSWERED)
    rest = [row for row in rows if row.pk not in answered]
    kept = {_telling(user, [each for each in rest if each.alert_id == row.alert_id]) for row in rest}
    drop([row.pk for row in rest if row.pk not in kept], Why.LATER_STEP)
    rest = [row for row in rest if row.pk in kept]
    if not rest:
        return True
    lately = _sent_lately(user, now)
    if len(lately) + len(rest) <= MANY:
        return _outgoing(rest[:1], 1, now)
    last_of_many = max((at for at, size in lately.items() if size > 1), default=None)
    if last_of_many is not None and now - last_of_many < MANY_AT_MOST_EVERY:
        later = last_of_many + MANY_AT_MOST_EVERY
        Notification.objects.filter(pk__in=[row.pk for row in rest]).update(not_before=later)
        return True
    return _outgoing(rest, 1, now)


def _telling(user: User, steps: Sequence[Notification]) -> int:
    """Return, of several steps of one alert, the message to send: that it was given to the reader, else the newest."""
    return max(steps, key=lambda row: (row.change.to_id == user.pk, row.change_id)).pk


def _sent_lately(user: User, now: datetime) -> dict[datetime, int]:
    """Return the messages sent to a person in the last hour: the moment of each, and how many steps it told."""
    rows = Notification.objects.filter(
        user=user, channel=Channel.EMAIL, state=State.SENT, sent_at__gt=now - COUNTED_OVER
    )
    told: dict[datetime, int] = {}
    for at in rows.values_list("last_attempt_at", flat=True):
        if at is not None:
            told[at] = told.get(at, 0) + 1
    return told


def _outgoing(group: Sequence[Notification], attempt: int, now: datetime) -> Outgoing:
    """Claim a group; its message carries the id of its first row, which the group keeps through every attempt."""
    user = group[0].user
    assert user is not None  # noqa: S101 - a constraint of the table
    centres = _places(user, group)
    told = tuple(
        Told(row.change.kind, row.alert.urgency, centres[row.patient_id], row.change.to_id == user.pk) for row in group
    )
    carrier = min(group, key=lambda row: row.pk)
    claimed = claim([row.pk for row in group], attempt, at=now)
    return Outgoing(claimed, _message_id(carrier), user.email, user.language or settings.LANGUAGE_CODE, told)


def _message_id(carrier: Notification) -> str:
    host = urlsplit(settings.PUBLIC_URL).hostname or "mrd.invalid"
    return f"<{carrier.message_id.hex}@{host}>"


def _places(user: User, group: Sequence[Notification]) -> dict[int, str]:
    """Name, by patient, the centre at which the reader knows the patient: the home centre, or one of their own."""
    own = set(Membership.objects.filter(user=user).values_list("centre_id", flat=True))
    cared = CareRelation.objects.filter(patient_id__in={row.patient_id for row in group}, role__in=CARING)
    named: dict[int, str] = {}
    for relation in cared.filter(centre_id__in=own).select_related("centre", "patient").order_by("pk"):
        if relation.patient_id not in named or relation.centre_id == relation.patient.centre_id:
            named[relation.patient_id] = relation.centre.name
    return {row.patient_id: named.get(row.patient_id, "–") for row in group}
