"""Runs of the bench: a file is taken in, wells are left out, facts are written beside it, a run is discarded."""

import json
from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from monitoring import permissions
from monitoring.actions import audit
from monitoring.actions.refusals import ActionRefused, StaleVersion, WrongState
from monitoring.actions.run_files import NAME_KEPT, DroppedFile, RunFile, read_run
from monitoring.domain.control_names import control_named
from monitoring.domain.plate import Plate, PrintedCurve, Reaction, ReaderNote, WellRole
from monitoring.models import (
    Laboratory,
    MrdResult,
    QpcrRun,
    ReagentLot,
    RunLot,
    RunReaction,
    RunSample,
    RunTarget,
    User,
)
from monitoring.models.choices import LotStateChoice, ResultStateChoice, RunStateChoice, RunTargetChoice
from monitoring.queries.run_targets import certain_targets
from monitoring.queries.run_wells import editable_wells

KEPT_OF_MOMENT = 60  # characters of the moment as the instrument printed it
NOT_IN_AUDIT = ("file_content", "printed_curves", "notes")


class FileTakenBefore(ActionRefused):
    """The laboratory has this file already, as the run of this number."""

    def __init__(self, run_id: int) -> None:
        super().__init__(_("This file was taken in before. Nothing was taken in twice; open the run that it became."))
        self.run_id = run_id


class WellNotEditable(ActionRefused):
    """A well that stands behind a result which was submitted or signed."""


@transaction.atomic
def take_in(*, by: User, laboratory: Laboratory, files: Sequence[DroppedFile], now: datetime) -> QpcrRun:
    """Take in the files of one run, whole or not at all; raises FileNotRead and FileTakenBefore."""
    permissions.check_can_enter_result(by, laboratory.centre_id)
    read = read_run(files)
    # one at a time for each laboratory: the second of two equal uploads finds the first
    Laboratory.objects.select_for_update(no_key=True).get(pk=laboratory.pk)
    _check_new(laboratory, read)
    run = _run_of(by, laboratory, read, now)
    try:
        with transaction.atomic():
            run.save(force_insert=True)
    except IntegrityError as error:
        raise FileTakenBefore(0) from error
    RunReaction.objects.bulk_create(_reaction_row(run, each) for each in read.plate.reactions)
    _write_names(run, read.plate)
    record(action="run.take_in", by=by, run=run, before=None)
    return run


@transaction.atomic
def leave_out(*, by: User, run: QpcrRun, reaction_id: int, because: str, revision: int, now: datetime) -> QpcrRun:
    """Leave a reaction out, with the reason; the Cq stays on record. An empty reason takes it back in."""
    kept = locked(by=by, run=run, revision=revision)
    reaction = RunReaction.objects.filter(run=kept, pk=reaction_id).first()
    if reaction is None:
        raise ActionRefused(_("This well is not part of the run."))
    if reaction.pk not in editable_wells(kept):
        raise WellNotEditable(
            _("A result that this well stands behind was submitted or signed. Have it returned, or amend it.")
        )
    before = {"well": reaction.well, "target": reaction.target_name, "because": reaction.excluded_because}
    reason = because.strip()
    reaction.excluded_because = reason
    reaction.excluded_by, reaction.excluded_at = (by, now) if reason else (None, None)
    reaction.save(update_fields=["excluded_because", "excluded_by", "excluded_at"])
    action = "run.leave_out" if reason else "run.take_well_in"
    return edited(by=by, run=kept, action=action, before=before, after={**before, "because": reason}, reason=reason)


