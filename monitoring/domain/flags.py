"""What else a rule set has to say about a sample or the series.

Source: docs/methods/rules.md, "Flags".
"""

from monitoring.domain.candidates import ONE_LOG, rose_one_log
from monitoring.domain.courses import Trail
from monitoring.domain.episodes import EpisodeRecord
from monitoring.domain.evidence import (
    LIMITED_NEGATIVE,
    NEGATIVE,
    baseline_evidence,
    nadir_evidence,
    negative_evidence,
    reference_evidence,
)
from monitoring.domain.follow_up import lowest_since
from monitoring.domain.reading import Reading
from monitoring.domain.terms import Call, EpisodeResponse, FlagCode, SampleClass, Timepoint, Tissue
from monitoring.domain.timeline import BLOOD, MARROW, Sample, TakenSample

# Days after HSCT up to which a detected sample may still clear.
EARLY_AFTER_HSCT_DAYS = 100
# Where no sample is marked as end of treatment: days around it within which the first one stands for it.
END_OF_TREATMENT_DAYS_BEFORE = 14
END_OF_TREATMENT_DAYS_AFTER = 60
# A response by reduction is lost from half of the value before treatment on: twice the level reaches it.
RESPONSE_LOST_FACTOR = 2
# Days before `as_of` after which an open candidate is overdue; ELN: confirmation within 4 weeks.
CONFIRMATION_OVERDUE_DAYS = 28

_POSITIVE = SampleClass.POSITIVE
_CALL_DETECTED, _INDETERMINATE, _UNKNOWN = Call.DETECTED, Call.INDETERMINATE, Call.UNKNOWN
_REPEAT_SAMPLE, _HIGH_LEVEL = FlagCode.REPEAT_SAMPLE, FlagCode.HIGH_LEVEL
_PERSISTENCE, _EOT_POSITIVE = FlagCode.PERSISTENCE, FlagCode.EOT_POSITIVE
_END_OF_TREATMENT = Timepoint.END_OF_TREATMENT


def flag_inert(reading: Reading, sample: Sample) -> None:
    """Inert is not silent: repeat, and say where the target was seen."""
    call = sample.call
    reading.flag(_REPEAT_SAMPLE, sample)
    if call is _UNKNOWN:
        reading.flag(FlagCode.REVIEW_VALUE, sample)
    if call is _CALL_DETECTED:
        reading.flag(FlagCode.TARGET_SEEN_INADEQUATE, sample)
    elif call is _INDETERMINATE:
        negative = reading.course.prior_negative(sample.site)
        if negative is not None:
            inherited = negative.day < reading.course.begun_on
            because = (negative_evidence(negative, sample, inherited=inherited),)
            reading.flag(FlagCode.TARGET_SEEN_INADEQUATE, sample, because)


def flag_assay(reading: Reading, trail: Trail, sample: Sample) -> None:
    """ASSAY_CHANGED against the evaluable sample of the tissue taken before it in the course."""
    if trail.previous is not None and trail.previous.key != sample.key:
        reading.flag(FlagCode.ASSAY_CHANGED, sample)
    trail.previous = sample


def flag_after_transplant(reading: Reading, sample: Sample, prior_negative: Sample | None) -> None:
    """Flags of a detected sample in a course begun by HSCT."""
    course = reading.course
    if prior_negative is None and not course.trails[sample.site].seen:
        reading.flag(FlagCode.POST_HSCT_POSITIVE, sample)
    if sample.day - course.begun_on <= EARLY_AFTER_HSCT_DAYS:
        reading.flag(FlagCode.EARLY_POST_HSCT, sample)


def flag_high_level(reading: Reading, taken: TakenSample) -> None:
    """HIGH_LEVEL: POSITIVE outside an episode, neither index nor confirming, after treatment or after better times."""
    sample = taken.sample
    if taken.sample_class is not _POSITIVE or _HIGH_LEVEL not in reading.ruleset.own_flags:
        return
    if not reading.is_before_end_of_treatment(sample.day) or reading.low_since < sample.day:
        reading.flag(_HIGH_LEVEL, sample)


def flag_after_limited(reading: Reading, sample: Sample, prior_negative: Sample | None) -> None:
    """DETECTED_AFTER_LIMITED: first detected where one last looked with less than certainty, or in the other tissue.

    Asked only of a sample that is neither index nor confirming.
    """
    course = reading.course
    own, other = (course.trails[sample.site], course.trails[BLOOD if sample.site == MARROW else MARROW])
    if own.detected_before or prior_negative is not None or course.candidates[sample.site] is not None:
        return
    looks = [look for look in (own.limited_negative, other.limited_negative, other.negative) if look is not None]
    if looks:
        last = max(looks, key=lambda look: look.day)
        fact = LIMITED_NEGATIVE if last in (own.limited_negative, other.limited_negative) else NEGATIVE
        inherited = last.day < course.begun_on
        because = (negative_evidence(last, sample, fact, inherited=inherited),)
        reading.flag(FlagCode.DETECTED_AFTER_LIMITED, sample, because)


