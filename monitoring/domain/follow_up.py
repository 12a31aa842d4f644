"""The follow-up of an open episode: response of each tissue, progression, rise, and the status that follows.

Source: docs/methods/rules.md, "Response within an episode" and "Episode status".
"""

from collections.abc import Iterable
from operator import attrgetter, itemgetter

from monitoring.domain.candidates import ONE_LOG, Part, blood_contradicts, rose_one_log
from monitoring.domain.episodes import EpisodeRecord, TissueResponse
from monitoring.domain.evidence import nadir_evidence, progression_evidence
from monitoring.domain.reading import Reading
from monitoring.domain.terms import EpisodeResponse, EpisodeStatus, FlagCode, SampleClass
from monitoring.domain.timeline import BLOOD, MARROW, Sample, TakenSample

_NEGATIVE = SampleClass.NEGATIVE
_NEGATIVITY = EpisodeResponse.NEGATIVITY


def respond_by_negative(reading: Reading, episode: EpisodeRecord, sample: Sample) -> None:
    """After the confirming day a NEGATIVE is a response; one of marrow answers for blood, unless blood contradicts."""
    if episode.confirmed_by is None or episode.confirmed_by.day >= sample.day:
        return
    _respond_by_negativity(reading, episode, sample.site, sample)
    if sample.site == MARROW and not blood_contradicts(reading, sample.day):
        _respond_by_negativity(reading, episode, BLOOD, sample)


def _respond_by_negativity(reading: Reading, episode: EpisodeRecord, site: int, sample: Sample) -> None:
    trail, response = reading.course.trails[site], episode.responses[site]
    if trail.detected_on < episode.index.day or (response is not None and response.kind is _NEGATIVITY):
        return
    episode.responses[site] = TissueResponse(_NEGATIVITY, sample)
    trail.restart(serves_from=sample.day)


def follow(reading: Reading, episode: EpisodeRecord, taken: TakenSample, of_the_day: Iterable[TakenSample]) -> Part:
    """Take a detected sample of a tissue that has not responded in the open episode."""
    sample = taken.sample
    treatment = _treatment(reading, episode, sample.day)
    reference = None if treatment is None else _reference(reading, episode, sample, treatment)
    if reference is not None and all(
        _fell_one_log(each.sample, reference)
        for each in of_the_day
        if each.detected and each.sample.site == sample.site and each.sample.key == sample.key
        if each is taken or _level_to_compare(each.sample) is not None
    ):
        response = TissueResponse(EpisodeResponse.REDUCTION, sample, reference, treatment)
        episode.responses[sample.site] = response
        reading.course.trails[sample.site].restart(serves_from=sample.day + 1)
        return Part.RESPONSE
    return _rise(reading, episode, sample, treatment, reference)


def _treatment(reading: Reading, episode: EpisodeRecord, day: int) -> int | None:
    """The start of the latest pre-emptive treatment from the index date on, before the day."""
    starts = [start for start in reading.timeline.treatments if episode.index.day <= start < day]
    return starts[-1] if starts else None


def _reference(reading: Reading, episode: EpisodeRecord, sample: Sample, treatment: int) -> Sample | None:
    """The last quantified sample of tissue and assay from index to treatment start, unless a NEGATIVE came last."""
    evaluated = reading.course.trails[sample.site].evaluated
    before = [taken for taken in evaluated if taken.sample.day <= treatment]
    if before and before[-1].sample_class is _NEGATIVE:
        return None
    for taken in reversed(before):
        earlier = taken.sample
        if earlier.day < episode.index.day:
            return None
        if taken.detected and earlier.key == sample.key and earlier.value is not None:
            return earlier
    return None


def _level_to_compare(sample: Sample) -> int | None:
    """The value; for an unquantified sample its limit of quantification, where given."""
    return sample.loq if sample.value is None else sample.value


def _fell_one_log(sample: Sample, reference: Sample) -> bool:
    level = _level_to_compare(sample)
    return level is not None and reference.value is not None and ONE_LOG * level <= reference.value


def _rise(
    reading: Reading, episode: EpisodeRecord, sample: Sample, treatment: int | None, reference: Sample | None
) -> Part:
    if sample.value is None:
        return Part.NONE
    if treatment is not None:
        lowest = lowest_since(reading, sample, treatment)
        over_reference = (
            reference is not None and reference.value is not None and sample.value >= ONE_LOG * reference.value
        )
        if over_reference or rose_one_log(sample, lowest):
            over = reference if over_reference else None
            because = progression_evidence(sample, over, lowest, treatment)
            reading.flag(FlagCode.PROGRESSION_ON_THERAPY, sample, because)
            return Part.RISE_FLAGGED
    lowest = lowest_since(reading, sample, episode.index.day)
    if lowest is not None and rose_one_log(sample, lowest):
        reading.flag(FlagCode.RISING_IN_EPISODE, sample, nadir_evidence(sample, lowest))
        return Part.RISE_FLAGGED
    return Part.NONE


def lowest_since(reading: Reading, sample: Sample, since: int, *, other_assays: bool = False) -> Sample | None:
    """The lowest floor-corrected quantified sample of the tissue from a day to before the sample's own day.

    Of the sample's assay_key, or of the other ones.
    """
    comparable = [
        (taken.sample.floor, taken.sample)
        for taken in reading.course.trails[sample.site].evaluated
        if taken.detected and taken.sample.floor is not None and taken.sample.day >= since
        if (taken.sample.key == sample.key) is not other_assays
    ]
    return min(comparable, key=itemgetter(0))[1] if comparable else None


def settle(reading: Reading, episode: EpisodeRecord, day: int) -> None:
    """Settle the status of the open episode, once per day, after all its samples."""
    if not any(episode.responses):
        return
    outstanding = any(
        trail.detected_on >= episode.index.day and response is None
        for trail, response in zip(reading.course.trails, episode.responses, strict=True)
    )
    if outstanding:
        episode.status = EpisodeStatus.PARTLY_RESPONDED
        return
    last = max((each.sample for each in episode.responses if each is not None), key=attrgetter("day"))
    treated = reading.timeline.treated_between(episode.index.day, last.day)
    status = EpisodeStatus.RESPONDED if treated else EpisodeStatus.REMITTED_UNTREATED
    episode.close(status, day, last)
    reading.course.episode = None
