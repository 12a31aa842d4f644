"""Naming who is responsible for a patient, and who is called next."""

from http import HTTPStatus

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from monitoring import permissions
from monitoring.actions import naming_clinicians
from monitoring.actions.naming_clinicians import Named
from monitoring.actions.refusals import ActionRefused, StaleVersion
from monitoring.forms.naming_clinicians import PatientCliniciansForm
from monitoring.models import Patient
from monitoring.queries import clinicians
from monitoring.views.charts import address_of, chart_of
from monitoring.views.interrupted import kept_through_sign_in, take_kept, typed_by
from monitoring.views.signed_in import SignedInRequest


@kept_through_sign_in
@require_http_methods(["GET", "POST"])
def patient_clinicians(request: SignedInRequest, pk: int) -> HttpResponse:
    """Show who is named for a patient; name others."""
    patient = chart_of(request, pk)
    permissions.check_can_record(request.user, patient.pk)
    able = clinicians.of_patient(patient.pk)
    if request.method != "POST":
        initial = PatientCliniciansForm.initial_of(Named.of(patient))
        kept = take_kept(request)
        return _page(request, patient, PatientCliniciansForm(kept, clinicians=able, initial=initial))
    form = PatientCliniciansForm(request.POST, clinicians=able)
    if form.is_valid():
        try:
            naming_clinicians.name(by=request.user, patient=patient, named=form.named, seen=form.seen)
        except StaleVersion as refused:
            here = reverse("patient-clinicians", args=[patient.pk])
            context = {"what_changed": [str(refused)], "where": here}
            return render(request, "409.html", context, status=HTTPStatus.CONFLICT)
        except ActionRefused as refused:
            form.add_error("second_clinician", str(refused))
        else:
            messages.success(request, _("The clinicians of this patient are named."))
            return redirect(address_of(patient.pk, "alerts"))
    return _page(request, patient, form, status=HTTPStatus.UNPROCESSABLE_ENTITY)


def _page(
    request: SignedInRequest, patient: Patient, form: PatientCliniciansForm, *, status: int = HTTPStatus.OK
) -> HttpResponse:
    back = address_of(patient.pk, "alerts")
    context = {"patient": patient, "form": form, "back": back, "typed_by": typed_by(request)}
    return render(request, "patient_clinicians.html", context, status=status)
