"""The second person: looking at a result and what it changes, signing it, returning it, signing several."""

from datetime import datetime
from http import HTTPStatus

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from monitoring import permissions
from monitoring.actions import reading, results, signing
from monitoring.actions.lots import LotFailed
from monitoring.actions.refusals import ActionRefused, StaleVersion, WrongState
from monitoring.forms.signing import SigningForm, chosen_in_list
from monitoring.models import MrdResult
from monitoring.models.choices import ResultStateChoice as State
from monitoring.queries import laboratory, result_versions
from monitoring.queries.changes_since import changes_since
from monitoring.queries.lots import remarks_on_runs
from monitoring.queries.signing_effects import verdict_now
from monitoring.queries.signing_page import signing_page
from monitoring.views.interrupted import kept_for_page, kept_through_sign_in, take_kept, typed_by
from monitoring.views.result_editing import row_of_laboratory
from monitoring.views.signed_in import SignedInRequest
from monitoring.wording.recorded_changes import ACTS, change_said
from monitoring.wording.result_history import step_said
from monitoring.wording.signing_effects import done


@kept_through_sign_in
@require_http_methods(["GET", "POST"])
def result_authorise(request: SignedInRequest, pk: int) -> HttpResponse:
    """Show what signing would change; sign."""
    row = row_of_laboratory(request, pk)
    now = timezone.now()
    if request.method == "POST":
        return _sign(request, row, now)
    reading.note(by=request.user, patient=row.patient, channel="laboratory", now=now)
    if row.state != State.SUBMITTED:
        return redirect("result", pk)
    kept = take_kept(request)
    return _page(request, row, SigningForm(initial={"reason": kept.get("reason", "")} if kept else {}), now)


def _sign(request: SignedInRequest, row: MrdResult, now: datetime) -> HttpResponse:
    permissions.check_can_authorise_result(request.user, row)
    form = SigningForm(request.POST)
    if not form.is_valid():
        return _page(request, row, form, now, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    try:
        signing.authorise_seen(by=request.user, shown=form.shown(row.pk), checked=form.cleaned_data["checked"], now=now)
    except signing.NotChecked as refused:
        form.add_error("checked", str(refused))
        return _page(request, row, form, now, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    except LotFailed as refused:
        form.add_error(None, str(refused))
        return _page(request, row, form, now, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    except (StaleVersion, WrongState) as refused:
        return _changed(request, row.pk, form, refused)
    verdict = verdict_now(row, now=now)
    messages.success(request, done(row.patient.pseudonym, verdict.ruleset, verdict))
    return redirect("laboratory")


@kept_for_page("result-authorise")
@require_POST
def result_reject(request: SignedInRequest, pk: int) -> HttpResponse:
    """Return a result to whoever entered it, with the reason."""
    row = row_of_laboratory(request, pk)
    now = timezone.now()
    permissions.check_can_authorise_result(request.user, row)
    form = SigningForm(request.POST)
    if form.is_valid() and not form.cleaned_data["reason"].strip():
        form.add_error("reason", _("Say why you return it: whoever corrects it reads this."))
    if not form.is_valid():
        return _page(request, row, form, now, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    try:
        results.reject(by=request.user, result=row, reason=form.cleaned_data["reason"], seen=form.shown(pk).seen)
    except (StaleVersion, WrongState) as refused:
        return _changed(request, pk, form, refused)
    messages.success(request, _("Returned to %(person)s with your reason.") % {"person": row.entered_by.shown_name})
    return redirect("laboratory")


@kept_for_page("laboratory")
@require_POST
def results_authorise(request: SignedInRequest) -> HttpResponse:
    """Sign several results, none of which changes a verdict."""
    now = timezone.now()
    try:
        shown = chosen_in_list(request.POST.getlist("result"))
        signed = signing.authorise_together(by=request.user, shown=shown, now=now)
    except ActionRefused as refused:
        context = {"what_changed": [str(refused)], "where": reverse("laboratory")}
        return render(request, "409.html", context, status=HTTPStatus.CONFLICT)
    back = _back(request)
    if not signed:
        messages.warning(request, _("No result was selected, so none was signed."))
        return redirect(back)
    sentence = ngettext(
        "%(count)s result authorised, no verdict changed.",
        "%(count)s results authorised, no verdict changed.",
        len(signed),
    )
    messages.success(request, sentence % {"count": len(signed)})
    return redirect(back)


def _back(request: SignedInRequest) -> str:
    """The page of the run from which several were signed, else the laboratory's own."""
    run = request.POST.get("run", "")
    return reverse("run-authorise", args=[int(run)]) if run.isdecimal() else reverse("laboratory")


def _page(
    request: SignedInRequest, row: MrdResult, form: SigningForm, now: datetime, *, status: int = HTTPStatus.OK
) -> HttpResponse:
    page = signing_page(row, now=now)
    lot_remarks = remarks_on_runs([row.run_id]).get(row.run_id or 0, ())
    context = {
        "page": page,
        "lot_remarks": lot_remarks,
        "stopped": any(each.has_failed for each in lot_remarks),
        "form": form,
        "history": result_versions.history_of(row, result_versions.versions_of(row)),
        "since": _said_since_submission(row),
        "waiting": laboratory.waiting(request.user, now=now, besides=row.pk),
        "may_sign": permissions.can_authorise_result(request.user, row),
        "contributed": request.user.pk in page.result.contributor_ids,
        "typed_by": typed_by(request),
    }
    return render(request, "result_authorise.html", context, status=status)


def _said_since_submission(row: MrdResult) -> list[str]:
    """What others recorded of this patient since the result was submitted: it may be why signing does what it does."""
    if row.submitted_at is None:
        return []
    changes = changes_since(row.patient_id, row.submitted_at)
    return [change_said(each.action, each.actor, each.at) for each in changes if each.action in ACTS]


def _changed(request: SignedInRequest, pk: int, form: SigningForm, refused: ActionRefused) -> HttpResponse:
    """Say what somebody else did to the result since this person opened the page."""
    row = result_versions.row_of(pk)
    steps = result_versions.changes_since(row, form.cleaned_data["submitted_at"]) if row else ()
    context = {
        "what_changed": [*map(step_said, steps)] or [str(refused)],
        "where": reverse("result-authorise", args=[pk]),
    }
    return render(request, "409.html", context, status=HTTPStatus.CONFLICT)
