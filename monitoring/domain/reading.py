"""One rule set reading one series: where it stands, and what it has found so far."""

from datetime import date

from monitoring.domain.courses import BEFORE_ALL_DAYS, Course
from monitoring.domain.episodes import EpisodeRecord
from monitoring.domain.rulesets.guideline import Confirmation, RuleSet, ScaledLimit
from monitoring.domain.terms import CourseStart, EpisodeStatus, FlagCode, SampleClass
from monitoring.domain.timeline import MARROW, TISSUES, UNDETECTED, Sample, TakenSample, Timeline
from monitoring.domain.verdicts import Evidence, Flag

NEVER = 10**9  # later than the ordinal of every day

OWN_RULE = Confirmation.OWN_RULE

_NEGATIVE, _LOW_LEVEL, _POSITIVE = SampleClass.NEGATIVE, SampleClass.LOW_LEVEL, SampleClass.POSITIVE
_DETECTED, _IGNORED = SampleClass.DETECTED, SampleClass.IGNORED


class Limits:
    """The levels of a rule set on the whole-number scale of one series, by tissue where they differ."""

    __slots__ = ("negative_below", "one_sample_suffices_from", "positive_from", "reads")

    def __init__(self, ruleset: RuleSet, timeline: Timeline) -> None:
        marker, baseline, denominator = timeline.series.marker, timeline.baseline, timeline.denominator
        self.reads = tuple(tissue in ruleset.tissues for tissue in TISSUES)
        self.positive_from = tuple(
            ruleset.levels.positive_from(marker, tissue, baseline, denominator) for tissue in TISSUES
        )
        self.negative_below: ScaledLimit = None
        if ruleset.negative_below is not None:
            self.negative_below = ruleset.negative_below.scaled(denominator)
        self.one_sample_suffices_from: ScaledLimit = None
        if ruleset.waiver is not None:
            self.one_sample_suffices_from = ruleset.waiver.suffices_from(marker, baseline, denominator)

    def take(self, sample: Sample) -> TakenSample:
        """Return a sample that every rule set has to class on its own, with its class: ignored, or by its level."""
        if not self.reads[sample.site]:
            return TakenSample(sample, _IGNORED)
        return TakenSample(sample, self._class_of_level(sample, sample.value or 0))

    def _class_of_level(self, sample: Sample, level: int) -> SampleClass:
        if self.negative_below is not None and level < self.negative_below and sample.proves_negative():
            return _NEGATIVE
        positive_from = self.positive_from[sample.site]
        if positive_from is None:
            return _DETECTED
        return _POSITIVE if level >= positive_from else _LOW_LEVEL

    def equal(self, other: "Limits") -> bool:
        """Whether all levels are the same."""
        return (self.reads, self.positive_from, self.negative_below, self.one_sample_suffices_from) == (
            other.reads, other.positive_from, other.negative_below, other.one_sample_suffices_from
        )  # fmt: skip

    def one_sample_suffices(self, sample: Sample) -> bool:
        """Whether the level of the sample satisfies the waiver of confirmation."""
        level = self.one_sample_suffices_from
        return level is not None and sample.value is not None and sample.value >= level


