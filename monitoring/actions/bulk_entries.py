"""Many results at once, looked at before anything is written: what each one means, or why it is refused.

Everything that the entries name is read in a number of statements that does not grow with them.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import TypeVar

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from monitoring.actions.dates import check_possible
from monitoring.actions.refusals import ActionRefused, ImpossibleDate
from monitoring.domain.assay import AssaySettings
from monitoring.domain.control_gene import ControlGeneMissing
from monitoring.domain.copies import CopiesNotCountable
from monitoring.domain.quantification import Quantification
from monitoring.domain.readings import Reading, ValueContradictsCall, measure
from monitoring.domain.terms import Tissue
from monitoring.domain.units import BaselineMissing, NotALevel, ScaleMissing
from monitoring.models import Assay, Baseline, ClinicalEvent, Laboratory, MrdResult, MrdSeries, Sample
from monitoring.models.choices import EventKindChoice
from monitoring.queries.assays import settings_of

DOMAIN_REFUSALS = (
    BaselineMissing, ControlGeneMissing, CopiesNotCountable, NotALevel, ScaleMissing, ValueContradictsCall,
)  # fmt: skip
REFUSALS = (ActionRefused, PermissionDenied, *DOMAIN_REFUSALS)

Row = TypeVar("Row", MrdSeries, Assay)


@dataclass(frozen=True, slots=True)
class TubeFacts:
    """A sample as the sender names it; the facts beside the number are needed where it is new."""

    accession_number: str
    tissue: str = ""
    collected_on: date | None = None
    received_on: date | None = None
    timepoint: str = ""


@dataclass(frozen=True, slots=True)
class Entry:
    """One result of many, by the numbers of its series and assay."""

    series_id: int
    assay_id: int
    tube: TubeFacts
    reading: Reading
    comment: str = ""


@dataclass(slots=True)
class Planned:
    """An entry that may be written: the version before it, if any, and the sample, which may be new."""

    series: MrdSeries
    assay: Assay
    sample: Sample
    reading: Reading
    quantified: Quantification
    comment: str
    versions: Sequence[MrdResult]

    @property
    def current(self) -> MrdResult | None:
        """The version that counts until now."""
        return next((row for row in self.versions if row.state == "AUTHORISED"), None)


class RefusedAt(ActionRefused):
    """An entry that cannot be taken, and the field that says why."""

    def __init__(self, path: str, message: str) -> None:
        super().__init__(message)
        self.path = path


class AlreadyThere(ActionRefused):
    """There is a result of this sample and assay, on record or earlier in the same request."""


@dataclass(slots=True)
class Known:
    """What is on record of everything that the entries name."""

    series: dict[int, MrdSeries]
    assays: dict[int, Assay]
    samples: dict[tuple[int, str], Sample]
    baselines: dict[int, dict[Tissue, Decimal]]
    deaths: dict[int, date]
    versions: dict[tuple[int, int], list[MrdResult]]
    settings: dict[int, AssaySettings]
    taken: set[tuple[int, str, int]] = field(default_factory=set)


def read(entries: Sequence[Entry]) -> Known:
    """Read what the entries name, as far as this transaction sees it, in seven statements."""
    series = _by_number(MrdSeries.objects.select_related("patient__centre"), {each.series_id for each in entries})
    assays = _by_number(Assay.objects.select_related("laboratory"), {each.assay_id for each in entries})
    laboratories = {assay.laboratory_id for assay in assays.values()}
    numbers = {each.tube.accession_number for each in entries}
    tubes = Sample.objects.filter(laboratory_id__in=laboratories, accession_number__in=numbers)
    settings = {pk: settings_of(assay) for pk, assay in assays.items()}
    by_number = {(row.laboratory_id, row.accession_number): row for row in tubes}
    known = Known(series, assays, by_number, {}, {}, {}, settings)
    for baseline in Baseline.objects.filter(series_id__in=series):
        known.baselines.setdefault(baseline.series_id, {})[Tissue(baseline.tissue)] = baseline.pct_abl1
    patients = {row.patient_id for row in series.values()}
    deaths = ClinicalEvent.objects.filter(patient_id__in=patients, kind=EventKindChoice.DEATH)
    known.deaths = dict(deaths.values_list("patient_id", "happened_on"))
    on_record = {row.pk for row in known.samples.values()}
    for version in (
        MrdResult.objects.filter(sample_id__in=on_record, assay_id__in=assays, determination=1)
        .order_by("pk")
        .select_for_update(no_key=True)
    ):
        known.versions.setdefault((version.sample_id, version.assay_id), []).append(version)
    return known


def plan(
    entries: Iterable[Entry], known: Known, may: Callable[[Laboratory], None], now: datetime
) -> list[Planned | Exception]:
    """Return for each entry how it is written, or the refusal; `may` raises where a laboratory is not the caller's."""
    found: list[Planned | Exception] = []
    for entry in entries:
        try:
            found.append(_planned(entry, known, may, now))
        except REFUSALS as refusal:
            found.append(refusal)
    return found


