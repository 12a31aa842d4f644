"""Senders of HL7 v2: their habits as the reader wants them, and when each was heard last."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.db.models import OuterRef, Subquery

from monitoring.models import InboundMessage, Laboratory, SenderProfile
from monitoring.models.choices import MessageStateChoice as State
from monitoring.readers.hl7_writing import Writing, read_codes, read_units, read_words


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


def writing_of(profile: SenderProfile) -> Writing:
    """Return the habits of a sender; raises WritingWrong where a map stands for nothing."""
    return Writing(
        read_codes(profile.codes), read_units(profile.units), read_words(profile.words), profile.decimal_comma,
        ZoneInfo(profile.time_zone), profile.identifier_authority,
    )  # fmt: skip


def senders(centre_ids: Sequence[int], now: datetime) -> tuple[SenderShown, ...]:
    """Return the senders of the laboratories of these centres, those in use first."""
    rows = SenderProfile.objects.filter(laboratory__centre_id__in=centre_ids).select_related("laboratory")
    messages = InboundMessage.objects.filter(profile=OuterRef("pk")).exclude(state=State.REFUSED)
    heard = Subquery(messages.order_by("-received_at").values("received_at")[:1])
    ordered = rows.annotate(last_at=heard).order_by("-is_active", "name", "pk")
    return tuple(
        SenderShown(
            row.pk, row.name, row.sending_application, row.sending_facility, row.laboratory.name, row.is_active,
            row.last_at, row.silent_after_hours, _is_silent(row, row.last_at, now),
        )
        for row in ordered
    )  # fmt: skip


def silent(centre_ids: Sequence[int], now: datetime) -> tuple[SenderShown, ...]:
    """Return the senders from which nothing came for longer than their people find usual."""
    return tuple(each for each in senders(centre_ids, now) if each.is_silent)


def _is_silent(row: SenderProfile, last: datetime | None, now: datetime) -> bool:
    if row.silent_after_hours is None or not row.is_active:
        return False
    return (last or row.created_at) < now - timedelta(hours=row.silent_after_hours)


def profile_row(centre_ids: Sequence[int], pk: int) -> SenderProfile | None:
    """Return a sender of one of these centres; None for any other."""
    rows = SenderProfile.objects.filter(laboratory__centre_id__in=centre_ids)
    return rows.select_related("laboratory__centre", "user").filter(pk=pk).first()


def laboratories(centre_ids: Sequence[int]) -> list[Laboratory]:
    """Return the laboratories that these centres run."""
    return list(Laboratory.objects.filter(centre_id__in=centre_ids).order_by("name"))
