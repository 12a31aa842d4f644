"""What the next sample would change: the same rule engine asked with one more, imagined, sample.

Levels are found by asking, never by a second reading of the rules: each level at which a rule could turn (ten times
an earlier value, a threshold of the rule set) is tried, the decisive one by bisection.
"""

from bisect import bisect_left
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import ROUND_CEILING, Context, Decimal
from enum import StrEnum

from monitoring.domain.classify import classify
from monitoring.domain.evidence import floor_corrected
from monitoring.domain.results import Result
from monitoring.domain.rulesets import RULESETS
from monitoring.domain.rulesets.guideline import PCT_ABL1, PCT_BASELINE, RuleSet
from monitoring.domain.series import Series
from monitoring.domain.terms import Call, EpisodeResponse, EpisodeStatus, FlagCode, Tissue
from monitoring.domain.verdict_change import with_result
from monitoring.domain.verdicts import Episode, Verdict

IMAGINED = "imagined"
ADEQUATE_ABL1 = Decimal(40_000)  # copies; any number that makes a negative adequate
TINY_PCT_ABL1 = Decimal("1E-9")  # below what any sample can hold: stands for "detected at all"
HUGE_PCT_ABL1 = Decimal("1E9")  # above every level that a rule could ask for
TENFOLD = Decimal(10)
PER_CENT = Decimal(100)
ONE_DAY = timedelta(days=1)

_ROUNDED_UP = Context(prec=28, rounding=ROUND_CEILING)  # so that a level tried is never just below its border


class NextSampleKind(StrEnum):
    """What a next sample would do."""

    SUSPECTS = "SUSPECTS"
    RELAPSES_AT_ONCE = "RELAPSES_AT_ONCE"
    CONFIRMS = "CONFIRMS"
    REFUTES = "REFUTES"
    RESPONDS = "RESPONDS"
    REDUCES = "REDUCES"
    PROGRESSES = "PROGRESSES"
    RISES = "RISES"


FLAGS_OF_RISE = {  # under treatment a progression is flagged in the place of a mere rise
    NextSampleKind.RISES: (FlagCode.RISING_IN_EPISODE, FlagCode.PROGRESSION_ON_THERAPY),
    NextSampleKind.PROGRESSES: (FlagCode.PROGRESSION_ON_THERAPY,),
}


@dataclass(frozen=True, slots=True)
class NextSample:
    """A sample that would change the verdict: not detected, detected at all, or at a level (% of ABL1) and beyond it.

    `is_negative` means not detected with enough ABL1. `from_pct_abl1` and `up_to_pct_abl1` belong to the level;
    neither, and not negative, means detected at any level. `once_treated`: only after a treatment begins.
    """

    kind: NextSampleKind
    tissue: Tissue
    is_negative: bool = False
    from_pct_abl1: Decimal | None = None
    up_to_pct_abl1: Decimal | None = None
    once_treated: bool = False


@dataclass(frozen=True, slots=True)
class _Question:
    """One tissue of one series, by one rule set, with a sample imagined on the day after `as_of`."""

    series: Series
    ruleset: RuleSet
    as_of: date
    tissue: Tissue

    def ask(self, call: Call, pct_abl1: Decimal | None = None) -> Verdict:
        on = self.as_of + ONE_DAY
        copies = None if call is Call.DETECTED else ADEQUATE_ABL1
        sample = Result(IMAGINED, on, self.tissue, call, pct_abl1, copies, assay_key=self._assay_key())
        return classify(with_result(self.series, sample), self.ruleset, on)

    def negative(self) -> Verdict:
        return self.ask(Call.NOT_DETECTED)

    def detected(self, pct_abl1: Decimal) -> Verdict:
        return self.ask(Call.DETECTED, pct_abl1)

    def treated(self) -> "_Question":
        """The same with a pre-emptive treatment begun on the day before the imagined sample."""
        starts = (*self.series.treatment_starts, self.as_of)
        return replace(self, series=replace(self.series, treatment_starts=starts))

    def _assay_key(self) -> str:
        own = [one for one in self.series.results if one.tissue is self.tissue and one.collected_on <= self.as_of]
        return max(own, key=lambda one: one.collected_on).assay_key if own else ""

    def values(self) -> list[Result]:
        """The quantified results of the tissue up to `as_of`."""
        return [
            one
            for one in self.series.results
            if one.tissue is self.tissue and one.pct_abl1 is not None and one.collected_on <= self.as_of
        ]


