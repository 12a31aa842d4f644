"""The endpoints of FILO 2025: which day begins, what ends, what censors."""

from datetime import timedelta
from typing import Any

import pytest

from monitoring.domain.cohorts.endpoints import (
    Endpoint,
    EndpointTime,
    Event,
    Origin,
    OutReason,
    early_deaths,
    endpoint_time,
    endpoint_times,
)
from monitoring.domain.cohorts.part_survival import EarlyDeaths
from monitoring.domain.cohorts.patient import FailureKind, MolecularFailure, Transplant
from tests.cohort_patients import LAST_NEWS_ON, RELAPSE_ON, TREATED_ON, cohort_patient
from tests.simulated_cohort import asked


def day(number: int) -> Any:
    return RELAPSE_ON + timedelta(days=number)


LATER = {
    "died_on": day(500),
    "haematological_relapse_on": day(400),
    "second_molecular_relapse_on": day(300),
    "molecular_relapses_on": (RELAPSE_ON, day(300)),
    "next_treatment_on": day(250),
    "treatment_ended_on": day(100),
    "transplants": (Transplant(day(200)),),
    "first_remission_on": day(-200),
}
ASSESSED_EARLIER = {"last_assessment_on": day(600), "last_contact_on": day(700)}
RELAPSED_BEFORE_AND_AFTER_HSCT = {
    "haematological_relapse_on": day(60), "haematological_relapses_on": (day(60), day(300)),
    "transplants": (Transplant(day(120)),),
}  # fmt: skip
RELAPSED_BEFORE_THE_FAILURE = {"haematological_relapses_on": (day(-300),), "first_remission_on": day(-500)}
SECOND_BEFORE_HSCT = {"transplants": (Transplant(day(350)),), "second_molecular_relapse_on": day(300)}


@pytest.mark.parametrize(
    ("changed", "endpoint", "origin", "days", "event"),
    [
        # every later event ends its own endpoint, the earliest one that counts
        (LATER, Endpoint.OS, Origin.MOLECULAR_RELAPSE, 500, Event.DEATH),
        (LATER, Endpoint.RFS, Origin.MOLECULAR_RELAPSE, 400, Event.HAEMATOLOGICAL_RELAPSE),
        (LATER, Endpoint.RFS_MRD, Origin.MOLECULAR_RELAPSE, 300, Event.MOLECULAR_RELAPSE),
        (LATER, Endpoint.TREATMENT_FREE, Origin.END_OF_TREATMENT, 150, Event.NEXT_TREATMENT),
        # the variant that counts the first molecular relapse, from a day before it
        (LATER, Endpoint.RFS_ANY_MOLECULAR, Origin.FIRST_REMISSION, 200, Event.MOLECULAR_RELAPSE),
        (LATER, Endpoint.RFS_ANY_MOLECULAR, Origin.MOLECULAR_RELAPSE, 300, Event.MOLECULAR_RELAPSE),
        # transplant does not censor, and is an origin of its own
        (LATER, Endpoint.OS, Origin.HSCT, 300, Event.DEATH),
        (LATER, Endpoint.OS, Origin.CYCLE_1, 470, Event.DEATH),
        # what happened before the origin is no event after it
        (SECOND_BEFORE_HSCT, Endpoint.RFS_MRD, Origin.HSCT, (LAST_NEWS_ON - day(350)).days, None),
        (RELAPSED_BEFORE_AND_AFTER_HSCT, Endpoint.RFS, Origin.HSCT, 180, Event.HAEMATOLOGICAL_RELAPSE),
        (RELAPSED_BEFORE_AND_AFTER_HSCT, Endpoint.RFS, Origin.MOLECULAR_RELAPSE, 60, Event.HAEMATOLOGICAL_RELAPSE),
        (RELAPSED_BEFORE_THE_FAILURE, Endpoint.RFS, Origin.FIRST_REMISSION, 200, Event.HAEMATOLOGICAL_RELAPSE),
        # two on one day: death is told
        ({"died_on": day(90), "haematological_relapse_on": day(90)}, Endpoint.RFS, Origin.MOLECULAR_RELAPSE, 90,
         Event.DEATH),
        # censoring: overall survival at the last contact, the others at the last assessment
        (ASSESSED_EARLIER, Endpoint.OS, Origin.MOLECULAR_RELAPSE, 700, None),
        (ASSESSED_EARLIER, Endpoint.RFS, Origin.MOLECULAR_RELAPSE, 600, None),
        ({"last_assessment_on": None, "last_contact_on": day(700)}, Endpoint.RFS, Origin.MOLECULAR_RELAPSE, 700, None),
    ],
)  # fmt: skip
def test_what_begins_what_ends_what_censors(
    changed: dict[str, Any], endpoint: Endpoint, origin: Origin, days: int, event: Event | None
) -> None:
    found = endpoint_time(cohort_patient(**changed), endpoint, origin)
    assert isinstance(found, EndpointTime)
    assert (found.days, found.event) == (days, event)


@pytest.mark.parametrize(
    ("changed", "origin", "reason"),
    [
        ({"failure": MolecularFailure(FailureKind.PERSISTENCE, RELAPSE_ON)}, Origin.MOLECULAR_RELAPSE,
         OutReason.NO_ORIGIN),
        ({}, Origin.HSCT, OutReason.NO_ORIGIN),
        ({"last_assessment_on": None, "last_contact_on": None}, Origin.MOLECULAR_RELAPSE, OutReason.NO_FOLLOW_UP),
        ({"last_assessment_on": day(-1), "last_contact_on": day(-1)}, Origin.MOLECULAR_RELAPSE,
         OutReason.ENDED_BEFORE),
    ],
)  # fmt: skip
def test_who_cannot_be_counted_is_named_with_the_reason(
    changed: dict[str, Any], origin: Origin, reason: OutReason
) -> None:
    patient = cohort_patient(**changed)
    times = endpoint_times([patient], Endpoint.OS, origin)
    assert times.times == ()
    assert times.left_out == ((patient.series_id, reason),)


def test_persistence_has_a_failure_to_count_from() -> None:
    patient = cohort_patient(failure=MolecularFailure(FailureKind.PERSISTENCE, RELAPSE_ON))
    found = endpoint_time(patient, Endpoint.OS, Origin.MOLECULAR_FAILURE)
    assert isinstance(found, EndpointTime)
    assert found.origin_on == RELAPSE_ON


def test_early_mortality_counts_deaths_to_day_sixty_among_those_known_so_long() -> None:
    def until(days: int, *, died: bool) -> Any:
        on = TREATED_ON + timedelta(days=days)
        return cohort_patient(died_on=on if died else None, last_contact_on=on, last_assessment_on=on)

    patients = [until(60, died=True), until(61, died=True), until(60, died=False), until(59, died=False)]
    assert early_deaths(endpoint_times(patients, Endpoint.OS, Origin.CYCLE_1)) == (1, 3)


@pytest.mark.parametrize("endpoint", Endpoint)
def test_a_relapse_before_an_early_death_hides_it_from_no_endpoint(endpoint: Endpoint) -> None:
    relapsed, died = TREATED_ON + timedelta(days=20), TREATED_ON + timedelta(days=40)
    patients = [
        cohort_patient(haematological_relapse_on=relapsed, died_on=died, last_contact_on=died),
        cohort_patient(),
    ]
    _question, answer = asked("SURVIVAL", patients, endpoint=endpoint, origin="CYCLE_1")
    assert answer.early == EarlyDeaths(1, 2)
