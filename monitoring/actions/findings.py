"""Mutation findings: recorded, corrected, removed, never lost."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from monitoring import permissions
from monitoring.actions import patients, rows
from monitoring.actions.dates import check_possible
from monitoring.actions.refusals import ActionRefused, ImpossibleDate, StaleVersion
from monitoring.actions.seen_rows import lock_as_seen
from monitoring.models import MutationFinding, Patient, Sample, User
from monitoring.models.choices import FindingStatusChoice

FACTS = ("found_on", "tissue")  # what a finding has from its sample, where one is named
NOT_THERE = {FindingStatusChoice.ABSENT, FindingStatusChoice.LOST}


@transaction.atomic
def record(*, by: User, patient: Patient, finding: MutationFinding, now: datetime) -> MutationFinding:
    """Record what was found of a gene in a sample, or on a day; raises ImpossibleDate.

    The day and the tissue of a finding with a sample are those of the sample.
    """
    permissions.check_can_record(by, patient.pk)
    _check_level(finding.status, finding.vaf_pct, finding.allelic_ratio)
    if finding.sample_id is not None:
        typed = {"found_on": finding.found_on, "tissue": finding.tissue}
        for name, value in _facts_of(finding.sample_id, patient, typed).items():
            setattr(finding, name, value)
    if finding.found_on is None:
        raise ImpossibleDate("found_on", _("Choose the sample, or say on which day it was found."))
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
    permissions.check_can_record(by, finding.patient_id)
    _lock(finding, changes.get("sample_id"), seen)
    names = ("status", "vaf_pct", "allelic_ratio")
    _check_level(*(changes.get(name, getattr(finding, name)) for name in names))
    changes = _with_facts_of_sample(finding, changes)
    found_on = changes.get("found_on", finding.found_on)
    if found_on is None:
        raise ImpossibleDate("found_on", _("Choose the sample, or say on which day it was found."))
    check_possible(patient=finding.patient, on=found_on, field="found_on", now=now)
    return rows.change(by=by, row=finding, patient=finding.patient, changes=changes, reason=reason)


def remove(*, by: User, finding: MutationFinding, reason: str, seen: datetime | None = None) -> None:
    """Take a finding out that was written down by mistake."""
    if not reason.strip():
        raise ActionRefused(_("Say why it is removed."))
    rows.remove(by=by, row=finding, patient=finding.patient, reason=reason, seen=seen)


def _lock(finding: MutationFinding, sample_id: int | None, seen: datetime | None) -> None:
    """Lock the samples, then the finding, as a correction of a sample does, and take the finding as it is now."""
    named = {pk for pk in (sample_id, finding.sample_id) if pk is not None}
    samples = Sample.objects.select_for_update(of=("self",), no_key=True).order_by("pk")
    list(samples.filter(pk__in=named, patient_id=finding.patient_id).values_list("pk"))
    lock_as_seen(finding, seen)
    finding.refresh_from_db()
    if finding.sample_id not in {*named, None}:
        raise StaleVersion(_("Somebody has changed this meanwhile. Nothing was saved: look at it again."))


def _with_facts_of_sample(finding: MutationFinding, changes: dict[str, Any]) -> dict[str, Any]:
    """Return the changes with day and tissue of the sample; what stood of a former sample was not typed."""
    sample_id = changes.get("sample_id", finding.sample_id)
    if sample_id is None:
        return changes
    is_other = finding.sample_id is not None and sample_id != finding.sample_id
    typed = {
        name: value
        for name in FACTS
        if (value := changes.get(name)) is not None and not (is_other and value == getattr(finding, name))
    }
    return {**changes, **_facts_of(sample_id, finding.patient, typed)}


def _facts_of(sample_id: int, patient: Patient, typed: Mapping[str, Any]) -> dict[str, Any]:
    """Return day and tissue of a sample of this patient; raises ImpossibleDate where something else was typed.

    The sample is locked: whoever corrects it meanwhile is waited for.
    """
    samples = Sample.objects.select_for_update(of=("self",), no_key=True)
    sample = samples.filter(pk=sample_id, patient_id=patient.pk).first()
    if sample is None:
        raise ImpossibleDate("sample", _("No such sample of this patient is on record."))
    own = dict(zip(FACTS, (sample.collected_on, sample.tissue), strict=True))
    for name, value in own.items():
        if typed.get(name) and typed[name] != value:
            raise ImpossibleDate(name, _("The sample says otherwise: leave this empty, or choose another sample."))
    return own


def _check_level(status: str, vaf_pct: Decimal | None, allelic_ratio: Decimal | None) -> None:
    if status not in NOT_THERE:
        return
    for field, value in (("vaf_pct", vaf_pct), ("allelic_ratio", allelic_ratio)):
        if value is not None:
            raise ImpossibleDate(field, _("What is not there has no level."))
