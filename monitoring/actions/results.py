"""The life of a result: entered, submitted, authorised by a second person, amended, withdrawn."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from monitoring import permissions
from monitoring.actions import audit, lots, repeats, verdicts_together
from monitoring.actions.refusals import ActionRefused, StaleVersion, WrongState
from monitoring.domain.quantification import Quantification
from monitoring.domain.readings import CqReading, Reading, ReportedReading, RunReading, measure, wells_read
from monitoring.domain.terms import Tissue
from monitoring.models import Assay, Baseline, MrdResult, MrdSeries, ResultWell, Sample, User
from monitoring.models.choices import AuthorisationBasisChoice, ScaleChoice
from monitoring.models.choices import ResultStateChoice as State
from monitoring.queries.assays import settings_of


@dataclass(frozen=True, slots=True)
class Seen:
    """What the person had before their eyes: the version, and when it was submitted."""

    version: int
    submitted_at: datetime | None


def measurement(*, series: MrdSeries, sample: Sample, assay: Assay, reading: Reading) -> Quantification:
    """Return what a reading means for this sample, by the functions of the domain; nothing is written."""
    baselines = Baseline.objects.filter(series=series)
    return measure(
        reading,
        settings_of(assay),
        series.mutation_type or None,
        {Tissue(row.tissue): row.pct_abl1 for row in baselines},
        Tissue(sample.tissue),
    )


@transaction.atomic
def enter(
    *, by: User, series: MrdSeries, sample: Sample, assay: Assay, reading: Reading, comment: str = ""
) -> MrdResult:
    """Write down a first version as a draft; refuses a second determination while one is on record."""
    permissions.check_can_enter_result(by, assay.laboratory.centre_id)
    if MrdResult.objects.filter(sample=sample, assay=assay).exclude(state=State.WITHDRAWN).exists():
        raise ActionRefused(_("This sample already has a result of this assay. Open it to edit or amend it."))
    last = MrdResult.objects.filter(sample=sample, assay=assay).order_by("-version").first()
    return _write_version(
        by=by, series=series, sample=sample, assay=assay, reading=reading,
        version=last.version + 1 if last else 1, comment=comment, reason="",
    )  # fmt: skip


@transaction.atomic
def amend(*, by: User, result: MrdResult, reading: Reading, reason: str, comment: str = "") -> MrdResult:
    """Begin the next version from nothing but sample and assay; the authorised one stays until that is signed."""
    current = _locked(result)
    permissions.check_can_enter_result(by, current.assay.laboratory.centre_id)
    _check_state(current, State.AUTHORISED)
    if not reason.strip():
        raise ActionRefused(_("Say why the result is amended."))
    return _write_version(
        by=by, series=current.series, sample=current.sample, assay=current.assay, reading=reading,
        version=current.version + 1, comment=comment, reason=reason,
    )  # fmt: skip


@transaction.atomic
def edit(*, by: User, result: MrdResult, reading: Reading, seen: Seen, comment: str = "") -> MrdResult:
    """Replace the content of a draft; whoever does so becomes a contributor and cannot authorise it."""
    draft = _locked(result)
    permissions.check_can_enter_result(by, draft.assay.laboratory.centre_id)
    _check_seen(draft, seen)
    _check_state(draft, State.DRAFT)
    before = audit.snapshot(draft)
    quantified = measurement(series=draft.series, sample=draft.sample, assay=draft.assay, reading=reading)
    _fill(draft, quantified, reading)
    draft.comment = comment
    draft.save()
    draft.wells.all().delete()
    _write_wells(draft, reading)
    _record("result.edit", by, draft, before)
    return draft


@transaction.atomic
def submit(*, by: User, result: MrdResult, now: datetime) -> MrdResult:
    """Hand a draft to a second person."""
    draft = _locked(result)
    permissions.check_can_enter_result(by, draft.assay.laboratory.centre_id)
    _check_state(draft, State.DRAFT)
    return _step("result.submit", by, draft, state=State.SUBMITTED, submitted_by=by, submitted_at=now)


@transaction.atomic
def reject(*, by: User, result: MrdResult, reason: str, seen: Seen) -> MrdResult:
    """Return a submitted result to draft, with the reason."""
    submitted = _locked(result)
    permissions.check_can_authorise_result(by, submitted)
    _check_seen(submitted, seen)
    _check_state(submitted, State.SUBMITTED)
    if not reason.strip():
        raise ActionRefused(_("Say why the result is returned."))
    return _step(
        "result.reject", by, submitted, reason,
        state=State.DRAFT, submitted_by=None, submitted_at=None, reason=reason,
    )  # fmt: skip


@transaction.atomic
def authorise(*, by: User, result: MrdResult, seen: Seen, now: datetime) -> MrdResult:
    """Sign a submitted result as the second person; the verdicts of its series are computed in the same transaction."""
    submitted = _locked(result)
    permissions.check_can_authorise_result(by, submitted)
    _check_seen(submitted, seen)
    _check_state(submitted, State.SUBMITTED)
    lots.check_run(submitted.run_id)
    supersede(submitted.sample, submitted.assay, by=by, now=now, determination=submitted.determination)
    signed = _step(
        "result.authorise", by, submitted,
        state=State.AUTHORISED, authorised_by=by, authorised_at=now,
        authorisation_basis=AuthorisationBasisChoice.TWO_PEOPLE,
    )  # fmt: skip
    repeats.close_answered(by=by, result=signed, now=now)
    recompute_now(signed, now)
    return signed


@transaction.atomic
def withdraw(*, by: User, result: MrdResult, reason: str, now: datetime) -> MrdResult:
    """Take an authorised result out of its series, or discard a draft; it stays on record with the reason."""
    current = _locked(result)
    if current.state == State.DRAFT:
        permissions.check_can_enter_result(by, current.assay.laboratory.centre_id)
    else:
        _check_state(current, State.AUTHORISED)
        permissions.check_can_withdraw_result(by, current)
    if not reason.strip():
        raise ActionRefused(_("Say why the result is withdrawn."))
    return withdrawn(current, by=by, reason=reason, now=now)


def withdrawn(current: MrdResult, *, by: User, reason: str, now: datetime) -> MrdResult:
    """Take a version out, whoever was asked before; its series is computed anew where it counted."""
    was_authorised = current.state == State.AUTHORISED
    taken_out = _step(
        "result.withdraw", by, current, reason,
        state=State.WITHDRAWN, withdrawn_by=by, withdrawn_at=now, reason=reason,
    )  # fmt: skip
    if was_authorised:
        recompute_now(taken_out, now)
    return taken_out


def _locked(result: MrdResult) -> MrdResult:
    """Lock the version and the series it belongs to, always in this order."""
    return (
        MrdResult.objects.select_for_update(of=("self",), no_key=True)
        .select_related("series", "sample", "assay__laboratory", "patient__centre")
        .get(pk=result.pk)
    )


def _check_seen(result: MrdResult, seen: Seen) -> None:
    if (result.version, result.submitted_at) != (seen.version, seen.submitted_at):
        raise StaleVersion(_("This result has changed since you opened it. Look at it again; nothing was saved."))


def _check_state(result: MrdResult, wanted: State) -> None:
    if result.state != wanted:
        raise WrongState(
            _("This result is %(state)s; this step needs one that is %(wanted)s.")
            % {"state": State(result.state).label, "wanted": wanted.label}
        )


def _write_version(
    *, by: User, series: MrdSeries, sample: Sample, assay: Assay, reading: Reading, version: int, comment: str,
    reason: str,
) -> MrdResult:  # fmt: skip
    result = unsigned_version(
        by=by, series=series, sample=sample, assay=assay, reading=reading, version=version, comment=comment,
        reason=reason,
    )  # fmt: skip
    result.save(force_insert=True)
    _write_wells(result, reading)
    _record("result.enter", by, result, None, reason)
    return result


def unsigned_version(
    *, by: User, series: MrdSeries, sample: Sample, assay: Assay, reading: Reading, version: int, comment: str,
    reason: str, quantified: Quantification | None = None,
) -> MrdResult:  # fmt: skip
    """Return a version as its reading makes it, not yet written down; `quantified` where that was computed already."""
    result = MrdResult(
        patient_id=series.patient_id,
        series=series,
        sample=sample,
        assay=assay,
        version=version,
        collected_on=sample.collected_on,
        tissue=sample.tissue,
        timepoint=sample.timepoint,
        assay_key=assay.assay_key,
        entered_by=by,
        comment=comment,
        reason=reason,
    )
    measured = quantified or measurement(series=series, sample=sample, assay=assay, reading=reading)
    _fill(result, measured, reading)
    return result


def _fill(result: MrdResult, quantified: Quantification, reading: Reading) -> None:
    """Copy what was computed, and what was said, into the columns of a version."""
    result.call = quantified.call.value
    result.pct_abl1 = quantified.pct_abl1
    result.extrapolated_pct_abl1 = quantified.extrapolated_pct_abl1
    result.target_copies = quantified.target_copies
    result.abl1_copies = quantified.abl1_copies
    result.lod_pct_abl1 = quantified.lod_pct_abl1
    result.loq_pct_abl1 = quantified.loq_pct_abl1
    result.problems = [
        {"code": problem.code, "gene": problem.gene, "found": None if problem.found is None else str(problem.found)}
        for problem in quantified.problems
    ]
    # what is typed over what a run gave is no longer the run's
    result.run_id = reading.run_id if isinstance(reading, RunReading) else None
    if isinstance(reading, ReportedReading):
        result.entered_scale = reading.scale.value if reading.scale else ScaleChoice.NONE
        result.entered_value = reading.value
    elif isinstance(reading, RunReading) and reading.pct_baseline is not None:
        result.entered_scale, result.entered_value = ScaleChoice.PCT_BASELINE, reading.pct_baseline
    else:
        result.entered_scale, result.entered_value = ScaleChoice.COPIES, None
    result.typed_curves = _curves(reading) if isinstance(reading, CqReading) else None


def _curves(reading: CqReading) -> dict[str, dict[str, str]]:
    curves = {"target": reading.target_curve, "abl1": reading.abl1_curve}
    return {
        gene: {"slope": str(curve.slope), "intercept": str(curve.intercept), "r2": str(curve.r2)}
        for gene, curve in curves.items()
    }


def _write_wells(result: MrdResult, reading: Reading) -> None:
    ResultWell.objects.bulk_create(wells_of_version(result, reading))


def wells_of_version(result: MrdResult, reading: Reading) -> list[ResultWell]:
    """Return the wells of a version as its reading tells them, not yet written down."""
    if isinstance(reading, ReportedReading):
        return []
    return [
        ResultWell(
            result=result, patient_id=result.patient_id, target=target, position=position, cq=well.cq,
            copies=well.copies, plate_well=well.plate_well, excluded_because=well.left_out_because,
        )
        for target, wells in zip(ResultWell.Target, wells_read(reading, settings_of(result.assay)), strict=True)
        for position, well in enumerate(wells, start=1)
    ]  # fmt: skip


def supersede(sample: Sample, assay: Assay, *, by: User, now: datetime, determination: int = 1) -> None:
    """Take the version that counts out of its place, for the one that follows in the same transaction."""
    same = MrdResult.objects.filter(sample=sample, assay=assay, determination=determination)
    supersede_versions(same.filter(state=State.AUTHORISED), by=by, now=now)


def supersede_versions(counting: Iterable[MrdResult], *, by: User, now: datetime) -> None:
    """Take these versions out of their places."""
    for older in counting:
        _step("result.supersede", by, older, state=State.SUPERSEDED, superseded_at=now)


def _step(action: str, by: User, result: MrdResult, why: str = "", /, **changes: Any) -> MrdResult:
    before = audit.snapshot(result)
    for name, value in changes.items():
        setattr(result, name, value)
    result.save(update_fields=list(changes))
    _record(action, by, result, before, why)
    return result


def _record(action: str, by: User, result: MrdResult, before: dict[str, Any] | None, reason: str = "") -> None:
    audit.record(
        action=action, by=by, subject=result, patient_id=result.patient_id,
        before=before, after=audit.snapshot(result), reason=reason,
    )  # fmt: skip


def recompute_now(result: MrdResult, now: datetime) -> None:
    """Compute the verdicts in this transaction; the worker is woken for the figure and for those who are to be told."""
    verdicts_together.compute(result.series_id, result.patient_id, now=now)
