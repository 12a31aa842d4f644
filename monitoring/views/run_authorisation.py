"""The second person and a whole run: each result with what it changes; signed together where none changes a verdict."""

from http import HTTPStatus

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from monitoring.actions import signing
from monitoring.actions.refusals import ActionRefused
from monitoring.forms.reasons import ReasonForm
from monitoring.queries import laboratory
from monitoring.queries.run_signing import RunToSign, run_to_sign
from monitoring.views.interrupted import kept_through_sign_in, take_kept, typed_by
from monitoring.views.result_entry import working_at
from monitoring.views.signed_in import SignedInRequest


@kept_through_sign_in
@require_http_methods(["GET", "POST"])
def run_authorise(request: SignedInRequest, pk: int) -> HttpResponse:
    """Show a submitted run to its second person; a posted reason returns all that still waits."""
    run = _run(request, pk)
    if request.method != "POST":
        kept = take_kept(request)
        return _page(request, run, ReasonForm(initial=kept.dict() if kept else None, label=_reason_asked()))
    form = ReasonForm(request.POST, label=_reason_asked())
    if not form.is_valid():
        return _page(request, run, form, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    try:
        returned = signing.return_run(by=request.user, run_id=pk, reason=form.cleaned_data["reason"])
    except ActionRefused as refused:
        context = {"what_changed": [str(refused)], "where": request.path}
        return render(request, "409.html", context, status=HTTPStatus.CONFLICT)
    sentence = ngettext(
        "%(count)s result of the run is returned with your reason.",
        "%(count)s results of the run are returned with your reason.",
        len(returned),
    )
    messages.success(request, sentence % {"count": len(returned)})
    return redirect("laboratory")


def _reason_asked() -> str:
    return _("Reason, when you return the whole run")


def _run(request: SignedInRequest, pk: int) -> RunToSign:
    centre_ids = working_at(request.user)
    run = run_to_sign(pk)
    if run is None or run.laboratory_centre_id not in centre_ids:
        raise Http404
    return run


def _page(request: SignedInRequest, run: RunToSign, form: ReasonForm, status: int = HTTPStatus.OK) -> HttpResponse:
    waiting = laboratory.waiting(request.user, now=timezone.now(), run=run.run_id)
    context = {
        "run": run,
        "waiting": waiting,
        "form": form,
        "may_return": any(each.may_sign for each in waiting.results),
        "typed_by": typed_by(request),
        "back_to": request.path,
    }
    return render(request, "run_authorise.html", context, status=status)
