"""Alerts of the bearer's patients, computed anew where they were stale."""

from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponseBase
from django.utils import timezone
from rest_framework.request import Request
from rest_framework.views import APIView

from api.auth.tokens import bearer
from api.v1 import paging, standpoints
from monitoring import permissions
from monitoring.actions import recompute
from monitoring.models import Alert, AlertChange
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
        rows, state = _of_charts(request), request.query_params.get("state")
        if asked.known_at is None:
            found = paging.content(request, rows.filter(state=state) if state else rows, _show)
        else:
            found = _content_at(request, rows, state, asked.known_at)
        return standpoints.tagged(
            request, {**found, "pending_series": pending, "known_at": standpoints.told(asked)["known_at"]}
        )


def _of_charts(request: Request) -> QuerySet[Alert]:
    memberships = permissions.memberships_of(bearer(request))
    centres = [each.centre_id for each in memberships if each.role in permissions.CHART_ROLES]
    return (
        Alert.objects.select_related("patient")
        .filter(patient__care_relations__centre_id__in=centres, patient__care_relations__role__in=permissions.CARING)
        .distinct()
    )


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
        "retracted_because": alert.retracted_because or None,
    }
