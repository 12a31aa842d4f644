"""Asking that a sample be measured again, and closing the question: by a new version, or by a person with a reason."""

from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from monitoring import permissions
from monitoring.actions import audit
from monitoring.actions.refusals import ActionRefused, WrongState
from monitoring.models import MrdResult, RepeatRequest, User


@transaction.atomic
def ask(*, by: User, result: MrdResult, reason: str, now: datetime) -> RepeatRequest:
    """Ask that the sample of a result be measured again by the same assay; it is asked once at a time."""
    permissions.check_can_enter_result(by, result.assay.laboratory.centre_id)
    if not reason.strip():
        raise ActionRefused(_("Say why the sample is to be measured again."))
    request = RepeatRequest(
        patient_id=result.patient_id, sample=result.sample, assay=result.assay, reason=reason, asked_by=by, asked_at=now
    )
    try:
        with transaction.atomic():
            request.save(force_insert=True)
    except IntegrityError as error:
        raise ActionRefused(_("A repeat of this sample is asked for already.")) from error
    audit.record(
        action="repeat.ask", by=by, subject=request, patient_id=request.patient_id,
        after=audit.snapshot(request), reason=reason,
    )  # fmt: skip
    return request


@transaction.atomic
def close(*, by: User, request: RepeatRequest, because: str, now: datetime) -> RepeatRequest:
    """Close a question without a new measurement, with the reason."""
    asked = RepeatRequest.objects.select_for_update().select_related("assay__laboratory").get(pk=request.pk)
    permissions.check_can_enter_result(by, asked.assay.laboratory.centre_id)
    if asked.closed_at is not None:
        raise WrongState(_("This repeat is closed already."))
    if not because.strip():
        raise ActionRefused(_("Say why the sample is not measured again."))
    return _close(by, asked, because, now)


def close_answered(*, by: User, result: MrdResult, now: datetime) -> None:
    """Close what a version that was just signed has answered: it was begun after the question."""
    answered = RepeatRequest.objects.select_for_update().filter(
        sample_id=result.sample_id, assay_id=result.assay_id, closed_at=None, asked_at__lte=result.entered_at
    )
    for request in answered:
        _close(by, request, "", now)


def _close(by: User, request: RepeatRequest, because: str, now: datetime) -> RepeatRequest:
    before = audit.snapshot(request)
    request.closed_by, request.closed_at, request.closed_because = by, now, because
    request.save(update_fields=["closed_by", "closed_at", "closed_because"])
    audit.record(
        action="repeat.close", by=by, subject=request, patient_id=request.patient_id,
        before=before, after=audit.snapshot(request), reason=because,
    )  # fmt: skip
    return request
