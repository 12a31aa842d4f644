"""What one more sample does: read off the verdict without it and the verdict with it, never off the rules.

Source: docs/methods/rules.md; both verdicts come from `monitoring.domain.classify`.
"""

from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import NamedTuple

from monitoring.domain.evidence import CONFIRMED_BY, NADIR, PRIOR_NEGATIVE, REFERENCE, RESPONSE
from monitoring.domain.terms import (
    EpisodeKind,
    EpisodeResponse,
    EpisodeStatus,
    FlagCode,
    SampleClass,
    Tissue,
)
from monitoring.domain.urgency import URGENCY_OF_FLAG, Urgency
from monitoring.domain.verdicts import Episode, Evidence, Verdict

NO_STATE = "NONE"
STATES_WITHOUT_EPISODE = frozenset({NO_STATE, *(each.value for each in SampleClass)})
_REFUTED = (EpisodeStatus.NOT_CONFIRMED, EpisodeStatus.TREATED_UNCONFIRMED)
_COMPARED = (NADIR, REFERENCE)
# EOT_POSITIVE belongs to a time point, told in the table of responses; an unread value is no sample to be taken
_NOT_TOLD = frozenset({FlagCode.EOT_POSITIVE, FlagCode.REVIEW_VALUE})


class NextSampleKind(StrEnum):
    """What a next sample would do, in the order of its weight."""

    CONFIRMS = "CONFIRMS"
    REFUTES = "REFUTES"
    RESPONDS = "RESPONDS"
    REDUCES = "REDUCES"
    SUSPECTS = "SUSPECTS"
    RELAPSES_AT_ONCE = "RELAPSES_AT_ONCE"
    FLAGS = "FLAGS"
    BECOMES = "BECOMES"


class Effect(NamedTuple):
    """One thing that a sample does. `tissues`: of the candidate closed or confirmed, or those that respond by it.

    `status` is that of the episode afterwards; `flag` the one raised; `state` the one that follows without an episode.
    """

    kind: NextSampleKind
    tissues: tuple[Tissue, ...] = ()
    status: EpisodeStatus | None = None
    episode_kind: EpisodeKind | None = None
    flag: FlagCode | None = None
    state: str = ""


def effects(before: Verdict, after: Verdict, sample: str) -> dict[Effect, Evidence | None]:
    """Return what a sample, by its id, does to a verdict, each with the earlier value or negative that it rests on."""
    was = {one.index: one for one in before.episodes}
    found: dict[Effect, Evidence | None] = {}
    for episode in after.episodes:
        found |= _of_episode(was.get(episode.index), episode, sample)
    found |= _flags(before, after, sample)
    if before.state in STATES_WITHOUT_EPISODE and after.state in STATES_WITHOUT_EPISODE - {before.state}:
        found[Effect(NextSampleKind.BECOMES, state=after.state)] = None
    return found


def _of_episode(was: Episode | None, episode: Episode, sample: str) -> Mapping[Effect, Evidence | None]:
    tissues, kind, status = (episode.tissue,), episode.kind, episode.status
    if episode.index == sample:
        what = NextSampleKind.RELAPSES_AT_ONCE if episode.waived else NextSampleKind.SUSPECTS
        return {Effect(what, tissues, status, kind): _grounds(episode.because)}
    if episode.confirmed_by == sample:
        return {Effect(NextSampleKind.CONFIRMS, tissues, status, kind): _after(episode.because, CONFIRMED_BY)}
    if was is None:
        return {}
    if was.status is EpisodeStatus.SUSPECTED and status in _REFUTED:
        return {Effect(NextSampleKind.REFUTES, tissues, status, kind): None}
    return _responses(was, episode)


def _responses(was: Episode, episode: Episode) -> Mapping[Effect, Evidence | None]:
    """The tissues that respond now: a negative of marrow may answer for blood as well."""
    new = tuple(one for one in Tissue if episode.response.get(one) is not was.response.get(one))
    if not new:
        return {}
    reduced = episode.response.get(new[0]) is EpisodeResponse.REDUCTION
    kind = NextSampleKind.REDUCES if reduced else NextSampleKind.RESPONDS
    reference = _of_response(episode.because, new[0]) if reduced else None
    return {Effect(kind, new, episode.status, episode.kind): reference}


def _flags(before: Verdict, after: Verdict, sample: str) -> Mapping[Effect, Evidence | None]:
    return {
        Effect(NextSampleKind.FLAGS, flag=flag.code): _first(flag.because, _COMPARED)
        for flag in after.flags
        if flag.result == sample and flag.code not in _NOT_TOLD and _asks_somebody(flag.code)
    }


def _asks_somebody(code: FlagCode) -> bool:
    return URGENCY_OF_FLAG.get(code, Urgency.FOURTH) is not Urgency.FOURTH


def _grounds(because: Iterable[Evidence]) -> Evidence | None:
    """The nadir or the prior negative of the index."""
    return _first(because, (NADIR, PRIOR_NEGATIVE))


def _after(because: tuple[Evidence, ...], fact: str) -> Evidence | None:
    """The nadir told after a fact: that of the confirming sample, not that of the index."""
    place = next(place for place, each in enumerate(because) if each.fact == fact)
    return _first(because[place:], (NADIR,))


def _of_response(because: tuple[Evidence, ...], tissue: Tissue) -> Evidence | None:
    """The reference of the response of one tissue."""
    for place, each in enumerate(because):
        if each.fact == RESPONSE and each.tissue is tissue:
            return _first(because[place : place + 2], (REFERENCE,))
    return None


def _first(because: Iterable[Evidence], facts: tuple[str, ...]) -> Evidence | None:
    return next((each for each in because if each.fact in facts), None)
