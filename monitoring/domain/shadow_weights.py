"""How much a change of rules weighs for one series: a lost relapse first, then a new one, then alerts, then the rest.

Nothing is decided here again: verdicts come from `classify`, alerts from the reconciliation.
Source: docs/methods/changing_rules.md.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import IntEnum

from monitoring.domain.urgency import OPEN_STATUSES, Urgency
from monitoring.domain.verdict_change import Change, ChangeKind, VerdictChange


class Weight(IntEnum):
    """What a change does to a series, the gravest first."""

    LOST_RELAPSE = 1
    NEW_RELAPSE = 2
    NEW_URGENT = 3
    LOST_URGENT = 4
    MOVED_RELAPSE = 5
    LOST_EARLIER_RELAPSE = 6
    NEW_SUSPICION = 7
    LOST_SUSPICION = 8
    ENDED_RELAPSE = 9
    OTHER_ALERT = 10
    OTHER_STATE = 11
    DETAIL = 12


BESIDE = 20  # added for a rule set that does not raise the alerts: after everything that does

RAISES = frozenset({"RAISED", "REOPENED"})
ENDS = frozenset({"RETRACTED", "RESOLVED"})
AGAIN = "AGAIN"  # the same alert, ended for one rule set and raised for the other: to be acknowledged anew

OF_CHANGE = {
    ChangeKind.CONFIRMS: Weight.NEW_RELAPSE,
    ChangeKind.REOPENS: Weight.NEW_RELAPSE,
    ChangeKind.MOVES_DATE: Weight.MOVED_RELAPSE,
    ChangeKind.SUSPECTS: Weight.NEW_SUSPICION,
    ChangeKind.CLOSES_SUSPICION: Weight.LOST_SUSPICION,
    ChangeKind.TAKES_BACK_SUSPICION: Weight.LOST_SUSPICION,
    ChangeKind.ENDS: Weight.ENDED_RELAPSE,
    ChangeKind.PARTLY_ENDS: Weight.ENDED_RELAPSE,
    ChangeKind.CHANGES_STATE: Weight.OTHER_STATE,
}


@dataclass(frozen=True, slots=True)
class PlannedStep:
    """What would happen to one alert: its step, its code, its urgency; `tissue` and `on` tell which."""

    kind: str
    code: str
    urgency: int
    tissue: str
    on: str
    status: str


def weight_of(change: VerdictChange, steps: Iterable[PlannedStep], *, raises_alerts: bool) -> int:
    """Return how much a change weighs: the gravest of what it does to verdict and alerts; 1 is the gravest."""
    found = [_of_change(each) for each in change.changes]
    found += [_of_step(step) for step in steps]
    gravest = min(found, default=Weight.DETAIL)
    return int(gravest) if raises_alerts else int(gravest) + BESIDE


def _of_change(change: Change) -> Weight:
    """A relapse that is lost while it is open is graver than one that had ended already."""
    if change.kind is not ChangeKind.TAKES_BACK:
        return OF_CHANGE.get(change.kind, Weight.DETAIL)
    was_open = change.before is not None and change.before.status in OPEN_STATUSES and change.before.ended_on is None
    return Weight.LOST_RELAPSE if was_open else Weight.LOST_EARLIER_RELAPSE


def joined(steps: Iterable[PlannedStep]) -> list[PlannedStep]:
    """Return the steps with an alert that ends and is raised again unchanged as one step, AGAIN."""
    found: list[PlannedStep] = []
    for step in steps:
        other = next((each for each in found if _is_other_half(each, step)), None)
        if other is None:
            found.append(step)
        else:
            found[found.index(other)] = replace(step, kind=AGAIN)
    return found


def _is_other_half(one: PlannedStep, other: PlannedStep) -> bool:
    kinds = {one.kind, other.kind}
    return bool(kinds & RAISES) and bool(kinds & ENDS) and replace(one, kind="") == replace(other, kind="")


def _of_step(step: PlannedStep) -> Weight:
    if step.urgency == Urgency.FIRST and step.kind in RAISES:
        return Weight.NEW_URGENT
    if step.urgency == Urgency.FIRST and step.kind in ENDS:
        return Weight.LOST_URGENT
    return Weight.OTHER_ALERT
