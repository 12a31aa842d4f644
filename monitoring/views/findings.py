"""Adding, correcting and removing a mutation finding."""

from django import forms
from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from monitoring.actions import findings
from monitoring.forms.findings import FindingForm
from monitoring.forms.record_form import RemovalForm
from monitoring.models import MutationFinding, Patient
from monitoring.queries.mutation_findings import find_finding, samples_of
from monitoring.views.chart_rows import patient_to_record, row_to_record
from monitoring.views.interrupted import kept_through_sign_in, take_kept
from monitoring.views.signed_in import SignedInRequest
from monitoring.views.writing_record import RecordPage, answer, show
from monitoring.wording.timeline_words import sample_words


@kept_through_sign_in
@require_http_methods(["GET", "POST"])
def finding_add(request: SignedInRequest, pk: int) -> HttpResponse:
    """Record what was found of a gene."""
    patient = patient_to_record(request, pk)
    page = _page(patient, _("Add a mutation finding"), _("Record it"))
    if request.method != "POST":
        return show(request, page, FindingForm(initial=take_kept(request), samples=_samples(patient)))
    form = FindingForm(request.POST, samples=_samples(patient))
    return answer(
        request,
        page,
        form,
        lambda: findings.record(
            by=request.user, patient=patient, finding=MutationFinding(**form.columns), now=timezone.now()
        ),
        _("The finding is recorded."),
    )


@kept_through_sign_in
@require_http_methods(["GET", "POST"])
def finding_edit(request: SignedInRequest, pk: int) -> HttpResponse:
    """Correct a finding, with the reason."""
    finding = row_to_record(request, find_finding, pk)
    remove = reverse("finding-remove", args=[finding.pk])
    page = _page(finding.patient, _("Correct a mutation finding"), _("Save the correction"), remove)
    if request.method != "POST":
        initial = take_kept(request) or FindingForm.initial_of(finding)
        samples = _samples(finding.patient)
        return show(request, page, FindingForm(initial=initial, is_correction=True, samples=samples))
    form = FindingForm(request.POST, is_correction=True, samples=_samples(finding.patient))
    return answer(
        request,
        page,
        form,
        lambda: findings.change(
            by=request.user, finding=finding, changes=form.columns, now=timezone.now(), reason=form.reason,
            seen=form.seen,
        ),
        _("The finding is corrected."),
    )  # fmt: skip


@kept_through_sign_in
@require_http_methods(["GET", "POST"])
def finding_remove(request: SignedInRequest, pk: int) -> HttpResponse:
    """Remove a finding that was written down by mistake."""
    finding = row_to_record(request, find_finding, pk)
    page = _page(finding.patient, _("Remove a mutation finding"), _("Remove it"))
    form = RemovalForm(request.POST or None, row=finding)
    if request.method != "POST":
        return show(request, page, form)
    return answer(
        request,
        page,
        form,
        lambda: findings.remove(by=request.user, finding=finding, **form.given),
        _("It is removed. What it was stays in the history."),
    )


def _page(patient: Patient, title: str, button: str, remove_href: str = "") -> RecordPage:
    return RecordPage(
        patient=patient,
        title=title,
        section="timeline",
        part=_("Events, treatment and findings"),
        button=button,
        remove_href=remove_href,
        remark=_remark,
        units={"vaf_pct": "%"},
    )


def _samples(patient: Patient) -> list[tuple[int, str]]:
    """The samples to choose from, by number and in words."""
    return [(each.sample_id, sample_words(each)) for each in samples_of(patient.pk)]


def _remark(form: forms.Form) -> str:
    """What the finding does to the verdicts."""
    return form.consequence if isinstance(form, FindingForm) else ""
