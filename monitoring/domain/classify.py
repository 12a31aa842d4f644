"""The rule engine: one pure function from a series to the verdict of a rule set.

Source: docs/methods/rules.md.
"""

from collections.abc import Iterable
from datetime import date

from monitoring.domain import flags
from monitoring.domain.candidates import Part, close_by_event, close_by_negative, examine
from monitoring.domain.courses import Trail
from monitoring.domain.episode_evidence import episode_of
from monitoring.domain.follow_up import follow, respond_by_negative, settle
from monitoring.domain.reading import Reading, latest_evaluable
from monitoring.domain.rulesets import RULESETS, RuleSet
from monitoring.domain.series import Series
from monitoring.domain.terms import CourseStart, EpisodeStatus, FlagCode, RuleSetId, SampleClass
from monitoring.domain.timeline import Sample, TakenSample, Timeline, prepare
from monitoring.domain.verdicts import Flag, Verdict

# Rises whenever the same series and rule set could be given another verdict, or other evidence, than before.
ENGINE_VERSION = "1"

NO_EVALUABLE_SAMPLE = "NONE"

_LOW_LEVEL, _IGNORED = SampleClass.LOW_LEVEL, SampleClass.IGNORED
_HSCT = CourseStart.HSCT
_NO_PART, _INDEX, _CONFIRMING = Part.NONE, Part.INDEX, Part.CONFIRMING


def classify(series: Series, ruleset: RuleSet, as_of: date | None) -> Verdict:
    """Return the verdict of one rule set for a series as of a day; None takes every result and knows no overdue.

    Values in % of ABL1, dates of collection. Raises nothing for a well-formed series. Source: docs/methods/rules.md.
    """
    return _verdict(_read(prepare(series, as_of), ruleset))


def classify_all(
    series: Series, rulesets: Iterable[RuleSet] = tuple(RULESETS.values()), as_of: date | None = None
) -> dict[RuleSetId, Verdict]:
    """Return the verdicts of several rule sets for one series as of a day; as `classify`, prepared once.

    Two rule sets that differ only in the tissue that confirms share a verdict where that was never asked.
    """
    timeline = prepare(series, as_of)
    read: list[tuple[Reading, Verdict]] = []
    verdicts: dict[RuleSetId, Verdict] = {}
    for ruleset in rulesets:
        same = next((verdict for reading, verdict in read if reading.is_also_that_of(ruleset)), None)
        if same is None:
            reading = _read(timeline, ruleset)
            same = _verdict(reading)
            read.append((reading, same))
        else:
            same = Verdict(ruleset.id, same.state, same.samples, same.episodes, same.flags)
        verdicts[ruleset.id] = same
    return verdicts


def _read(timeline: Timeline, ruleset: RuleSet) -> Reading:
    reading = Reading(timeline, ruleset)
    _take_all(reading)
    _flag_series(reading)
    reading.records.sort(key=lambda record: (record.index.day, record.index.site))
    reading.flags.sort(key=lambda flag: flag.on or date.max)
    return reading


def _verdict(reading: Reading) -> Verdict:
    return Verdict(
        ruleset=reading.ruleset.id,
        state=_state(reading),
        samples=tuple([taken.classed for taken in reading.taken]),
        episodes=tuple([episode_of(record, reading) for record in reading.records]),
        flags=tuple(reading.flags),
    )


def _take_all(reading: Reading) -> None:
    """Take the samples day by day, begin the courses, let death close what is open."""
    courses = list(reading.timeline.courses)
    taken = reading.taken
    for day, first, end in reading.timeline.days:
        while courses and courses[0][0] <= day:  # a sample of the day itself belongs to the new course
            _begin_course(reading, *courses.pop(0))
        if end - first == 1:
            _take_alone(reading, taken[first])
        else:
            _take_day(reading, day, taken[first:end])
    for begun_on, kind in courses:
        _begin_course(reading, begun_on, kind)
    if reading.timeline.death is not None:
        close_by_event(reading, reading.timeline.death)


def _begin_course(reading: Reading, day: int, kind: CourseStart) -> None:
    close_by_event(reading, day)
    reading.begin_course(kind, day)


