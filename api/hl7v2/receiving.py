"""From the bytes of one message to the bytes of its answer; whatever happens, the answer is well formed."""

import logging
import uuid
from collections.abc import Callable
from datetime import datetime

from django.db import DatabaseError, close_old_connections, connection

from api.hl7v2.acknowledgement import ACCEPTED, FAILED, REJECTED, STANDARD, Fate, NotStored, codes, message
from monitoring.actions import messages_inbox
from monitoring.readers.hl7_header import Header, decode, legible_header, read_header
from monitoring.readers.hl7_segments import Code, MessageRefused, read_segments

log = logging.getLogger(__name__)
LOCKED_STATES = {"55P03", "40P01", "57014"}  # lock not available, deadlock, cancelled by a time-out


def receive(raw: bytes, peer: str, clock: Callable[[], datetime]) -> list[bytes]:
    """Store one message and return its answers; without the database the sender is told to try again."""
    close_old_connections()
    try:
        received = messages_inbox.receive(raw=raw, peer=peer)
    except Exception as error:
        log.exception("A message of %s could not be stored.", peer)
        connection.close()
        return NotStored(_answers(_header(raw), Fate(FAILED, _failure(error)), STANDARD, clock()))
    fate = Fate(REJECTED, received.refusal) if received.refusal else Fate(ACCEPTED)
    return _answers(received.header, fate, received.ack_mode, clock())


def _failure(error: Exception) -> MessageRefused:
    state = getattr(error.__cause__, "sqlstate", None)
    locked = isinstance(error, DatabaseError) and state in LOCKED_STATES
    return MessageRefused(Code.LOCKED if locked else Code.INTERNAL, "NOT_STORED")


def _answers(header: Header | None, fate: Fate, mode: str, now: datetime) -> list[bytes]:
    return [
        message(header, fate, code, control_id=uuid.uuid4().hex[:20], now=now).encode()
        for code in codes(header, fate, mode)
    ]


def _header(raw: bytes) -> Header | None:
    try:
        return read_header(read_segments(decode(raw))[0])
    except MessageRefused:
        return legible_header(raw)
