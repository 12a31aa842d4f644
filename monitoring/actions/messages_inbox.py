"""Messages as they come in: stored to the byte before they are answered, told from those that came before.

This runs for every sender at once, before anybody is known: it enters every centre, reads profiles, writes one row.
"""

import logging
from dataclasses import dataclass

from django.db import IntegrityError, transaction
from django.db.models import F
from django.db.models.functions import Now

from monitoring import scope
from monitoring.models import InboundMessage, SenderProfile, UnknownSender
from monitoring.models.choices import AckModeChoice
from monitoring.models.choices import MessageStateChoice as State
from monitoring.readers.hl7_header import (
    NOT_PRODUCTION,
    Header,
    body_digest,
    decode,
    digest,
    legible_header,
    read_header,
)
from monitoring.readers.hl7_messages import read_message
from monitoring.readers.hl7_segments import Code, MessageRefused, read_segments

log = logging.getLogger(__name__)
LONGEST_PEER = 100


@dataclass(frozen=True, slots=True)
class Received:
    """What became of a message, and how its sender is to be answered."""

    message_id: int
    state: State
    header: Header | None
    refusal: MessageRefused | None
    ack_mode: str


@dataclass(frozen=True, slots=True)
class _Read:
    header: Header | None
    body: str
    refusal: MessageRefused | None


@transaction.atomic
def receive(*, raw: bytes, peer: str) -> Received:
    """Store a message that has just come in, and say what became of it; committed when this returns."""
    scope.enter_all_centres()
    first = _read(raw, "")
    profile = _profile(first.header)
    read = first
    if profile is not None and first.header is not None and not first.header.character_set:
        read = _read(raw, profile.encoding)
    refusal = read.refusal or (None if profile else _unknown_sender(first.header))
    state = State.REFUSED if refusal else _state(read.header)
    row = InboundMessage(
        profile=profile, centre_id=profile.laboratory.centre_id if profile else None, peer=peer[:LONGEST_PEER], raw=raw,
        sha256=digest(raw), body_sha256=read.body, state=state,
        problems=[_shown(refusal)] if refusal else [],
        **_names(read.header or first.header),
    )  # fmt: skip
    row.ack_code = "AR" if refusal else "AA"
    _store(row)
    if profile is None and read.refusal is None and read.header is not None:
        _count_unknown(read.header, row.peer)
    _say(row)
    mode = profile.ack_mode if profile else AckModeChoice.STANDARD
    return Received(row.pk, State(row.state), read.header or first.header, refusal, mode)


def _read(raw: bytes, encoding: str) -> _Read:
    """Read a message without knowing its sender; a header that can be read is kept even where the rest cannot."""
    header = None
    body = digest(raw)
    try:
        text = decode(raw, encoding)
        body = body_digest(text)
        header = read_header(read_segments(text)[0])
        read_message(text)
    except MessageRefused as refusal:
        return _Read(header or legible_header(raw), body, refusal)
    return _Read(header, body, None)


def _profile(header: Header | None) -> SenderProfile | None:
    if header is None:
        return None
    return (
        SenderProfile.objects.filter(
            sending_application=header.sending_application, sending_facility=header.sending_facility, is_active=True
        )
        .select_related("laboratory")
        .first()
    )


def _unknown_sender(header: Header | None) -> MessageRefused:
    """Nobody said what the codes of this sender mean: its people have to hear of it at once."""
    return MessageRefused(Code.TABLE_VALUE, "SENDER_UNKNOWN", "MSH", field=3)


def _count_unknown(header: Header, peer: str) -> None:
    """Count a message of a sender that is not registered: whence and when, nothing of what it said."""
    row, is_new = UnknownSender.objects.get_or_create(
        sending_application=header.sending_application, sending_facility=header.sending_facility, peer=peer
    )
    if not is_new:
        UnknownSender.objects.filter(pk=row.pk).update(messages=F("messages") + 1, last_at=Now())


def _state(header: Header | None) -> State:
    return State.DISCARDED if header is not None and header.processing in NOT_PRODUCTION else State.STORED


def _names(header: Header | None) -> dict[str, str]:
    if header is None:
        return {}
    return {
        "sending_application": header.sending_application, "sending_facility": header.sending_facility,
        "control_id": header.control_id, "message_type": header.message_type,
    }  # fmt: skip


def _shown(refusal: MessageRefused) -> dict[str, str]:
    return {"code": refusal.reason, "where": refusal.where, "found": "", "severity": "problem"}


def _store(row: InboundMessage) -> None:
    """Write the row; a message that is there already is written as a repetition and has no effect."""
    if row.state == State.REFUSED:
        row.save(force_insert=True)
        return
    same = InboundMessage.objects.filter(
        sending_application=row.sending_application, sending_facility=row.sending_facility, control_id=row.control_id
    ).exclude(state__in=[State.DUPLICATE, State.REFUSED])
    bodies = set(same.values_list("body_sha256", flat=True))
    if bodies and row.body_sha256 not in bodies:
        log.warning("%s uses control id %s for another message.", row.sending_application, row.control_id)
    if row.body_sha256 in bodies:
        row.state = State.DUPLICATE
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError as error:
        if "message_taken_once" not in str(error):
            raise
        row.state = State.DUPLICATE
        row.save(force_insert=True)


def _say(row: InboundMessage) -> None:
    if row.state == State.REFUSED:
        log.warning("Message %s of %s was refused: %s.", row.pk, row.sending_application or row.peer, row.problems)
    elif row.state == State.DISCARDED:
        log.warning("Message %s of %s is no production message and was set aside.", row.pk, row.sending_application)
