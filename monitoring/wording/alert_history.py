"""The life of an alert, step by step, as a person reads it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from monitoring.domain.terms import EpisodeKind
from monitoring.domain.urgency import Escalation
from monitoring.wording import alert_words, dates, escalation_words

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

BY_ITSELF: Mapping[str, "_StrPromise"] = {
    "RAISED": pgettext_lazy("step of an alert", "raised"),
    "UPDATED": gettext_lazy("new evidence"),
    "REOPENED": gettext_lazy("opened again by new evidence"),
    "RESOLVED": gettext_lazy("ended by itself"),
}
BY_A_PERSON: Mapping[str, "_StrPromise"] = {
    "SEEN": gettext_lazy("seen by %(by)s"),
    "ACKNOWLEDGED": gettext_lazy("acknowledged by %(by)s"),
    "HANDED_OVER": gettext_lazy("handed over to %(to)s by %(by)s"),
    "RESOLVED": gettext_lazy("resolved by %(by)s"),
}
MOVED: Mapping[str, "_StrPromise"] = {
    EpisodeKind.MOLECULAR_RELAPSE: gettext_lazy("relapse date moved from %(was)s to %(on)s"),
    EpisodeKind.MOLECULAR_PROGRESSION: gettext_lazy("date of progression moved from %(was)s to %(on)s"),
}


@dataclass(frozen=True, slots=True)
class IndexMoved:
    """From which day to which a step moved the index of an episode; `kind` is that of the episode since then."""

    kind: str
    was: date
    on: date


def step_words(kind: str, by: str, to: str, whom: str, because: str, moved: IndexMoved | None = None) -> str:
    """Return what happened in one step: `handed over to Dr B. Okafor by Dr A. Lindqvist`.

    Where the index moved too: `opened again by new evidence, relapse date moved from 29 Oct 2026 to 20 Oct 2026`.
    """
    told = _told(kind, by, to, whom, because)
    return told if moved is None else f"{told}, {_moved(moved)}"


def _told(kind: str, by: str, to: str, whom: str, because: str) -> str:
    if kind == "ESCALATED":
        return _escalated(Escalation(whom), to)
    if kind == "RETRACTED":
        return _("retracted: %(why)s") % {"why": alert_words.retracted_words(because)}
    if by and kind in BY_A_PERSON:
        return str(BY_A_PERSON[kind]) % {"by": by, "to": to}
    return str(BY_ITSELF.get(kind, kind))


def _moved(moved: IndexMoved) -> str:
    words = MOVED.get(moved.kind, MOVED[EpisodeKind.MOLECULAR_RELAPSE])
    return str(words) % {"was": dates.day(moved.was), "on": dates.day(moved.on)}


def _escalated(whom: Escalation, to: str) -> str:
    if not to:
        values = {"whom": escalation_words.WHOM[whom]}
        return _("not acknowledged in time; %(whom)s is not named: for every clinician of the centre") % values
    return _("not acknowledged in time: passed on to %(to)s, %(whom)s") % {
        "to": to,
        "whom": escalation_words.WHOM[whom],
    }
