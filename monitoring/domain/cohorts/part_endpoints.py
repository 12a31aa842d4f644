"""The endpoints part: RFS_MRD, RFS and OS beside each other, from one origin, with one and two years and the median.

Source: A6; docs/methods/endpoints.md.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from monitoring.domain.cohorts.drawn_curve import DayReached, Milestone, day_reached, milestones
from monitoring.domain.cohorts.endpoints import Endpoint, Origin, endpoint_times
from monitoring.domain.cohorts.part_survival import FollowedFor, followed
from monitoring.domain.cohorts.patient import CohortPatient
from monitoring.domain.survival.kaplan_meier import kaplan_meier
from monitoring.domain.survival.observations import Observation
from monitoring.domain.survival.quantiles import quantile

SHOWN = (Endpoint.RFS_MRD, Endpoint.RFS, Endpoint.OS)


@dataclass(frozen=True, slots=True)
class EndpointRow:
    """One endpoint over the whole cohort."""

    endpoint: Endpoint
    patients: int
    events: int
    milestones: tuple[Milestone, ...]
    median: DayReached


@dataclass(frozen=True, slots=True)
class EndpointsAnswer:
    """The endpoints that can be estimated, and the follow-up (reverse Kaplan-Meier of OS, days)."""

    rows: tuple[EndpointRow, ...]
    follow_up: FollowedFor | None


def endpoints_answer(patients: Sequence[CohortPatient], origin: Origin) -> EndpointsAnswer:
    """Return the endpoints of a cohort from an origin; none for a cohort of nobody."""
    observed = {endpoint: _observed(patients, endpoint, origin) for endpoint in SHOWN}
    rows = tuple(_row(endpoint, seen) for endpoint, seen in observed.items() if seen)
    return EndpointsAnswer(rows, followed(observed[Endpoint.OS]))


def _observed(patients: Sequence[CohortPatient], endpoint: Endpoint, origin: Origin) -> list[Observation]:
    return [Observation(time.days, time.event) for time in endpoint_times(patients, endpoint, origin).times]


def _row(endpoint: Endpoint, observations: Sequence[Observation]) -> EndpointRow:
    curve = kaplan_meier(observations)
    return EndpointRow(endpoint, curve.patients, curve.events, milestones(curve), day_reached(quantile(curve)))
