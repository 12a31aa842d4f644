"""Correcting what a sample is, where its results are signed or wait for it: one person proposes, another signs.

The signature changes the sample, its results follow, and their verdicts and alerts are computed in the same
transaction. The database refuses every other way (migrations/sql/sample_corrections.sql).
"""

from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from monitoring import permissions
from monitoring.actions import audit, samples, verdicts_together
from monitoring.actions.refusals import ActionRefused, StaleVersion, WrongState
from monitoring.models import MrdResult, Sample, SampleCorrection, User
from monitoring.models.choices import ResultStateChoice, ScaleChoice
from monitoring.queries.sample_corrections import (
    BEFORE_EYES,
    DECIDING,
    effects_of,
    facts_of,
    fingerprint_of,
    has_signed_results,
)

State = SampleCorrection.State


class NothingToSign(ActionRefused):
    """A proposal that changes none of the facts, or where no result is signed: one person does that alone."""


@transaction.atomic
def put_right(
    *, by: User, sample: Sample, changes: dict[str, Any], reason: str, now: datetime
) -> SampleCorrection | None:
    """Correct at once what one person may, and propose the rest; returns the proposal where there is one."""
    deciding = {name: value for name, value in changes.items() if name in DECIDING and value != getattr(sample, name)}
    needs_two = bool(deciding) and has_signed_results(sample.pk)
    alone = {name: value for name, value in changes.items() if not needs_two or name not in DECIDING}
    if alone:
        samples.correct(by=by, sample=sample, changes=alone, reason=reason, now=now)
    return propose(by=by, sample=sample, changes=deciding, reason=reason, now=now) if needs_two else None


@transaction.atomic
def propose(*, by: User, sample: Sample, changes: dict[str, Any], reason: str, now: datetime) -> SampleCorrection:
    """Propose material, day or time point of a sample with signed results; nothing changes until it is signed."""
    permissions.check_can_enter_result(by, sample.laboratory.centre_id)
    if not reason.strip():
        raise ActionRefused(_("Say why the sample is corrected."))
    current = _locked_sample(sample.pk)
    if not has_signed_results(current.pk):
        raise NothingToSign(_("No result of this sample is signed or waits for it: correct it directly."))
    if SampleCorrection.objects.filter(sample=current, state=State.PROPOSED).exists():
        raise WrongState(_("A correction of this sample waits for a signature already."))
    was = facts_of(current)
    for name in DECIDING:
        setattr(current, name, changes.get(name, getattr(current, name)))
    becomes = facts_of(current)
    if was == becomes:
        raise NothingToSign(_("This is what is on record already."))
    samples.check_dates(current, now)
    _check_values_keep_their_meaning(current, was.tissue)
    proposal = SampleCorrection.objects.create(
        sample=current, patient_id=current.patient_id, was_tissue=was.tissue, was_collected_on=was.collected_on,
        was_timepoint=was.timepoint, tissue=becomes.tissue, collected_on=becomes.collected_on,
        timepoint=becomes.timepoint, reason=reason.strip(), proposed_by=by, proposed_at=now,
    )  # fmt: skip
    audit.record(
        action="sample.propose_correction", by=by, subject=proposal, patient_id=proposal.patient_id,
        after=audit.snapshot(proposal), reason=reason,
    )  # fmt: skip
    return proposal


@transaction.atomic
def sign(*, by: User, correction: SampleCorrection, effect: str, now: datetime) -> Sample:
    """Sign a proposal as the second person: the sample changes, its results follow, their verdicts are computed.

    `effect` is the fingerprint of what the person was shown (queries.sample_corrections). Raises StaleVersion where
    signing would now do something else, or where the sample has changed since.
    """
    proposal, sample = _locked(correction)
    _check_can_sign(by, proposal, sample)
    if facts_of(sample) != facts_of(_as_it_was(proposal)):
        raise StaleVersion(_("The sample has changed since this was proposed. Return it; nothing was signed."))
    if fingerprint_of(effects_of(proposal, now=now)) != effect:
        raise StaleVersion(
            _("Signing would now do something else than this page said. Look at it again; nothing was signed.")
        )
    before = audit.snapshot(sample)
    _check_dates_of(proposal, sample, now)
    _step("sample.sign_correction", by, proposal, proposal.reason, state=State.SIGNED, signed_by=by, signed_at=now)
    sample.refresh_from_db()
    audit.record(
        action="sample.correct", by=by, subject=sample, patient_id=sample.patient_id, before=before,
        after=audit.snapshot(sample), reason=proposal.reason,
    )  # fmt: skip
    _recompute(sample, now)
    return sample