def _by_number(rows: "QuerySet[Row]", numbers: set[int]) -> dict[int, Row]:
    return {row.pk: row for row in rows.filter(pk__in=numbers)}


def _planned(entry: Entry, known: Known, may: Callable[[Laboratory], None], now: datetime) -> Planned:
    series, assay = known.series.get(entry.series_id), known.assays.get(entry.assay_id)
    if series is None or assay is None:
        raise RefusedAt("assay" if series else "series", _("There is none with this number that you may see."))
    may(assay.laboratory)
    if assay.marker != series.marker:
        raise RefusedAt("assay", _("The assay does not measure the marker of this series."))
    once = (assay.laboratory_id, entry.tube.accession_number, assay.pk)
    if once in known.taken:
        raise AlreadyThere(_("This sample and assay stand twice in the request."))
    sample = _sample(entry, series, assay, known, now)
    quantified = measure(
        entry.reading, known.settings[assay.pk], series.mutation_type or None, known.baselines.get(series.pk, {}),
        Tissue(sample.tissue),
    )  # fmt: skip
    known.taken.add(once)
    if sample.pk is None:
        known.samples[once[:2]] = sample
    versions = known.versions.get((sample.pk, assay.pk), []) if sample.pk else []
    return Planned(series, assay, sample, entry.reading, quantified, entry.comment, versions)


def _sample(entry: Entry, series: MrdSeries, assay: Assay, known: Known, now: datetime) -> Sample:
    """The sample on record under this number, or a new one; never one of another patient."""
    tube = entry.tube
    sample = known.samples.get((assay.laboratory_id, tube.accession_number))
    if sample is not None:
        if sample.patient_id != series.patient_id:
            raise RefusedAt("sample.accession_number", _("This sample belongs to another patient."))
        _check_same(sample, tube)
        return sample
    if not tube.tissue or tube.collected_on is None:
        raise RefusedAt(f"sample.{'collected_on' if tube.tissue else 'tissue'}", _("Needed for a new sample."))
    new = Sample(
        patient=series.patient, laboratory=assay.laboratory, accession_number=tube.accession_number,
        tissue=tube.tissue, collected_on=tube.collected_on, received_on=tube.received_on, timepoint=tube.timepoint,
    )  # fmt: skip
    _check_days(new, known.deaths.get(series.patient_id), now)
    return new


def _check_same(sample: Sample, tube: TubeFacts) -> None:
    """A tube that is on record with other facts is not the one that is meant."""
    for name in ("tissue", "collected_on"):
        told = getattr(tube, name)
        if told and told != getattr(sample, name):
            raise RefusedAt(f"sample.{name}", _("This sample is on record with another value; correct it first."))


def _check_days(sample: Sample, died_on: date | None, now: datetime) -> None:
    check_possible(patient=sample.patient, on=sample.collected_on, field="sample.collected_on", now=now)
    if sample.received_on and sample.received_on < sample.collected_on:
        raise ImpossibleDate("sample.received_on", _("The sample was received before it was taken."))
    if died_on and sample.collected_on > died_on:
        raise ImpossibleDate("sample.collected_on", _("This day is after the patient's death."))
