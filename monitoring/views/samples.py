"""Tubes at the bench: what waits, taking one in, one tube with its results, correcting it, setting it aside."""

from datetime import date
from http import HTTPStatus

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from monitoring.actions import reading, sample_corrections, samples
from monitoring.actions.refusals import ActionRefused, ImpossibleDate
from monitoring.forms.bench_samples import CorrectedSampleForm, ReceivedSampleForm
from monitoring.forms.reasons import ReasonForm
from monitoring.models import Sample
from monitoring.queries import bench_samples as queries
from monitoring.queries import result_entry
from monitoring.queries.laboratory import laboratories_of
from monitoring.queries.sample_corrections import corrections_of, has_signed_results
from monitoring.views.interrupted import kept_for_page, kept_through_sign_in, take_kept, typed_by
from monitoring.views.result_entry import working_at
from monitoring.views.sample_asked import patient_asked, tube_of
from monitoring.views.signed_in import SignedInRequest


@login_required
@require_GET
def samples_waiting(request: SignedInRequest) -> HttpResponse:
    """Show what waits to be measured, confirming samples first, and what is to be measured again."""
    working_at(request.user)
    context = {
        "waiting": queries.waiting_samples(request.user, today=_today()),
        "repeats": queries.asked_repeats(request.user),
        "listed_days": queries.LISTED.days,
    }
    return render(request, "samples.html", context)


@kept_through_sign_in
@require_http_methods(["GET", "POST"])
def sample_receive(request: SignedInRequest) -> HttpResponse:
    """Find the patient by the exact pseudonym; take the tube in."""
    working_at(request.user)
    laboratories = laboratories_of(request.user)
    asked = patient_asked(request)
    found = asked.only
    if found is None:
        context = {"asked": asked, "typed_by": typed_by(request)}
        status = HTTPStatus.OK if asked.is_known else HTTPStatus.NOT_FOUND
        return render(request, "sample_receive.html", context, status=status)
    if request.method != "POST":
        kept = take_kept(request)
        form = ReceivedSampleForm(initial=kept.dict() if kept else None, laboratories=laboratories)
        return _receive_page(request, form, found)
    form = ReceivedSampleForm(request.POST, laboratories=laboratories)
    if form.is_valid():
        sample = form.sample_for(result_entry.patient_row(found), form.laboratory_chosen())
        try:
            samples.register(by=request.user, sample=sample, now=timezone.now())
        except ImpossibleDate as refused:
            form.add_error(refused.field if refused.field in form.fields else None, str(refused))
        except ActionRefused as refused:
            form.add_error("accession_number", str(refused))
        else:
            messages.success(request, _("Sample %(number)s is taken in.") % {"number": sample.accession_number})
            return redirect("samples")
    return _receive_page(request, form, found, status=HTTPStatus.UNPROCESSABLE_ENTITY)


@login_required
@require_GET
def sample(request: SignedInRequest, pk: int) -> HttpResponse:
    """Show one tube with its results."""
    row = tube_of(request, pk)
    reading.note(by=request.user, patient=row.patient, channel="laboratory", now=timezone.now())
    corrections = corrections_of(row.pk, request.user)
    context = {
        "page": queries.sample_page(row),
        "form": _why_not_measured(),
        "corrections": corrections,
        "settled": [each for each in corrections if not each.is_open],
    }
    return render(request, "sample.html", context)


@kept_through_sign_in
@require_http_methods(["GET", "POST"])
def sample_correct(request: SignedInRequest, pk: int) -> HttpResponse:
    """Correct the facts of a tube, with the reason; what decides on signed results waits for a second person."""
    row = tube_of(request, pk)
    if request.method != "POST":
        kept = take_kept(request)
        form = CorrectedSampleForm(initial=kept.dict() if kept else CorrectedSampleForm.initial_of(row))
        return _correct_page(request, form, row)
    form = CorrectedSampleForm(request.POST)
    if form.is_valid():
        changes = form.changes(row)
        if not changes:
            messages.info(request, _("Nothing was changed."))
            return redirect("sample", pk)
        reason = form.cleaned_data["reason"]
        try:
            proposal = sample_corrections.put_right(
                by=request.user, sample=row, changes=changes, reason=reason, now=timezone.now()
            )
        except ImpossibleDate as refused:
            form.add_error(refused.field if refused.field in form.fields else None, str(refused))
        except ActionRefused as refused:
            form.add_error(None, str(refused))
        else:
            if proposal is not None:
                messages.success(request, _("Proposed. It changes nothing until a second person has signed it."))
                return redirect("sample-correction", proposal.pk)
            messages.success(request, _("Sample %(number)s is corrected.") % {"number": row.accession_number})
            return redirect("sample", pk)
    return _correct_page(request, form, row, status=HTTPStatus.UNPROCESSABLE_ENTITY)


@kept_for_page("sample")
@require_POST
def sample_set_aside(request: SignedInRequest, pk: int) -> HttpResponse:
    """Say that a tube will not be measured; without a reason given before, take it up again."""
    row = tube_of(request, pk)
    if row.not_measured_because:
        samples.set_aside(by=request.user, sample=row, because="")
        messages.success(request, _("Sample %(number)s waits to be measured again.") % {"number": row.accession_number})
        return redirect("sample", pk)
    form = _why_not_measured(request.POST)
    if not form.is_valid():
        context = {"page": queries.sample_page(row), "form": form}
        return render(request, "sample.html", context, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    samples.set_aside(by=request.user, sample=row, because=form.cleaned_data["reason"])
    messages.success(request, _("Sample %(number)s is not measured.") % {"number": row.accession_number})
    return redirect("samples")


def _why_not_measured(typed: QueryDict | None = None) -> ReasonForm:
    return ReasonForm(typed, label=_("Why it is not measured"))


def _today() -> date:
    """The day that it is where this person works (the time zone of the request)."""
    return timezone.localdate()


def _receive_page(
    request: SignedInRequest, form: ReceivedSampleForm, found: result_entry.Subject, status: int = HTTPStatus.OK
) -> HttpResponse:
    context = {"form": form, "subject": found, "typed_by": typed_by(request)}
    return render(request, "sample_receive.html", context, status=status)


def _correct_page(
    request: SignedInRequest, form: CorrectedSampleForm, row: Sample, status: int = HTTPStatus.OK
) -> HttpResponse:
    context = {
        "form": form,
        "page": queries.sample_page(row),
        "needs_two": has_signed_results(row.pk),
        "corrections": corrections_of(row.pk, request.user),
        "typed_by": typed_by(request),
    }
    return render(request, "sample_correct.html", context, status=status)