@transaction.atomic
def describe(
    *, by: User, run: QpcrRun, run_on: date | None, comment: str, lot_ids: Sequence[int], revision: int
) -> QpcrRun:
    """Write down the day of the run, a comment and the lots that it was made with."""
    kept = locked(by=by, run=run, revision=revision)
    lots = list(ReagentLot.objects.filter(laboratory_id=kept.laboratory_id, pk__in=lot_ids))
    used = sorted(RunLot.objects.filter(run=kept).values_list("lot_id", flat=True))
    if any(lot.state == LotStateChoice.FAILED and lot.pk not in used for lot in lots):
        raise ActionRefused(_("A lot that failed cannot be chosen: no result of the run could be authorised."))
    _check_failed_lots_stay(kept, {lot.pk for lot in lots})
    before = {"run_on": kept.run_on.isoformat() if kept.run_on else None, "comment": kept.comment, "lots": used}
    kept.run_on, kept.comment = run_on, comment.strip()
    kept.save(update_fields=["run_on", "comment"])
    RunLot.objects.filter(run=kept).exclude(lot__in=lots).delete()
    RunLot.objects.bulk_create((RunLot(run=kept, lot=lot) for lot in lots), ignore_conflicts=True)
    chosen = sorted(lot.pk for lot in lots)
    after = {"run_on": run_on.isoformat() if run_on else None, "comment": kept.comment, "lots": chosen}
    return edited(by=by, run=kept, action="run.describe", before=before, after=after)


def _check_failed_lots_stay(run: QpcrRun, chosen: set[int]) -> None:
    """A failed lot stops the signing; taking it off the run would be a way around it (the database refuses it too)."""
    failed = RunLot.objects.filter(run=run, lot__state=LotStateChoice.FAILED).exclude(lot_id__in=chosen)
    if failed.exists() and MrdResult.objects.filter(run=run, state=ResultStateChoice.SUBMITTED).exists():
        raise ActionRefused(
            _("A lot that failed stays with the run while results of it wait. Return these results first.")
        )


@transaction.atomic
def discard(*, by: User, run: QpcrRun, reason: str, revision: int, now: datetime) -> QpcrRun:
    """Lay a run aside for good; its file may be taken in again. Refused once a result was made of it."""
    kept = locked(by=by, run=run, revision=revision)
    if not reason.strip():
        raise ActionRefused(_("Say why the run is discarded."))
    if kept.state != RunStateChoice.IN_REVIEW:
        raise WrongState(_("Results were made of this run. Withdraw or amend these instead."))
    before = facts_of(kept)
    kept.state, kept.discarded_because = RunStateChoice.DISCARDED, reason.strip()
    kept.discarded_by, kept.discarded_at = by, now
    kept.revision += 1
    kept.save(update_fields=["state", "discarded_because", "discarded_by", "discarded_at", "revision"])
    record(action="run.discard", by=by, run=kept, before=before, reason=reason)
    return kept


def locked(*, by: User, run: QpcrRun, revision: int | None) -> QpcrRun:
    """Lock a run for an edit by this person, who saw this revision; None where none was seen."""
    kept = QpcrRun.objects.select_for_update(of=("self",)).select_related("laboratory").defer("file_content")
    found = kept.get(pk=run.pk)
    permissions.check_can_enter_result(by, found.laboratory.centre_id)
    if found.state == RunStateChoice.DISCARDED:
        raise WrongState(_("This run was discarded."))
    if revision is not None and revision != found.revision:
        raise StaleVersion(_("This run has changed since you opened it. Look at it again; nothing was saved."))
    return found


def edited(
    *, by: User, run: QpcrRun, action: str, before: dict[str, Any] | None, after: dict[str, Any], reason: str = "",
    patient_id: int | None = None,
) -> QpcrRun:  # fmt: skip
    """Raise the revision of a locked run and write down what was done to it."""
    run.revision += 1
    run.save(update_fields=["revision"])
    audit.record(
        action=action, by=by, subject=run, patient_id=patient_id, before=before,
        after={**after, "revision": run.revision}, reason=reason,
    )  # fmt: skip
    return run


def record(*, action: str, by: User, run: QpcrRun, before: dict[str, Any] | None, reason: str = "") -> None:
    """Write down what was done to a run as a whole; the file itself stays where it is."""
    audit.record(action=action, by=by, subject=run, before=before, after=facts_of(run), reason=reason)


