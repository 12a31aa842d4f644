"""Survival, follow-up and times of FILO 2025 in the synthetic cohort, as the paper prints them.

Survival runs from the molecular relapse; the split by transplant is the naive one of the paper, whose patients had to
live until their transplant.
"""

from decimal import Decimal

from monitoring.domain.cohorts.endpoints import Endpoint, Origin
from monitoring.domain.survival.kaplan_meier import kaplan_meier
from monitoring.domain.survival.quartiles import quartiles
from monitoring.studies.statements import figures
from monitoring.studies.statements import filo2025_groups as groups
from monitoring.studies.statements.filo2025_groups import Groups, Rows


def two_year_os(g: Groups) -> str:
    """Return OS of all at 2 years, in per cent."""
    return figures.survival_1_and_2_years(g.all, Endpoint.OS).partition("/")[2]


def survival(g: Groups, which: str, endpoint: Endpoint) -> str:
    """Return survival of a group at 1 and 2 years."""
    rows: Rows = getattr(g, which)
    return figures.survival_1_and_2_years(rows, endpoint)


def survival_with_median(g: Groups, endpoint: Endpoint) -> str:
    """Return survival without transplant at 1 and 2 years, and its median in months."""
    median = figures.median_months(g.no_hsct, endpoint, Origin.MOLECULAR_RELAPSE)
    told = median if isinstance(median, str) else f"{median:.0f}"
    return f"{figures.survival_1_and_2_years(g.no_hsct, endpoint)}; {told}"


def follow_up(g: Groups, which: str) -> str:
    """Return follow-up of a group in months, with quartiles."""
    rows: Rows = getattr(g, which)
    digits = 2 if which == "all" else 1
    return figures.with_quartiles(groups.follow_up_months(rows), digits)


def diagnosis_to_relapse(g: Groups) -> str:
    """Return months from diagnosis to molecular relapse, with quartiles and range."""
    pairs = [(each.selection.diagnosed_on or groups.relapse_of(each), groups.relapse_of(each)) for each in g.all]
    return figures.with_quartiles(groups.months_between(pairs), 0, with_range=True)


def relapse_to_venetoclax(g: Groups) -> str:
    """Return days from molecular relapse to cycle 1, with quartiles and range."""
    pairs = [(groups.relapse_of(each), groups.first_cycle(each).starts_on) for each in g.all]
    return figures.with_quartiles(groups.days_between(pairs), with_range=True)


def cycles(g: Groups) -> str:
    """Return the number of cycles, with quartiles and range."""
    return figures.with_quartiles(quartiles([len(each.course.cycles) for each in g.all]), with_range=True)


def to_hsct(g: Groups) -> str:
    """Return days from molecular relapse, and from cycle 1, to transplant, with quartiles."""
    since_relapse = groups.days_between((groups.relapse_of(each), groups.transplant_of(each)) for each in g.hsct)
    since_cycle_1 = groups.days_between(
        (groups.first_cycle(each).starts_on, groups.transplant_of(each)) for each in g.hsct
    )
    return f"{figures.with_quartiles(since_relapse)}; {figures.with_quartiles(since_cycle_1)}"


def weighted(g: Groups, months: int) -> str:
    """Return OS of both groups weighted by their size: what the two printed figures should give for all."""
    total = Decimal(0)
    for rows in (g.hsct, g.no_hsct):
        curve = kaplan_meier(figures.observations(rows, Endpoint.OS, Origin.MOLECULAR_RELAPSE))
        total += (figures.survival_at(curve, months) or Decimal(0)) * len(rows)
    return f"{total / len(g.all):.0f}%"
