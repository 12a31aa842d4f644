"""What a laboratory works with: samples and runs.

Its people see their own; whoever may read a chart sees the samples of that patient.
"""

from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import HttpResponseBase
from django.shortcuts import get_object_or_404
from rest_framework.request import Request
from rest_framework.views import APIView

from api.auth.tokens import bearer
from api.v1 import narrowing, paging, standpoints
from monitoring import permissions
from monitoring.models import CareRelation, QpcrRun, Sample
from monitoring.models.choices import RunStateChoice, TissueChoice
from monitoring.queries.laboratory import laboratory_centres


class SampleList(APIView):
    """Samples."""

    def get(self, request: Request) -> HttpResponseBase:
        """List the samples that the bearer sees, as they are on record now.

        `patient`, `accession_number`, `tissue`, `collected_from`, `collected_to` narrow. What was on record at a moment
        is asked of one patient.
        """
        standpoints.check_names(
            request, *standpoints.PAGING, "patient", "accession_number", "tissue", "collected_from", "collected_to"
        )
        if any(name in request.query_params for name in standpoints.NAMES):
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
        rows = _samples(request).filter(**{name: value for name, value in asked.items() if value is not None})
        return standpoints.tagged(request, paging.content(request, rows, _show_sample))


class SampleDetail(APIView):
    """One sample."""

    def get(self, request: Request, pk: int) -> HttpResponseBase:
        """Return the sample as it is on record now."""
        standpoints.check_names(request)
        return standpoints.tagged(request, _show_sample(get_object_or_404(_samples(request), pk=pk)))


class RunList(APIView):
    """Runs of the bearer's laboratories."""

    def get(self, request: Request) -> HttpResponseBase:
        """List the runs; `state` and `laboratory` narrow. A run is of many patients: it has no standpoint."""
        standpoints.check_names(request, *standpoints.PAGING, "state", "laboratory")
        asked = {
            "state": narrowing.one_of(request, "state", RunStateChoice.values),
            "laboratory_id": narrowing.number(request, "laboratory"),
        }
        rows = _runs(request).filter(**{name: value for name, value in asked.items() if value is not None})
        return standpoints.tagged(request, paging.content(request, rows, _show_run))


class RunDetail(APIView):
    """One run."""

    def get(self, request: Request, pk: int) -> HttpResponseBase:
        """Return the run, without its file."""
        standpoints.check_names(request)
        return standpoints.tagged(request, _show_run(get_object_or_404(_runs(request), pk=pk)))


def _samples(request: Request) -> "QuerySet[Sample]":
    """Samples of the bearer's laboratories, and those of patients whose chart the bearer may read."""
    person = bearer(request)
    chart = [each.centre_id for each in permissions.memberships_of(person) if each.role in permissions.CHART_ROLES]
    cared = CareRelation.objects.filter(patient=OuterRef("patient"), centre_id__in=chart, role__in=permissions.CARING)
    return Sample.objects.filter(Q(laboratory__centre_id__in=laboratory_centres(person)) | Q(Exists(cared)))


def _runs(request: Request) -> "QuerySet[QpcrRun]":
    rows = QpcrRun.objects.defer("file_content", "notes", "printed_curves").select_related("uploaded_by")
    return rows.filter(laboratory__centre_id__in=laboratory_centres(bearer(request)))


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


def _show_run(row: QpcrRun) -> dict[str, Any]:
    return {
        "id": row.pk,
        "laboratory": row.laboratory_id,
        "name": row.name,
        "format": row.format,
        "instrument": row.instrument or None,
        "run_on": row.run_on,
        "file_name": row.file_name,
        "file_sha256": row.file_sha256,
        "state": row.state,
        "revision": row.revision,
        "uploaded_by": row.uploaded_by.username,
        "uploaded_at": row.uploaded_at.isoformat(),
        "submitted_at": row.submitted_at.isoformat() if row.submitted_at else None,
        "discarded_because": row.discarded_because or None,
    }