def what_would_change(series: Series, verdict: Verdict, as_of: date) -> tuple[NextSample, ...]:
    """Return what a sample of tomorrow would change in a verdict as of a day; nothing after death."""
    if series.death_on is not None and series.death_on <= as_of:
        return ()
    ruleset = RULESETS[verdict.ruleset]
    questions = [_Question(series, ruleset, as_of, tissue) for tissue in Tissue if tissue in ruleset.tissues]
    episode = _open_episode(verdict)
    if episode is not None:
        found = [each for question in questions for each in _in_episode(question, episode)]
        return tuple(each for each in found if not _is_told_already(each, verdict, episode))
    candidates = [one for one in verdict.episodes if one.status is EpisodeStatus.SUSPECTED]
    if candidates:
        return tuple(each for question in questions for each in _on_suspicion(question, candidates))
    return tuple(each for question in questions for each in _without_episode(question))


def _open_episode(verdict: Verdict) -> Episode | None:
    holding = [one for one in verdict.episodes if one.status == verdict.state and one.number is not None]
    return max(holding, key=lambda one: one.number or 0, default=None)


def _is_told_already(found: NextSample, verdict: Verdict, episode: Episode) -> bool:
    """Whether the rise that a next sample would show is flagged already for this tissue in this episode."""
    codes = FLAGS_OF_RISE.get(found.kind, ())
    return any(
        flag.code in codes and flag.tissue is found.tissue and flag.on is not None and flag.on >= episode.relapse_on
        for flag in verdict.flags
    )


def _in_episode(question: _Question, episode: Episode) -> Iterable[NextSample]:
    """Negativity, reduction and progression of the open episode, for a tissue that has not responded."""
    tissue = question.tissue
    if tissue in episode.response:
        return
    if _responds(question.negative(), episode, tissue) is EpisodeResponse.NEGATIVITY:
        yield NextSample(NextSampleKind.RESPONDS, tissue, is_negative=True)
    once_treated = not any(episode.relapse_on <= on <= question.as_of for on in question.series.treatment_starts)
    asked = question.treated() if once_treated else question
    levels = sorted({value / TENFOLD for value in _plain(question.values())})
    reduced = _highest(
        levels, lambda level: _responds(asked.detected(level), episode, tissue) is EpisodeResponse.REDUCTION
    )
    if reduced is not None:
        yield NextSample(NextSampleKind.REDUCES, tissue, up_to_pct_abl1=reduced, once_treated=once_treated)
    yield from _rises(question, with_progression=not once_treated)


def _rises(question: _Question, *, with_progression: bool) -> Iterable[NextSample]:
    """Progression under treatment, and a rise in the episode where that begins lower."""
    progresses = _first_flagged(question, NextSampleKind.PROGRESSES) if with_progression else None
    if progresses is not None:
        yield NextSample(NextSampleKind.PROGRESSES, question.tissue, from_pct_abl1=progresses)
    rises = _first_flagged(question, NextSampleKind.RISES)
    if rises is not None and rises != progresses:
        yield NextSample(NextSampleKind.RISES, question.tissue, from_pct_abl1=rises)


def _first_flagged(question: _Question, kind: NextSampleKind) -> Decimal | None:
    return _lowest(_levels(question), lambda level: _is_flagged(question.detected(level), FLAGS_OF_RISE[kind]))


