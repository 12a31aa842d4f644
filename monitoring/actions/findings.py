"""Mutation findings: recorded, corrected, removed, never lost."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from monitoring.actions import patients, rows
from monitoring.actions.dates import check_possible
from monitoring.actions.refusals import ActionRefused, ImpossibleDate
from monitoring.actions.seen_rows import lock_as_seen
from monitoring.models import MutationFinding, Patient, User
from monitoring.models.choices import FindingStatusChoice

NOT_THERE = {FindingStatusChoice.ABSENT, FindingStatusChoice.LOST}


@transaction.atomic
def record(*, by: User, patient: Patient, finding: MutationFinding, now: datetime) -> MutationFinding:
    """Record what was found of a gene on a day; raises ImpossibleDate."""
    _check_level(finding.status, finding.vaf_pct, finding.allelic_ratio)
    return patients.record_finding(by=by, patient=patient, finding=finding, now=now)


@transaction.atomic
def change(
    *,
    by: User,
    finding: MutationFinding,
    changes: dict[str, Any],
    now: datetime,
    reason: str,
    seen: datetime | None = None,
) -> MutationFinding:
    """Correct a finding; raises ImpossibleDate, and StaleVersion where somebody else did meanwhile."""
    lock_as_seen(finding, seen)
    names = ("status", "vaf_pct", "allelic_ratio")
    _check_level(*(changes.get(name, getattr(finding, name)) for name in names))
    found_on = changes.get("found_on", finding.found_on)
    check_possible(patient=finding.patient, on=found_on, field="found_on", now=now)
    return rows.change(by=by, row=finding, patient=finding.patient, changes=changes, reason=reason)


def remove(*, by: User, finding: MutationFinding, reason: str) -> None:
    """Take a finding out that was written down by mistake."""
    if not reason.strip():
        raise ActionRefused(_("Say why it is removed."))
    rows.remove(by=by, row=finding, patient=finding.patient, reason=reason)


def _check_level(status: str, vaf_pct: Decimal | None, allelic_ratio: Decimal | None) -> None:
    if status not in NOT_THERE:
        return
    for field, value in (("vaf_pct", vaf_pct), ("allelic_ratio", allelic_ratio)):
        if value is not None:
            raise ImpossibleDate(field, _("What is not there has no level."))
