"""Who asked for what, wrote what, opened whose record: requests, acts and readings as one log, newest or oldest first.

Three tables are read side by side. The number of an event is three times that of its row and one for its table, so
that each event has one number for good.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from heapq import merge
from typing import Any

from django.db.models import F, IntegerField, Q, QuerySet, Value

from monitoring.models import AuditEntry, InterfaceAccess, ReadEntry, User
from monitoring.queries.care import cared_for

REQUEST, ACT, READING = 0, 1, 2  # which table
TABLES = 3


@dataclass(frozen=True, slots=True)
class Actor:
    """Who did it: `name` is the account, or the id under which a machine is registered."""

    name: str
    shown_name: str
    is_machine: bool


@dataclass(frozen=True, slots=True)
class AccessEvent:
    """One event; `what` is the interaction of a request, the action of an act, the channel of a reading."""

    number: int
    table: int
    at: datetime
    actor: Actor | None
    what: str
    patient_id: int | None
    subject: str = ""
    query: str = ""
    peer: str = ""
    status: int = 0
    reason: str = ""
    had_before: bool = False
    has_after: bool = False


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which events: a condition on `at`, `patient_id`, `actor_id`; the order; after which moment and number."""

    where: Q
    is_newest_first: bool = True
    after: tuple[datetime, int] | None = None


def events(centres: Sequence[int], wanted: Wanted, size: int) -> list[AccessEvent]:
    """Return so many events of these centres in order, with one query for each table and one for the actors."""
    sign = "-" if wanted.is_newest_first else ""
    pages = [
        list(each.filter(wanted.where & _after(wanted)).order_by(f"{sign}at", f"{sign}number")[:size])
        for each in _tables(centres)
    ]
    rows = list(merge(*pages, key=lambda row: (row.at, row.number), reverse=wanted.is_newest_first))[:size]
    actors = _actors({row.actor_id for row in rows if row.actor_id})
    return [_event(row, actors) for row in rows]


def count(centres: Sequence[int], where: Q) -> int:
    """Return how many events there are."""
    return sum(each.filter(where).count() for each in _tables(centres))


def numbered(number: int) -> Q:
    """Return the condition for one event: its row in its table, nothing in the others."""
    row, table = divmod(number, TABLES)
    return Q(pk=row, table=table)


def actors_named(name: str) -> list[int]:
    """Return the accounts of this name, or of the machine that is registered under it."""
    return list(User.objects.filter(Q(username=name) | Q(api_client__client_id=name)).values_list("pk", flat=True))


def _tables(centres: Sequence[int]) -> list["QuerySet[Any]"]:
    """Requests at these centres; acts on and readings of patients for whom they care."""
    care = cared_for(centres)
    tables: list[QuerySet[Any]] = [
        InterfaceAccess.objects.filter(centre_id__in=centres),
        AuditEntry.objects.filter(care, patient_id__isnull=False).annotate(
            had_before=Q(before__isnull=False), has_after=Q(after__isnull=False)
        ).defer("before", "after"),
        ReadEntry.objects.filter(care),
    ]  # fmt: skip
    return [
        each.annotate(table=Value(table, output_field=IntegerField()), number=F("pk") * TABLES + table)
        for table, each in enumerate(tables)
    ]


def _after(wanted: Wanted) -> Q:
    if wanted.after is None:
        return Q()
    at, number = wanted.after
    beyond = "lt" if wanted.is_newest_first else "gt"
    return Q(**{f"at__{beyond}": at}) | Q(at=at, **{f"number__{beyond}": number})


def _actors(numbers: set[int]) -> Mapping[int, Actor]:
    found = {}
    for row in User.objects.filter(pk__in=numbers).select_related("api_client"):
        machine = getattr(row, "api_client", None)
        found[row.pk] = Actor(machine.client_id if machine else row.username, row.shown_name, machine is not None)
    return found


def _event(row: Any, actors: Mapping[int, Actor]) -> AccessEvent:
    told = {"number": row.number, "table": row.table, "at": row.at, "patient_id": row.patient_id}
    actor = actors.get(row.actor_id)
    if row.table == REQUEST:
        subject = "/".join(each for each in (row.resource_type, row.resource_id) if each)
        return AccessEvent(
            **told, actor=actor, what=row.interaction, subject=subject, query=row.query, peer=row.peer,
            status=row.status,
        )  # fmt: skip
    if row.table == READING:
        return AccessEvent(**told, actor=actor, what=row.channel)
    subject = f"{row.subject_type} {row.subject_id}" if row.subject_id else row.subject_type
    return AccessEvent(
        **told, actor=actor or Actor("", row.actor_name, is_machine=True), what=row.action, subject=subject,
        reason=row.reason, had_before=row.had_before, has_after=row.has_after,
    )  # fmt: skip
