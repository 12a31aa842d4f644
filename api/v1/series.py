"""Series: what is followed in a patient, with results, verdicts and the figure. Verdicts are never stale."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from api.auth.tokens import bearer
from api.v1.paging import page
from api.v1.results import show_result
from monitoring import permissions
from monitoring.actions import figures, reading, recompute
from monitoring.domain.terms import RuleSetId
from monitoring.models import MrdResult, MrdSeries, StoredVerdict


def readable_series(request: Request, pk: int) -> MrdSeries:
    """Return a series whose chart the bearer may read, computed anew where it was stale, and note the reading."""
    series = get_object_or_404(MrdSeries.objects.select_related("patient__centre"), pk=pk)
    if not permissions.can_read_chart(bearer(request), series.patient_id):
        raise NotFound
    now = timezone.now()
    reading.note(by=bearer(request), patient=series.patient, channel="api", now=now)
    recompute.drain_patient(series.patient_id, now=now)
    series.refresh_from_db(fields=["revision"])
    return series


class SeriesList(APIView):
    """Series of the bearer's patients."""

    def get(self, request: Request) -> Response:
        """List the series; `patient` (number) or `pseudonym` narrows."""
        rows = MrdSeries.objects.select_related("patient")
        if pseudonym := request.query_params.get("pseudonym"):
            rows = rows.filter(patient__pseudonym=pseudonym)
        if (patient := request.query_params.get("patient", "")).isdigit():
            rows = rows.filter(patient_id=patient)
        return page(request, rows, _show)


class SeriesDetail(APIView):
    """One series."""

    def get(self, request: Request, pk: int) -> Response:
        """Return the series."""
        return Response(_show(readable_series(request, pk)))


class SeriesResults(APIView):
    """The results of a series."""

    def get(self, request: Request, pk: int) -> Response:
        """List every authorised result, the versions before it on request with `all=yes`."""
        series = readable_series(request, pk)
        rows = MrdResult.objects.filter(series=series).select_related("sample", "assay")
        if request.query_params.get("all") != "yes":
            rows = rows.filter(state="AUTHORISED")
        return page(request, rows, show_result)


class SeriesVerdicts(APIView):
    """The verdicts of a series."""

    def get(self, request: Request, pk: int) -> Response:
        """Return what each rule set says, with evidence, and for which revision and day it was computed."""
        series = readable_series(request, pk)
        rows = StoredVerdict.objects.filter(series=series).order_by("ruleset")
        return Response(
            {
                "series": series.pk,
                "revision": series.revision,
                "alerting_ruleset": series.patient.centre.alerting_ruleset,
                "verdicts": {
                    row.ruleset: {
                        **row.content,
                        "revision": row.revision,
                        "ruleset_version": row.ruleset_version,
                        "engine_version": row.engine_version,
                        "computed_for": row.computed_for,
                    }
                    for row in rows
                },
            }
        )


class SeriesFigure(APIView):
    """The trajectory of a series as it is drawn in the browser."""

    def get(self, request: Request, pk: int) -> HttpResponse:
        """Return the stored figure by one rule set (`ruleset`, by default the one that raises alerts)."""
        series = readable_series(request, pk)
        ruleset = request.query_params.get("ruleset") or series.patient.centre.alerting_ruleset
        if ruleset not in set(RuleSetId):
            raise NotFound
        stored = figures.current(series, RuleSetId(ruleset), now=timezone.now())
        answer = HttpResponse(stored.content, content_type="application/json")
        answer["Content-Encoding"] = "gzip"
        answer["ETag"] = stored.etag
        answer["Cache-Control"] = "private, no-cache"
        return answer


def _show(series: MrdSeries) -> dict[str, Any]:
    return {
        "id": series.pk,
        "patient": series.patient_id,
        "pseudonym": series.patient.pseudonym,
        "marker": series.marker,
        "mutation_type": series.mutation_type,
        "revision": series.revision,
    }
