"""A run as its second person sees it: what it measured of itself, with what, and the results that wait."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from monitoring.models import MrdResult, QpcrRun, QualityPoint, RunLot, RunReaction
from monitoring.models.choices import LotStateChoice, QualityQuantityChoice
from monitoring.models.choices import ResultStateChoice as State


@dataclass(frozen=True, slots=True)
class CurveOfRun:
    """What the standard curve of one target showed; None where the run did not measure it."""

    target_name: str
    slope: Decimal | None
    r2: Decimal | None
    efficiency_pct: Decimal | None


@dataclass(frozen=True, slots=True)
class LotOfRun:
    """A lot that the run was made with; a failed one stops every signature."""

    said: str
    failed_because: str
    expired_on: date | None


@dataclass(frozen=True, slots=True)
class RunToSign:
    """Facts of a run beside its results; `excluded` are the wells that a person left out, with the reason."""

    run_id: int
    name: str
    file_name: str
    instrument: str
    laboratory_centre_id: int
    run_on: date | None
    submitted_by: str
    submitted_at: datetime | None
    comment: str
    curves: tuple[CurveOfRun, ...]
    lots: tuple[LotOfRun, ...]
    excluded: tuple[tuple[str, str, str], ...]
    states: dict[str, int]

    @property
    def failed_lots(self) -> tuple[LotOfRun, ...]:
        """The lots that stop the signing."""
        return tuple(lot for lot in self.lots if lot.failed_because)


def run_to_sign(run_id: int) -> RunToSign | None:
    """Return a run with what its second person looks at; None where this person sees none."""
    row = QpcrRun.objects.defer("file_content").select_related("laboratory", "submitted_by").filter(pk=run_id).first()
    if row is None:
        return None
    return RunToSign(
        run_id=row.pk,
        name=row.name,
        file_name=row.file_name,
        instrument=row.instrument,
        laboratory_centre_id=row.laboratory.centre_id,
        run_on=row.run_on,
        submitted_by=row.submitted_by.shown_name if row.submitted_by else "",
        submitted_at=row.submitted_at,
        comment=row.comment,
        curves=_curves(row),
        lots=_lots(row),
        excluded=tuple(
            RunReaction.objects.filter(run=row)
            .exclude(excluded_because="")
            .order_by("pk")
            .values_list("well", "target_name", "excluded_because")
        ),
        states=_states(row),
    )


def _curves(row: QpcrRun) -> tuple[CurveOfRun, ...]:
    found: dict[str, dict[str, Decimal]] = {}
    points = QualityPoint.objects.filter(run=row, quantity__in=list(_OF_CURVE)).order_by("target_name")
    for target, quantity, value in points.values_list("target_name", "quantity", "value"):
        found.setdefault(target, {})[quantity] = value
    return tuple(
        CurveOfRun(target, *(values.get(quantity) for quantity in _OF_CURVE)) for target, values in found.items()
    )


_OF_CURVE = (QualityQuantityChoice.SLOPE, QualityQuantityChoice.R2, QualityQuantityChoice.EFFICIENCY_PCT)


def _lots(row: QpcrRun) -> tuple[LotOfRun, ...]:
    used = RunLot.objects.filter(run=row).select_related("lot").order_by("lot__kind", "lot__product")
    return tuple(
        LotOfRun(
            said=f"{each.lot.get_kind_display()}: {each.lot}",
            failed_because=each.lot.failed_because if each.lot.state == LotStateChoice.FAILED else "",
            expired_on=each.lot.expires_on if each.lot.expires_on and each.lot.expires_on < row.made_on else None,
        )
        for each in used
    )


def _states(row: QpcrRun) -> dict[str, int]:
    counted: dict[str, int] = {}
    for state in MrdResult.objects.filter(run=row).exclude(state=State.SUPERSEDED).values_list("state", flat=True):
        counted[state] = counted.get(state, 0) + 1
    return counted