@transaction.atomic
def send_back(*, by: User, correction: SampleCorrection, reason: str, now: datetime) -> SampleCorrection:
    """Return a proposal to whoever made it, with the reason; the sample stays as it is."""
    proposal, sample = _locked(correction)
    _check_can_sign(by, proposal, sample)
    if not reason.strip():
        raise ActionRefused(_("Say why you return it: whoever proposed it reads this."))
    return _step(
        "sample.return_correction", by, proposal, reason,
        state=State.RETURNED, closed_by=by, closed_at=now, comment=reason.strip(),
    )  # fmt: skip


@transaction.atomic
def withdraw(*, by: User, correction: SampleCorrection, reason: str, now: datetime) -> SampleCorrection:
    """Take one's own proposal back, with the reason; the sample stays as it is."""
    proposal, sample = _locked(correction)
    permissions.check_can_enter_result(by, sample.laboratory.centre_id)
    if proposal.proposed_by_id != by.pk:
        raise PermissionDenied(_("Whoever proposed a correction withdraws it; an authoriser returns it."))
    _check_open(proposal)
    if not reason.strip():
        raise ActionRefused(_("Say why you withdraw it."))
    return _step(
        "sample.withdraw_correction", by, proposal, reason,
        state=State.WITHDRAWN, closed_by=by, closed_at=now, comment=reason.strip(),
    )  # fmt: skip


def _check_can_sign(by: User, proposal: SampleCorrection, sample: Sample) -> None:
    permissions.check_can_sign_correction(by, sample.laboratory.centre_id, proposal.proposed_by_id)
    _check_open(proposal)


def _check_open(proposal: SampleCorrection) -> None:
    if proposal.state != State.PROPOSED:
        raise WrongState(_("This correction was signed, returned or withdrawn meanwhile."))


def _check_values_keep_their_meaning(sample: Sample, was_tissue: str) -> None:
    """Refuse another material where a value was converted with the level at diagnosis of the former one."""
    converted = MrdResult.objects.filter(
        sample=sample, state__in=BEFORE_EYES, entered_scale=ScaleChoice.PCT_BASELINE, entered_value__isnull=False
    )
    if sample.tissue != was_tissue and converted.exists():
        raise ActionRefused(
            _(
                "A result of this sample was given in per cent of the level at diagnosis in this material. Withdraw "
                "the result, correct the sample, and enter the result again."
            )
        )


def _check_dates_of(proposal: SampleCorrection, sample: Sample, now: datetime) -> None:
    """What was possible when it was proposed may not be any more: somebody died, a day of arrival was corrected."""
    sample.collected_on = proposal.collected_on
    samples.check_dates(sample, now)


def _recompute(sample: Sample, now: datetime) -> None:
    current = MrdResult.objects.filter(sample=sample, state=ResultStateChoice.AUTHORISED)
    for series_id in sorted(set(current.values_list("series_id", flat=True))):
        verdicts_together.compute(series_id, sample.patient_id, now=now)


def _locked(correction: SampleCorrection) -> tuple[SampleCorrection, Sample]:
    """Lock the sample, then the proposal, always in this order."""
    sample = _locked_sample(correction.sample_id)
    proposals = SampleCorrection.objects.select_for_update(of=("self",)).select_related("sample", "proposed_by")
    return proposals.get(pk=correction.pk), sample


def _locked_sample(pk: int) -> Sample:
    rows = Sample.objects.select_for_update(of=("self",)).select_related("laboratory", "patient__centre")
    return rows.get(pk=pk)


def _as_it_was(proposal: SampleCorrection) -> Sample:
    return Sample(tissue=proposal.was_tissue, collected_on=proposal.was_collected_on, timepoint=proposal.was_timepoint)


def _step(action: str, by: User, proposal: SampleCorrection, why: str, /, **changes: Any) -> SampleCorrection:
    before = audit.snapshot(proposal)
    for name, value in changes.items():
        setattr(proposal, name, value)
    proposal.save(update_fields=list(changes))
    proposal.refresh_from_db()
    audit.record(
        action=action, by=by, subject=proposal, patient_id=proposal.patient_id, before=before,
        after=audit.snapshot(proposal), reason=why,
    )  # fmt: skip
    return proposal
