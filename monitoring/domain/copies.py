"""Copies: of a well by its curve, of a sample as the mean of its wells, and the ratio of two means.

Source: EAC, Gabert et al., Leukemia 2003;17:2318 (mean of the copies, not of the Cq); an undetermined
well counts as 0 copies after EUTOS, Cross et al., Leukemia 2015; docs/methods/quantification.md.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Context, Decimal
from enum import StrEnum

from monitoring.domain.replicates import CQ_CUTOFF, Well
from monitoring.domain.standard_curve import StandardCurve

# A ratio is rounded once, to 20 significant digits. Of whole copies below 10^8 in up to ten wells, two ratios
# that differ, one from ten times another, or one from a threshold, differ by more: no false tie arises.
STORED_DIGITS = 20
_STORED = Context(prec=STORED_DIGITS, rounding=ROUND_HALF_EVEN)
_WORKING = Context(prec=60, rounding=ROUND_HALF_EVEN)
_PER_CENT = Decimal(100)


class UndeterminedWells(StrEnum):
    """What a negative well counts in the mean of a sample."""

    AS_ZERO = "AS_ZERO"
    LEFT_OUT = "LEFT_OUT"  # EAC practice: only positive wells; inflates low values by up to 1.5-fold


class CopiesNotCountable(Exception):
    """Copies must be finite and not negative."""


@dataclass(frozen=True, slots=True)
class MeanCopies:
    """Mean copies of the wells, kept as sum and number so that a ratio is rounded once only."""

    total: Decimal
    wells: int

    @property
    def per_well(self) -> Decimal:
        """Mean copies a well, 20 significant digits."""
        return _STORED.divide(self.total, Decimal(self.wells))


def copies_of_cq(cq: Decimal, curve: StandardCurve) -> Decimal:
    """Return the copies of one well: 10^((Cq - intercept) / slope), 20 significant digits."""
    exponent = _WORKING.divide(_WORKING.subtract(cq, curve.intercept), curve.slope)
    return _STORED.power(Decimal(10), exponent)


def mean_copies(
    wells: Sequence[Well], curve: StandardCurve, undetermined: UndeterminedWells, cutoff: Decimal = CQ_CUTOFF
) -> MeanCopies:
    """Return the mean copies of the valid wells, one at least; negative wells by the setting."""
    valid = [well for well in wells if well.is_valid]
    counted = [copies_of_cq(well.cq, curve) for well in valid if well.cq is not None and well.is_positive(cutoff)]
    if undetermined is UndeterminedWells.LEFT_OUT and counted:
        return MeanCopies(exact_sum(counted), len(counted))
    return MeanCopies(exact_sum(counted), len(valid))


def mean_of_counted(copies_by_well: Sequence[Decimal], undetermined: UndeterminedWells) -> MeanCopies:
    """Return the mean of copies given well by well, 0 for a negative one; raises CopiesNotCountable."""
    for copies in copies_by_well:
        check_is_countable(copies)
    positive = [copies for copies in copies_by_well if copies > 0]
    if undetermined is UndeterminedWells.LEFT_OUT and positive:
        return MeanCopies(exact_sum(positive), len(positive))
    return MeanCopies(exact_sum(positive), len(copies_by_well))


def pct_of(target: MeanCopies, abl1: MeanCopies) -> Decimal:
    """Return 100 x target / ABL1 in per cent, both above 0, rounded once: 20 digits, half to even."""
    above = _WORKING.multiply(_WORKING.multiply(_PER_CENT, target.total), Decimal(abl1.wells))
    return _STORED.divide(above, _WORKING.multiply(abl1.total, Decimal(target.wells)))


def exact_sum(numbers: Iterable[Decimal]) -> Decimal:
    """Return the sum in 60 digits."""
    total = Decimal(0)
    for number in numbers:
        total = _WORKING.add(total, number)
    return total


def check_is_countable(copies: Decimal) -> None:
    """Refuse with CopiesNotCountable NaN, infinity and negative copies."""
    if not copies.is_finite() or copies < 0:
        raise CopiesNotCountable(str(copies))
