"""What a trajectory is drawn from, read from the database for many series in a fixed number of queries."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from monitoring.charts.inputs import (
    ClinicalEvent as DrawnEvent,
)
from monitoring.charts.inputs import (
    Cycle,
    DiagnosisSample,
    EventKind,
    Finding,
    Forecast,
    OtherTreatment,
    Scale,
    Threshold,
    TrajectoryInputs,
)
from monitoring.charts.trajectory import CHART_VERSION, trajectory
from monitoring.domain.classify import ENGINE_VERSION, classify
from monitoring.domain.rulesets import RULESETS
from monitoring.domain.rulesets.guideline import LevelsOfAbl1, RuleSet
from monitoring.domain.terms import Marker, RuleSetId, Tissue
from monitoring.models import (
    Baseline,
    ClinicalEvent,
    Disease,
    MrdResult,
    MutationFinding,
    Treatment,
    VenetoclaxCycle,
)
from monitoring.models.choices import FindingStatusChoice, PartnerDrugChoice
from monitoring.queries.growth import forecast_of, growth_of
from monitoring.queries.known_inputs import read_inputs
from monitoring.queries.known_rows import on_record
from monitoring.queries.series_inputs import SeriesInputs

INPUTS_EDITION = 3  # rises whenever the same record could give the drawing other inputs than before
POSITIVE = "POSITIVE"
WAIVER = "WAIVER"
CONSTRUCTED = "CONSTRUCTED"
DRAWN_KINDS = {kind.value for kind in EventKind}
# findings that are a line of the figure: what changed, and what stayed in spite of treatment
DRAWN_FINDINGS = {
    FindingStatusChoice.GAINED: EventKind.MUTATION_GAINED,
    FindingStatusChoice.LOST: EventKind.MUTATION_LOST,
    FindingStatusChoice.PERSISTENT: EventKind.MUTATION_PERSISTENT,
}


@dataclass(slots=True)
class Surroundings:
    """What stands around one series on the time axis."""

    diagnosed_on: date | None = None
    diagnosis_samples: list[DiagnosisSample] = field(default_factory=list)
    cycles: list[Cycle] = field(default_factory=list)
    treatments: list[OtherTreatment] = field(default_factory=list)
    events: list[DrawnEvent] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    remarks: dict[str, tuple[str, ...]] = field(default_factory=dict)


def chart_version(ruleset: RuleSetId) -> str:
    """Return the edition of a figure: it changes with drawing, inputs, engine and rule set."""
    return f"{CHART_VERSION}.{INPUTS_EDITION}.{ENGINE_VERSION}.{RULESETS[ruleset].version}"


def draw(inputs: SeriesInputs, around: Surroundings, ruleset: RuleSetId, as_of: date) -> dict[str, Any]:
    """Return the figure of a series by one rule set as of a day; the verdict is computed from the same inputs."""
    verdict = classify(inputs.series, RULESETS[ruleset], as_of)
    forecast = forecast_of(growth_of(inputs.series, verdict, as_of))
    return trajectory(trajectory_inputs(inputs, around, ruleset, forecast), verdict, ruleset, as_of)


def draw_at(series_id: int, ruleset: RuleSetId, as_of: date, known_at: datetime | None) -> tuple[int, dict[str, Any]]:
    """Return the revision and figure of a series as of a day, from what was on record at a moment; None is now.

    The moment stands in the figure too (`layout.meta.known_at`, ISO 8601 in the time of the patient's centre), so that
    a picture or table taken from it names it.
    """
    [inputs] = read_inputs([series_id], known_at)
    around = read_surroundings([inputs], known_at)
    figure = draw(inputs, around[inputs.series_id], ruleset, as_of)
    if known_at is not None:
        figure["layout"]["meta"]["known_at"] = known_at.astimezone(ZoneInfo(inputs.time_zone)).isoformat()
    return inputs.revision, figure


def trajectory_inputs(
    inputs: SeriesInputs, around: Surroundings, ruleset: RuleSetId, forecast: Forecast | None
) -> TrajectoryInputs:
    """Return what both the figure and the small curve of a list are drawn from."""
    return TrajectoryInputs(
        series=inputs.series,
        diagnosed_on=around.diagnosed_on,
        diagnosis_samples=tuple(around.diagnosis_samples),
        cycles=tuple(around.cycles),
        treatments=tuple(around.treatments),
        events=tuple(around.events),
        findings=tuple(around.findings),
        thresholds=thresholds(inputs.series.marker, ruleset),
        forecast=forecast,
        remarks=around.remarks,
    )


def thresholds(marker: Marker, own: RuleSetId) -> tuple[Threshold, ...]:
    """Return the levels to draw: of every ELN edition, and those against diagnosis where the rule set has them."""
    found: list[Threshold] = []
    for ruleset in RULESETS.values():
        if isinstance(ruleset.levels, LevelsOfAbl1):
            found += _levels_of_abl1(ruleset, marker)
        elif ruleset.id is own:
            found += _levels_of_diagnosis(ruleset)
    return tuple(found)


def _levels_of_abl1(ruleset: RuleSet, marker: Marker) -> Iterable[Threshold]:
    if not isinstance(ruleset.levels, LevelsOfAbl1):
        return
    levels = ruleset.levels.cbf if marker.is_cbf else ruleset.levels.npm1
    for tissue, threshold in levels.items():
        yield Threshold(ruleset.id, tissue, POSITIVE, Scale.PCT_ABL1, threshold.value)


def _levels_of_diagnosis(ruleset: RuleSet) -> Iterable[Threshold]:
    if isinstance(ruleset.levels, LevelsOfAbl1):
        return
    low_level_from = ruleset.levels.low_level_from.value
    yield Threshold(ruleset.id, Tissue.BONE_MARROW, POSITIVE, Scale.LOG10_REDUCTION, low_level_from)
    if ruleset.waiver is not None:
        yield Threshold(ruleset.id, Tissue.BONE_MARROW, WAIVER, Scale.PCT_BASELINE, ruleset.waiver.level.value)


def read_surroundings(series: Sequence[SeriesInputs], known_at: datetime | None = None) -> Mapping[int, Surroundings]:
    """Return what stands around each of these series at a moment (None is now), by its number, in seven queries."""
    found = {each.series_id: Surroundings() for each in series}
    of_patient: dict[int, list[Surroundings]] = defaultdict(list)
    for each in series:
        of_patient[each.patient_id].append(found[each.series_id])
    for row in on_record(Disease, list(of_patient), known_at):
        for around in of_patient[row.patient_id]:
            around.diagnosed_on = min(row.diagnosed_on, around.diagnosed_on or row.diagnosed_on)
    _add_treatment(of_patient, known_at)
    _add_events(of_patient, known_at)
    _add_baselines(of_patient, found, known_at)
    _add_remarks(series, found)
    return found


def read_cycles_and_baselines(series: Sequence[SeriesInputs]) -> Mapping[int, Surroundings]:
    """Return what the small curve of a list draws around its samples, in two queries."""
    found = {each.series_id: Surroundings() for each in series}
    of_patient: dict[int, list[Surroundings]] = defaultdict(list)
    for each in series:
        of_patient[each.patient_id].append(found[each.series_id])
    _add_cycles(of_patient, None)
    _add_baselines(of_patient, found, None)
    return found


def _add_treatment(of_patient: Mapping[int, list[Surroundings]], known_at: datetime | None) -> None:
    """Cycles, and lines without cycles as bars: the cycles of the others are drawn themselves."""
    with_cycles = _add_cycles(of_patient, known_at)
    for line in sorted(on_record(Treatment, of_patient, known_at), key=lambda row: row.starts_on):
        if line.pk not in with_cycles:
            for around in of_patient[line.patient_id]:
                around.treatments.append(OtherTreatment(line.regimen, line.starts_on, line.ends_on))


def _add_cycles(of_patient: Mapping[int, list[Surroundings]], known_at: datetime | None) -> set[int]:
    """Add the cycles; return the lines of treatment that have any."""
    cycles = sorted(on_record(VenetoclaxCycle, of_patient, known_at), key=lambda row: row.starts_on)
    for row in cycles:
        for around in of_patient[row.patient_id]:
            around.cycles.append(_cycle(row))
    return {row.treatment_id for row in cycles}


def _cycle(row: VenetoclaxCycle) -> Cycle:
    return Cycle(
        number=row.number,
        starts_on=row.starts_on,
        ends_on=row.ends_on,
        dose_mg=row.dose_mg,
        planned_days=row.planned_days,
        given_days=row.given_days,
        partner=PartnerDrugChoice(row.partner_drug).value,
        partner_dose_mg_m2=row.partner_dose_mg_m2,
        partner_days=row.partner_days,
    )


def _add_events(of_patient: Mapping[int, list[Surroundings]], known_at: datetime | None) -> None:
    events = [row for row in on_record(ClinicalEvent, of_patient, known_at) if row.kind in DRAWN_KINDS]
    for row in sorted(events, key=lambda row: row.happened_on):
        for around in of_patient[row.patient_id]:
            around.events.append(DrawnEvent(EventKind(row.kind), row.happened_on, row.donor))
    findings = [row for row in on_record(MutationFinding, of_patient, known_at) if row.status in DRAWN_FINDINGS]
    for found in sorted(findings, key=lambda row: (row.found_on, row.gene)):
        kind = DRAWN_FINDINGS[FindingStatusChoice(found.status)]
        for around in of_patient[found.patient_id]:
            around.findings.append(Finding(kind, found.found_on, found.gene, found.variant, found.vaf_pct))


def _add_baselines(patients: Iterable[int], found: Mapping[int, Surroundings], known_at: datetime | None) -> None:
    for row in sorted(on_record(Baseline, patients, known_at), key=lambda row: row.tissue):
        if row.series_id not in found:
            continue
        sample = DiagnosisSample(Tissue(row.tissue), row.collected_on, f"baseline-{row.pk}", row.abl1_copies)
        found[row.series_id].diagnosis_samples.append(sample)
        if row.constructed:
            found[row.series_id].remarks[sample.id] = (CONSTRUCTED,)


def _add_remarks(series: Sequence[SeriesInputs], found: Mapping[int, Surroundings]) -> None:
    """Values that a study had to construct are marked on the curve too; the results are those of the series."""
    drawn = [result.id for each in series for result in each.series.results]
    constructed = MrdResult.objects.filter(pk__in=drawn).exclude(constructed=[])
    for pk, series_id in constructed.values_list("pk", "series_id"):
        found[series_id].remarks[str(pk)] = (CONSTRUCTED,)
