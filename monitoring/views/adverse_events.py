"""Adding, correcting and removing an adverse event."""

from datetime import date
from decimal import Decimal

from django import forms
from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from monitoring.actions import adverse_events
from monitoring.domain.ctcae import GradeAgreement, compare_febrile_grade
from monitoring.domain.toxicity import count_for_fever
from monitoring.forms.adverse_events import AdverseEventForm
from monitoring.forms.record_form import RemovalForm
from monitoring.models import AdverseEvent, Patient
from monitoring.queries.blood_counts import read_all_counts
from monitoring.queries.cycle_parts import find_adverse_event
from monitoring.views.chart_rows import patient_to_record, row_to_record
from monitoring.views.interrupted import kept_through_sign_in, take_kept
from monitoring.views.signed_in import SignedInRequest
from monitoring.views.writing_record import RecordPage, answer, show
from monitoring.wording.toxicity_words import febrile_words


@kept_through_sign_in
@require_http_methods(["GET", "POST"])
def adverse_event_add(request: SignedInRequest, pk: int) -> HttpResponse:
    """Record an adverse event; the grade of a febrile neutropenia is computed where it can be."""
    patient = patient_to_record(request, pk)
    page = _page(patient, _("Add an adverse event"), _("Record it"))
    if request.method != "POST":
        return show(request, page, AdverseEventForm(initial=take_kept(request)))
    form = AdverseEventForm(request.POST, neutrophils_near=_Near(patient))
    return answer(
        request,
        page,
        form,
        lambda: adverse_events.record(
            by=request.user, patient=patient, event=AdverseEvent(**form.columns), now=timezone.now()
        ),
        _("The adverse event is recorded."),
    )


@kept_through_sign_in
@require_http_methods(["GET", "POST"])
def adverse_event_edit(request: SignedInRequest, pk: int) -> HttpResponse:
    """Correct an adverse event, with the reason."""
    event = row_to_record(request, find_adverse_event, pk)
    remove = reverse("adverse-event-remove", args=[event.pk])
    page = _page(event.patient, _("Correct an adverse event"), _("Save the correction"), remove)
    if request.method != "POST":
        initial = take_kept(request) or AdverseEventForm.initial_of(event)
        return show(request, page, AdverseEventForm(initial=initial, is_correction=True))
    form = AdverseEventForm(request.POST, is_correction=True, neutrophils_near=_Near(event.patient))
    return answer(
        request,
        page,
        form,
        lambda: adverse_events.change(
            by=request.user, event=event, changes=form.columns, now=timezone.now(), reason=form.reason, seen=form.seen
        ),
        _("The adverse event is corrected."),
    )


@kept_through_sign_in
@require_http_methods(["GET", "POST"])
def adverse_event_remove(request: SignedInRequest, pk: int) -> HttpResponse:
    """Remove an adverse event that was written down by mistake."""
    event = row_to_record(request, find_adverse_event, pk)
    page = _page(event.patient, _("Remove an adverse event"), _("Remove it"))
    form = RemovalForm(request.POST or None, row=event)
    if request.method != "POST":
        return show(request, page, form)
    return answer(
        request,
        page,
        form,
        lambda: adverse_events.remove(by=request.user, event=event, **form.given),
        _("It is removed. What it was stays in the history."),
    )


class _Near:
    """The neutrophils near a day, read once."""

    def __init__(self, patient: Patient) -> None:
        self.patient = patient

    def __call__(self, on: date) -> Decimal | None:
        found = count_for_fever([one.count for one in read_all_counts(self.patient.pk)], on)
        return None if found is None else found.neutrophils


def _page(patient: Patient, title: str, button: str, remove_href: str = "") -> RecordPage:
    return RecordPage(
        patient=patient,
        title=title,
        section="cycles",
        part=_("Venetoclax cycles"),
        button=button,
        remove_href=remove_href,
        remark=_remark,
        units={"temperature_c": "°C"},
    )


def _remark(form: forms.Form) -> str:
    """What count and temperature say of a febrile neutropenia."""
    if not isinstance(form, AdverseEventForm) or not form.is_febrile:
        return ""
    agreement = compare_febrile_grade(form.criterion, form.cleaned_data.get("grade") or 0)
    told = febrile_words(form.criterion, agreement, form.neutrophils, form.cleaned_data.get("temperature_c"))
    if agreement is GradeAgreement.AGREES and not form.data.get("grade"):
        return _("%(facts)s: grade 3 by CTCAE 5.0, taken where none is chosen") % {"facts": told}
    return told
