"""Holds and reductions of venetoclax within a cycle: recorded, corrected, removed, never lost."""

from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from monitoring.actions import rows
from monitoring.actions.refusals import ActionRefused, ImpossibleDate
from monitoring.actions.seen_rows import lock_as_seen
from monitoring.models import DoseChange, User, VenetoclaxCycle


@transaction.atomic
def record(*, by: User, cycle: VenetoclaxCycle, change: DoseChange) -> DoseChange:
    """Record a hold or a reduction within a cycle; raises ImpossibleDate, or ActionRefused for days held already."""
    change.cycle, change.patient = cycle, cycle.patient
    _check(change)
    return rows.add(by=by, row=change, patient=cycle.patient)


@transaction.atomic
def change(
    *, by: User, change: DoseChange, changes: dict[str, Any], reason: str, seen: datetime | None = None
) -> DoseChange:
    """Correct a hold or a reduction; raises StaleVersion where somebody else did meanwhile."""
    lock_as_seen(change, seen)
    _check(_proposed(change, changes), besides=change.pk)
    return rows.change(by=by, row=change, patient=change.patient, changes=changes, reason=reason)


def remove(*, by: User, change: DoseChange, reason: str, seen: datetime | None = None) -> None:
    """Take a hold or a reduction out that was written down by mistake."""
    if not reason.strip():
        raise ActionRefused(_("Say why it is removed."))
    rows.remove(by=by, row=change, patient=change.patient, reason=reason, seen=seen)


def _proposed(change: DoseChange, changes: dict[str, Any]) -> DoseChange:
    row = DoseChange(
        cycle=change.cycle, patient=change.patient, kind=change.kind, starts_on=change.starts_on,
        ends_on=change.ends_on, dose_mg=change.dose_mg, because=change.because,
    )  # fmt: skip
    for name, value in changes.items():
        setattr(row, name, value)
    return row


def _check(row: DoseChange, besides: int = 0) -> None:
    cycle = row.cycle
    if not cycle.starts_on <= row.starts_on <= cycle.ends_on:
        raise ImpossibleDate("starts_on", _("This day is not within the cycle."))
    if row.ends_on is not None and row.ends_on < row.starts_on:
        raise ImpossibleDate("ends_on", _("The end is before the start."))
    if row.ends_on is not None and row.ends_on > cycle.ends_on:
        raise ImpossibleDate("ends_on", _("This day is not within the cycle."))
    if not row.because.strip():
        raise ImpossibleDate("because", _("Say why: counts, infection, interaction, or something else."))
    _check_dose(row)
    last = row.ends_on or date.max
    for other in DoseChange.objects.filter(cycle=cycle, kind=row.kind).exclude(pk=besides):
        if row.starts_on <= (other.ends_on or date.max) and other.starts_on <= last:
            raise ImpossibleDate("starts_on", _("Another one is on record for some of these days."))


def _check_dose(row: DoseChange) -> None:
    if row.kind == DoseChange.Kind.HOLD and row.dose_mg is not None:
        raise ImpossibleDate("dose_mg", _("While venetoclax is held there is no dose."))
    if row.kind == DoseChange.Kind.REDUCTION and row.dose_mg is None:
        raise ImpossibleDate("dose_mg", _("Type the dose to which it was reduced."))
    if row.dose_mg is not None and row.cycle.dose_mg is not None and row.dose_mg >= row.cycle.dose_mg:
        raise ImpossibleDate("dose_mg", _("That is not less than the dose of the cycle."))
