"""The log-rank test of k groups, with ties by the hypergeometric variance, delayed entry and strata.

Source: Mantel, Cancer Chemother Rep 1966;50:163; Peto and Peto, J R Stat Soc A 1972;135:185.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from monitoring.domain.survival.chi_square import SingularVariance, chi_square_tail, quadratic_form
from monitoring.domain.survival.observations import Observations, by_group
from monitoring.domain.survival.risk_sets_by_group import GroupedRiskSet, grouped_risk_sets

FEWEST_GROUPS = 2
ONE_STRATUM = "all"


class NotComparable(ValueError):
    """There is one group only, no event, or nobody at risk beside a patient with an event."""


@dataclass(frozen=True, slots=True)
class GroupTally:
    """Patients of a group, their events, and the events to be expected if the groups were equal."""

    name: str
    patients: int
    observed: int
    expected: float


@dataclass(frozen=True, slots=True)
class LogRank:
    """Chi-square, degrees of freedom, probability and counts; a group never at risk at an event lowers df."""

    chi2: float
    df: int
    p: float
    groups: tuple[GroupTally, ...]


def log_rank(observations: Observations, names: Sequence[str] | None = None) -> LogRank:
    """Compare the survival of all groups; NotComparable where there is nothing to compare."""
    return stratified_log_rank({ONE_STRATUM: observations}, names)


def stratified_log_rank(strata: Mapping[str, Observations], names: Sequence[str] | None = None) -> LogRank:
    """Compare the groups within each stratum and add the differences up; a group may be missing in a stratum."""
    everybody = [each for observations in strata.values() for each in observations]
    groups = by_group(everybody, names)
    if len(groups) < FEWEST_GROUPS:
        raise NotComparable("there is one group only")
    size = len(groups)
    expected, variance = [0.0] * size, [[0.0] * size for _ in groups]
    for observations in strata.values():
        for here in grouped_risk_sets(observations, list(groups)):
            _add(here, expected, variance)
    observed = [sum(each.cause is not None for each in members) for members in groups.values()]
    tallies = [
        GroupTally(name, len(members), events, share)
        for (name, members), events, share in zip(groups.items(), observed, expected, strict=True)
    ]
    return _tested(tallies, variance)


def _add(here: GroupedRiskSet, expected: list[float], variance: list[list[float]]) -> None:
    """One event time: expected events of each group, and their hypergeometric variance."""
    at_risk, events = sum(here.at_risk), sum(here.events)
    if not events:
        return
    shares = [each / at_risk for each in here.at_risk]
    for k, share in enumerate(shares):
        expected[k] += events * share
    if at_risk == 1:
        return
    tied = events * (at_risk - events) / (at_risk - 1)
    for k, share in enumerate(shares):
        if share:
            line, scaled = variance[k], tied * share
            for j, other in enumerate(shares):
                line[j] -= scaled * other
            line[k] += scaled


def _tested(tallies: Sequence[GroupTally], variance: Sequence[Sequence[float]]) -> LogRank:
    """A group of which nobody was at risk at any event takes no part; one of the others follows from the rest."""
    taking_part = [k for k, tally in enumerate(tallies) if tally.expected > 0]
    free = taking_part[1:]
    if not free:
        raise NotComparable("no event occurred while patients of two groups were at risk")
    scores = [tallies[k].observed - tallies[k].expected for k in free]
    try:
        chi2 = quadratic_form(scores, [[variance[k][j] for j in free] for k in free])
    except SingularVariance:
        raise NotComparable("whenever an event occurred, only one group was at risk, or all at risk had it") from None
    return LogRank(chi2, len(free), chi_square_tail(chi2, len(free)), tuple(tallies))
