"""Alerts follow the verdicts: raised, updated, reopened when what they follow moves, retracted, never deleted."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import QuerySet

from monitoring.actions import new_rows
from monitoring.actions.alert_endings import (
    has_ended_before,
    is_of_old_records,
    left_behind_on,
    was_before_a_treatment,
    was_told_before,
)
from monitoring.actions.alert_matching import pair
from monitoring.actions.alert_news import (
    day_text,
    ended_the_same,
    fingerprint,
    has_grown,
    is_confirmed_now,
    is_settled,
    is_undone,
    opens_again,
)
from monitoring.domain.alert_times import due_at
from monitoring.domain.surveillance import Surveillance
from monitoring.domain.terms import FlagCode, RuleSetId
from monitoring.domain.urgency import (
    ALERT_IN_EVERY_RULESET,
    URGENCY_OF_FLAG,
    AlertDue,
    Urgency,
    alerts_raised,
    urgency_of_retraction,
)
from monitoring.domain.verdicts import Flag, Verdict
from monitoring.models import Alert, AlertChange
from monitoring.models.choices import AlertStateChoice as State
from monitoring.queries import alert_times
from monitoring.queries.alert_times import TimesOf
from monitoring.queries.series_inputs import SeriesInputs

Verdicts = Mapping[RuleSetId, Verdict]
Computed = tuple[SeriesInputs, Verdicts, Surveillance]

RETRACTION = "RETRACTION"
# These come to an end by themselves: by a sample, by the passing of days, by agreement. All else was taken back.
ENDS_BY_ITSELF = {FlagCode.CONFIRMATION_OVERDUE, FlagCode.SAMPLE_OVERDUE, FlagCode.RULESETS_DISAGREE}
SHOWN_ON_THE_PAGE_ONLY = Urgency.FOURTH


def reconcile(computed: Iterable[Computed], *, now: datetime) -> None:
    """Bring the alerts of these series into agreement with their verdicts; doing so twice changes nothing.

    They are locked, so that what a person does or the clock brings at the same moment is neither lost nor overwritten.
    """
    computed = list(computed)
    _book_of(computed, _stored(computed).select_for_update(no_key=True), now).write()


def planned(computed: Iterable[Computed], *, now: datetime) -> list[AlertChange]:
    """Return the steps that reconciling would take, nothing written: what a change of rules would do (ADR 0009)."""
    computed = list(computed)
    return _book_of(computed, _stored(computed), now).steps


def _stored(computed: Sequence[Computed]) -> QuerySet[Alert]:
    return Alert.objects.filter(series_id__in=[each.series_id for each, *_ in computed]).order_by("pk")


def _book_of(computed: Sequence[Computed], rows: QuerySet[Alert], now: datetime) -> "_Book":
    stored: dict[int, list[Alert]] = defaultdict(list)
    for alert in rows:
        stored[alert.series_id].append(alert)
    book = _Book(now, alert_times.of_patients({each.patient_id for each, *_ in computed}))
    for inputs, verdicts, surveillance in computed:
        wanted = wanted_alerts(inputs, verdicts, surveillance)
        left = {id(due): on for due in wanted if (on := left_behind_on(verdicts, due)) is not None}
        _reconcile_series(book, inputs, wanted, stored[inputs.series_id], left)
    return book


def wanted_alerts(inputs: SeriesInputs, verdicts: Verdicts, surveillance: Surveillance) -> list[AlertDue]:
    """Return what should be on the alert list of a series; the fourth urgency lives on the patient's page only."""
    chosen = RuleSetId(inputs.alerting_ruleset)
    due = alerts_raised(verdicts, chosen, inputs.series)
    due += [_of_flag(chosen, flag) for flag in surveillance.flags]
    # two clocks may ask for the same tissue from the same day on: that is one alert
    return list(dict.fromkeys(alert for alert in due if alert.urgency is not SHOWN_ON_THE_PAGE_ONLY))


def _of_flag(ruleset: RuleSetId, flag: Flag) -> AlertDue:
    return AlertDue(
        ruleset=ruleset, code=flag.code.value, urgency=URGENCY_OF_FLAG[flag.code], tissue=flag.tissue,
        index=flag.result, on=flag.on, latest=flag.result, latest_on=flag.on,
    )  # fmt: skip


