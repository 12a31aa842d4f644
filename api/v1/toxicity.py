"""Blood counts, adverse events and transfusions; every number has its unit in its name."""

from datetime import datetime
from typing import Any

from rest_framework import serializers

from api.v1.exact_numbers import ExactNumberField
from api.v1.exact_text import TextField
from api.v1.patient_rows import PatientRow, PatientRows, Table
from monitoring.actions import adverse_events, blood_counts, transfusions
from monitoring.forms.adverse_events import HIGHEST_C, LOWEST_C
from monitoring.forms.blood_counts import SCALES
from monitoring.forms.transfusions import MAX_UNITS, PRODUCTS
from monitoring.models import AdverseEvent, BloodCount, Patient, Transfusion, User
from monitoring.models.choices import AdverseEventChoice

COUNT_NAMES = {
    "measured_on": "measured_on", "neutrophils": "neutrophils_10e9_per_l", "platelets": "platelets_10e9_per_l",
    "haemoglobin": "haemoglobin_g_per_dl",
}  # fmt: skip
EVENT_NAMES = {
    "cycle_id": "cycle", "kind": "kind", "term": "term", "grade": "grade", "starts_on": "starts_on",
    "ends_on": "ends_on", "temperature_c": "temperature_c", "sustained_over_an_hour": "sustained_over_an_hour",
}  # fmt: skip
TRANSFUSION_NAMES = {"cycle_id": "cycle", "product": "product", "units": "units", "given_on": "given_on"}


def _count(name: str) -> ExactNumberField:
    """A count; one that can only be of another unit is refused."""
    return ExactNumberField(min_value=0, max_value=SCALES[name].highest, required=False, allow_null=True)


class CountFields(serializers.Serializer[Any]):
    """The count of a day; at least one of the three."""

    measured_on = serializers.DateField()
    neutrophils_10e9_per_l = _count("neutrophils")
    platelets_10e9_per_l = _count("platelets")
    haemoglobin_g_per_dl = _count("haemoglobin")


class AdverseEventFields(serializers.Serializer[Any]):
    """An adverse event by CTCAE 5.0; the cycle is that of its first day."""

    kind = serializers.ChoiceField(AdverseEventChoice.values, required=False, allow_blank=True)
    term = TextField(max_length=100, required=False, allow_blank=True)
    grade = serializers.IntegerField(min_value=1, max_value=5)
    starts_on = serializers.DateField()
    ends_on = serializers.DateField(required=False, allow_null=True)
    temperature_c = ExactNumberField(min_value=LOWEST_C, max_value=HIGHEST_C, required=False, allow_null=True)
    sustained_over_an_hour = serializers.BooleanField(required=False, allow_null=True)


class TransfusionFields(serializers.Serializer[Any]):
    """Units of a product given on a day; the cycle is that of the day."""

    product = serializers.ChoiceField([code for code, _ in PRODUCTS])
    units = serializers.IntegerField(min_value=1, max_value=MAX_UNITS)
    given_on = serializers.DateField()


def _add_count(by: User, patient: Patient, data: dict[str, Any], now: datetime) -> BloodCount:
    """Record the count; one that is on record with the same values is answered as it is."""
    row = BloodCount(**COUNTS.columns(data))
    blood_counts.record_all(by=by, patient=patient, counts=[row], now=now)
    return BloodCount.objects.get(patient=patient, measured_on=row.measured_on)


def _change_count(
    by: User, row: BloodCount, changes: dict[str, Any], asked: dict[str, Any], now: datetime
) -> BloodCount:
    return blood_counts.change(
        by=by, count=row, changes=changes, now=now, reason=asked["reason"], seen=asked.get("seen")
    )


def _change_event(
    by: User, row: AdverseEvent, changes: dict[str, Any], asked: dict[str, Any], now: datetime
) -> AdverseEvent:
    return adverse_events.change(
        by=by, event=row, changes=changes, now=now, reason=asked["reason"], seen=asked.get("seen")
    )


def _change_transfusion(
    by: User, row: Transfusion, changes: dict[str, Any], asked: dict[str, Any], now: datetime
) -> Transfusion:
    return transfusions.change(
        by=by, transfusion=row, changes=changes, now=now, reason=asked["reason"], seen=asked.get("seen")
    )


COUNTS = Table(
    BloodCount, CountFields, COUNT_NAMES, "measured_on", _add_count, _change_count,
    lambda by, row, reason, seen: blood_counts.remove(by=by, count=row, reason=reason, seen=seen),
)  # fmt: skip
EVENTS = Table(
    AdverseEvent, AdverseEventFields, EVENT_NAMES, "starts_on",
    lambda by, patient, data, now: adverse_events.record(by=by, patient=patient, event=AdverseEvent(**data), now=now),
    _change_event,
    lambda by, row, reason, seen: adverse_events.remove(by=by, event=row, reason=reason, seen=seen),
)  # fmt: skip
TRANSFUSIONS = Table(
    Transfusion, TransfusionFields, TRANSFUSION_NAMES, "given_on",
    lambda by, patient, data, now: transfusions.record(
        by=by, patient=patient, transfusion=Transfusion(**data), now=now
    ),
    _change_transfusion,
    lambda by, row, reason, seen: transfusions.remove(by=by, transfusion=row, reason=reason, seen=seen),
)  # fmt: skip


class Counts(PatientRows):
    """The blood counts of a patient."""

    table = COUNTS


class CountDetail(PatientRow):
    """One blood count."""

    table = COUNTS


class AdverseEvents(PatientRows):
    """The adverse events of a patient."""

    table = EVENTS


class AdverseEventDetail(PatientRow):
    """One adverse event."""

    table = EVENTS


class Transfusions(PatientRows):
    """The transfusions of a patient."""

    table = TRANSFUSIONS


class TransfusionDetail(PatientRow):
    """One transfusion."""

    table = TRANSFUSIONS
