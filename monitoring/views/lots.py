"""Lots: list, taking one in, one with everything measured with it, its failure with what that stops."""

from http import HTTPStatus

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from monitoring import permissions
from monitoring.actions import lots
from monitoring.actions.refusals import ActionRefused, ImpossibleDate, StaleVersion, WrongState
from monitoring.forms.lots import LotDaysForm, LotForm
from monitoring.forms.reasons import ReasonForm
from monitoring.models import ReagentLot
from monitoring.queries import lots as queries
from monitoring.queries.laboratory import laboratories_of
from monitoring.views.assays import check_belongs
from monitoring.views.interrupted import kept_through_sign_in, take_kept, typed_by
from monitoring.views.signed_in import SignedInRequest


@login_required
@require_GET
def lot_list(request: SignedInRequest) -> HttpResponse:
    """Show the lots of the person's laboratories."""
    check_belongs(request)
    return render(request, "lots.html", {"lots": queries.lots(request.user, today=timezone.localdate())})


@kept_through_sign_in
@require_http_methods(["GET", "POST"])
def lot_add(request: SignedInRequest) -> HttpResponse:
    """Take a lot in."""
    check_belongs(request)
    laboratories = laboratories_of(request.user)
    if request.method != "POST":
        kept = take_kept(request)
        return _form_page(request, LotForm(initial=kept.dict() if kept else None, laboratories=laboratories))
    form = LotForm(request.POST, laboratories=laboratories)
    if form.is_valid():
        try:
            lot = lots.register(by=request.user, lot=form.lot(), today=timezone.localdate())
        except ActionRefused as refused:
            form.add_error(refused.field if isinstance(refused, ImpossibleDate) else "lot_number", str(refused))
        else:
            messages.success(request, _("%(lot)s is on record.") % {"lot": lot})
            return redirect("lot", lot.pk)
    return _form_page(request, form, status=HTTPStatus.UNPROCESSABLE_ENTITY)


@kept_through_sign_in
@require_http_methods(["GET", "POST"])
def lot(request: SignedInRequest, pk: int) -> HttpResponse:
    """Show a lot with what was measured with it; write down its days."""
    row = _row(request, pk)
    if request.method != "POST":
        kept = take_kept(request)
        days = {"opened_on": row.opened_on, "expires_on": row.expires_on}
        return _lot_page(request, row, LotDaysForm(initial=kept.dict() if kept else days))
    form = LotDaysForm(request.POST)
    if form.is_valid():
        try:
            lots.set_days(by=request.user, lot=row, today=timezone.localdate(), **form.cleaned_data)
        except ImpossibleDate as refused:
            form.add_error(refused.field, str(refused))
        else:
            messages.success(request, _("Kept."))
            return redirect("lot", pk)
    return _lot_page(request, row, form, status=HTTPStatus.UNPROCESSABLE_ENTITY)


@login_required
@require_POST
def lot_use_up(request: SignedInRequest, pk: int) -> HttpResponse:
    """Offer a lot for runs no more."""
    row = _row(request, pk)
    try:
        lots.use_up(by=request.user, lot=row)
    except WrongState as refused:
        return _changed(request, pk, refused)
    messages.success(request, _("%(lot)s is used up.") % {"lot": row})
    return redirect("lot-list")


@kept_through_sign_in
@require_http_methods(["GET", "POST"])
def lot_fail(request: SignedInRequest, pk: int) -> HttpResponse:
    """Show what the failure of a lot stops; record it."""
    row = _row(request, pk)
    label = _("Why the lot failed")
    if request.method != "POST":
        kept = take_kept(request)
        return _fail_page(request, row, ReasonForm(initial=kept.dict() if kept else None, label=label))
    form = ReasonForm(request.POST, label=label)
    if not form.is_valid():
        return _fail_page(request, row, form, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    try:
        lots.fail(
            by=request.user, lot=row, reason=form.cleaned_data["reason"], seen=request.POST.get("seen", ""),
            now=timezone.now(),
        )  # fmt: skip
    except StaleVersion as refused:
        form.add_error(None, str(refused))
        return _fail_page(request, row, form, status=HTTPStatus.CONFLICT)
    except WrongState as refused:
        return _changed(request, pk, refused)
    messages.warning(request, _("%(lot)s has failed: results measured with it are not authorised.") % {"lot": row})
    return redirect("lot", pk)


@login_required
@require_POST
def lot_clear(request: SignedInRequest, pk: int) -> HttpResponse:
    """Take a failure back, with the reason."""
    row = _row(request, pk)
    form = ReasonForm(request.POST)
    permissions.check_can_set_up_laboratory(request.user, row.laboratory.centre_id)
    if form.is_valid():
        try:
            lots.clear(by=request.user, lot=row, reason=form.cleaned_data["reason"])
        except WrongState as refused:
            return _changed(request, pk, refused)
        except ActionRefused as refused:
            form.add_error("reason", str(refused))
        else:
            messages.success(request, _("The failure of %(lot)s is taken back.") % {"lot": row})
            return redirect("lot", pk)
    days = LotDaysForm(initial={"opened_on": row.opened_on, "expires_on": row.expires_on})
    return _lot_page(request, row, days, clearing=form, status=HTTPStatus.UNPROCESSABLE_ENTITY)


def _row(request: SignedInRequest, pk: int) -> ReagentLot:
    check_belongs(request)
    row = queries.lot_row(request.user, pk)
    if row is None:
        raise Http404
    return row


def _form_page(request: SignedInRequest, form: LotForm, *, status: int = HTTPStatus.OK) -> HttpResponse:
    return render(request, "lot_form.html", {"form": form, "typed_by": typed_by(request)}, status=status)


def _lot_page(
    request: SignedInRequest, row: ReagentLot, form: LotDaysForm, *, clearing: ReasonForm | None = None,
    status: int = HTTPStatus.OK,
) -> HttpResponse:  # fmt: skip
    may_decide = permissions.can_set_up_laboratory(request.user, row.laboratory.centre_id)
    context = {
        "lot": queries.lot_shown(row, today=timezone.localdate()),
        "reach": queries.reach_of(row),
        "form": form,
        "clearing": clearing or ReasonForm(),
        "may_clear": may_decide and row.failed_by_id != request.user.pk,
        "typed_by": typed_by(request),
    }
    return render(request, "lot.html", context, status=status)


def _fail_page(
    request: SignedInRequest, row: ReagentLot, form: ReasonForm, *, status: int = HTTPStatus.OK
) -> HttpResponse:
    context = {
        "lot": queries.lot_shown(row, today=timezone.localdate()),
        "reach": queries.reach_of(row),
        "form": form,
        "typed_by": typed_by(request),
    }
    return render(request, "lot_fail.html", context, status=status)


def _changed(request: SignedInRequest, pk: int, refused: ActionRefused) -> HttpResponse:
    context = {"what_changed": [str(refused)], "where": reverse("lot", args=[pk])}
    return render(request, "409.html", context, status=HTTPStatus.CONFLICT)