def facts_of(run: QpcrRun) -> dict[str, Any]:
    """Return the columns of a run without its file."""
    fields = [field for field in run._meta.concrete_fields if field.name not in NOT_IN_AUDIT]
    values = {field.attname: getattr(run, field.attname) for field in fields}
    return {name: value.isoformat() if isinstance(value, date) else value for name, value in values.items()}


def _check_new(laboratory: Laboratory, read: RunFile) -> None:
    """Refuse a file that is a run already, alone or as one of several."""
    runs = QpcrRun.objects.filter(laboratory=laboratory).exclude(state=RunStateChoice.DISCARDED)
    same = runs.filter(file_sha256__in=[read.sha256, *read.parts]).values_list("pk", flat=True).first()
    for part in () if same else read.parts:
        same = same or runs.filter(notes__contains=[{"part": part}]).values_list("pk", flat=True).first()
    if same:
        raise FileTakenBefore(same)


def _run_of(by: User, laboratory: Laboratory, read: RunFile, now: datetime) -> QpcrRun:
    plate = read.plate
    parts = [{"part": part} for part in read.parts] if len(read.parts) > 1 else []
    return QpcrRun(
        laboratory=laboratory,
        name=(plate.run_name or read.name.rpartition(".")[0] or read.name)[:NAME_KEPT],
        format=plate.format.value,
        instrument=plate.instrument[:NAME_KEPT],
        printed_run_at=plate.run_at[:KEPT_OF_MOMENT],
        run_on=_day_of(plate.run_at, now.astimezone(laboratory.centre.zone).date()),
        cycles=plate.cycles,
        file_name=read.name,
        file_sha256=read.sha256,
        file_content=read.content,
        notes=[*map(_note_kept, plate.notes), *parts],
        printed_curves=[_curve_kept(each) for each in plate.curves],
        uploaded_by=by,
        uploaded_at=now,
    )


def _day_of(printed: str, today: date) -> date | None:
    """The day of the run where it is printed as 2026-11-20; any other order of day and month is a guess."""
    try:
        day = date.fromisoformat(printed.strip()[:10])
    except ValueError:
        return None
    return day if day <= today else None


def _note_kept(note: ReaderNote) -> dict[str, Any]:
    return {"code": note.code.value, "count": note.count, "detail": note.detail}


def _curve_kept(curve: PrintedCurve) -> dict[str, Any]:
    numbers: dict[str, Decimal | None] = {
        "slope": curve.slope, "intercept": curve.intercept, "r2": curve.r2, "efficiency_pct": curve.efficiency_pct,
    }  # fmt: skip
    return {"target": curve.target, **{name: None if n is None else str(n) for name, n in numbers.items()}}


def _reaction_row(run: QpcrRun, reaction: Reaction) -> RunReaction:
    return RunReaction(
        run=run,
        well=reaction.well,
        sample_name=reaction.sample,
        target_name=reaction.target,
        role=reaction.role.value,
        cq=reaction.cq,
        standard_copies=reaction.standard_copies,
        printed_copies=reaction.printed_copies,
        omitted=reaction.omitted,
        marks=json.loads(json.dumps(list(reaction.marks))),
        line=reaction.line,
    )


def _write_names(run: QpcrRun, plate: Plate) -> None:
    """Write every name that a person has to say something about; targets known from earlier runs are settled."""
    RunSample.objects.bulk_create(
        RunSample(run=run, sample_name=name, role=(control_named(name) or WellRole.SAMPLE).value)
        for name in plate.samples()
        if name
    )
    settled = certain_targets(run.laboratory_id, plate.targets())
    RunTarget.objects.bulk_create(
        RunTarget(run=run, target_name=name, kind=kind, assay_id=assay_id if kind == RunTargetChoice.ASSAY else None)
        for name, (kind, assay_id) in settled.items()
    )
