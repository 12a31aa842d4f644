"""Followed markers with their levels at diagnosis as they are corrected, and what stands beside such a level."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db.models import Max

from monitoring.domain.baseline_doubts import KnownBeside
from monitoring.models import Baseline, Disease, MrdResult, MrdSeries
from monitoring.models.choices import ResultStateChoice as State
from monitoring.models.choices import ScaleChoice, TissueChoice

GONE = (State.SUPERSEDED, State.WITHDRAWN)


@dataclass(frozen=True, slots=True)
class LevelOnRecord:
    """A level at diagnosis in one tissue, or that there is none: then every value is None."""

    tissue: str
    pct_abl1: Decimal | None = None
    abl1_copies: Decimal | None = None
    collected_on: date | None = None
    recorded_at: datetime | None = None
    constructed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class MarkerOnRecord:
    """A followed marker; `results` counts every version that is not withdrawn or superseded."""

    series_id: int
    marker: str
    mutation_type: str
    results: int
    levels: tuple[LevelOnRecord, ...]


def find_series(pk: int) -> MrdSeries | None:
    """Return a followed marker with its patient; None where none is seen."""
    return MrdSeries.objects.select_related("patient__centre").filter(pk=pk).first()


def find_level(series: MrdSeries, tissue: str) -> Baseline | None:
    """Return the level at diagnosis of a tissue; None where there is none."""
    return Baseline.objects.filter(series=series, tissue=tissue).first()


def read_markers(patient_id: int) -> tuple[MarkerOnRecord, ...]:
    """Return what is followed in a patient with both levels at diagnosis, in three queries."""
    followed = list(MrdSeries.objects.filter(patient_id=patient_id).order_by("pk"))
    levels = {(row.series_id, row.tissue): _level(row) for row in Baseline.objects.filter(patient_id=patient_id)}
    of_patient = MrdResult.objects.filter(patient_id=patient_id).exclude(state__in=GONE)
    measured = list(of_patient.values_list("series_id", flat=True))
    return tuple(
        MarkerOnRecord(
            series_id=row.pk,
            marker=row.marker,
            mutation_type=row.mutation_type,
            results=measured.count(row.pk),
            levels=tuple(levels.get((row.pk, tissue), LevelOnRecord(tissue)) for tissue in TissueChoice.values),
        )
        for row in followed
    )


def read_beside(series: MrdSeries, tissue: str) -> KnownBeside:
    """Return what a level at diagnosis of a tissue is compared with; results count as they are authorised."""
    earlier = find_level(series, tissue)
    counted = MrdResult.objects.filter(series=series, tissue=tissue, state=State.AUTHORISED)
    return KnownBeside(
        earlier_pct_abl1=earlier.pct_abl1 if earlier else None,
        highest_pct_abl1=counted.aggregate(highest=Max("pct_abl1"))["highest"],
        diagnosed_on=tuple(
            Disease.objects.filter(patient_id=series.patient_id).order_by("pk").values_list("diagnosed_on", flat=True)
        ),
    )


def count_converted(series: MrdSeries, tissue: str) -> int:
    """Return how many results came in % of diagnosis: they were turned into % of ABL1 by the level of then."""
    converted = MrdResult.objects.filter(series=series, tissue=tissue, entered_scale=ScaleChoice.PCT_BASELINE)
    return converted.exclude(state__in=GONE).count()


def count_by_other_assays(series: MrdSeries, mutation_type: str) -> int:
    """Return how many results were measured by an assay that is made for another mutation type."""
    rows = MrdResult.objects.filter(series=series).exclude(state__in=GONE)
    return rows.exclude(assay__mutation_type__in={"", mutation_type}).count()


def _level(row: Baseline) -> LevelOnRecord:
    return LevelOnRecord(
        row.tissue, row.pct_abl1, row.abl1_copies, row.collected_on, row.recorded_at, tuple(row.constructed)
    )
