"""Charts of quality control: all of them, one with its mean and SD, one point left out or taken in."""

from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from monitoring import permissions
from monitoring.actions import quality
from monitoring.actions.refusals import ActionRefused, ImpossibleDate, StaleVersion
from monitoring.domain.levey_jennings import Quantity
from monitoring.domain.westgard import Rule, Standing
from monitoring.forms.quality import LeaveOutForm, TargetForm
from monitoring.models import QualityPoint
from monitoring.queries import quality as queries
from monitoring.queries.quality import ChartKey, QualityChart
from monitoring.views.assays import check_belongs
from monitoring.views.interrupted import kept_through_sign_in, take_kept, typed_by
from monitoring.views.signed_in import SignedInRequest
from monitoring.wording.quality_words import proposed_said

ASKING = {Standing.WARNING, Standing.REJECTED}


@login_required
@require_GET
def charts(request: SignedInRequest) -> HttpResponse:
    """Show every chart with its last point."""
    check_belongs(request)
    found = queries.charts(request.user)
    asking = sum(each.last.judgement.standing in ASKING or each.last.is_outside for each in found)
    return render(request, "quality.html", {"charts": found, "asking": asking})


@kept_through_sign_in
@require_http_methods(["GET", "POST"])
def chart(request: SignedInRequest) -> HttpResponse:
    """Show one chart; set the mean and SD that it is read against."""
    check_belongs(request)
    shown = queries.quality_chart(request.user, _key(request), before=request.GET.get("before", ""))
    if shown is None:
        raise Http404
    proposal = proposed_said(shown.proposed, shown.key.quantity)
    if request.method != "POST":
        kept = take_kept(request)
        begins = {"valid_from": timezone.localdate().isoformat()}
        hidden = {"lot": shown.lot, "seen_points": shown.proposed.points if shown.proposed else 0}
        initial = (kept.dict() if kept else begins) | hidden
        return _chart_page(request, shown, TargetForm(initial=initial, from_points=proposal))
    permissions.check_can_set_up_laboratory(request.user, shown.centre_id)
    form = TargetForm(request.POST, from_points=proposal)
    if form.is_valid() and _set(request, shown, form):
        messages.success(request, _("Mean and SD are set."))
        return redirect(_address(shown.key))
    status = HTTPStatus.CONFLICT if form.is_stale else HTTPStatus.UNPROCESSABLE_ENTITY
    return _chart_page(request, shown, form, status=status)


@kept_through_sign_in
@require_http_methods(["GET", "POST"])
def point(request: SignedInRequest, pk: int) -> HttpResponse:
    """Leave a point out with a reason, or take it in again."""
    check_belongs(request)
    row = queries.point_row(request.user, pk)
    if row is None:
        raise Http404
    if request.method != "POST":
        kept = take_kept(request)
        return _point_page(request, row, LeaveOutForm(initial=kept.dict() if kept else None))
    form = LeaveOutForm(request.POST)
    takes_in = request.POST.get("step") == "take_in"
    if not takes_in and not form.is_valid():
        return _point_page(request, row, form, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    try:
        if takes_in:
            quality.take_in(by=request.user, point=row)
        else:
            quality.leave_out(by=request.user, point=row, because=form.cleaned_data["because"])
    except StaleVersion as refused:
        context = {"what_changed": [str(refused)], "where": _address(queries.key_of(row))}
        return render(request, "409.html", context, status=HTTPStatus.CONFLICT)
    messages.success(request, _("The point counts again.") if takes_in else _("The point is left out."))
    return redirect(_address(queries.key_of(row)))


def _key(request: SignedInRequest) -> ChartKey:
    laboratory, quantity = request.GET.get("laboratory", ""), request.GET.get("quantity", "")
    if not laboratory.isdecimal() or quantity not in set(Quantity):
        raise Http404
    return ChartKey(int(laboratory), quantity, request.GET.get("target", ""))


def _address(key: ChartKey) -> str:
    place = {"laboratory": key.laboratory_id, "quantity": key.quantity, "target": key.target_name}
    return f"{reverse('quality-chart')}?{urlencode(place)}"


def _set(request: SignedInRequest, shown: QualityChart, form: TargetForm) -> bool:
    """Set the target; a refusal is told at its field."""
    given = form.cleaned_data
    try:
        if given["lot"] != shown.lot:
            raise StaleVersion(_("Another lot is in use since you opened the page. Look at the chart again."))
        quality.set_target(
            by=request.user, key=shown.key, lot=shown.lot, valid_from=given["valid_from"],
            today=timezone.localdate(), typed=form.typed_target(), seen_points=given["seen_points"] or 0,
        )  # fmt: skip
    except ImpossibleDate as refused:
        form.add_error("valid_from", str(refused))
    except StaleVersion as refused:
        form.is_stale = True
        form.add_error("way", str(refused))
    except ActionRefused as refused:
        form.add_error("sd" if form.typed_target() else "way", str(refused))
    return form.is_valid()


def _chart_page(
    request: SignedInRequest, shown: QualityChart, form: TargetForm, *, status: int = HTTPStatus.OK
) -> HttpResponse:
    context: dict[str, Any] = {
        "chart": shown,
        "form": form,
        "may_decide": permissions.can_set_up_laboratory(request.user, shown.centre_id),
        "rules": [rule.value for rule in Rule],
        "typed_by": typed_by(request),
    }
    return render(request, "quality_chart.html", context, status=status)


def _point_page(
    request: SignedInRequest, row: QualityPoint, form: LeaveOutForm, *, status: int = HTTPStatus.OK
) -> HttpResponse:
    context = {
        "point": row,
        "form": form,
        "back": _address(queries.key_of(row)),
        "typed_by": typed_by(request),
    }
    return render(request, "quality_point.html", context, status=status)
