"""The same samples by every rule set: the reason of each in few words, and why another one differs."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from monitoring.domain import evidence
from monitoring.domain.classed_results import ClassedResult
from monitoring.domain.terms import Call, EpisodeKind, EpisodeStatus, Rule, RuleSetId, SampleClass, Tissue
from monitoring.domain.units import log10_reduction
from monitoring.domain.verdicts import Episode
from monitoring.domain.why_different import stands
from monitoring.wording import dates, numbers, states
from monitoring.wording.account import Account, fact
from monitoring.wording.earlier_episodes import title
from monitoring.wording.phrases import full_day, ruleset_name, tissue_name
from monitoring.wording.why_rule_sets_differ import positive_from, waiver_level, why
from monitoring.wording.words import Word

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

# an episode in one word, for a narrow column
IN_ONE_WORD: Mapping[EpisodeKind, "_StrPromise"] = {
    EpisodeKind.MOLECULAR_RELAPSE: gettext_lazy("Relapse"),
    EpisodeKind.MOLECULAR_PROGRESSION: gettext_lazy("Progression"),
}


@dataclass(frozen=True, slots=True)
class Disagreement:
    """Another rule set that differs from the one that raises alerts: its name, what it says, and why."""

    ruleset: RuleSetId
    title: str
    told: str


def because(account: Account) -> list[str]:
    """Return in few words what the verdict of a rule set rests on, one line each."""
    episode = account.standing
    lines = _of_episode(account, episode) if episode is not None else _of_classes(account)
    past = [one for one in account.earlier if one.number is not None]
    if episode is None and past:
        lines.append(_uncapitalised(title(past[0])))
    return lines or [_uncapitalised(str(states.word("state", account.verdict.state).words))]


def in_few_words(account: Account) -> tuple[str, Word]:
    """Return the verdict of a rule set for a narrow column, and the word that gives icon and tone."""
    episode = account.standing
    if episode is None:
        word = states.word("state", account.verdict.state)
        return str(word.words), word
    word = states.episode_words(episode.status, episode.kind)[1]
    if episode.status is EpisodeStatus.CONFIRMED:
        return str(IN_ONE_WORD[episode.kind]), word
    return str(states.word("status", episode.status).words), word


def differs(own: Account, other: Account) -> bool:
    """Whether two rule sets disagree on relapse: confirmed, suspected or none, or on its date."""
    return stands(own.verdict) != stands(other.verdict)


def disagreements(own: Account, others: Iterable[Account]) -> list[Disagreement]:
    """Return every rule set that differs from the one that raises alerts, with the reason."""
    return [
        Disagreement(
            ruleset=other.verdict.ruleset,
            title=_("%(ruleset)s differs.") % {"ruleset": ruleset_name(other)},
            told=" ".join(part for part in (_says(other), why(own, other)) if part),
        )
        for other in others
        if differs(own, other)
    ]


def _says(account: Account) -> str:
    """Return what the rule set says instead."""
    episode = account.standing
    if episode is None:
        state = str(states.word("state", account.verdict.state).words)
        return _("It calls no relapse: %(state)s.") % {"state": _uncapitalised(state)}
    values = {"day": full_day(episode.relapse_on), "tissue": tissue_name(episode.tissue)}
    if episode.status is EpisodeStatus.SUSPECTED:
        return _("It only suspects a relapse, from %(day)s in %(tissue)s.") % values
    return _("It calls a confirmed relapse, from %(day)s in %(tissue)s.") % values


def _of_episode(account: Account, episode: Episode) -> list[str]:
    values = {"rule": _rule_in(episode), "day": dates.day(episode.relapse_on)}
    lowest = fact(episode, evidence.NADIR)
    first = _("%(rule)s on %(day)s") % values
    if episode.rule is Rule.R2 and lowest is not None and lowest.fold is not None:
        first = _("%(rule)s on %(day)s, %(fold)s") % {**values, "fold": numbers.fold(lowest.fold)}
    return [first, _confirmation(account, episode)]


def _rule_in(episode: Episode) -> str:
    rule = _uncapitalised(str(states.word("rule", episode.rule).words))
    return _("%(rule)s in %(tissue)s") % {"rule": rule, "tissue": tissue_name(episode.tissue)}


def _confirmation(account: Account, episode: Episode) -> str:
    if episode.waived:
        return _("one sample suffices at %(level)s or more") % {"level": waiver_level(account)}
    if episode.confirmed_by is None or episode.confirmed_on is None:
        return _("waits for a second sample")
    days = (episode.confirmed_on - episode.relapse_on).days
    second = account.result(episode.confirmed_by)
    return _("confirmed in %(tissue)s, day %(days)s") % {"tissue": tissue_name(second.tissue), "days": days}


def _of_classes(account: Account) -> list[str]:
    samples = (account.latest_of(tissue) for tissue in Tissue)
    return [_of_class(account, sample) for sample in samples if sample is not None]


def _of_class(account: Account, sample: ClassedResult) -> str:
    """Return the comparison that gave a sample its class: `marrow 0.058 % < 0.1 %`."""
    tissue, value = tissue_name(sample.tissue), sample.result.pct_abl1
    if sample.result.call is not Call.DETECTED:
        return _("%(tissue)s not detected, %(day)s") % {"tissue": tissue, "day": dates.day(sample.collected_on)}
    if value is None:
        return _("%(tissue)s below quantification") % {"tissue": tissue}
    border = positive_from(account, sample.tissue)
    if border is None:
        return _below_diagnosis(account, sample, value)
    below = account.ruleset.negative_below
    if sample.is_negative and below is not None:
        return f"{tissue} {numbers.pct(value)} < {numbers.pct(below.value)}"
    sign = "≥" if sample.sample_class is SampleClass.POSITIVE else "<"
    return f"{tissue} {numbers.pct(value)} {sign} {numbers.pct(border)}"


def _below_diagnosis(account: Account, sample: ClassedResult, value: Decimal) -> str:
    if account.baseline is None:
        return _("%(tissue)s detected; no level at diagnosis") % {"tissue": tissue_name(sample.tissue)}
    fall = numbers.log10_reduction(log10_reduction(account.baseline, value))
    return _("%(tissue)s %(fall)s below diagnosis") % {"tissue": tissue_name(sample.tissue), "fall": fall}


def _uncapitalised(words: str) -> str:
    return words[:1].lower() + words[1:]
