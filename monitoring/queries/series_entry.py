"""A series of samples typed row by row: whose each is, what it means, and what keeps it from being submitted."""

import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from monitoring.domain.quantification import Quantification
from monitoring.domain.readings import Reading, measure
from monitoring.domain.results import Result
from monitoring.domain.terms import RuleSetId, SampleClass, Timepoint, Tissue
from monitoring.models import Assay, MrdResult, MrdSeries, Sample
from monitoring.models.choices import ResultStateChoice as State
from monitoring.queries.assays import settings_of
from monitoring.queries.series_inputs import SeriesInputs, read_current
from monitoring.queries.signing_effects import SigningEffect, effect_on
from monitoring.queries.understanding import NOT_WRITTEN_YET


class RowProblem(StrEnum):
    """What keeps a row from being submitted."""

    ACCESSION_MISSING = "ACCESSION_MISSING"
    ACCESSION_TWICE = "ACCESSION_TWICE"
    PATIENT_MISSING = "PATIENT_MISSING"
    PATIENT_UNKNOWN = "PATIENT_UNKNOWN"
    PATIENT_AMBIGUOUS = "PATIENT_AMBIGUOUS"
    SAMPLE_OF_ANOTHER = "SAMPLE_OF_ANOTHER"
    TISSUE_MISSING = "TISSUE_MISSING"
    TISSUE_DIFFERS = "TISSUE_DIFFERS"
    DAY_MISSING = "DAY_MISSING"
    DAY_DIFFERS = "DAY_DIFFERS"
    DAY_IN_FUTURE = "DAY_IN_FUTURE"
    DAY_BEFORE_BIRTH = "DAY_BEFORE_BIRTH"
    HAS_RESULT = "HAS_RESULT"


# Where on the row a problem is told.
CELL_OF = {
    RowProblem.ACCESSION_MISSING: "accession_number",
    RowProblem.ACCESSION_TWICE: "accession_number",
    RowProblem.HAS_RESULT: "accession_number",
    RowProblem.PATIENT_MISSING: "pseudonym",
    RowProblem.PATIENT_UNKNOWN: "pseudonym",
    RowProblem.PATIENT_AMBIGUOUS: "pseudonym",
    RowProblem.SAMPLE_OF_ANOTHER: "pseudonym",
    RowProblem.TISSUE_MISSING: "tissue",
    RowProblem.TISSUE_DIFFERS: "tissue",
    RowProblem.DAY_MISSING: "collected_on",
    RowProblem.DAY_DIFFERS: "collected_on",
    RowProblem.DAY_IN_FUTURE: "collected_on",
    RowProblem.DAY_BEFORE_BIRTH: "collected_on",
}


@dataclass(frozen=True, slots=True)
class TypedRow:
    """One row as it was typed; `reading` is None while its wells cannot be taken."""

    accession_number: str
    pseudonym: str
    tissue: str
    collected_on: date | None
    reading: Reading | None


@dataclass(frozen=True, slots=True)
class UnderstoodRow:
    """What a row means; `sample` is None for a tube that is taken in with it."""

    typed: TypedRow
    problems: tuple[RowProblem, ...]
    series: MrdSeries | None
    sample: Sample | None
    tissue: str
    collected_on: date | None
    measured: Quantification | None
    effect: SigningEffect | None

    @property
    def is_ready(self) -> bool:
        """Whether the row can be submitted."""
        return not self.problems and self.measured is not None and self.effect is not None

    @property
    def sample_class(self) -> SampleClass | None:
        """The class by the rule set that raises alerts at the patient's centre."""
        return None if self.effect is None else self.effect.alerting.sample_class

    @property
    def ruleset(self) -> RuleSetId | None:
        """The rule set of that class."""
        return None if self.effect is None else self.effect.alerting.ruleset

    @property
    def fingerprint(self) -> str:
        """What tells this row as it was read back from any other."""
        told = (self.typed, self.series and self.series.pk, self.sample and self.sample.pk, self.measured)
        return hashlib.sha256(repr(told).encode()).hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class _Records:
    """Everything on record that the rows of one series speak of, read at once."""

    samples: Mapping[str, Sample]
    series_of_patient: Mapping[int, MrdSeries]
    series_of_pseudonym: Mapping[str, Sequence[MrdSeries]]
    measured: frozenset[int]
    inputs: Mapping[int, SeriesInputs]


def understand_rows(rows: Sequence[TypedRow], assay: Assay, *, now: datetime) -> list[UnderstoodRow]:
    """Return what each row means by one assay, in a fixed number of queries; nothing is written."""
    records = _read(rows, assay)
    repeated = {number for number, count in Counter(row.accession_number for row in rows).items() if count > 1}
    return [_understand(row, assay, records, repeated, now) for row in rows]


