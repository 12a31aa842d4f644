"""The runs of a laboratory: what is in review, what came back, what was handed on; one run, its file, its changes."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Count, Exists, IntegerField, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from monitoring.models import (
    AuditEntry,
    MrdResult,
    QpcrRun,
    ReagentLot,
    RunLot,
    RunReaction,
    RunSample,
    RunTarget,
    User,
)
from monitoring.models.choices import LotStateChoice, RunStateChoice, WellRoleChoice
from monitoring.models.choices import ResultStateChoice as State
from monitoring.queries.laboratory import laboratory_centres

SHOWN = 50  # runs that were handed on or discarded; older ones are found through their results


@dataclass(frozen=True, slots=True)
class ListedRun:
    """A run as lists show it: how many names wait for a person, how many results wait for a signature or came back."""

    run_id: int
    name: str
    file_name: str
    format: str
    laboratory: str
    run_on: date | None
    state: str
    uploaded_by: str
    uploaded_at: datetime
    names: int
    in_tray: int
    targets_open: bool
    waiting: int
    returned: int
    discarded_because: str


@dataclass(frozen=True, slots=True)
class ListedRuns:
    """Runs that need a person first."""

    open: tuple[ListedRun, ...]
    done: tuple[ListedRun, ...]


@dataclass(frozen=True, slots=True)
class LotToChoose:
    """A lot of the laboratory, and whether this run was made with it."""

    lot_id: int
    kind: str
    said: str
    expires_on: date | None
    failed_because: str
    used: bool


@dataclass(frozen=True, slots=True)
class RunChange:
    """One thing that was done to a run."""

    action: str
    by: str
    at: datetime
    reason: str
    before: dict[str, Any]
    after: dict[str, Any]


def run_row(run_id: int) -> QpcrRun | None:
    """Return a run without its file; None where this person sees none."""
    rows = QpcrRun.objects.defer("file_content").select_related(
        "laboratory__centre", "uploaded_by", "submitted_by", "discarded_by"
    )
    return rows.filter(pk=run_id).first()


def file_of(run: QpcrRun) -> bytes:
    """Return the file of a run as it was taken in."""
    content = QpcrRun.objects.values_list("file_content", flat=True).get(pk=run.pk)
    return bytes(content)


def runs_of(user: User) -> ListedRuns:
    """Return the runs of the person's laboratories, the latest first."""
    rows = _counted(QpcrRun.objects.filter(laboratory__centre_id__in=laboratory_centres(user)))
    unfinished = Q(state=RunStateChoice.IN_REVIEW) | Q(state=RunStateChoice.SUBMITTED, returned__gt=0)
    return ListedRuns(
        open=tuple(map(_listed, rows.filter(unfinished).order_by("-uploaded_at", "-pk"))),
        done=tuple(map(_listed, rows.exclude(unfinished).order_by("-uploaded_at", "-pk")[:SHOWN])),
    )


def count_open(user: User) -> int:
    """Return how many runs of the person's laboratories are in review or have results that came back."""
    returned = MrdResult.objects.filter(run=OuterRef("pk"), state=State.DRAFT)
    rows = QpcrRun.objects.filter(laboratory__centre_id__in=laboratory_centres(user))
    return rows.filter(Q(state=RunStateChoice.IN_REVIEW) | Q(Exists(returned))).count()


def lots_to_choose(run: QpcrRun) -> tuple[LotToChoose, ...]:
    """Return the lots in use at the laboratory of a run, and those that it was made with."""
    used = set(RunLot.objects.filter(run=run).values_list("lot_id", flat=True))
    lots = ReagentLot.objects.filter(laboratory_id=run.laboratory_id).filter(
        Q(state=LotStateChoice.IN_USE) | Q(pk__in=used)
    )
    return tuple(
        LotToChoose(
            lot_id=lot.pk,
            kind=lot.kind,
            said=str(lot),
            expires_on=lot.expires_on,
            failed_because=lot.failed_because if lot.state == LotStateChoice.FAILED else "",
            used=lot.pk in used,
        )
        for lot in lots.order_by("kind", "product", "lot_number")
    )


def changes_since(run: QpcrRun, revision: int) -> tuple[RunChange, ...]:
    """Return what was done to a run after a person saw it at this revision."""
    entries = AuditEntry.objects.filter(
        subject_type="qpcrrun", subject_id=run.pk, after__revision__gt=revision
    ).order_by("pk")
    return _changes(entries)


def _changes(entries: Iterable[AuditEntry]) -> tuple[RunChange, ...]:
    found = list(entries)
    people = User.objects.in_bulk({entry.actor_id for entry in found if entry.actor_id})
    return tuple(
        RunChange(
            action=entry.action,
            by=people[entry.actor_id].shown_name if entry.actor_id in people else entry.actor_name,
            at=entry.at,
            reason=entry.reason,
            before=entry.before or {},
            after=entry.after or {},
        )
        for entry in found
    )


def _counted(rows: "QuerySet[QpcrRun]") -> "QuerySet[QpcrRun]":
    named = RunSample.objects.filter(run=OuterRef("pk"), role=WellRoleChoice.SAMPLE)
    unsaid = RunReaction.objects.filter(run=OuterRef("pk")).exclude(
        target_name__in=RunTarget.objects.filter(run=OuterRef("run_id")).values("target_name")
    )
    return (
        rows.defer("file_content", "notes", "printed_curves")
        .select_related("laboratory", "uploaded_by")
        .annotate(
            names=_number_of(named),
            in_tray=_number_of(named.filter(sample__isnull=True, set_aside_because="")),
            targets_open=Exists(unsaid),
            waiting=_number_of(MrdResult.objects.filter(run=OuterRef("pk"), state=State.SUBMITTED)),
            returned=_number_of(MrdResult.objects.filter(run=OuterRef("pk"), state=State.DRAFT)),
        )
    )


def _number_of(rows: "QuerySet[Any]") -> Any:
    """Count rows in a subquery of their own, so that no join multiplies another."""
    counted = rows.order_by().values("run").annotate(number=Count("pk")).values("number")
    return Coalesce(Subquery(counted, output_field=IntegerField()), 0)


def _listed(row: QpcrRun) -> ListedRun:
    return ListedRun(
        run_id=row.pk,
        name=row.name,
        file_name=row.file_name,
        format=row.format,
        laboratory=row.laboratory.name,
        run_on=row.run_on,
        state=row.state,
        uploaded_by=row.uploaded_by.shown_name,
        uploaded_at=row.uploaded_at,
        names=row.names,  # type: ignore[attr-defined]
        in_tray=row.in_tray,  # type: ignore[attr-defined]
        targets_open=row.targets_open,  # type: ignore[attr-defined]
        waiting=row.waiting,  # type: ignore[attr-defined]
        returned=row.returned,  # type: ignore[attr-defined]
        discarded_because=row.discarded_because,
    )
