"""Asking for a repeat of a result, and closing the question."""

from http import HTTPStatus

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from monitoring.actions import repeats
from monitoring.actions.refusals import ActionRefused
from monitoring.forms.reasons import ReasonForm
from monitoring.models import RepeatRequest
from monitoring.queries import result_versions
from monitoring.views.interrupted import kept_through_sign_in, take_kept, typed_by
from monitoring.views.result_editing import row_of_laboratory
from monitoring.views.result_entry import working_at
from monitoring.views.signed_in import SignedInRequest


@kept_through_sign_in
@require_http_methods(["GET", "POST"])
def repeat_ask(request: SignedInRequest, pk: int) -> HttpResponse:
    """Ask that the sample of a result be measured again."""
    row = row_of_laboratory(request, pk)
    form = _reason(request, _("Why it is measured again"))
    status = HTTPStatus.OK
    if request.method == "POST":
        status = HTTPStatus.UNPROCESSABLE_ENTITY
        if form.is_valid():
            try:
                repeats.ask(by=request.user, result=row, reason=form.cleaned_data["reason"], now=timezone.now())
            except ActionRefused as refused:
                form.add_error("reason", str(refused))
            else:
                messages.success(request, _("The repeat is on the list of the bench."))
                return redirect("samples")
    context = {"form": form, "result": result_versions.shown(row), "typed_by": typed_by(request)}
    return render(request, "repeat_ask.html", context, status=status)


@kept_through_sign_in
@require_http_methods(["GET", "POST"])
def repeat_close(request: SignedInRequest, pk: int) -> HttpResponse:
    """Close a repeat without measuring again, with the reason."""
    asked = _asked(request, pk)
    form = _reason(request, _("Why it is not measured again"))
    status = HTTPStatus.OK
    if request.method == "POST":
        status = HTTPStatus.UNPROCESSABLE_ENTITY
        if form.is_valid():
            try:
                repeats.close(by=request.user, request=asked, because=form.cleaned_data["reason"], now=timezone.now())
            except ActionRefused as refused:
                form.add_error("reason", str(refused))
            else:
                messages.success(request, _("The repeat is closed."))
                return redirect("samples")
    context = {"form": form, "asked": asked, "typed_by": typed_by(request)}
    return render(request, "repeat_close.html", context, status=status)


def _reason(request: SignedInRequest, label: str) -> ReasonForm:
    if request.method == "POST":
        return ReasonForm(request.POST, label=label)
    kept = take_kept(request)
    return ReasonForm(initial=kept.dict() if kept else None, label=label)


def _asked(request: SignedInRequest, pk: int) -> RepeatRequest:
    centre_ids = working_at(request.user)
    asked = (
        RepeatRequest.objects.select_related("sample", "patient", "assay__laboratory")
        .filter(pk=pk, assay__laboratory__centre_id__in=centre_ids)
        .first()
    )
    if asked is None:
        raise Http404
    return asked
