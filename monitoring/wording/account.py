"""What a sentence looks its facts up in: one verdict beside the series it was made from."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from monitoring.domain.classed_results import ClassedResult, with_classes
from monitoring.domain.results import Result
from monitoring.domain.rulesets import RULESETS, RuleSet
from monitoring.domain.rulesets.guideline import LogsBelowBaseline
from monitoring.domain.series import CourseBegin, Series
from monitoring.domain.terms import CourseStart, EpisodeStatus, FlagCode, Tissue
from monitoring.domain.units import Scale, from_pct_abl1
from monitoring.domain.verdicts import Episode, Evidence, Verdict

OPEN_STATUSES = (EpisodeStatus.CONFIRMED, EpisodeStatus.PARTLY_RESPONDED)


class FactIncomplete(Exception):
    """A verdict names a fact without the value or day that its words need; nothing is said instead."""


@dataclass(frozen=True, slots=True)
class Account:
    """One verdict as of one day, and its series; everything the words need, nothing that the rules decide."""

    series: Series
    verdict: Verdict
    as_of: date

    @property
    def ruleset(self) -> RuleSet:
        """The rule set that made the verdict."""
        return RULESETS[self.verdict.ruleset]

    @property
    def open_episode(self) -> Episode | None:
        """The episode that gives the series its state; None where no episode is open."""
        holding = [one for one in self.verdict.episodes if one.status == self.verdict.state]
        if self.verdict.state not in OPEN_STATUSES or not holding:
            return None
        return max(holding, key=lambda one: one.number or 0)

    @property
    def candidates(self) -> tuple[Episode, ...]:
        """The open candidates, by index date."""
        return tuple(one for one in self.verdict.episodes if one.status is EpisodeStatus.SUSPECTED)

    @property
    def standing(self) -> Episode | None:
        """What the state is about: the open episode, else the earliest open candidate."""
        if self.open_episode is not None:
            return self.open_episode
        return self.candidates[0] if self.candidates else None

    @property
    def earlier(self) -> tuple[Episode, ...]:
        """Episodes and candidates that are over, latest first; those counted with another one are left out."""
        standing = (self.open_episode, *self.candidates)
        over = [
            one
            for one in self.verdict.episodes
            if one.status is not EpisodeStatus.ABSORBED and all(one is not each for each in standing)
        ]
        return tuple(sorted(over, key=lambda one: one.relapse_on, reverse=True))

    @property
    def samples(self) -> tuple[ClassedResult, ...]:
        """The results that took part, with their classes, in the order of the rules."""
        return with_classes(self.series.results, self.verdict)

    @property
    def latest(self) -> ClassedResult | None:
        """The sample whose class is the state of a series without episode; of one day marrow, detected, highest."""
        evaluable = [sample for sample in self.samples if sample.is_evaluable]
        return max(evaluable, key=_stands_for_day, default=None)

    def latest_of(self, tissue: Tissue) -> ClassedResult | None:
        """The latest evaluable sample of one tissue, chosen as `latest`."""
        evaluable = [one for one in self.samples if one.is_evaluable and one.tissue is tissue]
        return max(evaluable, key=_stands_for_day, default=None)

    def result(self, result_id: str) -> Result:
        """Return a result of the series by its id."""
        return next(result for result in self.series.results if result.id == result_id)

    def course_begun_by(self, on: date) -> CourseBegin | None:
        """Return what began the course that a day belongs to; None for the first course."""
        begun = [start for start in self.series.course_starts if start.on <= on]
        return max(begun, key=_order_of_start, default=None)

    def has_flag(self, code: FlagCode) -> bool:
        """Whether the verdict carries a flag."""
        return any(flag.code is code for flag in self.verdict.flags)

    @property
    def speaks_of_diagnosis(self) -> bool:
        """Whether the rule set counts against diagnosis and the level there is known."""
        return isinstance(self.ruleset.levels, LogsBelowBaseline) and self.baseline is not None

    @property
    def baseline(self) -> Decimal | None:
        """The marrow level at diagnosis, % of ABL1."""
        return self.series.baseline_pct_abl1.get(Tissue.BONE_MARROW)

    def on_own_scale(self, pct_abl1: Decimal) -> Decimal:
        """Return a level in % of diagnosis where the rule set speaks so, otherwise in % of ABL1."""
        if not self.speaks_of_diagnosis:
            return pct_abl1
        return from_pct_abl1(pct_abl1, Scale.PCT_BASELINE, self.baseline)


def fact(episode: Episode, name: str) -> Evidence | None:
    """Return the first fact of a name that an episode rests on; None where it rests on none."""
    return next((each for each in episode.because if each.fact == name), None)


def _stands_for_day(sample: ClassedResult) -> tuple[date, bool, bool, Decimal]:
    marrow = sample.tissue is Tissue.BONE_MARROW
    return (sample.collected_on, marrow, sample.is_detected, sample.result.pct_abl1 or Decimal(0))


def _order_of_start(start: CourseBegin) -> tuple[date, bool]:
    return (start.on, start.kind is CourseStart.HSCT)
