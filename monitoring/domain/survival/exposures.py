"""Patients whom something befalls during follow-up, such as a transplant: who was exposed when.

A patient belongs to the unexposed until the exposure, that time included, and to the exposed after it.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from monitoring.domain.survival.durations import Time, check_time
from monitoring.domain.survival.landmark import LandmarkCohort, landmark
from monitoring.domain.survival.observations import Observation, Observations

UNEXPOSED, EXPOSED = "unexposed", "exposed"
EXPOSURE_GROUPS = (UNEXPOSED, EXPOSED)


@dataclass(frozen=True, slots=True)
class ExposedPatient:
    """An observation, and the time since its origin of the exposure, or None where it never came."""

    observation: Observation
    exposed_at: Time | None = None

    def __post_init__(self) -> None:
        """Refuse a time that is a float or negative; an exposure before the origin is one at 0."""
        if self.exposed_at is not None:
            check_time(self.exposed_at)

    def is_exposed_by(self, time: Time) -> bool:
        """Say whether the exposure came at the time or before."""
        return self.exposed_at is not None and self.exposed_at <= time


def person_time(patients: Iterable[ExposedPatient]) -> list[Observation]:
    """Return the stretches under observation, each in its group; an exposed stretch is entered at the exposure."""
    return [stretch for patient in patients for stretch in _stretches(patient)]


def _stretches(patient: ExposedPatient) -> list[Observation]:
    whole, at = patient.observation, patient.exposed_at
    if at is None or at >= whole.time:
        return [Observation(whole.time, whole.cause, UNEXPOSED, whole.entry)]
    if at <= (0 if whole.entry is None else whole.entry):
        return [Observation(whole.time, whole.cause, EXPOSED, whole.entry)]
    return [
        Observation(at, None, UNEXPOSED, whole.entry),
        Observation(whole.time, whole.cause, EXPOSED, at),
    ]


def under_observation_after(observations: Observations, time: Time) -> list[Observation]:
    """Return what lies after a time, the origin unmoved: curves that are conditional on having come that far."""
    return [
        each if each.entry is not None and each.entry >= time else Observation(each.time, each.cause, each.group, time)
        for each in observations
        if each.time > time
    ]


def landmark_by_exposure(patients: Iterable[ExposedPatient], at: Time) -> LandmarkCohort:
    """Return the landmark cohort, grouped by whether the exposure came at the landmark or before."""
    grouped = [
        Observation(
            each.observation.time,
            each.observation.cause,
            EXPOSED if each.is_exposed_by(at) else UNEXPOSED,
            each.observation.entry,
        )
        for each in patients
    ]
    return landmark(grouped, at)
