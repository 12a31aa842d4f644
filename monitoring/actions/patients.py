"""Patients, who cares for them, and what is followed in them."""

from datetime import datetime

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from monitoring import permissions
from monitoring.actions import audit, rows
from monitoring.actions.dates import at_once, check_possible
from monitoring.actions.patient_facts import save_free
from monitoring.models import CareRelation, Disease, MutationFinding, Patient, User
from monitoring.models.choices import CareRoleChoice


@transaction.atomic
def register(*, by: User, patient: Patient, disease: Disease, now: datetime) -> Patient:
    """Take a patient into the care of a centre, with the disease; raises ImpossibleDate at what is in use there."""
    centres = {m.centre_id for m in permissions.memberships_of(by) if m.role in permissions.RECORDING_ROLES}
    if patient.centre_id not in centres:
        raise PermissionDenied(_("Only clinicians and data managers of a centre register its patients."))
    check_possible(patient=patient, on=disease.diagnosed_on, field="diagnosed_on", now=now)
    save_free(patient, force_insert=True)
    relation = CareRelation(
        patient=patient,
        centre=patient.centre,
        role=CareRoleChoice.TREATING,
        starts_on=at_once(disease.diagnosed_on, now),
    )
    relation.save(force_insert=True)
    disease.patient = patient
    disease.save(force_insert=True)
    for row in (patient, relation, disease):
        audit.record(
            action=f"{row._meta.model_name}.add", by=by, subject=row, patient_id=patient.pk,
            after=audit.snapshot(row),
        )  # fmt: skip
    return patient


def record_finding(*, by: User, patient: Patient, finding: MutationFinding, now: datetime) -> MutationFinding:
    """Record what was found of a gene; an NPM1 loss warns from now on that the marker is blind."""
    check_possible(patient=patient, on=finding.found_on, field="found_on", now=now)
    finding.patient = patient
    return rows.add(by=by, row=finding, patient=patient)
