"""An alert in words: what it says, how long it waits and for whom, its life, and what the person may do with it."""

from dataclasses import dataclass
from datetime import date, datetime

from django.utils import timezone

from monitoring.actions.acknowledging import ActionTaken
from monitoring.domain.terms import RuleSetId
from monitoring.forms.acknowledging import AcknowledgeForm
from monitoring.forms.alert_turns import HandOverForm, ResolveForm
from monitoring.queries.clinicians import Clinician
from monitoring.queries.patient_alerts import AlertStep, PatientAlert
from monitoring.queries.patient_page import MarkerPage
from monitoring.wording import alert_words
from monitoring.wording.alert_history import step_words
from monitoring.wording.words import Word


@dataclass(frozen=True, slots=True)
class Desk:
    """Who is looking and may act, and the colleagues to whom an alert can be handed."""

    user_id: int
    colleagues: tuple[Clinician, ...]


@dataclass(frozen=True, slots=True)
class HistoryLine:
    """One step in words."""

    at: datetime
    words: str
    action: str
    comment: str
    next_sample_on: date | None


@dataclass(frozen=True, slots=True)
class AlertForms:
    """What the person may do with an alert; a form is None where that step is not open."""

    acknowledge: AcknowledgeForm | None
    hand_over: HandOverForm | None
    resolve: ResolveForm | None


NOTHING_TO_DO = AlertForms(None, None, None)


@dataclass(frozen=True, slots=True)
class ToldAlert:
    """An alert with its words and, where the person may act, its forms."""

    alert: PatientAlert
    title: str
    word: Word
    meaning: str
    waiting: str
    escalated: str
    history: tuple[HistoryLine, ...]
    forms: AlertForms


def told_alert(alert: PatientAlert, page: MarkerPage, now: datetime, desk: Desk | None) -> ToldAlert:
    """Return an alert in words; with its forms where somebody stands at the desk. Times are of the active zone."""
    episodes = page.verdicts[RuleSetId(alert.ruleset)].episodes
    kind = next((one.kind.value for one in episodes if one.index == alert.index_id), "")
    due_at = timezone.localtime(alert.due_at) if alert.due_at else None
    return ToldAlert(
        alert=alert,
        title=alert_words.alert_title(alert.code, alert.status, kind, alert.tissue, alert.index_on),
        word=alert_words.alert_word(alert.code, alert.status, kind)[1],
        meaning=alert_words.alert_meaning(alert.code),
        waiting=alert_words.waiting_words(timezone.localtime(alert.raised_at), due_at, timezone.localtime(now)),
        escalated=_escalated(alert),
        history=tuple(history_line(step) for step in alert.steps),
        forms=forms_of(alert, page.revision, now, desk) if desk else NOTHING_TO_DO,
    )


def forms_of(alert: PatientAlert, revision: int, now: datetime, desk: Desk) -> AlertForms:
    """Return the empty forms of what may be done with an alert as it stands."""
    seen_at = now.isoformat(timespec="microseconds")
    colleagues = [each for each in desk.colleagues if each.user_id not in {desk.user_id, alert.holder_id}]
    is_here = alert.is_open or alert.is_in_hand
    hand_over = HandOverForm.of(alert, revision, seen_at, clinicians=colleagues) if is_here and colleagues else None
    return AlertForms(
        acknowledge=AcknowledgeForm.of(alert, revision, seen_at) if alert.is_open else None,
        hand_over=hand_over,
        resolve=ResolveForm.of(alert, revision, seen_at) if alert.is_in_hand else None,
    )


def history_line(step: AlertStep) -> HistoryLine:
    """Return one step in words."""
    return HistoryLine(
        at=step.at,
        words=step_words(step.kind, step.by, step.to, step.whom, step.because, step.moved),
        action=str(ActionTaken(step.action_taken).label) if step.action_taken else "",
        comment=step.comment,
        next_sample_on=step.next_sample_on,
    )


def _escalated(alert: PatientAlert) -> str:
    step = alert.escalated
    if step is None:
        return ""
    return step_words(step.kind, step.by, step.to, step.whom, step.because)
