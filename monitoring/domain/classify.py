"""The rule engine: one pure function from a series to the verdict of a rule set.

Source: docs/methods/rules.md.
"""

from collections.abc import Iterable, Iterator
from datetime import date

from monitoring.domain import flags
from monitoring.domain.candidates import Part, close_by_event, close_by_negative, examine
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

_NEGATIVE, _LOW_LEVEL = SampleClass.NEGATIVE, SampleClass.LOW_LEVEL


def classify(series: Series, ruleset: RuleSet, as_of: date | None) -> Verdict:
    """Return the verdict of one rule set for a series as of a day; None takes every result and knows no overdue.

    Values in % of ABL1, dates of collection. Raises nothing for a well-formed series. Source: docs/methods/rules.md.
    """
    return _verdict(prepare(series, as_of), ruleset)


def classify_all(
    series: Series, rulesets: Iterable[RuleSet] = tuple(RULESETS.values()), as_of: date | None = None
) -> dict[RuleSetId, Verdict]:
    """Return the verdicts of several rule sets for one series as of a day; as `classify`, prepared once."""
    timeline = prepare(series, as_of)
    return {ruleset.id: _verdict(timeline, ruleset) for ruleset in rulesets}


def _verdict(timeline: Timeline, ruleset: RuleSet) -> Verdict:
    reading = Reading(timeline, ruleset)
    _read(reading)
    _flag_series(reading)
    reading.records.sort(key=lambda record: (record.index.day, record.index.site))
    reading.flags.sort(key=lambda flag: flag.on or date.max)
    return Verdict(
        ruleset=ruleset.id,
        state=_state(reading),
        samples=tuple([taken.classed for taken in reading.taken]),
        episodes=tuple([episode_of(record, reading) for record in reading.records]),
        flags=tuple(reading.flags),
    )


def _read(reading: Reading) -> None:
    """Take the samples day by day, begin the courses, let death close what is open."""
    courses = list(reading.timeline.courses)
    for day, of_the_day in _days(reading.taken):
        while courses and courses[0][0] <= day:  # a sample of the day itself belongs to the new course
            _begin_course(reading, *courses.pop(0))
        _take_day(reading, day, of_the_day)
    for begun_on, kind in courses:
        _begin_course(reading, begun_on, kind)
    if reading.timeline.death is not None:
        close_by_event(reading, reading.timeline.death)


def _days(taken: list[TakenSample]) -> Iterator[tuple[int, list[TakenSample]]]:
    of_the_day: list[TakenSample] = []
    for each in taken:
        if of_the_day and of_the_day[0].sample.day != each.sample.day:
            yield of_the_day[0].sample.day, of_the_day
            of_the_day = []
        of_the_day.append(each)
    if of_the_day:
        yield of_the_day[0].sample.day, of_the_day


def _begin_course(reading: Reading, day: int, kind: CourseStart) -> None:
    close_by_event(reading, day)
    reading.begin_course(kind, day)


def _take_day(reading: Reading, day: int, of_the_day: list[TakenSample]) -> None:
    trails = reading.course.trails
    for taken in of_the_day:
        if taken.detected:
            trails[taken.sample.site].detected_on = day
    for taken in of_the_day:
        _take(reading, taken, of_the_day)
    if reading.course.episode is not None:
        settle(reading, reading.course.episode, day)
    for taken in of_the_day:
        trails[taken.sample.site].remember(taken)


def _take(reading: Reading, taken: TakenSample, of_the_day: list[TakenSample]) -> None:
    if taken.detected:
        _take_detected(reading, taken, of_the_day)
    elif taken.sample_class is _NEGATIVE:
        _take_negative(reading, taken.sample)
    elif taken.sample_class is not SampleClass.IGNORED:
        flags.flag_inert(reading, taken.sample)


def _take_negative(reading: Reading, sample: Sample) -> None:
    flags.flag_assay(reading, sample)
    if any(reading.course.candidates):
        close_by_negative(reading, sample)
    if reading.course.episode is not None:
        respond_by_negative(reading, reading.course.episode, sample)
    reading.negative_on[sample.site] = sample.day
    reading.low_since = min(reading.low_since, sample.day)


def _take_detected(reading: Reading, taken: TakenSample, of_the_day: list[TakenSample]) -> None:
    sample, course = taken.sample, reading.course
    episode = course.episode
    prior_negative = course.prior_negative(sample.site)
    flags.flag_assay(reading, sample)
    flags.flag_after_transplant(reading, sample, prior_negative)
    if sample.value is None:
        reading.flag(FlagCode.UNQUANTIFIED, sample)
    in_episode = episode is not None and episode.responses[sample.site] is None
    if episode is not None and in_episode:
        part = follow(reading, episode, taken, of_the_day)
    else:
        part = examine(reading, taken, prior_negative)
    if episode is None:
        flags.flag_high_level(reading, taken, part)
        flags.flag_after_limited(reading, sample, part, prior_negative)
    if part is Part.NONE:
        flags.flag_rise_across_assays(reading, sample, in_episode=in_episode)
    flags.flag_response_lost(reading, sample)
    course.trails[sample.site].seen = True
    if taken.sample_class is _LOW_LEVEL:
        reading.low_since = min(reading.low_since, sample.day)


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
    if any(course.candidates):
        return EpisodeStatus.SUSPECTED.value
    latest = latest_evaluable(reading.taken)
    return NO_EVALUABLE_SAMPLE if latest is None else latest.sample_class.value
