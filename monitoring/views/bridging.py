"""Bridging of assays: list, recording the samples of a bridge, the judgement of a second person, revocation."""

from http import HTTPStatus

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
from monitoring.actions import bridging
from monitoring.actions.refusals import ActionRefused, StaleVersion
from monitoring.charts.bland_altman import bland_altman
from monitoring.forms.bridging import BridgeForm, JudgementForm
from monitoring.forms.reasons import ReasonForm
from monitoring.models import AssayBridge, Laboratory
from monitoring.queries import bridging as queries
from monitoring.queries.assays_on_record import laboratories_set_up_by
from monitoring.views.assays import check_belongs
from monitoring.views.interrupted import kept_through_sign_in, take_kept, typed_by
from monitoring.views.signed_in import SignedInRequest


@login_required
@require_GET
def bridge_list(request: SignedInRequest) -> HttpResponse:
    """Show the bridges of the person's laboratories."""
    check_belongs(request)
    context = {
        "bridges": queries.bridges(request.user),
        "may_record": bool(laboratories_set_up_by(request.user)),
    }
    return render(request, "bridges.html", context)


@kept_through_sign_in
@require_http_methods(["GET", "POST"])
def bridge_add(request: SignedInRequest) -> HttpResponse:
    """Choose two keys, then the samples measured by both; record the bridge."""
    check_belongs(request)
    laboratories = laboratories_set_up_by(request.user)
    if not laboratories:
        raise PermissionDenied(_("An authoriser or administrator of the laboratory decides this."))
    chosen = [request.GET.get(name, "") for name in ("first", "second")]
    suggested = queries.suggested_pairs(*chosen) if all(chosen) else ()
    if request.method != "POST":
        kept = take_kept(request)
        initial = {"suggested": [each.sample for each in suggested]}
        if kept:
            initial = {"suggested": kept.getlist("suggested"), "typed": [kept.get("typed", "")]}
        return _form_page(request, laboratories, BridgeForm(initial=initial, suggested=suggested))
    form = BridgeForm(request.POST, suggested=suggested)
    if form.is_valid():
        try:
            row = bridging.record(
                by=request.user, laboratory=_laboratory_of(chosen, laboratories), first_key=chosen[0],
                second_key=chosen[1], samples=form.samples(),
            )  # fmt: skip
        except ActionRefused as refused:
            form.add_error("typed", str(refused))
        else:
            messages.success(request, _("The bridge is recorded. A second person judges it."))
            return redirect("bridge", row.pk)
    return _form_page(request, laboratories, form, status=HTTPStatus.UNPROCESSABLE_ENTITY)


@kept_through_sign_in
@require_http_methods(["GET", "POST"])
def bridge(request: SignedInRequest, pk: int) -> HttpResponse:
    """Show a bridge; judge it as the second person."""
    row = _row(request, pk)
    if request.method != "POST":
        kept = take_kept(request)
        return _bridge_page(request, row, JudgementForm(initial=kept.dict() if kept else None))
    form = JudgementForm(request.POST)
    permissions.check_can_set_up_laboratory(request.user, row.laboratory.centre_id)
    if not form.is_valid():
        return _bridge_page(request, row, form, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    try:
        bridging.sign(
            by=request.user, row=row, is_comparable=form.is_comparable, judgement=form.cleaned_data["judgement"],
            now=timezone.now(),
        )  # fmt: skip
    except StaleVersion as refused:
        return _changed(request, pk, refused)
    messages.success(request, _("Your judgement is signed."))
    return redirect("bridge", pk)


@login_required
@require_POST
def bridge_revoke(request: SignedInRequest, pk: int) -> HttpResponse:
    """Take a bridge back, with the reason."""
    row = _row(request, pk)
    form = ReasonForm(request.POST)
    permissions.check_can_set_up_laboratory(request.user, row.laboratory.centre_id)
    if not form.is_valid():
        return _bridge_page(request, row, JudgementForm(), revoking=form, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    try:
        bridging.revoke(by=request.user, row=row, reason=form.cleaned_data["reason"], now=timezone.now())
    except StaleVersion as refused:
        return _changed(request, pk, refused)
    messages.success(request, _("The bridge is revoked."))
    return redirect("bridge", pk)


def _row(request: SignedInRequest, pk: int) -> AssayBridge:
    check_belongs(request)
    row = queries.bridge_row(request.user, pk)
    if row is None:
        raise Http404
    return row


def _laboratory_of(chosen: list[str], laboratories: list[Laboratory]) -> Laboratory:
    """The person's laboratory that has one of the keys; the first of them decides nothing where none has."""
    own = {each.key: each.laboratory for each in queries.keys(centre_ids=[one.centre_id for one in laboratories])}
    names = [own[key] for key in chosen if key in own]
    return next((each for each in laboratories if each.name in names), laboratories[0])


def _form_page(
    request: SignedInRequest, laboratories: list[Laboratory], form: BridgeForm, *, status: int = HTTPStatus.OK
) -> HttpResponse:
    chosen = {name: request.GET.get(name, "") for name in ("first", "second")}
    own = queries.keys(centre_ids=[each.centre_id for each in laboratories])
    every = queries.keys()
    known = {each.key: each for each in every}
    context = {
        "own_keys": own,
        "keys": every,
        "chosen": chosen,
        "first": known.get(chosen["first"]),
        "second": known.get(chosen["second"]),
        "suggested": queries.suggested_pairs(chosen["first"], chosen["second"]) if all(chosen.values()) else (),
        "ticked": set(form["suggested"].value() or []),
        "form": form,
        "typed_by": typed_by(request),
    }
    return render(request, "bridge_form.html", context, status=status)


def _bridge_page(
    request: SignedInRequest, row: AssayBridge, form: JudgementForm, *, revoking: ReasonForm | None = None,
    status: int = HTTPStatus.OK,
) -> HttpResponse:  # fmt: skip
    shown = queries.bridge_shown(row)
    may_decide = permissions.can_set_up_laboratory(request.user, shown.centre_id)
    context = {
        "bridge": shown,
        "figure": bland_altman([each.pair for each in shown.samples], shown.computed) if shown.computed else None,
        "reach": queries.reach_of(shown.first.key, shown.second.key),
        "form": form,
        "revoking": revoking or ReasonForm(),
        "may_decide": may_decide,
        "may_sign": may_decide and shown.is_open and shown.recorded_by_id != request.user.pk,
        "recorded_by_me": shown.recorded_by_id == request.user.pk,
        "typed_by": typed_by(request),
    }
    return render(request, "bridge.html", context, status=status)


def _changed(request: SignedInRequest, pk: int, refused: ActionRefused) -> HttpResponse:
    context = {"what_changed": [str(refused)], "where": reverse("bridge", args=[pk])}
    return render(request, "409.html", context, status=HTTPStatus.CONFLICT)
