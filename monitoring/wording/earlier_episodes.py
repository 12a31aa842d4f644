"""Episodes and suspicions that are over: in one sentence, and as the lines under "Earlier"."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from monitoring.domain import evidence
from monitoring.domain.series import CourseBegin
from monitoring.domain.terms import CourseStart, EpisodeResponse, EpisodeStatus
from monitoring.domain.verdicts import Episode, Evidence
from monitoring.wording import dates, states
from monitoring.wording.account import Account
from monitoring.wording.phrases import capitalised, full_day, tissue_name

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

# how an episode that is over is mentioned beside the present state
IN_PASSING: Mapping[EpisodeStatus, "_StrPromise"] = {
    EpisodeStatus.RESPONDED: gettext_lazy("The %(kind)s of %(day)s has responded."),
    EpisodeStatus.REMITTED_UNTREATED: gettext_lazy("The %(kind)s of %(day)s resolved without treatment."),
    EpisodeStatus.CONFIRMED: gettext_lazy("The %(kind)s of %(day)s was still open at %(event)s."),
    EpisodeStatus.PARTLY_RESPONDED: gettext_lazy(
        "The %(kind)s of %(day)s, responded in one tissue only, is no longer the open one."
    ),
    EpisodeStatus.NOT_CONFIRMED: gettext_lazy("The suspicion of %(day)s was not confirmed."),
    EpisodeStatus.TREATED_UNCONFIRMED: gettext_lazy("The suspicion of %(day)s was treated before it was confirmed."),
    EpisodeStatus.CLOSED_BY_EVENT: gettext_lazy("The suspicion of %(day)s was closed by %(event)s."),
}
EVENT_NAMES: Mapping[CourseStart, "_StrPromise"] = {
    CourseStart.HSCT: gettext_lazy("the transplant"),
    CourseStart.HAEMATOLOGICAL_RELAPSE: gettext_lazy("the haematological relapse"),
}


def told_in_passing(account: Account, episode: Episode) -> str:
    """Return one sentence on an episode that is over."""
    return str(IN_PASSING[episode.status]) % {
        "kind": _kind(episode),
        "day": full_day(episode.relapse_on),
        "event": _ending_event(account, episode),
    }


def details(account: Account, episode: Episode) -> list[str]:
    """Return what is worth telling of an episode that is over: confirmation, responses, end."""
    told = []
    if episode.confirmed_on is not None and not episode.waived:
        days = (episode.confirmed_on - episode.relapse_on).days
        told.append(_("confirmed %(day)s (day %(days)s)") % {"day": dates.day(episode.confirmed_on), "days": days})
    elif episode.waived:
        told.append(_("one sample sufficed"))
    told += [_response(episode, each) for each in episode.because if each.fact == evidence.RESPONSE]
    ended = next((each for each in episode.because if each.fact == evidence.ENDED), None)
    if ended is not None and ended.on is not None and ended.result is None:
        told.append(
            _("closed %(day)s by %(event)s") % {"day": dates.day(ended.on), "event": _ending_event(account, episode)}
        )
    elif ended is not None and ended.on is not None and episode.number is None:
        told.append(_("closed %(day)s") % {"day": dates.day(ended.on)})
    return told


def _response(episode: Episode, each: Evidence) -> str:
    if each.tissue is None or each.on is None:
        raise states.NoWordsFor(f"response without tissue or day in {episode.index}")
    values = {"tissue": tissue_name(each.tissue), "day": dates.day(each.on)}
    if episode.response[each.tissue] is EpisodeResponse.NEGATIVITY:
        return _("negativity in %(tissue)s on %(day)s") % values
    return _("reduction in %(tissue)s on %(day)s") % values


def _kind(episode: Episode) -> str:
    words = str(states.word("kind", episode.kind).words)
    return words[:1].lower() + words[1:]


def _ending_event(account: Account, episode: Episode) -> str:
    """Return what ended it: the first course start from the index day on, or death."""
    starts = sorted(
        (start for start in account.series.course_starts if episode.relapse_on < start.on <= account.as_of),
        key=lambda start: start.on,
    )
    if starts:
        return event_of_start(starts[0])
    if account.series.death_on is not None and account.series.death_on <= account.as_of:
        return _("death (%(day)s)") % {"day": dates.day(account.series.death_on)}
    return _("a newer episode")


def event_of_start(start: CourseBegin) -> str:
    """Return `the transplant (16 Apr 2025)`."""
    return f"{EVENT_NAMES[start.kind]} ({dates.day(start.on)})"


def title(episode: Episode) -> str:
    """Return `Molecular relapse 1, responded`; a suspicion has no number."""
    kind = capitalised(_kind(episode))
    status = str(states.word("status", episode.status).words)
    status = status[:1].lower() + status[1:]
    if episode.number is None:
        return _("%(kind)s suspected, %(status)s") % {"kind": kind, "status": status}
    return _("%(kind)s %(number)s, %(status)s") % {"kind": kind, "number": episode.number, "status": status}
