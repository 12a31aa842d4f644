"""What a run shows of itself for the charts of quality control: its curves, its positive controls, its control gene.

Source: Westgard et al., Clin Chem 1981;27:493; docs/methods/runs_on_the_bench.md.
"""

import statistics
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from monitoring.domain.plate import WellRole
from monitoring.domain.replicates import mean_cq
from monitoring.domain.run_report import RunReport
from monitoring.domain.standard_curve import NoCurve
from monitoring.domain.units import log10_of


class ShownQuantity(StrEnum):
    """The charts of a run."""

    SLOPE = "SLOPE"
    INTERCEPT = "INTERCEPT"
    EFFICIENCY_PCT = "EFFICIENCY_PCT"
    R2 = "R2"
    POSITIVE_CONTROL_CQ = "POSITIVE_CONTROL_CQ"
    ABL1_LOG10_COPIES = "ABL1_LOG10_COPIES"


@dataclass(frozen=True, slots=True)
class ShownPoint:
    """One point: slope in Cq per log10, intercept and Cq in cycles, efficiency in per cent, copies as log10 a well."""

    quantity: ShownQuantity
    target: str
    value: Decimal


def points_of_run(report: RunReport) -> tuple[ShownPoint, ...]:
    """Return the points of a run: of every curve that it fitted, of its positive controls, of its ABL1 copies."""
    return (*_of_curves(report), *_of_positive_controls(report), *_of_control_gene(report))


def _of_curves(report: RunReport) -> Iterable[ShownPoint]:
    for each in report.curves:
        curve = each.curve
        if isinstance(curve, NoCurve) or not each.standards:
            continue
        yield ShownPoint(ShownQuantity.SLOPE, each.target, curve.slope)
        yield ShownPoint(ShownQuantity.INTERCEPT, each.target, curve.intercept)
        yield ShownPoint(ShownQuantity.EFFICIENCY_PCT, each.target, curve.efficiency_pct)
        if curve.r2 is not None:
            yield ShownPoint(ShownQuantity.R2, each.target, curve.r2)


def _of_positive_controls(report: RunReport) -> Iterable[ShownPoint]:
    """The mean Cq of all wells of all positive controls of a target; silent ones have no Cq to plot."""
    seen: dict[str, list[Decimal]] = {}
    for control in report.controls:
        if control.role is WellRole.POSITIVE_CONTROL:
            cqs = [well.cq for well in control.wells if well.cq is not None and not well.left_out_because]
            seen.setdefault(control.target, []).extend(cqs)
    for target, cqs in seen.items():
        if cqs:
            yield ShownPoint(ShownQuantity.POSITIVE_CONTROL_CQ, target, mean_cq(cqs))


def _of_control_gene(report: RunReport) -> Iterable[ShownPoint]:
    """The median of the samples' mean copies, as log10."""
    copies = [
        each.mean.per_well
        for each in report.samples
        if each.target == report.control_gene and each.mean is not None and each.mean.total > 0
    ]
    if copies and report.control_gene:
        yield ShownPoint(ShownQuantity.ABL1_LOG10_COPIES, report.control_gene, log10_of(statistics.median(copies)))
