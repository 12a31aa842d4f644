"""Transfusions of a patient: recorded, corrected, removed, never lost."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from monitoring.actions import rows
from monitoring.actions.cycle_days import cycle_of_day
from monitoring.actions.dates import check_possible
from monitoring.actions.refusals import ActionRefused
from monitoring.actions.seen_rows import lock_as_seen
from monitoring.models import Patient, Transfusion, User


@transaction.atomic
def record(*, by: User, patient: Patient, transfusion: Transfusion, now: datetime) -> Transfusion:
    """Record what was given on a day; it belongs to the cycle on whose days it was. Raises ImpossibleDate."""
    check_possible(patient=patient, on=transfusion.given_on, field="given_on", now=now)
    transfusion.patient = patient
    transfusion.cycle = cycle_of_day(patient, transfusion.given_on)
    return rows.add(by=by, row=transfusion, patient=patient)


@transaction.atomic
def change(
    *,
    by: User,
    transfusion: Transfusion,
    changes: dict[str, Any],
    now: datetime,
    reason: str,
    seen: datetime | None = None,
) -> Transfusion:
    """Correct a transfusion; raises StaleVersion where somebody else did meanwhile."""
    lock_as_seen(transfusion, seen)
    given_on = changes.get("given_on", transfusion.given_on)
    check_possible(patient=transfusion.patient, on=given_on, field="given_on", now=now)
    own = {**changes, "cycle": cycle_of_day(transfusion.patient, given_on)}
    return rows.change(by=by, row=transfusion, patient=transfusion.patient, changes=own, reason=reason)


def remove(*, by: User, transfusion: Transfusion, reason: str, seen: datetime | None = None) -> None:
    """Take a transfusion out that was written down by mistake."""
    if not reason.strip():
        raise ActionRefused(_("Say why it is removed."))
    rows.remove(by=by, row=transfusion, patient=transfusion.patient, reason=reason, seen=seen)
