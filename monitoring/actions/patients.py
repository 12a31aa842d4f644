"""Patients, who cares for them, and what is followed in them."""

from datetime import date, datetime
from decimal import Decimal

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from monitoring import permissions
from monitoring.actions import audit, rows
from monitoring.actions.dates import check_possible
from monitoring.actions.refusals import ActionRefused
from monitoring.models import Baseline, CareRelation, Disease, MrdSeries, MutationFinding, Patient, User
from monitoring.models.choices import CareRoleChoice, MarkerChoice, TissueChoice


@transaction.atomic
def register(*, by: User, patient: Patient, disease: Disease, now: datetime) -> Patient:
    """Take a patient into the care of a centre, with the disease; raises ActionRefused for a pseudonym in use there."""
    centres = {m.centre_id for m in permissions.memberships_of(by) if m.role in permissions.RECORDING_ROLES}
    if patient.centre_id not in centres:
        raise PermissionDenied(_("Only clinicians and data managers of a centre register its patients."))
    check_possible(patient=patient, on=disease.diagnosed_on, field="diagnosed_on", now=now)
    try:
        with transaction.atomic():
            patient.save(force_insert=True)
    except IntegrityError as error:
        raise ActionRefused(_("This centre already has a patient with this pseudonym or number.")) from error
    relation = CareRelation(
        patient=patient, centre=patient.centre, role=CareRoleChoice.TREATING, starts_on=disease.diagnosed_on
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


def follow(*, by: User, patient: Patient, marker: MarkerChoice, mutation_type: str) -> MrdSeries:
    """Begin to follow a marker in a patient."""
    row = MrdSeries(patient=patient, marker=marker, mutation_type=mutation_type)
    return rows.add(by=by, row=row, patient=patient)


@transaction.atomic
def set_baseline(
    *,
    by: User,
    series: MrdSeries,
    tissue: TissueChoice,
    pct_abl1: Decimal,
    collected_on: date,
    now: datetime,
    constructed: list[str] | None = None,
    reason: str = "",
) -> Baseline:
    """Set the level at diagnosis in one tissue, in per cent of ABL1; an earlier one stays in the history."""
    check_possible(patient=series.patient, on=collected_on, field="collected_on", now=now)
    values = {"pct_abl1": pct_abl1, "collected_on": collected_on, "constructed": constructed or []}
    current = Baseline.objects.filter(series=series, tissue=tissue).first()
    if current:
        return rows.change(by=by, row=current, patient=series.patient, changes=values, reason=reason)
    row = Baseline(series=series, patient_id=series.patient_id, tissue=tissue, **values)
    return rows.add(by=by, row=row, patient=series.patient)


def record_finding(*, by: User, patient: Patient, finding: MutationFinding, now: datetime) -> MutationFinding:
    """Record what was found of a gene; an NPM1 loss warns from now on that the marker is blind."""
    check_possible(patient=patient, on=finding.found_on, field="found_on", now=now)
    finding.patient = patient
    return rows.add(by=by, row=finding, patient=patient)


@transaction.atomic
def share(*, by: User, patient: Patient, relation: CareRelation) -> CareRelation:
    """Let another centre care for the patient too: referral, transplant, laboratory."""
    relation.patient = patient
    return rows.add(by=by, row=relation, patient=patient)
