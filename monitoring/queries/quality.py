"""Charts of quality control: what each follows, how its last point stands, and one chart with all it rests on."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import F, Q, QuerySet, Window
from django.db.models.functions import RowNumber

from monitoring.charts.levey_jennings import LeveyJennings, levey_jennings
from monitoring.domain.levey_jennings import (
    ANY_LOT,
    AcceptedRange,
    Estimate,
    QualityValue,
    Quantity,
    ReadPoint,
    SetTarget,
    TooFewPoints,
    accepted_range,
    estimate,
    read_chart,
)
from monitoring.domain.standard_curve import CurveLimits
from monitoring.domain.westgard import TEN
from monitoring.models import Assay, Laboratory, QualityPoint, QualityTarget, ReagentLot, User
from monitoring.queries.assays_on_record import assay_centres

SHOWN = 60  # runs on one page: a year of weekly runs
LOOK_BACK = 3 * TEN  # runs before these: the rules look back nine, also past points that were left out
ORDER = ("-measured_on", "-pk")


@dataclass(frozen=True, slots=True)
class ChartKey:
    """What names a chart."""

    laboratory_id: int
    quantity: str
    target_name: str


@dataclass(frozen=True, slots=True)
class ListedChart:
    """A chart with its last point."""

    key: ChartKey
    laboratory: str
    points: int
    last: ReadPoint
    lot: str


@dataclass(frozen=True, slots=True)
class ShownPoint:
    """A point of a chart with its run and the name of its lot."""

    read: ReadPoint
    run: str
    lot: str


@dataclass(frozen=True, slots=True)
class ShownTarget:
    """A mean and SD that a person set, with the name of its lot."""

    given: SetTarget
    lot: str


@dataclass(frozen=True, slots=True)
class QualityChart:
    """One chart: `points` newest first, `earlier` the place of the page before; `proposed` for the lot in use."""

    key: ChartKey
    laboratory: str
    centre_id: int
    picture: LeveyJennings
    points: tuple[ShownPoint, ...]
    targets: tuple[ShownTarget, ...]
    accepted: AcceptedRange
    lot_names: dict[str, str]
    lot: str
    lot_in_use: str
    proposed: Estimate | None
    earlier: str

    @property
    def last(self) -> ShownPoint:
        """The newest point of the page."""
        return self.points[0]

    @property
    def target_in_use(self) -> ShownTarget | None:
        """The target that the newest point is read against."""
        held = self.last.read.target
        return next((each for each in self.targets if each.given == held), None)


def charts(user: User) -> tuple[ListedChart, ...]:
    """Return every chart of the person's laboratories, in the order of quantities; few queries for any number."""
    centre_ids = assay_centres(user)
    rows = _newest_of_each(centre_ids)
    by_chart: dict[ChartKey, list[QualityPoint]] = defaultdict(list)
    for row in rows.order_by("measured_on", "pk"):
        by_chart[_key(row)].append(row)
    targets = _targets(Q(laboratory__centre_id__in=centre_ids))
    order = {quantity.value: at for at, quantity in enumerate(Quantity)}
    found = [_listed(key, points, targets[key]) for key, points in by_chart.items()]
    return tuple(sorted(found, key=lambda each: (each.laboratory, each.key.target_name, order[each.key.quantity])))


def quality_chart(user: User, key: ChartKey, *, before: str = "") -> QualityChart | None:
    """Return a chart of the person's laboratories up to a place; None for any other, or where no point is."""
    laboratory = Laboratory.objects.filter(pk=key.laboratory_id, centre_id__in=assay_centres(user)).first()
    everything = points_of(key)
    newest = list(_until(everything, before).order_by(*ORDER)[: SHOWN + LOOK_BACK + 1])
    if laboratory is None or not newest:
        return None
    rows = newest[::-1]
    targets = _targets(Q(laboratory_id=key.laboratory_id))[key]
    accepted = _accepted(rows[-1])
    read = read_chart([_value(row) for row in rows], targets, Quantity(key.quantity), accepted)[-SHOWN:]
    names = _lot_names(laboratory)
    lot = read[-1].given.lot
    return QualityChart(
        key=key,
        laboratory=laboratory.name,
        centre_id=laboratory.centre_id,
        picture=levey_jennings(read, accepted),
        points=tuple(_shown_points(read, rows[-SHOWN:], names)),
        targets=tuple(ShownTarget(each, names.get(each.lot, "")) for each in targets),
        accepted=accepted,
        lot_names=names,
        lot=lot,
        lot_in_use=names.get(lot, ""),
        proposed=estimate_of(key, lot),
        earlier=_place(rows[-SHOWN]) if len(rows) > SHOWN else "",
    )