def flag_rise_across_assays(reading: Reading, sample: Sample, *, in_episode: bool) -> None:
    """RISE_ACROSS_ASSAYS: one log above what another assay measured; asked only of a sample without any other part."""
    course = reading.course
    if in_episode and course.episode is not None:
        lowest = lowest_since(reading, sample, course.episode.index.day, other_assays=True)
    elif course.candidates[sample.site] is None:
        lowest = _nadir_of_other_assays(reading, sample)
    else:
        return
    if lowest is not None and rose_one_log(sample, lowest):
        reading.flag(FlagCode.RISE_ACROSS_ASSAYS, sample, nadir_evidence(sample, lowest))


def _nadir_of_other_assays(reading: Reading, sample: Sample) -> Sample | None:
    nadirs = reading.course.trails[sample.site].nadirs
    others = [(nadir.floor, nadir) for key, nadir in nadirs.items() if key != sample.key and nadir.floor is not None]
    return min(others, key=lambda each: each[0])[1] if others else None


def flag_response_lost(reading: Reading, sample: Sample, episode: EpisodeRecord) -> None:
    """RESPONSE_LOST: half the value before treatment is reached again after a reduction without a NEGATIVE since."""
    response = episode.responses[sample.site]
    if response is None or response.kind is not EpisodeResponse.REDUCTION:
        return
    reference, answered_on = response.reference, response.sample.day
    if reference is None or reference.value is None or sample.value is None or reference.key != sample.key:
        return
    unbroken = reading.negative_on[sample.site] < answered_on < sample.day
    if unbroken and RESPONSE_LOST_FACTOR * sample.value >= reference.value:
        reading.flag(FlagCode.RESPONSE_LOST, sample, reference_evidence(sample, reference))


def flag_persistence(reading: Reading) -> None:
    """PERSISTENCE: the first evaluable marrow sample on or after the end of treatment is detected."""
    if _PERSISTENCE not in reading.ruleset.own_flags:
        return
    for taken in reading.taken:
        sample = taken.sample
        if taken.evaluable and sample.site == MARROW and not reading.is_before_end_of_treatment(sample.day):
            if taken.detected:
                reading.flag(_PERSISTENCE, sample)
            return


def flag_end_of_treatment(reading: Reading) -> None:
    """EOT_POSITIVE: the end-of-treatment sample is POSITIVE, or its reduction since diagnosis too small."""
    if _EOT_POSITIVE not in reading.ruleset.own_flags:
        return
    taken = end_of_treatment_sample(reading)
    if taken is None or not taken.detected:
        return
    reduction = reading.ruleset.cbf_end_of_treatment_reduction
    if reduction is None or not reading.timeline.series.marker.is_cbf:
        if taken.sample_class is _POSITIVE:
            reading.flag(_EOT_POSITIVE, taken.sample)
        return
    baseline, value = reading.timeline.baseline, taken.sample.value
    if baseline is None or value is None or value * ONE_LOG ** int(reduction.value) <= baseline:
        return
    pct_abl1 = taken.sample.pct_abl1
    at_diagnosis = reading.timeline.series.baseline_pct_abl1.get(Tissue.BONE_MARROW)
    if pct_abl1 is not None and at_diagnosis is not None:
        because = baseline_evidence(pct_abl1, at_diagnosis, Tissue.BONE_MARROW)
        reading.flag(_EOT_POSITIVE, taken.sample, because)


def end_of_treatment_sample(reading: Reading) -> TakenSample | None:
    """Return the first evaluable marrow sample marked so, else the first around the end; of its day the highest.

    None where there is none. Source: docs/methods/rules.md, "Flags" (EOT_POSITIVE).
    """
    marrow = [taken for taken in reading.taken if taken.evaluable and taken.sample.site == MARROW]
    chosen = [taken for taken in marrow if taken.sample.timepoint is _END_OF_TREATMENT]
    end = reading.timeline.end_of_treatment
    if not chosen and end is not None:
        first, last = (end - END_OF_TREATMENT_DAYS_BEFORE, end + END_OF_TREATMENT_DAYS_AFTER)
        chosen = [taken for taken in marrow if first <= taken.sample.day <= last]
    if not chosen:
        return None
    day = chosen[0].sample.day
    of_its_day = [taken for taken in chosen if taken.sample.day == day]
    return max(of_its_day, key=lambda taken: (taken.detected, taken.sample.value or 0))


def flag_overdue(reading: Reading) -> None:
    """CONFIRMATION_OVERDUE: a candidate is still open more than 28 days before `as_of`."""
    as_of = reading.timeline.as_of
    if as_of is None:
        return
    for candidate in reading.course.candidates:
        if candidate is not None and as_of.toordinal() - candidate.index.day > CONFIRMATION_OVERDUE_DAYS:
            reading.flag(FlagCode.CONFIRMATION_OVERDUE, candidate.index)
