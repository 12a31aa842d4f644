"""Venetoclax cycles, with their holds and reductions."""

from datetime import datetime
from typing import Any

from rest_framework import serializers
from rest_framework.exceptions import ValidationError

from api.v1.exact_numbers import ExactNumberField
from api.v1.exact_text import TextField
from api.v1.patient_rows import PatientRow, PatientRows, Table
from monitoring.actions import dose_changes, treatments
from monitoring.forms.cycles import (
    LONGEST_CYCLE_DAYS,
    MAX_DOSE_MG,
    MAX_PARTNER_DOSE,
    MAX_PLANNED_DAYS,
    MIN_DOSE_MG,
    MIN_PARTNER_DOSE,
)
from monitoring.models import DoseChange, Patient, User, VenetoclaxCycle
from monitoring.models.choices import ChildPughChoice, Cyp3a4Choice, PartnerDrugChoice, SettingChoice
from monitoring.queries.next_cycle import latest_regimen

CYCLE_NAMES = {
    "number": "number", "starts_on": "starts_on", "ends_on": "ends_on", "planned_days": "planned_days",
    "given_days": "given_days", "dose_mg": "dose_mg", "ramp_up": "ramp_up", "tls_prophylaxis": "tls_prophylaxis",
    "partner_drug": "partner_drug", "partner_dose_mg_m2": "partner_dose_mg_m2", "partner_days": "partner_days",
    "cyp3a4": "cyp3a4", "cyp3a4_drug": "cyp3a4_drug", "liver": "liver", "g_csf": "g_csf", "setting": "setting",
    "stopped_because": "stopped_because",
}  # fmt: skip
CHANGE_NAMES = {
    "cycle_id": "cycle", "kind": "kind", "starts_on": "starts_on", "ends_on": "ends_on", "dose_mg": "dose_mg",
    "because": "because",
}  # fmt: skip


class CycleFields(serializers.Serializer[Any]):
    """A cycle: days, mg a day, mg/m2 of the partner drug; null and empty are not recorded."""

    number = serializers.IntegerField(min_value=1, max_value=99)
    starts_on = serializers.DateField()
    ends_on = serializers.DateField()
    planned_days = serializers.IntegerField(min_value=1, max_value=MAX_PLANNED_DAYS, required=False, allow_null=True)
    given_days = serializers.IntegerField(min_value=0, max_value=LONGEST_CYCLE_DAYS, required=False, allow_null=True)
    dose_mg = serializers.IntegerField(min_value=MIN_DOSE_MG, max_value=MAX_DOSE_MG, required=False, allow_null=True)
    ramp_up = serializers.BooleanField(required=False, allow_null=True)
    tls_prophylaxis = serializers.BooleanField(required=False, allow_null=True)
    partner_drug = serializers.ChoiceField(PartnerDrugChoice.values, required=False, allow_blank=True)
    partner_dose_mg_m2 = ExactNumberField(
        min_value=MIN_PARTNER_DOSE, max_value=MAX_PARTNER_DOSE, required=False, allow_null=True
    )
    partner_days = serializers.IntegerField(min_value=1, max_value=LONGEST_CYCLE_DAYS, required=False, allow_null=True)
    cyp3a4 = serializers.ChoiceField(Cyp3a4Choice.values, required=False, allow_blank=True)
    cyp3a4_drug = TextField(max_length=60, required=False, allow_blank=True)
    liver = serializers.ChoiceField(ChildPughChoice.values, required=False, allow_blank=True)
    g_csf = serializers.BooleanField(required=False, allow_null=True)
    setting = serializers.ChoiceField(SettingChoice.values, required=False, allow_blank=True)
    stopped_because = TextField(max_length=200, required=False, allow_blank=True)


class DoseChangeFields(serializers.Serializer[Any]):
    """A hold or a reduction; `ends_on` null: not taken up again in the cycle."""

    cycle = serializers.IntegerField(min_value=1)
    kind = serializers.ChoiceField(DoseChange.Kind.values)
    starts_on = serializers.DateField()
    ends_on = serializers.DateField(required=False, allow_null=True)
    dose_mg = serializers.IntegerField(min_value=MIN_DOSE_MG, max_value=MAX_DOSE_MG, required=False, allow_null=True)
    because = TextField(max_length=200)


def _add_cycle(by: User, patient: Patient, data: dict[str, Any], now: datetime) -> VenetoclaxCycle:
    _check_length(data["starts_on"], data["ends_on"])
    row = VenetoclaxCycle(**CYCLES.columns(data))
    return treatments.record_cycle(by=by, patient=patient, cycle=row, regimen=latest_regimen(patient.pk), now=now)


def _change_cycle(
    by: User, row: VenetoclaxCycle, changes: dict[str, Any], asked: dict[str, Any], now: datetime
) -> VenetoclaxCycle:
    _check_length(changes.get("starts_on", row.starts_on), changes.get("ends_on", row.ends_on))
    return treatments.change_cycle(
        by=by, cycle=row, changes=changes, now=now, reason=asked["reason"], seen=asked.get("seen")
    )


def _check_length(starts_on: Any, ends_on: Any) -> None:
    if (ends_on - starts_on).days >= LONGEST_CYCLE_DAYS:
        raise ValidationError({"ends_on": "A cycle is not as long as that."})


def _add_dose_change(by: User, patient: Patient, data: dict[str, Any], _now: datetime) -> DoseChange:
    cycle = VenetoclaxCycle.objects.filter(patient=patient, pk=data.pop("cycle")).first()
    if cycle is None:
        raise ValidationError({"cycle": "This patient has no such cycle."})
    cycle.patient = patient
    return dose_changes.record(by=by, cycle=cycle, change=DoseChange(**data))


def _change_dose_change(
    by: User, row: DoseChange, changes: dict[str, Any], asked: dict[str, Any], _now: datetime
) -> DoseChange:
    if changes.pop("cycle_id", row.cycle_id) != row.cycle_id:
        raise ValidationError({"cycle": "A hold stays in its cycle; remove it and record it in the other one."})
    return dose_changes.change(by=by, change=row, changes=changes, reason=asked["reason"], seen=asked.get("seen"))


CYCLES = Table(
    VenetoclaxCycle, CycleFields, CYCLE_NAMES, "starts_on", _add_cycle, _change_cycle,
    lambda by, row, reason, seen: treatments.remove_cycle(by=by, cycle=row, reason=reason, seen=seen),
)  # fmt: skip
DOSE_CHANGES = Table(
    DoseChange, DoseChangeFields, CHANGE_NAMES, "starts_on", _add_dose_change, _change_dose_change,
    lambda by, row, reason, seen: dose_changes.remove(by=by, change=row, reason=reason, seen=seen),
)  # fmt: skip


class Cycles(PatientRows):
    """The cycles of a patient."""

    table = CYCLES


class Cycle(PatientRow):
    """One cycle."""

    table = CYCLES


class DoseChanges(PatientRows):
    """The holds and reductions of a patient."""

    table = DOSE_CHANGES


class DoseChangeDetail(PatientRow):
    """One hold or reduction."""

    table = DOSE_CHANGES
