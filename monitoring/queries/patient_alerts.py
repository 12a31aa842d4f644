"""The alerts of one series as the patient page shows them: what waits for a person, and what was done."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from monitoring.domain.urgency import EPISODE
from monitoring.models import Alert, AlertChange
from monitoring.models.choices import AlertStateChoice as State
from monitoring.models.choices import AlertStepChoice as Step
from monitoring.queries.known_alerts import at_moment, steps_of
from monitoring.wording.alert_history import IndexMoved


@dataclass(frozen=True, slots=True)
class AlertStep:
    """One step in the life of an alert; `by` is empty for the worker, `to` where it went to nobody by name.

    `whom` is who is told of an escalation; `because` why it was retracted; `moved` is there where the index of the
    episode moved.
    """

    kind: str
    at: datetime
    by: str
    to: str
    whom: str
    because: str
    action_taken: str
    comment: str
    next_sample_on: date | None
    next_sample_tissue: str
    moved: IndexMoved | None


@dataclass(frozen=True, slots=True)
class PatientAlert:
    """One alert with its life; `status` and `number` are those of the episode it follows, empty for a flag."""

    alert_id: int
    code: str
    ruleset: str
    urgency: int
    state: str
    status: str
    number: int | None
    tissue: str
    index_id: str
    index_on: date | None
    latest_on: date | None
    raised_at: datetime
    due_at: datetime | None
    changed_at: datetime
    retracted_because: str
    held_by: str
    holder_id: int | None
    resolved_by: str
    escalation: int
    steps: tuple[AlertStep, ...]

    @property
    def acknowledged(self) -> AlertStep | None:
        """The last acknowledgement, kept also when the alert was opened again after it."""
        found = [step for step in self.steps if step.kind == State.ACKNOWLEDGED]
        return found[-1] if found else None

    @property
    def is_open(self) -> bool:
        """Whether it waits for a person."""
        return self.state == State.RAISED

    @property
    def is_in_hand(self) -> bool:
        """Whether somebody has acknowledged it, and nothing has ended it yet."""
        return self.state == State.ACKNOWLEDGED

    @property
    def escalated(self) -> AlertStep | None:
        """The last time it went on because nobody answered; None where that has not happened since it was raised."""
        found = [step for step in self.steps if step.kind == Step.ESCALATED]
        return found[-1] if self.escalation and found else None

    @property
    def resolved(self) -> AlertStep | None:
        """How a person resolved it; None where it did not end so."""
        found = [step for step in self.steps if step.kind == Step.RESOLVED and step.by]
        return found[-1] if self.resolved_by and found else None


def read_alerts(series_id: int, known_at: datetime | None = None) -> tuple[PatientAlert, ...]:
    """Return the alerts of a series as they stood at a moment (None is now), in two queries.

    Those that wait come first, by urgency, episodes before flags.
    """
    rows = list(Alert.objects.filter(series_id=series_id).select_related("held_by", "resolved_by"))
    steps = steps_of(AlertChange.objects.filter(alert__series_id=series_id))
    if known_at is not None:
        rows = [at_moment(row, steps[row.pk], known_at) for row in rows if _was_raised(steps[row.pk], known_at)]
        steps = {pk: [step for step in found if step.at <= known_at] for pk, found in steps.items()}
    return tuple(sorted((_alert(row, _steps(row, steps[row.pk])) for row in rows), key=_order))


def _was_raised(steps: Iterable[AlertChange], known_at: datetime) -> bool:
    return any(step.at <= known_at for step in steps)


def _order(alert: PatientAlert) -> tuple[bool, int, bool, datetime, int]:
    return (not alert.is_open, alert.urgency, alert.code != EPISODE, alert.raised_at, alert.alert_id)


def _alert(row: Alert, steps: tuple[AlertStep, ...]) -> PatientAlert:
    detail: Mapping[str, object] = row.detail
    return PatientAlert(
        alert_id=row.pk,
        code=row.code,
        ruleset=row.ruleset,
        urgency=row.urgency,
        state=row.state,
        status=str(detail.get("status") or ""),
        number=row.detail.get("number"),
        tissue=str(detail.get("tissue") or ""),
        index_id=str(row.index_result_id or ""),
        index_on=row.index_on,
        latest_on=_day(detail.get("latest_on")),
        raised_at=row.raised_at,
        due_at=row.due_at,
        changed_at=row.changed_at,
        retracted_because=row.retracted_because,
        held_by=row.held_by.shown_name if row.held_by else "",
        holder_id=row.held_by_id,
        resolved_by=row.resolved_by.shown_name if row.resolved_by else "",
        escalation=row.escalation,
        steps=steps,
    )


def _steps(row: Alert, changes: Sequence[AlertChange]) -> tuple[AlertStep, ...]:
    """The life of an alert. A step keeps the index before it: the index after it is that before the next, or of now."""
    told: list[AlertStep] = []
    on = row.index_on
    for change in reversed(changes):
        was = _day(change.detail["before"]["index_on"]) if "before" in change.detail else on
        told.append(_step(change, _moved(row, change, was, on)))
        on = was
    return tuple(reversed(told))


def _moved(row: Alert, change: AlertChange, was: date | None, on: date | None) -> IndexMoved | None:
    if row.code != EPISODE or was is None or on is None or was == on:
        return None
    return IndexMoved(str(change.detail.get("kind") or row.detail.get("kind") or ""), was, on)


def _step(change: AlertChange, moved: IndexMoved | None) -> AlertStep:
    return AlertStep(
        kind=change.kind,
        at=change.at,
        by=change.by.shown_name if change.by else "",
        to=change.to.shown_name if change.to else "",
        whom=str(change.detail.get("whom") or ""),
        because=str(change.detail.get("because") or ""),
        action_taken=change.action_taken,
        comment=change.comment,
        next_sample_on=_day(change.detail.get("next_sample_on")),
        next_sample_tissue=str(change.detail.get("next_sample_tissue") or ""),
        moved=moved,
    )


def _day(text: object) -> date | None:
    return date.fromisoformat(text) if isinstance(text, str) and text else None
