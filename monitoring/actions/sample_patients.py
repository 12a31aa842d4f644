"""A tube that was taken in for the wrong patient: it goes to whom it belongs, while no result of it counts or waits."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from monitoring import permissions
from monitoring.actions import audit, samples
from monitoring.actions.refusals import ActionRefused, StaleVersion, WrongState
from monitoring.models import ExternalIdentifier, MrdResult, MutationFinding, Patient, RunSample, Sample, User
from monitoring.models.choices import ResultStateChoice, RunStateChoice

GOES_ON = (ResultStateChoice.DRAFT, ResultStateChoice.SUBMITTED, ResultStateChoice.AUTHORISED)
LONGEST_NUMBER = 50  # characters of Sample.accession_number


@transaction.atomic
def give(*, by: User, sample: Sample, patient: Patient, reason: str, seen: datetime, now: datetime) -> Sample:
    """Put a tube on record for the patient whom it belongs to; return it as it is there.

    `seen` is when the row that the person saw was recorded. A tube that left a trace (a withdrawn result, a run, a name
    that a sender gave it) stays with the former patient under a marked number, and its number goes to a new row.
    """
    permissions.check_can_enter_result(by, sample.laboratory.centre_id)
    rows = Sample.objects.select_for_update(of=("self",)).select_related("laboratory", "patient__centre")
    current = rows.get(pk=sample.pk)
    if current.recorded_at != seen:
        raise StaleVersion(_("The sample has changed since you opened it. Look at it again; nothing was saved."))
    if not reason.strip():
        raise ActionRefused(_("Say why the sample belongs to another patient."))
    if patient.pk == current.patient_id:
        raise ActionRefused(_("This is the patient for whom the sample is on record."))
    _check_nothing_goes_on(current)
    before, from_id = audit.snapshot(current), current.patient_id
    given = _beside(current) if _left_a_trace(current) else current
    given.patient = patient
    samples.check_dates(given, now)
    samples.let_laboratory_see(given, now)
    given.save()
    given.refresh_from_db()
    # each patient's trail tells its own half: whoever reads one of them may not see the other
    audit.record(action="sample.give_away", by=by, subject=current, patient_id=from_id, before=before, reason=reason)
    audit.record(
        action="sample.take_over", by=by, subject=given, patient_id=patient.pk, after=audit.snapshot(given),
        reason=reason,
    )  # fmt: skip
    return given


def what_holds(sample: Sample) -> str:
    """Return why the tube cannot go to another patient now; empty where nothing stands in the way."""
    states = set(MrdResult.objects.filter(sample=sample, state__in=GOES_ON).values_list("state", flat=True))
    if ResultStateChoice.AUTHORISED in states:
        return _(
            "A result of this sample is authorised. An authoriser withdraws the result first; then the tube can go."
        )
    if ResultStateChoice.SUBMITTED in states:
        return _("A result of this sample waits for a signature. Have it returned, and discard it first.")
    if states:
        return _("A draft of a result of this sample is open. Discard it first.")
    if MutationFinding.objects.filter(sample=sample).exists():
        return _("The patient's record names this sample in a finding: the treating centre corrects that first.")
    if RunSample.objects.filter(sample=sample, run__state=RunStateChoice.IN_REVIEW).exists():
        return _("A run that is in review names this sample. Take it out of the run first.")
    return ""


def _check_nothing_goes_on(sample: Sample) -> None:
    list(MrdResult.objects.select_for_update(no_key=True).filter(sample=sample).values_list("pk"))
    if held := what_holds(sample):
        raise WrongState(held)


def _left_a_trace(sample: Sample) -> bool:
    """Whether something that is never changed points at the row together with its patient."""
    named = ExternalIdentifier.objects.filter(resource_type="Specimen", row_id=sample.pk)
    return MrdResult.objects.filter(sample=sample).exists() or sample.run_samples.exists() or named.exists()


def _beside(sample: Sample) -> Sample:
    """Mark the number of a row that stays; return a new row with the number and everything else said of the tube."""
    given = Sample(**{
        field.attname: getattr(sample, field.attname)
        for field in Sample._meta.concrete_fields
        if field.name not in {"id", "recorded_at", "not_measured_because"}
    })  # fmt: skip
    given.laboratory, mark = sample.laboratory, f" #{sample.pk}"
    sample.accession_number = f"{sample.accession_number[: LONGEST_NUMBER - len(mark)]}{mark}"
    sample.not_measured_because = _("belongs to another patient")
    sample.save(update_fields=["accession_number", "not_measured_because"])
    return given
