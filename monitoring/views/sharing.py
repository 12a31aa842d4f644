"""Sharing a patient with another centre, and ending a centre's care."""

from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from monitoring import permissions
from monitoring.actions import sharing
from monitoring.forms.sharing import EndCareForm, ShareForm
from monitoring.queries import who_cares
from monitoring.queries.patient_facts import find_relation
from monitoring.views.chart_rows import patient_to_record, row_to_record
from monitoring.views.interrupted import kept_through_sign_in, take_kept
from monitoring.views.patient_facts import FactsPage
from monitoring.views.signed_in import SignedInRequest
from monitoring.views.writing_record import answer, show
from monitoring.wording import dates

SECTION = "care"


@kept_through_sign_in
@require_http_methods(["GET", "POST"])
def patient_share(request: SignedInRequest, pk: int) -> HttpResponse:
    """Let another centre care for the patient too."""
    patient, now = patient_to_record(request, pk), timezone.now()
    today = now.astimezone(patient.centre.zone).date()
    centres = who_cares.centres_to_ask(patient, today)
    page = FactsPage(
        patient=patient, title=_("Share the patient with a centre"), section=SECTION, part=_("Patient and disease"),
        button=_("Share the patient"),
        lead=_(
            "A centre that treats, refers or transplants opens the whole record and is told of its alerts; "
            "a laboratory sees its samples. The pseudonym stays that of the home centre."
        ),
    )  # fmt: skip
    if request.method != "POST":
        return show(request, page, ShareForm(initial=take_kept(request) or {"starts_on": today}, centres=centres))
    form = ShareForm(request.POST, centres=centres)
    return answer(
        request,
        page,
        form,
        lambda: sharing.begin(
            by=request.user, patient=patient, relation=form.relation(), now=now, reason=form.cleaned_data["reason"]
        ),
        _("The patient is shared."),
    )


@kept_through_sign_in
@require_http_methods(["GET", "POST"])
def care_end(request: SignedInRequest, pk: int) -> HttpResponse:
    """End a centre's care; whoever ended that of the own centre is led to the list."""
    relation = row_to_record(request, find_relation, pk)
    permissions.check_can_end_care(request.user, relation)
    page = FactsPage(
        patient=relation.patient,
        title=_("End the care of %(centre)s") % {"centre": relation.centre.name},
        section=SECTION, part=_("Patient and disease"), button=_("End it"),
        lead=_("%(role)s since %(day)s.") % {
            "role": str(relation.get_role_display()).capitalize(), "day": dates.day(relation.starts_on),
        },
    )  # fmt: skip
    if request.method != "POST":
        return show(request, page, EndCareForm(initial=take_kept(request) or EndCareForm.initial_of(relation)))
    form = EndCareForm(request.POST)
    told = answer(
        request,
        page,
        form,
        lambda: sharing.end(
            by=request.user, relation=relation, now=timezone.now(), reason=form.cleaned_data["reason"],
            ends_on=form.cleaned_data["ends_on"], seen=form.seen_end,
        ),
        _("The care of this centre has an end."),
    )  # fmt: skip
    if form.errors or permissions.can_read_chart(request.user, relation.patient_id):
        return told
    return redirect("patients")
