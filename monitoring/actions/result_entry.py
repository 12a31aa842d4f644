"""Writing down one result with its sample, in one go, and rehearsing it before anything is written."""

import hashlib
import json
from collections.abc import Callable
from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from monitoring.actions import audit, results, samples
from monitoring.actions.refusals import ActionRefused, ImpossibleDate, StaleVersion
from monitoring.actions.results import Seen
from monitoring.domain.readings import Reading
from monitoring.models import Assay, MrdResult, MrdSeries, Sample, User
from monitoring.models.choices import ResultStateChoice


class AccessionInUse(ActionRefused):
    """The laboratory has a sample with this number already; whose, is not said."""


class AlreadyMeasured(ActionRefused):
    """The sample has a result of this assay on record."""


def write_down(
    *,
    by: User,
    series: MrdSeries,
    assay: Assay,
    sample: Sample,
    reading: Reading,
    comment: str,
    submit: bool,
    now: datetime,
) -> MrdResult:
    """Take the sample in where it is new, enter its result, and hand it to a second person if `submit`.

    Raises AccessionInUse, AlreadyMeasured, ImpossibleDate, and what `measure` raises.
    """
    with transaction.atomic():
        taken_in = sample if sample.pk else _take_in(by, sample, now)
        draft = _enter(by, series, taken_in, assay, reading, comment)
        return results.submit(by=by, result=draft, now=now) if submit else draft


def revise(
    *,
    by: User,
    result: MrdResult,
    reading: Reading,
    comment: str,
    seen: Seen,
    content: str,
    submit: bool,
    now: datetime,
) -> MrdResult:
    """Replace a draft, unless somebody else has done so since `content` was read; then submit it, if asked."""
    with transaction.atomic():
        if content != content_of(MrdResult.objects.select_for_update().get(pk=result.pk)):
            raise StaleVersion(
                _("Somebody else has edited this draft since you opened it. Nothing of yours was saved.")
            )
        draft = results.edit(by=by, result=result, reading=reading, seen=seen, comment=comment)
        return results.submit(by=by, result=draft, now=now) if submit else draft


def begin_amendment(
    *,
    by: User,
    result: MrdResult,
    reading: Reading,
    reason: str,
    comment: str,
    submit: bool,
    now: datetime,
) -> MrdResult:
    """Write the next version of an authorised result; raises AlreadyMeasured while another next version is open."""
    with transaction.atomic():
        try:
            draft = results.amend(by=by, result=result, reading=reading, reason=reason, comment=comment)
        except IntegrityError as error:
            raise AlreadyMeasured(_("A next version of this result is already being written.")) from error
        return results.submit(by=by, result=draft, now=now) if submit else draft


def rehearse(write: Callable[[], MrdResult]) -> MrdResult:
    """Do what a write would do, refuse what it would refuse, and leave nothing behind."""
    with transaction.atomic():
        written = write()
        transaction.set_rollback(True)
    return written


def content_of(draft: MrdResult) -> str:
    """Return what tells the content of a draft from any other: its columns and its wells."""
    wells = list(draft.wells.order_by("target", "position").values_list("target", "position", "cq", "copies"))
    told = json.dumps([audit.snapshot(draft), wells], default=str, sort_keys=True)
    return hashlib.sha256(told.encode()).hexdigest()


def _take_in(by: User, sample: Sample, now: datetime) -> Sample:
    try:
        return samples.register(by=by, sample=sample, now=now)
    except ImpossibleDate:
        raise
    except ActionRefused as refused:
        raise AccessionInUse(
            _("This accession number belongs to another sample of the laboratory. Check the tube and the patient.")
        ) from refused


def _enter(by: User, series: MrdSeries, sample: Sample, assay: Assay, reading: Reading, comment: str) -> MrdResult:
    already = _("This sample already has a result of this assay. Open it to edit or amend it.")
    if MrdResult.objects.filter(sample=sample, assay=assay).exclude(state=ResultStateChoice.WITHDRAWN).exists():
        raise AlreadyMeasured(already)
    try:
        return results.enter(by=by, series=series, sample=sample, assay=assay, reading=reading, comment=comment)
    except IntegrityError as error:
        raise AlreadyMeasured(already) from error
