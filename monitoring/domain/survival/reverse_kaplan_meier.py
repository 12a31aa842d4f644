"""How long patients were followed: the Kaplan-Meier estimate in which censoring is the event and an event censors.

Source: Schemper and Smith, Control Clin Trials 1996;17:343. At a time with events and censorings, those with the event
are still at risk of being censored, as R does when the status is turned round.
"""

from dataclasses import dataclass

from monitoring.domain.survival.curves import Curve
from monitoring.domain.survival.kaplan_meier import kaplan_meier
from monitoring.domain.survival.observations import EVENT, Observation, Observations
from monitoring.domain.survival.quantiles import LOWER_QUARTILE, MEDIAN, UPPER_QUARTILE, QuantileEstimate, quantile


@dataclass(frozen=True, slots=True)
class FollowUp:
    """Median and quartiles of follow-up, in the unit of the times, each with its 95 % interval."""

    median: QuantileEstimate
    q1: QuantileEstimate
    q3: QuantileEstimate


def reverse_kaplan_meier(observations: Observations) -> Curve:
    """Return the share of patients not yet censored, as a curve; NoPatients where there is nobody."""
    return kaplan_meier(
        [Observation(each.time, EVENT if each.cause is None else None, each.group, each.entry) for each in observations]
    )


def follow_up(observations: Observations) -> FollowUp:
    """Return median and quartiles of potential follow-up; NoPatients where there is nobody."""
    curve = reverse_kaplan_meier(observations)
    return FollowUp(quantile(curve, MEDIAN), quantile(curve, LOWER_QUARTILE), quantile(curve, UPPER_QUARTILE))
