"""Samples as they arrive at a laboratory."""

from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from monitoring import enqueue, permissions
from monitoring.actions import audit
from monitoring.actions.dates import at_once, check_possible
from monitoring.actions.refusals import ActionRefused, ImpossibleDate, WrongState
from monitoring.models import CareRelation, ClinicalEvent, MrdResult, Sample, User
from monitoring.models.choices import CareRoleChoice, EventKindChoice
from monitoring.queries.sample_corrections import DECIDING, has_signed_results, is_signed_by_its_sender


class FactsAreSigned(WrongState):
    """Material, day or time point of a sample whose results are signed, or wait for it: two people correct these."""


@transaction.atomic
def register(*, by: User, sample: Sample, now: datetime) -> Sample:
    """Take a sample in; raises ImpossibleDate, and ActionRefused for an accession number that is in use."""
    permissions.check_can_enter_result(by, sample.laboratory.centre_id)
    check_dates(sample, now)
    let_laboratory_see(sample, now)
    try:
        with transaction.atomic():
            sample.save(force_insert=True)
    except IntegrityError as error:
        raise ActionRefused(_("This laboratory already has a sample with this accession number.")) from error
    audit.record(action="sample.add", by=by, subject=sample, patient_id=sample.patient_id, after=audit.snapshot(sample))
    return sample


@transaction.atomic
def correct(*, by: User, sample: Sample, changes: dict[str, Any], reason: str, now: datetime) -> Sample:
    """Correct the facts of a sample; its results follow, and what was on record before stays in the history.

    Raises FactsAreSigned for what a second person has to sign (actions/sample_corrections.py).
    """
    permissions.check_can_enter_result(by, sample.laboratory.centre_id)
    if not reason.strip():
        raise ActionRefused(_("Say why the sample is corrected."))
    _check_nothing_signed(by, Sample.objects.select_for_update().get(pk=sample.pk), changes)
    before = audit.snapshot(sample)
    for name, value in changes.items():
        setattr(sample, name, value)
    check_dates(sample, now)
    sample.save(update_fields=list(changes))
    audit.record(
        action="sample.correct", by=by, subject=sample, patient_id=sample.patient_id,
        before=before, after=audit.snapshot(sample), reason=reason,
    )  # fmt: skip
    transaction.on_commit(lambda: enqueue.send("recompute_patient", sample.patient_id))
    return sample


@transaction.atomic
def set_aside(*, by: User, sample: Sample, because: str) -> Sample:
    """Say that a tube will not be measured, and why; an empty reason takes that back."""
    permissions.check_can_enter_result(by, sample.laboratory.centre_id)
    before = audit.snapshot(sample)
    sample.not_measured_because = because.strip()
    sample.save(update_fields=["not_measured_because"])
    audit.record(
        action="sample.set_aside" if sample.not_measured_because else "sample.take_up", by=by, subject=sample,
        patient_id=sample.patient_id, before=before, after=audit.snapshot(sample), reason=sample.not_measured_because,
    )  # fmt: skip
    return sample


def _check_nothing_signed(by: User, sample: Sample, changes: dict[str, Any]) -> None:
    """Refuse what one person may not do alone; a sending laboratory answers for what it signed in its own house."""
    decides = any(name in changes and changes[name] != getattr(sample, name) for name in DECIDING)
    if not decides:
        return
    # whoever submits a draft of this sample at this moment is waited for
    list(MrdResult.objects.select_for_update(no_key=True).filter(sample=sample).values_list("pk"))
    if not has_signed_results(sample.pk):
        return
    if permissions.can_send_results(by, sample.laboratory_id) and is_signed_by_its_sender(sample.pk):
        return
    raise FactsAreSigned(
        _(
            "Results of this sample are signed, or wait for a signature: material, day of collection and time point "
            "are proposed with a reason, and a second person signs them."
        )
    )


def check_dates(sample: Sample, now: datetime) -> None:
    """Refuse days that cannot be, by raising ImpossibleDate."""
    check_possible(patient=sample.patient, on=sample.collected_on, field="collected_on", now=now)
    if sample.received_on and sample.received_on < sample.collected_on:
        raise ImpossibleDate("received_on", _("The sample was received before it was taken."))
    died_on = (
        ClinicalEvent.objects.filter(patient_id=sample.patient_id, kind=EventKindChoice.DEATH)
        .values_list("happened_on", flat=True)
        .first()
    )
    if died_on and sample.collected_on > died_on:
        raise ImpossibleDate("collected_on", _("This day is after the patient's death."))


def let_laboratory_see(sample: Sample, now: datetime) -> None:
    """The laboratory's centre gets a care relation of its own kind, which shows the sample but not the chart.

    There may be two: of two requests at the same moment, each the patient's first, neither sees the other's.
    """
    of = {
        "patient_id": sample.patient_id, "centre_id": sample.laboratory.centre_id, "role": CareRoleChoice.LABORATORY,
    }  # fmt: skip
    if not CareRelation.objects.filter(**of).exists():
        CareRelation.objects.create(**of, starts_on=at_once(sample.collected_on, now))
