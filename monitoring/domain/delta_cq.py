"""Quantification by difference of Cq, where a run has no standards.

It knows the level relative to diagnosis only: no per cent of ABL1 exists in this mode, so the absolute
thresholds of ELN are not evaluable.
Source: EAC, Gabert et al., Leukemia 2003;17:2318; docs/methods/quantification.md.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Context, Decimal

from monitoring.domain.problems import Problem, ProblemCode
from monitoring.domain.replicates import CQ_CUTOFF, mean_cq
from monitoring.domain.standard_curve import CurveNotAcceptable

DELTA_CQ_SLOPE = Decimal("-3.4")  # Cq per log10, EAC convention; a laboratory may set its own
SLOPES_WITHIN = Decimal("0.3")  # Cq per log10 between target and ABL1, [DESIGN]

_WORKING = Context(prec=28, rounding=ROUND_HALF_EVEN)
_PER_CENT = Decimal(100)


@dataclass(frozen=True, slots=True)
class DeltaCqLevel:
    """A level as fraction and per cent of diagnosis, and its log10 reduction."""

    delta_delta_cq: Decimal
    mrdv: Decimal
    pct_baseline: Decimal
    log10_reduction: Decimal


def delta_cq(target_cqs: Sequence[Decimal], abl1_cqs: Sequence[Decimal]) -> Decimal:
    """Return mean Cq of the positive target wells less mean Cq of the ABL1 wells, same cDNA."""
    return _WORKING.subtract(mean_cq(target_cqs), mean_cq(abl1_cqs))


def level_by_delta_cq(follow_up: Decimal, diagnosis: Decimal, slope: Decimal = DELTA_CQ_SLOPE) -> DeltaCqLevel:
    """Return the level of two delta-Cq, MRDv = 10^(ddCq / slope).

    Raises CurveNotAcceptable for a slope that is not below 0.
    """
    _check_slope(slope)
    difference = _WORKING.subtract(follow_up, diagnosis)
    logs = _WORKING.divide(difference, slope)
    mrdv = _WORKING.power(Decimal(10), logs)
    return DeltaCqLevel(difference, mrdv, _WORKING.multiply(_PER_CENT, mrdv), _WORKING.minus(logs))


def sensitivity_by_delta_cq(
    follow_up_abl1_cq: Decimal,
    diagnosis_delta_cq: Decimal,
    slope: Decimal = DELTA_CQ_SLOPE,
    cutoff: Decimal = CQ_CUTOFF,
) -> Decimal:
    """Return SENSv, the fraction of diagnosis that a target at the cut-off would have been in this sample."""
    return level_by_delta_cq(_WORKING.subtract(cutoff, follow_up_abl1_cq), diagnosis_delta_cq, slope).mrdv


def slopes_allow_delta_cq(target_slope: Decimal, abl1_slope: Decimal) -> bool:
    """Say whether the slopes of both curves differ by less than 0.3, as this mode takes for granted."""
    return abs(target_slope - abl1_slope) < SLOPES_WITHIN


def _check_slope(slope: Decimal) -> None:
    if not slope.is_finite() or slope >= 0:
        raise CurveNotAcceptable(Problem(ProblemCode.CURVE_NOT_FALLING, found=slope))
