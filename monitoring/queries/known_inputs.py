"""Everything a verdict depended on at a moment: the inputs of series as they were on record then.

The same rule engine reads these and those of `series_inputs`: a verdict of a moment is computed from its inputs when it
is asked for and is never stored. Of the present moment both are the same.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from typing import TypeVar

from django.db.models import Exists, OuterRef, Q

from monitoring.domain.results import Result
from monitoring.domain.sampling_intervals import IntervalSet
from monitoring.domain.series import CourseBegin, Series
from monitoring.domain.terms import Call, CourseStart, Marker, Timepoint, Tissue
from monitoring.models import (
    AuditEntry,
    Baseline,
    ClinicalEvent,
    MrdResult,
    MrdSeries,
    MutationFinding,
    Patient,
    Treatment,
)
from monitoring.models.choices import EventKindChoice, FindingStatusChoice, GeneChoice, TreatmentKindChoice
from monitoring.queries import intervals_in_force, series_inputs
from monitoring.queries.known_results import standing
from monitoring.queries.known_rows import on_record
from monitoring.queries.series_inputs import SeriesInputs

FOLLOWED = "mrdseries.add"  # what the audit calls the moment from which a marker is followed
CORRECTED = "mrdseries.change"  # and the moment at which marker or mutation type were corrected
COURSES = {start.value: start for start in CourseStart}

OfPatient = TypeVar("OfPatient", Treatment, ClinicalEvent, MutationFinding, Baseline, MrdResult)


def read_inputs(series_ids: Iterable[int], known_at: datetime | None) -> list[SeriesInputs]:
    """Return the inputs of these series as on record at a moment, by number; None is now."""
    if known_at is None:
        return series_inputs.read_current(series_ids)
    return read_known(series_ids, known_at)


def read_known(series_ids: Iterable[int], known_at: datetime) -> list[SeriesInputs]:
    """Return the inputs of these series as they were on record at a moment, by number, in nine queries.

    `revision` is that of now: it says from which state of the record the past was read.
    """
    rows = list(MrdSeries.objects.filter(pk__in=list(series_ids)).select_related("patient__centre").order_by("pk"))
    patients = sorted({row.patient_id for row in rows})
    followed = _as_they_were(rows, patients, known_at)
    counted = standing(MrdResult.objects.filter(series__in=followed), known_at)
    results = _grouped(counted, lambda row: row.series_id)
    baselines = _grouped(on_record(Baseline, patients, known_at), lambda row: row.series_id)
    treatments = _grouped(on_record(Treatment, patients, known_at), lambda row: row.patient_id)
    events = _grouped(on_record(ClinicalEvent, patients, known_at), lambda row: row.patient_id)
    findings = _grouped(on_record(MutationFinding, patients, known_at), lambda row: row.patient_id)
    intervals = intervals_in_force.read(patients, known_at)
    return [
        _inputs(
            row,
            intervals.get(row.patient_id, ()),
            _cycle_2_on(treatments[row.patient_id]),
            _series(
                row,
                results[row.pk],
                baselines[row.pk],
                treatments[row.patient_id],
                events[row.patient_id],
                findings[row.patient_id],
            ),
        )
        for row in followed
    ]


def followed_series(patient: Patient, known_at: datetime | None) -> list[MrdSeries]:
    """Return the series of a patient that were followed at a moment, by number; None is now."""
    rows = list(MrdSeries.objects.filter(patient_id=patient.pk).order_by("pk"))
    if known_at is None:
        return rows
    if patient.recorded_at > known_at:
        return []
    later = AuditEntry.objects.filter(patient_id=patient.pk, action=FOLLOWED, at__gt=known_at)
    followed_later = set(later.values_list("subject_id", flat=True))
    return _as_they_were([row for row in rows if row.pk not in followed_later], [patient.pk], known_at)


def _as_they_were(rows: list[MrdSeries], patients: list[int], known_at: datetime) -> list[MrdSeries]:
    """The same series with marker and mutation type as they were before later corrections, which the audit keeps."""
    later = AuditEntry.objects.filter(patient_id__in=patients, action=CORRECTED, at__gt=known_at)
    before: dict[int | None, dict[str, str] | None] = {}
    for subject_id, was in later.order_by("at", "pk").values_list("subject_id", "before"):
        before.setdefault(subject_id, was)
    for row in rows:
        was = before.get(row.pk)
        if was is not None:
            row.marker, row.mutation_type = was["marker"], was["mutation_type"]
    return rows


def on_record_at(known_at: datetime) -> Q:
    """Return the condition for series that were followed at a moment, for lists of many patients."""
    later = AuditEntry.objects.filter(
        patient_id=OuterRef("patient_id"), subject_id=OuterRef("pk"), action=FOLLOWED, at__gt=known_at
    )
    return Q(patient__recorded_at__lte=known_at) & ~Q(Exists(later))


def _grouped(rows: Iterable[OfPatient], key: Callable[[OfPatient], int]) -> Mapping[int, list[OfPatient]]:
    found: dict[int, list[OfPatient]] = defaultdict(list)
    for row in rows:
        found[key(row)].append(row)
    return found


def _inputs(
    row: MrdSeries, intervals: tuple[IntervalSet, ...], cycle_2_on: date | None, series: Series
) -> SeriesInputs:
    centre = row.patient.centre
    return SeriesInputs(
        row.pk, row.patient_id, row.revision, centre.alerting_ruleset, centre.time_zone, series, cycle_2_on, intervals
    )


def _series(
    row: MrdSeries,
    results: list[MrdResult],
    baselines: list[Baseline],
    treatments: list[Treatment],
    events: list[ClinicalEvent],
    findings: list[MutationFinding],
) -> Series:
    in_order = sorted(events, key=lambda event: event.happened_on)
    deaths = [event.happened_on for event in in_order if event.kind == EventKindChoice.DEATH]
    return Series(
        id=str(row.pk),
        marker=Marker(row.marker),
        results=tuple(_result(result) for result in results),
        baseline_pct_abl1={Tissue(baseline.tissue): baseline.pct_abl1 for baseline in baselines},
        end_of_treatment=_end_of_treatment(treatments),
        treatment_starts=tuple(sorted(t.starts_on for t in treatments if t.kind == TreatmentKindChoice.PRE_EMPTIVE)),
        course_starts=tuple(
            CourseBegin(event.happened_on, COURSES[event.kind]) for event in in_order if event.kind in COURSES
        ),
        death_on=deaths[0] if deaths else None,
        marker_lost=row.marker == Marker.NPM1 and any(_is_loss(finding) for finding in findings),
    )


def _end_of_treatment(treatments: Iterable[Treatment]) -> date | None:
    ends = (row.ends_on for row in treatments if row.kind == TreatmentKindChoice.FIRST_LINE)
    return max((on for on in ends if on is not None), default=None)


def _cycle_2_on(treatments: Iterable[Treatment]) -> date | None:
    return min((row.cycle_2_on for row in treatments if row.cycle_2_on is not None), default=None)


def _is_loss(finding: MutationFinding) -> bool:
    return finding.gene == GeneChoice.NPM1 and finding.status == FindingStatusChoice.LOST


def _result(row: MrdResult) -> Result:
    return Result(
        str(row.pk),
        row.collected_on,
        Tissue(row.tissue),
        Call(row.call),
        row.pct_abl1,
        row.abl1_copies,
        row.lod_pct_abl1,
        row.loq_pct_abl1,
        row.assay_key,
        Timepoint(row.timepoint) if row.timepoint else None,
    )
