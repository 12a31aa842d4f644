"""Who cares for a patient: a centre of this installation begins to, and ends, each with its reason.

A relation is the ground of every permission to see: it opens the record from its first day on, and from `ends_on` on
nothing is seen any more, on pages, over the interfaces, in searches, and in the database itself.
"""

from datetime import date, datetime
from typing import NamedTuple

from django.db import transaction
from django.utils.translation import gettext as _

from monitoring import permissions
from monitoring.actions import audit, rows
from monitoring.actions.dates import at_once, check_end, check_possible
from monitoring.actions.refusals import ActionRefused, ImpossibleDate, StaleVersion
from monitoring.models import CareRelation, Membership, Patient, User
from monitoring.models.choices import CareRoleChoice, RoleChoice
from monitoring.queries import who_cares


class Seen(NamedTuple):
    """How long the relation lasted that the person saw; None: without an end."""

    ends_on: date | None


@transaction.atomic
def begin(*, by: User, patient: Patient, relation: CareRelation, now: datetime, reason: str) -> CareRelation:
    """Let another centre care for the patient too; raises ImpossibleDate at the field that cannot be.

    Whoever records for the patient shares it. A relation that was ended on the day it began is taken up again.
    """
    permissions.check_can_record(by, patient.pk)
    if not reason.strip():
        raise ActionRefused(_("Say why the patient is shared."))
    _lock(patient.pk)
    relation.patient = patient
    check_possible(patient=patient, on=relation.starts_on, field="starts_on", now=now)
    check_end(patient=patient, starts_on=relation.starts_on, ends_on=relation.ends_on, now=now)
    relation.starts_on = at_once(relation.starts_on, now)
    if relation.centre.is_synthetic != patient.centre.is_synthetic:
        raise ImpossibleDate("centre", _("Demonstration stays apart from patients."))
    same = CareRelation.objects.filter(patient=patient, centre=relation.centre, role=relation.role)
    today = _today(patient, now)
    again = None
    for other in same:
        if not who_cares.is_over(other, today):
            raise ImpossibleDate("centre", _("This centre cares for the patient in this role already."))
        if other.starts_on == relation.starts_on:
            again = other
    if again is not None:
        return rows.change(by=by, row=again, patient=patient, changes={"ends_on": relation.ends_on}, reason=reason)
    return rows.add(by=by, row=relation, patient=patient, reason=reason)


@transaction.atomic
def end(
    *,
    by: User,
    relation: CareRelation,
    now: datetime,
    reason: str,
    ends_on: date | None = None,
    seen: Seen | None = None,
) -> CareRelation:
    """End a centre's care from a day on, at once where none is named; somebody always goes on caring.

    Raises ImpossibleDate, ActionRefused where nobody or no clinician would be left, and StaleVersion.
    """
    permissions.check_can_end_care(by, relation)
    if not reason.strip():
        raise ActionRefused(_("Say why it ends."))
    patient = _lock(relation.patient_id)
    current = CareRelation.objects.select_related("centre", "patient__centre").get(pk=relation.pk)
    today = _today(patient, now)
    if who_cares.is_over(current, today) or (seen is not None and seen.ends_on != current.ends_on):
        raise StaleVersion(_("Somebody has changed this meanwhile. Nothing was saved: look at it again."))
    check_end(patient=patient, starts_on=current.starts_on, ends_on=ends_on, now=now)
    _check_nobody_is_left_alone(current, patient, today)
    before = audit.snapshot(current)
    current.ends_on = at_once(today, now) if ends_on in {None, today} else ends_on
    # Before the row: whoever ends the care of his own centre reads nothing of the patient afterwards.
    audit.record(
        action="carerelation.end", by=by, subject=current, patient_id=patient.pk, before=before,
        after=audit.snapshot(current), reason=reason,
    )  # fmt: skip
    current.save(update_fields=["ends_on"])
    return current


def _check_nobody_is_left_alone(relation: CareRelation, patient: Patient, today: date) -> None:
    """Refuse an end after which nobody cares, a named clinician sees nothing, or a laboratory loses its samples."""
    if relation.role == CareRoleChoice.LABORATORY:
        if relation.centre_id in who_cares.holding_samples(patient.pk):
            raise ActionRefused(
                _("This laboratory holds samples of the patient: it answers for their results and goes on seeing them.")
            )
        return
    left = list(who_cares.others_caring(relation, today).values_list("centre_id", flat=True))
    if not left:
        raise ActionRefused(_("Nobody would care for this patient any more: share the patient first."))
    named = {patient.clinician_id, patient.second_clinician_id} - {None}
    clinicians = Membership.objects.filter(role=RoleChoice.CLINICIAN, user__in=named)
    here = set(clinicians.filter(centre=relation.centre_id).values_list("user", flat=True))
    if here - set(clinicians.filter(centre__in=left).values_list("user", flat=True)):
        raise ActionRefused(
            _("A clinician of this centre is named for the patient and would see nothing any more: name another first.")
        )


def _lock(patient_id: int) -> Patient:
    """Lock the patient, so that two people never end the last two relations at once."""
    rows_of = Patient.objects.select_for_update(no_key=True, of=("self",)).select_related("centre")
    return rows_of.get(pk=patient_id)


def _today(patient: Patient, now: datetime) -> date:
    return now.astimezone(patient.centre.zone).date()
