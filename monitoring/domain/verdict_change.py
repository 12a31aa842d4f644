"""What one more result does to a verdict: the same rule set, the same day, without it and with it.

Nothing is decided here again: both verdicts come from `classify`. Source: docs/methods/rules.md.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum

from monitoring.domain.results import Result
from monitoring.domain.series import Series
from monitoring.domain.terms import EpisodeStatus, FlagCode
from monitoring.domain.urgency import URGENCY_OF_FLAG, Urgency
from monitoring.domain.verdicts import Episode, Flag, Verdict

_CLOSED_WITHOUT = frozenset({EpisodeStatus.NOT_CONFIRMED, EpisodeStatus.TREATED_UNCONFIRMED})
_OVER = frozenset({EpisodeStatus.RESPONDED, EpisodeStatus.REMITTED_UNTREATED})


class ChangeKind(StrEnum):
    """What happens to one episode, to a flag or to the state; in the order of their weight."""

    CONFIRMS = "CONFIRMS"
    REOPENS = "REOPENS"
    MOVES_DATE = "MOVES_DATE"
    TAKES_BACK = "TAKES_BACK"
    SUSPECTS = "SUSPECTS"
    RAISES_ALERT = "RAISES_ALERT"
    ENDS = "ENDS"
    PARTLY_ENDS = "PARTLY_ENDS"
    CLOSES_SUSPICION = "CLOSES_SUSPICION"
    TAKES_BACK_SUSPICION = "TAKES_BACK_SUSPICION"
    ALTERS = "ALTERS"
    RETRACTS_ALERT = "RETRACTS_ALERT"
    CHANGES_STATE = "CHANGES_STATE"


@dataclass(frozen=True, slots=True)
class Change:
    """One change: the episode as it will be (as it was, where it is taken back), and as it was; or the flag."""

    kind: ChangeKind
    episode: Episode | None = None
    before: Episode | None = None
    flag: FlagCode | None = None


@dataclass(frozen=True, slots=True)
class VerdictChange:
    """All changes between two verdicts of one rule set, the weightiest first; empty where nothing changes."""

    changes: tuple[Change, ...]

    @property
    def is_none(self) -> bool:
        """Whether state, episodes and alerts stay what they are."""
        return not self.changes

    @property
    def first(self) -> Change | None:
        """The weightiest change."""
        return self.changes[0] if self.changes else None


def with_result(series: Series, result: Result, replaces: str | None = None) -> Series:
    """Return the series with one more result; a new version stands in the place of the one that it replaces."""
    others = [each.id for each in series.results]
    if replaces is None or replaces not in others:
        return replace(series, results=(*series.results, result))
    place = others.index(replaces)
    return replace(series, results=(*series.results[:place], result, *series.results[place + 1 :]))


def change_between(before: Verdict, after: Verdict) -> VerdictChange:
    """Return what changes from one verdict to another of the same rule set; a result keeps its id in both."""
    found = [*_episode_changes(before.episodes, after.episodes), *_flag_changes(before.flags, after.flags)]
    if before.state != after.state:
        found.append(Change(ChangeKind.CHANGES_STATE))
    order = list(ChangeKind)
    return VerdictChange(tuple(sorted(found, key=lambda change: order.index(change.kind))))


def _episode_changes(before: Iterable[Episode], after: Iterable[Episode]) -> Iterable[Change]:
    left = list(before)
    for episode in after:
        was = _counterpart(episode, left)
        if was is not None:
            left.remove(was)
        kind = _kind(was, episode)
        if kind is not None:
            yield Change(kind, episode, was)
    for gone in left:
        kind = ChangeKind.TAKES_BACK_SUSPICION if gone.number is None else ChangeKind.TAKES_BACK
        yield Change(kind, gone, gone)


def _counterpart(episode: Episode, candidates: list[Episode]) -> Episode | None:
    """The same episode in the other verdict: by its index sample, else by its number."""
    by_index = [each for each in candidates if each.index == episode.index]
    by_number = [each for each in candidates if episode.number is not None and each.number == episode.number]
    return next(iter(by_index or by_number), None)


def _kind(was: Episode | None, episode: Episode) -> ChangeKind | None:
    """What happened to an episode; None where nothing did, or where another change tells it."""
    if episode.number is not None:
        return _kind_of_confirmed(was, episode)
    if was is not None and was.number is not None:
        return ChangeKind.TAKES_BACK
    if was is None or was.status is not episode.status:
        return _kind_of_candidate(was, episode)
    return ChangeKind.ALTERS if _told(was) != _told(episode) else None


def _kind_of_confirmed(was: Episode | None, episode: Episode) -> ChangeKind | None:
    if was is None or was.number is None:
        return ChangeKind.CONFIRMS
    if was.relapse_on != episode.relapse_on:
        return ChangeKind.MOVES_DATE
    if was.status is episode.status:
        return ChangeKind.ALTERS if _told(was) != _told(episode) else None
    if episode.status in _OVER:
        return ChangeKind.ENDS
    return ChangeKind.PARTLY_ENDS if episode.status is EpisodeStatus.PARTLY_RESPONDED else ChangeKind.REOPENS


def _kind_of_candidate(was: Episode | None, episode: Episode) -> ChangeKind | None:
    if episode.status is EpisodeStatus.SUSPECTED:
        return ChangeKind.SUSPECTS
    if episode.status is EpisodeStatus.ABSORBED:  # the episode that absorbed it is told instead
        return None
    closes = was is not None and was.status is EpisodeStatus.SUSPECTED and episode.status in _CLOSED_WITHOUT
    return ChangeKind.CLOSES_SUSPICION if closes else ChangeKind.ALTERS


def _told(episode: Episode) -> tuple[object, ...]:
    """All that a reader is told of an episode, without the evidence."""
    return (
        episode.kind, episode.rule, episode.status, episode.number, episode.tissue, episode.relapse_on,
        episode.confirmed_on, episode.late, episode.waived, dict(episode.response),
    )  # fmt: skip


def _flag_changes(before: Iterable[Flag], after: Iterable[Flag]) -> Iterable[Change]:
    was, now = _raised(before), _raised(after)
    for code, _result in sorted(now - was):
        yield Change(ChangeKind.RAISES_ALERT, flag=FlagCode(code))
    for code, _result in sorted(was - now):
        yield Change(ChangeKind.RETRACTS_ALERT, flag=FlagCode(code))


def _raised(flags: Iterable[Flag]) -> set[tuple[str, str]]:
    return {(flag.code.value, flag.result or "") for flag in flags if _is_an_alert(flag.code)}


def _is_an_alert(code: FlagCode) -> bool:
    """Whether a flag asks somebody to act; the fourth urgency is shown on the patient's page only."""
    return URGENCY_OF_FLAG.get(code, Urgency.FOURTH) is not Urgency.FOURTH
