"""Landmark analysis: who was still at risk at a time chosen beforehand, counted from that time on.

Source: Anderson, Cain and Gelber, J Clin Oncol 1983;1:710. Groups are those known at the landmark, never later.
"""

from dataclasses import dataclass

from monitoring.domain.survival.durations import Time, check_time, time_since
from monitoring.domain.survival.observations import NoPatients, Observation, Observations


class NobodyAtLandmark(NoPatients):
    """No patient was still at risk at the landmark."""


@dataclass(frozen=True, slots=True)
class LandmarkCohort:
    """The patients at risk just after the landmark, times counted from it; how many had left and how many not come."""

    landmark: Time
    observations: tuple[Observation, ...]
    left_before: int
    not_yet_entered: int


def landmark(observations: Observations, at: Time) -> LandmarkCohort:
    """Return patients with entry <= landmark < time, the origin moved; NobodyAtLandmark if there is none."""
    check_time(at)
    left = sum(each.time <= at for each in observations)
    late = sum(each.time > at and each.entry is not None and each.entry > at for each in observations)
    kept = tuple(
        Observation(time_since(at, each.time), each.cause, each.group)
        for each in observations
        if each.time > at and (each.entry is None or each.entry <= at)
    )
    if not kept:
        raise NobodyAtLandmark(f"nobody was at risk at {at}")
    return LandmarkCohort(at, kept, left, late)
