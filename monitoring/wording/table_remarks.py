"""What stands in the remark column of a sample: its part in an episode, its flags, why it counts as nothing."""

from collections import defaultdict
from collections.abc import Iterable
from decimal import Decimal

from django.utils.translation import gettext as _

from monitoring.domain import evidence
from monitoring.domain.classed_results import ClassedResult
from monitoring.domain.control_gene import ABL1_SUFFICIENT
from monitoring.domain.sample_classes import ABL1_COPIES_FOR_NEGATIVE
from monitoring.domain.terms import Call, EpisodeResponse, EpisodeStatus, FlagCode, SampleClass
from monitoring.domain.verdicts import Episode
from monitoring.wording import numbers, states
from monitoring.wording.account import Account
from monitoring.wording.phrases import tissue_name

# said by the class, by the part in an episode, or beside the verdict
NOT_REPEATED = frozenset({FlagCode.REPEAT_SAMPLE, FlagCode.UNQUANTIFIED, FlagCode.CONFIRMATION_OVERDUE})


def remarks(account: Account) -> dict[str, list[str]]:
    """Return for each result of a verdict what is worth remarking, the part in an episode first."""
    told: dict[str, list[str]] = defaultdict(list)
    for episode in account.verdict.episodes:
        if episode.status is not EpisodeStatus.ABSORBED:
            _tell_episode(told, episode)
    for flag in account.verdict.flags:
        if flag.result is not None and flag.code not in NOT_REPEATED:
            told[flag.result].append(_uncapitalised(str(states.word("flag", flag.code).words)))
    for sample in account.samples:
        told[sample.result.id] += inadequacy(sample)
        if sample.result.timepoint is not None:
            told[sample.result.id].append(_uncapitalised(str(states.word("timepoint", sample.result.timepoint).words)))
    return dict(told)


def deciding(account: Account) -> frozenset[str]:
    """Return the samples on which the open episode or candidates rest: the rows that are tinted."""
    standing = (account.open_episode, *account.candidates)
    return frozenset(
        result for one in standing if one is not None for result in (one.index, one.confirmed_by) if result is not None
    )


def inadequacy(sample: ClassedResult) -> Iterable[str]:
    """Return why a sample counts as nothing: too little ABL1, or how it was called."""
    copies = sample.result.abl1_copies
    if copies is not None and copies < ABL1_SUFFICIENT:
        return [_below_border(copies, ABL1_SUFFICIENT)]
    if sample.sample_class is SampleClass.LIMITED_NEGATIVE:
        if copies is None:
            return [_("ABL1 not known")]
        return [_below_border(copies, ABL1_COPIES_FOR_NEGATIVE)]
    if sample.sample_class is SampleClass.NOT_EVALUABLE and sample.result.call is Call.UNKNOWN:
        return [_("sent without interpretation")]
    return []


def _below_border(copies: Decimal, border: int | Decimal) -> str:
    return _("ABL1 %(copies)s: below %(border)s") % {
        "copies": numbers.copies(copies),
        "border": numbers.copies(border),
    }


def _tell_episode(told: dict[str, list[str]], episode: Episode) -> None:
    told[episode.index].append(_as_index(episode))
    if episode.confirmed_by is not None and not episode.waived and episode.confirmed_on is not None:
        days = (episode.confirmed_on - episode.relapse_on).days
        words = _("confirming, day %(days)s, late") if episode.late else _("confirming, day %(days)s")
        told[episode.confirmed_by].append(words % {"days": days})
    for each in episode.because:
        if each.result is None or each.tissue is None:
            continue
        if each.fact == evidence.RESPONSE:
            told[each.result].append(_as_response(episode, episode.response[each.tissue], tissue_name(each.tissue)))
        elif each.fact == evidence.ENDED and episode.number is None:
            told[each.result].append(_("closes the suspicion"))


def _as_index(episode: Episode) -> str:
    if episode.number is None:
        if episode.status is EpisodeStatus.SUSPECTED:
            return _("index of a suspected relapse")
        status = _uncapitalised(str(states.word("status", episode.status).words))
        return _("index, %(status)s") % {"status": status}
    words = _("index, relapse %(number)s, one sample suffices") if episode.waived else _("index, relapse %(number)s")
    return words % {"number": episode.number}


def _as_response(episode: Episode, response: EpisodeResponse, tissue: str) -> str:
    words = (
        _("response of %(tissue)s: negativity")
        if response is EpisodeResponse.NEGATIVITY
        else _("response of %(tissue)s: reduction")
    )
    return words % {"tissue": tissue}


def _uncapitalised(words: str) -> str:
    return words[:1].lower() + words[1:]
