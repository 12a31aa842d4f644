"""The response category of ELN 2025 at its time points: optimal, warning, high risk of treatment failure.

Of NPM1 by the level; of CBF after two cycles, before transplant and at the end of treatment by the fall since
diagnosis. The classes are those of the rule set ELN2025, the end-of-treatment sample is that of the rule engine.
Source: Cloos et al., Blood 2026;147:1147, table of molecular response; docs/methods/eln2025_response.md.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from monitoring.domain.eln2025_categories import Category, Reason, ResponseAt, TimePoint
from monitoring.domain.flags import END_OF_TREATMENT_DAYS_AFTER, END_OF_TREATMENT_DAYS_BEFORE, end_of_treatment_sample
from monitoring.domain.reading import Reading
from monitoring.domain.results import Result
from monitoring.domain.rulesets.eln2025 import CBF_END_OF_TREATMENT_REDUCTION, ELN2025, NEGATIVE_BELOW
from monitoring.domain.rulesets.guideline import PCT_ABL1, LevelsOfAbl1, Threshold
from monitoring.domain.series import Series
from monitoring.domain.terms import CourseStart, SampleClass, Timepoint, Tissue
from monitoring.domain.timeline import TakenSample, prepare
from monitoring.domain.units import fell_by_logs, log10_reduction
from monitoring.domain.verdicts import Episode, Verdict

HSCT_URGENT_FROM = Threshold(
    "NPM1, marrow at the end of treatment: alloHSCT urgently indicated if eligible, from",
    Decimal("1.0"),
    PCT_ABL1,
    "ELN-DAVID 2025, table of molecular response, end of treatment",
)
# Days before HSCT within which the last marrow is the one before it: 28 before conditioning, as in the schedule, and a
# week of conditioning; ELN 2025 names none, [DESIGN].
BEFORE_HSCT_DAYS = 35
MARROW, BLOOD = Tissue.BONE_MARROW, Tissue.PERIPHERAL_BLOOD


def eln2025_responses(series: Series, verdict: Verdict, as_of: date) -> tuple[ResponseAt, ...]:
    """Return the response at each time point of the marker as of a day; `verdict` is that of ELN2025, levels % of ABL1.

    Source: Cloos et al., Blood 2026;147:1147. Raises nothing for a well-formed series.
    """
    asked = _Asked(series, verdict, Reading(prepare(series, as_of), ELN2025), as_of)
    after_cycle_2 = MARROW if series.marker.is_cbf else BLOOD
    points = [asked.after_cycle_2(after_cycle_2), asked.end_of_treatment()]
    if series.marker.is_cbf:
        transplanted = asked.before_hsct()
        points = (
            [points[0], *transplanted, points[1]] if asked.is_transplanted_before_the_end() else points + transplanted
        )
    return (*points, *(asked.follow_up(tissue) for tissue in (BLOOD, MARROW)))


@dataclass(frozen=True, slots=True)
class _Asked:
    """One series as ELN 2025 reads it as of a day."""

    series: Series
    verdict: Verdict
    reading: Reading
    as_of: date

    def after_cycle_2(self, tissue: Tissue) -> ResponseAt:
        """The first evaluable sample marked so; nothing stands for one that is not marked."""
        point = TimePoint.AFTER_CYCLE_2
        marked = [each for each in self.reading.taken if each.sample.timepoint is Timepoint.AFTER_CYCLE_2]
        of_tissue = [each for each in marked if each.sample.result.tissue is tissue]
        chosen = _first([each for each in of_tissue if each.evaluable])
        if chosen is not None:
            worse = Category.WARNING  # positive after two cycles is a warning, not failure
            return self._told(point, chosen, worse)
        if of_tissue:
            return _none(point, tissue, Reason.INERT, of_tissue[-1])
        return _none(point, tissue, Reason.OTHER_TISSUE if marked else Reason.NO_SAMPLE, *marked[-1:])

    def hsct_on(self) -> date | None:
        """The day of the latest transplant."""
        transplants = [start.on for start in self.series.course_starts if start.kind is CourseStart.HSCT]
        return max((day for day in transplants if day <= self.as_of), default=None)

    def is_transplanted_before_the_end(self) -> bool:
        """Whether the transplant came before the end of first-line treatment, or in its place."""
        end, on = self.series.end_of_treatment, self.hsct_on()
        return on is not None and (end is None or on <= end)

    def before_hsct(self) -> list[ResponseAt]:
        """The last evaluable marrow in the weeks before the latest transplant; none without one."""
        on = self.hsct_on()
        if on is None:
            return []
        since = on - timedelta(days=BEFORE_HSCT_DAYS)
        within = [each for each in self._marrow() if since <= each.sample.result.collected_on < on]
        return [self._last(TimePoint.BEFORE_HSCT, MARROW, within, Category.WARNING)]

    def end_of_treatment(self) -> ResponseAt:
        """The sample that the rule engine takes as that of the end of treatment."""
        point, chosen = TimePoint.END_OF_TREATMENT, end_of_treatment_sample(self.reading)
        if chosen is not None:
            return self._told(point, chosen, Category.HIGH_RISK)
        end = self.series.end_of_treatment
        inert = [each for each in self._marrow() if self._is_at_the_end(each)]
        if inert:
            return _none(point, MARROW, Reason.INERT, inert[-1])
        if end is None:
            return _none(point, MARROW, Reason.NO_END_OF_TREATMENT)
        over = self.as_of > end + timedelta(days=END_OF_TREATMENT_DAYS_AFTER)
        return _none(point, MARROW, Reason.NO_SAMPLE if over else Reason.NOT_YET)

    def follow_up(self, tissue: Tissue) -> ResponseAt:
        """The latest evaluable sample of a tissue after the end of treatment, in the present course."""
        point = TimePoint.FOLLOW_UP
        courses = self.reading.timeline.courses
        if courses and courses[-1][1] is CourseStart.HAEMATOLOGICAL_RELAPSE:
            return _none(point, tissue, Reason.HAEMATOLOGICAL_RELAPSE)
        end = self.series.end_of_treatment
        if end is not None and self.as_of < end:
            return _none(point, tissue, Reason.NOT_YET)
        since = self._follow_up_since(tissue)
        within = [
            each
            for each in self.reading.taken
            if each.sample.result.tissue is tissue
            and each.sample.timepoint is not Timepoint.AFTER_CYCLE_2
            and each.sample.day >= since
        ]
        return self._last(point, tissue, within, Category.RELAPSE_LEVEL)

    def _follow_up_since(self, tissue: Tissue) -> int:
        """The first day of follow-up: marrow after the end-of-treatment sample; all days where no end is recorded."""
        timeline, chosen = self.reading.timeline, end_of_treatment_sample(self.reading)
        first = timeline.end_of_treatment or 0
        if tissue is MARROW and chosen is not None:
            first = max(first, chosen.sample.day + 1)
        return max([first, *(day for day, _ in timeline.courses)])

    def _is_at_the_end(self, each: TakenSample) -> bool:
        end, sample = self.reading.timeline.end_of_treatment, each.sample
        if sample.timepoint is Timepoint.END_OF_TREATMENT:
            return True
        return end is not None and -END_OF_TREATMENT_DAYS_BEFORE <= sample.day - end <= END_OF_TREATMENT_DAYS_AFTER

    def _marrow(self) -> list[TakenSample]:
        return [each for each in self.reading.taken if each.sample.result.tissue is MARROW]

    def _last(self, point: TimePoint, tissue: Tissue, within: list[TakenSample], worse: Category) -> ResponseAt:
        """By the last evaluable sample; of its day the highest."""
        evaluable = [each for each in within if each.evaluable]
        if evaluable:
            day = evaluable[-1].sample.day
            return self._told(point, _highest([each for each in evaluable if each.sample.day == day]), worse)
        return _none(point, tissue, Reason.INERT if within else Reason.NO_SAMPLE, *within[-1:])

    def _told(self, point: TimePoint, taken: TakenSample, worse: Category) -> ResponseAt:
        """The category of an evaluable sample; `worse` is what a positive one is called at the time point."""
        if taken.sample_class is SampleClass.NEGATIVE:
            return _response(point, taken, Category.OPTIMAL, Reason.NEGATIVE, NEGATIVE_BELOW)
        if not self.series.marker.is_cbf:
            return self._npm1(point, taken, worse)
        if point is TimePoint.FOLLOW_UP:
            return self._cbf_follow_up(point, taken)
        return self._cbf_by_fall(point, taken, worse)

    def _npm1(self, point: TimePoint, taken: TakenSample, worse: Category) -> ResponseAt:
        threshold = self._positive_from(taken)
        if taken.sample_class is not SampleClass.POSITIVE:
            return _low_level(point, taken, threshold)
        value = taken.sample.result.pct_abl1
        urgent = worse is Category.HIGH_RISK and value is not None and value >= HSCT_URGENT_FROM.value
        return _response(point, taken, worse, Reason.FROM_LEVEL, threshold, hsct_urgently_indicated=urgent)

    def _cbf_by_fall(self, point: TimePoint, taken: TakenSample, worse: Category) -> ResponseAt:
        threshold, result = CBF_END_OF_TREATMENT_REDUCTION, taken.sample.result
        baseline = self.series.baseline_pct_abl1.get(result.tissue)
        if baseline is None:
            return _response(point, taken, Category.NOT_EVALUABLE, Reason.NO_BASELINE, threshold)
        level = result.pct_abl1 if result.pct_abl1 is not None else result.loq_pct_abl1
        fell = level is not None and fell_by_logs(baseline, level, int(threshold.value))
        if level is None or (result.pct_abl1 is None and not fell):
            return _response(point, taken, Category.NOT_EVALUABLE, Reason.NO_FALL_KNOWN, threshold)
        category, reason = (Category.OPTIMAL, Reason.FELL_ENOUGH) if fell else (worse, Reason.FELL_TOO_LITTLE)
        return _response(point, taken, category, reason, threshold, log10_reduction=log10_reduction(baseline, level))

    def _cbf_follow_up(self, point: TimePoint, taken: TakenSample) -> ResponseAt:
        """Positive only by conversion; without one a level is low if below 0.1 % or three logs under diagnosis."""
        threshold = self._positive_from(taken)
        if taken.sample_class is not SampleClass.POSITIVE:
            return _low_level(point, taken, threshold)
        if any(_is_part_of(taken.sample.result, episode) for episode in self.verdict.episodes):
            return _response(point, taken, Category.RELAPSE_LEVEL, Reason.CONVERTED, threshold)
        by_fall = self._cbf_by_fall(point, taken, Category.NOT_EVALUABLE)
        if by_fall.reason is Reason.FELL_ENOUGH:
            reduction = by_fall.log10_reduction
            fall = CBF_END_OF_TREATMENT_REDUCTION
            return _response(point, taken, Category.WARNING, Reason.FELL_ENOUGH, fall, log10_reduction=reduction)
        return _response(point, taken, Category.NOT_EVALUABLE, Reason.NO_CATEGORY, threshold)

    def _positive_from(self, taken: TakenSample) -> Threshold | None:
        levels = ELN2025.levels
        if not isinstance(levels, LevelsOfAbl1):
            return None
        return (levels.cbf if self.series.marker.is_cbf else levels.npm1)[taken.sample.result.tissue]


def _low_level(point: TimePoint, taken: TakenSample, threshold: Threshold | None) -> ResponseAt:
    quantified = taken.sample.result.pct_abl1 is not None
    reason = Reason.BELOW_LEVEL if quantified else Reason.UNQUANTIFIED
    return _response(point, taken, Category.WARNING, reason, threshold)


def _is_part_of(result: Result, episode: Episode) -> bool:
    """Whether a sample is the index of an episode or candidate, confirms it, or was taken while it was open."""
    if result.id in (episode.index, episode.confirmed_by):
        return True
    on, ended_on = result.collected_on, episode.ended_on
    return episode.number is not None and episode.relapse_on <= on and (ended_on is None or on < ended_on)


def _first(taken: list[TakenSample]) -> TakenSample | None:
    """The first; of its day the highest."""
    if not taken:
        return None
    return _highest([each for each in taken if each.sample.day == taken[0].sample.day])


def _highest(of_a_day: list[TakenSample]) -> TakenSample:
    return max(of_a_day, key=lambda each: (each.detected, each.sample.value or 0))


def _response(
    point: TimePoint,
    taken: TakenSample,
    category: Category,
    reason: Reason,
    threshold: Threshold | None,
    *,
    log10_reduction: Decimal | None = None,
    hsct_urgently_indicated: bool = False,
) -> ResponseAt:
    result = taken.sample.result
    return ResponseAt(
        point, result.tissue, category, reason, result, taken.sample_class, threshold, log10_reduction,
        hsct_urgently_indicated,
    )  # fmt: skip


def _none(point: TimePoint, tissue: Tissue, reason: Reason, taken: TakenSample | None = None) -> ResponseAt:
    """No category, with the sample that could not give one where there was such."""
    if taken is None:
        return ResponseAt(point, tissue, Category.NOT_EVALUABLE, reason)
    return ResponseAt(point, tissue, Category.NOT_EVALUABLE, reason, taken.sample.result, taken.sample_class)
