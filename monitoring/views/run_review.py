"""Reviewing a run: its numbers, a well left out with a reason, and handing it to a second person."""

from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from monitoring.actions import reading, run_submission
from monitoring.actions import runs as actions
from monitoring.actions.refusals import ActionRefused, StaleVersion, WrongState
from monitoring.forms.runs import DiscardForm, SubmitForm, WellForm
from monitoring.models import QpcrRun
from monitoring.queries.run_page import run_page, well_of_run
from monitoring.queries.runs import run_row
from monitoring.views.runs import changed, run_of_laboratory
from monitoring.views.signed_in import SignedInRequest


@login_required
@require_GET
def run(request: SignedInRequest, pk: int) -> HttpResponse:
    """Show a run under review; of one well its panel where that alone is asked for."""
    return _page(request, run_of_laboratory(request, pk))


@login_required
@require_POST
def run_well(request: SignedInRequest, pk: int) -> HttpResponse:
    """Leave a well out, or take it in again; the numbers follow at once."""
    row = run_of_laboratory(request, pk)
    form = WellForm(request.POST)
    if not form.is_valid():
        return _page(request, row, well_form=form, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    given = form.cleaned_data
    try:
        actions.leave_out(
            by=request.user,
            run=row,
            reaction_id=given["reaction"],
            because="" if given["take_in"] else given["because"],
            revision=given["revision"],
            now=timezone.now(),
        )
    except ActionRefused as refused:
        return changed(request, row, given["revision"], refused)
    if request.htmx:
        return _page(request, run_row(pk) or row)
    return redirect(f"{reverse('run', args=[pk])}?well={request.POST.get('well', '')}#well")


@login_required
@require_POST
def run_submit(request: SignedInRequest, pk: int) -> HttpResponse:
    """Hand the results of a run to a second person."""
    row = run_of_laboratory(request, pk)
    form = SubmitForm(request.POST)
    if not form.is_valid():
        return redirect("run", pk)
    given = form.cleaned_data
    try:
        done = run_submission.submit(
            by=request.user,
            run=row,
            revision=given["revision"],
            although_failed=given["although_failed"],
            amend_because=form.amend_because(),
            now=timezone.now(),
        )
    except (run_submission.RunFailed, run_submission.NothingToSubmit) as refused:
        return _page(request, row, submit_error=str(refused), status=HTTPStatus.UNPROCESSABLE_ENTITY)
    except (StaleVersion, WrongState, ActionRefused) as refused:
        return changed(request, row, given["revision"], refused)
    messages.success(request, _said(len(done.submitted)))
    return redirect("run", pk)


def _said(submitted: int) -> str:
    if not submitted:
        return _("This run was submitted before; nothing was written twice.")
    sentence = ngettext(
        "%(count)s result is submitted. Another person authorises it.",
        "%(count)s results are submitted. Another person authorises them.",
        submitted,
    )
    return sentence % {"count": submitted}


def _page(
    request: SignedInRequest,
    row: QpcrRun,
    *,
    well_form: WellForm | None = None,
    submit_error: str = "",
    status: int = HTTPStatus.OK,
) -> HttpResponse:
    asked = {**request.GET.dict(), **request.POST.dict()}
    page = run_page(row, str(asked.get("target", "")))
    patients = [each.tube.patient_id for each in page.rows if each.tube]
    reading.note_all(by=request.user, patient_ids=patients, channel="laboratory", now=timezone.now())
    well = str(asked.get("well", ""))
    context: dict[str, Any] = {
        "run": row,
        "page": page,
        "well": well,
        "reactions": well_of_run(row, well, page) if well else (),
        "well_form": well_form,
        "discard_form": DiscardForm(initial={"revision": row.revision}),
        "submit_error": submit_error,
    }
    part = "#review" if request.htmx and request.method == "POST" else "#well" if request.htmx else ""
    return render(request, f"run_review.html{part}", context, status=status)
