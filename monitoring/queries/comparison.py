"""Curves to compare: one or two patients, and a cohort of those whose charts the person may read."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Max, Min, Q

from monitoring.charts.inputs import DiagnosisSample, TrajectoryInputs
from monitoring.charts.marks import Mark, marks_of_series
from monitoring.domain.classify import classify
from monitoring.domain.cohort_band import CohortLevel
from monitoring.domain.cohort_levels import cohort_levels
from monitoring.domain.common_origin import Origin
from monitoring.domain.rulesets import RULESETS
from monitoring.domain.series import Series
from monitoring.domain.terms import RuleSetId, Tissue
from monitoring.domain.verdicts import Verdict
from monitoring.models import Baseline, Disease, MrdSeries, Patient, VenetoclaxCycle
from monitoring.models.periods import holds_now
from monitoring.permissions import CARING
from monitoring.queries import series_inputs
from monitoring.queries.series_inputs import SeriesInputs

COHORT = """s.marker = %(marker)s AND s.patient_id <> ALL (%(without)s)
  AND EXISTS (SELECT 1 FROM monitoring_carerelation r WHERE r.patient_id = s.patient_id
              AND r.centre_id = ANY (%(centres)s) AND r.role = ANY (%(caring)s)
              AND r.starts_on <= current_date AND (r.ends_on IS NULL OR r.ends_on > current_date))"""


@dataclass(frozen=True, slots=True)
class ComparedCurve:
    """One marker of one patient; `origin_on` None where the patient has no such day."""

    patient_id: int
    pseudonym: str
    mutation_type: str
    series: Series
    verdict: Verdict
    as_of: date
    origin_on: date | None
    marks: tuple[Mark, ...]


def read_curves(patients: Sequence[Patient], marker: str, origin: Origin, *, now: datetime) -> list[ComparedCurve]:
    """Return the curve of a marker in each of these patients that is followed for it, in their order."""
    followed = {row.patient_id: row for row in MrdSeries.objects.filter(patient__in=patients, marker=marker)}
    inputs = {each.patient_id: each for each in series_inputs.read_current(row.pk for row in followed.values())}
    verdicts = {patient: _verdict(each, now) for patient, each in inputs.items()}
    origins = _origins(inputs, verdicts, origin)
    baselines = list(Baseline.objects.filter(series__in=followed.values()).order_by("tissue"))
    found = []
    for patient in patients:
        if patient.pk in inputs:
            each, verdict = inputs[patient.pk], verdicts[patient.pk]
            drawn = _drawn_from(each, baselines)
            found.append(
                ComparedCurve(
                    patient_id=patient.pk,
                    pseudonym=patient.pseudonym,
                    mutation_type=followed[patient.pk].mutation_type,
                    series=each.series,
                    verdict=verdict,
                    as_of=each.today(now),
                    origin_on=origins.get(patient.pk),
                    marks=tuple(marks_of_series(drawn, verdict, each.today(now))),
                )
            )
    return found


def read_cohort(
    marker: str, tissue: Tissue, origin: Origin, *, centres: Sequence[int], without: Sequence[int], now: datetime
) -> list[CohortLevel]:
    """Return the levels of every other patient for whom these centres care, by days from the origin.

    At most three queries, whatever the size of the cohort.
    """
    parameters = {
        "marker": marker, "without": list(without), "centres": list(centres), "caring": sorted(CARING),
    }  # fmt: skip
    rows = series_inputs.rows(series_inputs.CURRENT.format(series=series_inputs.ALL, which=COHORT), parameters)
    inputs = {each.patient_id: each for each in map(series_inputs.from_row, rows)}
    needs_verdicts = origin is Origin.RELAPSE
    verdicts = {patient: _verdict(each, now) for patient, each in inputs.items()} if needs_verdicts else {}
    origins = _origins(inputs, verdicts, origin)
    return [
        level
        for patient, on in origins.items()
        for level in cohort_levels(patient, inputs[patient].series.results, tissue, on)
    ]


def find_other(written: str, *, centres: Sequence[int], without: int) -> list[Patient]:
    """Return the patients of this pseudonym or hospital number whose charts these centres open, but for one."""
    here = Q(care_relations__centre_id__in=centres, care_relations__role__in=CARING)
    cared_for = here & holds_now("care_relations__")
    named = Q(pseudonym__iexact=written) | Q(hospital_number=written)
    rows = Patient.objects.select_related("centre").filter(named & cared_for).exclude(pk=without)
    return list(rows.distinct().order_by("pk"))


def _verdict(each: SeriesInputs, now: datetime) -> Verdict:
    return classify(each.series, RULESETS[RuleSetId(each.alerting_ruleset)], each.today(now))


def _drawn_from(each: SeriesInputs, baselines: Sequence[Baseline]) -> TrajectoryInputs:
    samples = (
        DiagnosisSample(Tissue(row.tissue), row.collected_on, f"baseline-{row.pk}", row.abl1_copies)
        for row in baselines
        if row.series_id == each.series_id
    )
    return TrajectoryInputs(series=each.series, diagnosis_samples=tuple(samples))


def _origins(inputs: Mapping[int, SeriesInputs], verdicts: Mapping[int, Verdict], origin: Origin) -> dict[int, date]:
    """The day of each patient who has one."""
    if origin is Origin.DIAGNOSIS:
        rows = Disease.objects.filter(patient_id__in=inputs).values_list("patient_id")
        return dict(rows.annotate(on=Min("diagnosed_on")))
    if origin is Origin.CYCLE_1:
        cycles = VenetoclaxCycle.objects.filter(patient_id__in=inputs, number=1).values_list("patient_id")
        return dict(cycles.annotate(on=Max("starts_on")))
    if origin is Origin.RELAPSE:
        relapses = {patient: _relapse_on(verdict) for patient, verdict in verdicts.items()}
    else:
        relapses = {patient: each.series.end_of_treatment for patient, each in inputs.items()}
    return {patient: on for patient, on in relapses.items() if on is not None}


def _relapse_on(verdict: Verdict) -> date | None:
    return max((one.relapse_on for one in verdict.episodes if one.number is not None), default=None)
