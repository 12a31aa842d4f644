"""The audit trail of a centre as its auditor reads it: acts, readings, requests of hospital systems, newest first.

Each of the three tables is read backwards along its primary key, and a page remembers where it stopped in each: no
count over everything, no offset, no row twice and none left out.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from heapq import merge
from itertools import islice
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Q, QuerySet

from monitoring.models import AuditEntry, InterfaceAccess, Membership, Patient, ReadEntry, User
from monitoring.queries.care import cared_for

PAGE = 50
ACT, READING, REQUEST = "ACT", "READING", "REQUEST"
KINDS = (ACT, READING, REQUEST)
AUDIT_CHANNEL = "audit"  # of readings: somebody looked at what was done to a patient


@dataclass(frozen=True, slots=True)
class Asked:
    """What the trail is narrowed to; `after` is where the page before stopped in each table, 0 the newest.

    `with_own_looks`: what the auditor's own reading of this trail left in it is shown too.
    """

    patient_ids: frozenset[int] | None = None
    person: int = 0
    action: str = ""
    kind: str = ""
    first_day: date | None = None
    last_day: date | None = None
    after: tuple[int, int, int] = (0, 0, 0)
    with_own_looks: bool = False


@dataclass(frozen=True, slots=True)
class Who:
    """Who did it: `account` is the name they sign in with, or the id under which a machine is registered."""

    name: str
    account: str
    is_machine: bool


@dataclass(frozen=True, slots=True)
class Recorded:
    """One row of the trail; `what` is the action, the channel of a reading, the interaction of a request."""

    kind: str
    number: int
    at: datetime
    actor_id: int | None
    who: Who
    what: str
    subject: str
    patient_id: int | None
    pseudonym: str
    reason: str = ""
    query: str = ""
    status: int = 0


@dataclass(frozen=True, slots=True)
class TrailPage:
    """A page of the trail, and where the next begins; None is the end."""

    rows: tuple[Recorded, ...]
    next_after: tuple[int, int, int] | None


@dataclass(frozen=True, slots=True)
class Auditor:
    """Who asks: the centres whose auditor the person is, and the zone in which their days are counted."""

    user_id: int
    centres: tuple[int, ...]
    zone: ZoneInfo


def page(auditor: Auditor, asked: Asked, size: int = PAGE) -> TrailPage:
    """Return so many rows, with one query for each table and two for the names."""
    tables = [_read(kind, auditor, asked, size + 1) for kind in KINDS]
    merged = merge(*tables, key=lambda row: row.at, reverse=True)
    found = list(islice(merged, size + 1))
    rows = found[:size]
    after = list(asked.after)
    for row in rows:
        after[KINDS.index(row.kind)] = row.pk
    return TrailPage(_named(rows, auditor), (after[0], after[1], after[2]) if len(found) > size else None)


def every_row(auditor: Auditor, asked: Asked, most: int, piece: int = 2_000) -> Iterator[Recorded]:
    """Yield the rows of all pages, at most so many."""
    place: tuple[int, int, int] | None = asked.after
    while place is not None and most > 0:
        got = page(auditor, replace(asked, after=place), min(piece, most))
        yield from got.rows
        place, most = got.next_after, most - len(got.rows)


def find_act(auditor: Auditor, number: int) -> AuditEntry | None:
    """Return one act whole; None where the auditor may not read it or there is none."""
    return _acts(auditor).filter(pk=number).first()


def shown(auditor: Auditor, entry: AuditEntry) -> Recorded:
    """Return an act as the list shows it."""
    entry.kind = ACT  # type: ignore[attr-defined] # as `_read` does
    return _named([entry], auditor)[0]


def patients_named(auditor: Auditor, pseudonym: str) -> frozenset[int]:
    """Return the patients of this pseudonym for whom the auditor's centres care: it is unique at one centre only."""
    rows = Patient.objects.filter(cared_for(auditor.centres, "pk"), pseudonym__iexact=pseudonym)
    return frozenset(rows.values_list("pk", flat=True))


def pseudonym_of(auditor: Auditor, patient_id: int) -> str:
    """Return the pseudonym of a patient of these centres; empty for anybody else."""
    rows = Patient.objects.filter(cared_for(auditor.centres, "pk"), pk=patient_id)
    return rows.values_list("pseudonym", flat=True).first() or ""


