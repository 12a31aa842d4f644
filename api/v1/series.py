"""Series: what is followed in a patient, with results, verdicts and the figure. Verdicts are never stale."""

from typing import Any

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.utils import timezone
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.views import APIView

from api.auth.tokens import bearer
from api.v1 import narrowing, paging, sight, standpoints
from api.v1.results import results_at
from monitoring import permissions
from monitoring.actions import figures, reading, ready_figures, recompute
from monitoring.actions.figures import ReadyFigure
from monitoring.domain import wire
from monitoring.domain.classify import ENGINE_VERSION, classify_all
from monitoring.domain.rulesets import RULESETS
from monitoring.domain.terms import RuleSetId
from monitoring.models import MrdResult, MrdSeries, StoredVerdict
from monitoring.queries import known_inputs
from monitoring.queries.patient_record import Standpoint


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

    def get(self, request: Request) -> HttpResponseBase:
        """List the series; `patient` (number) or `pseudonym` narrows.

        `known_at` narrows to those followed by that moment. `as_of` changes nothing: nothing here was collected.
        """
        asked = standpoints.standpoint_of_list(request, "patient", "pseudonym")
        rows = MrdSeries.objects.filter(sight.patients_known(request)).select_related("patient")
        if pseudonym := request.query_params.get("pseudonym"):
            rows = rows.filter(patient__pseudonym=pseudonym)
        if (patient := narrowing.number(request, "patient")) is not None:
            rows = rows.filter(patient_id=patient)
        if asked.known_at is not None:
            rows = rows.filter(known_inputs.on_record_at(asked.known_at))
        return standpoints.tagged(request, {**paging.content(request, rows, _show), **standpoints.told(asked)})


class SeriesDetail(APIView):
    """One series."""

    def get(self, request: Request, pk: int) -> HttpResponseBase:
        """Return the series; `on_record` false says that at the moment asked for it was not followed yet."""
        series = readable_series(request, pk)
        at = standpoints.standpoint_of(request, series.patient)
        return standpoints.tagged(
            request, {**_show(series), "on_record": _is_on_record(series, at), **standpoints.told(at)}
        )


class SeriesResults(APIView):
    """The results of a series."""

    def get(self, request: Request, pk: int) -> HttpResponseBase:
        """List every authorised result, the versions before it on request with `all=yes`.

        `as_of` narrows to samples collected by that day. `known_at` gives the versions that counted at that moment,
        with the facts of the sample as they were on record then; with `all=yes` every version signed by then.
        """
        series = readable_series(request, pk)
        at = standpoints.standpoint_of(request, series.patient, *standpoints.PAGING, "all")
        rows = MrdResult.objects.filter(series=series).select_related("sample", "assay")
        state = None if narrowing.one_of(request, "all", ("yes", "no")) == "yes" else "AUTHORISED"
        asked = standpoints.ListStandpoint(None if at.is_today else at.as_of, at.known_at)
        content = paging.content(request, *results_at(rows, asked, state))
        return standpoints.tagged(request, {**content, **standpoints.told(at)})


class SeriesVerdicts(APIView):
    """The verdicts of a series."""

    def get(self, request: Request, pk: int) -> HttpResponseBase:
        """Return what each rule set says, with evidence, and for which revision and day it was computed.

        From another standpoint than now (`as_of`, `known_at`) the verdicts are computed for this answer by the same
        engine, from the inputs as they were on record, by the editions of the rules of today; nothing is stored. They
        are empty where the series was not followed yet.
        """
        series = readable_series(request, pk)
        at = standpoints.standpoint_of(request, series.patient)
        return standpoints.tagged(
            request,
            {
                "series": series.pk,
                "revision": series.revision,
                "alerting_ruleset": series.patient.centre.alerting_ruleset,
                "on_record": _is_on_record(series, at),
                "verdicts": _stored_verdicts(series) if at.is_today else _computed_verdicts(series, at),
                **standpoints.told(at),
            },
        )


class SeriesFigure(APIView):
    """The trajectory of a series as it is drawn in the browser."""

    def get(self, request: Request, pk: int) -> HttpResponseBase:
        """Return the figure by one rule set (`ruleset`, by default the one that raises alerts).

        That of now is stored; one of another standpoint (`as_of`, `known_at`) is drawn for this answer.
        """
        if set(request.query_params) <= {"ruleset"}:
            ready = ready_figures.read_of_series(
                by=bearer(request), series_id=pk, ruleset=request.query_params.get("ruleset", ""), channel="api",
                now=timezone.now(),
            )  # fmt: skip
            if ready is not None:
                return _figure(ready)
        return self._the_whole_way(request, pk)

    def _the_whole_way(self, request: Request, pk: int) -> HttpResponseBase:
        """Say why there is no figure for this bearer, or draw the one that is not stored, or not of today."""
        series = readable_series(request, pk)
        at = standpoints.standpoint_of(request, series.patient, "ruleset")
        ruleset = request.query_params.get("ruleset") or series.patient.centre.alerting_ruleset
        if ruleset not in set(RuleSetId):
            raise NotFound
        if at.is_today:
            ready = figures.current(series, RuleSetId(ruleset), now=timezone.now())
        else:
            ready = figures.as_of(series, RuleSetId(ruleset), at.as_of, at.known_at)
        return _figure(ready)


def _figure(ready: ReadyFigure) -> HttpResponse:
    answer = HttpResponse(ready.content, content_type="application/json")
    answer["Content-Encoding"] = "gzip"
    answer["ETag"] = ready.etag
    answer["Cache-Control"] = "private, no-cache"
    return answer


def _is_on_record(series: MrdSeries, at: Standpoint) -> bool:
    return series.pk in {row.pk for row in known_inputs.followed_series(series.patient, at.known_at)}


def _stored_verdicts(series: MrdSeries) -> dict[str, Any]:
    return {
        row.ruleset: {
            **row.content,
            "revision": row.revision,
            "ruleset_version": row.ruleset_version,
            "engine_version": row.engine_version,
            "computed_for": row.computed_for,
        }
        for row in StoredVerdict.objects.filter(series=series).order_by("ruleset")
    }


def _computed_verdicts(series: MrdSeries, at: Standpoint) -> dict[str, Any]:
    if not _is_on_record(series, at):
        return {}
    [inputs] = known_inputs.read_inputs([series.pk], at.known_at)
    verdicts = classify_all(inputs.series, as_of=at.as_of)
    return {
        ruleset.value: {
            **wire.verdict_to_dict(verdicts[ruleset]),
            "revision": inputs.revision,
            "ruleset_version": RULESETS[ruleset].version,
            "engine_version": ENGINE_VERSION,
            "computed_for": at.as_of,
        }
        for ruleset in sorted(verdicts)
    }


def _show(series: MrdSeries) -> dict[str, Any]:
    return {
        "id": series.pk,
        "patient": series.patient_id,
        "pseudonym": series.patient.pseudonym,
        "marker": series.marker,
        "mutation_type": series.mutation_type,
        "revision": series.revision,
    }
