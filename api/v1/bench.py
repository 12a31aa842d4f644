"""Samples: people of a laboratory see their own; whoever may read a chart sees the samples of that patient."""

from typing import Any

from django.http import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.utils import timezone
from rest_framework import serializers, status
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from api.auth.tokens import bearer
from api.v1 import conditions, narrowing, paging, sight, standpoints
from api.v1.exact_text import TextField
from api.v1.patient_rows import row_at
from api.v1.result_turns import ReasonFields
from api.v1.results import LARGEST_ID
from api.v1.standpoints import is_asked
from monitoring.actions import samples
from monitoring.models import Laboratory, Patient, Sample
from monitoring.models.choices import TimepointChoice, TissueChoice


class FactsFields(serializers.Serializer[Any]):
    """The facts of a tube."""

    tissue = serializers.ChoiceField(TissueChoice.values)
    collected_on = serializers.DateField()
    received_on = serializers.DateField(required=False, allow_null=True)
    timepoint = serializers.ChoiceField(TimepointChoice.values, required=False, allow_blank=True)


class TubeFields(FactsFields):
    """A tube that a laboratory takes in: whose it is, and its facts."""

    patient = serializers.IntegerField(min_value=1, max_value=LARGEST_ID)
    laboratory = serializers.IntegerField(min_value=1, max_value=LARGEST_ID)
    accession_number = TextField(max_length=50)


class FactsChange(FactsFields, ReasonFields):
    """What is corrected, and why."""


class SampleList(APIView):
    """Samples."""

    def get(self, request: Request) -> HttpResponseBase:
        """List the samples that the bearer sees, as they are on record now.

        `patient`, `accession_number`, `tissue`, `collected_from`, `collected_to` narrow. What was on record at a moment
        is asked of one patient.
        """
        standpoints.check_names(
            request, *standpoints.NAMES, *standpoints.PAGING, "patient", "accession_number", "tissue",
            "collected_from", "collected_to",
        )  # fmt: skip
        if standpoints.is_asked(request):
            raise standpoints.Unprocessable(
                {"known_at": "Ask the samples of one patient: /api/v1/patients/{id}/samples/."}
            )
        asked = {
            "patient_id": narrowing.number(request, "patient"),
            "accession_number": request.query_params.get("accession_number"),
            "tissue": narrowing.one_of(request, "tissue", TissueChoice.values),
            "collected_on__gte": narrowing.day(request, "collected_from"),
            "collected_on__lte": narrowing.day(request, "collected_to"),
        }
        rows = sight.samples(request).filter(**{name: value for name, value in asked.items() if value is not None})
        return standpoints.tagged(request, paging.content(request, rows, _show_sample))

    def post(self, request: Request) -> Response:
        """Take a tube in that is not measured yet; people of its laboratory do. 422 where its number is in use."""
        fields = TubeFields(data=request.data)
        fields.is_valid(raise_exception=True)
        data = dict(fields.validated_data)
        patient = _there(Patient.objects.select_related("centre"), data.pop("patient"), "patient")
        laboratory = _there(Laboratory.objects, data.pop("laboratory"), "laboratory")
        sample = Sample(patient=patient, laboratory=laboratory, **data)
        samples.register(by=bearer(request), sample=sample, now=timezone.now())
        sample.refresh_from_db()
        return Response(_show_sample(sample), status=status.HTTP_201_CREATED)


class SampleDetail(APIView):
    """One sample."""

    def get(self, request: Request, pk: int) -> HttpResponseBase:
        """Return the sample as it is on record; `known_at` as it was then, 404 where it was not, or was taken later."""
        row = get_object_or_404(sight.samples(request).select_related("patient__centre"), pk=pk)
        at = standpoints.standpoint_of(request, row.patient)
        return standpoints.tagged(request, _show_sample(row_at(row, at, "collected_on") if is_asked(request) else row))

    def patch(self, request: Request, pk: int) -> Response:
        """Correct the facts of a tube, with the `reason`: its results follow, and what was on record stays there.

        412 where the sample is no longer the one of If-Match; 409 for material, day of collection or time point where
        results are signed or wait for it: POST /samples/{id}/corrections/ proposes them, a second person signs.
        """
        row = get_object_or_404(sight.samples(request).select_for_update(of=("self",)), pk=pk)
        asked, fields = ReasonFields(data=request.data), FactsFields(data=request.data, partial=True)
        asked.is_valid(raise_exception=True)
        fields.is_valid(raise_exception=True)
        conditions.seen_as_is(request, _show_sample(row))
        reason, now = asked.validated_data["reason"], timezone.now()
        changes = dict(fields.validated_data)
        try:
            samples.correct(by=bearer(request), sample=row, changes=changes, reason=reason, now=now)
        except samples.FactsAreSigned as refused:
            raise samples.FactsAreSigned(f"{refused} POST /api/v1/samples/{pk}/corrections/") from refused
        row.refresh_from_db()
        return Response(_show_sample(row))


def _there(rows: Any, pk: int, path: str) -> Any:
    row = rows.filter(pk=pk).first()
    if row is None:
        raise ValidationError({path: "There is none with this number that you may see."})
    return row


def _show_sample(row: Sample) -> dict[str, Any]:
    return {
        "id": row.pk,
        "patient": row.patient_id,
        "laboratory": row.laboratory_id,
        "accession_number": row.accession_number,
        "tissue": row.tissue,
        "collected_on": row.collected_on,
        "received_on": row.received_on,
        "timepoint": row.timepoint or None,
        "not_measured_because": row.not_measured_because or None,
        "constructed": row.constructed,
        "recorded_at": row.recorded_at.isoformat(),
    }
