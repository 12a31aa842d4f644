"""The controls of a run: those that must stay silent and the one that must not.

Source: EAC and ipsogen handbooks, Westgard 2 SD and 3 SD; docs/methods/quantification.md.
"""

from collections.abc import Sequence
from decimal import Decimal

from monitoring.domain.problems import Gene, Problem, ProblemCode
from monitoring.domain.replicates import CQ_CUTOFF, Well

WARNING_SD = 2  # Westgard 1-2s
FAILURE_SD = 3  # Westgard 1-3s


def assess_silent_control(wells: Sequence[Well], gene: Gene, cutoff: Decimal = CQ_CUTOFF) -> tuple[Problem, ...]:
    """Return the problem of a control that amplified before the cut-off; the number is its lowest Cq.

    For the no-template and no-RT controls and the extraction blank. One positive well fails the run.
    """
    seen = [well.cq for well in wells if well.is_valid and well.cq is not None and well.is_positive(cutoff)]
    return (Problem(ProblemCode.NEGATIVE_CONTROL_POSITIVE, gene, min(seen)),) if seen else ()


def assess_wild_type_control(mean_copies: Decimal, limit_of_blank: Decimal) -> tuple[Problem, ...]:
    """Return the problem of a wild-type NPM1 cDNA above the limit of blank, both in mean copies a well."""
    above = mean_copies > limit_of_blank
    return (Problem(ProblemCode.WILD_TYPE_ABOVE_BLANK, Gene.TARGET, mean_copies),) if above else ()


def assess_positive_control(cq: Decimal | None, lab_mean: Decimal, lab_sd: Decimal, gene: Gene) -> tuple[Problem, ...]:
    """Return what the positive control says; silent or beyond 3 SD of the laboratory's mean it fails."""
    if cq is None:
        return (Problem(ProblemCode.POSITIVE_CONTROL_NEGATIVE, gene),)
    distance = abs(cq - lab_mean)
    if distance > FAILURE_SD * lab_sd:
        return (Problem(ProblemCode.POSITIVE_CONTROL_OUTSIDE_3_SD, gene, cq),)
    outside = distance > WARNING_SD * lab_sd
    return (Problem(ProblemCode.POSITIVE_CONTROL_OUTSIDE_2_SD, gene, cq),) if outside else ()
