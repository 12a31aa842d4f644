"""The standard curve of every target of a run: fitted to its standards, or the stored one, or none and why.

Source: docs/methods/quantification.md, docs/methods/runs.md.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from monitoring.domain.plate import PrintedCurve, WellRole
from monitoring.domain.problems import Gene, Problem, ProblemCode, any_fails
from monitoring.domain.run_plan import TargetPlan
from monitoring.domain.run_wells import RunWell, RunWells
from monitoring.domain.standard_curve import (
    CurveNotAcceptable,
    NoCurve,
    StandardCurve,
    StandardWell,
    assess_curve,
    fit_standard_curve,
)

SLOPE_AS_PRINTED_WITHIN = Decimal("0.05")  # Cq per log10 between our slope and the instrument's, [DESIGN]


EFFICIENCY_UNTIL = Decimal("-1")  # Cq per log10; a shallower line would mean a more than tenfold rise each cycle


class CurveSource(StrEnum):
    """Where a curve comes from."""

    FITTED = "FITTED"
    STORED = "STORED"
    NONE = "NONE"


@dataclass(frozen=True, slots=True)
class RunCurve:
    """The curve of one target with its findings; `curve` is a NoCurve where none could be fitted or is there.

    `points` are the standard wells that the line was drawn through. `printed` is the instrument's own.
    """

    target: str
    source: CurveSource
    curve: StandardCurve | NoCurve
    points: int
    standards: tuple[RunWell, ...]
    printed: PrintedCurve | None
    problems: tuple[Problem, ...]

    @property
    def usable(self) -> StandardCurve | None:
        """The curve, if copies may be read from it."""
        return None if isinstance(self.curve, NoCurve) or any_fails(self.problems) else self.curve

    @property
    def efficiency_pct(self) -> Decimal | None:
        """The efficiency in per cent; None without a curve, and of a line so shallow that it means nothing."""
        if isinstance(self.curve, NoCurve) or self.curve.slope > EFFICIENCY_UNTIL:
            return None
        return self.curve.efficiency_pct

    @property
    def is_absent(self) -> bool:
        """Whether neither standards nor a stored curve are there: then a difference of Cq may serve."""
        return self.source is CurveSource.NONE


def curve_of_run(
    wells: RunWells,
    target: str,
    plan: TargetPlan,
    gene: Gene,
    printed: Sequence[PrintedCurve] = (),
    *,
    may_miss: bool = False,
) -> RunCurve:
    """Return the curve of one target of a run; its slope in cycles per log10 copies.

    That there is none is no finding where it `may_miss`, because differences of Cq are taken instead.
    """
    standards = wells.of_target(WellRole.STANDARD, target)
    shown = next((curve for curve in printed if curve.target == target), None)
    if not standards:
        return _without_standards(target, plan, gene, shown, may_miss=may_miss)
    counted, nameless = _standard_wells(standards, plan)
    curve = _fitted(counted, gene)
    problems = (
        *_curve_problems(curve, plan, gene),
        *((Problem(ProblemCode.STANDARD_WITHOUT_COPIES, gene, Decimal(nameless)),) if nameless else ()),
        *_printed_problems(curve, shown, gene),
    )
    points = sum(well.cq is not None for well in counted)
    return RunCurve(target, CurveSource.FITTED, curve, points, standards, shown, problems)


def _without_standards(
    target: str, plan: TargetPlan, gene: Gene, printed: PrintedCurve | None, *, may_miss: bool
) -> RunCurve:
    stored = plan.stored_curve
    if stored is None:
        none = Problem(ProblemCode.NO_STANDARDS, gene)
        return RunCurve(target, CurveSource.NONE, NoCurve(none), 0, (), printed, () if may_miss else (none,))
    problems = (*_curve_problems(stored, plan, gene), Problem(ProblemCode.STORED_CURVE_USED, gene))
    return RunCurve(target, CurveSource.STORED, stored, 0, (), printed, problems)


def _standard_wells(standards: Sequence[RunWell], plan: TargetPlan) -> tuple[tuple[StandardWell, ...], int]:
    """The standards that take part, and how many cannot because nobody told their copies."""
    taken = [well.reaction for well in standards if not well.left_out_because]
    copies = [reaction.standard_copies or plan.standard_copies.get(reaction.sample) for reaction in taken]
    counted = tuple(
        StandardWell(known, reaction.cq)
        for reaction, known in zip(taken, copies, strict=True)
        if known is not None and known.is_finite() and known > 0
    )
    return counted, len(taken) - len(counted)


def _fitted(wells: Sequence[StandardWell], gene: Gene) -> StandardCurve | NoCurve:
    try:
        return fit_standard_curve(wells, gene)
    except CurveNotAcceptable as refused:
        return NoCurve(refused.problem)


def _curve_problems(curve: StandardCurve | NoCurve, plan: TargetPlan, gene: Gene) -> tuple[Problem, ...]:
    return (curve.problem,) if isinstance(curve, NoCurve) else assess_curve(curve, plan.assay.curve_limits, gene)


def _printed_problems(curve: StandardCurve | NoCurve, printed: PrintedCurve | None, gene: Gene) -> tuple[Problem, ...]:
    """The instrument printed another slope: it left out other standards, or the file holds only some of them."""
    if isinstance(curve, NoCurve) or printed is None or printed.slope is None:
        return ()
    if abs(curve.slope - printed.slope) <= SLOPE_AS_PRINTED_WITHIN:
        return ()
    return (Problem(ProblemCode.CURVE_DIFFERS_FROM_PRINTED, gene, printed.slope),)
