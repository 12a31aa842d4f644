"""The rows of the worklist with their words."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from django.utils.translation import gettext as _

from monitoring.domain.urgency import EPISODE
from monitoring.queries.worklist import Row
from monitoring.queries.worklist_alerts import OpenAlert
from monitoring.queries.worklist_groups import Group
from monitoring.wording import escalation_words, open_relapse_words, worklist_words
from monitoring.wording.worklist_words import Clock, Told

WAITS = frozenset({Group.URGENT, Group.SUSPECTED, Group.ALERTS})  # groups of what a person has to answer
IS_SUSPECTED = frozenset({Group.SUSPECTED, Group.AWAITED})
OF_SCHEDULE = frozenset({Group.OVERDUE, Group.DUE})  # groups whose clock runs to a date of the schedule


@dataclass(frozen=True, slots=True)
class Line:
    """A row with its words; `group` is None where it needs nothing any more, and `clock` with it."""

    row: Row
    group: Group | None
    evidence: Told
    clock: Clock | None
    lead_words: str
    hands: Sequence[str]
    goes: str
    differing: Sequence[tuple[str, str]]
    next_tissues: str
    beside_due: Sequence[str] = ()


def line_of(group: Group | None, row: Row, now: datetime) -> Line:
    """Return a row with its words, in the reader's language."""
    return Line(
        row=row,
        group=group,
        evidence=_evidence(group, row),
        clock=_clock(group, row, now),
        lead_words=worklist_words.lead_words(row.lead.code, row.lead.urgency) if row.lead else "",
        hands=_hands(row, row.lead) if row.lead else (),
        goes=_goes(row, row.lead) if row.lead else "",
        differing=[
            (ruleset, state)
            for ruleset, state in row.content["states"].items()
            if ruleset != row.ruleset and state != row.state
        ],
        next_tissues=worklist_words.tissues_words(row.content["due"][0]["tissues"]) if row.content["due"] else "",
        beside_due=_beside_due(row) if group in OF_SCHEDULE else (),
    )


def _beside_due(row: Row) -> list[str]:
    """What is said beside the due date while a relapse is open and untreated."""
    rule = next((due["rule"] for due in row.content["due"] if due["due_on"]), "")
    if row.open_relapse is None or not row.open_relapse.concerns(rule):
        return []
    agreed = row.open_relapse.agreed
    told = [open_relapse_words.agreed_words(agreed.on, agreed.tissue, row.today)] if agreed else []
    return [open_relapse_words.not_made_for_it(), *told]


def _hands(row: Row, lead: OpenAlert) -> list[str]:
    """In whose hands the alert is, where it has gone, and when it goes on."""
    said = []
    if lead.held_by:
        said.append(_("with %(name)s") % {"name": lead.held_by})
    if lead.escalated is not None:
        gone = lead.escalated
        said.append(escalation_words.gone_words(gone.whom, gone.to, gone.at, row.zone))
    if lead.goes_to is not None and lead.goes_at is not None:
        said.append(escalation_words.escalates_words(lead.goes_at, row.zone))
    return said


def _goes(row: Row, lead: OpenAlert) -> str:
    if lead.goes_to is None or lead.goes_at is None:
        return ""
    return escalation_words.goes_words(lead.goes_to, lead.goes_at, row.zone)


def _evidence(group: Group | None, row: Row) -> Told:
    episode, latest = row.content["episode"], row.content["latest"]
    lead = row.lead
    if lead is not None and lead.code != EPISODE and group in {Group.URGENT, Group.ALERTS}:
        if latest and latest[-1]["on"] == lead.detail.get("latest_on"):
            return worklist_words.evidence_of_sample(latest[-1])
        return worklist_words.evidence_of_flag(lead.detail, lead.code, None)
    if episode is not None and group in WAITS | IS_SUSPECTED:
        return worklist_words.evidence_of_episode(episode)
    if latest:
        return worklist_words.evidence_of_sample(latest[-1])
    return Told(_("No result yet"))


def _clock(group: Group | None, row: Row, now: datetime) -> Clock | None:
    if group is None:
        return None
    if group in IS_SUSPECTED and row.suspected_on:
        return worklist_words.confirmation_clock(row.suspected_on, row.today)
    if row.lead is not None and group in WAITS:
        tone = "confirmed" if group is Group.URGENT else "quiet"
        clock = worklist_words.waiting_clock(row.lead.raised_at, row.lead.due_at, now, row.zone, tone)
        # where it goes next says by when it is to be acknowledged
        return clock if row.lead.goes_at is None else replace(clock, sub="")
    return worklist_words.due_clock(row.due_on or row.today, row.overdue_from, row.today)
