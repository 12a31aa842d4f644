"""What a trajectory is drawn from, read from the database for many series in a fixed number of queries."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from monitoring.charts.inputs import (
    ClinicalEvent as DrawnEvent,
)
from monitoring.charts.inputs import (
    Cycle,
    DiagnosisSample,
    EventKind,
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
from monitoring.models.choices import FindingStatusChoice, PartnerDrugChoice, ResultStateChoice
from monitoring.queries.growth import forecast_of, growth_of
from monitoring.queries.series_inputs import SeriesInputs

INPUTS_EDITION = 1  # rises whenever the same record could give the drawing other inputs than before
POSITIVE = "POSITIVE"
WAIVER = "WAIVER"
CONSTRUCTED = "CONSTRUCTED"
DRAWN_KINDS = {kind.value for kind in EventKind}
# findings that are a line of the figure
DRAWN_FINDINGS = {
    FindingStatusChoice.GAINED: EventKind.MUTATION_GAINED,
    FindingStatusChoice.LOST: EventKind.MUTATION_LOST,
}


@dataclass(slots=True)
class Surroundings:
    """What stands around one series on the time axis."""

    diagnosed_on: date | None = None
    diagnosis_samples: list[DiagnosisSample] = field(default_factory=list)
    cycles: list[Cycle] = field(default_factory=list)
    treatments: list[OtherTreatment] = field(default_factory=list)
    events: list[DrawnEvent] = field(default_factory=list)
    remarks: dict[str, tuple[str, ...]] = field(default_factory=dict)


def chart_version(ruleset: RuleSetId) -> str:
    """Return the edition of a figure: it changes with drawing, inputs, engine and rule set."""
    return f"{CHART_VERSION}.{INPUTS_EDITION}.{ENGINE_VERSION}.{RULESETS[ruleset].version}"


def draw(inputs: SeriesInputs, around: Surroundings, ruleset: RuleSetId, as_of: date) -> dict[str, object]:
    """Return the figure of a series by one rule set as of a day; the verdict is computed from the same inputs."""
    verdict = classify(inputs.series, RULESETS[ruleset], as_of)
    forecast = forecast_of(growth_of(inputs.series, verdict, as_of))
    return trajectory(trajectory_inputs(inputs, around, ruleset, forecast), verdict, ruleset, as_of)


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


def read_surroundings(series: Sequence[SeriesInputs]) -> Mapping[int, Surroundings]:
    """Return what stands around each of these series, by its number, in seven queries."""
    found = {each.series_id: Surroundings() for each in series}
    of_patient: dict[int, list[Surroundings]] = defaultdict(list)
    for each in series:
        of_patient[each.patient_id].append(found[each.series_id])
    patients = list(of_patient)
    for patient_id, on in Disease.objects.filter(patient_id__in=patients).values_list("patient_id", "diagnosed_on"):
        for around in of_patient[patient_id]:
            around.diagnosed_on = min(on, around.diagnosed_on or on)
    _add_cycles(patients, of_patient)
    _add_treatments(patients, of_patient)
    _add_events(patients, of_patient)
    _add_baselines(found)
    _add_remarks(found)
    return found


def _add_cycles(patients: list[int], of_patient: Mapping[int, list[Surroundings]]) -> None:
    for row in VenetoclaxCycle.objects.filter(patient_id__in=patients).order_by("starts_on"):
        cycle = Cycle(
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
        for around in of_patient[row.patient_id]:
            around.cycles.append(cycle)


def _add_treatments(patients: list[int], of_patient: Mapping[int, list[Surroundings]]) -> None:
    """Lines without venetoclax cycles as bars: the cycles of the others are drawn themselves."""
    for row in Treatment.objects.filter(patient_id__in=patients, cycles__isnull=True).order_by("starts_on"):
        for around in of_patient[row.patient_id]:
            around.treatments.append(OtherTreatment(row.regimen, row.starts_on, row.ends_on))


def _add_events(patients: list[int], of_patient: Mapping[int, list[Surroundings]]) -> None:
    rows = ClinicalEvent.objects.filter(patient_id__in=patients, kind__in=DRAWN_KINDS).order_by("happened_on")
    for patient_id, kind, on, donor in rows.values_list("patient_id", "kind", "happened_on", "donor"):
        for around in of_patient[patient_id]:
            around.events.append(DrawnEvent(EventKind(kind), on, donor))
    findings = MutationFinding.objects.filter(patient_id__in=patients, status__in=list(DRAWN_FINDINGS))
    for patient_id, status, on, gene, variant in findings.order_by("found_on").values_list(
        "patient_id", "status", "found_on", "gene", "variant"
    ):
        line = DrawnEvent(DRAWN_FINDINGS[FindingStatusChoice(status)], on, f"{gene} {variant}".strip())
        for around in of_patient[patient_id]:
            around.events.append(line)


def _add_baselines(found: Mapping[int, Surroundings]) -> None:
    for row in Baseline.objects.filter(series_id__in=list(found)).order_by("tissue"):
        sample = DiagnosisSample(Tissue(row.tissue), row.collected_on, f"baseline-{row.pk}", row.abl1_copies)
        found[row.series_id].diagnosis_samples.append(sample)
        if row.constructed:
            found[row.series_id].remarks[sample.id] = (CONSTRUCTED,)


def _add_remarks(found: Mapping[int, Surroundings]) -> None:
    """Values that a study had to construct are marked on the curve too."""
    rows = MrdResult.objects.filter(series_id__in=list(found), state=ResultStateChoice.AUTHORISED).exclude(
        constructed=[]
    )
    for pk, series_id in rows.values_list("pk", "series_id"):
        found[series_id].remarks[str(pk)] = (CONSTRUCTED,)
