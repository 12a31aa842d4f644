"""For whom a result is entered: the patient by exact pseudonym or accession number, what is followed, which assays."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, time

from django.db.models import QuerySet

from monitoring.models import Assay, MrdResult, MrdSeries, Patient, Sample
from monitoring.models.choices import ResultStateChoice as State

FOUND_AT_MOST = 20  # series; one pseudonym at several centres, each with a few markers


@dataclass(frozen=True, slots=True)
class Subject:
    """A followed marker of one patient: enough to be sure who it is, without a name."""

    series_id: int
    patient_id: int
    pseudonym: str
    centre: str
    born_on: date
    sex: str
    marker: str
    mutation_type: str
    time_zone: str
    baselines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class AssayOffered:
    """An assay that measures the marker in one of the person's laboratories."""

    assay_id: int
    laboratory_id: int
    name: str
    version: str
    laboratory: str
    mutation_type: str


@dataclass(frozen=True, slots=True)
class KnownSample:
    """A sample on record, as it was taken in."""

    sample_id: int
    patient_id: int
    laboratory_id: int
    accession_number: str
    tissue: str
    collected_on: date
    collected_time: time | None
    received_on: date | None
    timepoint: str
    first_pull: bool | None
    anticoagulant: str
    hours_to_lysis: int | None
    haemodilution_noted: bool
    quality_note: str


@dataclass(frozen=True, slots=True)
class OpenResult:
    """A result that a sample has already."""

    result_id: int
    state: str
    version: int


def subject(series_id: int) -> Subject | None:
    """Return a followed marker by its number; None where this person sees none."""
    return next(iter(_subjects(MrdSeries.objects.filter(pk=series_id))), None)


def find_by_pseudonym(pseudonym: str) -> list[Subject]:
    """Return what is followed in the patients of exactly this pseudonym, among those that this person sees."""
    return _subjects(MrdSeries.objects.filter(patient__pseudonym__in={pseudonym, pseudonym.upper()}))


def patients_by_pseudonym(pseudonym: str) -> tuple[Subject, ...]:
    """Return the patients of exactly this pseudonym in whom a marker is followed, each by the first of them."""
    found = {each.patient_id: each for each in reversed(find_by_pseudonym(pseudonym))}
    return tuple(reversed(found.values()))


def patient_row(found: Subject) -> Patient:
    """Return the patient with the centre."""
    return Patient.objects.select_related("centre").get(pk=found.patient_id)


def find_by_accession(accession_number: str, centre_ids: Iterable[int]) -> list[Subject]:
    """Return what is followed in the patient of a sample of these centres' laboratories."""
    samples = Sample.objects.filter(
        laboratory__centre_id__in=list(centre_ids),
        accession_number__in={accession_number, accession_number.upper()},
    )
    return _subjects(MrdSeries.objects.filter(patient_id__in=samples.values("patient_id")))


def assays_for(marker: str, centre_ids: Iterable[int]) -> list[AssayOffered]:
    """Return the assays in use that measure a marker in the laboratories of these centres."""
    return _offered(Assay.objects.filter(marker=marker, laboratory__centre_id__in=list(centre_ids)))


def assays_of(centre_ids: Iterable[int]) -> list[AssayOffered]:
    """Return every assay in use in the laboratories of these centres."""
    return _offered(Assay.objects.filter(laboratory__centre_id__in=list(centre_ids)))


def _offered(assays: "QuerySet[Assay]") -> list[AssayOffered]:
    rows = assays.filter(is_active=True).select_related("laboratory").order_by("laboratory__name", "name", "version")
    return [
        AssayOffered(row.pk, row.laboratory_id, row.name, row.version, row.laboratory.name, row.mutation_type)
        for row in rows
    ]


def known_sample(laboratory_id: int, accession_number: str) -> KnownSample | None:
    """Return the sample of a laboratory with this accession number, among those that this person sees."""
    row = Sample.objects.filter(laboratory_id=laboratory_id, accession_number=accession_number).first()
    return None if row is None else as_known(row)


def as_known(row: Sample) -> KnownSample:
    """Return the facts of a sample."""
    return KnownSample(
        sample_id=row.pk,
        patient_id=row.patient_id,
        laboratory_id=row.laboratory_id,
        accession_number=row.accession_number,
        tissue=row.tissue,
        collected_on=row.collected_on,
        collected_time=row.collected_time,
        received_on=row.received_on,
        timepoint=row.timepoint,
        first_pull=row.first_pull,
        anticoagulant=row.anticoagulant,
        hours_to_lysis=row.hours_to_lysis,
        haemodilution_noted=row.haemodilution_noted,
        quality_note=row.quality_note,
    )


def standing_result(sample_id: int, assay_id: int) -> OpenResult | None:
    """Return the last version that a sample has of an assay, unless it was withdrawn."""
    row = (
        MrdResult.objects.filter(sample_id=sample_id, assay_id=assay_id)
        .exclude(state=State.WITHDRAWN)
        .order_by("-version")
        .first()
    )
    return None if row is None else OpenResult(row.pk, row.state, row.version)


def rows_for(series_id: int, assay_id: int, sample_id: int | None) -> tuple[MrdSeries, Assay, Sample | None]:
    """Return the rows that an action needs to write a result."""
    series = MrdSeries.objects.select_related("patient__centre").get(pk=series_id)
    assay = Assay.objects.select_related("laboratory").get(pk=assay_id)
    sample = None if sample_id is None else Sample.objects.select_related("laboratory").get(pk=sample_id)
    return series, assay, sample


def _subjects(rows: "QuerySet[MrdSeries]") -> list[Subject]:
    found = rows.select_related("patient__centre").prefetch_related("baselines").order_by("patient__centre__name", "pk")
    return [_subject(row, row.patient) for row in found[:FOUND_AT_MOST]]


def _subject(row: MrdSeries, patient: Patient) -> Subject:
    return Subject(
        series_id=row.pk,
        patient_id=patient.pk,
        pseudonym=patient.pseudonym,
        centre=patient.centre.name,
        born_on=patient.born_on,
        sex=patient.sex,
        marker=row.marker,
        mutation_type=row.mutation_type,
        time_zone=patient.centre.time_zone,
        baselines=tuple(sorted(each.tissue for each in row.baselines.all())),
    )
