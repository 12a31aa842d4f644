"""What the level has done since the latest pre-emptive treatment began: fall from the value before it, halving time.

For people to read; responses are judged by monitoring.domain.response alone. The numbers end with what they are of:
a transplant, a haematological relapse or a later molecular relapse. Source: docs/methods/kinetics.md.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from monitoring.domain.classed_results import ClassedResult, in_order_of_the_rules, with_classes
from monitoring.domain.growth_points import growth_points
from monitoring.domain.kinetics import GrowthFit, NotEstimable, fit_growth
from monitoring.domain.response_reference import reference_for
from monitoring.domain.series import Series
from monitoring.domain.surveillance import latest_course_began_on, treated_relapse_on
from monitoring.domain.terms import EpisodeStatus, Tissue
from monitoring.domain.units import log10_reduction
from monitoring.domain.verdicts import Verdict


@dataclass(frozen=True, slots=True)
class Reduction:
    """A level against the last value before treatment, both in % of ABL1; the true fall is more if `is_at_least`."""

    reference: ClassedResult
    pct_abl1: Decimal
    log10: Decimal
    is_at_least: bool


@dataclass(frozen=True, slots=True)
class SinceTreatment:
    """One tissue since a treatment began; `reduction` is None without a value before it or without any limit.

    The points are looked for from `since`: the day of the value before treatment, else the first day of treatment.
    """

    tissue: Tissue
    started_on: date
    latest: ClassedResult
    reduction: Reduction | None
    since: date
    fit: GrowthFit | NotEstimable


def since_treatment(series: Series, verdict: Verdict, as_of: date) -> tuple[SinceTreatment, ...]:
    """Return each tissue sampled since the latest pre-emptive treatment that still stands; none where none does."""
    started_on = max((on for on in series.treatment_starts if on <= as_of), default=None)
    if started_on is None or _is_over(series, verdict, started_on, as_of):
        return ()
    samples = with_classes(series.results, verdict)
    found = (_of_tissue(series, verdict, samples, tissue, started_on) for tissue in Tissue)
    return tuple(one for one in found if one is not None)


def _is_over(series: Series, verdict: Verdict, started_on: date, as_of: date) -> bool:
    standing = (one for one in verdict.episodes if one.number is not None or one.status is EpisodeStatus.SUSPECTED)
    began = [start.on for start in series.course_starts] + [one.relapse_on for one in standing]
    return any(started_on < on <= as_of for on in began)


def _of_tissue(
    series: Series, verdict: Verdict, samples: Sequence[ClassedResult], tissue: Tissue, started_on: date
) -> SinceTreatment | None:
    own = [one for one in in_order_of_the_rules(samples) if one.tissue is tissue and one.is_evaluable]
    since = [one for one in own if one.collected_on > started_on]
    if not since:
        return None
    latest = _standing_for_its_day(since)
    reference = reference_for(
        latest, samples, started_on, treated_relapse_on(verdict, started_on), latest_course_began_on(series, started_on)
    )
    first_on = started_on if reference is None else reference.collected_on
    points = growth_points([one.result for one in own], tissue, latest.result.assay_key, first_on, latest.collected_on)
    reduction = None if reference is None else _reduction(latest, reference)
    return SinceTreatment(tissue, started_on, latest, reduction, first_on, fit_growth(points))


def _standing_for_its_day(samples: Sequence[ClassedResult]) -> ClassedResult:
    """The latest; of several on its day the highest, as detected comes before negative."""
    return max(samples, key=lambda one: (one.collected_on, one.is_detected, one.result.pct_abl1 or Decimal(0)))


def _reduction(latest: ClassedResult, reference: ClassedResult) -> Reduction | None:
    level = latest.quantified
    limit = latest.result.loq_pct_abl1 if latest.is_detected else latest.limit_pct_abl1
    against = limit if level is None else level
    if against is None or reference.quantified is None:
        return None
    return Reduction(reference, against, log10_reduction(reference.quantified, against), is_at_least=level is None)
