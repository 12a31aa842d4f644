"""Stored messages, read and taken in: one transaction each, in the order of arrival of their sender, never twice.

The row of the sender is locked while one of its messages is read: several listeners share the senders, and no sender
is read by two. What fails is tried again; what fails for good waits for a person and lets the next one pass.
"""

import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db import OperationalError, transaction
from django.db.models import F, Min
from django.utils.translation import override

from monitoring import enqueue, scope
from monitoring.actions import messages_patients as patients
from monitoring.actions import messages_results as results
from monitoring.actions.messages_results import Taking
from monitoring.models import InboundMessage, Patient, SenderProfile
from monitoring.models.choices import MessageStateChoice as State
from monitoring.queries.sender_profiles import writing_of
from monitoring.readers.hl7_header import decode
from monitoring.readers.hl7_messages import Message, read_message
from monitoring.readers.hl7_results import Found, read_results
from monitoring.readers.hl7_segments import MessageRefused
from monitoring.readers.hl7_values import NotUnderstood
from monitoring.readers.hl7_writing import WritingWrong

log = logging.getLogger(__name__)
ATTEMPTS = 5  # a message that failed so often for a reason of ours waits for a person
MOST_IN_A_SWEEP = 5_000  # messages; the next sweep goes on


@dataclass(frozen=True, slots=True)
class _Fate:
    state: State
    found: tuple[Found, ...] = ()
    patient: Patient | None = None
    severity: str = "note"


def take_waiting(*, now: datetime, is_ending: Callable[[], bool] = lambda: False) -> int:
    """Take in what waits, the senders one after the other; return how many messages were read."""
    done = 0
    for profile_id in _senders():
        while not is_ending() and done < MOST_IN_A_SWEEP and take_next(profile_id=profile_id, now=now):
            done += 1
    if done:
        enqueue.send("tell_alerts")
    return done


def _senders() -> list[int]:
    with transaction.atomic():
        scope.enter_all_centres()
        waiting = InboundMessage.objects.filter(state=State.STORED, profile__isnull=False)
        oldest = waiting.values("profile_id").annotate(oldest=Min("pk")).order_by("oldest")
        return [each["profile_id"] for each in oldest]


def take_next(*, profile_id: int, now: datetime) -> bool:
    """Take in the oldest message of a sender; False where none waits or another process reads this sender."""
    message_id = None
    try:
        with transaction.atomic():
            scope.enter_all_centres()
            message = _claim(profile_id)
            if message is None:
                return False
            message_id = message.pk
            _settle(message, _fate(message, now), now)
    except OperationalError:
        raise
    except Exception:
        log.exception("Message %s could not be taken in.", message_id)
        return message_id is not None and _failed(message_id, now)
    return True


def _claim(profile_id: int) -> InboundMessage | None:
    # without the key: rows that arrive meanwhile point to this one and must not wait
    locked = SenderProfile.objects.select_for_update(no_key=True, skip_locked=True).filter(pk=profile_id).first()
    if locked is None:
        return None
    rows = InboundMessage.objects.select_for_update(of=("self",)).filter(profile_id=profile_id, state=State.STORED)
    return rows.select_related("profile__laboratory__centre", "profile__user").order_by("pk").first()


def _fate(message: InboundMessage, now: datetime) -> _Fate:
    """Take a message in as its sender; what a person has to decide leaves nothing half-written."""
    assert message.profile is not None  # noqa: S101 # only messages of a sender are claimed
    scope.enter(message.profile.user)
    try:
        with transaction.atomic(), override("en"):
            return _taken(message, message.profile, now)
    except NotUnderstood as problem:
        return _Fate(State.QUARANTINED, (Found(problem.why, problem.where, problem.found),), None, "problem")
    except _Undecided as undecided:
        return _Fate(State.QUARANTINED, undecided.problems, None, "problem")
    except (MessageRefused, WritingWrong) as refused:
        return _Fate(State.QUARANTINED, (Found("UNREADABLE", str(refused)[:60]),), None, "problem")
    finally:
        if not transaction.get_connection().needs_rollback:
            scope.enter_all_centres()


class _Undecided(Exception):
    """Several things for a person to decide."""

    def __init__(self, problems: tuple[Found, ...]) -> None:
        super().__init__(problems)
        self.problems = problems


def _taken(message: InboundMessage, profile: SenderProfile, now: datetime) -> _Fate:
    if not profile.is_active:
        raise NotUnderstood("SENDER_OFF", "MSH-3")
    read = read_message(decode(bytes(message.raw), profile.encoding))
    if read.header.event == "A40":
        merged, note = patients.merge(read, profile)
        return _Fate(State.DONE, _notes([note] if note else []), merged)
    named = patients.named(read, profile)
    if read.header.kind == "ADT":
        return _identity(read, named.patient)
    return _report(Taking(message, profile, named.patient, now), read)


def _identity(read: Message, patient: Patient | None) -> _Fate:
    """A message about a person: nothing is overwritten; what contradicts the record is shown to a person."""
    if patient is None:
        return _Fate(State.DONE, _notes(["PATIENT_NOT_HERE"]))
    patients.check_identity(read, patient)
    differs = patients.names_differ(read, patient)
    return _Fate(State.DONE, _notes(["NAME_DIFFERS"] if differs else []), patient)


def _report(taking: Taking, read: Message) -> _Fate:
    said, problems = read_results(read, writing_of(taking.profile))
    if problems:
        raise _Undecided(problems)
    if taking.patient is not None:
        patients.check_identity(read, taking.patient)
    changed = [results.take(taking, each) for each in said]
    warnings = tuple(warning for each in said for warning in each.warnings)
    state = State.DONE if any(changed) or not said else State.SUPERSEDED
    return _Fate(state, _notes(taking.notes) + warnings, taking.patient)


def _notes(codes: Iterable[str]) -> tuple[Found, ...]:
    return tuple(Found(each) for each in codes)


def _settle(message: InboundMessage, fate: _Fate, now: datetime) -> None:
    message.state, message.processed_at, message.patient = fate.state, now, fate.patient
    message.problems = [
        {"code": str(each.why), "where": each.where, "found": each.found, "severity": fate.severity}
        for each in fate.found
    ]
    message.save(update_fields=["state", "processed_at", "patient", "problems"])


def _failed(message_id: int, now: datetime) -> bool:
    """Count a failure; the sender waits behind it until it has failed too often."""
    with transaction.atomic():
        scope.enter_all_centres()
        rows = InboundMessage.objects.filter(pk=message_id, state=State.STORED)
        rows.update(attempts=F("attempts") + 1)
        problem = {"code": "FAILED", "where": "", "found": "", "severity": "problem"}
        given_up = rows.filter(attempts__gte=ATTEMPTS)
        return bool(given_up.update(state=State.QUARANTINED, processed_at=now, problems=[problem]))
