"""A run on record as the arithmetic wants it: the plate as the instrument wrote it, the plan as people completed it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from django.db.models import Q

from monitoring.domain.control_names import control_named
from monitoring.domain.plate import FileFormat, NoteCode, Plate, PrintedCurve, Reaction, ReaderNote, WellRole
from monitoring.domain.run_plan import ANY_CONTROL, ControlRange, RunPlan, SampleFacts, TargetPlan
from monitoring.domain.terms import Marker, Tissue
from monitoring.models import (
    Assay,
    MrdSeries,
    QpcrRun,
    QualityTarget,
    RunLot,
    RunReaction,
    RunSample,
    RunTarget,
)
from monitoring.models.choices import QualityQuantityChoice, QuantificationModeChoice, RunTargetChoice
from monitoring.queries.assays import settings_of

_COLUMNS = (
    "pk", "well", "sample_name", "target_name", "role", "cq", "standard_copies", "printed_copies", "omitted", "marks",
    "line", "excluded_because",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class RunOnRecord:
    """A run with everything that its numbers follow from; `common_names` lets two names of one tube be one sample."""

    run: QpcrRun
    plate: Plate
    plan: RunPlan
    reaction_ids: Mapping[tuple[str, str], int]
    assays: Mapping[str, Assay]
    samples: tuple[RunSample, ...]
    series: Mapping[tuple[int, str], MrdSeries]
    common_names: Mapping[str, str]


def read_run(run: QpcrRun) -> RunOnRecord:
    """Return a run with its plate and plan, in a number of queries that depends on nothing."""
    rows = list(RunReaction.objects.filter(run=run).order_by("pk").values_list(*_COLUMNS))
    samples = tuple(RunSample.objects.filter(run=run).select_related("sample", "patient__centre").order_by("pk"))
    targets = list(RunTarget.objects.filter(run=run).select_related("assay__laboratory"))
    assays = {row.target_name: row.assay for row in targets if row.assay is not None}
    series = _series(samples, assays.values())
    names = common_names(samples)
    return RunOnRecord(
        run=run,
        plate=_plate(run, rows, names),
        plan=_plan(run, rows, targets, assays, samples, series, names),
        reaction_ids={(row[1], row[3]): row[0] for row in rows},
        assays=assays,
        samples=samples,
        series=series,
        common_names=names,
    )


def common_names(samples: Iterable[RunSample]) -> dict[str, str]:
    """Return under which name each name is computed: all names that were matched to one tube under the first."""
    first: dict[int, str] = {}
    return {
        each.sample_name: first.setdefault(each.sample_id, each.sample_name)
        for each in samples
        if each.sample_id is not None
    }


def _plate(run: QpcrRun, rows: Iterable[tuple[Any, ...]], names: Mapping[str, str]) -> Plate:
    notes = tuple(
        ReaderNote(NoteCode(each["code"]), each.get("count", 1), each.get("detail", ""))
        for each in run.notes
        if "code" in each
    )
    return Plate(
        format=FileFormat(run.format),
        reactions=tuple(_reaction(row, names) for row in rows),
        instrument=run.instrument,
        run_name=run.name,
        run_at=run.printed_run_at,
        cycles=run.cycles,
        curves=tuple(map(_printed_curve, run.printed_curves)),
        notes=notes,
    )


def _reaction(row: tuple[Any, ...], names: Mapping[str, str]) -> Reaction:
    _pk, well, sample, target, role, cq, standard, printed, omitted, marks, line, _because = row
    known_as = names.get(sample, sample) if role == WellRole.SAMPLE else sample
    return Reaction(well, known_as, target, WellRole(role), cq, standard, printed, omitted, tuple(marks), line)


def _printed_curve(kept: Mapping[str, Any]) -> PrintedCurve:
    numbers = {
        name: None if kept.get(name) is None else Decimal(kept[name])
        for name in ("slope", "intercept", "r2", "efficiency_pct")
    }
    return PrintedCurve(kept["target"], **numbers)


def _plan(
    run: QpcrRun,
    rows: Iterable[tuple[Any, ...]],
    targets: Iterable[RunTarget],
    assays: Mapping[str, Assay],
    samples: Iterable[RunSample],
    series: Mapping[tuple[int, str], MrdSeries],
    names: Mapping[str, str],
) -> RunPlan:
    kinds = {row.target_name: row.kind for row in targets}
    control_genes = [name for name, kind in kinds.items() if kind == RunTargetChoice.CONTROL_GENE]
    ranges = _control_ranges(run)
    plans = {name: _target_plan(assay, ranges.get(name, {})) for name, assay in assays.items()}
    if control_genes and assays:
        plans[control_genes[0]] = _control_gene_plan(assays.values(), ranges.get(control_genes[0], {}))
    # what nobody said anything about is not measured by settings that nobody chose
    unsaid = {row[3] for row in rows} - set(assays) - set(control_genes)
    return RunPlan(
        control_gene=control_genes[0] if control_genes else None,
        targets=plans,
        samples={names[each.sample_name]: _facts(each, assays, series) for each in samples if each.sample is not None},
        roles={each.sample_name: WellRole(each.role) for each in samples if _is_said(each)},
        exclusions={(row[1], row[3]): row[11] for row in rows if row[11]},
        not_used=frozenset(unsaid),
    )


def _is_said(each: RunSample) -> bool:
    """Whether a person said another role than the name does."""
    return WellRole(each.role) is not (control_named(each.sample_name) or WellRole.SAMPLE)


def _target_plan(assay: Assay, ranges: Mapping[str, ControlRange]) -> TargetPlan:
    return TargetPlan(
        assay=settings_of(assay),
        marker=Marker(assay.marker),
        standard_copies=_standard_copies(assay),
        positive_controls=ranges,
        by_delta_cq=assay.mode == QuantificationModeChoice.DELTA_CQ,
        delta_cq_slope=Decimal(assay.delta_cq_slope),
    )


def _control_gene_plan(assays: Iterable[Assay], ranges: Mapping[str, ControlRange]) -> TargetPlan:
    """The control gene has no assay of its own: cut-off, curve limits and standards are those of the first assay."""
    first = next(iter(assays))
    settings = replace(settings_of(first), mutation_types=frozenset(), limit_of_blank=None)
    return TargetPlan(assay=settings, standard_copies=_standard_copies(first), positive_controls=ranges)


def _standard_copies(assay: Assay) -> dict[str, Decimal]:
    """The copies of standards by name, where the laboratory wrote them down and the file does not tell them."""
    return {
        str(each["name"]): Decimal(str(each["copies"]))
        for each in assay.standards
        if isinstance(each, dict) and "name" in each and "copies" in each
    }


def _facts(each: RunSample, assays: Mapping[str, Assay], series: Mapping[tuple[int, str], MrdSeries]) -> SampleFacts:
    tube = each.sample
    if tube is None or each.patient_id is None:
        return SampleFacts()
    followed = {name: series.get((each.patient_id, assay.marker)) for name, assay in assays.items()}
    levels = {
        name: baseline.pct_abl1
        for name, row in followed.items()
        if row is not None
        for baseline in row.baselines.all()
        if baseline.tissue == tube.tissue
    }
    return SampleFacts(
        mutation_types={name: row.mutation_type or None if row else None for name, row in followed.items()},
        tissue=Tissue(tube.tissue),
        hours_to_lysis=None if tube.hours_to_lysis is None else Decimal(tube.hours_to_lysis),
        diagnosis_pct_abl1=levels,
    )


def _series(samples: Iterable[RunSample], assays: Iterable[Assay]) -> dict[tuple[int, str], MrdSeries]:
    patients = {each.patient_id for each in samples if each.patient_id is not None}
    markers = {assay.marker for assay in assays}
    rows = MrdSeries.objects.filter(patient_id__in=patients, marker__in=markers).select_related("patient__centre")
    return {(row.patient_id, row.marker): row for row in rows.prefetch_related("baselines")}


def _control_ranges(run: QpcrRun) -> dict[str, dict[str, ControlRange]]:
    """The laboratory's mean and spread of its positive controls by target: of the lot in use, else of any lot."""
    lots = list(RunLot.objects.filter(run=run).values_list("lot_id", flat=True))
    rows = QualityTarget.objects.filter(
        Q(lot__isnull=True) | Q(lot_id__in=lots),
        laboratory_id=run.laboratory_id,
        quantity=QualityQuantityChoice.POSITIVE_CONTROL_CQ,
        valid_from__lte=run.made_on,
    ).order_by("lot_id", "valid_from", "pk")
    ordered = sorted(rows, key=lambda row: (row.lot_id is not None, row.valid_from, row.pk))
    return {row.target_name: {ANY_CONTROL: ControlRange(row.mean, row.sd)} for row in ordered}
