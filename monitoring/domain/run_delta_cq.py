"""A pair without standards: its level relative to diagnosis, by the difference of Cq, and nothing in % of ABL1.

Source: EAC, Gabert et al., Leukemia 2003;17:2318; Beillard et al., Leukemia 2003;17:2474; docs/methods/runs.md.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from monitoring.domain.delta_cq import DeltaCqLevel, delta_cq, level_by_delta_cq, sensitivity_by_delta_cq
from monitoring.domain.problems import Gene, Problem, ProblemCode, any_fails
from monitoring.domain.quantification import Quantification
from monitoring.domain.replicates import Well, mean_cq
from monitoring.domain.run_samples import MeasuredTarget
from monitoring.domain.run_setting import RunSetting
from monitoring.domain.terms import Call

ABL1_CQ_LATEST = Decimal("29.3")  # cycles, mean of the wells; later ABL1 was left out by Beillard et al. 2003


@dataclass(frozen=True, slots=True)
class RelativeLevel:
    """The difference of Cq, and what it says against that of diagnosis; None where one of the two is not known.

    `sensitivity` is the fraction of diagnosis that a target at the cut-off would have been in this sample.
    """

    delta_cq: Decimal | None
    level: DeltaCqLevel | None
    sensitivity: Decimal | None


def quantify_relative(
    setting: RunSetting, target: MeasuredTarget, abl1: MeasuredTarget | None, failures: Sequence[Problem]
) -> tuple[Quantification, RelativeLevel]:
    """Return call and findings of a pair, and its level as a fraction of diagnosis; cycles in, no copies out."""
    diagnosis = setting.plan.of_sample(target.sample).diagnosis_delta_cq.get(target.target)
    seen = _positive(target, setting)
    abl1_cqs = [] if abl1 is None else _positive(abl1, setting)
    problems = (
        *failures,
        *(problem for problem in target.problems if problem.code is not ProblemCode.OUTLIER_DROPPABLE),
        *_abl1_problems(abl1, abl1_cqs),
        Problem(ProblemCode.RELATIVE_TO_DIAGNOSIS_ONLY, Gene.TARGET),
        *(() if diagnosis is not None else (Problem(ProblemCode.DIAGNOSIS_DELTA_CQ_UNKNOWN, Gene.TARGET),)),
    )
    call = Call.NOT_EVALUABLE if any_fails(problems) else target.wells_call.call
    return (
        _quantification(target, call, problems),
        _relative(setting, target.target, call, seen, abl1_cqs, diagnosis),
    )


def _relative(
    setting: RunSetting,
    target: str,
    call: Call,
    seen: Sequence[Decimal],
    abl1: Sequence[Decimal],
    diagnosis: Decimal | None,
) -> RelativeLevel:
    slope = setting.plan.of_target(target).delta_cq_slope
    sensitivity = None
    if abl1 and diagnosis is not None:
        sensitivity = sensitivity_by_delta_cq(mean_cq(abl1), diagnosis, slope, setting.cutoff(target))
    if call is not Call.DETECTED:
        return RelativeLevel(None, None, sensitivity)
    difference = delta_cq(seen, abl1)
    level = None if diagnosis is None else level_by_delta_cq(difference, diagnosis, slope)
    return RelativeLevel(difference, level, sensitivity)


def _positive(measured: MeasuredTarget, setting: RunSetting) -> list[Decimal]:
    cutoff = setting.cutoff(measured.target)
    wells: tuple[Well, ...] = measured.replicates()
    return [well.cq for well in wells if well.is_valid and well.cq is not None and well.is_positive(cutoff)]


def _abl1_problems(abl1: MeasuredTarget | None, cqs: Sequence[Decimal]) -> tuple[Problem, ...]:
    """Without copies the adequacy of ABL1 can only be read from its Cq."""
    if abl1 is None:
        return (Problem(ProblemCode.ABL1_NOT_MEASURED, Gene.ABL1),)
    own = tuple(problem for problem in abl1.problems if problem.code is not ProblemCode.OUTLIER_DROPPABLE)
    if not cqs:
        silent = Problem(ProblemCode.ABL1_NOT_AMPLIFIED, Gene.ABL1)
        return own if any_fails(own) else (*own, silent)
    late = mean_cq(cqs) > ABL1_CQ_LATEST
    return (*own, Problem(ProblemCode.ABL1_CQ_LATE, Gene.ABL1, mean_cq(cqs))) if late else own


def _quantification(target: MeasuredTarget, call: Call, problems: tuple[Problem, ...]) -> Quantification:
    return Quantification(
        call=call,
        pct_abl1=None,
        extrapolated_pct_abl1=None,
        target_copies=None,
        abl1_copies=None,
        lod_pct_abl1=None,
        loq_pct_abl1=None,
        positive_wells=target.wells_call.positive_wells,
        valid_wells=target.wells_call.valid_wells,
        problems=problems,
    )
