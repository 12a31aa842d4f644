"""The verdict in one sentence, as a colleague would say it: state, tissue, values, dates.

Sentences are made from codes, in the reader's language; nothing is decided here.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from monitoring.domain import evidence
from monitoring.domain.episodes import CONFIRMATION_WINDOW_DAYS
from monitoring.domain.terms import EpisodeResponse, EpisodeStatus, FlagCode, Rule
from monitoring.domain.verdicts import Episode
from monitoring.wording import dates, numbers, states
from monitoring.wording.account import Account, FactIncomplete, fact
from monitoring.wording.class_sentence import class_sentence, sample_sentence
from monitoring.wording.phrases import (
    at_level,
    capitalised,
    course_phrase,
    full_day,
    later,
    marker_name,
    on_scale,
    tissue_name,
    where,
)
from monitoring.wording.words import Tone

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

ORDINALS: Mapping[int, "_StrPromise"] = {
    2: gettext_lazy("the second"),
    3: gettext_lazy("the third"),
    4: gettext_lazy("the fourth"),
    5: gettext_lazy("the fifth"),
}


# what is said at once of the latest sample of an open episode
ALARMS = frozenset({FlagCode.PROGRESSION_ON_THERAPY, FlagCode.RISING_IN_EPISODE, FlagCode.RISE_ACROSS_ASSAYS})


@dataclass(frozen=True, slots=True)
class Sentence:
    """`lead` is set in bold and names the state; `rest` follows at once and brings its own punctuation."""

    lead: str
    rest: str
    icon: str
    tone: Tone

    def __str__(self) -> str:
        return self.lead + self.rest


def verdict_sentence(account: Account) -> Sentence:
    """Return what this verdict says, with icon and tone of its state."""
    episode = account.standing
    if episode is not None:
        return _of_episode(account, episode)
    word = states.word("state", account.verdict.state)
    if account.latest is None:
        after = pgettext("after the state, set in bold", ". %(told)s")
    else:
        after = pgettext("after the state, set in bold", ": %(told)s")
    return Sentence(str(word.words), after % {"told": class_sentence(account)}, word.icon, word.tone)


def _of_episode(account: Account, episode: Episode) -> Sentence:
    lead, word = states.episode_words(episode.status, episode.kind)
    told = " ".join(part for part in _parts(account, episode) if part)
    qualifier = _qualifier(account, episode)
    if episode.status is EpisodeStatus.PARTLY_RESPONDED:
        pattern = pgettext("after the state, set in bold", "%(qualifier)s. %(told)s")
    else:
        pattern = pgettext("after the state, set in bold", "%(qualifier)s: %(told)s")
    return Sentence(lead, pattern % {"qualifier": qualifier, "told": told}, word.icon, word.tone)


def _qualifier(account: Account, episode: Episode) -> str:
    """Return ` after HSCT, the second`: with a space or comma before it, since it follows the state."""
    course = course_phrase(account, episode.relapse_on)
    return (f" {course}" if course else "") + _ordinal(episode.number)


def _ordinal(number: int | None) -> str:
    if number is None or number == 1:
        return ""
    return ", " + str(ORDINALS.get(number) or _("number %(number)s") % {"number": number})


def _parts(account: Account, episode: Episode) -> list[str]:
    told = [_occurrence(account, episode)]
    if episode.status is EpisodeStatus.SUSPECTED:
        return [*told, *_other_candidates(account, episode), _awaited(account, episode)]
    if episode.late:
        told.append(
            _("That is later than %(days)s days; it confirms all the same.") % {"days": CONFIRMATION_WINDOW_DAYS}
        )
    if episode.status is EpisodeStatus.PARTLY_RESPONDED:
        told += _responses(account, episode)
    return [*told, _since(account, episode)]


def _occurrence(account: Account, episode: Episode) -> str:
    """Return what happened: the index sample, and what confirmed it."""
    opening = _opening(account, episode)
    if episode.waived:
        return _("%(opening)s. At %(level)s or more, one sample suffices.") % {
            "opening": opening,
            "level": _waiver_level(account),
        }
    if episode.confirmed_by is None:
        return _("%(opening)s.") % {"opening": opening}
    second = account.result(episode.confirmed_by)
    values = {
        "opening": opening,
        "where": where(second.tissue),
        "at": at_level(account, second, unit=False),
        "later": later((second.collected_on - episode.relapse_on).days),
    }
    if second.tissue is not episode.tissue:
        return _("%(opening)s and was found %(where)s, %(at)s, %(later)s.") % values
    if episode.rule is Rule.R2:
        return _("%(opening)s and stood %(at)s %(later)s.") % values
    return _("%(opening)s and was still there, %(at)s, %(later)s.") % values


def _opening(account: Account, episode: Episode) -> str:
    index = account.result(episode.index)
    values = {
        "marker": marker_name(account),
        "where": where(index.tissue),
        "day": full_day(index.collected_on),
    }
    lowest = fact(episode, evidence.NADIR)
    if episode.rule is Rule.R1 or lowest is None or index.pct_abl1 is None:
        return _("%(marker)s came back %(where)s %(at)s on %(day)s") % {**values, "at": at_level(account, index)}
    if lowest.floor_pct_abl1 is None or lowest.on is None:
        raise FactIncomplete(f"lowest value before {episode.index}")
    return _("%(marker)s rose at least tenfold %(where)s, from %(low)s on %(low_day)s to %(level)s on %(day)s") % {
        **values,
        "level": on_scale(account, index.pct_abl1),
        "low": numbers.pct(account.on_own_scale(lowest.floor_pct_abl1)),
        "low_day": full_day(lowest.on),
    }


def _waiver_level(account: Account) -> str:
    waiver = account.ruleset.waiver
    if waiver is None:
        raise states.NoWordsFor(f"waiver of {account.verdict.ruleset}")
    if account.speaks_of_diagnosis:
        return _("%(pct)s of diagnosis") % {"pct": numbers.pct(waiver.level.value)}
    return numbers.pct_of_abl1(waiver.level.value)


def _awaited(account: Account, episode: Episode) -> str:
    """Return by when a confirming sample is wanted, counted from the index sample."""
    due_on = episode.relapse_on + timedelta(days=CONFIRMATION_WINDOW_DAYS)
    if account.as_of > due_on:
        return _("The confirming sample is %(overdue)s; it stays suspected until a sample decides.") % {
            "overdue": dates.countdown(due_on, account.as_of)
        }
    return _("A later sample is to confirm it: day %(day)s of %(days)s, by %(date)s.") % {
        "day": (account.as_of - episode.relapse_on).days,
        "days": CONFIRMATION_WINDOW_DAYS,
        "date": full_day(due_on),
    }


def _other_candidates(account: Account, episode: Episode) -> list[str]:
    """Return one sentence for a candidate in the other tissue, which waits beside the first."""
    told = []
    for other in account.candidates:
        if other is not episode:
            index = account.result(other.index)
            values = {"where": where(index.tissue), "day": full_day(index.collected_on)}
            told.append(_("Also suspected %(where)s, %(at)s on %(day)s.") % {**values, "at": at_level(account, index)})
    return told


def _since(account: Account, episode: Episode) -> str:
    """Return the latest sample where it is later than all that the sentence has told, and what is wrong with it."""
    latest = account.latest
    told_up_to = max((each.on for each in episode.because if each.on), default=episode.relapse_on)
    if latest is None or latest.collected_on <= told_up_to:
        return ""
    alarms = [flag.code for flag in account.verdict.flags if flag.result == latest.result.id and flag.code in ALARMS]
    values = {"sample": sample_sentence(account, latest).removesuffix(".")}
    if not alarms:
        return _("Latest: %(sample)s.") % values
    return _("Latest: %(sample)s: %(alarm)s.") % {**values, "alarm": _uncapitalised(alarms[0])}


def _uncapitalised(code: FlagCode) -> str:
    words = str(states.word("flag", code).words)
    return words[:1].lower() + words[1:]


def _responses(account: Account, episode: Episode) -> list[str]:
    """Return which tissue has responded, and which has not."""
    told = []
    for each in episode.because:
        if each.fact != evidence.RESPONSE or each.tissue is None or each.on is None:
            continue
        values = {"tissue": capitalised(tissue_name(each.tissue)), "day": full_day(each.on)}
        if episode.response[each.tissue] is EpisodeResponse.NEGATIVITY:
            told.append(_("%(tissue)s: negative on %(day)s.") % values)
        else:
            told.append(_("%(tissue)s: at least tenfold lower on %(day)s.") % values)
        waiting = {"tissue": capitalised(tissue_name(each.tissue.other))}
        told.append(_("%(tissue)s: no response yet.") % waiting)
    return told