def _on_suspicion(question: _Question, candidates: Sequence[Episode]) -> Iterable[NextSample]:
    """Confirmation and refutation of the open candidates."""
    yield from _reached(question, NextSampleKind.CONFIRMS, _confirms)
    indexes = {one.index for one in candidates}
    closed = [
        one
        for one in question.negative().episodes
        if one.index in indexes and one.status is not EpisodeStatus.SUSPECTED
    ]
    if closed:
        yield NextSample(NextSampleKind.REFUTES, question.tissue, is_negative=True)


def _without_episode(question: _Question) -> Iterable[NextSample]:
    """Suspicion, and relapse by one sample where a lower level does not already suffice for that."""
    suspects = [*_reached(question, NextSampleKind.SUSPECTS, _is_index)]
    at_once = [*_reached(question, NextSampleKind.RELAPSES_AT_ONCE, _is_waived)]
    levels = {each.from_pct_abl1 for each in at_once}
    yield from (each for each in suspects if each.from_pct_abl1 not in levels)
    yield from at_once


def _reached(question: _Question, kind: NextSampleKind, outcome: Callable[[Verdict], bool]) -> Iterable[NextSample]:
    """Whether a detected sample brings an outcome about: at any level, from a level on, or never."""
    if outcome(question.detected(TINY_PCT_ABL1)):
        yield NextSample(kind, question.tissue)
        return
    level = _lowest(_levels(question), lambda level: outcome(question.detected(level)))
    if level is not None:
        yield NextSample(kind, question.tissue, from_pct_abl1=level)


def _lowest(levels: Sequence[Decimal], outcome: Callable[[Decimal], bool]) -> Decimal | None:
    """The lowest level at which an outcome comes about that stays so above it; None where the highest brings none."""
    if not levels or not outcome(HUGE_PCT_ABL1):
        return None
    place = bisect_left(levels, True, key=outcome)
    return levels[place] if place < len(levels) else None


def _highest(levels: Sequence[Decimal], outcome: Callable[[Decimal], bool]) -> Decimal | None:
    """The highest level at which an outcome comes about that stays so below it."""
    place = bisect_left(levels, True, key=lambda level: not outcome(level))
    return levels[place - 1] if place else None


def _levels(question: _Question) -> list[Decimal]:
    """Every level at which a rule could turn: thresholds of the rule set, ten times what was measured."""
    floors = (floor_corrected(replace(one, abl1_copies=None)) for one in question.values())
    copies = (one.abl1_copies for one in question.values())
    one_copy = [_ROUNDED_UP.divide(PER_CENT, count) for count in copies if count]
    measured = [floor for floor in floors if floor is not None] + one_copy + _plain(question.values())
    return sorted({TENFOLD * value for value in measured} | set(_thresholds(question)))


def _thresholds(question: _Question) -> Iterable[Decimal]:
    baseline = question.series.baseline_pct_abl1.get(Tissue.BONE_MARROW)
    for threshold in question.ruleset.thresholds:
        if threshold.unit == PCT_ABL1:
            yield threshold.value
        elif threshold.unit == PCT_BASELINE and baseline is not None:
            yield threshold.value * baseline / PER_CENT


def _plain(results: Iterable[Result]) -> list[Decimal]:
    return [one.pct_abl1 for one in results if one.pct_abl1 is not None]


def _responds(verdict: Verdict, episode: Episode, tissue: Tissue) -> EpisodeResponse | None:
    now = next((one for one in verdict.episodes if one.number == episode.number), None)
    return None if now is None else now.response.get(tissue)


def _is_flagged(verdict: Verdict, codes: Iterable[FlagCode]) -> bool:
    return any(flag.code in codes and flag.result == IMAGINED for flag in verdict.flags)


def _confirms(verdict: Verdict) -> bool:
    return any(one.confirmed_by == IMAGINED and one.index != IMAGINED for one in verdict.episodes)


def _is_index(verdict: Verdict) -> bool:
    return any(one.index == IMAGINED for one in verdict.episodes)


def _is_waived(verdict: Verdict) -> bool:
    return any(one.index == IMAGINED and one.waived for one in verdict.episodes)
