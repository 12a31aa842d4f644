"""Remarks on the curve: adding one, taking one off."""

from http import HTTPStatus

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from monitoring import permissions
from monitoring.actions import curve_notes
from monitoring.actions.refusals import ActionRefused, ImpossibleDate, StaleVersion
from monitoring.forms.curve_notes import CurveNoteForm
from monitoring.models import MrdSeries, Patient
from monitoring.queries import curve_notes as notes_on_record
from monitoring.queries.known_inputs import followed_series
from monitoring.views.charts import address_of, chart_of
from monitoring.views.interrupted import kept_through_sign_in, take_kept, typed_by
from monitoring.views.signed_in import SignedInRequest
from monitoring.wording.phrases import followed_words


@kept_through_sign_in
@require_http_methods(["GET", "POST"])
def note_add(request: SignedInRequest, pk: int) -> HttpResponse:
    """Show the form of a note; pin it to the curve."""
    patient = chart_of(request, pk)
    permissions.check_can_record(request.user, patient.pk)
    if request.method != "POST":
        kept = take_kept(request)
        initial = kept.dict() if kept else {"marker": request.GET.get("marker", "")}
        return _page(request, patient, _form(patient, initial=initial))
    form = _form(patient, request.POST)
    if form.is_valid():
        try:
            curve_notes.add(by=request.user, patient=patient, now=timezone.now(), **form.cleaned_data)
        except ActionRefused as refused:
            form.add_error("on" if isinstance(refused, ImpossibleDate) else "text", str(refused))
        else:
            messages.success(request, _("The note stands on the curve."))
            return redirect(address_of(patient.pk, "notes", marker=request.POST.get("shown", "")))
    return _page(request, patient, form, status=HTTPStatus.UNPROCESSABLE_ENTITY)


@kept_through_sign_in
@require_POST
def note_take_off(request: SignedInRequest, pk: int) -> HttpResponse:
    """Take a note off the curve; a second click says that it is off."""
    note = notes_on_record.find_note(pk)
    if note is None:
        raise Http404
    chart_of(request, note.patient_id)
    try:
        curve_notes.take_off(by=request.user, note=note, now=timezone.now())
    except StaleVersion as refused:
        messages.info(request, str(refused))
    else:
        messages.success(request, _("The note is off the curve. What it said stays in the list."))
    return redirect(address_of(note.patient_id, "notes", marker=request.POST.get("shown", "")))


def markers_of(rows: list[MrdSeries]) -> list[tuple[str, str]]:
    """Return the followed markers as choices."""
    return [(row.marker, followed_words(row.marker, row.mutation_type)) for row in rows]


def _form(patient: Patient, data: object = None, **kwargs: object) -> CurveNoteForm:
    return CurveNoteForm(data, markers=markers_of(followed_series(patient, None)), **kwargs)


def _page(request: SignedInRequest, patient: Patient, form: CurveNoteForm, status: int = HTTPStatus.OK) -> HttpResponse:
    context = {
        "patient": patient,
        "form": form,
        "back": address_of(patient.pk, "notes"),
        "typed_by": typed_by(request),
        "shown": request.POST.get("shown", request.GET.get("marker", "")),
    }
    return render(request, "curve_note_form.html", context, status=status)
