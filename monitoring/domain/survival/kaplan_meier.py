"""The Kaplan-Meier estimate of survival with Greenwood's variance and log-log intervals.

Source: Kaplan and Meier, J Am Stat Assoc 1958;53:457; delayed entry: Tsai et al., Biometrika 1987;74:883.
"""

import math

from monitoring.domain.survival.at_risk import RiskCounts
from monitoring.domain.survival.curves import SURVIVAL_START, Curve, Step
from monitoring.domain.survival.log_log import NotEstimable, log_log_interval
from monitoring.domain.survival.observations import Observations, check_any
from monitoring.domain.survival.risk_sets import RiskSet, risk_sets


def kaplan_meier(observations: Observations) -> Curve:
    """Return survival from any cause as a curve, 95 % log-log intervals; NoPatients where there is nobody."""
    check_any(observations)
    survival, greenwood, events = SURVIVAL_START, 0.0, 0
    steps = []
    for here in risk_sets(observations):
        died, staying = here.events[0], here.at_risk - here.events[0]
        if died:
            events += died
            survival *= staying / here.at_risk
            greenwood += died / (here.at_risk * staying) if staying else 0.0
        steps.append(_step(here, survival, greenwood))
    return Curve(SURVIVAL_START, tuple(steps), RiskCounts(observations), len(observations), events)


def _step(here: RiskSet, survival: float, greenwood: float) -> Step:
    """Greenwood's sum is the variance of log S; at S = 0 it is infinite, and there is no standard error."""
    if survival == 0:
        end = NotEstimable.AT_ITS_END
        return Step(here.time, here.at_risk, here.events[0], here.censored, survival, end, end)
    error = survival * math.sqrt(greenwood)
    interval = NotEstimable.NOTHING_YET if survival == SURVIVAL_START else log_log_interval(survival, error)
    return Step(here.time, here.at_risk, here.events[0], here.censored, survival, error, interval)
