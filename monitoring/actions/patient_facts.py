"""Who a patient is, corrected: pseudonym, hospital number, names, birth date, sex; each with its reason.

A message of a hospital that tells other facts is kept back and overwrites nothing (messages_patients): the correction
by a person is what lets it be read again.
"""

from collections.abc import Iterator
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, cast

from django.db import IntegrityError, models, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from psycopg.errors import UniqueViolation

from monitoring import permissions
from monitoring.actions import audit
from monitoring.actions.constructed import without_entered
from monitoring.actions.refusals import ActionRefused, ImpossibleDate, StaleVersion
from monitoring.models import (
    AdverseEvent,
    Baseline,
    BloodCount,
    ClinicalEvent,
    Disease,
    DoseChange,
    MutationFinding,
    Patient,
    Sample,
    Transfusion,
    Treatment,
    User,
    VenetoclaxCycle,
)
from monitoring.queries.patient_facts import CORRECTED, FACTS, corrected_at
from monitoring.wording import dates

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

# What a patient can only have after birth: the table, the column of its day, and what the sentence calls it.
AFTER_BIRTH: tuple[tuple[type[models.Model], str, "_StrPromise"], ...] = (
    (Disease, "diagnosed_on", gettext_lazy("the diagnosis")),
    (Baseline, "collected_on", gettext_lazy("the level at diagnosis")),
    (Sample, "collected_on", gettext_lazy("a sample")),
    (MutationFinding, "found_on", gettext_lazy("a mutation finding")),
    (ClinicalEvent, "happened_on", gettext_lazy("an event")),
    (Treatment, "starts_on", gettext_lazy("a line of treatment")),
    (VenetoclaxCycle, "starts_on", gettext_lazy("a cycle")),
    (DoseChange, "starts_on", gettext_lazy("a change of dose")),
    (BloodCount, "measured_on", gettext_lazy("a blood count")),
    (AdverseEvent, "starts_on", gettext_lazy("an adverse event")),
    (Transfusion, "given_on", gettext_lazy("a transfusion")),
)


@transaction.atomic
def correct(
    *,
    by: User,
    patient: Patient,
    changes: dict[str, Any],
    now: datetime,
    reason: str,
    seen: datetime | None = None,
) -> Patient:
    """Correct who the patient is; what is sent as it is already changes nothing.

    A constructed birth date is constructed no more once another one is entered. `seen` is when the facts were recorded
    that the person saw. Raises StaleVersion where somebody else corrected them since, and ImpossibleDate at the field
    that cannot be.
    """
    permissions.check_can_correct_patient(by, patient)
    if not reason.strip():
        raise ActionRefused(_("Say why it is corrected."))
    current = Patient.objects.select_for_update(no_key=True, of=("self",)).select_related("centre").get(pk=patient.pk)
    if seen is not None and recorded_at(current) != seen:
        raise StaleVersion(_("Somebody has changed this meanwhile. Nothing was saved: look at it again."))
    before = audit.snapshot(current)
    entered = {name: changes[name] for name in FACTS if name in changes}
    for name, value in without_entered(current, entered).items():
        setattr(current, name, value)
    after = audit.snapshot(current)
    if after == before:
        return current
    _check_born(current, now)
    save_free(current, update_fields=[*FACTS, "constructed"])
    audit.record(
        action=CORRECTED, by=by, subject=current, patient_id=current.pk, before=before, after=after, reason=reason
    )
    return current


def recorded_at(patient: Patient) -> datetime:
    """Return when the facts on record were written down: at the last correction, or when the patient was taken in."""
    return corrected_at([patient.pk]).get(patient.pk, patient.recorded_at)


def save_free(patient: Patient, **how: Any) -> None:
    """Save a patient under a pseudonym and a number that its centre has not given yet; raises ImpossibleDate."""
    _check_free(patient)
    try:
        with transaction.atomic():
            patient.save(**how)
    except IntegrityError as error:  # given to another one at the same moment
        if not isinstance(error.__cause__, UniqueViolation):
            raise
        _check_free(patient)
        raise ActionRefused(_("This centre already has a patient with this pseudonym or number.")) from error


def _check_free(patient: Patient) -> None:
    """Refuse what the centre has given already, at its field; never say to whom."""
    others = Patient.objects.filter(centre=patient.centre_id).exclude(pk=patient.pk)
    if others.filter(pseudonym=patient.pseudonym).exists():
        raise ImpossibleDate("pseudonym", _("This centre already has a patient with this pseudonym."))
    if patient.hospital_number and others.filter(hospital_number=patient.hospital_number).exists():
        raise ImpossibleDate("hospital_number", _("This centre already has a patient with this hospital number."))


def _check_born(patient: Patient, now: datetime) -> None:
    if patient.born_on > now.astimezone(patient.centre.zone).date():
        raise ImpossibleDate("born_on", _("This day is in the future."))
    first = min(_first_days(patient), key=lambda found: found[0], default=None)
    if first is not None and patient.born_on > first[0]:
        sentence = _("This day is after what is on record: %(what)s of %(day)s.")
        raise ImpossibleDate("born_on", sentence % {"what": first[1], "day": dates.day(first[0])})


def _first_days(patient: Patient) -> Iterator[tuple[date, "_StrPromise"]]:
    for table, column, what in AFTER_BIRTH:
        manager = cast(Any, table).objects
        first: date | None = manager.filter(patient=patient.pk).aggregate(first=models.Min(column))["first"]
        if first is not None:
            yield first, what
