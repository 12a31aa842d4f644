"""A change of rules in words: what it weighs, what happens to alerts, each verdict before and after with its reason."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from monitoring.domain.editions import ENGINE
from monitoring.domain.series import Series
from monitoring.domain.shadow_weights import BESIDE, PlannedStep, Weight
from monitoring.domain.terms import EpisodeKind
from monitoring.domain.verdict_change import Change, ChangeKind, change_between
from monitoring.domain.verdicts import Verdict
from monitoring.wording import alert_words, dates, states
from monitoring.wording.account import Account, FactIncomplete
from monitoring.wording.signing_effects import date_said, state_said
from monitoring.wording.verdict_sentence import verdict_sentence
from monitoring.wording.words import Tone

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

WEIGHTS: Mapping[int, "_StrPromise"] = {
    Weight.LOST_RELAPSE: gettext_lazy("a confirmed relapse is lost"),
    Weight.NEW_RELAPSE: gettext_lazy("a relapse is confirmed"),
    Weight.NEW_URGENT: gettext_lazy("a new alert of urgency 1"),
    Weight.LOST_URGENT: gettext_lazy("an alert of urgency 1 is taken back"),
    Weight.MOVED_RELAPSE: gettext_lazy("the relapse date moves"),
    Weight.LOST_EARLIER_RELAPSE: gettext_lazy("an earlier relapse, over by now, is lost"),
    Weight.NEW_SUSPICION: gettext_lazy("a new suspicion"),
    Weight.LOST_SUSPICION: gettext_lazy("a suspicion is closed or taken back"),
    Weight.ENDED_RELAPSE: gettext_lazy("a relapse counts as responded"),
    Weight.OTHER_ALERT: gettext_lazy("another alert changes"),
    Weight.OTHER_STATE: gettext_lazy("the state changes"),
    Weight.DETAIL: gettext_lazy("evidence or classes only"),
}
CHANGES: Mapping[ChangeKind, "_StrPromise"] = {
    ChangeKind.TAKES_BACK: gettext_lazy("relapse of %(was)s lost"),
    ChangeKind.CONFIRMS: gettext_lazy("relapse of %(on)s confirmed"),
    ChangeKind.REOPENS: gettext_lazy("relapse of %(on)s open again"),
    ChangeKind.MOVES_DATE: gettext_lazy("relapse of %(was)s moves to %(on)s"),
    ChangeKind.SUSPECTS: gettext_lazy("suspicion of %(on)s"),
    ChangeKind.CLOSES_SUSPICION: gettext_lazy("suspicion of %(was)s closed"),
    ChangeKind.TAKES_BACK_SUSPICION: gettext_lazy("suspicion of %(was)s taken back"),
    ChangeKind.ENDS: gettext_lazy("relapse of %(on)s responded"),
    ChangeKind.PARTLY_ENDS: gettext_lazy("relapse of %(on)s responded in one tissue"),
    ChangeKind.ALTERS: gettext_lazy("details of %(on)s"),
}
STEPS: Mapping[str, "_StrPromise"] = {
    "RAISED": gettext_lazy("raised"),
    "REOPENED": gettext_lazy("opened again"),
    "UPDATED": gettext_lazy("changed"),
    "RETRACTED": gettext_lazy("taken back"),
    "RESOLVED": gettext_lazy("closed"),
    "AGAIN": gettext_lazy("raised again for the other rule set"),
}
GRAVE = Weight.MOVED_RELAPSE  # up to here the tone is that of something that must be looked at


@dataclass(frozen=True, slots=True)
class VerdictTold:
    """A verdict in a cell: its state with icon and tone, its date, and the sentence with the samples behind it."""

    words: str
    icon: str
    tone: str
    date: str
    why: str


def weight_words(weight: int) -> str:
    """Return what a change does: `a confirmed relapse is lost`; of a rule set that is only shown beside, says so."""
    if weight > BESIDE:
        return _("shown beside: %(what)s") % {"what": str(WEIGHTS[weight - BESIDE])}
    return str(WEIGHTS[weight])


def weight_tone(weight: int) -> str:
    """Return the tone of a change."""
    return (Tone.CONFIRMED if weight <= GRAVE else Tone.QUIET).value


def verdict_told(
    verdict: Verdict | None, state: str, series: Series | None = None, today: date | None = None
) -> VerdictTold:
    """Return a verdict in words; one of another release that cannot be read tells its state as it was written."""
    if verdict is None:
        return VerdictTold(state, "ask", Tone.QUIET.value, "", _("This release cannot read this verdict."))
    words, said = state_said(verdict)
    return VerdictTold(words, said.icon, said.tone.value, date_said(verdict), _why(verdict, series, today))


def _why(verdict: Verdict, series: Series | None, today: date | None) -> str:
    """The sentence of the verdict; none where its samples have changed since it was compared."""
    if series is None or today is None:
        return ""
    try:
        return str(verdict_sentence(Account(series, verdict, today)))
    except (FactIncomplete, LookupError):
        return ""


def change_lines(before: Verdict | None, after: Verdict | None) -> list[str]:
    """Return what happens to each relapse and suspicion, the gravest first: `relapse of 23 Oct 2026 lost`."""
    if before is None or after is None:
        return []
    found = change_between(before, after).changes
    return [_change(each) for each in found if each.episode is not None and each.kind in CHANGES]


def _change(change: Change) -> str:
    on = dates.day(change.episode.relapse_on) if change.episode else ""
    was = dates.day(change.before.relapse_on) if change.before else on
    return str(CHANGES[change.kind]) % {"on": on, "was": was}


def step_words(step: PlannedStep) -> str:
    """Return what would happen to an alert: `raised: High level, marrow, 3 Jul 2026 (urgency 1)`."""
    on = date.fromisoformat(step.on) if step.on else None
    title = alert_words.alert_title(step.code, step.status, EpisodeKind.MOLECULAR_RELAPSE.value, step.tissue, on)
    told = {"step": str(STEPS.get(step.kind, step.kind)), "alert": title, "urgency": step.urgency}
    return _("%(step)s: %(alert)s (urgency %(urgency)s)") % told


def edition_name(name: str) -> str:
    """Return what an edition is of: the rule engine, or a rule set."""
    return _("rule engine") if name == ENGINE else str(states.word("ruleset", name).words)
