"""Alerts of the bearer's patients, computed anew where they were stale."""

from typing import Any

from django.utils import timezone
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from api.auth.tokens import bearer
from api.v1.paging import page
from monitoring import permissions
from monitoring.actions import recompute
from monitoring.models import Alert


class AlertList(APIView):
    """Alerts."""

    def get(self, request: Request) -> Response:
        """List the alerts of patients whose chart the bearer may read; `state` narrows (RAISED, ACKNOWLEDGED ...)."""
        pending = recompute.drain_pending(now=timezone.now())
        memberships = permissions.memberships_of(bearer(request))
        centres = [each.centre_id for each in memberships if each.role in permissions.CHART_ROLES]
        rows = (
            Alert.objects.select_related("patient")
            .filter(
                patient__care_relations__centre_id__in=centres,
                patient__care_relations__role__in=permissions.CARING,
            )
            .distinct()
        )
        if state := request.query_params.get("state"):
            rows = rows.filter(state=state)
        answer = page(request, rows, _show)
        answer.data["pending_series"] = pending
        return answer


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
