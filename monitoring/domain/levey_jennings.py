"""A control over time: the target that held for each point, what the rules say of it, and an estimate for a new one.

Source: Levey and Jennings, Am J Clin Pathol 1950;20:1059; CLSI C24 (at least 20 measurements for a mean and SD);
docs/methods/quality_control.md.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import ROUND_HALF_EVEN, Context, Decimal
from enum import StrEnum

from monitoring.domain.copies import exact_sum
from monitoring.domain.standard_curve import CurveLimits, StandardCurve
from monitoring.domain.westgard import ControlPoint, ControlTarget, Judgement, judge

MIN_POINTS = 20  # points of one lot; CLSI C24: with fewer a mean and SD are provisional
ANY_LOT = ""  # a target that holds for every lot without one of its own; a point whose lot nobody recorded
MIN_ESTIMATE = 2  # points; fewer have no SD
STORED_DIGITS = 12  # significant digits of an estimated mean and SD, [DESIGN]: far finer than any Cq

_WORKING = Context(prec=50, rounding=ROUND_HALF_EVEN)
_STORED = Context(prec=STORED_DIGITS, rounding=ROUND_HALF_EVEN)


class Quantity(StrEnum):
    """What a chart follows: Cq, Cq per log10, %, log10 of copies; R2 has no unit."""

    POSITIVE_CONTROL_CQ = "POSITIVE_CONTROL_CQ"
    SLOPE = "SLOPE"
    INTERCEPT = "INTERCEPT"
    EFFICIENCY_PCT = "EFFICIENCY_PCT"
    R2 = "R2"
    ABL1_LOG10_COPIES = "ABL1_LOG10_COPIES"


# R2 is bounded by 1 and falls on one side only: SD say nothing of it, the assay's limits do. [DESIGN]
JUDGED_BY_RULES = frozenset(Quantity) - {Quantity.R2}


class TooFewPoints(Exception):
    """A mean and SD were asked of fewer than two points, or of points that are all equal."""


@dataclass(frozen=True, slots=True)
class QualityValue:
    """One point as it is on record; `left_out_because` is empty where it counts."""

    id: int
    measured_on: date
    value: Decimal
    lot: str = ""
    left_out_because: str = ""


@dataclass(frozen=True, slots=True)
class SetTarget:
    """A mean and SD that a person set for a lot, from a day on; `points` is 0 where they were typed."""

    mean: Decimal
    sd: Decimal
    lot: str
    valid_from: date
    set_at: datetime
    points: int = 0
    set_by: str = ""

    @property
    def is_provisional(self) -> bool:
        """Whether it was computed from fewer than 20 points."""
        return 0 < self.points < MIN_POINTS


@dataclass(frozen=True, slots=True)
class AcceptedRange:
    """What the assay accepts of a quantity, in its unit; a value on a limit is accepted. `warns_below` only of R2."""

    lowest: Decimal | None = None
    highest: Decimal | None = None
    warns_below: Decimal | None = None

    @property
    def limits(self) -> tuple[Decimal, ...]:
        """The limits that there are."""
        return tuple(each for each in (self.lowest, self.highest, self.warns_below) if each is not None)

    def is_outside(self, value: Decimal) -> bool:
        """Whether a value lies strictly beyond a limit."""
        too_low = self.lowest is not None and value < self.lowest
        return too_low or (self.highest is not None and value > self.highest)

    def is_low(self, value: Decimal) -> bool:
        """Whether a value is accepted with a warning."""
        return self.warns_below is not None and value < self.warns_below and not self.is_outside(value)


@dataclass(frozen=True, slots=True)
class ReadPoint:
    """A point with the target of its time, what the rules say of it, and whether the assay's limits hold."""

    given: QualityValue
    target: SetTarget | None
    judgement: Judgement
    sds: Decimal | None
    accepted: AcceptedRange
    begins_lot: bool

    @property
    def is_outside(self) -> bool:
        """Whether the assay does not accept the value, of a point that counts."""
        return not self.given.left_out_because and self.accepted.is_outside(self.given.value)

    @property
    def is_low(self) -> bool:
        """Whether the assay accepts the value with a warning, of a point that counts."""
        return not self.given.left_out_because and self.accepted.is_low(self.given.value)


@dataclass(frozen=True, slots=True)
class Estimate:
    """Mean and sample SD (n - 1) of points, 12 significant digits."""

    mean: Decimal
    sd: Decimal
    points: int

    @property
    def is_provisional(self) -> bool:
        """Whether more points are needed before it is more than provisional."""
        return self.points < MIN_POINTS


def target_of(point: QualityValue, targets: Iterable[SetTarget]) -> SetTarget | None:
    """Return the target that holds for a point: of its own lot, else of no lot in particular; the latest of these.

    A target never reaches back before its day: points keep the target of their time.
    """
    held = [each for each in targets if each.lot in {point.lot, ANY_LOT} and each.valid_from <= point.measured_on]
    return max(held, key=lambda each: (each.lot == point.lot, each.valid_from, each.set_at), default=None)


def read_chart(
    points: Sequence[QualityValue], targets: Sequence[SetTarget], quantity: Quantity, accepted: AcceptedRange
) -> tuple[ReadPoint, ...]:
    """Return the points, given in the order of the runs, as the rules and the assay's limits see them."""
    held = [target_of(point, targets) if quantity in JUDGED_BY_RULES else None for point in points]
    controls = [_control(point, target) for point, target in zip(points, held, strict=True)]
    read = []
    for at, (point, target, control, judged) in enumerate(zip(points, held, controls, judge(controls), strict=True)):
        read.append(
            ReadPoint(
                given=point,
                target=target,
                judgement=judged,
                sds=control.sds,
                accepted=accepted,
                begins_lot=at > 0 and points[at - 1].lot != point.lot,
            )
        )
    return tuple(read)


def estimate(points: Iterable[QualityValue], lot: str) -> Estimate:
    """Return mean and SD of the points of a lot that are not left out; raises TooFewPoints."""
    values = [point.value for point in points if point.lot == lot and not point.left_out_because]
    if len(values) < MIN_ESTIMATE or len(set(values)) == 1:
        raise TooFewPoints(len(values))
    mean = _WORKING.divide(exact_sum(values), Decimal(len(values)))
    squares = exact_sum(_WORKING.power(_WORKING.subtract(value, mean), Decimal(2)) for value in values)
    variance = _WORKING.divide(squares, Decimal(len(values) - 1))
    return Estimate(_STORED.plus(mean), _STORED.plus(_WORKING.sqrt(variance)), len(values))


def accepted_range(quantity: Quantity, limits: CurveLimits) -> AcceptedRange:
    """Return what an assay accepts of a quantity; the limits of the efficiency are those of the slope."""
    if quantity is Quantity.SLOPE:
        return AcceptedRange(limits.slope_steepest, limits.slope_shallowest)
    if quantity is Quantity.EFFICIENCY_PCT:
        return AcceptedRange(*(_efficiency(slope) for slope in (limits.slope_steepest, limits.slope_shallowest)))
    if quantity is Quantity.R2:
        return AcceptedRange(lowest=limits.r2_fails_below, warns_below=limits.r2_warns_below)
    return AcceptedRange()


def _efficiency(slope: Decimal) -> Decimal:
    return StandardCurve(slope, Decimal(0)).efficiency_pct


def _control(point: QualityValue, target: SetTarget | None) -> ControlPoint:
    held = None if target is None else ControlTarget(target.mean, target.sd, point.lot)
    return ControlPoint(point.value, held, bool(point.left_out_because))
