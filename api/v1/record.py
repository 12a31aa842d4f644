"""The record of a patient: findings, treatments, events, what is followed, and the samples."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, ClassVar

from django.http import HttpResponseBase
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.views import APIView

from api.v1 import standpoints
from api.v1.exact_numbers import ExactNumberField
from api.v1.exact_text import TextField
from api.v1.patient_rows import PatientRow, PatientRows, Table, readable_patient, shown
from api.v1.results import LARGEST_ID
from monitoring.actions import events, findings, treatments
from monitoring.models import (
    ClinicalEvent,
    MutationFinding,
    Patient,
    Sample,
    Treatment,
    User,
)
from monitoring.models.choices import (
    EventKindChoice,
    FindingStatusChoice,
    GeneChoice,
    TissueChoice,
    TreatmentKindChoice,
)
from monitoring.queries.known_rows import on_record

HIGHEST_RATIO = 9999  # of the column's own constraint

FINDING_NAMES = {
    "gene": "gene", "variant": "variant", "status": "status", "sample_id": "sample", "found_on": "found_on",
    "tissue": "tissue",
    "method": "method", "vaf_pct": "vaf_pct", "allelic_ratio": "allelic_ratio",
}  # fmt: skip
EVENT_NAMES = {
    "kind": "kind", "happened_on": "happened_on", "donor": "donor", "conditioning": "conditioning",
    "conditioning_starts_on": "conditioning_starts_on", "mrd_at_hsct": "mrd_at_hsct", "cause": "cause",
    "detail": "detail",
}  # fmt: skip
TREATMENT_NAMES = {
    "kind": "kind", "regimen": "regimen", "starts_on": "starts_on", "cycle_2_on": "cycle_2_on", "ends_on": "ends_on",
    "stopped_because": "stopped_because", "constructed": "constructed",
}  # fmt: skip


class FindingFields(serializers.Serializer[Any]):
    """What was found of one gene in a `sample`, or on a day; with a sample, day and tissue are those of the sample."""

    gene = serializers.ChoiceField(GeneChoice.values)
    variant = TextField(max_length=100, required=False, allow_blank=True)
    status = serializers.ChoiceField(FindingStatusChoice.values)
    sample = serializers.IntegerField(min_value=1, max_value=LARGEST_ID, required=False, allow_null=True)
    found_on = serializers.DateField(required=False, allow_null=True)
    tissue = serializers.ChoiceField(TissueChoice.values, required=False, allow_blank=True)
    method = TextField(max_length=100, required=False, allow_blank=True)
    vaf_pct = ExactNumberField(min_value=0, max_value=100, required=False, allow_null=True)
    allelic_ratio = ExactNumberField(min_value=0, max_value=HIGHEST_RATIO, required=False, allow_null=True)


class EventFields(serializers.Serializer[Any]):
    """What happened on a day."""

    kind = serializers.ChoiceField(EventKindChoice.values)
    happened_on = serializers.DateField()
    donor = TextField(max_length=100, required=False, allow_blank=True)
    conditioning = TextField(max_length=100, required=False, allow_blank=True)
    conditioning_starts_on = serializers.DateField(required=False, allow_null=True)
    mrd_at_hsct = TextField(max_length=20, required=False, allow_blank=True)
    cause = TextField(max_length=200, required=False, allow_blank=True)
    detail = TextField(max_length=500, required=False, allow_blank=True)


class TreatmentFields(serializers.Serializer[Any]):
    """A line of treatment; the end of the first line is what the rules count from. `constructed` is read only.

    `cycle_2_on`, of a first line only: day 1 of its second cycle, after which blood is due.
    """

    kind = serializers.ChoiceField(TreatmentKindChoice.values)
    regimen = TextField(max_length=200, allow_blank=True)
    starts_on = serializers.DateField()
    cycle_2_on = serializers.DateField(required=False, allow_null=True)
    ends_on = serializers.DateField(required=False, allow_null=True)
    stopped_because = TextField(max_length=200, required=False, allow_blank=True)
    constructed = serializers.ListField(child=serializers.CharField(), read_only=True)


def _start_treatment(by: User, patient: Patient, data: dict[str, Any], now: datetime) -> Treatment:
    return treatments.start(by=by, patient=patient, now=now, **{"ends_on": None, **data})


def _record_finding(by: User, patient: Patient, data: dict[str, Any], now: datetime) -> MutationFinding:
    finding = MutationFinding(**FINDINGS.columns(data))
    return findings.record(by=by, patient=patient, finding=finding, now=now)


def _change_finding(
    by: User, row: MutationFinding, changes: dict[str, Any], asked: dict[str, Any], now: datetime
) -> MutationFinding:
    return findings.change(by=by, finding=row, changes=changes, now=now, reason=asked["reason"], seen=asked.get("seen"))


FINDINGS = Table(
    MutationFinding, FindingFields, FINDING_NAMES, "found_on",
    _record_finding,
    _change_finding,
    lambda by, row, reason, seen: findings.remove(by=by, finding=row, reason=reason, seen=seen),
)  # fmt: skip
EVENTS = Table(
    ClinicalEvent, EventFields, EVENT_NAMES, "happened_on",
    lambda by, patient, data, now: events.record(by=by, patient=patient, event=ClinicalEvent(**data), now=now),
    lambda by, row, changes, asked, now: events.change(
        by=by, event=row, changes=changes, now=now, reason=asked["reason"], seen=asked.get("seen")
    ),
    lambda by, row, reason, seen: events.remove(by=by, event=row, reason=reason, seen=seen),
)  # fmt: skip


TREATMENTS = Table(
    Treatment, TreatmentFields, TREATMENT_NAMES, "starts_on", _start_treatment,
    lambda by, row, changes, asked, now: treatments.change(
        by=by, treatment=row, changes=changes, now=now, reason=asked["reason"], seen=asked.get("seen")
    ),
    lambda by, row, reason, seen: treatments.remove(by=by, treatment=row, reason=reason, seen=seen),
)  # fmt: skip


class Findings(PatientRows):
    """The mutation findings of a patient."""

    table = FINDINGS


class FindingDetail(PatientRow):
    """One mutation finding."""

    table = FINDINGS


class Events(PatientRows):
    """What happened to a patient: remission, transplant, relapse, death."""

    table = EVENTS


class EventDetail(PatientRow):
    """One event."""

    table = EVENTS


class RecordRows(APIView):
    """The rows of a table of the record that is read here and written on the pages."""

    model: ClassVar[type[Any]]
    names: ClassVar[Mapping[str, str]]
    day: ClassVar[str]

    def get(self, request: Request, pk: int) -> HttpResponseBase:
        """List the rows as of a day (`as_of`) and as recorded by a moment (`known_at`), by day."""
        patient = readable_patient(request, pk)
        at = standpoints.standpoint_of(request, patient)
        rows = [row for row in on_record(self.model, [pk], at.known_at) if self._day(row) <= at.as_of]
        found = [shown(row, self.names) for row in sorted(rows, key=self._day)]
        return standpoints.tagged(request, {"results": found, **standpoints.told(at)})

    def _day(self, row: Any) -> date:
        found: date = getattr(row, self.day)
        return found


class Treatments(PatientRows):
    """The lines of treatment of a patient."""

    table = TREATMENTS


class TreatmentDetail(PatientRow):
    """One line of treatment."""

    table = TREATMENTS


class PatientSamples(RecordRows):
    """The samples of a patient, of every laboratory."""

    model, day = Sample, "collected_on"
    names = {
        "laboratory_id": "laboratory", "accession_number": "accession_number", "tissue": "tissue",
        "collected_on": "collected_on", "received_on": "received_on", "timepoint": "timepoint",
        "not_measured_because": "not_measured_because", "constructed": "constructed",
    }  # fmt: skip
