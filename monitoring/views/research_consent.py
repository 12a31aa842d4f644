"""Whether a patient takes part in research: the withdrawal of consent, and taking it back."""

from http import HTTPStatus

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from monitoring import permissions
from monitoring.actions import research_consent
from monitoring.actions.refusals import ActionRefused, ImpossibleDate, StaleVersion
from monitoring.forms.research_consent import ConsentAgainForm, WithdrawalForm
from monitoring.models import Patient
from monitoring.views.charts import address_of, chart_of
from monitoring.views.interrupted import kept_through_sign_in, take_kept, typed_by
from monitoring.views.signed_in import SignedInRequest


@kept_through_sign_in
@require_http_methods(["GET", "POST"])
def patient_research(request: SignedInRequest, pk: int) -> HttpResponse:
    """Show what is on record of consent to research; withdraw it, or take the withdrawal back."""
    patient = chart_of(request, pk)
    permissions.check_can_record(request.user, patient.pk)
    if request.method != "POST":
        form = WithdrawalForm if patient.research_refused_on is None else ConsentAgainForm
        return _page(request, patient, form(take_kept(request)))
    # which of the two was filled in, not what is on record by now: that is for the action to notice
    wanted = WithdrawalForm(request.POST) if "refused_on" in request.POST else ConsentAgainForm(request.POST)
    if wanted.is_valid():
        try:
            _save(request, patient, wanted)
        except StaleVersion as refused:
            context = {"what_changed": [str(refused)], "where": reverse("patient-research", args=[patient.pk])}
            return render(request, "409.html", context, status=HTTPStatus.CONFLICT)
        except ImpossibleDate as refused:
            wanted.add_error(refused.field, str(refused))
        except ActionRefused as refused:
            wanted.add_error(None, str(refused))
        else:
            messages.success(request, _("Consent to research is on record."))
            return redirect(address_of(patient.pk))
    return _page(request, patient, wanted, status=HTTPStatus.UNPROCESSABLE_ENTITY)


def _save(request: SignedInRequest, patient: Patient, form: forms.Form) -> None:
    if isinstance(form, WithdrawalForm):
        on = form.cleaned_data["refused_on"]
        research_consent.withdraw(by=request.user, patient=patient, on=on, now=timezone.now())
    else:
        research_consent.give_again(by=request.user, patient=patient, reason=form.cleaned_data["reason"])


def _page(request: SignedInRequest, patient: Patient, form: forms.Form, *, status: int = HTTPStatus.OK) -> HttpResponse:
    context = {"patient": patient, "form": form, "back": address_of(patient.pk), "typed_by": typed_by(request)}
    return render(request, "patient_research.html", context, status=status)
