"""Every target of a sample with the control gene of the same sample and run: the result, its limits, its class.

Source: docs/methods/quantification.md, docs/methods/runs.md.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from monitoring.domain.problems import Gene, Problem, ProblemCode, any_fails
from monitoring.domain.quantification import Quantification, quantify_cq, quantify_without_abl1
from monitoring.domain.rulesets import DEFAULT_RULESET
from monitoring.domain.run_classes import classes_of
from monitoring.domain.run_control_wells import ControlsOfRun
from monitoring.domain.run_delta_cq import RelativeLevel, quantify_relative
from monitoring.domain.run_samples import MeasuredTarget, is_by_delta_cq
from monitoring.domain.run_setting import RunSetting
from monitoring.domain.terms import Call, RuleSetId, SampleClass
from monitoring.domain.units import Scale, from_pct_abl1


class PairMode(StrEnum):
    """How a pair was quantified."""

    STANDARD_CURVE = "STANDARD_CURVE"
    DELTA_CQ = "DELTA_CQ"


@dataclass(frozen=True, slots=True)
class RunPair:
    """The result of one target of one sample.

    `quantification.call` is what counts, `wells_call` what the wells alone say. `classes` by rule set hold None where
    tissue or marker would decide and are not known. `target_seen`: detected, in a sample that is not evaluable.
    `relative` is the level by a difference of Cq. `of_the_run` are those problems that curves and controls hand on to
    every pair, and what follows from them.
    """

    sample: str
    target: str
    control: str | None
    quantification: Quantification
    wells_call: Call
    classes: Mapping[RuleSetId, SampleClass | None]
    target_seen: bool
    relative: RelativeLevel | None
    diagnosis_pct_abl1: Decimal | None
    problems: tuple[Problem, ...]
    of_the_run: frozenset[Problem]

    @property
    def mode(self) -> PairMode:
        """How the pair was quantified."""
        return PairMode.STANDARD_CURVE if self.relative is None else PairMode.DELTA_CQ

    @property
    def own_problems(self) -> tuple[Problem, ...]:
        """What was found of this pair alone, without what curves and controls hand on to every pair."""
        return tuple(problem for problem in self.problems if problem not in self.of_the_run)

    @property
    def sample_class(self) -> SampleClass | None:
        """The class under the rule set that centres begin with; ELN 2021 asks for neither tissue nor marker."""
        return self.classes[DEFAULT_RULESET]

    @property
    def levels(self) -> dict[Scale, Decimal]:
        """The level on every scale that can be given; per cent of diagnosis where the diagnosis is known."""
        pct, diagnosis = self.quantification.pct_abl1, self.diagnosis_pct_abl1
        if self.relative is not None and self.relative.level is not None:
            return {Scale.PCT_BASELINE: self.relative.level.pct_baseline}
        if pct is None:
            return {}
        scales = [scale for scale in Scale if scale is not Scale.PCT_BASELINE or diagnosis is not None]
        return {scale: from_pct_abl1(pct, scale, diagnosis) for scale in scales}


def pairs_of_run(
    setting: RunSetting, controls: ControlsOfRun, measured: tuple[MeasuredTarget, ...]
) -> tuple[RunPair, ...]:
    """Return every target of every sample with its control gene, in the order of the file."""
    abl1 = {each.sample: each for each in measured if each.target == setting.control_gene}
    return tuple(
        _pair(setting, controls, each, abl1.get(each.sample))
        for each in measured
        if each.target != setting.control_gene
    )


def _pair(setting: RunSetting, controls: ControlsOfRun, target: MeasuredTarget, abl1: MeasuredTarget | None) -> RunPair:
    failures = (*setting.control_gene_problems, *controls.failures_of(target.target, setting.control_gene))
    facts = setting.plan.of_sample(target.sample)
    relative = None
    if is_by_delta_cq(setting, target.target) and _no_curve_failed(setting, target.target):
        quantification, relative = quantify_relative(setting, target, abl1, failures)
    else:
        quantification = _by_curves(setting, target, abl1, failures)
    classes = classes_of(quantification, setting.plan.of_target(target.target).marker, facts.tissue, relative)
    seen = _is_seen(target.wells_call.call, quantification.call, classes, relative)
    return RunPair(
        sample=target.sample,
        target=target.target,
        control=None if abl1 is None else abl1.target,
        quantification=quantification,
        wells_call=target.wells_call.call,
        classes=classes,
        target_seen=seen,
        relative=relative,
        diagnosis_pct_abl1=facts.diagnosis_pct_abl1.get(target.target),
        problems=(
            *quantification.problems,
            *facts.problems(),
            *_droppable(target, abl1),
            *((Problem(ProblemCode.TARGET_SEEN, Gene.TARGET),) if seen else ()),
        ),
        of_the_run=_of_the_run(setting, (*failures, *_curve_problems(setting, target.target))),
    )


def _curve_problems(setting: RunSetting, target: str) -> tuple[Problem, ...]:
    names = (target, setting.control_gene)
    return tuple(problem for name in names if name is not None for problem in setting.curves[name].problems)


def _of_the_run(setting: RunSetting, handed_on: tuple[Problem, ...]) -> frozenset[Problem]:
    """Where the run itself fails, it is to be repeated: that ABL1 is missing or a target seen is then no news."""
    follows = [Problem(ProblemCode.TARGET_SEEN, Gene.TARGET)] if any_fails(handed_on) else []
    if setting.control_gene is None:
        follows.append(Problem(ProblemCode.ABL1_NOT_MEASURED, Gene.ABL1))
    return frozenset((*handed_on, *follows))


def _droppable(*measured: MeasuredTarget | None) -> tuple[Problem, ...]:
    return tuple(
        problem
        for each in measured
        if each is not None
        for problem in each.problems
        if problem.code is ProblemCode.OUTLIER_DROPPABLE
    )


def _is_seen(
    wells_call: Call, call: Call, classes: Mapping[RuleSetId, SampleClass | None], relative: RelativeLevel | None
) -> bool:
    """By a difference of Cq a detected sample has no class of ELN, and is none the worse for it."""
    if wells_call is not Call.DETECTED or (relative is not None and call is Call.DETECTED):
        return False
    return classes[DEFAULT_RULESET] is SampleClass.NOT_EVALUABLE


def _no_curve_failed(setting: RunSetting, target: str) -> bool:
    """A curve that failed is never replaced by a difference of Cq."""
    names = (target, setting.control_gene)
    curves = [setting.curves[name] for name in names if name is not None]
    return all(curve.is_absent or curve.usable is not None for curve in curves)


def _by_curves(
    setting: RunSetting, target: MeasuredTarget, abl1: MeasuredTarget | None, handed_on: tuple[Problem, ...]
) -> Quantification:
    assay = setting.plan.of_target(target.target).assay
    mutation_type = setting.plan.of_sample(target.sample).mutation_type_for(target.target)
    curve = setting.curves[target.target].curve
    if abl1 is None or abl1.wells_call.valid_wells == 0:
        return quantify_without_abl1(
            target_wells=target.replicates(),
            target_curve=curve,
            assay=assay,
            patient_mutation_type=mutation_type,
            run_problems=handed_on,
        )
    return quantify_cq(
        target_wells=target.replicates(),
        abl1_wells=abl1.replicates(),
        target_curve=curve,
        abl1_curve=setting.curves[abl1.target].curve,
        assay=assay,
        abl1_assay=setting.plan.of_target(abl1.target).assay,
        patient_mutation_type=mutation_type,
        run_problems=handed_on,
    )
