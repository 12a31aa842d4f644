"""The controls of a run, each with its verdict, and which samples fail with them.

A no-template, no-RT, wild-type or positive control fails the samples of its own target; on ABL1 it fails every pair.
An extraction blank that amplifies in any target fails the whole run: all targets were measured from one extraction.
Source: docs/methods/runs.md.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from monitoring.domain.control_gene import ABL1_SUFFICIENT
from monitoring.domain.copies import mean_copies
from monitoring.domain.plate import WellRole
from monitoring.domain.problems import Gene, Problem, ProblemCode, Severity, any_fails
from monitoring.domain.replicates import mean_cq
from monitoring.domain.run_controls import assess_positive_control, assess_silent_control, assess_wild_type_control
from monitoring.domain.run_setting import RunSetting
from monitoring.domain.run_wells import ReportedWell, RunWell, as_replicates, reported_wells

NO_BLANK_ALLOWED = Decimal(0)  # copies a well, where the laboratory established no limit of blank, [DESIGN]


class ControlVerdict(StrEnum):
    """What a control says of the run."""

    PASSED = "PASSED"
    WARNED = "WARNED"
    FAILED = "FAILED"
    NOT_MEASURED = "NOT_MEASURED"  # every well was left out


@dataclass(frozen=True, slots=True)
class RunControl:
    """One control and target with its wells; `role_by_name` where only its name told what it is."""

    role: WellRole
    sample: str
    target: str
    gene: Gene
    wells: tuple[ReportedWell, ...]
    role_by_name: bool
    problems: tuple[Problem, ...]

    @property
    def verdict(self) -> ControlVerdict:
        """Whether the control fails, warns or passes."""
        if all(well.left_out_because for well in self.wells):
            return ControlVerdict.NOT_MEASURED
        if any_fails(self.problems):
            return ControlVerdict.FAILED
        return ControlVerdict.WARNED if self.problems else ControlVerdict.PASSED


@dataclass(frozen=True, slots=True)
class ControlsOfRun:
    """Every control of a run, and the failures that they hand on to samples."""

    controls: tuple[RunControl, ...]

    def failures_of(self, *targets: str | None) -> tuple[Problem, ...]:
        """Return how the controls fail what was measured of these targets: their own, and extraction blanks."""
        return tuple(
            dict.fromkeys(
                problem
                for control in self.controls
                for problem in control.problems
                if problem.severity is Severity.FAILS
                and (control.target in targets or problem.code is ProblemCode.EXTRACTION_BLANK_POSITIVE)
            )
        )


def controls_of_run(setting: RunSetting) -> ControlsOfRun:
    """Return the controls in the order of the file, each judged by the rule of its role."""
    return ControlsOfRun(
        tuple(
            _control(setting, role, sample, target)
            for role, sample, target in setting.wells.groups()
            if role not in (WellRole.SAMPLE, WellRole.STANDARD)
        )
    )


def _control(setting: RunSetting, role: WellRole, sample: str, target: str) -> RunControl:
    wells = setting.wells.of(role, sample, target)
    gene = setting.gene(target)
    judged = any(well.well.is_valid for well in wells)
    problems = _RULES[role](setting, wells, gene) if judged else ()
    return RunControl(
        role=role,
        sample=sample,
        target=target,
        gene=gene,
        wells=reported_wells(wells, setting.curves[target].usable, setting.cutoff(target)),
        role_by_name=any(well.role_by_name for well in wells),
        problems=problems,
    )


def _silent(setting: RunSetting, wells: Sequence[RunWell], gene: Gene) -> tuple[Problem, ...]:
    return assess_silent_control(as_replicates(wells), gene, setting.cutoff(wells[0].reaction.target))


def _blank(setting: RunSetting, wells: Sequence[RunWell], gene: Gene) -> tuple[Problem, ...]:
    """In the pairs of another target its gene would mislead: the finding is of the run."""
    return tuple(
        Problem(ProblemCode.EXTRACTION_BLANK_POSITIVE, None, problem.found) for problem in _silent(setting, wells, gene)
    )


def _wild_type(setting: RunSetting, wells: Sequence[RunWell], gene: Gene) -> tuple[Problem, ...]:
    """Wild-type cDNA carries ABL1; where it does not, its silence proves nothing."""
    if gene is Gene.ABL1:
        return _wild_type_abl1(setting, wells)
    target = wells[0].reaction.target
    assay = setting.plan.of_target(target).assay
    curve = setting.curves[target].usable
    if curve is None:
        return tuple(
            Problem(ProblemCode.WILD_TYPE_ABOVE_BLANK, gene) for _ in setting.amplified(wells)[:1]
        )  # without copies no limit of blank can be applied
    mean = mean_copies(as_replicates(wells), curve, assay.undetermined, assay.cq_cutoff)
    limit = NO_BLANK_ALLOWED if assay.limit_of_blank is None else assay.limit_of_blank
    return assess_wild_type_control(mean.per_well, limit)


def _wild_type_abl1(setting: RunSetting, wells: Sequence[RunWell]) -> tuple[Problem, ...]:
    target = wells[0].reaction.target
    assay = setting.plan.of_target(target).assay
    curve = setting.curves[target].usable
    if curve is not None:
        mean = mean_copies(as_replicates(wells), curve, assay.undetermined, assay.cq_cutoff).per_well
        return (Problem(ProblemCode.WILD_TYPE_WITHOUT_ABL1, Gene.ABL1, mean),) if mean < ABL1_SUFFICIENT else ()
    return () if setting.amplified(wells) else (Problem(ProblemCode.WILD_TYPE_WITHOUT_ABL1, Gene.ABL1),)


def _positive(setting: RunSetting, wells: Sequence[RunWell], gene: Gene) -> tuple[Problem, ...]:
    reaction = wells[0].reaction
    amplified = setting.amplified(wells)
    cq = mean_cq(amplified) if amplified else None
    if cq is None and _is_control_of_another_target(setting, reaction.sample, reaction.target):
        return ()
    expected = setting.plan.of_target(reaction.target).range_of(reaction.sample)
    if expected is not None:
        return assess_positive_control(cq, expected.mean_cq, expected.sd_cq, gene)
    return () if cq is not None else (Problem(ProblemCode.POSITIVE_CONTROL_NEGATIVE, gene),)


def _is_control_of_another_target(setting: RunSetting, sample: str, target: str) -> bool:
    """On a plate read for several targets in every well, each has its own control, silent in the others."""
    positive = WellRole.POSITIVE_CONTROL
    others = {name for role, _, name in setting.wells.groups() if role is positive and name != target}
    seen_elsewhere = any(
        setting.amplified(setting.wells.of(positive, sample, other)) for other in others - {setting.control_gene}
    )
    return seen_elsewhere and bool(setting.amplified(setting.wells.of_target(positive, target)))


_RULES: Mapping[WellRole, Callable[[RunSetting, Sequence[RunWell], Gene], tuple[Problem, ...]]] = {
    WellRole.NO_TEMPLATE: _silent,
    WellRole.NO_RT: _silent,
    WellRole.EXTRACTION_BLANK: _blank,
    WellRole.WILD_TYPE: _wild_type,
    WellRole.POSITIVE_CONTROL: _positive,
}
