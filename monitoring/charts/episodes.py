"""The verdict's episodes as drawn: open or past, and the rings around the samples they rest on."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from monitoring.domain.terms import EpisodeStatus
from monitoring.domain.verdicts import Episode, Verdict

HOLDING = frozenset({EpisodeStatus.CONFIRMED, EpisodeStatus.PARTLY_RESPONDED})


class Tone(StrEnum):
    """How loudly a ring or line is drawn: alarm colour is kept for what is open."""

    OPEN = "OPEN"
    SUSPECTED = "SUSPECTED"
    PAST = "PAST"


class Role(StrEnum):
    """What a sample is to an episode: one ring for the index, two for the confirming sample."""

    INDEX = "INDEX"
    CONFIRMING = "CONFIRMING"


LOUDNESS = (Tone.PAST, Tone.SUSPECTED, Tone.OPEN)
ROLES = (Role.INDEX, Role.CONFIRMING)


@dataclass(frozen=True, slots=True)
class DrawnEpisode:
    """An episode or candidate with its tone."""

    episode: Episode
    tone: Tone

    @property
    def has_line(self) -> bool:
        """Relapse dates have a line, and candidates while they are open."""
        return self.episode.number is not None or self.tone is Tone.SUSPECTED

    def told(self) -> dict[str, Any]:
        """The episode as it is stored."""
        episode = self.episode
        return {
            "kind": episode.kind.value,
            "status": episode.status.value,
            "number": episode.number,
            "tissue": episode.tissue.value,
            "relapse_on": episode.relapse_on.isoformat(),
            "confirmed_on": episode.confirmed_on.isoformat() if episode.confirmed_on else None,
            "late": episode.late,
            "waived": episode.waived,
            "index": episode.index,
            "confirmed_by": episode.confirmed_by,
            "tone": self.tone.value,
        }


def drawn_episodes(verdict: Verdict, course_starts: Iterable[date]) -> list[DrawnEpisode]:
    """The episodes in the verdict's order with their tone.

    Open is the newest one that is confirmed or partly responded, and every candidate that is still suspected;
    from a course start on, nothing that began before it is open.
    """
    latest_start = max(course_starts, default=date.min)
    holding = [one for one in verdict.episodes if one.status in HOLDING and one.relapse_on >= latest_start]
    newest = max((one.number or 0 for one in holding), default=0)
    return [DrawnEpisode(one, _tone(one, one in holding and one.number == newest)) for one in verdict.episodes]


def _tone(episode: Episode, is_open: bool) -> Tone:
    if episode.status is EpisodeStatus.SUSPECTED:
        return Tone.SUSPECTED
    return Tone.OPEN if is_open else Tone.PAST


def rings(episodes: Sequence[DrawnEpisode]) -> dict[str, tuple[Tone, Role]]:
    """For each sample that an episode rests on, the loudest ring it has earned; absorbed candidates have none."""
    found: dict[str, tuple[Tone, Role]] = {}
    for drawn in episodes:
        if drawn.episode.status is EpisodeStatus.ABSORBED:
            continue
        _earn(found, drawn.episode.index, drawn.tone, Role.INDEX)
        if drawn.episode.confirmed_by is not None:
            _earn(found, drawn.episode.confirmed_by, drawn.tone, Role.CONFIRMING)
    return found


def _earn(found: dict[str, tuple[Tone, Role]], sample: str, tone: Tone, role: Role) -> None:
    """Keep the louder tone, and within a tone the confirming role."""
    before = found.get(sample)
    if before is None or _rank((tone, role)) > _rank(before):
        found[sample] = (tone, role)


def _rank(ring: tuple[Tone, Role]) -> tuple[int, int]:
    return LOUDNESS.index(ring[0]), ROLES.index(ring[1])