class Reading:
    """The state while the samples are taken one after another."""

    __slots__ = (
        "confirmed",
        "course",
        "flags",
        "latest_episode",
        "limits",
        "low_since",
        "negative_on",
        "other_tissue_asked",
        "records",
        "ruleset",
        "taken",
        "timeline",
    )

    def __init__(self, timeline: Timeline, ruleset: RuleSet) -> None:
        self.timeline = timeline
        self.ruleset = ruleset
        self.limits = Limits(ruleset, timeline)
        self.taken = self._take_all()
        self.course = Course()
        self.records: list[EpisodeRecord] = []
        self.flags: list[Flag] = []
        self.confirmed = 0
        self.latest_episode: EpisodeRecord | None = None
        self.low_since = NEVER  # day of the first NEGATIVE or LOW_LEVEL sample, of any course
        # day of the last NEGATIVE of each tissue, of any course
        self.negative_on = [BEFORE_ALL_DAYS, BEFORE_ALL_DAYS]
        self.other_tissue_asked = False  # whether it mattered if a sample of the other tissue confirms

    def _take_all(self) -> list[TakenSample]:
        """The samples with their classes; rule sets with the same levels share them."""
        levels = (self.limits.reads, self.limits.positive_from, self.limits.negative_below)
        shared = self.timeline.taken.get(levels)
        if shared is not None:
            return shared
        take, reads = self.limits.take, self.limits.reads
        taken = [
            fixed if fixed is not None and reads[sample.site] else take(sample)
            for sample, fixed in zip(self.timeline.samples, self.timeline.fixed, strict=True)
        ]
        if self.timeline.tied and any(map(_is_displaced, taken)):
            taken.sort(key=_place)
        self.timeline.taken[levels] = taken
        return taken

    def lets_other_tissue_confirm(self) -> bool:
        """Whether a sample of the other tissue confirms a conversion; asked only where that decides."""
        self.other_tissue_asked = True
        return self.ruleset.confirmation is Confirmation.EITHER_TISSUE

    def is_also_that_of(self, ruleset: RuleSet) -> bool:
        """Whether another rule set, with the same rules but for the tissue that confirms, reads exactly the same."""
        if self.other_tissue_asked or OWN_RULE in (self.ruleset.confirmation, ruleset.confirmation):
            return False
        return _rules(self.ruleset) == _rules(ruleset) and Limits(ruleset, self.timeline).equal(self.limits)

    def begin_course(self, kind: CourseStart, day: int) -> None:
        """Leave the course behind: its candidates are closed, its episode keeps its status but is no longer open."""
        if self.course.episode is not None:
            self.course.episode.end(day)
        self.course = self.course.followed_by(kind, day)

    def flag(self, code: FlagCode, sample: Sample, because: tuple[Evidence, ...] = ()) -> None:
        """Flag a sample, with the values it was compared with."""
        self.flags.append(Flag(code, date.fromordinal(sample.day), sample.id, TISSUES[sample.site], because))

    def is_before_end_of_treatment(self, day: int) -> bool:
        """Whether a day lies before the end of first-line treatment; where none is recorded, none does."""
        end = self.timeline.end_of_treatment
        return end is not None and day < end

    def confirm(self, record: EpisodeRecord, by: Sample) -> None:
        """Make a candidate the open episode and close every other candidate as ABSORBED."""
        course = self.course
        if course.episode is not None:  # partly responded: it keeps its status and is no longer the open one
            course.episode.end(by.day, by)
        self.confirmed += 1
        record.number = self.confirmed
        record.status = EpisodeStatus.CONFIRMED
        record.confirmed_by = by
        for other in course.candidates:
            if other is not None and other is not record:
                other.close(EpisodeStatus.ABSORBED, by.day, by)
        course.candidates = [None, None]
        course.episode = record
        self.latest_episode = record

    def status_unconfirmed(self, record: EpisodeRecord, day: int) -> EpisodeStatus:
        """The status of a candidate that closes without confirmation on a day."""
        if self.timeline.treated_between(record.index.day, day):
            return EpisodeStatus.TREATED_UNCONFIRMED
        return EpisodeStatus.NOT_CONFIRMED


def _rules(ruleset: RuleSet) -> tuple[object, ...]:
    """Everything that decides a verdict, but for the levels and the tissue that confirms."""
    return (
        ruleset.tissues, ruleset.only_positive_triggers, ruleset.refuted_by_any_sample, ruleset.waiver,
        ruleset.rise_is_progression, ruleset.own_flags, ruleset.cbf_end_of_treatment_reduction,
    )  # fmt: skip


def _is_displaced(taken: TakenSample) -> bool:
    """Whether a call DETECTED is not taken as such: a tissue that is not read, a value so low that it is NEGATIVE."""
    return not taken.detected and not taken.sample.place[UNDETECTED]


def _place(taken: TakenSample) -> tuple[object, ...]:
    place = taken.sample.place
    return (*place[:UNDETECTED], not taken.detected, *place[UNDETECTED + 1 :])


def latest_evaluable(taken: list[TakenSample]) -> TakenSample | None:
    """The last evaluable sample; of one day marrow before blood, detected before others, the highest value."""
    best = None
    for each in reversed(taken):
        if not each.evaluable:
            continue
        if best is not None and each.sample.day < best.sample.day:
            break
        if best is None or _stands_for_day(each) > _stands_for_day(best):
            best = each
    return best


def _stands_for_day(taken: TakenSample) -> tuple[bool, bool, int]:
    return (taken.sample.site == MARROW, taken.detected, taken.sample.value or 0)