class _Book:
    """What one reconciliation writes: alerts and the steps of their lives."""

    def __init__(self, now: datetime, times: TimesOf) -> None:
        self.now = now
        self.times = times
        self.new: list[Alert] = []
        self.changed: list[Alert] = []
        self.steps: list[AlertChange] = []

    def note(self, alert: Alert, kind: str, detail: dict[str, Any] | None = None) -> None:
        self.steps.append(
            AlertChange(alert=alert, patient_id=alert.patient_id, kind=kind, at=self.now, detail=detail or {})
        )

    def due_at(self, inputs: SeriesInputs, urgency: Urgency) -> datetime | None:
        """The end of the last day, at the patient's centre, on which an acknowledgement is in time."""
        within = self.times[inputs.patient_id][urgency]
        return None if within is None else due_at(within, self.now, ZoneInfo(inputs.time_zone))

    def write(self) -> None:
        new_rows.insert(self.new)
        new_rows.update(self.changed, [name.removesuffix("_id") for name in WRITTEN])
        for step in self.steps:
            step.alert_id = step.alert.pk  # what is new has its number now
        new_rows.insert(self.steps)


WRITTEN = [
    "ruleset", "subject", "code", "urgency", "state", "index_result_id", "index_on", "detail", "fingerprint",
    "raised_at", "due_at", "changed_at", "acknowledged_at", "acknowledged_by_id", "retracted_at", "retracted_because",
    "escalation", "escalated_at", "resolved_at", "resolved_by_id",
]  # fmt: skip


def _reconcile_series(
    book: _Book, inputs: SeriesInputs, wanted: Sequence[AlertDue], stored: Sequence[Alert], left: Mapping[int, date]
) -> None:
    """`left` holds the day on which a new course left an episode behind, by the alert that is due."""
    today = inputs.today(book.now)
    pairs, unmatched = pair(wanted, [alert for alert in stored if alert.code != RETRACTION])
    for due, alert in pairs:
        is_over, left_on = due.is_over or inputs.series.death_on is not None, left.get(id(due))
        if alert is not None:
            is_told = left_on is not None and was_told_before(inputs, alert, due, left_on=left_on, today=today)
            if not (is_told and ended_the_same(alert, due)):
                _update(book, inputs, due, alert, is_over=is_over or is_told, is_left=left_on is not None)
        elif not is_over and not is_of_old_records(inputs, due, left_on=left_on, today=today):
            _raise(book, inputs, due)
    for alert in unmatched:
        _end(book, inputs, alert)
    _end_retractions(book, inputs, stored)


def _raise(book: _Book, inputs: SeriesInputs, due: AlertDue) -> None:
    alert = Alert(series_id=inputs.series_id, patient_id=inputs.patient_id, state=State.RAISED, raised_at=book.now)
    _fill(alert, inputs, due, book.now)
    alert.due_at = book.due_at(inputs, due.urgency)
    book.new.append(alert)
    book.note(alert, "RAISED", alert.detail)


def _update(book: _Book, inputs: SeriesInputs, due: AlertDue, alert: Alert, *, is_over: bool, is_left: bool) -> None:
    """`is_left`: a new course has left the episode behind, and its alert is told all the same."""
    if is_settled(alert, due, is_over=is_over):
        return
    if is_undone(alert, due) and inputs.series.death_on is None:
        _retract(book, inputs, alert)
        return
    before = {"urgency": alert.urgency, "index_on": day_text(alert.index_on), "status": alert.detail.get("status")}
    grew, is_new = has_grown(alert, due), is_left and is_confirmed_now(alert, due)
    was, urgency_was = alert.state, alert.urgency
    _fill(alert, inputs, due, book.now)
    if is_over:
        alert.state = State.RESOLVED
    elif opens_again(alert, was, grew=grew):
        _reopen(alert)
        alert.raised_at, alert.due_at = book.now, book.due_at(inputs, due.urgency)
    elif was == State.RAISED and grew:
        _grow_unanswered(book, inputs, alert, due, urgency_was)
        if is_new:
            alert.raised_at = book.now  # after the course began, so that the course does not end it
    book.changed.append(alert)
    book.note(alert, _kind_of_step(was, alert.state), {**alert.detail, "before": before})


def _reopen(alert: Alert) -> None:
    alert.state, alert.acknowledged_at, alert.acknowledged_by_id = State.RAISED, None, None
    alert.retracted_at, alert.retracted_because = None, ""
    alert.resolved_at, alert.resolved_by_id = None, None
    alert.escalation, alert.escalated_at = 0, None


def _grow_unanswered(book: _Book, inputs: SeriesInputs, alert: Alert, due: AlertDue, urgency_was: int) -> None:
    """What nobody has answered yet is never due later by growing: a new sample may not push an alert away."""
    times = [each for each in (alert.due_at, book.due_at(inputs, due.urgency)) if each is not None]
    alert.due_at = min(times, default=None)
    if due.urgency < urgency_was:
        alert.raised_at, alert.escalation, alert.escalated_at = book.now, 0, None


