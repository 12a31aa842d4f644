"""Adding, correcting and removing an event of a patient."""

from http import HTTPStatus

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from monitoring import permissions
from monitoring.actions import events
from monitoring.actions.refusals import ActionRefused, ImpossibleDate, StaleVersion
from monitoring.forms.events import EventForm
from monitoring.forms.record_form import RemovalForm
from monitoring.models import ClinicalEvent, Patient
from monitoring.models.choices import EventKindChoice
from monitoring.views.charts import address_of, chart_of, event_of
from monitoring.views.interrupted import kept_through_sign_in, take_kept, typed_by
from monitoring.views.signed_in import SignedInRequest

TEMPLATE = "event_form.html"


@kept_through_sign_in
@require_http_methods(["GET", "POST"])
def event_add(request: SignedInRequest, pk: int) -> HttpResponse:
    """Let the kind be chosen; show the form of that kind; record the event."""
    patient = chart_of(request, pk)
    permissions.check_can_record(request.user, patient.pk)
    kind = request.GET.get("kind", "")
    if kind not in EventKindChoice.values:
        return _page(request, patient, None)
    if request.method != "POST":
        kept = take_kept(request)
        return _page(request, patient, EventForm(initial=kept.dict() if kept else None, kind=kind))
    form = EventForm(request.POST, kind=kind)
    if form.is_valid():
        event = ClinicalEvent(kind=kind, **form.columns)
        try:
            events.record(by=request.user, patient=patient, event=event, now=timezone.now())
        except ActionRefused as refused:
            _tell(form, refused)
        else:
            messages.success(request, _("%(event)s is recorded.") % {"event": form.kind.label})
            return redirect(address_of(patient.pk, "timeline"))
    return _page(request, patient, form, status=HTTPStatus.UNPROCESSABLE_ENTITY)


@kept_through_sign_in
@require_http_methods(["GET", "POST"])
def event_edit(request: SignedInRequest, pk: int) -> HttpResponse:
    """Show an event as it is on record; correct it, with the reason."""
    event = event_of(request, pk)
    permissions.check_can_record(request.user, event.patient_id)
    if request.method != "POST":
        kept = take_kept(request)
        initial = kept.dict() if kept else EventForm.initial_of(event)
        return _page(
            request, event.patient, EventForm(initial=initial, kind=event.kind, is_correction=True), event=event
        )
    form = EventForm(request.POST, kind=event.kind, is_correction=True)
    if form.is_valid():
        try:
            events.change(
                by=request.user, event=event, changes=form.columns, now=timezone.now(),
                reason=form.cleaned_data["reason"], seen=form.seen_at,
            )  # fmt: skip
        except StaleVersion as stale:
            form.add_error(None, str(stale))
            return _page(request, event.patient, form, event=event, status=HTTPStatus.CONFLICT)
        except ActionRefused as refused:
            _tell(form, refused)
        else:
            messages.success(request, _("%(event)s is corrected.") % {"event": form.kind.label})
            return redirect(address_of(event.patient_id, "timeline"))
    return _page(request, event.patient, form, event=event, status=HTTPStatus.UNPROCESSABLE_ENTITY)


@kept_through_sign_in
@require_http_methods(["GET", "POST"])
def event_remove(request: SignedInRequest, pk: int) -> HttpResponse:
    """Ask why an event is removed; remove it. What it was stays in the history."""
    event = event_of(request, pk)
    permissions.check_can_record(request.user, event.patient_id)
    form = RemovalForm(request.POST or None, row=event)
    status = HTTPStatus.UNPROCESSABLE_ENTITY if request.method == "POST" else HTTPStatus.OK
    if request.method == "POST" and form.is_valid():
        label = EventKindChoice(event.kind).label
        patient_id = event.patient_id
        try:
            events.remove(by=request.user, event=event, **form.given)
        except StaleVersion as stale:
            form.add_error(None, str(stale))
            status = HTTPStatus.CONFLICT
        else:
            messages.success(request, _("%(event)s is removed. What it was stays in the history.") % {"event": label})
            return redirect(address_of(patient_id, "timeline"))
    return _page(request, event.patient, form, event=event, is_removal=True, status=status)


def _tell(form: EventForm, refused: ActionRefused) -> None:
    """Tell a refusal of the action at the field that it concerns."""
    form.add_error(refused.field if isinstance(refused, ImpossibleDate) else "happened_on", str(refused))


def _page(
    request: SignedInRequest,
    patient: Patient,
    form: EventForm | RemovalForm | None,
    *,
    status: int = HTTPStatus.OK,
    **context: object,
) -> HttpResponse:
    back = address_of(patient.pk, "timeline")
    shown = {
        "patient": patient,
        "form": form,
        "kinds": EventKindChoice.choices,
        "back": back,
        "typed_by": typed_by(request),
        **context,
    }
    return render(request, TEMPLATE, shown, status=status)
