"""Adding, correcting and removing a venetoclax cycle; what the label says of its dose is told, and never forbids."""

from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from monitoring import permissions
from monitoring.actions import treatments
from monitoring.actions.refusals import ActionRefused, ImpossibleDate, StaleVersion
from monitoring.domain.venetoclax_days import CycleDays, HeldDays
from monitoring.forms.cycles import CycleForm, fingerprint
from monitoring.forms.record_form import RemovalForm
from monitoring.models import Patient, VenetoclaxCycle
from monitoring.queries.cycles_on_record import CycleFacts, read_all_cycles
from monitoring.queries.dose_question import DoseAnswer, answer_dose, holds_of
from monitoring.queries.next_cycle import latest_regimen, propose_next
from monitoring.queries.patient_record import Standpoint
from monitoring.views.charts import address_of, chart_of, cycle_of
from monitoring.views.interrupted import kept_through_sign_in, take_kept, typed_by
from monitoring.views.signed_in import SignedInRequest
from monitoring.views.writing_record import RecordPage, answer, show
from monitoring.wording.dosing_words import dose_notes

TEMPLATE = "cycle_form.html"
Holds = tuple[HeldDays, ...]


@kept_through_sign_in
@require_http_methods(["GET", "POST"])
def cycle_add(request: SignedInRequest, pk: int) -> HttpResponse:
    """Show the next cycle as the last one suggests it; answer what is typed; record it."""
    patient, now = chart_of(request, pk), timezone.now()
    permissions.check_can_record(request.user, patient.pk)
    others = read_all_cycles(patient.pk)
    proposed = propose_next(others, latest_regimen(patient.pk), Standpoint.of(patient, now).today)
    if request.method != "POST":
        kept = take_kept(request)
        form = CycleForm(initial=kept.dict() if kept else CycleForm.initial_of(proposed), others=others)
        return _page(request, patient, form, proposed=proposed)
    form = CycleForm(request.POST, others=others)
    form.propose_class()
    told = _told(form, patient, others, None)
    if request.htmx or not form.is_valid() or not form.has_read(told.warnings):
        return _answered(request, patient, form, told, proposed=proposed)
    cycle = VenetoclaxCycle(**form.columns)
    try:
        treatments.record_cycle(
            by=request.user, patient=patient, cycle=cycle, regimen=form.cleaned_data["regimen"], now=now
        )
    except ActionRefused as refused:
        return _refused(request, patient, form, refused, told, proposed=proposed)
    messages.success(request, _("Cycle %(number)s is recorded.") % {"number": cycle.number})
    return redirect(address_of(patient.pk, "cycles"))


@kept_through_sign_in
@require_http_methods(["GET", "POST"])
def cycle_edit(request: SignedInRequest, pk: int) -> HttpResponse:
    """Show a cycle as it is on record; answer what is typed; correct it, with the reason."""
    cycle, now = cycle_of(request, pk), timezone.now()
    permissions.check_can_record(request.user, cycle.patient_id)
    patient, holds = cycle.patient, holds_of(cycle)
    others = tuple(other for other in read_all_cycles(cycle.patient_id) if other.cycle_id != cycle.pk)
    if request.method != "POST":
        kept = take_kept(request)
        initial = kept.dict() if kept else CycleForm.initial_of(cycle)
        form = CycleForm(initial=initial, others=others, is_correction=True)
        as_recorded = CycleForm(initial | {"reason": "-"}, others=others, is_correction=True)
        return _page(request, patient, form, told=_told(as_recorded, patient, others, holds), cycle=cycle)
    form = CycleForm(request.POST, others=others, is_correction=True)
    form.propose_class()
    told = _told(form, patient, others, holds)
    if request.htmx or not form.is_valid() or not form.has_read(told.warnings):
        return _answered(request, patient, form, told, cycle=cycle)
    try:
        treatments.change_cycle(
            by=request.user, cycle=cycle, changes=form.columns, now=now, reason=form.cleaned_data["reason"],
            seen=form.seen_at,
        )  # fmt: skip
    except ActionRefused as refused:
        return _refused(request, patient, form, refused, told, cycle=cycle)
    messages.success(request, _("Cycle %(number)s is corrected.") % {"number": cycle.number})
    return redirect(address_of(cycle.patient_id, "cycles"))


