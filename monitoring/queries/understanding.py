"""What a typed measurement means before anything is written: the result, and its class by every rule set."""

import hashlib
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from monitoring import scope
from monitoring.domain.quantification import Quantification
from monitoring.domain.readings import Reading, measure
from monitoring.domain.results import Result
from monitoring.domain.terms import Timepoint, Tissue
from monitoring.models import Assay, Baseline, MrdSeries
from monitoring.queries.assays import settings_of
from monitoring.queries.series_inputs import read_current
from monitoring.queries.signing_effects import SigningEffect, effect_on

NOT_WRITTEN_YET = "not written yet"  # stands for the id of a result that has none


@dataclass(frozen=True, slots=True)
class SampleFacts:
    """What the rules need of a sample."""

    tissue: str
    collected_on: date
    timepoint: str


@dataclass(frozen=True, slots=True)
class Understood:
    """A measurement as it was understood; `effect` is None while tissue or day are missing."""

    marker: str
    reading: Reading
    measured: Quantification
    baseline_pct_abl1: Decimal | None
    facts: SampleFacts | None
    effect: SigningEffect | None

    @property
    def fingerprint(self) -> str:
        """What tells this understanding from any other: what is submitted is what was read back."""
        return hashlib.sha256(repr((self.reading, self.measured, self.facts)).encode()).hexdigest()


def understand(
    *,
    series: MrdSeries,
    assay: Assay,
    reading: Reading,
    facts: SampleFacts | None,
    replaces: int | None = None,
    now: datetime,
) -> Understood:
    """Return the result of a reading, with what it would be in its series; nothing is written. Raises as `measure`."""
    baselines = {Tissue(row.tissue): row.pct_abl1 for row in Baseline.objects.filter(series=series)}
    tissue = Tissue(facts.tissue) if facts else Tissue.BONE_MARROW
    known = baselines if facts else {}
    measured = measure(reading, settings_of(assay), series.mutation_type or None, known, tissue)
    effect = None if facts is None else _effect(series, assay, measured, facts, replaces, now)
    return Understood(series.marker, reading, measured, known.get(tissue), facts, effect)


def _effect(
    series: MrdSeries,
    assay: Assay,
    measured: Quantification,
    facts: SampleFacts,
    replaces: int | None,
    now: datetime,
) -> SigningEffect:
    with scope.including_patient(series.patient_id):
        (inputs,) = read_current([series.pk])
    result = Result(
        id=str(replaces) if replaces else NOT_WRITTEN_YET,
        collected_on=facts.collected_on,
        tissue=Tissue(facts.tissue),
        call=measured.call,
        pct_abl1=measured.pct_abl1,
        abl1_copies=measured.abl1_copies,
        lod_pct_abl1=measured.lod_pct_abl1,
        loq_pct_abl1=measured.loq_pct_abl1,
        assay_key=assay.assay_key,
        timepoint=Timepoint(facts.timepoint) if facts.timepoint else None,
    )
    return effect_on(inputs, result, now=now)
