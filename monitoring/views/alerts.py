"""Taking an alert on, from the patient page or from the worklist."""

from datetime import datetime
from http import HTTPStatus

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from monitoring import permissions
from monitoring.actions import acknowledging, recompute
from monitoring.actions.refusals import ActionRefused, ImpossibleDate, StaleVersion
from monitoring.forms.acknowledging import AcknowledgeForm
from monitoring.models import Alert
from monitoring.queries import charts
from monitoring.queries.changes_since import changes_since
from monitoring.queries.patient_alerts import PatientAlert, read_alerts
from monitoring.views.charts import address_of, chart_of
from monitoring.views.interrupted import kept_through_sign_in, take_kept, typed_by
from monitoring.views.signed_in import SignedInRequest
from monitoring.wording.alert_words import alert_title, alert_word
from monitoring.wording.recorded_changes import change_said


@kept_through_sign_in
@require_http_methods(["GET", "POST"])
def alert_acknowledge(request: SignedInRequest, pk: int) -> HttpResponse:
    """Show one alert with its form; acknowledge it as it was seen, or say what changed meanwhile."""
    row, now = _alert_of(request, pk), timezone.now()
    if request.method != "POST":
        recompute.drain_patient(row.patient_id, now=now)
        row = _alert_of(request, pk)
        alert = _shown(row)
        if not alert.is_open:
            return redirect(address_of(row.patient_id, "alerts", marker=row.series.marker))
        form = AcknowledgeForm.of(alert, row.series.revision, _moment(now))
        kept = take_kept(request)
        return _page(request, row, AcknowledgeForm(kept, alert_id=pk) if kept else form)
    form = AcknowledgeForm(request.POST, alert_id=pk)
    if form.is_valid():
        try:
            acknowledging.acknowledge(by=request.user, alert=row, seen=form.seen, decision=form.decision, now=now)
        except StaleVersion as refused:
            return _changed(request, row, form, refused)
        except ActionRefused as refused:
            form.add_error(refused.field if isinstance(refused, ImpossibleDate) else "comment", str(refused))
        else:
            messages.success(request, _("The alert is acknowledged; your decision stands in the timeline."))
            return redirect(address_of(row.patient_id, "alerts", marker=row.series.marker))
    return _page(request, row, form, status=HTTPStatus.UNPROCESSABLE_ENTITY)


def _alert_of(request: SignedInRequest, pk: int) -> Alert:
    row = charts.find_alert(pk)
    if row is None:
        raise Http404
    chart_of(request, row.patient_id)
    permissions.check_can_acknowledge(request.user, row.patient_id)
    return row


def _shown(row: Alert) -> PatientAlert:
    return next(alert for alert in read_alerts(row.series_id) if alert.alert_id == row.pk)


def _page(request: SignedInRequest, row: Alert, form: AcknowledgeForm, *, status: int = HTTPStatus.OK) -> HttpResponse:
    alert = _shown(row)
    context = {
        "patient": row.patient,
        "marker": row.series.marker,
        "alert": alert,
        "title": alert_title(alert.code, alert.status, "", alert.tissue, alert.index_on),
        "word": alert_word(alert.code, alert.status, "")[1],
        "form": form,
        "back": address_of(row.patient_id, "alerts", marker=row.series.marker),
        "typed_by": typed_by(request),
    }
    with timezone.override(row.patient.centre.zone):
        return render(request, "alert_acknowledge.html", context, status=status)


def _changed(request: SignedInRequest, row: Alert, form: AcknowledgeForm, refused: ActionRefused) -> HttpResponse:
    """Say what others did since the page was opened; nothing is saved."""
    with timezone.override(row.patient.centre.zone):
        since = changes_since(row.patient_id, form.cleaned_data["seen_at"])
        told = [change_said(change.action, change.actor, timezone.localtime(change.at)) for change in since]
    context = {
        "what_changed": told or [str(refused)],
        "where": address_of(row.patient_id, "alerts", marker=row.series.marker),
        "typed": form.cleaned_data["comment"],
    }
    return render(request, "alert_changed.html", context, status=HTTPStatus.CONFLICT)


def _moment(now: datetime) -> str:
    return now.isoformat(timespec="microseconds")
