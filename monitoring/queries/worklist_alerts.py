"""What waits for somebody in the rows of the worklist, in whose hands it is, and where it goes next."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from monitoring.domain.alert_times import next_escalation
from monitoring.domain.urgency import Escalation, Urgency
from monitoring.models import Alert, AlertChange
from monitoring.models.choices import AlertStateChoice, AlertStepChoice
from monitoring.queries import alert_times


@dataclass(frozen=True, slots=True)
class Escalated:
    """That nobody answered in time: who is told since when; `to` is empty where nobody is named."""

    whom: Escalation
    to: str
    at: datetime


@dataclass(frozen=True, slots=True)
class OpenAlert:
    """An alert that waits for somebody; `held_by` has it in hand, `goes_to` whom it is passed to at `goes_at`."""

    pk: int
    code: str
    urgency: int
    ruleset: str
    raised_at: datetime
    due_at: datetime | None
    detail: Mapping[str, Any]
    held_by: str = ""
    escalated: Escalated | None = None
    goes_to: Escalation | None = None
    goes_at: datetime | None = None


def read(series_ids: Sequence[int]) -> dict[int, list[OpenAlert]]:
    """Return the alerts that wait by series, the most urgent first, in three queries."""
    rows = Alert.objects.filter(series_id__in=series_ids, state=AlertStateChoice.RAISED)
    alerts = list(rows.select_related("held_by", "patient__centre").order_by("urgency", "raised_at", "pk"))
    escalated = _escalated([alert for alert in alerts if alert.escalation])
    times = alert_times.of_centres({alert.patient.centre_id for alert in alerts})
    found: dict[int, list[OpenAlert]] = defaultdict(list)
    for alert in alerts:
        within = times[alert.patient.centre_id][Urgency(alert.urgency)]
        zone = ZoneInfo(alert.patient.centre.time_zone)
        goes = next_escalation(Urgency(alert.urgency), within, alert.due_at, alert.escalation, zone)
        found[alert.series_id].append(
            OpenAlert(
                alert.pk, alert.code, alert.urgency, alert.ruleset, alert.raised_at, alert.due_at, alert.detail,
                alert.held_by.shown_name if alert.held_by else "", escalated.get(alert.pk),
                goes[0] if goes else None, goes[1] if goes else None,
            )
        )  # fmt: skip
    return found


def _escalated(alerts: Sequence[Alert]) -> dict[int, Escalated]:
    """The last step of each; the earlier ones are in its history."""
    steps = AlertChange.objects.filter(alert__in=alerts, kind=AlertStepChoice.ESCALATED).select_related("to")
    return {
        step.alert_id: Escalated(Escalation(step.detail["whom"]), step.to.shown_name if step.to else "", step.at)
        for step in steps.order_by("pk")
    }
