"""Cumulative incidence with competing causes: the Aalen-Johansen estimate, without jitter of ties.

Source: Aalen and Johansen, Scand J Stat 1978;5:141. Variance: the delta method with the multinomial variance of each
step (Gaynor et al., J Am Stat Assoc 1993;88:400), equal to the infinitesimal jackknife of R's survfit.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from monitoring.domain.survival.at_risk import RiskCounts
from monitoring.domain.survival.curves import INCIDENCE_START, SURVIVAL_START, Curve, Step
from monitoring.domain.survival.log_log import NotEstimable, log_log_interval
from monitoring.domain.survival.observations import Observations, UnknownCause, causes_of, check_any
from monitoring.domain.survival.risk_sets import RiskSet, risk_sets


@dataclass(frozen=True, slots=True)
class CompetingRisks:
    """The cumulative incidence of each cause; with the share that had no event they add up to 1 at every time."""

    incidence: Mapping[str, Curve]


def aalen_johansen(observations: Observations, causes: Sequence[str] | None = None) -> CompetingRisks:
    """Return a curve for each cause, 95 % log-log intervals; NoPatients, or UnknownCause where one is not named."""
    check_any(observations)
    named = causes_of(observations) if causes is None else tuple(causes)
    if len(set(named)) != len(named):
        raise UnknownCause("a cause is named twice")
    table = risk_sets(observations, named)
    event_free = _event_free_before(table)
    counts = RiskCounts(observations)
    return CompetingRisks(
        {cause: _curve(table, event_free, k, counts, len(observations)) for k, cause in enumerate(named)}
    )


def _event_free_before(table: Sequence[RiskSet]) -> list[float]:
    """The share without any event just before each time."""
    share, found = SURVIVAL_START, []
    for here in table:
        found.append(share)
        share *= (here.at_risk - sum(here.events)) / here.at_risk
    return found


def _curve(
    table: Sequence[RiskSet], event_free: Sequence[float], cause: int, counts: RiskCounts, patients: int
) -> Curve:
    sums, steps, events = _VarianceSums(), [], 0
    for here, free_before in zip(table, event_free, strict=True):
        if any(here.events):
            sums.add(here, free_before, here.events[cause])
        events += here.events[cause]
        steps.append(_step(here, here.events[cause], sums))
    return Curve(INCIDENCE_START, tuple(steps), counts, patients, events)


def _step(here: RiskSet, events: int, sums: "_VarianceSums") -> Step:
    error = sums.standard_error()
    nothing_yet = sums.incidence == INCIDENCE_START
    interval = NotEstimable.NOTHING_YET if nothing_yet else log_log_interval(sums.incidence, error)
    return Step(here.time, here.at_risk, events, here.censored, sums.incidence, error, interval)


class _VarianceSums:
    """The variance of F(t) as running sums, so that one pass is enough.

    var F(t) = sum (F(t) - F(u))^2 d / (n (n - d)) + sum S^2 c (n - c) / n^3 - 2 sum (F(t) - F(u)) S c / n^2
    over event times u <= t; d all events, c those of the cause, n at risk, S the share without event before u.
    """

    __slots__ = ("_all", "_all_f", "_all_ff", "_own", "_own_cross", "_own_cross_f", "incidence")

    def __init__(self) -> None:
        self.incidence = INCIDENCE_START
        self._all = self._all_f = self._all_ff = self._own = self._own_cross = self._own_cross_f = 0.0

    def add(self, here: RiskSet, free_before: float, own: int) -> None:
        """Take in one event time."""
        at_risk, events = here.at_risk, sum(here.events)
        self.incidence += free_before * own / at_risk
        # where all have an event, nobody is left whom F(t) - F(u) could concern
        weight = events / (at_risk * (at_risk - events)) if events < at_risk else 0.0
        self._all += weight
        self._all_f += weight * self.incidence
        self._all_ff += weight * self.incidence**2
        self._own += free_before**2 * own * (at_risk - own) / at_risk**3
        cross = free_before * own / at_risk**2
        self._own_cross += cross
        self._own_cross_f += cross * self.incidence

    def standard_error(self) -> float:
        """The standard error of the incidence so far; rounding cannot make the variance negative."""
        now = self.incidence
        spread = now * now * self._all - 2 * now * self._all_f + self._all_ff
        return math.sqrt(max(0.0, spread + self._own - 2 * (now * self._own_cross - self._own_cross_f)))
