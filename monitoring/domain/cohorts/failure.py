"""Which molecular failure a patient is in a cohort for, and which treatment answered it.

Source: Tiong et al., Br J Haematol 2020 (persistence; relapse or progression); Higué et al., Blood Cancer J 2025;15:141
(FILO, date of the first sample); docs/methods/cohorts.md, "The failure and its treatment".
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from monitoring.domain.cohorts.facts import ClinicalFacts, EventKind, Line
from monitoring.domain.cohorts.patient import FailureKind, MolecularFailure, PreemptiveCourse
from monitoring.domain.surveillance import treated_relapse_on
from monitoring.domain.terms import EpisodeKind, FlagCode, RuleSetId
from monitoring.domain.verdicts import Episode, Verdict

KINDS = {
    EpisodeKind.MOLECULAR_RELAPSE: FailureKind.RELAPSE,
    EpisodeKind.MOLECULAR_PROGRESSION: FailureKind.PROGRESSION,
}
VENETOCLAX = "VEN"
_NAMES_VENETOCLAX = re.compile(r"\bven(etoclax)?\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class TreatedFailure:
    """A failure, its episode (None for persistence), and the line that treats it; either may be missing."""

    failure: MolecularFailure | None
    episode: Episode | None = None
    line: Line | None = None


def treated_failure(facts: ClinicalFacts, verdict: Verdict) -> TreatedFailure:
    """Return the first failure that was treated pre-emptively, else the first one, and the treatment.

    Of several lines that treat it, the first with venetoclax counts, else the first. A line that answers no failure
    (suspicion only) is told where no line answers one.
    """
    lines = facts.preemptive()
    answered = [(found, line) for line in lines if (found := _answered_by(verdict, line)).failure is not None]
    if not answered:
        return TreatedFailure(*_first_failure(verdict), _first_with_venetoclax(lines))
    first = answered[0][0]
    own = [line for found, line in answered if found.failure == first.failure]
    return TreatedFailure(first.failure, first.episode, _first_with_venetoclax(own))


def preemptive_course(line: Line | None) -> PreemptiveCourse | None:
    """Return what a cohort asks of a pre-emptive line."""
    if line is None:
        return None
    partner = line.cycles[0].partner if line.cycles else ""
    drugs = "+".join(filter(None, (VENETOCLAX, partner))) if line.cycles else line.regimen
    return PreemptiveCourse(line.starts_on, drugs, has_venetoclax(line), partner, len(line.cycles), line.ends_on)


def has_venetoclax(line: Line) -> bool:
    """Whether a line has venetoclax: cycles on record, else its regimen names it."""
    return bool(line.cycles) or _NAMES_VENETOCLAX.search(line.regimen) is not None


def other_treatments(facts: ClinicalFacts, found: TreatedFailure) -> tuple[str, ...]:
    """Return the regimens of pre-emptive and salvage lines begun between failure and course, or instead of it.

    Instead of it: before a haematological relapse, which asks for another treatment of its own.
    """
    if found.failure is None:
        return ()
    relapsed_on = relapse_from(facts, found.failure.on)
    until = found.line.starts_on if found.line is not None else relapsed_on
    return tuple(
        line.regimen
        for line in facts.later_lines()
        if line is not found.line and found.failure.on <= line.starts_on and (until is None or line.starts_on < until)
    )


def relapse_from(facts: ClinicalFacts, on: date | None) -> date | None:
    """Return the first haematological relapse from a day on, of all where it is None."""
    relapses = facts.of_kind(EventKind.HAEMATOLOGICAL_RELAPSE)
    return min((event.on for event in relapses if on is None or event.on >= on), default=None)


def _answered_by(verdict: Verdict, line: Line) -> TreatedFailure:
    """The failure that a line answers: the latest numbered episode open when it began, else persistence."""
    relapse_on = treated_relapse_on(verdict, line.starts_on)
    episodes = [each for each in verdict.episodes if each.number is not None and each.relapse_on == relapse_on]
    if episodes:
        return TreatedFailure(_of_episode(episodes[-1]), episodes[-1], line)
    persisting_on = _persistence_on(verdict, (FlagCode.PERSISTENCE, FlagCode.EOT_POSITIVE), line.starts_on)
    if persisting_on is None:
        return TreatedFailure(None, None, line)
    return TreatedFailure(MolecularFailure(FailureKind.PERSISTENCE, persisting_on), None, line)


def _first_failure(verdict: Verdict) -> tuple[MolecularFailure | None, Episode | None]:
    """The first episode by its relapse date, or persistence by the rule set that knows it, whichever was first."""
    numbered = sorted((each for each in verdict.episodes if each.number is not None), key=lambda each: each.relapse_on)
    persisting_on = None
    if verdict.ruleset is RuleSetId.TIONG2020:
        persisting_on = _persistence_on(verdict, (FlagCode.PERSISTENCE,), None)
    if persisting_on is not None and not (numbered and numbered[0].relapse_on < persisting_on):
        return MolecularFailure(FailureKind.PERSISTENCE, persisting_on), None
    return (_of_episode(numbered[0]), numbered[0]) if numbered else (None, None)


def _persistence_on(verdict: Verdict, codes: Sequence[FlagCode], until: date | None) -> date | None:
    days = [
        flag.on
        for flag in verdict.flags
        if flag.code in codes and flag.on is not None and (until is None or flag.on <= until)
    ]
    return min(days, default=None)


def _of_episode(episode: Episode) -> MolecularFailure:
    return MolecularFailure(KINDS[episode.kind], episode.relapse_on, episode.confirmed_on, episode.status)


def _first_with_venetoclax(lines: Sequence[Line]) -> Line | None:
    return next((line for line in lines if has_venetoclax(line)), lines[0] if lines else None)
