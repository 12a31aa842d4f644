"""What a clinician does with an alert, on a page of its own: acknowledge, hand over, resolve."""

from datetime import datetime
from http import HTTPStatus

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from monitoring import permissions
from monitoring.actions import recompute, seeing
from monitoring.forms.alert_turns import FormOfSeenAlert
from monitoring.models import Alert
from monitoring.queries import charts
from monitoring.queries.changes_since import changes_since
from monitoring.queries.patient_alerts import PatientAlert, read_alerts
from monitoring.views.alert_desk import ACKNOWLEDGE, HAND_OVER, RESOLVE, Attempt, Turn, attempt, desk_of, typed_in
from monitoring.views.alert_story import AlertForms, Desk, forms_of, history_line
from monitoring.views.charts import address_of, chart_of
from monitoring.views.interrupted import kept_through_sign_in, take_kept, typed_by
from monitoring.views.signed_in import SignedInRequest
from monitoring.wording.alert_words import alert_title, alert_word
from monitoring.wording.recorded_changes import change_said


@kept_through_sign_in
@require_http_methods(["GET", "POST"])
def alert_acknowledge(request: SignedInRequest, pk: int) -> HttpResponse:
    """Show one alert with its form; acknowledge it as it was seen, or say what changed meanwhile."""
    return _turn(request, pk, ACKNOWLEDGE)


@kept_through_sign_in
@require_http_methods(["GET", "POST"])
def alert_hand_over(request: SignedInRequest, pk: int) -> HttpResponse:
    """Hand one alert over to a colleague."""
    return _turn(request, pk, HAND_OVER)


@kept_through_sign_in
@require_http_methods(["GET", "POST"])
def alert_resolve(request: SignedInRequest, pk: int) -> HttpResponse:
    """Close one alert that was acknowledged, with its outcome."""
    return _turn(request, pk, RESOLVE)


def alert_of(request: SignedInRequest, pk: int) -> tuple[Alert, Desk]:
    """Return an alert of a patient whose chart the person may read, and who acts; others are told no."""
    row = charts.find_alert(pk)
    if row is None:
        raise Http404
    chart_of(request, row.patient_id)
    permissions.check_can_acknowledge(request.user, row.patient_id)
    desk = desk_of(request, row.patient_id)
    if desk is None:
        raise Http404
    return row, desk


def what_changed(row: Alert, tried: Attempt) -> list[str]:
    """Return what others did since the page was opened, in words; times are those of the patient's centre."""
    with timezone.override(row.patient.centre.zone):
        since = changes_since(row.patient_id, tried.form.cleaned_data["seen_at"])
        told = [change_said(change.action, change.actor, timezone.localtime(change.at)) for change in since]
    return told or [str(tried.stale)]


def _turn(request: SignedInRequest, pk: int, turn: Turn) -> HttpResponse:
    (row, desk), now = alert_of(request, pk), timezone.now()
    if request.method != "POST":
        return _shown(request, row, turn, desk, now)
    tried = attempt(request, turn, row, desk, now)
    if tried.is_done:
        messages.success(request, str(turn.done))
        return redirect(_back(row))
    if tried.stale is not None:
        return _changed(request, row, tried)
    return _page(request, row, turn, tried.form, status=HTTPStatus.UNPROCESSABLE_ENTITY)


def _shown(request: SignedInRequest, row: Alert, turn: Turn, desk: Desk, now: datetime) -> HttpResponse:
    recompute.drain_patient(row.patient_id, now=now)
    row, desk = alert_of(request, row.pk)
    form = _form_of(turn, forms_of(_alert(row), row.series.revision, now, desk))
    if form is None:
        return redirect(_back(row))
    seeing.note(by=request.user, patient_id=row.patient_id, alert_ids=[row.pk], now=now)
    kept = take_kept(request)
    return _page(request, row, turn, turn.form(kept, row.pk, desk) if kept else form)


def _form_of(turn: Turn, forms: AlertForms) -> FormOfSeenAlert | None:
    return {"acknowledge": forms.acknowledge, "hand-over": forms.hand_over, "resolve": forms.resolve}[turn.name]


def _alert(row: Alert) -> PatientAlert:
    return next(alert for alert in read_alerts(row.series_id) if alert.alert_id == row.pk)


def _back(row: Alert) -> str:
    return address_of(row.patient_id, "alerts", marker=row.series.marker)


def _page(
    request: SignedInRequest, row: Alert, turn: Turn, form: FormOfSeenAlert, *, status: int = HTTPStatus.OK
) -> HttpResponse:
    alert = _alert(row)
    with timezone.override(row.patient.centre.zone):
        context = {
            "patient": row.patient,
            "marker": row.series.marker,
            "alert": alert,
            "turn": turn,
            "title": alert_title(alert.code, alert.status, "", alert.tissue, alert.index_on),
            "word": alert_word(alert.code, alert.status, "")[1],
            "history": [history_line(step) for step in alert.steps],
            "form": form,
            "back": _back(row),
            "typed_by": typed_by(request),
        }
        return render(request, "alert_acknowledge.html", context, status=status)


def _changed(request: SignedInRequest, row: Alert, tried: Attempt) -> HttpResponse:
    """Say what others did since the page was opened; nothing is saved, and what was typed can be copied."""
    context = {"what_changed": what_changed(row, tried), "where": _back(row), "typed": typed_in(tried.form)}
    return render(request, "alert_changed.html", context, status=HTTPStatus.CONFLICT)
