"""The same samples by every rule set: the reason of each in few words, and why another one differs."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from monitoring.domain import evidence
from monitoring.domain.classed_results import ClassedResult
from monitoring.domain.rulesets.guideline import Confirmation, LevelsOfAbl1
from monitoring.domain.terms import Call, EpisodeKind, EpisodeStatus, Rule, RuleSetId, SampleClass, Tissue
from monitoring.domain.units import log10_reduction
from monitoring.domain.verdicts import Episode
from monitoring.wording import dates, numbers, states
from monitoring.wording.account import Account, fact
from monitoring.wording.earlier_episodes import title
from monitoring.wording.phrases import full_day, ruleset_name, tissue_name
from monitoring.wording.words import Word

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

CONFIRMED, SUSPECTED, NO_RELAPSE = "CONFIRMED", "SUSPECTED", "NO_RELAPSE"


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
    if _category(own) != _category(other):
        return True
    if own.standing is None or other.standing is None:
        return False
    return own.standing.relapse_on != other.standing.relapse_on


def disagreements(own: Account, others: Iterable[Account]) -> list[Disagreement]:
    """Return every rule set that differs from the one that raises alerts, with the reason."""
    return [
        Disagreement(
            ruleset=other.verdict.ruleset,
            title=_("%(ruleset)s differs.") % {"ruleset": ruleset_name(other)},
            told=" ".join(part for part in (_says(other), _why(own, other)) if part),
        )
        for other in others
        if differs(own, other)
    ]


def _category(account: Account) -> str:
    if account.open_episode is not None:
        return CONFIRMED
    return SUSPECTED if account.candidates else NO_RELAPSE


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


def _why(own: Account, other: Account) -> str:
    """Return the rule that makes the difference; empty where no single one does."""
    for reason in (_needs_no_second, _needs_a_second, _needs_a_level, _reads_marrow, _same_tissue, _any_level):
        told = reason(own, other)
        if told:
            return told
    return ""


def _needs_no_second(own: Account, other: Account) -> str:
    standing = other.standing
    if standing is None or not standing.waived or other.ruleset.waiver is None:
        return ""
    return _("At %(level)s or more it needs no second sample.") % {"level": _waiver(other)}


def _needs_a_second(own: Account, other: Account) -> str:
    standing = own.standing
    waived = standing is not None and standing.waived
    if waived and other.ruleset.waiver is None and _category(other) == SUSPECTED:
        return _("It always waits for a second sample.")
    return ""


def _needs_a_level(own: Account, other: Account) -> str:
    if not other.ruleset.only_positive_triggers or own.ruleset.only_positive_triggers:
        return ""
    if _category(own) == NO_RELAPSE:
        return ""
    marrow, blood = (positive_from(other, tissue) for tissue in Tissue)
    if marrow is None or blood is None:
        return ""
    if marrow == blood:
        return _("It calls a relapse only at %(level)s or more.") % {"level": numbers.pct_of_abl1(marrow)}
    return _("It calls a relapse only at %(marrow)s or more in marrow, %(blood)s or more in blood.") % {
        "marrow": numbers.pct_of_abl1(marrow),
        "blood": numbers.pct(blood),
    }


def _reads_marrow(own: Account, other: Account) -> str:
    standing = own.standing
    if standing is None or Tissue.PERIPHERAL_BLOOD in other.ruleset.tissues:
        return ""
    waits_for_blood = standing.status is EpisodeStatus.PARTLY_RESPONDED
    if waits_for_blood or Tissue.PERIPHERAL_BLOOD in (standing.tissue, _tissue_of_second(own, standing)):
        return _("It reads marrow alone.")
    return ""


def _same_tissue(own: Account, other: Account) -> str:
    standing = own.standing
    if standing is None or other.ruleset.confirmation is not Confirmation.SAME_TISSUE:
        return ""
    if _tissue_of_second(own, standing) in (None, standing.tissue):
        return ""
    return _("It wants the confirming sample from the same tissue.")


def _tissue_of_second(account: Account, episode: Episode) -> Tissue | None:
    return account.result(episode.confirmed_by).tissue if episode.confirmed_by else None


def _any_level(own: Account, other: Account) -> str:
    if own.ruleset.only_positive_triggers and not other.ruleset.only_positive_triggers:
        return _("It counts every detected level after a negative.")
    return ""


def _waiver(account: Account) -> str:
    waiver = account.ruleset.waiver
    if waiver is None:
        return ""
    level = numbers.pct(waiver.level.value)
    if account.speaks_of_diagnosis:
        return _("%(pct)s of diagnosis") % {"pct": level}
    return numbers.pct_of_abl1(waiver.level.value)


def positive_from(account: Account, tissue: Tissue) -> Decimal | None:
    """Return the level from which a tissue is POSITIVE, % of ABL1; None where the rule set counts from diagnosis."""
    levels = account.ruleset.levels
    if not isinstance(levels, LevelsOfAbl1):
        return None
    return (levels.cbf if account.series.marker.is_cbf else levels.npm1)[tissue].value


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
        return _("one sample suffices at %(level)s or more") % {"level": _waiver(account)}
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
