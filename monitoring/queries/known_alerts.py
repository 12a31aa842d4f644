"""Alerts as they stood at a moment, from the steps of their lives.

An alert keeps its present state only; each step says what it became, and what it was before. So the last step by the
moment tells state, status and tissue, and the first update after it tells urgency and index date.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet, Subquery

from monitoring.models import Alert, AlertChange
from monitoring.models.choices import AlertStateChoice as State

# what an alert has become by a step; any other kind of step leaves the state as it is
BECOMES = {
    "RAISED": State.RAISED,
    "REOPENED": State.RAISED,
    "ACKNOWLEDGED": State.ACKNOWLEDGED,
    "RESOLVED": State.RESOLVED,
    "RETRACTED": State.RETRACTED,
}
# These leave the alert as it stands: what was seen on a page that shows it is not out of date by them.
LEAVES_AS_IT_IS = {"SEEN", "ESCALATED"}


def raised_by(alerts: QuerySet[Alert], known_at: datetime) -> QuerySet[Alert]:
    """Narrow to the alerts that had been raised by a moment."""
    return alerts.filter(Exists(AlertChange.objects.filter(alert=OuterRef("pk"), at__lte=known_at)))


def in_state(alerts: QuerySet[Alert], known_at: datetime, state: str) -> QuerySet[Alert]:
    """Narrow to the alerts that were in a state at a moment."""
    steps = AlertChange.objects.filter(alert=OuterRef("pk"), at__lte=known_at, kind__in=BECOMES)
    last = alerts.annotate(last_step=Subquery(steps.order_by("-at", "-pk").values("kind")[:1]))
    return last.filter(last_step__in=[kind for kind, becomes in BECOMES.items() if becomes == state])


def steps_of(steps: QuerySet[AlertChange]) -> Mapping[int, list[AlertChange]]:
    """Return these steps in order, by the number of their alert, in one query."""
    found: dict[int, list[AlertChange]] = defaultdict(list)
    for step in steps.select_related("by", "to").order_by("at", "pk"):
        found[step.alert_id].append(step)
    return found


def at_moment(alert: Alert, steps: Iterable[AlertChange], known_at: datetime) -> Alert:
    """Turn an alert into what it was at a moment; it is for reading only. It must have been raised by then."""
    every = list(steps)
    done = [step for step in every if step.at <= known_at]
    later = [step for step in every if step.at > known_at]
    if later:
        _step_back(alert, done, later)
    return alert


def _step_back(alert: Alert, done: list[AlertChange], later: list[AlertChange]) -> None:
    turns = [step for step in done if step.kind in BECOMES]
    alert.state = BECOMES[turns[-1].kind]
    alert.changed_at = next(step.at for step in reversed(done) if step.kind not in LEAVES_AS_IT_IS)
    alert.detail = next((step.detail for step in reversed(done) if "status" in step.detail), alert.detail)
    _before(alert, next((step.detail["before"] for step in later if "before" in step.detail), None))
    if alert.raised_at > alert.changed_at:
        # Raised again since: when it was to be acknowledged before that is not kept.
        alert.raised_at = next(step.at for step in reversed(turns) if BECOMES[step.kind] == State.RAISED)
        alert.due_at = None
    _ends(alert, turns[-1])
    _hands(alert, done)


def _before(alert: Alert, before: Mapping[str, Any] | None) -> None:
    if before is None:
        return
    index_on = date.fromisoformat(before["index_on"]) if before["index_on"] else None
    if index_on != alert.index_on:
        alert.index_result_id, alert.index_on = None, index_on
    alert.urgency = before["urgency"]


def _ends(alert: Alert, turn: AlertChange) -> None:
    """How it stood with acknowledgement and retraction after a step."""
    acknowledged, retracted = alert.state == State.ACKNOWLEDGED, alert.state == State.RETRACTED
    alert.acknowledged_at, alert.acknowledged_by = (turn.at, turn.by) if acknowledged else (None, None)
    alert.retracted_at = turn.at if retracted else None
    alert.retracted_because = str(turn.detail.get("because", "")) if retracted else ""
    resolved = alert.state == State.RESOLVED and turn.by_id is not None
    alert.resolved_at, alert.resolved_by = (turn.at, turn.by) if resolved else (None, None)


def _hands(alert: Alert, done: list[AlertChange]) -> None:
    """In whose hands it was, and how far it had gone on because nobody answered."""
    taken = next((step for step in reversed(done) if step.kind in {"HANDED_OVER", "ACKNOWLEDGED"}), None)
    alert.held_by = None if taken is None else taken.to if taken.kind == "HANDED_OVER" else taken.by
    raised = [place for place, step in enumerate(done) if step.kind in {"RAISED", "REOPENED"}]
    told = [step for step in done[raised[-1] :] if step.kind == "ESCALATED"]
    alert.escalation, alert.escalated_at = (told[-1].detail["level"], told[-1].at) if told else (0, None)
