"""Alerts of the bearer's patients, computed anew where they were stale."""

from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.utils import timezone
from rest_framework.request import Request
from rest_framework.views import APIView

from api.auth.tokens import bearer
from api.v1 import narrowing, paging, sight, standpoints
from monitoring.actions import reading, recompute
from monitoring.models import Alert, AlertChange
from monitoring.models.choices import AlertStateChoice
from monitoring.queries import known_alerts


class AlertList(APIView):
    """Alerts."""

    def get(self, request: Request) -> HttpResponseBase:
        """List the alerts of patients whose chart the bearer may read; `state` narrows (RAISED, ACKNOWLEDGED ...).

        `known_at` gives the alerts raised by that moment as they stood then, from the steps of their lives; `due_at` is
        null where an alert was raised again since. An alert has no day of collection: `as_of` is refused.
        """
        asked = standpoints.standpoint_of_list(request, "state")
        if asked.as_of is not None:
            raise standpoints.Unprocessable({"as_of": "Alerts are of a moment, not of a day: ask with known_at."})
        pending = recompute.drain_pending(now=timezone.now())
        rows, state = sight.alerts(request), narrowing.one_of(request, "state", AlertStateChoice.values)
        if asked.known_at is None:
            found = paging.content(request, rows.filter(state=state) if state else rows, _show)
        else:
            found = _content_at(request, rows, state, asked.known_at)
        return standpoints.tagged(
            request, {**found, "pending_series": pending, "known_at": standpoints.told(asked)["known_at"]}
        )


class AlertDetail(APIView):
    """One alert with the steps of its life: where the address in a webhook leads."""

    def get(self, request: Request, pk: int) -> HttpResponseBase:
        """Return the alert, with `revision` and `changed_at` as a step taken with it has to send them back.

        `known_at` gives it as it stood at that moment, with the steps by then; 404 where it was not raised by then.
        """
        row = get_object_or_404(sight.alerts(request), pk=pk)
        reading.note(by=bearer(request), patient=row.patient, channel="api", now=timezone.now())
        asked = standpoints.standpoint_of_list(request)
        if asked.as_of is not None:
            raise standpoints.Unprocessable({"as_of": "Alerts are of a moment, not of a day: ask with known_at."})
        if asked.known_at is None:
            recompute.drain_patient(row.patient_id, now=timezone.now())
            row = get_object_or_404(sight.alerts(request), pk=pk)
            return standpoints.tagged(request, {**show_with_steps(row), "known_at": None})
        rows = known_alerts.raised_by(sight.alerts(request), asked.known_at)
        then = get_object_or_404(rows, pk=pk)
        steps = known_alerts.steps_of(AlertChange.objects.filter(alert=then))[pk]
        shown = _show(known_alerts.at_moment(then, steps, asked.known_at))
        by_then = [_show_step(step) for step in steps if step.at <= asked.known_at]
        return standpoints.tagged(request, {**shown, "steps": by_then, "known_at": standpoints.told(asked)["known_at"]})


def show_with_steps(alert: Alert) -> dict[str, Any]:
    """Return an alert as it stands, with what a step taken with it has to send back, and its life."""
    steps = known_alerts.steps_of(AlertChange.objects.filter(alert=alert))[alert.pk]
    return {
        **_show(alert),
        "revision": alert.series.revision,
        "changed_at": alert.changed_at,
        "steps": [_show_step(step) for step in steps],
    }


def _content_at(request: Request, rows: QuerySet[Alert], state: str | None, known_at: datetime) -> dict[str, Any]:
    """A page of the alerts of a moment; the steps of all of them are read at once."""
    raised = known_alerts.raised_by(rows, known_at)
    found, next_after = paging.cut(request, known_alerts.in_state(raised, known_at, state) if state else raised)
    steps = known_alerts.steps_of(AlertChange.objects.filter(alert__in=found))
    then = [known_alerts.at_moment(alert, steps[alert.pk], known_at) for alert in found]
    return {"results": [_show(alert) for alert in then], "next_after": next_after}


def _show(alert: Alert) -> dict[str, Any]:
    return {
        "id": alert.pk,
        "patient": alert.patient_id,
        "pseudonym": alert.patient.pseudonym,
        "series": alert.series_id,
        "ruleset": alert.ruleset,
        "code": alert.code,
        "urgency": alert.urgency,
        "state": alert.state,
        "index_on": alert.index_on,
        "raised_at": alert.raised_at,
        "due_at": alert.due_at,
        "acknowledged_at": alert.acknowledged_at,
        "held_by": alert.held_by.username if alert.held_by else None,
        "escalation": alert.escalation,
        "escalated_at": alert.escalated_at,
        "resolved_at": alert.resolved_at,
        "retracted_because": alert.retracted_because or None,
    }


def _show_step(step: AlertChange) -> dict[str, Any]:
    return {
        "kind": step.kind,
        "at": step.at,
        "by": step.by.username if step.by else None,
        "to": step.to.username if step.to else None,
        "whom": step.detail.get("whom"),
        "action_taken": step.action_taken or None,
        "comment": step.comment or None,
        "before_index_on": step.detail.get("before", {}).get("index_on"),
        "next_sample_on": step.detail.get("next_sample_on"),
        "next_sample_tissue": step.detail.get("next_sample_tissue"),
    }
