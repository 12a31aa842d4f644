"""Keeping the charts: the mean and SD they are read against, and points left out with a reason."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from monitoring import permissions
from monitoring.actions import audit
from monitoring.actions.refusals import ActionRefused, ImpossibleDate, StaleVersion
from monitoring.domain.westgard import ControlTarget, TargetRefused
from monitoring.models import Laboratory, QualityPoint, QualityTarget, ReagentLot, User
from monitoring.queries.quality import ChartKey, estimate_of, points_of, targets_of


class TooFewToSet(ActionRefused):
    """A mean and SD were to be set from fewer than two points that differ."""


@dataclass(frozen=True, slots=True)
class TypedTarget:
    """A mean and SD as a person typed them, in the unit of the chart."""

    mean: Decimal
    sd: Decimal


@transaction.atomic
def set_target(
    *, by: User, key: ChartKey, lot: str, valid_from: date, today: date, typed: TypedTarget | None = None,
    seen_points: int = 0,
) -> QualityTarget:  # fmt: skip
    """Set what a chart is read against, for one lot from a day on: as typed, or from the points of the lot so far.

    Points keep the target of their time: only the first target of a lot may begin before today. Raises StaleVersion
    where the points of the lot are no longer those that the person saw.
    """
    laboratory = Laboratory.objects.get(pk=key.laboratory_id)
    permissions.check_can_set_up_laboratory(by, laboratory.centre_id)
    _check_day(key, lot, valid_from, today)
    mean, sd, points = _typed(typed) if typed else _estimated(key, lot, seen_points)
    target = QualityTarget.objects.create(
        laboratory=laboratory, quantity=key.quantity, target_name=key.target_name,
        lot=ReagentLot.objects.get(pk=int(lot), laboratory=laboratory) if lot else None,
        mean=mean, sd=sd, points=points, valid_from=valid_from, set_by=by,
    )  # fmt: skip
    audit.record(action="quality.set_target", by=by, subject=target, after=audit.snapshot(target))
    return target


@transaction.atomic
def leave_out(*, by: User, point: QualityPoint, because: str) -> QualityPoint:
    """Take a point out of rules and statistics; it stays on the chart with the reason."""
    if not because.strip():
        raise ActionRefused(_("Say why the point is left out."))
    return _mark(by, point, because.strip(), "quality.leave_out")


@transaction.atomic
def take_in(*, by: User, point: QualityPoint) -> QualityPoint:
    """Let a point count again."""
    return _mark(by, point, "", "quality.take_in")


def _mark(by: User, point: QualityPoint, because: str, action: str) -> QualityPoint:
    current = QualityPoint.objects.select_for_update(of=("self",)).select_related("laboratory").get(pk=point.pk)
    permissions.check_can_keep_quality(by, current.laboratory.centre_id)
    if bool(current.left_out_because) == bool(because):
        raise StaleVersion(_("Somebody else has changed this point meanwhile."))
    before = audit.snapshot(current)
    current.left_out_because = because
    current.save(update_fields=["left_out_because"])
    audit.record(action=action, by=by, subject=current, before=before, after=audit.snapshot(current), reason=because)
    return current


def _check_day(key: ChartKey, lot: str, valid_from: date, today: date) -> None:
    has_one = any(each.lot == lot for each in targets_of(key))
    if has_one and valid_from < today:
        raise ImpossibleDate(
            "valid_from", _("Points before today keep the target of their time: it can hold from today on.")
        )


def _typed(typed: TypedTarget) -> tuple[Decimal, Decimal, int]:
    try:
        ControlTarget(typed.mean, typed.sd)
    except TargetRefused as refused:
        raise ActionRefused(_("The standard deviation has to be above 0.")) from refused
    return typed.mean, typed.sd, 0


def _estimated(key: ChartKey, lot: str, seen_points: int) -> tuple[Decimal, Decimal, int]:
    list(points_of(key).select_for_update(of=("self",)).values_list("pk"))
    found = estimate_of(key, lot)
    if found is None:
        raise TooFewToSet(_("A mean and SD need at least two points that differ."))
    if found.points != seen_points:
        raise StaleVersion(_("The points of this lot have changed since you opened the page."))
    return found.mean, found.sd, found.points
