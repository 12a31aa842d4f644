"""Runs of the bench: the list with the place to drop a file, its file, the day and lots of a run, discarding it."""

from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.text import get_valid_filename
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from monitoring.actions import runs as actions
from monitoring.actions.refusals import ActionRefused, StaleVersion
from monitoring.actions.run_files import FileNotRead
from monitoring.forms.runs import DescribeForm, DiscardForm, RunUploadForm
from monitoring.models import QpcrRun
from monitoring.queries import runs as queries
from monitoring.queries.laboratory import laboratories_of
from monitoring.views.result_entry import working_at
from monitoring.views.signed_in import SignedInRequest
from monitoring.wording.file_refusals import refusal
from monitoring.wording.run_words import change_said


@login_required
@require_http_methods(["GET", "POST"])
def runs(request: SignedInRequest) -> HttpResponse:
    """Show the runs; take the files of a new one in, whole or not at all."""
    working_at(request.user)
    laboratories = laboratories_of(request.user)
    if request.method != "POST":
        return _list(request, RunUploadForm(laboratories=laboratories))
    form = RunUploadForm(request.POST, laboratories=laboratories, uploaded=request.FILES)
    if not form.is_valid():
        return _list(request, form, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    try:
        run = actions.take_in(
            by=request.user,
            laboratory=form.laboratory_chosen(),
            files=form.dropped_files(),
            now=timezone.now(),
        )
    except FileNotRead as error:
        sentence = refusal(error.refused, error.name)
        return _list(request, form, status=HTTPStatus.UNPROCESSABLE_ENTITY, not_read=sentence)
    except actions.FileTakenBefore as refused:
        return _list(request, form, status=HTTPStatus.CONFLICT, before=refused)
    messages.success(request, _("%(file)s is taken in. Say whose its samples are.") % {"file": run.file_name})
    return redirect("run-samples", run.pk)


@login_required
@require_GET
def run_file(request: SignedInRequest, pk: int) -> HttpResponse:
    """Hand the file out as it was taken in, never to be opened by the browser."""
    row = run_of_laboratory(request, pk)
    name = get_valid_filename(row.file_name) if row.file_name.strip(". ") else "run"
    return HttpResponse(
        queries.file_of(row),
        content_type="application/octet-stream",
        headers={"Content-Disposition": f'attachment; filename="{name}"', "X-Content-Type-Options": "nosniff"},
    )


@login_required
@require_POST
def run_describe(request: SignedInRequest, pk: int) -> HttpResponse:
    """Write down the day of the run, its lots and a comment."""
    row = run_of_laboratory(request, pk)
    form = DescribeForm(request.POST, lots=queries.lots_to_choose(row))
    if not form.is_valid():
        messages.error(request, " ".join(str(error) for errors in form.errors.values() for error in errors))
        return redirect("run-samples", pk)
    given = form.cleaned_data
    try:
        actions.describe(
            by=request.user,
            run=row,
            run_on=given["run_on"],
            comment=given["comment"],
            lot_ids=form.lot_ids(),
            revision=given["revision"],
        )
    except ActionRefused as refused:
        return changed(request, row, given["revision"], refused)
    messages.success(request, _("Day, lots and comment of the run are written down."))
    return redirect("run-samples", pk)


@login_required
@require_POST
def run_discard(request: SignedInRequest, pk: int) -> HttpResponse:
    """Lay a run aside for good, with the reason."""
    row = run_of_laboratory(request, pk)
    form = DiscardForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Say why the run is discarded."))
        return redirect("run", pk)
    given = form.cleaned_data
    try:
        actions.discard(
            by=request.user, run=row, reason=given["reason"], revision=given["revision"], now=timezone.now()
        )
    except ActionRefused as refused:
        return changed(request, row, given["revision"], refused)
    messages.success(request, _("The run is discarded. Its file may be taken in again."))
    return redirect("runs")


def run_of_laboratory(request: SignedInRequest, pk: int) -> QpcrRun:
    """Return a run of the laboratories in which this person works; 404 for every other."""
    centre_ids = working_at(request.user)
    row = queries.run_row(pk)
    if row is None or row.laboratory.centre_id not in centre_ids:
        raise Http404
    return row


def changed(request: SignedInRequest, row: QpcrRun, revision: int | None, refused: ActionRefused) -> HttpResponse:
    """Say what somebody else did to the run since this person opened the page, or why it is refused."""
    steps = queries.changes_since(row, revision) if isinstance(refused, StaleVersion) and revision is not None else ()
    context = {
        "what_changed": [*map(change_said, steps)] or [str(refused)],
        "where": reverse("run", args=[row.pk]),
    }
    answer = render(request, "409.html", context, status=HTTPStatus.CONFLICT)
    if request.htmx:
        answer["HX-Retarget"] = "body"
    return answer


def _list(request: SignedInRequest, form: RunUploadForm, *, status: int = HTTPStatus.OK, **more: Any) -> HttpResponse:
    context = {"form": form, "runs": queries.runs_of(request.user), **more}
    return render(request, "run_list.html", context, status=status)
