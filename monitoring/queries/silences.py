"""Systems of laboratories from which nothing came for too long: senders of HL7 v2, machines over REST and FHIR."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import OuterRef, QuerySet, Subquery

from monitoring.models import ApiClient, AuditEntry, InboundMessage, MrdResult, SenderProfile
from monitoring.models.choices import AuthorisationBasisChoice as Basis
from monitoring.models.choices import ClientKindChoice as Kind
from monitoring.models.choices import MessageStateChoice as State

CLIENT_TOLD, CLIENT_NOT_TOLD = "client.silence_told", "client.silence_not_told"


@dataclass(frozen=True, slots=True)
class Silence:
    """A system from which nothing came for too long; `since` is when it was heard last, or registered.

    A sender of HL7 v2 is heard by its messages, a machine by its results.
    """

    is_machine: bool
    pk: int
    name: str
    hours: int
    centre_id: int
    centre: str
    is_synthetic: bool
    last_at: datetime | None
    since: datetime


def silences(now: datetime) -> tuple[Silence, ...]:
    """Return what is silent of every centre, as far as this transaction sees, in two queries."""
    return _silent(SenderProfile.objects.all(), ApiClient.objects.all(), now)


def silent(centre_ids: Collection[int], now: datetime) -> tuple[Silence, ...]:
    """Return what is silent of these centres, in two queries."""
    senders = SenderProfile.objects.filter(laboratory__centre_id__in=centre_ids)
    return _silent(senders, ApiClient.objects.filter(centre_id__in=centre_ids), now)


def is_silent(hours: int | None, last: datetime | None, registered_at: datetime, now: datetime) -> bool:
    """Whether nothing came for more than so many hours; without hours nobody asked to be told."""
    return bool(hours) and (last or registered_at) < now - timedelta(hours=hours or 0)


def is_told(silence: Silence) -> bool:
    """Whether the administrators were told of this silence.

    A sender's row says so. The role of the worker may not change a machine, so that of machines the audit says it.
    """
    if not silence.is_machine:
        return SenderProfile.objects.filter(pk=silence.pk, silence_told_at=silence.since).exists()
    entries = AuditEntry.objects.filter(
        patient_id__isnull=True, subject_type="apiclient", subject_id=silence.pk,
        action__in=[CLIENT_TOLD, CLIENT_NOT_TOLD],
    )  # fmt: skip
    last = entries.order_by("-pk").first()
    return last is not None and last.action == CLIENT_TOLD and (last.after or {})["since"] == silence.since.isoformat()


def last_message() -> Subquery:
    """Return, for a query of senders, when the last message came that was taken."""
    messages = InboundMessage.objects.filter(profile=OuterRef("pk")).exclude(state=State.REFUSED)
    return Subquery(messages.order_by("-received_at").values("received_at")[:1])


def last_result() -> Subquery:
    """Return, for a query of machines, when the last result came."""
    sent = MrdResult.objects.filter(authorised_by=OuterRef("user"), authorisation_basis=Basis.SENDING_LABORATORY)
    return Subquery(sent.order_by("-authorised_at").values("authorised_at")[:1])


def _silent(
    senders: QuerySet[SenderProfile], machines: QuerySet[ApiClient], now: datetime
) -> tuple[Silence, ...]:  # fmt: skip
    senders = senders.filter(is_active=True, silent_after_hours__gt=0).select_related("laboratory__centre")
    machines = machines.filter(kind=Kind.LABORATORY, revoked_at__isnull=True, silent_after_hours__gt=0)
    heard: list[tuple[SenderProfile | ApiClient, datetime | None]] = [
        *((row, row.last_at) for row in senders.annotate(last_at=last_message())),
        *((row, row.last_at) for row in machines.select_related("centre").annotate(last_at=last_result())),
    ]
    found = [
        _silence(row, last) for row, last in heard if is_silent(row.silent_after_hours, last, row.created_at, now)
    ]  # fmt: skip
    return tuple(sorted(found, key=lambda each: (each.name, each.is_machine, each.pk)))


def _silence(row: SenderProfile | ApiClient, last: datetime | None) -> Silence:
    centre = row.centre if isinstance(row, ApiClient) else row.laboratory.centre
    return Silence(
        isinstance(row, ApiClient), row.pk, row.name, row.silent_after_hours or 0, centre.pk, centre.name,
        centre.is_synthetic, last, last or row.created_at,
    )  # fmt: skip