def _take_alone(reading: Reading, taken: TakenSample) -> None:
    """Do what `_take_day` does for the only sample of its day."""
    sample, course = taken.sample, reading.course
    trail = course.trails[sample.site]
    if taken.detected:
        trail.detected_on = sample.day
        _take_detected(reading, trail, taken, [taken])
    elif taken.evaluable:
        _take_negative(reading, trail, sample)
    elif taken.sample_class is not _IGNORED:
        flags.flag_inert(reading, sample)
    if course.episode is not None:
        settle(reading, course.episode, sample.day)
    trail.remember(taken)


def _take_day(reading: Reading, day: int, of_the_day: list[TakenSample]) -> None:
    course = reading.course
    trails = course.trails
    for taken in of_the_day:
        if taken.detected:
            trails[taken.sample.site].detected_on = day
    for taken in of_the_day:
        _take(reading, taken, of_the_day)
    if course.episode is not None:
        settle(reading, course.episode, day)
    for taken in of_the_day:
        trails[taken.sample.site].remember(taken)


def _take(reading: Reading, taken: TakenSample, of_the_day: list[TakenSample]) -> None:
    trail = reading.course.trails[taken.sample.site]
    if taken.detected:
        _take_detected(reading, trail, taken, of_the_day)
    elif taken.evaluable:
        _take_negative(reading, trail, taken.sample)
    elif taken.sample_class is not _IGNORED:
        flags.flag_inert(reading, taken.sample)


def _take_negative(reading: Reading, trail: Trail, sample: Sample) -> None:
    course, day = reading.course, sample.day
    flags.flag_assay(reading, trail, sample)
    if course.has_candidate():
        close_by_negative(reading, sample)
    if course.episode is not None:
        respond_by_negative(reading, course.episode, sample)
    reading.negative_on[sample.site] = day
    if day < reading.low_since:
        reading.low_since = day


def _take_detected(reading: Reading, trail: Trail, taken: TakenSample, of_the_day: list[TakenSample]) -> None:
    sample, course = taken.sample, reading.course
    episode = course.episode
    prior_negative = course.prior_negative(sample.site)
    flags.flag_assay(reading, trail, sample)
    if course.begun_by is _HSCT:
        flags.flag_after_transplant(reading, sample, prior_negative)
    if sample.value is None:
        reading.flag(FlagCode.UNQUANTIFIED, sample)
    in_episode = episode is not None and episode.responses[sample.site] is None
    if episode is not None and in_episode:
        part = follow(reading, episode, taken, of_the_day)
    else:
        part = examine(reading, taken, prior_negative)
    if episode is None and part is not _INDEX and part is not _CONFIRMING:
        flags.flag_high_level(reading, taken)
        flags.flag_after_limited(reading, sample, prior_negative)
    if part is _NO_PART:
        flags.flag_rise_across_assays(reading, sample, in_episode=in_episode)
    if reading.latest_episode is not None:
        flags.flag_response_lost(reading, sample, reading.latest_episode)
    trail.seen = True
    if taken.sample_class is _LOW_LEVEL and sample.day < reading.low_since:
        reading.low_since = sample.day


def _flag_series(reading: Reading) -> None:
    timeline = reading.timeline
    flags.flag_persistence(reading)
    flags.flag_end_of_treatment(reading)
    flags.flag_overdue(reading)
    if timeline.end_of_treatment is None:
        reading.flags.append(Flag(FlagCode.END_OF_TREATMENT_MISSING, None, None))
    if timeline.series.marker_lost:
        reading.flags.append(Flag(FlagCode.NPM1_LOSS_KNOWN, None, None))


def _state(reading: Reading) -> str:
    """The status of the open episode, else of an open candidate, else the class of the latest evaluable sample."""
    course = reading.course
    if course.episode is not None:
        return course.episode.status.value
    if course.has_candidate():
        return EpisodeStatus.SUSPECTED.value
    latest = latest_evaluable(reading.taken)
    return NO_EVALUABLE_SAMPLE if latest is None else latest.sample_class.value
