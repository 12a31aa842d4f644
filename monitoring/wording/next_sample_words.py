"""What would change a verdict: one sentence for each thing that a later sample would do, with dates and values."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from monitoring.domain.episodes import CONFIRMATION_WINDOW_DAYS
from monitoring.domain.next_samples import NextSample
from monitoring.domain.sample_effects import Effect, NextSampleKind
from monitoring.domain.terms import EpisodeKind, EpisodeStatus, FlagCode
from monitoring.wording import states
from monitoring.wording.account import Account
from monitoring.wording.next_sample_phrases import subject
from monitoring.wording.phrases import capitalised, full_day, tissue_name, where

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

RELAPSE, PROGRESSION = EpisodeKind.MOLECULAR_RELAPSE, EpisodeKind.MOLECULAR_PROGRESSION
BY_OWN_TISSUE = (NextSampleKind.SUSPECTS, NextSampleKind.RELAPSES_AT_ONCE)

CLOSES: Mapping[EpisodeStatus, "_StrPromise"] = {
    EpisodeStatus.NOT_CONFIRMED: gettext_lazy("%(what)s would close it as not confirmed."),
    EpisodeStatus.TREATED_UNCONFIRMED: gettext_lazy("%(what)s would close it as treated before confirmation."),
}
CLOSES_ONE_OF_TWO: Mapping[EpisodeStatus, "_StrPromise"] = {
    EpisodeStatus.NOT_CONFIRMED: gettext_lazy("%(what)s would close the suspicion %(where)s as not confirmed."),
    EpisodeStatus.TREATED_UNCONFIRMED: gettext_lazy(
        "%(what)s would close the suspicion %(where)s as treated before confirmation."
    ),
}
ENDS: Mapping[tuple[NextSampleKind, EpisodeStatus | None], "_StrPromise"] = {
    (NextSampleKind.RESPONDS, EpisodeStatus.RESPONDED): gettext_lazy(
        "%(what)s would be a response, negativity, and end it as responded."
    ),
    (NextSampleKind.RESPONDS, EpisodeStatus.REMITTED_UNTREATED): gettext_lazy(
        "%(what)s would end it as resolved without treatment; once treatment has begun, as responded by negativity."
    ),
    (NextSampleKind.RESPONDS, EpisodeStatus.PARTLY_RESPONDED): gettext_lazy(
        "%(what)s would be negativity %(where)s; it would stay open until %(other)s responds."
    ),
    (NextSampleKind.REDUCES, EpisodeStatus.RESPONDED): gettext_lazy(
        "%(what)s would be a response, reduction, and end it as responded."
    ),
    (NextSampleKind.REDUCES, EpisodeStatus.PARTLY_RESPONDED): gettext_lazy(
        "%(what)s would be a reduction %(where)s; it would stay open until %(other)s responds."
    ),
}
BEGINS: Mapping[tuple[NextSampleKind, EpisodeKind | None], "_StrPromise"] = {
    (NextSampleKind.SUSPECTS, RELAPSE): gettext_lazy("%(what)s would be a suspected relapse."),
    (NextSampleKind.SUSPECTS, PROGRESSION): gettext_lazy("%(what)s would be a suspected progression."),
    (NextSampleKind.RELAPSES_AT_ONCE, RELAPSE): gettext_lazy("%(what)s would be a confirmed relapse at once."),
    (NextSampleKind.RELAPSES_AT_ONCE, PROGRESSION): gettext_lazy("%(what)s would be a confirmed progression at once."),
}
BEGINS_ANEW: Mapping[tuple[NextSampleKind, EpisodeKind | None], "_StrPromise"] = {
    (NextSampleKind.SUSPECTS, RELAPSE): gettext_lazy("%(what)s would be a new suspected relapse."),
    (NextSampleKind.SUSPECTS, PROGRESSION): gettext_lazy("%(what)s would be a new suspected progression."),
    (NextSampleKind.RELAPSES_AT_ONCE, RELAPSE): gettext_lazy("%(what)s would be a new confirmed relapse at once."),
    (NextSampleKind.RELAPSES_AT_ONCE, PROGRESSION): gettext_lazy(
        "%(what)s would be a new confirmed progression at once."
    ),
}
FLAGS: Mapping[FlagCode, "_StrPromise"] = {
    FlagCode.PROGRESSION_ON_THERAPY: gettext_lazy("%(what)s would be progression on treatment."),
    FlagCode.RISING_IN_EPISODE: gettext_lazy("%(what)s would be a tenfold rise within the relapse."),
}


class _Together(NamedTuple):
    """What samples must share to be told in one sentence."""

    effect: Effect
    dates: tuple[object, ...]
    once_treated: bool
    is_negative: bool


def next_sample_sentences(account: Account, found: Iterable[NextSample]) -> list[str]:
    """Return one sentence for each thing that a later sample would do, with every sample that would do it."""
    statements = list(found)
    together: dict[_Together, list[NextSample]] = defaultdict(list)
    for each in statements:
        if not _is_said_by_its_alert(each, statements):
            together[_together(account, each)].append(each)
    return [_dated(_sentence(account, samples), samples[0]) for samples in together.values()]


def _together(account: Account, each: NextSample) -> _Together:
    """The tissue of a candidate is told only where two are open."""
    effect, days = each.effect, (each.from_on, each.until_on, each.in_time_until)
    alone = effect.kind in (NextSampleKind.CONFIRMS, NextSampleKind.REFUTES) and len(account.candidates) == 1
    if alone or effect.kind in BY_OWN_TISSUE:
        effect = effect._replace(tissues=())
    dated_apart = each.is_negative and (each.from_on is not None or each.until_on is not None)
    return _Together(effect, days, each.once_treated, dated_apart)


def _is_said_by_its_alert(each: NextSample, statements: Iterable[NextSample]) -> bool:
    """Whether the alert of a high level tells already that the same sample would be positive."""
    return each.kind is NextSampleKind.BECOMES and any(
        other.effect.flag is FlagCode.HIGH_LEVEL and (other.tissue, other.levels) == (each.tissue, each.levels)
        for other in statements
    )


def _sentence(account: Account, samples: Sequence[NextSample]) -> str:
    effect = samples[0].effect
    values = {
        "what": subject(account, samples),
        "where": " ".join(where(tissue) for tissue in effect.tissues[:1]),
        "other": " ".join(tissue_name(tissue.other) for tissue in effect.tissues[:1]),
        "day": full_day(until) if (until := samples[0].in_time_until) else "",
        "days": CONFIRMATION_WINDOW_DAYS,
    }
    return _pattern(account, samples[0]) % values


def _pattern(account: Account, each: NextSample) -> str:
    effect, one_of_two = each.effect, len(account.candidates) > 1
    match effect.kind:
        case NextSampleKind.CONFIRMS:
            return _confirms(account, each, one_of_two=one_of_two)
        case NextSampleKind.REFUTES if effect.status is not None:
            return str((CLOSES_ONE_OF_TWO if one_of_two else CLOSES)[effect.status])
        case NextSampleKind.RESPONDS | NextSampleKind.REDUCES:
            return str(ENDS[effect.kind, effect.status])
        case NextSampleKind.SUSPECTS | NextSampleKind.RELAPSES_AT_ONCE:
            return str((BEGINS if account.open_episode is None else BEGINS_ANEW)[effect.kind, effect.episode_kind])
        case _:
            return _flag_or_state(effect)


def _confirms(account: Account, each: NextSample, *, one_of_two: bool) -> str:
    in_time = each.in_time_until is not None and account.as_of <= each.in_time_until
    if one_of_two and in_time:
        return _("%(what)s would confirm the suspicion %(where)s: up to %(day)s in time, later as a late confirmation.")
    if one_of_two:
        return _("%(what)s would still confirm the suspicion %(where)s, late: the %(days)s days ended on %(day)s.")
    if in_time:
        return _("%(what)s would confirm it: up to %(day)s in time, later as a late confirmation.")
    return _("%(what)s would still confirm it, late: the %(days)s days ended on %(day)s.")


def _flag_or_state(effect: Effect) -> str:
    """The pattern of a flag or class; its words are set in at once, `%(what)s` stays."""
    if effect.flag is None:
        told = _uncapitalised(str(states.word("state", effect.state).words))
        return _("%(what)s would give the verdict: {state}.").replace("{state}", told)
    if effect.flag in FLAGS:
        return str(FLAGS[effect.flag])
    told = _uncapitalised(str(states.word("flag", effect.flag).words))
    return _("%(what)s would raise an alert: {flag}.").replace("{flag}", told)


def _dated(sentence: str, each: NextSample) -> str:
    """Return the sentence with the days between which it holds, where it does not always."""
    if each.from_on is None and each.until_on is None:
        return capitalised(sentence)
    if each.until_on is not None:
        return _("Up to %(day)s: %(sentence)s") % {"day": full_day(each.until_on), "sentence": sentence}
    values = {"day": full_day(each.from_on) if each.from_on else "", "sentence": sentence}
    if each.is_negative:
        return _("From %(day)s on, when blood was last detected more than four weeks before: %(sentence)s") % values
    return _("From %(day)s on, the end of first-line treatment: %(sentence)s") % values


def _uncapitalised(words: str) -> str:
    return words[:1].lower() + words[1:]