def people(auditor: Auditor) -> list[tuple[int, str]]:
    """Return everybody who has or had a role at these centres, machines too: number and name."""
    rows = User.objects.filter(memberships__centre_id__in=auditor.centres).distinct()
    return sorted(((each.pk, each.shown_name) for each in rows), key=lambda each: each[1].casefold())


def _read(kind: str, auditor: Auditor, asked: Asked, size: int) -> list[Any]:
    if asked.kind not in {"", kind} or (asked.action and kind != ACT):
        return []
    rows = _narrowed(_table(kind, auditor, asked), asked, auditor.zone)
    place = asked.after[KINDS.index(kind)]
    found = list((rows.filter(pk__lt=place) if place else rows).order_by("-pk")[:size])
    for row in found:
        row.kind = kind
    return found


def _table(kind: str, auditor: Auditor, asked: Asked) -> "QuerySet[Any]":
    if kind == ACT:
        acts = _acts(auditor).defer("before", "after")
        return acts.filter(action=asked.action) if asked.action else acts
    if kind == REQUEST:
        return InterfaceAccess.objects.filter(centre_id__in=auditor.centres)
    readings = ReadEntry.objects.filter(cared_for(auditor.centres))
    if asked.with_own_looks:
        return readings
    return readings.exclude(actor_id=auditor.user_id, channel=AUDIT_CHANNEL)


def _acts(auditor: Auditor) -> "QuerySet[AuditEntry]":
    """Acts on patients of these centres; acts on no patient are seen where who did them works nowhere else."""
    of_patients = Q(cared_for(auditor.centres), patient_id__isnull=False)
    return AuditEntry.objects.filter(of_patients | Q(patient_id__isnull=True, actor_id__in=_of_here_alone(auditor)))


def _of_here_alone(auditor: Auditor) -> list[int]:
    here = Membership.objects.filter(centre_id__in=auditor.centres).values_list("user_id", flat=True)
    elsewhere = Membership.objects.exclude(centre_id__in=auditor.centres).values("user_id")
    return list(here.exclude(user_id__in=elsewhere).distinct())


def _narrowed(rows: "QuerySet[Any]", asked: Asked, zone: ZoneInfo) -> "QuerySet[Any]":
    if asked.patient_ids is not None:
        rows = rows.filter(patient_id__in=asked.patient_ids)
    if asked.person:
        rows = rows.filter(actor_id=asked.person)
    if asked.first_day:
        rows = rows.filter(at__gte=datetime.combine(asked.first_day, time.min, zone))
    if asked.last_day and asked.last_day < date.max:
        rows = rows.filter(at__lt=datetime.combine(asked.last_day + timedelta(days=1), time.min, zone))
    return rows


def _named(rows: Sequence[Any], auditor: Auditor) -> tuple[Recorded, ...]:
    known = _people({row.actor_id for row in rows if row.actor_id})
    patients = Patient.objects.filter(
        cared_for(auditor.centres, "pk"), pk__in={row.patient_id for row in rows if row.patient_id}
    )
    pseudonyms = dict(patients.values_list("pk", "pseudonym"))
    return tuple(_recorded(row, known, pseudonyms.get(row.patient_id, "")) for row in rows)


def _people(numbers: Iterable[int]) -> Mapping[int, Who]:
    found = {}
    for row in User.objects.filter(pk__in=numbers).select_related("api_client"):
        machine = getattr(row, "api_client", None)
        found[row.pk] = Who(row.shown_name, machine.client_id if machine else row.username, machine is not None)
    return found


def _recorded(row: Any, known: Mapping[int, Who], pseudonym: str) -> Recorded:
    name = getattr(row, "actor_name", "")
    who = known.get(row.actor_id) or Who(name, name, is_machine=True)
    told = {
        "kind": row.kind, "number": row.pk, "at": row.at, "actor_id": row.actor_id, "who": who,
        "patient_id": row.patient_id if pseudonym else None, "pseudonym": pseudonym,
    }  # fmt: skip
    if row.kind == READING:
        return Recorded(**told, what=row.channel, subject="")
    if row.kind == REQUEST:
        subject = "/".join(each for each in (row.resource_type, row.resource_id) if each)
        return Recorded(**told, what=row.interaction, subject=subject, query=row.query, status=row.status)
    subject = f"{row.subject_type} {row.subject_id}" if row.subject_id else row.subject_type
    return Recorded(**told, what=row.action, subject=subject, reason=row.reason)
