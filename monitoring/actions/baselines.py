"""The level at diagnosis in one tissue: recorded, corrected, removed, never lost."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from monitoring import permissions
from monitoring.actions import rows
from monitoring.actions.constructed import without_entered
from monitoring.actions.dates import check_possible
from monitoring.actions.refusals import ActionRefused, StaleVersion
from monitoring.actions.seen_rows import lock_as_seen
from monitoring.domain.baseline_doubts import BaselineDoubt, LevelAtDiagnosis, doubts_about
from monitoring.models import Baseline, MrdSeries, User
from monitoring.models.choices import TissueChoice
from monitoring.queries.levels_at_diagnosis import read_beside
from monitoring.wording.baseline_words import questions_said


class DoubtfulLevel(ActionRefused):
    """A level that is written down only by somebody who was asked about it; the message asks."""

    def __init__(self, doubts: tuple[BaselineDoubt, ...], message: str) -> None:
        super().__init__(message)
        self.doubts = doubts


@transaction.atomic
def record(
    *,
    by: User,
    series: MrdSeries,
    tissue: TissueChoice,
    pct_abl1: Decimal,
    collected_on: date,
    now: datetime,
    abl1_copies: Decimal | None = None,
    constructed: list[str] | None = None,
    sure: bool = False,
) -> Baseline:
    """Record the level at diagnosis in one tissue, in per cent of ABL1; `sure`: whoever says it was asked.

    Raises ImpossibleDate, DoubtfulLevel, and StaleVersion where there is one already.
    """
    permissions.check_can_record(by, series.patient_id)
    check_possible(patient=series.patient, on=collected_on, field="collected_on", now=now)
    if not sure:
        _check_plausible(series, tissue, LevelAtDiagnosis(pct_abl1, collected_on, abl1_copies))
    row = Baseline(
        series=series, patient_id=series.patient_id, tissue=tissue, pct_abl1=pct_abl1, abl1_copies=abl1_copies,
        collected_on=collected_on, constructed=constructed or [],
    )  # fmt: skip
    try:
        with transaction.atomic():
            return rows.add(by=by, row=row, patient=series.patient)
    except IntegrityError as error:
        if "baseline_once_per_tissue" in str(error):
            raise StaleVersion(
                _("A level at diagnosis was recorded meanwhile. Nothing was saved: look at it.")
            ) from error
        raise


@transaction.atomic
def change(
    *,
    by: User,
    baseline: Baseline,
    changes: dict[str, Any],
    now: datetime,
    reason: str,
    seen: datetime | None = None,
    sure: bool = False,
) -> Baseline:
    """Correct a level at diagnosis: `pct_abl1`, `abl1_copies`, `collected_on`; what is entered is constructed no more.

    Raises ImpossibleDate, DoubtfulLevel, and StaleVersion where somebody else corrected it meanwhile.
    """
    permissions.check_can_record(by, baseline.patient_id)
    if not reason.strip():
        raise ActionRefused(_("Say why it is corrected."))
    lock_as_seen(baseline, seen)
    series = baseline.series
    collected_on = changes.get("collected_on", baseline.collected_on)
    check_possible(patient=series.patient, on=collected_on, field="collected_on", now=now)
    if not sure:
        level, copies = changes.get("pct_abl1", baseline.pct_abl1), changes.get("abl1_copies", baseline.abl1_copies)
        _check_plausible(series, baseline.tissue, LevelAtDiagnosis(level, collected_on, copies))
    return rows.change(
        by=by, row=baseline, patient=series.patient, changes=without_entered(baseline, changes), reason=reason
    )


@transaction.atomic
def remove(*, by: User, baseline: Baseline, reason: str, seen: datetime | None = None) -> None:
    """Take a level at diagnosis out that was written down by mistake."""
    permissions.check_can_record(by, baseline.patient_id)
    if not reason.strip():
        raise ActionRefused(_("Say why it is removed."))
    rows.remove(by=by, row=baseline, patient=baseline.series.patient, reason=reason, seen=seen)


def _check_plausible(series: MrdSeries, tissue: str, level: LevelAtDiagnosis) -> None:
    beside = read_beside(series, tissue)
    doubts = doubts_about(level, beside)
    if doubts:
        raise DoubtfulLevel(doubts, " ".join(questions_said(doubts, beside)))
