"""Messages that came in: the log with its search, one message in readable lines, what waits for a person."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import BinaryField, Count, F, Func, IntegerField, Q, QuerySet, Value

from monitoring.models import InboundMessage
from monitoring.models.choices import MessageStateChoice as State
from monitoring.readers.hl7_header import decode
from monitoring.readers.hl7_segments import SEPARATORS, MessageRefused
from monitoring.wording.messages_words import problem_words

PAGE = 50
# States in which a message may have no patient yet, so that a number is looked for in its text.
WITHOUT_PATIENT = (State.QUARANTINED, State.REFUSED, State.STORED)


@dataclass(frozen=True, slots=True)
class Asked:
    """What the log is narrowed to."""

    control_id: str = ""
    number: str = ""
    sender: int = 0
    day: date | None = None
    state: str = ""
    after: int = 0


@dataclass(frozen=True, slots=True)
class ProblemShown:
    """A problem or a note of a message, in words, with its place and what was found there."""

    words: str
    where: str
    found: str
    is_note: bool


@dataclass(frozen=True, slots=True)
class MessageShown:
    """One message as the list shows it."""

    message_id: int
    received_at: datetime
    sender: str
    control_id: str
    message_type: str
    state: str
    state_words: str
    patient_id: int | None
    pseudonym: str
    problems: tuple[ProblemShown, ...]


@dataclass(frozen=True, slots=True)
class MessageLog:
    """A page of messages, the newest first, with how many there are in each state."""

    shown: tuple[MessageShown, ...]
    counts: Mapping[str, int]
    next_after: int | None


@dataclass(frozen=True, slots=True)
class SegmentShown:
    """A segment as it came: its name and its fields with their numbers, empty ones left out."""

    name: str
    fields: tuple[tuple[int, str], ...]


@dataclass(frozen=True, slots=True)
class MessagePage:
    """One message with everything that is known of it."""

    shown: MessageShown
    peer: str
    ack_code: str
    sha256: str
    attempts: int
    processed_at: datetime | None
    settled_by: str
    settled_at: datetime | None
    settled_because: str
    segments: tuple[SegmentShown, ...]
    resource: str = ""  # the text of a FHIR resource that was refused

    @property
    def can_be_read_again(self) -> bool:
        """Whether it is a message: a resource was answered with a refusal, its sender sends it again."""
        return self.waits and not self.resource

    @property
    def waits(self) -> bool:
        """Whether a person has to decide."""
        return self.shown.state == State.QUARANTINED


def message_log(centre_ids: Sequence[int], asked: Asked, zone: ZoneInfo) -> MessageLog:
    """Return a page of the messages of these centres' laboratories."""
    rows = InboundMessage.objects.filter(centre_id__in=centre_ids)
    rows = _narrowed(rows, asked, zone)
    counts = dict.fromkeys(State.values, 0) | dict(rows.values_list("state").annotate(n=Count("pk")).order_by())
    rows = rows.filter(state=asked.state) if asked.state else rows
    rows = rows.filter(pk__lt=asked.after) if asked.after else rows
    found = list(rows.select_related("profile", "patient").defer("raw").order_by("-pk")[: PAGE + 1])
    return MessageLog(tuple(map(_shown, found[:PAGE])), counts, found[PAGE - 1].pk if len(found) > PAGE else None)


def waiting(centre_ids: Sequence[int]) -> int:
    """Return how many messages wait for a person."""
    return InboundMessage.objects.filter(centre_id__in=centre_ids, state=State.QUARANTINED).count()


def _narrowed(rows: QuerySet[InboundMessage], asked: Asked, zone: ZoneInfo) -> QuerySet[InboundMessage]:
    if asked.control_id:
        rows = rows.filter(control_id=asked.control_id)
    if asked.sender:
        rows = rows.filter(profile_id=asked.sender)
    if asked.day:
        begins = datetime(asked.day.year, asked.day.month, asked.day.day, tzinfo=zone)
        rows = rows.filter(received_at__gte=begins, received_at__lt=begins + timedelta(days=1))
    if asked.number:
        place = Func(
            Value(asked.number.encode(), output_field=BinaryField()), F("raw"), function="position",
            arg_joiner=" IN ", output_field=IntegerField(),
        )  # fmt: skip
        of_patient = Q(patient__pseudonym__iexact=asked.number) | Q(patient__hospital_number=asked.number)
        rows = rows.alias(place=place).filter(of_patient | Q(place__gt=0, state__in=WITHOUT_PATIENT))
    return rows


def message_row(centre_ids: Sequence[int], pk: int) -> InboundMessage | None:
    """Return a message of one of these centres; None for any other."""
    rows = InboundMessage.objects.filter(centre_id__in=centre_ids).select_related(
        "profile__laboratory", "patient", "settled_by"
    )
    return rows.filter(pk=pk).first()


def message_page(row: InboundMessage) -> MessagePage:
    """Return everything that is known of a message."""
    return MessagePage(
        _shown(row), row.peer, row.ack_code, row.sha256, row.attempts, row.processed_at,
        row.settled_by.shown_name if row.settled_by else "", row.settled_at, row.settled_because,
        () if row.client_id else _segments(row),
        bytes(row.raw).decode("utf-8", "replace") if row.client_id else "",
    )  # fmt: skip


def _shown(row: InboundMessage) -> MessageShown:
    return MessageShown(
        message_id=row.pk, received_at=row.received_at,
        sender=row.profile.name if row.profile else row.sending_application,
        control_id=row.control_id, message_type=row.message_type, state=row.state,
        state_words=str(State(row.state).label), patient_id=row.patient_id,
        pseudonym=row.patient.pseudonym if row.patient else "",
        problems=tuple(map(_problem, row.problems)),
    )  # fmt: skip


def _problem(told: Mapping[str, Any]) -> ProblemShown:
    return ProblemShown(
        problem_words(str(told.get("code", ""))), str(told.get("where", "")), str(told.get("found", "")),
        told.get("severity") == "note",
    )  # fmt: skip


def _segments(row: InboundMessage) -> tuple[SegmentShown, ...]:
    raw = bytes(row.raw)
    try:
        text = decode(raw, row.profile.encoding if row.profile else "")
    except MessageRefused:
        text = raw.decode("utf-8", "replace")
    lines = [line for line in SEPARATORS.split(text) if line.strip()]
    separator = lines[0][3:4] if lines else ""
    return tuple(_segment(line, separator or "|") for line in lines)


def _segment(line: str, separator: str) -> SegmentShown:
    name, *fields = line.split(separator)
    first = 2 if name == "MSH" else 1
    return SegmentShown(name[:10], tuple((n, field) for n, field in enumerate(fields, first) if field))
