"""The trajectory as the browser draws it: the stored one of now, or one as of a day and as recorded by a moment."""

import gzip
from datetime import datetime
from http import HTTPStatus

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse, JsonResponse
from django.utils import timezone
from django.utils.cache import get_conditional_response
from django.views.decorators.http import require_safe

from monitoring.actions import figures, reading, ready_figures
from monitoring.actions.figures import ReadyFigure
from monitoring.domain.terms import RuleSetId
from monitoring.forms.chart_day import ChartDayForm
from monitoring.queries import followed_markers
from monitoring.views.charts import chart_of
from monitoring.views.signed_in import SignedInRequest

CHANNEL = "web"
STANDPOINT = ("as_of", "known_at")


@login_required
@require_safe
def patient_figure(request: SignedInRequest, pk: int) -> HttpResponse:
    """Answer with the figure of one marker (`marker`) by one rule set (`ruleset`).

    `as_of` is the day up to which things count, `known_at` the moment by which they were recorded; both now by default.
    """
    asked, now = request.GET, timezone.now()
    if not any(asked.get(name) for name in STANDPOINT):
        ready = ready_figures.read_of_patient(
            by=request.user, patient_id=pk, marker=asked.get("marker", ""), ruleset=asked.get("ruleset", ""),
            channel=CHANNEL, now=now,
        )  # fmt: skip
        if ready is not None:
            return _answer(request, ready)
    return _the_whole_way(request, pk, now)


def _the_whole_way(request: SignedInRequest, pk: int, now: datetime) -> HttpResponse:
    """Say why there is no figure for this person, or draw the one that is not stored, or not of today."""
    patient = chart_of(request, pk)
    series = followed_markers.find_series(patient.pk, request.GET.get("marker", ""))
    ruleset = request.GET.get("ruleset") or patient.centre.alerting_ruleset
    if series is None or ruleset not in set(RuleSetId):
        raise Http404
    asked = ChartDayForm(request.GET, patient=patient, now=now)
    if not asked.is_valid():
        return JsonResponse({"errors": asked.errors}, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    reading.note(by=request.user, patient=patient, channel=CHANNEL, now=now)
    at = asked.standpoint
    if not at.is_today:
        return _answer(request, figures.as_of(series, RuleSetId(ruleset), at.as_of, at.known_at))
    return _answer(request, figures.current(series, RuleSetId(ruleset), now=now))


def _answer(request: SignedInRequest, figure: ReadyFigure) -> HttpResponse:
    """Send the figure compressed where the browser takes it so; to the person only, and not again while unchanged."""
    takes_gzip = "gzip" in request.headers.get("Accept-Encoding", "")
    content = figure.content if takes_gzip else gzip.decompress(figure.content)
    response = HttpResponse(content, content_type="application/json")
    if takes_gzip:
        response.headers["Content-Encoding"] = "gzip"
    response.headers["ETag"] = figure.etag
    response.headers["Cache-Control"] = "private, no-cache"
    response.headers["Vary"] = "Accept-Encoding, Cookie"
    answer: HttpResponse = get_conditional_response(request, etag=figure.etag, response=response) or response
    return answer
