"""The report of a patient and that of a meeting, as PDF."""

import re
from http import HTTPStatus

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from monitoring.actions import reading, recompute
from monitoring.forms.chart_day import ChartDayForm
from monitoring.forms.meeting_list import MeetingListForm, read_numbers
from monitoring.models import Patient
from monitoring.queries import known_inputs, meeting_list
from monitoring.queries.patient_record import Standpoint
from monitoring.reports.meeting_report import meeting_pdf
from monitoring.reports.patient_report import Printing, patient_pdf
from monitoring.views.charts import chart_of
from monitoring.views.signed_in import SignedInRequest
from monitoring.views.worklist import chart_centres
from monitoring.wording import standpoint_words

CHANNEL = "pdf"
YES = "yes"
UNSAFE = re.compile(r"[^A-Za-z0-9_-]+")  # what a name of a file does not hold


@login_required
@require_safe
def patient_report(request: SignedInRequest, pk: int) -> HttpResponse:
    """Answer with the report of one patient, from the standpoint asked for (`as_of`, `known_at`), as the page.

    `marker` narrows to one of several; `lang` is the language, by default the reader's; `names=yes` adds name and
    hospital number. What cannot be asked for is told on a page, at its field; nothing of the record is in it.
    """
    chart, now = chart_of(request, pk), timezone.now()
    asked = ChartDayForm(request.GET, patient=chart, now=now)
    if asked.errors or not asked.standpoint.knows(chart):
        return _without_record(request, chart, asked)
    marker = followed_marker(chart, asked.standpoint, request.GET.get("marker", ""))
    printing = printing_of(request, with_name=request.GET.get("names") == YES)
    recompute.drain_patient(chart.pk, now=now)
    reading.note(by=request.user, patient=chart, channel=CHANNEL, now=now)
    content = patient_pdf(chart, asked.standpoint, printing, marker)
    return as_pdf(content, f"{chart.pseudonym}-{asked.standpoint.as_of.isoformat()}")


def _without_record(request: SignedInRequest, chart: Patient, asked: ChartDayForm) -> HttpResponse:
    """The page of a moment at which nothing was known, or of a day or moment that cannot be."""
    zone, at = chart.centre.zone, asked.standpoint
    known_at = None if asked.errors else at.known_at
    context = {
        "pseudonym": chart.pseudonym,
        "asked": asked,
        "at": at,
        "told": {"sentence": standpoint_words.standpoint_words(at.as_of, known_at, zone) if known_at else ""},
        "is_synthetic": chart.is_synthetic,
        "not_registered": standpoint_words.not_registered_words(chart.recorded_at, zone) if known_at else "",
    }
    with timezone.override(zone):
        return render(request, "patient_standpoint.html", context, status=HTTPStatus.UNPROCESSABLE_ENTITY)


@login_required
@require_safe
def meeting(request: SignedInRequest) -> HttpResponse:
    """Show the list of a meeting before it is printed; `patient` names those who were ticked elsewhere."""
    form = MeetingListForm(centres=readable_centres(request))
    return _meeting_page(request, form, read_numbers(request.GET.getlist("patient")))


@login_required
@require_POST
def meeting_report(request: SignedInRequest) -> HttpResponse:
    """Answer with the reports of the patients on the list, in its order, behind a cover."""
    now = timezone.now()
    form = MeetingListForm(request.POST, centres=readable_centres(request))
    if not form.is_valid():
        return _meeting_page(request, form, form.ticked, HTTPStatus.UNPROCESSABLE_ENTITY)
    for each in form.patients:
        recompute.drain_patient(each.pk, now=now)
    reading.note_all(by=request.user, patient_ids=[each.pk for each in form.patients], channel=CHANNEL, now=now)
    printing = printing_of(request, with_name=form.cleaned_data["with_name"])
    return as_pdf(meeting_pdf(form.patients, printing), f"meeting-{timezone.localdate(now).isoformat()}")


def readable_centres(request: SignedInRequest) -> list[int]:
    """Return the centres at which the person reads charts; refused where there is none."""
    centres = chart_centres(request)
    if not centres:
        raise PermissionDenied(_("Clinicians, data managers and auditors read charts."))
    return centres


def followed_marker(chart: Patient, at: Standpoint, marker: str) -> str:
    """Return the marker asked for; any that is not followed from there does not exist."""
    if marker and marker not in {row.marker for row in known_inputs.followed_series(chart, at.known_at)}:
        raise Http404
    return marker


def printing_of(request: SignedInRequest, *, with_name: bool) -> Printing:
    """Return who prints, when, and in which language; one that is not spoken here does not exist."""
    language = request.GET.get("lang") or get_language() or settings.LANGUAGE_CODE
    if language not in dict(settings.LANGUAGES):
        raise Http404
    return Printing(request.user.shown_name, timezone.now(), language, with_name)


def as_pdf(content: bytes, name: str) -> HttpResponse:
    """Answer with a PDF for this person only; the file is named by pseudonym and day."""
    response = HttpResponse(content, content_type="application/pdf")
    response.headers["Content-Disposition"] = f'attachment; filename="{UNSAFE.sub("-", name)}.pdf"'
    response.headers["Cache-Control"] = "private, no-store"
    return response


def _meeting_page(
    request: SignedInRequest, form: MeetingListForm, ticked: list[int], status: HTTPStatus = HTTPStatus.OK
) -> HttpResponse:
    found = meeting_list.find(centres=form.centres, numbers=ticked, pseudonyms=())
    by_number = {patient.pk: patient for patient in found}
    patients = [by_number[number] for number in ticked if number in by_number]
    return render(request, "meeting_list.html", {"form": form, "patients": patients}, status=status)