def _read(rows: Sequence[TypedRow], assay: Assay) -> _Records:
    found = Sample.objects.filter(
        laboratory_id=assay.laboratory_id, accession_number__in=[row.accession_number for row in rows]
    ).select_related("laboratory", "patient__centre")
    samples = {sample.accession_number: sample for sample in found}
    followed = MrdSeries.objects.filter(marker=assay.marker).select_related("patient__centre")
    of_samples = followed.filter(patient_id__in={sample.patient_id for sample in samples.values()})
    of_patient = {series.patient_id: series for series in of_samples}
    of_pseudonym: dict[str, list[MrdSeries]] = defaultdict(list)
    for series in followed.filter(patient__pseudonym__in={row.pseudonym for row in rows if row.pseudonym}):
        of_pseudonym[series.patient.pseudonym].append(series)
    every = {one.pk for one in of_patient.values()} | {one.pk for many in of_pseudonym.values() for one in many}
    measured = (
        MrdResult.objects.filter(sample__in=[sample.pk for sample in samples.values()], assay=assay)
        .exclude(state=State.WITHDRAWN)
        .values_list("sample_id", flat=True)
    )
    inputs = {each.series_id: each for each in read_current(every)}
    return _Records(samples, of_patient, of_pseudonym, frozenset(measured), inputs)


def _understand(
    row: TypedRow, assay: Assay, records: _Records, repeated: Iterable[str], now: datetime
) -> UnderstoodRow:
    sample = records.samples.get(row.accession_number)
    series, problems = _whose(row, sample, records)
    tissue = sample.tissue if sample else row.tissue
    day = sample.collected_on if sample else row.collected_on
    problems += _facts(row, sample, series, now)
    if not row.accession_number:
        problems.insert(0, RowProblem.ACCESSION_MISSING)
    elif row.accession_number in repeated:
        problems.insert(0, RowProblem.ACCESSION_TWICE)
    if sample is not None and sample.pk in records.measured:
        problems.append(RowProblem.HAS_RESULT)
    measured = _measured(row, assay, series, tissue)
    effect = None
    if measured is not None and series is not None and tissue and day is not None:
        timepoint = sample.timepoint if sample else ""
        result = _as_result(measured, assay, tissue, day, timepoint)
        effect = effect_on(records.inputs[series.pk], result, now=now)
    return UnderstoodRow(row, tuple(problems), series, sample, tissue, day, measured, effect)


def _whose(row: TypedRow, sample: Sample | None, records: _Records) -> tuple[MrdSeries | None, list[RowProblem]]:
    """The series that a row belongs to: by its tube on record, else by the exact pseudonym."""
    if sample is not None:
        if row.pseudonym and row.pseudonym != sample.patient.pseudonym:
            return None, [RowProblem.SAMPLE_OF_ANOTHER]
        series = records.series_of_patient.get(sample.patient_id)
        return series, [] if series else [RowProblem.PATIENT_UNKNOWN]
    if not row.pseudonym:
        return None, [RowProblem.PATIENT_MISSING]
    found = records.series_of_pseudonym.get(row.pseudonym, ())
    if len(found) > 1:
        return None, [RowProblem.PATIENT_AMBIGUOUS]
    return (found[0], []) if found else (None, [RowProblem.PATIENT_UNKNOWN])


def _facts(row: TypedRow, sample: Sample | None, series: MrdSeries | None, now: datetime) -> list[RowProblem]:
    if sample is not None:
        differs = [
            (RowProblem.TISSUE_DIFFERS, row.tissue and row.tissue != sample.tissue),
            (RowProblem.DAY_DIFFERS, row.collected_on is not None and row.collected_on != sample.collected_on),
        ]
        return [problem for problem, holds in differs if holds]
    found = [] if row.tissue else [RowProblem.TISSUE_MISSING]
    if row.collected_on is None:
        return [*found, RowProblem.DAY_MISSING]
    if series is None:
        return found
    if row.collected_on > now.astimezone(series.patient.centre.zone).date():
        found.append(RowProblem.DAY_IN_FUTURE)
    if row.collected_on < series.patient.born_on:
        found.append(RowProblem.DAY_BEFORE_BIRTH)
    return found


def _measured(row: TypedRow, assay: Assay, series: MrdSeries | None, tissue: str) -> Quantification | None:
    if row.reading is None:
        return None
    # Of nobody yet: what the wells say is shown all the same, as if the assay fitted.
    mutation_type = (series.mutation_type or None) if series else assay.mutation_type or None
    # Copies and Cq need no level at diagnosis: only a value typed in per cent of it would.
    return measure(row.reading, settings_of(assay), mutation_type, {}, Tissue(tissue or Tissue.BONE_MARROW))


def _as_result(measured: Quantification, assay: Assay, tissue: str, day: date, timepoint: str) -> Result:
    return Result(
        id=NOT_WRITTEN_YET,
        collected_on=day,
        tissue=Tissue(tissue),
        call=measured.call,
        pct_abl1=measured.pct_abl1,
        abl1_copies=measured.abl1_copies,
        lod_pct_abl1=measured.lod_pct_abl1,
        loq_pct_abl1=measured.loq_pct_abl1,
        assay_key=assay.assay_key,
        timepoint=Timepoint(timepoint) if timepoint else None,
    )