@kept_through_sign_in
@require_http_methods(["GET", "POST"])
def cycle_remove(request: SignedInRequest, pk: int) -> HttpResponse:
    """Ask why a cycle is removed; remove it. What it was stays in the history."""
    cycle = cycle_of(request, pk)
    permissions.check_can_record(request.user, cycle.patient_id)
    page = RecordPage(
        patient=cycle.patient,
        title=_("Remove cycle %(number)s") % {"number": cycle.number},
        section="cycles",
        part=_("Venetoclax cycles"),
        button=_("Remove the cycle"),
        lead=_(
            "Only for what was written down by mistake. Its holds and reductions go with it; adverse events and "
            "transfusions stay with the patient. What it was stays in the history."
        ),
    )
    form = RemovalForm(request.POST or None, row=cycle)
    if request.method != "POST":
        return show(request, page, form)
    done = _("Cycle %(number)s is removed. What it was stays in the history.") % {"number": cycle.number}
    return answer(
        request,
        page,
        form,
        lambda: treatments.remove_cycle(by=request.user, cycle=cycle, **form.given),
        done,
    )


def _told(form: CycleForm, patient: Patient, others: tuple[CycleFacts, ...], holds: Holds | None) -> DoseAnswer:
    """What is to be said of the cycle in the form; a new one has no holds yet to compare its days with."""
    form.is_valid()
    given = form.cleaned_data
    starts_on, ends_on, days = given.get("starts_on"), given.get("ends_on"), None
    if starts_on and ends_on and starts_on <= ends_on:
        days = CycleDays(starts_on, ends_on, given.get("planned_days"), given.get("given_days"), holds or ())
    return answer_dose(patient, others, form.prescription(holds), starts_on, days)


def _answered(
    request: SignedInRequest, patient: Patient, form: CycleForm, told: DoseAnswer, **context: Any
) -> HttpResponse:
    """What the server makes of the form: to htmx the answer alone, else the page to be corrected or read."""
    if request.htmx:
        return _page(request, patient, form, template=f"{TEMPLATE}#answer", told=told, **context)
    status = HTTPStatus.OK if form.is_valid() else HTTPStatus.UNPROCESSABLE_ENTITY
    return _page(request, patient, form, status=status, told=told, is_read_back=form.is_valid(), **context)


def _refused(
    request: SignedInRequest,
    patient: Patient,
    form: CycleForm,
    refused: ActionRefused,
    told: DoseAnswer,
    **context: Any,
) -> HttpResponse:
    """Tell a refusal of the action at the field that it concerns."""
    form.add_error(refused.field if isinstance(refused, ImpossibleDate) else "starts_on", str(refused))
    stale = isinstance(refused, StaleVersion)
    status = HTTPStatus.CONFLICT if stale else HTTPStatus.UNPROCESSABLE_ENTITY
    return _page(request, patient, form, status=status, told=told, **context)


def _page(
    request: SignedInRequest,
    patient: Patient,
    form: CycleForm,
    *,
    status: int = HTTPStatus.OK,
    template: str = TEMPLATE,
    told: DoseAnswer | None = None,
    **context: Any,
) -> HttpResponse:
    shown = {
        "patient": patient,
        "form": form,
        "back": address_of(patient.pk, "cycles"),
        "typed_by": typed_by(request),
        "notes": dose_notes(told.warnings) if told else [],
        "notes_seen": fingerprint(told.warnings) if told else "",
        "days_by_holds": told.days_by_holds if told else None,
        **context,
    }
    return render(request, template, shown, status=status)
