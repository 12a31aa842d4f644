"""A proposed correction of a sample: looked at with what it changes, signed, returned, withdrawn."""

from collections.abc import Callable
from datetime import datetime
from http import HTTPStatus

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from monitoring.actions import reading, sample_corrections
from monitoring.actions.refusals import ActionRefused, StaleVersion, WrongState
from monitoring.forms.sample_corrections import CorrectionForm
from monitoring.models import SampleCorrection
from monitoring.queries import sample_corrections as queries
from monitoring.views.interrupted import kept_for_page, kept_through_sign_in, typed_by
from monitoring.views.result_entry import working_at
from monitoring.views.signed_in import SignedInRequest
from monitoring.wording.effect_words import would_said


@kept_through_sign_in
@require_http_methods(["GET", "POST"])
def correction(request: SignedInRequest, pk: int) -> HttpResponse:
    """Show what signing a correction would change; sign."""
    row, now = _row(request, pk), timezone.now()
    if request.method != "POST":
        reading.note(by=request.user, patient=row.patient, channel="laboratory", now=now)
        return _page(request, row, CorrectionForm(is_own=_is_own(request, row)), now)
    form = CorrectionForm(request.POST)
    effect = form.cleaned_data["effect"] if form.is_valid() else ""
    said = _("Signed: sample %(number)s is corrected, its results and verdicts follow.")
    return _done(
        request, row, form, now, said,
        lambda: sample_corrections.sign(by=request.user, correction=row, effect=effect, now=now),
    )  # fmt: skip


@kept_for_page("sample-correction")
@require_POST
def correction_return(request: SignedInRequest, pk: int) -> HttpResponse:
    """Return a correction to whoever proposed it, with the reason."""
    row, now, form = _row(request, pk), timezone.now(), CorrectionForm(request.POST)
    return _done(
        request, row, form, now, _("Returned with your reason; sample %(number)s stays as it is."),
        lambda: sample_corrections.send_back(by=request.user, correction=row, reason=_reason(form), now=now),
    )  # fmt: skip


@kept_for_page("sample-correction")
@require_POST
def correction_withdraw(request: SignedInRequest, pk: int) -> HttpResponse:
    """Withdraw one's own proposal, with the reason."""
    row, now, form = _row(request, pk), timezone.now(), CorrectionForm(request.POST, is_own=True)
    return _done(
        request, row, form, now, _("Withdrawn; sample %(number)s stays as it is."),
        lambda: sample_corrections.withdraw(by=request.user, correction=row, reason=_reason(form), now=now),
    )  # fmt: skip


def _reason(form: CorrectionForm) -> str:
    return str(form.cleaned_data["reason"]) if form.is_valid() else ""


def _is_own(request: SignedInRequest, row: SampleCorrection) -> bool:
    return row.proposed_by_id == request.user.pk


def _row(request: SignedInRequest, pk: int) -> SampleCorrection:
    working_at(request.user)
    row = queries.row_of(pk, request.user)
    if row is None:
        raise Http404
    return row


def _done(
    request: SignedInRequest,
    row: SampleCorrection,
    form: CorrectionForm,
    now: datetime,
    said: str,
    act: Callable[[], object],
) -> HttpResponse:
    """Take the step; what is refused is told on the page, what somebody else did meanwhile on a page of its own."""
    try:
        act()
    except (StaleVersion, WrongState) as refused:
        context = {"what_changed": [str(refused)], "where": reverse("sample-correction", args=[row.pk])}
        return render(request, "409.html", context, status=HTTPStatus.CONFLICT)
    except ActionRefused as refused:
        form.is_valid()
        form.add_error("reason", str(refused))
        return _page(request, row, form, now, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    messages.success(request, said % {"number": row.sample.accession_number})
    return redirect("laboratory")


def _page(
    request: SignedInRequest, row: SampleCorrection, form: CorrectionForm, now: datetime, *, status: int = HTTPStatus.OK
) -> HttpResponse:
    shown = queries.shown(row, request.user)
    effects = queries.effects_of(row, now=now) if shown.is_open else ()
    context = {
        "correction": shown,
        "effects": effects,
        "would": would_said(effects),
        "fingerprint": queries.fingerprint_of(effects),
        "results": queries.results_of(row),
        "form": form,
        "is_own": _is_own(request, row),
        "typed_by": typed_by(request),
    }
    return render(request, "sample_correction.html", context, status=status)
