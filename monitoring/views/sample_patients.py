"""A tube that was taken in for the wrong patient: whose it is, by the exact pseudonym, and why."""

from http import HTTPStatus

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from monitoring.actions import sample_patients
from monitoring.actions.refusals import ActionRefused, StaleVersion
from monitoring.forms.sample_corrections import OtherPatientForm
from monitoring.models import Sample
from monitoring.queries import bench_samples, result_entry
from monitoring.views.interrupted import kept_through_sign_in, take_kept, typed_by
from monitoring.views.sample_asked import patient_asked, tube_of
from monitoring.views.signed_in import SignedInRequest


@kept_through_sign_in
@require_http_methods(["GET", "POST"])
def sample_give(request: SignedInRequest, pk: int) -> HttpResponse:
    """Find the patient whom the tube belongs to; put it on record there."""
    row, asked = tube_of(request, pk), patient_asked(request)
    found = asked.only
    if found is None:
        status = HTTPStatus.OK if asked.is_known else HTTPStatus.NOT_FOUND
        return render(request, "sample_give.html", _around(request, row) | {"asked": asked}, status=status)
    if request.method != "POST":
        kept = take_kept(request)
        seen = {"seen": row.recorded_at.isoformat()}
        return _page(request, row, OtherPatientForm(initial=(kept.dict() if kept else {}) | seen), found)
    form = OtherPatientForm(request.POST)
    if not form.is_valid():
        return _page(request, row, form, found, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    patient, typed = result_entry.patient_row(found), form.cleaned_data
    try:
        given = sample_patients.give(
            by=request.user, sample=row, patient=patient, reason=typed["reason"], seen=typed["seen"],
            now=timezone.now(),
        )  # fmt: skip
    except ActionRefused as refused:
        form.add_error(None, str(refused))
        is_stale = isinstance(refused, StaleVersion)
        status = HTTPStatus.CONFLICT if is_stale else HTTPStatus.UNPROCESSABLE_ENTITY
        return _page(request, tube_of(request, pk), form, found, status=status)
    said = _("Sample %(number)s is on record for %(patient)s now.")
    messages.success(request, said % {"number": given.accession_number, "patient": patient.pseudonym})
    return redirect("sample", given.pk)


def _around(request: SignedInRequest, row: Sample) -> dict[str, object]:
    return {
        "page": bench_samples.sample_page(row),
        "held": sample_patients.what_holds(row),
        "typed_by": typed_by(request),
    }


def _page(
    request: SignedInRequest,
    row: Sample,
    form: OtherPatientForm,
    found: result_entry.Subject,
    *,
    status: int = HTTPStatus.OK,
) -> HttpResponse:
    context = _around(request, row) | {"form": form, "subject": found}
    return render(request, "sample_give.html", context, status=status)