def points_of(key: ChartKey) -> "QuerySet[QualityPoint]":
    """Return the points of a chart."""
    return QualityPoint.objects.select_related("run", "assay", "lot", "laboratory").defer("run__file_content").filter(
        laboratory_id=key.laboratory_id, quantity=key.quantity, target_name=key.target_name
    )  # fmt: skip


def estimate_of(key: ChartKey, lot: str) -> Estimate | None:
    """Return mean and SD of all points of a lot, None while there are too few of them."""
    rows = points_of(key).filter(lot_id=int(lot)) if lot else points_of(key).filter(lot=None)
    try:
        return estimate([_value(row) for row in rows], lot)
    except TooFewPoints:
        return None


def targets_of(key: ChartKey) -> list[SetTarget]:
    """Return the means and SD that were set for a chart, the newest first."""
    return _targets(Q(laboratory_id=key.laboratory_id))[key]


def point_row(user: User, pk: int) -> QualityPoint | None:
    """Return a point of the person's laboratories; None for any other."""
    rows = QualityPoint.objects.select_related("laboratory", "run").defer("run__file_content")
    return rows.filter(pk=pk, laboratory__centre_id__in=assay_centres(user)).first()


def key_of(row: QualityPoint) -> ChartKey:
    """Return the chart that a point stands on."""
    return _key(row)


def _newest_of_each(centre_ids: Iterable[int]) -> "QuerySet[QualityPoint]":
    """The newest points of every chart, as many as a page of it shows."""
    place = Window(
        RowNumber(),
        partition_by=[F("laboratory_id"), F("quantity"), F("target_name")],
        order_by=[F("measured_on").desc(), F("pk").desc()],
    )
    rows = QualityPoint.objects.select_related("assay", "lot", "laboratory")
    return rows.filter(laboratory__centre_id__in=list(centre_ids)).annotate(place=place).filter(place__lte=SHOWN)


def _until(rows: "QuerySet[QualityPoint]", place: str) -> "QuerySet[QualityPoint]":
    """The rows before a place in the order of the runs; an unreadable place is the end."""
    day, _, number = place.partition("_")
    try:
        on, pk = date.fromisoformat(day), int(number)
    except ValueError:
        return rows
    return rows.filter(Q(measured_on__lt=on) | Q(measured_on=on, pk__lt=pk))


def _place(row: QualityPoint) -> str:
    return f"{row.measured_on.isoformat()}_{row.pk}"


def _key(row: QualityPoint | QualityTarget) -> ChartKey:
    return ChartKey(row.laboratory_id, row.quantity, row.target_name)


def _value(row: QualityPoint) -> QualityValue:
    lot = str(row.lot_id) if row.lot_id else ANY_LOT
    return QualityValue(row.pk, row.measured_on, row.value, lot, row.left_out_because)


def _targets(which: Q) -> dict[ChartKey, list[SetTarget]]:
    found: dict[ChartKey, list[SetTarget]] = defaultdict(list)
    for row in QualityTarget.objects.filter(which).select_related("set_by").order_by("-valid_from", "-set_at"):
        lot = str(row.lot_id) if row.lot_id else ANY_LOT
        found[_key(row)].append(
            SetTarget(row.mean, row.sd, lot, row.valid_from, row.set_at, row.points, row.set_by.shown_name)
        )
    return found


def _accepted(row: QualityPoint) -> AcceptedRange:
    return accepted_range(Quantity(row.quantity), limits_of(row.assay) if row.assay else CurveLimits())


def limits_of(assay: Assay) -> CurveLimits:
    """Return what an assay accepts of a standard curve."""
    return CurveLimits(
        *(Decimal(limit) for limit in (
            assay.slope_steepest, assay.slope_shallowest, assay.r2_fails_below, assay.r2_warns_below
        ))
    )  # fmt: skip


def _lot_names(laboratory: Laboratory) -> dict[str, str]:
    return {str(lot.pk): str(lot) for lot in ReagentLot.objects.filter(laboratory=laboratory)}


def _listed(key: ChartKey, rows: Sequence[QualityPoint], targets: Sequence[SetTarget]) -> ListedChart:
    last = rows[-1]
    read = read_chart([_value(row) for row in rows], targets, Quantity(key.quantity), _accepted(last))
    lot = str(last.lot) if last.lot else ""
    return ListedChart(key, last.laboratory.name, len(rows), read[-1], lot)


def _shown_points(
    read: Sequence[ReadPoint], rows: Sequence[QualityPoint], names: dict[str, str]
) -> Iterable[ShownPoint]:
    for point, row in zip(reversed(read), reversed(rows), strict=True):
        yield ShownPoint(point, row.run.name, names.get(point.given.lot, ""))
