"""Adding and correcting a venetoclax cycle."""

from http import HTTPStatus

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from monitoring import permissions
from monitoring.actions import treatments
from monitoring.actions.refusals import ActionRefused, ImpossibleDate
from monitoring.forms.cycles import CycleForm
from monitoring.models import Patient, VenetoclaxCycle
from monitoring.queries.cycles_on_record import read_all_cycles
from monitoring.queries.next_cycle import latest_regimen, propose_next
from monitoring.queries.patient_record import Standpoint
from monitoring.views.charts import address_of, chart_of, cycle_of
from monitoring.views.interrupted import kept_through_sign_in, take_kept, typed_by
from monitoring.views.signed_in import SignedInRequest

TEMPLATE = "cycle_form.html"


@kept_through_sign_in
@require_http_methods(["GET", "POST"])
def cycle_add(request: SignedInRequest, pk: int) -> HttpResponse:
    """Show the next cycle as the last one suggests it; record it."""
    patient, now = chart_of(request, pk), timezone.now()
    permissions.check_can_record(request.user, patient.pk)
    others = read_all_cycles(patient.pk)
    proposed = propose_next(others, latest_regimen(patient.pk), Standpoint.of(patient, now).today)
    if request.method != "POST":
        kept = take_kept(request)
        form = CycleForm(initial=kept.dict() if kept else CycleForm.initial_of(proposed), others=others)
        return _page(request, patient, form, proposed=proposed)
    form = CycleForm(request.POST, others=others)
    if form.is_valid():
        cycle = VenetoclaxCycle(**form.columns)
        try:
            treatments.record_cycle(
                by=request.user, patient=patient, cycle=cycle, regimen=form.cleaned_data["regimen"], now=now
            )
        except ActionRefused as refused:
            _tell(form, refused)
        else:
            messages.success(request, _("Cycle %(number)s is recorded.") % {"number": cycle.number})
            return redirect(address_of(patient.pk, "cycles"))
    return _page(request, patient, form, proposed=proposed, status=HTTPStatus.UNPROCESSABLE_ENTITY)


@kept_through_sign_in
@require_http_methods(["GET", "POST"])
def cycle_edit(request: SignedInRequest, pk: int) -> HttpResponse:
    """Show a cycle as it is on record; correct it, with the reason."""
    cycle, now = cycle_of(request, pk), timezone.now()
    permissions.check_can_record(request.user, cycle.patient_id)
    others = [other for other in read_all_cycles(cycle.patient_id) if other.cycle_id != cycle.pk]
    if request.method != "POST":
        kept = take_kept(request)
        initial = kept.dict() if kept else CycleForm.initial_of(cycle)
        return _page(request, cycle.patient, CycleForm(initial=initial, others=others, is_correction=True), cycle=cycle)
    form = CycleForm(request.POST, others=others, is_correction=True)
    if form.is_valid():
        try:
            treatments.change_cycle(
                by=request.user, cycle=cycle, changes=form.columns, now=now, reason=form.cleaned_data["reason"]
            )
        except ActionRefused as refused:
            _tell(form, refused)
        else:
            messages.success(request, _("Cycle %(number)s is corrected.") % {"number": cycle.number})
            return redirect(address_of(cycle.patient_id, "cycles"))
    return _page(request, cycle.patient, form, cycle=cycle, status=HTTPStatus.UNPROCESSABLE_ENTITY)


def _tell(form: CycleForm, refused: ActionRefused) -> None:
    """Tell a refusal of the action at the field that it concerns."""
    form.add_error(refused.field if isinstance(refused, ImpossibleDate) else "starts_on", str(refused))


def _page(
    request: SignedInRequest,
    patient: Patient,
    form: CycleForm,
    *,
    status: int = HTTPStatus.OK,
    **context: object,
) -> HttpResponse:
    back = address_of(patient.pk, "cycles")
    shown = {"patient": patient, "form": form, "back": back, "typed_by": typed_by(request), **context}
    return render(request, TEMPLATE, shown, status=status)