def _kind_of_step(was: str, now_is: str) -> str:
    if now_is == State.RESOLVED:
        return "RESOLVED" if was != State.RESOLVED else "UPDATED"
    return "REOPENED" if now_is == State.RAISED and was != State.RAISED else "UPDATED"


def _end(book: _Book, inputs: SeriesInputs, alert: Alert) -> None:
    """What an alert followed is no longer there: it came to its end, or it was taken back by an amendment."""
    by_a_person = alert.resolved_by_id is not None
    if alert.state == State.RETRACTED or has_ended_before(alert, inputs) or was_before_a_treatment(alert, inputs):
        return
    has_died = alert.code == FlagCode.NO_RESPONSE and inputs.series.death_on is not None
    if alert.code not in ENDS_BY_ITSELF and not has_died:
        _retract(book, inputs, alert)
    elif not by_a_person:
        _resolve(book, alert)


def _resolve(book: _Book, alert: Alert) -> None:
    alert.state, alert.changed_at = State.RESOLVED, book.now
    book.note(alert, "RESOLVED")
    book.changed.append(alert)


def _retract(book: _Book, inputs: SeriesInputs, alert: Alert) -> None:
    """Take an alert back, with the reason; that an urgent one no longer holds is told."""
    follows_the_choice = alert.code not in ALERT_IN_EVERY_RULESET
    other_rules = follows_the_choice and alert.ruleset != inputs.alerting_ruleset
    alert.state, alert.retracted_at, alert.changed_at = State.RETRACTED, book.now, book.now
    alert.retracted_because = "RULESET_CHANGED" if other_rules else "NO_LONGER_HOLDS"
    alert.resolved_at, alert.resolved_by_id = None, None
    book.note(alert, "RETRACTED", {"because": alert.retracted_because})
    _tell_retraction(book, inputs, alert)
    book.changed.append(alert)


def _end_retractions(book: _Book, inputs: SeriesInputs, stored: Sequence[Alert]) -> None:
    """That something no longer holds has come to its end when it holds again, or when the patient has died."""
    by_number = {str(alert.pk): alert for alert in stored}
    is_dead = inputs.series.death_on is not None
    for alert in stored:
        if alert.code != RETRACTION or alert.state not in (State.RAISED, State.ACKNOWLEDGED):
            continue
        retracted = by_number.get(alert.fingerprint)
        holds_again = retracted is not None and retracted.state != State.RETRACTED
        if is_dead or (holds_again and alert.state == State.RAISED):
            _resolve(book, alert)


def _tell_retraction(book: _Book, inputs: SeriesInputs, retracted: Alert) -> None:
    """That an urgent alert no longer holds is itself something to be told, but for one of a patient who has died."""
    was_urgent = retracted.detail.get("was_confirmed", False)
    urgency = urgency_of_retraction(Urgency.FIRST if was_urgent else Urgency(retracted.urgency))
    if urgency is None or inputs.series.death_on is not None:
        return
    alert = Alert(
        series_id=inputs.series_id, patient_id=inputs.patient_id, ruleset=retracted.ruleset, code=RETRACTION,
        subject=f"{RETRACTION}:{retracted.pk}:{book.now.isoformat()}", urgency=urgency, state=State.RAISED,
        index_result_id=retracted.index_result_id, index_on=retracted.index_on, raised_at=book.now,
        changed_at=book.now, due_at=book.due_at(inputs, urgency), fingerprint=str(retracted.pk),
        detail={"retracted": retracted.pk, "code": retracted.code, "because": retracted.retracted_because,
                "tissue": retracted.detail.get("tissue"), "status": retracted.detail.get("status"),
                "kind": retracted.detail.get("kind")},
    )  # fmt: skip
    book.new.append(alert)
    book.note(alert, "RAISED", alert.detail)


def _fill(alert: Alert, inputs: SeriesInputs, due: AlertDue, now: datetime) -> None:
    alert.ruleset, alert.code, alert.urgency = due.ruleset.value, due.code, due.urgency
    alert.subject = f"{due.code}:{due.tissue or ''}:{due.index or day_text(due.on) or ''}"
    alert.index_result_id = int(due.index) if due.index else None
    alert.index_on, alert.changed_at, alert.fingerprint = due.on, now, fingerprint(due)
    was_confirmed = alert.detail.get("number") is not None or alert.detail.get("was_confirmed", False)
    alert.detail = {
        "status": due.status.value if due.status else None,
        "kind": due.kind.value if due.kind else None,
        "number": due.number,
        "tissue": due.tissue.value if due.tissue else None,
        "latest": due.latest,
        "latest_on": day_text(due.latest_on),
        "also_by": [ruleset.value for ruleset in due.also_by],
        **({"was_confirmed": True} if was_confirmed and due.number is None else {}),
        "between": [day_text(on) for on in due.between],
    }
