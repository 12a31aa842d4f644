"""How little a sample could have shown: limits of this very sample, and of the rule "2 of 3 wells".

Source: EAC, Gabert et al., Leukemia 2003;17:2318; docs/methods/sensitivity.md.
"""

import math
from decimal import ROUND_HALF_EVEN, Context, Decimal

from monitoring.domain.control_gene import ControlGeneInsufficient
from monitoring.domain.copies import STORED_DIGITS, MeanCopies, pct_of
from monitoring.domain.replicates import call_wells
from monitoring.domain.terms import Call

LOD_COPIES = Decimal(1)  # copies a well, EAC convention; 2 is the 95 % limit of "2 of 3", 3 is conservative
LOQ_COPIES = Decimal(10)  # copies a well, the lowest EAC standard

_STORED = Context(prec=STORED_DIGITS, rounding=ROUND_HALF_EVEN)
_WORKING = Context(prec=60, rounding=ROUND_HALF_EVEN)
_PER_CENT = Decimal(100)


def limit_pct_abl1(copies: Decimal, abl1: MeanCopies) -> Decimal:
    """Return 100 x copies / mean ABL1 copies, per cent of ABL1; raises ControlGeneInsufficient for 0."""
    if abl1.total <= 0:
        raise ControlGeneInsufficient(str(abl1.total))
    return pct_of(MeanCopies(copies, 1), abl1)


def mrd_value(follow_up_pct_abl1: Decimal, diagnosis_pct_abl1: Decimal) -> Decimal:
    """Return MRDv, follow-up over diagnosis, a fraction of diagnosis; same tissue, same assay_key."""
    return _STORED.divide(follow_up_pct_abl1, diagnosis_pct_abl1)


def sensitivity_value(follow_up_abl1: Decimal, diagnosis_abl1: Decimal, diagnosis_target: Decimal) -> Decimal:
    """Return SENSv = A_dx / (A_fu x T_dx), one copy as a fraction of diagnosis; all mean copies a well."""
    if follow_up_abl1 <= 0:
        raise ControlGeneInsufficient(str(follow_up_abl1))
    return _STORED.divide(diagnosis_abl1, _WORKING.multiply(follow_up_abl1, diagnosis_target))


def limit_pct_baseline(sensv: Decimal, copies: Decimal = LOD_COPIES) -> Decimal:
    """Return the limit of detection in per cent of diagnosis: 100 x SENSv x copies."""
    return _STORED.multiply(_WORKING.multiply(_PER_CENT, sensv), copies)


def probability_of_detection(copies_per_well: float, wells: int = 3) -> float:
    """Return the Poisson probability that `copies_per_well` on average are called DETECTED in `wells` wells.

    The best that any assay can do: each well with at least one copy is positive, p = 1 - exp(-copies).
    """
    positive = -math.expm1(-copies_per_well)
    return math.fsum(
        math.comb(wells, k) * positive**k * (1 - positive) ** (wells - k)
        for k in range(1, wells + 1)
        if call_wells(k, wells) is Call.DETECTED
    )
