"""Requests of hospital systems for an auditor: who asked for what, when, and how it ended."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.db.models import QuerySet

from monitoring.models import ApiClient, InterfaceAccess, Patient

PAGE = 50
REFUSED_FROM, FAILED_FROM = 400, 500  # status of the answer
DONE, REFUSED, FAILED = "DONE", "REFUSED", "FAILED"


@dataclass(frozen=True, slots=True)
class Asked:
    """What the list is narrowed to."""

    machine: int = 0
    day: date | None = None
    outcome: str = ""
    after: int = 0


@dataclass(frozen=True, slots=True)
class RequestShown:
    """One request as the list shows it."""

    at: datetime
    who: str
    peer: str
    interaction: str
    subject: str
    query: str
    status: int
    outcome: str
    patient_id: int | None
    pseudonym: str


@dataclass(frozen=True, slots=True)
class RequestList:
    """A page of requests, the newest first."""

    shown: tuple[RequestShown, ...]
    next_after: int | None


def requests(centres: Sequence[int], asked: Asked, zone: ZoneInfo) -> RequestList:
    """Return a page of the requests at these centres, in two queries."""
    rows = _narrowed(InterfaceAccess.objects.filter(centre_id__in=centres), asked, zone)
    found = list(rows.order_by("-pk")[: PAGE + 1])
    page = found[:PAGE]
    patients = Patient.objects.filter(pk__in={row.patient_id for row in page if row.patient_id})
    pseudonyms = dict(patients.values_list("pk", "pseudonym"))
    return RequestList(tuple(_shown(row, pseudonyms) for row in page), page[-1].pk if len(found) > PAGE else None)


def machines(centres: Sequence[int]) -> list[tuple[int, str]]:
    """Return the machines of these centres, revoked ones too: number and name."""
    return list(ApiClient.objects.filter(centre_id__in=centres).order_by("name", "pk").values_list("pk", "name"))


def _narrowed(rows: QuerySet[InterfaceAccess], asked: Asked, zone: ZoneInfo) -> QuerySet[InterfaceAccess]:
    if asked.machine:
        rows = rows.filter(client_id=asked.machine)
    if asked.day:
        begins = datetime(asked.day.year, asked.day.month, asked.day.day, tzinfo=zone)
        rows = rows.filter(at__gte=begins, at__lt=begins + timedelta(days=1))
    if asked.outcome == DONE:
        rows = rows.filter(status__lt=REFUSED_FROM)
    elif asked.outcome == REFUSED:
        rows = rows.filter(status__gte=REFUSED_FROM, status__lt=FAILED_FROM)
    elif asked.outcome == FAILED:
        rows = rows.filter(status__gte=FAILED_FROM)
    return rows.filter(pk__lt=asked.after) if asked.after else rows


def _shown(row: InterfaceAccess, pseudonyms: Mapping[int, str]) -> RequestShown:
    outcome = DONE if row.status < REFUSED_FROM else REFUSED if row.status < FAILED_FROM else FAILED
    return RequestShown(
        at=row.at, who=row.actor_name, peer=row.peer, interaction=row.interaction,
        subject="/".join(each for each in (row.resource_type, row.resource_id) if each), query=row.query,
        status=row.status, outcome=outcome, patient_id=row.patient_id,
        pseudonym=pseudonyms.get(row.patient_id or 0, ""),
    )  # fmt: skip
