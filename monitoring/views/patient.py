"""The patient page: the curve, the cycles behind it, and whether this is a confirmed molecular relapse."""

from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from monitoring import permissions
from monitoring.actions import reading, recompute, seeing
from monitoring.forms.chart_day import ChartDayForm
from monitoring.forms.typed_moment import write_moment
from monitoring.models import Patient
from monitoring.queries import people
from monitoring.queries.patient_page import PatientPage, read_patient_page
from monitoring.queries.patient_record import Standpoint
from monitoring.views.alert_desk import desk_of
from monitoring.views.charts import chart_of
from monitoring.views.patient_curves import curves_of
from monitoring.views.patient_story import story_of
from monitoring.views.signed_in import SignedInRequest
from monitoring.wording import standpoint_words

CHANNEL = "web"


@dataclass(frozen=True, slots=True)
class StandpointTold:
    """The standpoint in words, and as the query of the addresses that keep it; `sentence` is empty for now."""

    sentence: str
    remark: str
    query: str


@login_required
@require_safe
def patient(request: SignedInRequest, pk: int) -> HttpResponse:
    """Show one patient as of a day (`as_of`), as recorded by a moment (`known_at`), one marker whole (`marker`).

    Both are now by default. A day that cannot be is told at its field and the page is that of today: the reading of a
    chart is always logged, and an answer that says no would take the entry back. Where a moment was asked for and what
    was asked cannot be, nothing of the record is shown: the present would be taken for the past.
    """
    chart, now = chart_of(request, pk), timezone.now()
    asked = ChartDayForm(request.GET or None, patient=chart, now=now)
    if asked.errors and request.GET.get("known_at"):
        return _without_record(request, chart, asked, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    recompute.drain_patient(chart.pk, now=now)
    reading.note(by=request.user, patient=chart, channel=CHANNEL, now=now)
    if not asked.standpoint.knows(chart):
        return _without_record(request, chart, asked)
    page = read_patient_page(chart, asked.standpoint, request.GET.get("marker", ""))
    if page.marker is not None and asked.standpoint.is_today:
        shown = [alert.alert_id for alert in page.marker.alerts if alert.is_open]
        seeing.note(by=request.user, patient_id=chart.pk, alert_ids=shown, now=now)
    with timezone.override(chart.centre.zone):
        return render(request, "patient.html", _context(request, chart, page, asked, now))


def _without_record(
    request: SignedInRequest, chart: Patient, asked: ChartDayForm, status: HTTPStatus = HTTPStatus.OK
) -> HttpResponse:
    """The page of a moment at which nothing was known, or of one that cannot be."""
    zone = chart.centre.zone
    context = {
        "pseudonym": chart.pseudonym,
        "asked": asked,
        "at": asked.standpoint,
        "told": _told(chart, asked.standpoint),
        "is_synthetic": chart.is_synthetic,
        "not_registered": "" if asked.errors else standpoint_words.not_registered_words(chart.recorded_at, zone),
    }
    with timezone.override(zone):
        return render(request, "patient_standpoint.html", context, status=status)


def _context(
    request: SignedInRequest, chart: Patient, page: PatientPage, asked: ChartDayForm, now: datetime
) -> dict[str, Any]:
    story, standpoint, may_record = None, page.standpoint, permissions.can_record(request.user, chart.pk)
    if page.marker is not None:
        desk = desk_of(request, chart.pk) if standpoint.is_today else None
        story = story_of(page.marker, standpoint.as_of, standpoint.known_at or now, desk)
    return {
        "page": page,
        "marker": page.marker,
        "story": story,
        "is_to_be_answered": bool(story and story.open_alerts and standpoint.is_as_it_stood),
        "asked": asked,
        "told": _told(chart, standpoint),
        "may_record": may_record,
        "may_audit": permissions.can_audit(request.user, chart.pk),
        "called": people.called(chart.pk) if standpoint.is_today else None,
        **curves_of(
            request, page, _query(standpoint, chart), may_record=may_record,
            unacknowledged=story.unacknowledged if story else [],
        ),
        "may_set_intervals": standpoint.is_today and permissions.can_set_patient_intervals(request.user, chart.pk),
        "is_synthetic": page.identity.is_synthetic,
        "now": now,
    }  # fmt: skip


def _told(chart: Patient, standpoint: Standpoint) -> StandpointTold:
    zone, known_at = chart.centre.zone, standpoint.known_at
    query = "" if standpoint.is_today else urlencode(_query(standpoint, chart))
    if known_at is None:
        return StandpointTold("", "", query)
    sentence = standpoint_words.standpoint_words(standpoint.as_of, known_at, zone)
    return StandpointTold(sentence, standpoint_words.clock_change_words(known_at, zone), query)


def _query(standpoint: Standpoint, chart: Patient) -> dict[str, str]:
    """What keeps a standpoint in an address."""
    known_at = standpoint.known_at
    moment = {"known_at": write_moment(known_at, chart.centre.zone)} if known_at is not None else {}
    return {"as_of": standpoint.as_of.isoformat(), **moment}
