"""Candidates: which sample suspects a molecular relapse, which later one confirms or refutes it.

Source: docs/methods/rules.md, "R1 and R2", "Confirmation" and "Trigger".
"""

from enum import Enum, auto

from monitoring.domain.episodes import EpisodeRecord, Grounds
from monitoring.domain.evidence import nadir_evidence
from monitoring.domain.reading import Reading
from monitoring.domain.rulesets.guideline import Confirmation
from monitoring.domain.terms import EpisodeKind, EpisodeStatus, FlagCode, Rule, SampleClass
from monitoring.domain.timeline import BLOOD, MARROW, Sample, TakenSample

# One log10: R2 compares with ten times the nadir, exactly.
ONE_LOG = 10
# Days before a marrow NEGATIVE within which detected blood contradicts it for the blood.
BLOOD_CONTRADICTS_DAYS = 28

_POSITIVE = SampleClass.POSITIVE
_R1, _R2 = Rule.R1, Rule.R2
_OWN_RULE = Confirmation.OWN_RULE
_RELAPSE, _PROGRESSION = EpisodeKind.MOLECULAR_RELAPSE, EpisodeKind.MOLECULAR_PROGRESSION


class Part(Enum):
    """What part a detected sample plays; at most one."""

    NONE = auto()
    INDEX = auto()
    CONFIRMING = auto()
    RESPONSE = auto()
    RISE_FLAGGED = auto()


_NO_PART, _INDEX, _CONFIRMING, _RISE_FLAGGED = Part.NONE, Part.INDEX, Part.CONFIRMING, Part.RISE_FLAGGED


def rose_one_log(sample: Sample, lowest: Sample | None) -> bool:
    """Whether the raw value is at least ten times a floor-corrected one; False where either is missing."""
    if lowest is None or lowest.floor is None or sample.value is None:
        return False
    return sample.value >= ONE_LOG * lowest.floor


def grounds_of(reading: Reading, taken: TakenSample, prior_negative: Sample | None) -> Grounds | None:
    """R1, else R2, if the sample fulfils one of them under the rule set."""
    if reading.ruleset.only_positive_triggers and taken.sample_class is not _POSITIVE:
        return None
    sample, course = taken.sample, reading.course
    if prior_negative is not None:
        return Grounds(_R1, prior_negative, inherited=prior_negative.day < course.begun_on)
    nadir = course.trails[sample.site].nadirs.get(sample.key)
    if nadir is not None and rose_one_log(sample, nadir):
        return Grounds(_R2, nadir)
    return None


def examine(reading: Reading, taken: TakenSample, prior_negative: Sample | None) -> Part:
    """Take a detected sample where no episode is open for its tissue: confirm, else refute, else trigger."""
    sample, course = taken.sample, reading.course
    grounds = grounds_of(reading, taken, prior_negative)
    on_therapy = grounds is not None and grounds.rule is _R2 and reading.is_before_end_of_treatment(sample.day)
    counting = None if on_therapy else grounds
    if course.has_candidate():
        if _confirm(reading, sample, counting):
            return _CONFIRMING
        _refute(reading, sample)
        if course.candidates[sample.site] is not None:
            return _NO_PART
    if on_therapy and grounds is not None:
        reading.flag(FlagCode.RISING_ON_THERAPY, sample, nadir_evidence(sample, grounds.reference))
        return _RISE_FLAGGED
    if counting is None:
        return _NO_PART
    _trigger(reading, sample, counting)
    return _INDEX


def _confirm(reading: Reading, sample: Sample, grounds: Grounds | None) -> bool:
    confirmed = [
        candidate
        for candidate in reading.course.candidates
        if candidate is not None and candidate.index.day < sample.day and _confirms(reading, candidate, sample, grounds)
    ]
    if not confirmed:
        return False
    record = min(confirmed, key=lambda candidate: (candidate.index.day, candidate.index.site))
    if reading.ruleset.confirmation is _OWN_RULE:
        record.confirming_grounds = grounds
    record.confirmed_by_level = reading.limits.one_sample_suffices(sample)
    reading.confirm(record, by=sample)
    return True


def _confirms(reading: Reading, candidate: EpisodeRecord, sample: Sample, grounds: Grounds | None) -> bool:
    if reading.limits.one_sample_suffices(sample):
        return True
    way, index = reading.ruleset.confirmation, candidate.index
    if way is _OWN_RULE:
        return grounds is not None
    same_tissue = sample.site == index.site
    if candidate.grounds.rule is _R1:
        return same_tissue or (not candidate.other_tissue_was_detected and reading.lets_other_tissue_confirm())
    return same_tissue and sample.key == index.key and rose_one_log(sample, candidate.grounds.reference)


def _refute(reading: Reading, sample: Sample) -> None:
    """Close the earlier candidate of the sample's own tissue, unless another assay leaves its rise undecided."""
    candidate = reading.course.candidates[sample.site]
    if candidate is None or candidate.index.day >= sample.day:
        return
    comparable = candidate.grounds.rule is _R2 and candidate.index.key == sample.key
    if reading.ruleset.refuted_by_any_sample or comparable:
        candidate.close(reading.status_unconfirmed(candidate, sample.day), sample.day, sample)
        reading.course.candidates[sample.site] = None


def _trigger(reading: Reading, sample: Sample, grounds: Grounds) -> None:
    course = reading.course
    other = course.trails[BLOOD if sample.site == MARROW else MARROW]
    record = EpisodeRecord(
        sample, grounds, _kind(reading, sample, grounds), other_tissue_was_detected=other.was_last_detected()
    )
    reading.records.append(record)
    if reading.limits.one_sample_suffices(sample):
        record.waived = True
        reading.confirm(record, by=sample)
    else:
        course.candidates[sample.site] = record


def _kind(reading: Reading, sample: Sample, grounds: Grounds) -> EpisodeKind:
    if grounds.rule is _R1:
        return _RELAPSE
    positive_from = reading.limits.positive_from[sample.site]
    nadir = grounds.reference.floor
    below = positive_from is not None and nadir is not None and nadir < positive_from
    if below and not reading.ruleset.rise_is_progression:
        return _RELAPSE
    return _PROGRESSION


def blood_contradicts(reading: Reading, day: int) -> bool:
    """Whether blood was detected on the day of a marrow NEGATIVE or in the 28 days before it."""
    return reading.course.trails[BLOOD].detected_on >= day - BLOOD_CONTRADICTS_DAYS


def close_by_negative(reading: Reading, sample: Sample) -> None:
    """Close the earlier candidate of the NEGATIVE's tissue; with marrow that of blood too, unless blood contradicts."""
    sites = [sample.site]
    if sample.site == MARROW and not blood_contradicts(reading, sample.day):
        sites.append(BLOOD)
    candidates = reading.course.candidates
    for site in sites:
        candidate = candidates[site]
        if candidate is not None and candidate.index.day < sample.day:
            candidate.close(reading.status_unconfirmed(candidate, sample.day), sample.day, sample)
            candidates[site] = None


def close_by_event(reading: Reading, day: int) -> None:
    """A course start or death closes every open candidate."""
    for candidate in reading.course.candidates:
        if candidate is not None:
            candidate.close(EpisodeStatus.CLOSED_BY_EVENT, day)
    reading.course.candidates = [None, None]
