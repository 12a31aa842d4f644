"""What the wells of one sample say of one target of the run, the control gene included.

Source: docs/methods/quantification.md, docs/methods/runs.md.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from monitoring.domain.assay import AssaySettings, assess_mutation_type
from monitoring.domain.copies import MeanCopies, mean_copies
from monitoring.domain.plate import WellRole
from monitoring.domain.problems import Gene, Problem, ProblemCode, any_fails
from monitoring.domain.replicates import (
    ReplicateCall,
    Well,
    assess_count,
    assess_spread,
    call_replicates,
    droppable_outliers,
)
from monitoring.domain.run_control_wells import ControlsOfRun
from monitoring.domain.run_curves import RunCurve
from monitoring.domain.run_setting import RunSetting
from monitoring.domain.run_wells import ReportedWell, as_replicates, reported_wells
from monitoring.domain.terms import Call


@dataclass(frozen=True, slots=True)
class MeasuredTarget:
    """One sample and target: its wells, what they say, and what it counts for.

    `wells_call` is what the wells alone say; `call` is NOT_EVALUABLE where curve, controls, mutation type or number of
    wells do not let that count. `mean` is in copies a well, None without a usable curve; `droppable` names the one
    well that may be left out as an outlier.
    """

    sample: str
    target: str
    gene: Gene
    wells: tuple[ReportedWell, ...]
    wells_call: ReplicateCall
    call: Call
    mean: MeanCopies | None
    droppable: str | None
    problems: tuple[Problem, ...]

    @property
    def target_seen(self) -> bool:
        """Whether the wells detected the target, although the sample does not count."""
        return self.call is Call.NOT_EVALUABLE and self.wells_call.call is Call.DETECTED

    def replicates(self) -> tuple[Well, ...]:
        """Return the wells as the rules of replicates see them."""
        return tuple(Well(well.cq, well.left_out_because) for well in self.wells)


def measured_targets(setting: RunSetting, controls: ControlsOfRun) -> tuple[MeasuredTarget, ...]:
    """Return every named sample and target of a run, in the order of the file."""
    return tuple(
        _measured(setting, controls, sample, target)
        for role, sample, target in setting.wells.groups()
        if role is WellRole.SAMPLE and sample
    )


def is_by_delta_cq(setting: RunSetting, target: str) -> bool:
    """Say whether a target is quantified relative to diagnosis: the plan asks for it and there is no curve."""
    asked = setting.plan.of_target(target).by_delta_cq
    return asked and (setting.curves[target].is_absent or _abl1_is_absent(setting))


def _abl1_is_absent(setting: RunSetting) -> bool:
    return setting.control_gene is not None and setting.curves[setting.control_gene].is_absent


def _measured(setting: RunSetting, controls: ControlsOfRun, sample: str, target: str) -> MeasuredTarget:
    gene, curve, assay = setting.gene(target), setting.curves[target], setting.plan.of_target(target).assay
    taken = setting.wells.of(WellRole.SAMPLE, sample, target)
    replicates = as_replicates(taken)
    called = call_replicates(replicates, assay.cq_cutoff)
    own = (
        *_mutation_type_problems(setting, sample, target, gene),
        *_count_problems(called.valid_wells, gene),
        *assess_spread(replicates, gene, assay.cq_cutoff),
        *_outlier(replicates, gene),
    )
    dropped = droppable_outliers(replicates)
    counts = not any_fails((*own, *controls.failures_of(target))) and _may_be_called(setting, target, gene)
    return MeasuredTarget(
        sample=sample,
        target=target,
        gene=gene,
        wells=reported_wells(taken, curve.usable, assay.cq_cutoff),
        wells_call=called,
        call=called.call if counts else Call.NOT_EVALUABLE,
        mean=_mean(replicates, curve, assay),
        droppable=taken[dropped[0]].reaction.well if dropped else None,
        problems=own,
    )


def _mutation_type_problems(setting: RunSetting, sample: str, target: str, gene: Gene) -> tuple[Problem, ...]:
    if gene is Gene.ABL1:
        return ()
    return assess_mutation_type(
        setting.plan.of_target(target).assay, setting.plan.of_sample(sample).mutation_type_for(target)
    )


def _may_be_called(setting: RunSetting, target: str, gene: Gene) -> bool:
    """By a curve that may be used; without one only where the plan takes differences of Cq."""
    curve = setting.curves[target]
    if gene is Gene.ABL1 and curve.is_absent:
        return any(setting.plan.of_target(each).by_delta_cq for each in setting.wells.targets())
    return curve.usable is not None or (curve.is_absent and is_by_delta_cq(setting, target))


def _mean(wells: Sequence[Well], curve: RunCurve, assay: AssaySettings) -> MeanCopies | None:
    if curve.usable is None or not any(well.is_valid for well in wells):
        return None
    return mean_copies(wells, curve.usable, assay.undetermined, assay.cq_cutoff)


def _count_problems(valid: int, gene: Gene) -> tuple[Problem, ...]:
    """One well of ABL1 warns, one of the target is not evaluable."""
    if gene is Gene.TARGET:
        return assess_count(valid, gene)
    if valid == 0:
        return (Problem(ProblemCode.ABL1_NOT_MEASURED, gene),)
    return (Problem(ProblemCode.ABL1_SINGLE_WELL, gene),) if valid == 1 else ()


def _outlier(wells: Sequence[Well], gene: Gene) -> tuple[Problem, ...]:
    """The number is the Cq of the well that may be left out."""
    return tuple(Problem(ProblemCode.OUTLIER_DROPPABLE, gene, wells[place].cq) for place in droppable_outliers(wells))
