"""A whole run quantified: the one function from a plate to everything that is shown, stored or printed of it.

Source: docs/methods/quantification.md, docs/methods/runs.md.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from monitoring.domain.plate import FileFormat, Plate, ReaderNote, WellRole, distinct
from monitoring.domain.problems import Gene, Problem, ProblemCode, Severity
from monitoring.domain.run_control_wells import ControlsOfRun, RunControl, controls_of_run
from monitoring.domain.run_curves import RunCurve
from monitoring.domain.run_pairs import RunPair, pairs_of_run
from monitoring.domain.run_plan import DEFAULT_PLAN, RunPlan
from monitoring.domain.run_samples import MeasuredTarget, measured_targets
from monitoring.domain.run_setting import RunSetting, setting_of_run


@dataclass(frozen=True, slots=True)
class RunFinding:
    """One problem with its place: sample and target are empty where it concerns more than these.

    `role` is the control that a name was taken for; `wells` the positions that a finding speaks of.
    """

    problem: Problem
    sample: str = ""
    target: str = ""
    role: WellRole | None = None
    wells: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RunReport:
    """Curves, controls, samples and pairs of a run in the order of its file, and what was found of the run itself."""

    format: FileFormat
    run_name: str
    control_gene: str | None
    curves: tuple[RunCurve, ...]
    controls: tuple[RunControl, ...]
    samples: tuple[MeasuredTarget, ...]
    pairs: tuple[RunPair, ...]
    run_findings: tuple[RunFinding, ...]
    notes: tuple[ReaderNote, ...] = ()

    def findings(self) -> tuple[RunFinding, ...]:
        """Return every finding once with its place, those that weigh most first."""
        found = dict.fromkeys((*self.run_findings, *self._of_curves(), *self._of_controls(), *self._of_pairs()))
        order = (Severity.FAILS, Severity.REPEAT, Severity.WARNS)
        return tuple(sorted(found, key=lambda finding: order.index(finding.problem.severity)))

    def problems_of(self, measured: MeasuredTarget) -> tuple[Problem, ...]:
        """Return everything that bears on one sample and target: for ABL1 what its pairs say of ABL1 and of the run."""
        pairs = self.of_sample(measured.sample)
        if measured.gene is Gene.TARGET:
            told = [problem for pair in pairs if pair.target == measured.target for problem in pair.problems]
        else:
            told = [problem for pair in pairs for problem in pair.problems if problem.gene is not Gene.TARGET]
        return tuple(dict.fromkeys((*measured.problems, *told)))

    def of_sample(self, sample: str) -> tuple[RunPair, ...]:
        """Return the pairs of one sample."""
        return tuple(pair for pair in self.pairs if pair.sample == sample)

    def _of_curves(self) -> Iterator[RunFinding]:
        for curve in self.curves:
            for problem in curve.problems:
                yield RunFinding(problem, target=curve.target)

    def _of_controls(self) -> Iterator[RunFinding]:
        for control in self.controls:
            wells = tuple(well.position for well in control.wells if not well.left_out_because)
            for problem in control.problems:
                yield RunFinding(problem, control.sample, control.target, control.role, wells)

    def _of_pairs(self) -> Iterator[RunFinding]:
        for pair in self.pairs:
            for problem in pair.own_problems:
                yield RunFinding(problem, pair.sample, pair.target)


def quantify_run(plate: Plate, plan: RunPlan = DEFAULT_PLAN) -> RunReport:
    """Return the report of a plate under a plan: Cq in cycles, copies a well, levels in per cent of ABL1.

    Nothing in a plate raises an error: what cannot be quantified is NOT_EVALUABLE and says why.
    """
    setting = setting_of_run(plate, plan)
    controls = controls_of_run(setting)
    samples = measured_targets(setting, controls)
    return RunReport(
        format=plate.format,
        run_name=plate.run_name,
        control_gene=setting.control_gene,
        curves=tuple(setting.curves.values()),
        controls=controls.controls,
        samples=samples,
        pairs=pairs_of_run(setting, controls, samples),
        run_findings=tuple(_run_findings(plate, setting, controls)),
        notes=plate.notes,
    )


def _run_findings(plate: Plate, setting: RunSetting, controls: ControlsOfRun) -> Iterator[RunFinding]:
    for problem in setting.control_gene_problems:
        yield RunFinding(problem)
    yield from _roles_by_name(controls.controls)
    yield from _without_no_template(setting)
    yield from _not_named(setting)
    yield from _exclusions_without_well(plate, setting.plan)


def _roles_by_name(controls: Sequence[RunControl]) -> Iterator[RunFinding]:
    named = {control.sample: control.role for control in controls if control.role_by_name}
    for sample, role in named.items():
        yield RunFinding(Problem(ProblemCode.ROLE_BY_NAME), sample=sample, role=role)


def _without_no_template(setting: RunSetting) -> Iterator[RunFinding]:
    """Every target that samples were measured of needs a no-template control that counts."""
    for target in setting.wells.targets():
        silent = setting.wells.of_target(WellRole.NO_TEMPLATE, target)
        if setting.wells.of_target(WellRole.SAMPLE, target) and not any(well.well.is_valid for well in silent):
            yield RunFinding(Problem(ProblemCode.NO_TEMPLATE_MISSING, setting.gene(target)), target=target)


def _not_named(setting: RunSetting) -> Iterator[RunFinding]:
    """Wells without a sample name are not pooled: nobody knows whose they are."""
    nameless = [
        well.reaction for well in setting.wells.all if well.role is WellRole.SAMPLE and not well.reaction.sample
    ]
    if nameless:
        wells = distinct(reaction.well for reaction in nameless)
        yield RunFinding(Problem(ProblemCode.SAMPLE_NOT_NAMED, None, Decimal(len(wells))), wells=wells)


def _exclusions_without_well(plate: Plate, plan: RunPlan) -> Iterator[RunFinding]:
    there = {(reaction.well, reaction.target) for reaction in plate.reactions}
    for well, target in plan.exclusions:
        if (well, target) not in there:
            yield RunFinding(Problem(ProblemCode.EXCLUSION_WITHOUT_WELL), target=target, wells=(well,))
