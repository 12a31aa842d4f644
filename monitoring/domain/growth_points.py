"""The points of one tissue and assay through which a growth line may be drawn.

Source: docs/methods/kinetics.md.
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from monitoring.domain.control_gene import ABL1_SUFFICIENT
from monitoring.domain.results import Result
from monitoring.domain.terms import Call, Tissue

_ONE_COPY = Decimal(100)  # per cent of ABL1 of one copy, times ABL1 copies


@dataclass(frozen=True, slots=True)
class GrowthPoint:
    """A level as log10 of per cent of ABL1; censored: the true level lies below it."""

    on: date
    log10_pct_abl1: float
    censored: bool


def growth_points(
    results: Iterable[Result], tissue: Tissue, assay_key: str, since: date, until: date
) -> tuple[GrowthPoint, ...]:
    """Return the points of one tissue and assay_key from `since` to `until`, by date; both belong to it.

    The caller sets the days so that no treatment, HSCT or relapse lies between them. Not detected is
    censored at that sample's own limit, below quantification at its limit of quantification; never half or 0.
    Indeterminate and unknown results, ABL1 below 1,000, and samples without any limit are left out.
    """
    comparable = [
        result
        for result in results
        if result.tissue is tissue and result.assay_key == assay_key and since <= result.collected_on <= until
    ]
    points = (point for result in comparable for point in _points_of(result))
    return tuple(sorted(points, key=lambda point: point.on))


def log10_as_float(pct_abl1: Decimal) -> float:
    """Return log10 of a level as a float, the number the estimator works with."""
    return math.log10(pct_abl1)


def _points_of(result: Result) -> tuple[GrowthPoint, ...]:
    if result.abl1_copies is not None and result.abl1_copies < ABL1_SUFFICIENT:
        return ()
    if result.pct_abl1 is not None:
        return (GrowthPoint(result.collected_on, log10_as_float(result.pct_abl1), censored=False),)
    limit = _limit(result)
    return () if limit is None else (GrowthPoint(result.collected_on, log10_as_float(limit), censored=True),)


def _limit(result: Result) -> Decimal | None:
    if result.call is Call.DETECTED:
        return result.loq_pct_abl1
    if result.call is not Call.NOT_DETECTED:
        return None
    if result.lod_pct_abl1 is not None:
        return result.lod_pct_abl1
    return None if result.abl1_copies is None else _ONE_COPY / result.abl1_copies
