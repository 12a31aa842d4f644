"""Lots of reagents, standards and control material: what was made with each, and what a failed one stops."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Count, Max, Q, QuerySet

from monitoring.models import MrdResult, QpcrRun, ReagentLot, RunLot, User
from monitoring.models.choices import LotStateChoice, RunStateChoice
from monitoring.models.choices import ResultStateChoice as State
from monitoring.queries.assays_on_record import assay_centres
from monitoring.queries.laboratory import ListedResult, listed, with_wells

RESULTS_SHOWN = 200  # of each kind; the number of all is told beside
RUNS_SHOWN = 100


@dataclass(frozen=True, slots=True)
class LotShown:
    """A lot as the list shows it."""

    lot_id: int
    laboratory: str
    kind: str
    product: str
    lot_number: str
    opened_on: date | None
    expires_on: date | None
    state: str
    failed_because: str
    failed_by: str
    failed_at: datetime | None
    recorded_by: str
    runs: int
    last_run_on: date | None
    has_expired: bool

    @property
    def is_expired_in_use(self) -> bool:
        """Whether it is past its day and still offered for runs."""
        return self.has_expired and self.state == LotStateChoice.IN_USE


@dataclass(frozen=True, slots=True)
class RunOfLot:
    """A run that was made with a lot."""

    run_id: int
    name: str
    run_on: date | None
    state: str


@dataclass(frozen=True, slots=True)
class LotReach:
    """Everything that was measured with a lot: what its failure stops, what has to be looked at again."""

    runs: tuple[RunOfLot, ...]
    waiting: tuple[ListedResult, ...]
    drafts: int
    authorised: tuple[ListedResult, ...]
    runs_in_all: int
    waiting_in_all: int
    authorised_in_all: int

    @property
    def fingerprint(self) -> str:
        """What tells this reach from any other: shown before a failure is recorded, and asked again then."""
        return f"{self.runs_in_all}-{self.waiting_in_all}-{self.drafts}-{self.authorised_in_all}"


@dataclass(frozen=True, slots=True)
class LotRemark:
    """A lot of a run that something is to be said of: it failed, or it was past its day when the run was made."""

    run_id: int
    lot_id: int
    name: str
    expires_on: date | None
    failed_because: str

    @property
    def has_failed(self) -> bool:
        """Whether it stops signatures."""
        return bool(self.failed_because)


def lots(user: User, *, today: date) -> tuple[LotShown, ...]:
    """Return the lots of the person's laboratories: those in use first, then failed, then used up."""
    rows = _counted().filter(laboratory__centre_id__in=assay_centres(user))
    order = [LotStateChoice.IN_USE, LotStateChoice.FAILED, LotStateChoice.RETIRED]
    shown = [_shown(row, today) for row in rows.order_by("kind", "product", "-pk")]
    return tuple(sorted(shown, key=lambda each: order.index(LotStateChoice(each.state))))


def lot_row(user: User, pk: int) -> ReagentLot | None:
    """Return a lot of the person's laboratories; None for any other."""
    rows = ReagentLot.objects.select_related("laboratory__centre")
    return rows.filter(pk=pk, laboratory__centre_id__in=assay_centres(user)).first()


def lot_shown(row: ReagentLot, *, today: date) -> LotShown:
    """Return one lot as lists show it."""
    return _shown(_counted().get(pk=row.pk), today)


def reach_of(lot: ReagentLot) -> LotReach:
    """Return what was made with a lot."""
    runs = QpcrRun.objects.filter(run_lots__lot=lot).exclude(state=RunStateChoice.DISCARDED).defer("file_content")
    results = MrdResult.objects.filter(run__run_lots__lot=lot)
    waiting, authorised = results.filter(state=State.SUBMITTED), results.filter(state=State.AUTHORISED)
    return LotReach(
        runs=tuple(RunOfLot(run.pk, run.name, run.run_on, run.state) for run in runs.order_by("-pk")[:RUNS_SHOWN]),
        waiting=_listed(waiting),
        drafts=results.filter(state=State.DRAFT).count(),
        authorised=_listed(authorised),
        runs_in_all=runs.count(),
        waiting_in_all=waiting.count(),
        authorised_in_all=authorised.count(),
    )


def remarks_on_runs(run_ids: Collection[int | None]) -> dict[int, tuple[LotRemark, ...]]:
    """Return, by run, the lots that failed or had expired when it was made; in one query for many runs."""
    known = {run_id for run_id in run_ids if run_id is not None}
    found: dict[int, tuple[LotRemark, ...]] = {}
    if not known:
        return found
    used = RunLot.objects.filter(run_id__in=known).filter(
        Q(lot__state=LotStateChoice.FAILED) | Q(lot__expires_on__isnull=False)
    )
    for each in used.select_related("lot", "run__laboratory__centre").defer("run__file_content").order_by("lot_id"):
        lot, run = each.lot, each.run
        has_failed = lot.state == LotStateChoice.FAILED
        if has_failed or (lot.expires_on is not None and lot.expires_on < run.made_on):
            remark = LotRemark(run.pk, lot.pk, str(lot), lot.expires_on, lot.failed_because if has_failed else "")
            found[run.pk] = (*found.get(run.pk, ()), remark)
    return found


def failed_lots_of(run_id: int | None) -> tuple[LotRemark, ...]:
    """Return the failed lots of a run; none where a result has no run."""
    return tuple(each for each in remarks_on_runs([run_id]).get(run_id or 0, ()) if each.has_failed)


def _counted() -> "QuerySet[ReagentLot]":
    runs = Q(run_lots__run__state__in=[RunStateChoice.IN_REVIEW, RunStateChoice.SUBMITTED])
    return ReagentLot.objects.select_related("laboratory", "failed_by", "recorded_by").annotate(
        runs_made=Count("run_lots", filter=runs), last_run_on=Max("run_lots__run__run_on", filter=runs)
    )


def _listed(rows: "QuerySet[MrdResult]") -> tuple[ListedResult, ...]:
    return tuple(listed(row) for row in with_wells(rows).order_by("collected_on", "pk")[:RESULTS_SHOWN])


def _shown(row: ReagentLot, today: date) -> LotShown:
    return LotShown(
        lot_id=row.pk,
        laboratory=row.laboratory.name,
        kind=row.kind,
        product=row.product,
        lot_number=row.lot_number,
        opened_on=row.opened_on,
        expires_on=row.expires_on,
        state=row.state,
        failed_because=row.failed_because,
        failed_by=row.failed_by.shown_name if row.failed_by else "",
        failed_at=row.failed_at,
        recorded_by=row.recorded_by.shown_name,
        runs=row.runs_made,  # type: ignore[attr-defined]
        last_run_on=row.last_run_on,  # type: ignore[attr-defined]
        has_expired=row.expires_on is not None and row.expires_on < today,
    )
