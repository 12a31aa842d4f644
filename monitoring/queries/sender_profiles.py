"""Senders of HL7 v2: their habits as the reader wants them, and when each was heard last."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from monitoring.models import Laboratory, SenderProfile, UnknownSender
from monitoring.queries import silences
from monitoring.readers.hl7_writing import Writing, read_codes, read_units, read_words

MOST_UNKNOWN = 50  # shown; a stranger may call itself anything


@dataclass(frozen=True, slots=True)
class SenderShown:
    """A sender as the list shows it; silent where nothing came for longer than its people find usual."""

    profile_id: int
    name: str
    sending_application: str
    sending_facility: str
    laboratory: str
    is_active: bool
    last_at: datetime | None
    silent_after_hours: int | None
    is_silent: bool


@dataclass(frozen=True, slots=True)
class UnknownShown:
    """A system that sent messages and is not registered: what it calls itself, whence, how often, when last."""

    sending_application: str
    sending_facility: str
    peer: str
    messages: int
    first_at: datetime
    last_at: datetime


def unknown_senders() -> tuple[UnknownShown, ...]:
    """Return the systems that sent messages and are not registered, the last heard first."""
    rows = UnknownSender.objects.filter(messages__gt=0).order_by("-last_at", "pk")
    return tuple(
        UnknownShown(
            row.sending_application, row.sending_facility, row.peer, row.messages, row.first_at, row.last_at
        )
        for row in rows[:MOST_UNKNOWN]
    )  # fmt: skip


def writing_of(profile: SenderProfile) -> Writing:
    """Return the habits of a sender; raises WritingWrong where a map stands for nothing."""
    return Writing(
        read_codes(profile.codes), read_units(profile.units), read_words(profile.words), profile.decimal_comma,
        ZoneInfo(profile.time_zone), profile.identifier_authority,
    )  # fmt: skip


def senders(centre_ids: Sequence[int], now: datetime) -> tuple[SenderShown, ...]:
    """Return the senders of the laboratories of these centres, those in use first."""
    rows = SenderProfile.objects.filter(laboratory__centre_id__in=centre_ids).select_related("laboratory")
    ordered = rows.annotate(last_at=silences.last_message()).order_by("-is_active", "name", "pk")
    return tuple(
        SenderShown(
            row.pk, row.name, row.sending_application, row.sending_facility, row.laboratory.name, row.is_active,
            row.last_at, row.silent_after_hours,
            row.is_active and silences.is_silent(row.silent_after_hours, row.last_at, row.created_at, now),
        )
        for row in ordered
    )  # fmt: skip


def profile_row(centre_ids: Sequence[int], pk: int) -> SenderProfile | None:
    """Return a sender of one of these centres; None for any other."""
    rows = SenderProfile.objects.filter(laboratory__centre_id__in=centre_ids)
    return rows.select_related("laboratory__centre", "user").filter(pk=pk).first()


def laboratories(centre_ids: Sequence[int]) -> list[Laboratory]:
    """Return the laboratories that these centres run."""
    return list(Laboratory.objects.filter(centre_id__in=centre_ids).order_by("name"))
