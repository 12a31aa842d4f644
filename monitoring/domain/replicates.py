"""The wells of one sample and gene: which are positive, what they say together, how far they scatter.

Source: ELN-DAVID 2025 (Cq < 40 in at least 2 of 3); spread after the ipsogen handbooks;
docs/methods/quantification.md.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import ROUND_HALF_EVEN, Context, Decimal

from monitoring.domain.problems import Gene, Problem, ProblemCode
from monitoring.domain.terms import Call

CQ_CUTOFF = Decimal("40.0")  # cycles; a well is positive strictly below it; ELN-DAVID 2025, an assay setting
MIN_VALID_WELLS = 2  # fewer are not evaluable
FEW_WELLS = 3  # up to this many wells two positive ones make a detected sample; from four on half of them
POSITIVE_OF_FEW = 2  # wells

LATE_MEAN_CQ = Decimal(36)  # cycles; from here on Poisson scatter is expected
SPREAD_WIDE = Decimal("1.5")  # cycles, wider warns
SPREAD_TOO_WIDE = Decimal("2.0")  # cycles (4-fold); from here on repeat

OUTLIER_WELLS = 3  # the rule speaks of one among three
OUTLIER_OTHERS_WITHIN = Decimal("0.5")  # cycles between the other two, [DESIGN]
OUTLIER_BEYOND = Decimal("1.5")  # cycles from the nearer of the other two, [DESIGN]

_WORKING = Context(prec=28, rounding=ROUND_HALF_EVEN)


@dataclass(frozen=True, slots=True)
class Well:
    """One well: its Cq in cycles (None: no amplification) and, where a person left it out, why."""

    cq: Decimal | None
    left_out_because: str = ""

    @property
    def is_valid(self) -> bool:
        """Whether the well takes part."""
        return self.left_out_because == ""

    def is_positive(self, cutoff: Decimal = CQ_CUTOFF) -> bool:
        """Whether the well amplified before the cut-off; exactly at the cut-off it is negative."""
        return self.cq is not None and self.cq < cutoff


@dataclass(frozen=True, slots=True)
class ReplicateCall:
    """What the wells of a sample say together."""

    call: Call
    positive_wells: int
    valid_wells: int


class OutlierNotDroppable(Exception):
    """A well does not meet the rule under which one of three may be left out."""


def wells_of(*cqs: Decimal | None) -> tuple[Well, ...]:
    """Return wells from their Cq in cycles; None is a well without amplification."""
    return tuple(Well(cq) for cq in cqs)


def call_wells(positive: int, valid: int) -> Call:
    """Return the call of `positive` among `valid` wells; DETECTED is 2 of 2, 2 of 3, half of 4 and more."""
    if valid < MIN_VALID_WELLS:
        return Call.NOT_EVALUABLE
    if positive == 0:
        return Call.NOT_DETECTED
    enough = positive >= POSITIVE_OF_FEW if valid <= FEW_WELLS else 2 * positive >= valid
    return Call.DETECTED if enough else Call.INDETERMINATE


def call_replicates(wells: Sequence[Well], cutoff: Decimal = CQ_CUTOFF) -> ReplicateCall:
    """Return the call of the valid wells, a well being positive iff its Cq is below `cutoff` (cycles)."""
    valid = [well for well in wells if well.is_valid]
    positive = sum(well.is_positive(cutoff) for well in valid)
    return ReplicateCall(call_wells(positive, len(valid)), positive, len(valid))


def assess_count(valid: int, gene: Gene) -> tuple[Problem, ...]:
    """Return the problem of having fewer than two valid wells of the target."""
    if valid >= MIN_VALID_WELLS:
        return ()
    return (Problem(ProblemCode.ONE_VALID_WELL if valid else ProblemCode.NO_VALID_WELL, gene),)


def assess_spread(wells: Sequence[Well], gene: Gene, cutoff: Decimal = CQ_CUTOFF) -> tuple[Problem, ...]:
    """Return what the scatter of the positive wells says; the number is the spread, largest less smallest Cq.

    Below a mean Cq of 36 a spread above 1.5 warns, from 2.0 on the wells are to be repeated, and so are they
    where another well stayed negative; from 36 on a spread of 2.0 and more warns.
    """
    valid = [well for well in wells if well.is_valid]
    cqs = [well.cq for well in valid if well.cq is not None and well.is_positive(cutoff)]
    if not cqs:
        return ()
    late = mean_cq(cqs) >= LATE_MEAN_CQ
    code = _spread_code(max(cqs) - min(cqs), late=late)
    found = () if code is None else (Problem(code, gene, max(cqs) - min(cqs)),)
    if len(cqs) < len(valid) and not late:
        return (*found, Problem(ProblemCode.UNDETERMINED_BESIDE_STRONG, gene, mean_cq(cqs)))
    return found


def mean_cq(cqs: Sequence[Decimal]) -> Decimal:
    """Return the arithmetic mean of one or more Cq, in cycles."""
    return _WORKING.divide(sum(cqs, Decimal(0)), Decimal(len(cqs)))


def droppable_outliers(wells: Sequence[Well]) -> tuple[int, ...]:
    """Return the position of the one well that may be left out, or nothing.

    Of exactly three valid wells with a Cq, the other two agree within 0.5 and this one lies more than 1.5
    cycles from the nearer of them. A well without amplification has no distance: this rule leaves none out.
    """
    measured = [(well.cq, place) for place, well in enumerate(wells) if well.is_valid and well.cq is not None]
    if len(measured) != OUTLIER_WELLS or sum(well.is_valid for well in wells) != OUTLIER_WELLS:
        return ()
    (low, first), (middle, _), (high, last) = sorted(measured)
    if high - middle <= OUTLIER_OTHERS_WITHIN and middle - low > OUTLIER_BEYOND:
        return (first,)
    return (last,) if middle - low <= OUTLIER_OTHERS_WITHIN and high - middle > OUTLIER_BEYOND else ()


def drop_outlier(wells: Sequence[Well], place: int, because: str) -> tuple[Well, ...]:
    """Return the wells with one left out, kept with its reason; raises OutlierNotDroppable."""
    if place not in droppable_outliers(wells) or not because.strip():
        raise OutlierNotDroppable
    return tuple(replace(well, left_out_because=because) if i == place else well for i, well in enumerate(wells))


def _spread_code(spread: Decimal, *, late: bool) -> ProblemCode | None:
    if spread >= SPREAD_TOO_WIDE:
        return ProblemCode.CQ_SPREAD_WIDE if late else ProblemCode.CQ_SPREAD_TOO_WIDE
    return ProblemCode.CQ_SPREAD_WIDE if spread > SPREAD_WIDE and not late else None
