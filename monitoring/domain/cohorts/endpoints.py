"""Time to an event from a named origin: overall survival, relapse-free survival, and its two molecular variants.

Source: A6; Higué et al., Blood Cancer J 2025;15:141 (FILO), statistical methods; docs/methods/endpoints.md.
Transplant does not censor. Overall survival is censored at the last contact, the others at the last assessment of the
disease, else at the last contact.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from monitoring.domain.cohorts.patient import CohortPatient, FailureKind

EARLY_DEATH_DAYS = 60  # days from cycle 1 day 1; A6, early mortality


class Origin(StrEnum):
    """The day from which time is counted; it is named on every figure."""

    MOLECULAR_RELAPSE = "MOLECULAR_RELAPSE"
    MOLECULAR_FAILURE = "MOLECULAR_FAILURE"
    CYCLE_1 = "CYCLE_1"
    HSCT = "HSCT"
    FIRST_REMISSION = "FIRST_REMISSION"
    END_OF_TREATMENT = "END_OF_TREATMENT"


class Endpoint(StrEnum):
    """What ends the time. TREATMENT_FREE: from the last venetoclax to the next treatment, a relapse, or death."""

    OS = "OS"
    RFS = "RFS"
    RFS_MRD = "RFS_MRD"
    RFS_ANY_MOLECULAR = "RFS_ANY_MOLECULAR"
    TREATMENT_FREE = "TREATMENT_FREE"


class Event(StrEnum):
    """What happened first; of several on one day the first of this list is told."""

    DEATH = "DEATH"
    HAEMATOLOGICAL_RELAPSE = "HAEMATOLOGICAL_RELAPSE"
    MOLECULAR_RELAPSE = "MOLECULAR_RELAPSE"
    NEXT_TREATMENT = "NEXT_TREATMENT"


class OutReason(StrEnum):
    """Why a patient of the cohort is not in a figure."""

    NO_ORIGIN = "NO_ORIGIN"
    NO_FOLLOW_UP = "NO_FOLLOW_UP"
    ENDED_BEFORE = "ENDED_BEFORE"


@dataclass(frozen=True, slots=True)
class EndpointTime:
    """The time of one patient, in days from the origin, and the event that ended it; None where it is censored."""

    series_id: int
    origin_on: date
    until_on: date
    event: Event | None

    @property
    def days(self) -> int:
        """Days from origin to event or censoring."""
        return (self.until_on - self.origin_on).days


@dataclass(frozen=True, slots=True)
class EndpointTimes:
    """The times of a cohort, and who could not be counted and why."""

    endpoint: Endpoint
    origin: Origin
    times: tuple[EndpointTime, ...]
    left_out: tuple[tuple[int, OutReason], ...]


def endpoint_times(patients: Iterable[CohortPatient], endpoint: Endpoint, origin: Origin) -> EndpointTimes:
    """Return the time of each patient of a cohort to an endpoint; those who cannot be counted are named with why."""
    times, left_out = [], []
    for patient in patients:
        found = endpoint_time(patient, endpoint, origin)
        if isinstance(found, EndpointTime):
            times.append(found)
        else:
            left_out.append((patient.series_id, found))
    return EndpointTimes(endpoint, origin, tuple(times), tuple(left_out))


def endpoint_time(patient: CohortPatient, endpoint: Endpoint, origin: Origin) -> EndpointTime | OutReason:
    """Return the time of one patient to an endpoint, or why there is none."""
    origin_on = origin_of(patient, origin)
    if origin_on is None:
        return OutReason.NO_ORIGIN
    ends = [(on, list(Event).index(event), event) for event, on in _events(patient, endpoint, origin_on)]
    last_on = _censored_on(patient, endpoint)
    if ends:
        until_on, _, event = min(ends)
        return EndpointTime(patient.series_id, origin_on, until_on, event)
    if last_on is None:
        return OutReason.NO_FOLLOW_UP
    if last_on < origin_on:
        return OutReason.ENDED_BEFORE
    return EndpointTime(patient.series_id, origin_on, last_on, None)


def origin_of(patient: CohortPatient, origin: Origin) -> date | None:
    """Return the day of an origin; None for a patient who has none. HSCT: the first one after the failure."""
    failure, course = patient.selection.failure, patient.course
    if origin is Origin.MOLECULAR_FAILURE:
        return failure.on if failure else None
    if origin is Origin.MOLECULAR_RELAPSE:
        return failure.on if failure and failure.kind is not FailureKind.PERSISTENCE else None
    if origin is Origin.CYCLE_1:
        return patient.selection.course.starts_on if patient.selection.course else None
    if origin is Origin.HSCT:
        return transplanted_on(patient)
    return course.first_remission_on if origin is Origin.FIRST_REMISSION else course.treatment_ended_on


def transplanted_on(patient: CohortPatient) -> date | None:
    """Return the day of the first transplant after the failure; of any, where there was no failure."""
    failure = patient.selection.failure
    return min(
        (each.on for each in patient.course.transplants if failure is None or each.on > failure.on), default=None
    )


def early_deaths(times: EndpointTimes) -> tuple[int, int]:
    """Return how many died within EARLY_DEATH_DAYS of the origin, and of how many that is known."""
    died = [time for time in times.times if time.event is Event.DEATH and time.days <= EARLY_DEATH_DAYS]
    known = [time for time in times.times if time.days >= EARLY_DEATH_DAYS or time.event is Event.DEATH]
    return len(died), len(known)


def _events(patient: CohortPatient, endpoint: Endpoint, origin_on: date) -> list[tuple[Event, date]]:
    """What can end the time, from the day of origin on; a relapse at the origin itself is what began the time."""
    course = patient.course
    found: list[tuple[Event, date | None]] = [(Event.DEATH, course.died_on)]
    if endpoint is not Endpoint.OS:
        # one from the origin on, whatever came before it: the origin may be a transplant after an earlier relapse
        relapses = {*course.haematological_relapses_on, course.haematological_relapse_on} - {None}
        found += [(Event.HAEMATOLOGICAL_RELAPSE, on) for on in relapses]
    if endpoint in (Endpoint.RFS_MRD, Endpoint.TREATMENT_FREE):
        found.append((Event.MOLECULAR_RELAPSE, course.second_molecular_relapse_on))
    if endpoint is Endpoint.RFS_ANY_MOLECULAR:
        later = [on for on in course.molecular_relapses_on if on > origin_on]
        found.append((Event.MOLECULAR_RELAPSE, min(later, default=None)))
    if endpoint is Endpoint.TREATMENT_FREE:
        found.append((Event.NEXT_TREATMENT, course.next_treatment_on))
    return [(event, on) for event, on in found if on is not None and on >= origin_on]


def _censored_on(patient: CohortPatient, endpoint: Endpoint) -> date | None:
    course = patient.course
    if endpoint is Endpoint.OS:
        return course.last_contact_on
    return course.last_assessment_on or course.last_contact_on
