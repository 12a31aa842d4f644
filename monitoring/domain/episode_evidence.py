"""The episode as a verdict tells it, with everything it rests on."""

from decimal import Decimal

from monitoring.domain import evidence
from monitoring.domain.episodes import EpisodeRecord, Grounds, TissueResponse
from monitoring.domain.reading import Reading
from monitoring.domain.rulesets.guideline import PCT_BASELINE
from monitoring.domain.terms import Rule, Tissue
from monitoring.domain.timeline import TISSUES, Sample
from monitoring.domain.verdicts import Episode, Evidence


def episode_of(record: EpisodeRecord, reading: Reading) -> Episode:
    """Return a candidate or episode with its evidence."""
    index, confirmed_by = record.index, record.confirmed_by
    return Episode(
        kind=record.kind,
        rule=record.grounds.rule,
        status=record.status,
        number=record.number,
        tissue=index.tissue,
        relapse_on=index.collected_on,
        confirmed_on=None if confirmed_by is None else confirmed_by.collected_on,
        late=record.is_late,
        waived=record.waived,
        index=index.id,
        confirmed_by=None if confirmed_by is None else confirmed_by.id,
        response={
            tissue: response.kind
            for tissue, response in zip(TISSUES, record.responses, strict=True)
            if response is not None
        },
        because=_because(record, reading),
    )


def _because(record: EpisodeRecord, reading: Reading) -> tuple[Evidence, ...]:
    facts = [evidence.of_sample(evidence.INDEX, record.index), *_grounds(record.grounds, record.index)]
    baseline = _baseline_of_waiver(reading)
    if record.waived:
        facts += evidence.waiver_evidence(record.index, baseline)
    elif record.confirmed_by is not None:
        facts += _confirmation(record, record.confirmed_by, baseline)
    for tissue, response in zip(TISSUES, record.responses, strict=True):
        if response is not None:
            facts += _response(record, tissue, response)
    if record.ended_on is not None:
        facts += evidence.end_evidence(record.ended_on, record.ended_by)
    return tuple(facts)


def _grounds(grounds: Grounds, sample: Sample) -> tuple[Evidence, ...]:
    if grounds.rule is Rule.R1:
        return (evidence.negative_evidence(grounds.reference, sample, inherited=grounds.inherited),)
    return evidence.nadir_evidence(sample, grounds.reference)


def _confirmation(record: EpisodeRecord, sample: Sample, baseline: Decimal | None) -> tuple[Evidence, ...]:
    """The confirming sample and what it rests on: a rule of its own, its level, or the nadir before the index."""
    facts: tuple[Evidence, ...] = (evidence.of_sample(evidence.CONFIRMED_BY, sample, record.index),)
    if record.confirming_grounds is not None:
        facts += _grounds(record.confirming_grounds, sample)
    elif record.grounds.rule is Rule.R2 and sample.key == record.index.key and sample.site == record.index.site:
        facts += evidence.nadir_evidence(sample, record.grounds.reference)
    if record.confirmed_by_level:
        facts += evidence.waiver_evidence(sample, baseline)
    return facts


def _response(record: EpisodeRecord, tissue: Tissue, response: TissueResponse) -> tuple[Evidence, ...]:
    sample = response.sample
    facts = (evidence.of_sample(evidence.RESPONSE, sample, record.index, tissue),)
    if response.reference is None or response.treatment is None:
        return facts
    reference = evidence.reference_evidence(sample, response.reference)
    return facts + reference + evidence.treatment_evidence(response.treatment)


def _baseline_of_waiver(reading: Reading) -> Decimal | None:
    waiver = reading.ruleset.waiver
    if waiver is None or waiver.level.unit != PCT_BASELINE:
        return None
    return reading.timeline.series.baseline_pct_abl1.get(Tissue.BONE_MARROW)
