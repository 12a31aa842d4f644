"""The standard curve of an RT-qPCR run: Cq against log10 of the copies, by ordinary least squares.

Source: EAC, Gabert et al., Leukemia 2003;17:2318; limits of the ipsogen handbooks;
docs/methods/quantification.md.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Context, Decimal

from monitoring.domain.problems import Gene, Problem, ProblemCode, any_fails

SLOPE_STEEPEST = Decimal("-3.9")  # Cq per log10, efficiency 80.5 %; EAC through the ipsogen handbooks
SLOPE_SHALLOWEST = Decimal("-3.0")  # Cq per log10, efficiency 115.4 %; same source
R2_FAILS_BELOW = Decimal("0.95")  # EAC; exactly 0.95 is accepted
R2_WARNS_BELOW = Decimal("0.98")  # EAC, desirable
MIN_DILUTIONS = 3  # different standards
MIN_WELLS_PER_DILUTION = 2  # EAC; one well warns

CURVE_DIGITS = 20  # significant digits kept: rounding noise of the fit never moves a slope across its limit
_WORKING = Context(prec=50, rounding=ROUND_HALF_EVEN)
_KEPT = Context(prec=CURVE_DIGITS, rounding=ROUND_HALF_EVEN)


@dataclass(frozen=True, slots=True)
class StandardWell:
    """One well of a standard: nominal copies, and its Cq (None: no amplification)."""

    copies: Decimal
    cq: Decimal | None


@dataclass(frozen=True, slots=True)
class CurveLimits:
    """What a laboratory accepts of a curve; the defaults are those of EAC."""

    slope_steepest: Decimal = SLOPE_STEEPEST
    slope_shallowest: Decimal = SLOPE_SHALLOWEST
    r2_fails_below: Decimal = R2_FAILS_BELOW
    r2_warns_below: Decimal = R2_WARNS_BELOW


@dataclass(frozen=True, slots=True)
class StandardCurve:
    """Cq = slope x log10(copies) + intercept; a curve taken from an instrument may lack R2 and its wells."""

    slope: Decimal
    intercept: Decimal
    r2: Decimal | None = None
    wells: tuple[StandardWell, ...] = ()

    @property
    def efficiency_pct(self) -> Decimal:
        """Amplification efficiency in per cent: 100 x (10^(-1/slope) - 1); slope must not be 0."""
        power = _WORKING.power(Decimal(10), _WORKING.divide(Decimal(-1), self.slope))
        return _KEPT.multiply(Decimal(100), _WORKING.subtract(power, Decimal(1)))


@dataclass(frozen=True, slots=True)
class NoCurve:
    """In place of a curve that is not there or could not be fitted: why, so that nothing is measured by it."""

    problem: Problem


class CurveNotAcceptable(Exception):
    """A standard curve cannot be fitted or breaks a limit; every sample measured by it is not evaluable."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.code.value)
        self.problem = problem


def fit_standard_curve(wells: Iterable[StandardWell], gene: Gene | None = None) -> StandardCurve:
    """Fit slope (Cq per log10 copies), intercept (Cq) and R2 to the wells with a Cq, kept to 20 digits.

    Raises CurveNotAcceptable where no line can be drawn: fewer than 3 dilutions measured, Cq not falling.
    """
    wells = tuple(wells)
    points = [(_WORKING.log10(well.copies), well.cq) for well in wells if well.cq is not None]
    if len({x for x, _ in points}) < MIN_DILUTIONS:
        raise CurveNotAcceptable(Problem(ProblemCode.TOO_FEW_DILUTIONS, gene))
    mean_x, mean_y = _mean([x for x, _ in points]), _mean([y for _, y in points])
    centred = [(_WORKING.subtract(x, mean_x), _WORKING.subtract(y, mean_y)) for x, y in points]
    sxx, syy, sxy = (_sum_of_products(centred, i, j) for i, j in ((0, 0), (1, 1), (0, 1)))
    if sxy >= 0:
        raise CurveNotAcceptable(Problem(ProblemCode.CURVE_NOT_FALLING, gene))
    slope = _WORKING.divide(sxy, sxx)
    return StandardCurve(
        slope=_KEPT.plus(slope),
        intercept=_KEPT.subtract(mean_y, _WORKING.multiply(slope, mean_x)),
        r2=min(Decimal(1), _KEPT.divide(_WORKING.multiply(sxy, sxy), _WORKING.multiply(sxx, syy))),
        wells=wells,
    )


def assess_curve(curve: StandardCurve, limits: CurveLimits, gene: Gene | None = None) -> tuple[Problem, ...]:
    """Return what is wrong with a curve, failures and warnings, in the order slope, R2, wells."""
    found = (*_slope_problems(curve, limits), *_r2_problems(curve, limits), *_well_problems(curve))
    return tuple(Problem(code, gene, number) for code, number in found)


def check_curve(curve: StandardCurve, limits: CurveLimits, gene: Gene | None = None) -> None:
    """Refuse with CurveNotAcceptable, naming the first limit broken, a curve that may not be used."""
    for problem in assess_curve(curve, limits, gene):
        if any_fails((problem,)):
            raise CurveNotAcceptable(problem)


def _slope_problems(curve: StandardCurve, limits: CurveLimits) -> list[tuple[ProblemCode, Decimal | None]]:
    if curve.slope >= 0:
        return [(ProblemCode.CURVE_NOT_FALLING, curve.slope)]
    if curve.slope < limits.slope_steepest:
        return [(ProblemCode.SLOPE_TOO_STEEP, curve.slope)]
    return [(ProblemCode.SLOPE_TOO_SHALLOW, curve.slope)] if curve.slope > limits.slope_shallowest else []


def _r2_problems(curve: StandardCurve, limits: CurveLimits) -> list[tuple[ProblemCode, Decimal | None]]:
    if curve.r2 is None:
        return [(ProblemCode.R2_UNKNOWN, None)]
    if curve.r2 < limits.r2_fails_below:
        return [(ProblemCode.R2_TOO_LOW, curve.r2)]
    return [(ProblemCode.R2_LOW, curve.r2)] if curve.r2 < limits.r2_warns_below else []


def _well_problems(curve: StandardCurve) -> list[tuple[ProblemCode, Decimal]]:
    """Wells that warn: a standard measured once, or one that did not amplify (the number is its copies)."""
    measured = [well.copies for well in curve.wells if well.cq is not None]
    silent = sorted({well.copies for well in curve.wells if well.cq is None})
    single = sorted({copies for copies in measured if measured.count(copies) < MIN_WELLS_PER_DILUTION})
    return [(ProblemCode.SINGLE_STANDARD_WELLS, copies) for copies in single[:1]] + [
        (ProblemCode.STANDARD_UNDETERMINED, copies) for copies in silent
    ]


def _mean(numbers: Sequence[Decimal]) -> Decimal:
    return _WORKING.divide(_sum(numbers), Decimal(len(numbers)))


def _sum(numbers: Iterable[Decimal]) -> Decimal:
    total = Decimal(0)
    for number in numbers:
        total = _WORKING.add(total, number)
    return total


def _sum_of_products(centred: Sequence[tuple[Decimal, Decimal]], i: int, j: int) -> Decimal:
    return _sum(_WORKING.multiply(point[i], point[j]) for point in centred)
