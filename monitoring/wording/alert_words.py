"""An alert in words: what it is, what it asks for, what became of it."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from monitoring.domain.terms import EpisodeKind, EpisodeStatus
from monitoring.domain.urgency import EPISODE
from monitoring.wording import dates, states
from monitoring.wording.words import Tone, Word

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

ONE_DAY, ONE_HOUR, MOMENT = timedelta(days=1), timedelta(hours=1), timedelta(microseconds=1)
RETRACTION = "RETRACTION"
RETRACTED = Word(gettext_lazy("An urgent alert no longer holds"), "closed", Tone.SUSPECTED)
RETRACTED_BECAUSE: Mapping[str, "_StrPromise"] = {
    "NO_LONGER_HOLDS": gettext_lazy("after an amendment or a late entry the rules no longer call it"),
    "RULESET_CHANGED": gettext_lazy("another rule set raises the alerts now"),
}


def alert_word(code: str, status: str, kind: str) -> tuple[str, Word]:
    """Return what an alert says, and the word that gives icon and tone; `kind` is that of its episode, where known."""
    if code == RETRACTION:
        return str(RETRACTED.words), RETRACTED
    if code == EPISODE:
        return states.episode_words(status or EpisodeStatus.SUSPECTED, kind or EpisodeKind.MOLECULAR_RELAPSE)
    word = states.word("flag", code)
    return str(word.words), word


def alert_meaning(code: str) -> str:
    """Return the sentence that explains an alert of a flag; empty for an episode, which the verdict explains."""
    if code in (EPISODE, RETRACTION):
        return ""
    return str(states.word("flag", code).meaning or "")


def alert_title(code: str, status: str, kind: str, tissue: str, on: date | None) -> str:
    """Return what an alert says, of which tissue, from which day on: `Response lost, marrow, 3 Jul 2026`."""
    parts = [alert_word(code, status, kind)[0]]
    if tissue:
        parts.append(str(states.word("tissue", tissue).words))
    if on is not None:
        parts.append(dates.day(on))
    return ", ".join(parts)


def waiting_words(raised_at: datetime, due_at: datetime | None, now: datetime) -> str:
    """Return since when an alert waits, and by which day it is to be acknowledged; times of the reader's zone."""
    told = _("Raised %(moment)s, waiting %(span)s.") % {
        "moment": dates.moment(raised_at),
        "span": waited(now - raised_at),
    }
    if due_at is None:
        return told
    last_day = dates.day((due_at - MOMENT).date())  # due at midnight means: until the end of the day before
    if due_at <= now:
        return f"{told} " + _("It was to be acknowledged by %(day)s.") % {"day": last_day}
    return f"{told} " + _("To be acknowledged by %(day)s.") % {"day": last_day}


def waited(span: timedelta) -> str:
    """Return a waiting time in whole days, hours or minutes: `2 days`."""
    days = span // ONE_DAY
    if days:
        return ngettext("%(count)s day", "%(count)s days", days) % {"count": days}
    hours = span // ONE_HOUR
    return dates.duration(hours * ONE_HOUR) if hours else dates.duration(span)


def retracted_words(because: str) -> str:
    """Return why an alert was taken back."""
    return str(RETRACTED_BECAUSE.get(because, because))
