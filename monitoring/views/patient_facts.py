"""Who the patient is, the disease and who cares, as the record has it; and the correction of the first two."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from monitoring import permissions
from monitoring.actions import diseases, patient_facts, reading
from monitoring.forms.diseases import DiseaseForm
from monitoring.forms.patient_facts import PatientFactsForm
from monitoring.models import Patient
from monitoring.queries import who_cares
from monitoring.queries.patient_facts import corrections, diseases_of, find_disease
from monitoring.views.chart_rows import row_to_record
from monitoring.views.charts import chart_of
from monitoring.views.interrupted import kept_through_sign_in, take_kept
from monitoring.views.signed_in import SignedInRequest
from monitoring.views.writing_record import RecordPage, answer, show

CHANNEL = "web"


@dataclass(frozen=True, slots=True)
class FactsPage(RecordPage):
    """A page that leads back to a section of "Patient and disease"."""

    @property
    def back(self) -> str:
        """The section from which one came."""
        return f"{reverse('patient-record', args=[self.patient.pk])}#{self.section}"


@login_required
@require_safe
def patient_record(request: SignedInRequest, pk: int) -> HttpResponse:
    """Show who the patient is, the disease, who cares from when to when, and what was corrected."""
    patient, now = chart_of(request, pk), timezone.now()
    reading.note(by=request.user, patient=patient, channel=CHANNEL, now=now)
    may_record = permissions.can_record(request.user, patient.pk)
    today = now.astimezone(patient.centre.zone).date()
    cares = who_cares.of_patient(patient, today)
    context = {
        "patient": patient,
        "diseases": diseases_of(patient.pk),
        "cares": cares,
        "endable": _endable(request, patient, cares) if may_record else frozenset(),
        "corrections": corrections(patient.pk),
        "may_record": may_record,
        "may_correct": permissions.can_correct_patient(request.user, patient),
    }
    with timezone.override(patient.centre.zone):
        return render(request, "patient_record.html", context)


def _endable(request: SignedInRequest, patient: Patient, cares: Iterable[who_cares.Care]) -> frozenset[int]:
    """What the person may end: at the home centre everybody's care, elsewhere the own; never what is needed."""
    own = permissions.recording_centres_of(request.user)
    ends_all = patient.centre_id in own
    there = (one for one in cares if not (one.is_over or one.is_needed))
    return frozenset(one.relation_id for one in there if ends_all or one.centre_id in own)


@kept_through_sign_in
@require_http_methods(["GET", "POST"])
def patient_correct(request: SignedInRequest, pk: int) -> HttpResponse:
    """Correct who the patient is, with the reason."""
    patient = chart_of(request, pk)
    permissions.check_can_correct_patient(request.user, patient)
    page = _page(patient, "who", _("Correct who the patient is"))
    if request.method != "POST":
        recorded_at = patient_facts.recorded_at(patient)
        initial = take_kept(request) or PatientFactsForm.initial_for(patient, recorded_at)
        return show(request, page, PatientFactsForm(initial=initial))
    form = PatientFactsForm(request.POST)
    return answer(
        request,
        page,
        form,
        lambda: patient_facts.correct(
            by=request.user, patient=patient, changes=form.columns, now=timezone.now(), reason=form.reason,
            seen=form.seen,
        ),
        _("The patient's facts are corrected."),
    )  # fmt: skip


@kept_through_sign_in
@require_http_methods(["GET", "POST"])
def disease_edit(request: SignedInRequest, pk: int) -> HttpResponse:
    """Correct the disease, with the reason."""
    disease = row_to_record(request, find_disease, pk)
    page = _page(
        disease.patient, "disease", _("Correct the disease"),
        _("The level at diagnosis keeps its own day: correct it there where it moves too."),
    )  # fmt: skip
    if request.method != "POST":
        return show(request, page, DiseaseForm(initial=take_kept(request) or DiseaseForm.initial_of(disease)))
    form = DiseaseForm(request.POST)
    return answer(
        request,
        page,
        form,
        lambda: diseases.change(
            by=request.user, disease=disease, changes=form.columns, now=timezone.now(), reason=form.reason,
            seen=form.seen,
        ),
        _("The disease is corrected."),
    )  # fmt: skip


def _page(patient: Patient, section: str, title: str, lead: str = "") -> FactsPage:
    return FactsPage(
        patient=patient, title=title, section=section, part=_("Patient and disease"),
        button=_("Save the correction"), lead=lead,
    )  # fmt: skip
