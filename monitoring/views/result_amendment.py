"""Changing what was signed: a next version with a reason, or taking the result back with a reason."""

from datetime import datetime
from http import HTTPStatus

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from monitoring import permissions
from monitoring.actions import reading, result_entry, results
from monitoring.actions.refusals import WrongState
from monitoring.forms.reasons import ResultReasonForm
from monitoring.forms.result_entry import MeasurementForm
from monitoring.models import MrdResult
from monitoring.models.choices import ResultStateChoice as State
from monitoring.queries import result_versions
from monitoring.queries.signing_page import effect_of_withdrawing
from monitoring.queries.understanding import Understood, understand
from monitoring.views.interrupted import kept_through_sign_in, take_kept, typed_by
from monitoring.views.result_editing import assay_of, loq_as_typed, row_of_laboratory, subject_of
from monitoring.views.signed_in import SignedInRequest
from monitoring.views.writing_result import Sheet, Writing, answer


@kept_through_sign_in
@require_http_methods(["GET", "POST"])
def result_amend(request: SignedInRequest, pk: int) -> HttpResponse:
    """Write the next version of a signed result, from empty fields; the signed one stays until that is signed too."""
    row = row_of_laboratory(request, pk)
    now = timezone.now()
    reading.note(by=request.user, patient=row.patient, channel="laboratory", now=now)
    if request.method == "GET":
        if row.state != State.AUTHORISED:
            return redirect("result", pk)
        following = result_versions.next_version_of(row)
        if following is not None:
            messages.info(request, _("A next version of this result is already being written."))
            return redirect("result", following)
    return answer(request, _amending(request, row, now))


def _amending(request: SignedInRequest, row: MrdResult, now: datetime) -> Writing:
    shown, found = result_versions.shown(row), subject_of(row)

    def sheet(typed: QueryDict | None) -> Sheet:
        return Sheet(
            title=_("Amend a signed result"),
            subject=found,
            # a limit of quantification is the assay's, not the measurement's: it stays, in sight, until it is changed
            measurement=MeasurementForm(
                typed, assays=[assay_of(shown)], marker=found.marker, initial=loq_as_typed(shown)
            ),
            reason=ResultReasonForm(typed, label=_("Why it is amended")),
            known=shown.sample,
            before=shown,
        )

    def understanding(typed: Sheet) -> Understood:
        return understand(
            series=row.series,
            assay=row.assay,
            reading=typed.measurement.reading(),
            facts=typed.facts(),
            replaces=row.pk,
            now=now,
        )

    def write(typed: Sheet, submit: bool) -> MrdResult:
        return result_entry.begin_amendment(
            by=request.user,
            result=row,
            reading=typed.measurement.reading(),
            reason=typed.reason.cleaned_data["reason"] if typed.reason else "",
            comment=typed.measurement.cleaned_data["comment"],
            submit=submit,
            now=now,
        )

    return Writing(sheet, understanding, write)


@kept_through_sign_in
@require_http_methods(["GET", "POST"])
def result_withdraw(request: SignedInRequest, pk: int) -> HttpResponse:
    """Take a signed result out of its series, or discard a draft; it stays on record with the reason."""
    row = row_of_laboratory(request, pk)
    if row.state == State.AUTHORISED:
        permissions.check_can_withdraw_result(request.user, row)
    now = timezone.now()
    reading.note(by=request.user, patient=row.patient, channel="laboratory", now=now)
    if request.method == "GET":
        if row.state not in (State.AUTHORISED, State.DRAFT):
            return redirect("result", pk)
        return _withdrawal_page(request, row, ResultReasonForm(take_kept(request)), now)
    form = ResultReasonForm(request.POST)
    if not form.is_valid():
        return _withdrawal_page(request, row, form, now, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    try:
        results.withdraw(by=request.user, result=row, reason=form.cleaned_data["reason"], now=now)
    except WrongState as refused:
        return _withdrawal_page(request, row, form, now, conflict=str(refused), status=HTTPStatus.CONFLICT)
    messages.success(request, _("Withdrawn. It stays on record with your reason, and counts for no verdict."))
    return redirect("result", pk)


def _withdrawal_page(
    request: SignedInRequest,
    row: MrdResult,
    form: ResultReasonForm,
    now: datetime,
    *,
    conflict: str = "",
    status: int = HTTPStatus.OK,
) -> HttpResponse:
    context = {
        "result": result_versions.shown(row),
        "form": form,
        "effect": effect_of_withdrawing(row, now=now),
        "conflict": conflict,
        "typed_by": typed_by(request),
    }
    return render(request, "result_withdraw.html", context, status=status)
