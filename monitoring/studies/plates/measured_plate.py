"""A made-up plate after its run: what the instrument's software holds before anybody exports it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from monitoring.domain.copies import copies_of_cq
from monitoring.domain.plate import PrintedCurve, Reaction, WellRole, distinct
from monitoring.domain.standard_curve import (
    CurveNotAcceptable,
    StandardCurve,
    StandardWell,
    fit_standard_curve,
)
from monitoring.studies.plates.block import BLOCK_96, Block

CYCLES = 50  # EAC, Gabert et al., Leukemia 2003;17:2318
PRINTED = Decimal("0.001")  # instruments print slopes, intercepts and quantities with three decimals
PRINTED_SLOPES = (Decimal(-8), Decimal(-2))  # Cq per log10; made-up wells may lie on no curve at all
LARGEST_PRINTED = Decimal("1E+12")  # copies
PER_CENT = Decimal(100)


@dataclass(frozen=True, slots=True)
class MeasuredPlate:
    """Reactions with their Cq, the curves that the instrument fitted, and the facts of the run."""

    name: str
    reactions: tuple[Reaction, ...]
    block: Block = BLOCK_96
    cycles: int = CYCLES
    curves: tuple[PrintedCurve, ...] = ()

    def targets(self) -> tuple[str, ...]:
        """Return the names of the targets in the order of their first appearance."""
        return distinct(reaction.target for reaction in self.reactions)

    def of_target(self, target: str) -> "MeasuredPlate":
        """Return the part of the plate that was read for one target."""
        return replace(
            self,
            reactions=tuple(reaction for reaction in self.reactions if reaction.target == target),
            curves=tuple(curve for curve in self.curves if curve.target == target),
        )

    def curve_of(self, target: str) -> PrintedCurve | None:
        """Return the curve of a target, or None where none could be fitted."""
        return next((curve for curve in self.curves if curve.target == target), None)


def fit_curves(reactions: Sequence[Reaction]) -> dict[str, StandardCurve]:
    """Return the curves by target, where the standards allow one."""
    fitted = {}
    for target in distinct(reaction.target for reaction in reactions):
        wells = [
            StandardWell(reaction.standard_copies, reaction.cq)
            for reaction in reactions
            if reaction.target == target and reaction.standard_copies is not None and not reaction.omitted
        ]
        try:
            curve = fit_standard_curve(wells)
        except CurveNotAcceptable:
            continue
        if PRINTED_SLOPES[0] < curve.slope < PRINTED_SLOPES[1]:
            fitted[target] = curve
    return fitted


def as_printed(target: str, curve: StandardCurve) -> PrintedCurve:
    """Return a curve with three decimals; the efficiency in per cent is 100 x (10^(-1/slope) - 1)."""
    efficiency = (Decimal(10) ** (-1 / curve.slope) - 1) * PER_CENT
    r2 = None if curve.r2 is None else curve.r2.quantize(PRINTED)
    return PrintedCurve(
        target, curve.slope.quantize(PRINTED), curve.intercept.quantize(PRINTED), r2, efficiency.quantize(PRINTED)
    )


def with_curves(plate: MeasuredPlate) -> MeasuredPlate:
    """Return the plate as the instrument's software completes it: curves, and quantities of all but standards."""
    fitted = fit_curves(plate.reactions)
    return replace(
        plate,
        reactions=tuple(_with_quantity(reaction, fitted.get(reaction.target)) for reaction in plate.reactions),
        curves=tuple(as_printed(target, curve) for target, curve in fitted.items()),
    )


def _with_quantity(reaction: Reaction, curve: StandardCurve | None) -> Reaction:
    if curve is None or reaction.cq is None or reaction.role is WellRole.STANDARD:
        return reaction
    copies = copies_of_cq(reaction.cq, curve)
    return replace(reaction, printed_copies=copies.quantize(PRINTED)) if copies < LARGEST_PRINTED else reaction
