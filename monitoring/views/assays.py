"""The assays of a laboratory: list, one with its versions, a first and a next version, out of use and back."""

from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from monitoring import permissions
from monitoring.actions import assays
from monitoring.actions.refusals import ActionRefused, ImpossibleDate, StaleVersion
from monitoring.forms.assays import AssayForm, FirstVersionForm, NextVersionForm
from monitoring.forms.reasons import ReasonForm
from monitoring.models import Assay
from monitoring.queries import assays_on_record as queries
from monitoring.views.interrupted import kept_through_sign_in, take_kept, typed_by
from monitoring.views.signed_in import SignedInRequest

RECORD = "record"
PLACES = {assays.VersionInUse: "version", assays.NotComparable: "comparable"}


@login_required
@require_GET
def assay_list(request: SignedInRequest) -> HttpResponse:
    """Show every assay of the person's laboratories."""
    check_belongs(request)
    context = {
        "assays": queries.assays(request.user),
        "may_add": bool(queries.laboratories_set_up_by(request.user)),
    }
    return render(request, "assays.html", context)


@login_required
@require_GET
def assay(request: SignedInRequest, pk: int) -> HttpResponse:
    """Show an assay with all its versions and what changed between them."""
    return _assay_page(request, _row(request, pk), ReasonForm())


@kept_through_sign_in
@require_http_methods(["GET", "POST"])
def assay_add(request: SignedInRequest) -> HttpResponse:
    """Describe a new assay, read it back, record it."""
    check_belongs(request)
    laboratories = queries.laboratories_set_up_by(request.user)
    if not laboratories:
        raise PermissionDenied(_("An authoriser or administrator of the laboratory decides this."))
    if request.method != "POST":
        kept = take_kept(request)
        initial = kept.dict() if kept else AssayForm.initial_of(Assay(version="1", control_gene="ABL1"))
        return _form_page(request, FirstVersionForm(initial=initial | {"version": "1"}, laboratories=laboratories))
    form = FirstVersionForm(request.POST, laboratories=laboratories)
    if not form.is_valid():
        return _form_page(request, form, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    described = form.assay()
    if not _as_read_back(request, form):
        return _form_page(request, form, read_back=_all_settings(described))
    try:
        assays.add(by=request.user, assay=described, today=timezone.localdate())
    except ActionRefused as refused:
        return _refused(request, form, refused)
    messages.success(request, _("%(assay)s is recorded.") % {"assay": described})
    return redirect("assay", described.pk)


@kept_through_sign_in
@require_http_methods(["GET", "POST"])
def assay_revise(request: SignedInRequest, pk: int) -> HttpResponse:
    """Begin the next version from the last one, read back what changes, record it."""
    last = queries.newest_version(_row(request, pk))
    permissions.check_can_set_up_laboratory(request.user, last.laboratory.centre_id)
    if request.method != "POST":
        kept = take_kept(request)
        initial = kept.dict() if kept else AssayForm.initial_of(last) | {"version": _following(last.version)}
        return _form_page(request, NextVersionForm(initial=initial | {"seen": last.pk}), last=last)
    form = NextVersionForm(request.POST)
    if not form.is_valid():
        return _form_page(request, form, last=last, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    if form.cleaned_data["seen"] != last.pk:
        return _stale(request, last)
    successor = form.successor(last)
    if not _as_read_back(request, form):
        return _form_page(request, form, last=last, read_back=queries.differences(last, successor))
    try:
        assays.revise(
            by=request.user, last=last, successor=successor, is_comparable=form.is_comparable,
            today=timezone.localdate(),
        )  # fmt: skip
    except StaleVersion:
        return _stale(request, queries.newest_version(last))
    except ActionRefused as refused:
        return _refused(request, form, refused, last=last)
    messages.success(request, _("%(assay)s is recorded and in use.") % {"assay": successor})
    return redirect("assay", successor.pk)


@login_required
@require_POST
def assay_switch(request: SignedInRequest, pk: int) -> HttpResponse:
    """Take a version out of use, or bring it back, with the reason."""
    row = _row(request, pk)
    form = ReasonForm(request.POST)
    if not form.is_valid():
        return _assay_page(request, row, form, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    step = assays.bring_back if request.POST.get("step") == "bring_back" else assays.retire
    try:
        step(by=request.user, assay=row, reason=form.cleaned_data["reason"])
    except StaleVersion:
        return _stale(request, row)
    return redirect("assay", pk)


def check_belongs(request: SignedInRequest) -> None:
    """Refuse whoever works in no laboratory and sets none up."""
    if not queries.assay_centres(request.user):
        raise PermissionDenied(_("These pages are for the people of a laboratory."))


def _row(request: SignedInRequest, pk: int) -> Assay:
    check_belongs(request)
    row = queries.assay_row(request.user, pk)
    if row is None:
        raise Http404
    return row


def _as_read_back(request: SignedInRequest, form: AssayForm) -> bool:
    """Whether the person has seen in words exactly what would be recorded."""
    return request.POST.get("step") == RECORD and request.POST.get("understood") == form.fingerprint


def _all_settings(described: Assay) -> list[queries.SettingChange]:
    return [queries.SettingChange(name, None, getattr(described, name)) for name in queries.SETTINGS]


def _following(version: str) -> str:
    return str(int(version) + 1) if version.isdecimal() else ""


def _refused(
    request: SignedInRequest, form: AssayForm, refused: ActionRefused, last: Assay | None = None
) -> HttpResponse:
    name = refused.field if isinstance(refused, ImpossibleDate) else PLACES.get(type(refused))
    form.add_error(name if name in form.fields else None, str(refused))
    return _form_page(request, form, last=last, status=HTTPStatus.UNPROCESSABLE_ENTITY)


def _stale(request: SignedInRequest, last: Assay) -> HttpResponse:
    context = {
        "what_changed": [_("Version %(version)s is on record now.") % {"version": last.version}],
        "where": reverse("assay", args=[last.pk]),
    }
    return render(request, "409.html", context, status=HTTPStatus.CONFLICT)


def _form_page(
    request: SignedInRequest, form: AssayForm, *, last: Assay | None = None, status: int = HTTPStatus.OK, **more: Any
) -> HttpResponse:
    fingerprint = form.fingerprint if "read_back" in more else ""
    context = {"form": form, "last": last, "typed_by": typed_by(request), "fingerprint": fingerprint, **more}
    return render(request, "assay_form.html", context, status=status)


def _assay_page(request: SignedInRequest, row: Assay, form: ReasonForm, *, status: int = HTTPStatus.OK) -> HttpResponse:
    context = {
        "assay": queries.assay_shown(row),
        "may_change": permissions.can_set_up_laboratory(request.user, row.laboratory.centre_id),
        "form": form,
        "switched": row.pk,
    }
    return render(request, "assay.html", context, status=status)
