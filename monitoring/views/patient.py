"""The patient page: the curve, the cycles behind it, and whether this is a confirmed molecular relapse."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from monitoring import permissions
from monitoring.actions import reading, recompute
from monitoring.forms.chart_day import ChartDayForm
from monitoring.models import Patient
from monitoring.queries.patient_page import PatientPage, read_patient_page
from monitoring.queries.patient_record import Standpoint
from monitoring.views.charts import chart_of
from monitoring.views.patient_story import MarkerStory, story_of
from monitoring.views.signed_in import SignedInRequest
from monitoring.wording.phrases import followed_words

CHANNEL = "web"


@dataclass(frozen=True, slots=True)
class TrajectoryShown:
    """What templates/components/trajectory.html asks for."""

    slug: str
    title: str
    figure_url: str
    name: str
    table_href: str
    is_past: bool
    unacknowledged: list[str]


@login_required
@require_safe
def patient(request: SignedInRequest, pk: int) -> HttpResponse:
    """Show one patient as of a day (`as_of`, today by default), one marker whole (`marker`).

    A day that cannot be is told at its field and the page is that of today: the reading of a chart is always logged,
    and an answer that says no would take the entry back.
    """
    chart, now = chart_of(request, pk), timezone.now()
    recompute.drain_patient(chart.pk, now=now)
    asked = ChartDayForm(request.GET or None, today=Standpoint.of(chart, now).today)
    page = read_patient_page(chart, Standpoint.of(chart, now, asked.day), request.GET.get("marker", ""))
    reading.note(by=request.user, patient=chart, channel=CHANNEL, now=now)
    with timezone.override(chart.centre.zone):
        return render(request, "patient.html", _context(request, chart, page, asked, now))


def _context(
    request: SignedInRequest, chart: Patient, page: PatientPage, asked: ChartDayForm, now: datetime
) -> dict[str, Any]:
    story = None
    if page.marker is not None:
        may = permissions.can_acknowledge(request.user, chart.pk) and page.standpoint.is_today
        story = story_of(page.marker, page.standpoint.as_of, now, may_acknowledge=may)
    return {
        "page": page,
        "marker": page.marker,
        "story": story,
        "asked": asked,
        "trajectory": _trajectory(page, story),
        "may_record": permissions.can_record(request.user, chart.pk),
        "is_synthetic": page.identity.is_synthetic,
        "now": now,
    }


def _trajectory(page: PatientPage, story: MarkerStory | None) -> TrajectoryShown | None:
    if page.marker is None or story is None:
        return None
    followed, standpoint = page.marker.followed, page.standpoint
    query = {"marker": followed.marker, "as_of": standpoint.as_of.isoformat()}
    return TrajectoryShown(
        slug=f"trajectory-{followed.series_id}",
        title=followed_words(followed.marker, followed.mutation_type),
        figure_url=f"{reverse('patient-figure', args=[page.identity.patient_id])}?{urlencode(query)}",
        name=page.identity.pseudonym,
        table_href="#samples",
        is_past=not standpoint.is_today,
        unacknowledged=story.unacknowledged,
    )
