"""Adding, correcting and removing a transfusion."""

from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from monitoring.actions import transfusions
from monitoring.forms.record_form import RemovalForm
from monitoring.forms.transfusions import TransfusionForm
from monitoring.models import Patient, Transfusion
from monitoring.queries.cycle_parts import find_transfusion
from monitoring.views.chart_rows import patient_to_record, row_to_record
from monitoring.views.interrupted import kept_through_sign_in, take_kept
from monitoring.views.signed_in import SignedInRequest
from monitoring.views.writing_record import RecordPage, answer, show


@kept_through_sign_in
@require_http_methods(["GET", "POST"])
def transfusion_add(request: SignedInRequest, pk: int) -> HttpResponse:
    """Record what was transfused on a day."""
    patient = patient_to_record(request, pk)
    page = _page(patient, _("Add a transfusion"), _("Record it"))
    if request.method != "POST":
        return show(request, page, TransfusionForm(initial=take_kept(request)))
    form = TransfusionForm(request.POST)
    return answer(
        request,
        page,
        form,
        lambda: transfusions.record(
            by=request.user, patient=patient, transfusion=Transfusion(**form.columns), now=timezone.now()
        ),
        _("The transfusion is recorded."),
    )


@kept_through_sign_in
@require_http_methods(["GET", "POST"])
def transfusion_edit(request: SignedInRequest, pk: int) -> HttpResponse:
    """Correct a transfusion, with the reason."""
    transfusion = row_to_record(request, find_transfusion, pk)
    remove = reverse("transfusion-remove", args=[transfusion.pk])
    page = _page(transfusion.patient, _("Correct a transfusion"), _("Save the correction"), remove)
    if request.method != "POST":
        initial = take_kept(request) or TransfusionForm.initial_of(transfusion)
        return show(request, page, TransfusionForm(initial=initial, is_correction=True))
    form = TransfusionForm(request.POST, is_correction=True)
    return answer(
        request,
        page,
        form,
        lambda: transfusions.change(
            by=request.user, transfusion=transfusion, changes=form.columns, now=timezone.now(), reason=form.reason,
            seen=form.seen,
        ),
        _("The transfusion is corrected."),
    )  # fmt: skip


@kept_through_sign_in
@require_http_methods(["GET", "POST"])
def transfusion_remove(request: SignedInRequest, pk: int) -> HttpResponse:
    """Remove a transfusion that was written down by mistake."""
    transfusion = row_to_record(request, find_transfusion, pk)
    page = _page(transfusion.patient, _("Remove a transfusion"), _("Remove it"))
    form = RemovalForm(request.POST or None, row=transfusion)
    if request.method != "POST":
        return show(request, page, form)
    return answer(
        request,
        page,
        form,
        lambda: transfusions.remove(by=request.user, transfusion=transfusion, **form.given),
        _("It is removed. What it was stays in the history."),
    )


def _page(patient: Patient, title: str, button: str, remove_href: str = "") -> RecordPage:
    return RecordPage(
        patient=patient,
        title=title,
        section="cycles",
        part=_("Venetoclax cycles"),
        button=button,
        remove_href=remove_href,
    )
