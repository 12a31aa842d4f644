"""What the next sample would change: the same rule engine asked with one more, imagined, sample.

Each statement names a tissue, a level or a negative, and the days between which it holds; all of them are found by
asking (`imagined_samples`), never by a second reading of the rules. Source: docs/methods/what_would_change.md.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum

from monitoring.domain.candidates import BLOOD_CONTRADICTS_DAYS
from monitoring.domain.episodes import CONFIRMATION_WINDOW_DAYS
from monitoring.domain.imagined_samples import (
    Levels,
    Occasion,
    a_tenth,
    borders,
    borders_of_a_fall,
    half,
    tenfold,
    up_to,
)
from monitoring.domain.results import Result
from monitoring.domain.rulesets import RULESETS
from monitoring.domain.rulesets.guideline import RuleSet
from monitoring.domain.sample_classes import DETECTED_CLASSES, INERT_CLASSES
from monitoring.domain.sample_effects import Effect, NextSampleKind
from monitoring.domain.series import Series
from monitoring.domain.terms import EpisodeStatus, SampleClass, Tissue
from monitoring.domain.verdicts import Evidence, Verdict

ONE_DAY = timedelta(days=1)
ANY_LEVEL = Levels()


class Ratio(StrEnum):
    """What a bar is to the earlier value that it is reckoned from."""

    TENFOLD = "TENFOLD"
    TENTH = "TENTH"
    HALF = "HALF"


@dataclass(frozen=True, slots=True)
class NextSample:
    """A sample that would change the verdict, and what it would do.

    `levels` in per cent of ABL1; None: not detected, with enough ABL1. `from_on` and `until_on` are the days of
    collection between which it holds (None: from tomorrow on, without end); `in_time_until` the last day of a
    confirmation that is not late. `once_treated`: only after a pre-emptive treatment begins. `assay_key` is None where
    the assay makes no difference. `over` is the earlier value or negative that it rests on; `is_tenfold`, `is_tenth`
    tell that the end of the levels is ten times, or a tenth of, that value.
    """

    effect: Effect
    tissue: Tissue
    levels: Levels | None
    assay_key: str | None = None
    from_on: date | None = None
    until_on: date | None = None
    in_time_until: date | None = None
    once_treated: bool = False
    over: Evidence | None = None
    ratio: Ratio | None = None

    @property
    def kind(self) -> NextSampleKind:
        """What it would do."""
        return self.effect.kind

    @property
    def is_negative(self) -> bool:
        """Whether it is a sample in which the target is not detected."""
        return self.levels is None


def what_would_change(series: Series, verdict: Verdict, as_of: date) -> tuple[NextSample, ...]:
    """Return what a later sample would change in a verdict as of a day, the weightiest first; nothing after death."""
    known = up_to(series, as_of)
    if known.death_on is not None:
        return ()
    ruleset = RULESETS[verdict.ruleset]
    asked = _Asked(known, ruleset, verdict, as_of)
    found = [each for tissue in Tissue if tissue in ruleset.tissues for each in asked.of_tissue(tissue)]
    order = list(NextSampleKind)
    return tuple(sorted(found, key=lambda each: order.index(each.kind)))


@dataclass(frozen=True, slots=True)
class _Asked:
    """One series as of a day, by one rule set."""

    series: Series
    ruleset: RuleSet
    verdict: Verdict
    as_of: date

    def of_tissue(self, tissue: Tissue) -> list[NextSample]:
        """Everything that a sample of a tissue would change, by each assay where that makes a difference."""
        keys = self._assay_keys(tissue)
        by_key = [[*self._detected(tissue, key), *self._reduced_once_treated(tissue, key)] for key in keys]
        alike = all(found == by_key[0] for found in by_key)
        if alike:
            by_key = by_key[:1]
        else:
            by_key = [_by_assay(found, key, by_key) for found, key in zip(by_key, keys, strict=True)]
        found = [*self._negative(tissue, keys[0]), *(each for found in by_key for each in found)]
        return [each for each in found if not self._is_raised_already(each)]

    def _assay_keys(self, tissue: Tissue) -> list[str]:
        """The assays by which the tissue was measured in this course, the latest first; else the last one of all."""
        since = max((start.on for start in self.series.course_starts), default=date.min)
        newest = sorted(self.series.results, key=lambda one: one.collected_on, reverse=True)
        of_course = [one.assay_key for one in newest if one.tissue is tissue and one.collected_on >= since]
        return list(dict.fromkeys(of_course)) or [one.assay_key for one in newest][:1] or [""]

    def _detected(self, tissue: Tissue, key: str) -> list[NextSample]:
        """By its level, from tomorrow on, and from the end of first-line treatment on where that is still to come."""
        tomorrow, end = self.as_of + ONE_DAY, self.series.end_of_treatment
        at = borders(self.series, self.ruleset, tissue)
        now = self._levels(self._occasion(tissue, key, tomorrow), at)
        if end is None or end <= tomorrow:
            return now
        return _between(now, self._levels(self._occasion(tissue, key, end), at), end)

    def _negative(self, tissue: Tissue, key: str) -> list[NextSample]:
        """Not detected: of marrow also once detected blood no longer contradicts it."""
        now = self._of_negative(tissue, key, self.as_of + ONE_DAY)
        last = self._last_detected_blood()
        agrees_on = None if last is None else last + timedelta(days=BLOOD_CONTRADICTS_DAYS + 1)
        if tissue is not Tissue.BONE_MARROW or agrees_on is None or agrees_on <= self.as_of + ONE_DAY:
            return now
        return _between(now, self._of_negative(tissue, key, agrees_on), agrees_on)

    def _of_negative(self, tissue: Tissue, key: str, on: date) -> list[NextSample]:
        told = self._occasion(tissue, key, on).negative()
        return [NextSample(effect, tissue, None, over=_itself(over)) for effect, over in told.items()]

    def _levels(self, occasion: Occasion, at: set[Decimal]) -> list[NextSample]:
        """One statement for each thing that levels do, over all neighbouring runs in which they do it."""
        runs = occasion.runs(at)
        found: list[NextSample] = []
        for place, (levels, told) in enumerate(runs):
            for effect, over in told.items():
                if place and effect in runs[place - 1][1]:
                    continue
                last = _last_in_a_row(runs, place, effect)
                found.append(self._statement(occasion, effect, over, _joined(levels, runs[last][0])))
        return found

    def _statement(self, occasion: Occasion, effect: Effect, over: Evidence | None, levels: Levels) -> NextSample:
        result = next((one for one in self.series.results if over is not None and one.id == over.result), None)
        return NextSample(
            effect,
            occasion.tissue,
            levels,
            in_time_until=self._in_time_until(occasion, effect),
            over=_itself(over),
            ratio=None if result is None else _ratio(levels, result),
        )

    def _in_time_until(self, occasion: Occasion, effect: Effect) -> date | None:
        """The last day on which a confirmation is in time: of the earliest candidate that is confirmed."""
        if effect.kind is not NextSampleKind.CONFIRMS:
            return None
        confirmed = [
            one.relapse_on
            for one in self.verdict.episodes
            if one.status is EpisodeStatus.SUSPECTED and one.tissue in effect.tissues
        ]
        return min(confirmed) + timedelta(days=CONFIRMATION_WINDOW_DAYS)

    def _reduced_once_treated(self, tissue: Tissue, key: str) -> list[NextSample]:
        """The reduction that would count after treatment, where an episode is open and none has begun since."""
        relapse_on = self._open_since()
        if relapse_on is None or any(on >= relapse_on for on in self.series.treatment_starts):
            return []
        treated = replace(self.series, treatment_starts=(*self.series.treatment_starts, self.as_of))
        occasion = Occasion(treated, self.ruleset, self.verdict, tissue, key, self.as_of + ONE_DAY)
        at = borders_of_a_fall(self.series, self.ruleset, tissue)
        return [
            replace(each, once_treated=True)
            for each in self._levels(occasion, at)
            if each.kind is NextSampleKind.REDUCES
        ]

    def _open_since(self) -> date | None:
        """The relapse date of the open episode."""
        holding = [one for one in self.verdict.episodes if one.number is not None and one.status == self.verdict.state]
        return max(holding, key=lambda one: one.number or 0).relapse_on if holding else None

    def _occasion(self, tissue: Tissue, key: str, on: date) -> Occasion:
        return Occasion(self.series, self.ruleset, self.verdict, tissue, key, on)

    def _last_detected_blood(self) -> date | None:
        classes = {one.id: one.sample_class for one in self.verdict.samples}
        days = [
            one.collected_on
            for one in self.series.results
            if one.tissue is Tissue.PERIPHERAL_BLOOD and classes.get(one.id) in DETECTED_CLASSES
        ]
        return max(days, default=None)

    def _is_raised_already(self, each: NextSample) -> bool:
        """Whether the last evaluable sample of the tissue carries the same flag: a run is one alert."""
        if each.effect.flag is None:
            return False
        last = self._last_evaluable(each.tissue)
        return any(flag.code is each.effect.flag and flag.result == last for flag in self.verdict.flags)

    def _last_evaluable(self, tissue: Tissue) -> str | None:
        inert = (*INERT_CLASSES, SampleClass.IGNORED)
        tissues = {one.id: one.tissue for one in self.series.results}
        of_tissue = [
            one.id for one in self.verdict.samples if tissues[one.id] is tissue and one.sample_class not in inert
        ]
        return of_tissue[-1] if of_tissue else None


def _ratio(levels: Levels, result: Result) -> Ratio | None:
    """What the end of the levels is to an earlier value; None where another border decides."""
    if result.pct_abl1 is None:
        return None
    if levels.least == tenfold(result):
        return Ratio.TENFOLD
    if levels.most == a_tenth(result):
        return Ratio.TENTH
    return Ratio.HALF if levels.least == half(result.pct_abl1) else None


def _itself(over: Evidence | None) -> Evidence | None:
    """The earlier value or negative without what was reckoned from the imagined sample."""
    return None if over is None else over._replace(fold=None, log10=None, days=None)


def _last_in_a_row(runs: Sequence[tuple[Levels, object]], place: int, effect: Effect) -> int:
    last = place
    while last + 1 < len(runs) and effect in runs[last + 1][1]:  # type: ignore[operator]
        last += 1
    return last


def _joined(first: Levels, last: Levels) -> Levels:
    return Levels(first.least, first.least_counts, last.most, last.most_counts)


def _between(now: list[NextSample], later: list[NextSample], turns_on: date) -> list[NextSample]:
    """What holds always, what holds until a day, and what from that day on."""
    always = [each for each in now if each in later]
    until = [replace(each, until_on=turns_on - ONE_DAY) for each in now if each not in later]
    since = [replace(each, from_on=turns_on) for each in later if each not in now]
    return [*always, *until, *since]


def _by_assay(found: list[NextSample], key: str, by_key: Iterable[list[NextSample]]) -> list[NextSample]:
    """Statements that hold by every assay are told of the first alone, without naming it."""
    first, *others = by_key
    shared = [each for each in first if all(each in other for other in others)]
    own = [replace(each, assay_key=key) for each in found if each not in shared]
    return [*shared, *own] if found is first else own
