"""Doses given, as MedicationAdministrations: what is on record and nothing beside it."""

from datetime import date
from typing import Any

import pytest
import time_machine

from monitoring.actions import dose_changes, treatments
from monitoring.models import DoseChange, MrdSeries, VenetoclaxCycle
from monitoring.models.choices import ClientKindChoice as Kind
from monitoring.models.choices import TreatmentKindChoice
from tests.fhir_sender import Fhir, caller
from tests.world import World

pytestmark = pytest.mark.django_db
VENETOCLAX = {"system": "http://www.whocc.no/atc", "code": "L01XX52", "display": "venetoclax"}


@pytest.fixture(autouse=True)
def today(world: World):  # type: ignore[no-untyped-def]
    with time_machine.travel(world.now, tick=False):
        yield


@pytest.fixture
def reader(world: World) -> Fhir:
    return caller(world, Kind.HOSPITAL)


def cycle(world: World, series: MrdSeries, number: int = 1, **told: Any) -> VenetoclaxCycle:
    """A cycle of 400 mg a day, planned and given on 14 days from 5 October on, unless told otherwise."""
    world.as_person(world.clinician)
    line = series.patient.treatments.filter(kind=TreatmentKindChoice.PRE_EMPTIVE).first() or treatments.start(
        by=world.clinician, patient=series.patient, kind=TreatmentKindChoice.PRE_EMPTIVE, regimen="venetoclax",
        starts_on=date(2026, 10, 5), ends_on=None, now=world.now,
    )  # fmt: skip
    facts = {"starts_on": date(2026, 10, 5), "ends_on": date(2026, 11, 1), "planned_days": 14, "given_days": 14,
             "dose_mg": 400, **told}  # fmt: skip
    return VenetoclaxCycle.objects.create(treatment=line, patient=series.patient, number=number, **facts)


def found(reader: Fhir, **query: Any) -> list[dict[str, Any]]:
    answer = reader.get("/MedicationAdministration", query)
    assert answer.status_code == 200, answer.json()
    assert answer.json()["total"] == len(answer.json().get("entry", []))
    return [each["resource"] for each in answer.json().get("entry", [])]


def periods(resources: list[dict[str, Any]]) -> list[tuple[str, str, str, Any]]:
    return [
        (each["status"], each["effectivePeriod"]["start"], each["effectivePeriod"].get("end", ""),
         each.get("dosage", {}).get("dose", {}).get("value"))
        for each in resources
    ]  # fmt: skip


def test_a_cycle_with_a_hold_and_a_reduction_is_told_period_by_period(world: World, reader: Fhir) -> None:
    series = world.patient()
    given = cycle(world, series, given_days=11)
    for kind, first, last, dose in (
        ("HOLD", date(2026, 10, 12), date(2026, 10, 14), None),
        ("REDUCTION", date(2026, 10, 15), None, 100),
    ):
        change = DoseChange(kind=kind, starts_on=first, ends_on=last, dose_mg=dose, because="neutrophils 0.3")
        dose_changes.record(by=world.clinician, cycle=given, change=change)
    told = found(reader, patient=series.patient_id, _sort="effective-time")
    assert periods(told) == [
        ("completed", "2026-10-05", "2026-10-11", 400),
        ("not-done", "2026-10-12", "2026-10-14", None),
        ("completed", "2026-10-15", "2026-10-18", 100),
    ]
    assert told[0]["medicationCodeableConcept"]["coding"] == [VENETOCLAX]
    assert told[1]["statusReason"] == [{"text": "neutrophils 0.3"}]
    for each in told:
        again = reader.get(f"/MedicationAdministration/{each['id']}")
        assert (again.status_code, again.json()) == (200, each)


def test_a_number_of_days_is_told_as_a_number(world: World, reader: Fhir) -> None:
    series = world.patient()
    cycle(world, series, given_days=9, planned_days=None)
    (told,) = found(reader, patient=series.patient_id)
    assert periods([told]) == [("completed", "2026-10-05", "2026-11-01", 400)]
    assert "which days is not on record" in told["note"][1]["text"]


def test_nothing_is_called_given_that_nobody_wrote_down(world: World, reader: Fhir) -> None:
    series = world.patient()
    cycle(world, series, given_days=None)
    cycle(world, series, 2, starts_on=date(2026, 11, 9), ends_on=date(2026, 12, 6), given_days=None, ramp_up=True)
    cycle(world, series, 3, starts_on=date(2026, 12, 7), ends_on=date(2027, 1, 3))
    told = found(reader, patient=series.patient_id, _sort="date")
    assert periods(told) == [("unknown", "2026-10-05", "2026-10-18", 400), ("in-progress", "2026-11-09", "", None)]
    assert "Ramp-up to 400 mg" in told[1]["note"][2]["text"]


def test_a_cycle_that_was_stopped_says_why(world: World, reader: Fhir) -> None:
    series = world.patient()
    cycle(world, series, stopped_because="infection")
    (told,) = found(reader, patient=series.patient_id)
    assert (told["status"], told["statusReason"]) == ("stopped", [{"text": "infection"}])


SEARCHES = [
    ({"status": "completed"}, 2),
    ({"status": "not-done"}, 0),
    ({"status": "completed,not-done"}, 2),
    ({"effective-time": "2026-10"}, 1),
    ({"effective-time": "ge2026-10-19"}, 1),
    ({"effective-time": "lt2026-10-20"}, 1),
    ({"effective-time": "sa2026-10-18"}, 1),
    ({"code": "http://www.whocc.no/atc|L01XX52"}, 2),
    ({"code": "L01BC01"}, 0),
    ({"patient": "999999"}, 0),
]


@pytest.mark.parametrize(("query", "number"), SEARCHES)
def test_it_is_searched_by_time_status_and_code(world: World, reader: Fhir, query: dict[str, str], number: int) -> None:
    series = world.patient()
    cycle(world, series)
    cycle(world, series, 2, starts_on=date(2026, 11, 2), ends_on=date(2026, 11, 19), planned_days=7, given_days=7)
    assert len(found(reader, **query)) == number


def test_pages_go_through_all_of_them_and_a_wrong_date_is_refused(world: World, reader: Fhir) -> None:
    series = world.patient()
    cycle(world, series)
    cycle(world, series, 2, starts_on=date(2026, 11, 2), ends_on=date(2026, 11, 19), planned_days=7, given_days=7)
    first = reader.get("/MedicationAdministration", {"_count": "1"}).json()
    following = next(each["url"] for each in first["link"] if each["relation"] == "next")
    second = reader.get("/MedicationAdministration?" + following.partition("?")[2]).json()
    starts = [each["entry"][0]["resource"]["effectivePeriod"]["start"] for each in (first, second)]
    assert starts == ["2026-11-02", "2026-10-05"]
    assert [each["relation"] for each in second["link"]] == ["self"]
    assert reader.get("/MedicationAdministration", {"effective-time": "soon"}).status_code == 400


def test_a_laboratory_and_another_centre_see_none(world: World, reader: Fhir) -> None:
    series = world.patient()
    cycle(world, series)
    (told,) = found(reader, patient=series.patient_id)
    laboratory = caller(world)
    assert found(laboratory, patient=series.patient_id) == []
    assert laboratory.get(f"/MedicationAdministration/{told['id']}").status_code == 404
