"""Handing a run to a second person: one result for each matched sample and assay, all or none, and never twice."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from monitoring.actions import results
from monitoring.actions.refusals import ActionRefused, StaleVersion, WrongState
from monitoring.actions.results import Seen
from monitoring.actions.run_quality import write_quality_points
from monitoring.actions.runs import facts_of, locked, record
from monitoring.domain.readings import RunReading, WellRead
from monitoring.domain.run_samples import MeasuredTarget
from monitoring.models import MrdResult, QpcrRun, User
from monitoring.models.choices import RunStateChoice
from monitoring.queries.run_fates import Fate
from monitoring.queries.run_review import Measured, RunReview, review, rows_behind


class RunFailed(ActionRefused):
    """A curve or a control failed, and nobody said that the results are handed on as not evaluable all the same."""


class NothingToSubmit(ActionRefused):
    """No sample of the run is matched, or all have their results."""


@dataclass(frozen=True, slots=True)
class Submission:
    """What was written, and which rows were left alone."""

    submitted: tuple[MrdResult, ...]
    left: tuple[Measured, ...]


@transaction.atomic
def submit(
    *,
    by: User,
    run: QpcrRun,
    revision: int,
    although_failed: bool,
    amend_because: Mapping[str, str],
    now: datetime,
) -> Submission:
    """Write and submit the results of a run; `amend_because` gives a reason by row where a signed one is amended.

    Sent twice it writes nothing twice. Raises StaleVersion, RunFailed and NothingToSubmit.
    """
    kept = locked(by=by, run=run, revision=None)
    seen = review(kept)
    if not _open_rows(seen, amend_because):
        if kept.state == RunStateChoice.SUBMITTED:
            return Submission((), seen.rows)
        raise NothingToSubmit(_("No sample of this run can be submitted yet: match its samples first."))
    if revision != kept.revision:
        raise StaleVersion(_("This run has changed since you opened it. Look at it again; nothing was submitted."))
    if seen.submits_failed and not although_failed:
        raise RunFailed(_("Tick that the results are handed on as not evaluable, or repeat the run."))
    written = tuple(_write(by, kept, seen, row, amend_because, now) for row in _open_rows(seen, amend_because))
    _close(by, kept, now)
    write_quality_points(kept, seen, now)
    return Submission(written, tuple(row for row in seen.rows if row not in _open_rows(seen, amend_because)))


def reading_of(run: QpcrRun, row: Measured) -> RunReading:
    """Return what a run says of one sample and assay, as it is written down."""
    relative = row.pair.relative
    level = relative.level if relative is not None else None
    return RunReading(
        run_id=run.pk,
        measured=replace(row.pair.quantification, problems=row.pair.problems),
        target_wells=_wells(row.target),
        abl1_wells=_wells(row.abl1),
        pct_baseline=level.pct_baseline if level is not None else None,
    )


def _open_rows(seen: RunReview, amend_because: Mapping[str, str]) -> tuple[Measured, ...]:
    return tuple(row for row in seen.rows if row.submits or _is_amended(row, amend_because))


def _is_amended(row: Measured, amend_because: Mapping[str, str]) -> bool:
    return row.fate is Fate.AMENDABLE and bool(amend_because.get(row.key, "").strip())


def _write(
    by: User, run: QpcrRun, seen: RunReview, row: Measured, amend_because: Mapping[str, str], now: datetime
) -> MrdResult:
    series, sample, assay = rows_behind(row, seen.on_record)
    reading = reading_of(run, row)
    try:
        with transaction.atomic():
            if row.standing is None:
                draft = results.enter(by=by, series=series, sample=sample, assay=assay, reading=reading)
            else:
                standing = MrdResult.objects.get(pk=row.standing.result_id)
                draft = _next(by, row, standing, reading, amend_because)
            return results.submit(by=by, result=draft, now=now)
    except (IntegrityError, WrongState) as error:
        raise StaleVersion(
            _("A result of sample %(number)s was written at this moment. Look at the run again; nothing was submitted.")
            % {"number": sample.accession_number}
        ) from error


def _next(
    by: User, row: Measured, standing: MrdResult, reading: RunReading, amend_because: Mapping[str, str]
) -> MrdResult:
    if row.fate is Fate.AMENDABLE:
        return results.amend(by=by, result=standing, reading=reading, reason=amend_because[row.key].strip())
    seen = Seen(standing.version, standing.submitted_at)
    return results.edit(by=by, result=standing, reading=reading, seen=seen, comment=standing.comment)


def _close(by: User, run: QpcrRun, now: datetime) -> None:
    before = facts_of(run)
    run.state, run.submitted_by, run.submitted_at = RunStateChoice.SUBMITTED, by, now
    run.revision += 1
    run.save(update_fields=["state", "submitted_by", "submitted_at", "revision"])
    record(action="run.submit", by=by, run=run, before=before)


def _wells(measured: MeasuredTarget | None) -> tuple[WellRead, ...]:
    """Return the wells as they are kept: 0 copies where nothing amplified, none where no curve could be used."""
    if measured is None:
        return ()
    return tuple(
        WellRead(
            cq=well.cq,
            copies=_copies(well.copies, measured),
            plate_well=well.position,
            left_out_because=well.left_out_because,
        )
        for well in measured.wells
    )


def _copies(copies: Decimal | None, measured: MeasuredTarget) -> Decimal | None:
    return Decimal(0) if copies is None and measured.mean is not None else copies
