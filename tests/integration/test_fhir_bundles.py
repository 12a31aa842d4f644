"""Bundles: a transaction whole or not at all, a batch entry by entry; the same bundle again changes nothing."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
import time_machine

from monitoring.actions import events, treatments
from monitoring.models import ClinicalEvent, MrdResult, MrdSeries, Patient, Sample, StoredVerdict, VenetoclaxCycle
from monitoring.models.choices import ClientKindChoice as Kind
from tests.fhir_sender import LAB, Fhir, caller, observation, specimen
from tests.machines import MRN
from tests.world import World, detected, not_detected

pytestmark = pytest.mark.django_db
WHO, TUBE, RESULT, REPORT = (f"urn:uuid:{n}{n}{n}{n}1111-1111-4111-8111-111111111111"[:45] for n in "1234")
NAME = f"identifier={LAB}|L-1/NPM1"


@pytest.fixture(autouse=True)
def today(world: World):  # type: ignore[no-untyped-def]
    with time_machine.travel(world.now, tick=False):
        yield


@pytest.fixture
def sender(world: World) -> Fhir:
    return caller(world)


def suspected(world: World) -> MrdSeries:
    series = world.patient()
    Patient.objects.filter(pk=series.patient_id).update(hospital_number="123456")
    world.authorised(series, date(2026, 7, 1), not_detected())
    world.authorised(series, date(2026, 10, 29), detected("0.02"))
    return series


def entry(name: str, resource: dict[str, Any], method: str, url: str, **more: str) -> dict[str, Any]:
    return {"fullUrl": name, "resource": resource, "request": {"method": method, "url": url, **more}}


def laboratory_bundle(series: MrdSeries, kind: str = "transaction", **changes: Any) -> dict[str, Any]:
    """The report of one tube, its parts in the order in which no part is known before it is referred to."""
    who = {"resourceType": "Patient", "identifier": [{"system": MRN, "value": "123456"}]}
    result = observation(series, **{"subject": {"reference": WHO}, "specimen": {"reference": TUBE}, **changes})
    result.pop("contained")
    report = {
        "resourceType": "DiagnosticReport", "status": "final", "conclusion": "NPM1 detected, 0.093 %",
        "identifier": [{"system": "https://haemlab.example.org/ids/report", "value": "L-1"}],
        "code": {"text": "AML MRD report"}, "subject": {"reference": WHO}, "specimen": [{"reference": TUBE}],
        "result": [{"reference": RESULT}],
    }  # fmt: skip
    tube = specimen(series, subject={"reference": WHO})
    return {
        "resourceType": "Bundle", "type": kind,
        "entry": [
            entry(REPORT, report, "PUT", "DiagnosticReport?identifier=https://haemlab.example.org/ids/report|L-1"),
            entry(RESULT, result, "PUT", f"Observation?{NAME}"),
            entry(TUBE, tube, "POST", "Specimen", ifNoneExist="identifier=https://haemlab.example.org/ids/sp|L-1"),
            entry(WHO, who, "POST", "Patient", ifNoneExist=f"identifier={MRN}|123456"),
        ],
    }  # fmt: skip


def state(world: World, series: MrdSeries) -> str:
    world.as_person(world.clinician)
    return StoredVerdict.objects.get(series=series, ruleset="ELN2021").state


def test_a_transaction_takes_all_of_it_whatever_the_order(world: World, sender: Fhir) -> None:
    series = suspected(world)
    answer = sender.post("", laboratory_bundle(series))
    told = answer.json()
    assert (answer.status_code, told["type"]) == (200, "transaction-response")
    statuses = [each["response"]["status"][:3] for each in told["entry"]]
    assert statuses == ["201", "201", "201", "200"]
    assert told["entry"][1]["resource"]["specimen"] == {"reference": told["entry"][2]["resource"]["id"].join(
        ["Specimen/", ""])}  # fmt: skip
    assert told["entry"][0]["resource"]["conclusion"] == "NPM1 detected, 0.093 %"
    assert state(world, series) == "CONFIRMED"


def test_the_same_transaction_again_changes_nothing(world: World, sender: Fhir) -> None:
    series = suspected(world)
    sender.post("/", laboratory_bundle(series))
    again = sender.post("/", laboratory_bundle(series)).json()
    assert [each["response"]["status"][:3] for each in again["entry"]] == ["200"] * 4
    assert again["entry"][1]["response"]["etag"] == 'W/"1"'
    world.as_person(world.clinician)
    assert MrdResult.objects.filter(series=series).count() == 3


def test_a_transaction_with_one_mistake_does_nothing_and_says_where(world: World, sender: Fhir) -> None:
    series = suspected(world)
    wrong = laboratory_bundle(series, valueQuantity={"value": 0.85})
    answer = sender.post("", wrong)
    told = answer.json()["issue"][0]
    assert (answer.status_code, told["code"]) == (422, "value")
    assert told["expression"] == ["Bundle.entry[1].resource.Observation.valueQuantity.code"]
    world.as_person(world.clinician)
    assert not Sample.objects.filter(accession_number="L-1").exists()


def test_a_batch_does_what_it_can(world: World, sender: Fhir) -> None:
    series = suspected(world)
    good = entry("", observation(series), "POST", "Observation")
    bad = entry("", observation(series, accession="L-2", valueQuantity={"value": 1}), "POST", "Observation")
    read = {"request": {"method": "GET", "url": f"Patient/{series.patient_id}"}}
    hidden = {"request": {"method": "GET", "url": "Patient/999999"}}
    remove = {"request": {"method": "DELETE", "url": "Observation/1"}}
    bundle = {"resourceType": "Bundle", "type": "batch", "entry": [bad, good, read, hidden, remove]}
    answer = sender.post("/", bundle)
    statuses = [each["response"]["status"][:3] for each in answer.json()["entry"]]
    assert (answer.status_code, statuses) == (200, ["422", "201", "200", "404", "405"])
    assert answer.json()["entry"][0]["response"]["outcome"]["resourceType"] == "OperationOutcome"


def test_a_patient_who_is_not_known_is_not_made(world: World, sender: Fhir) -> None:
    series = suspected(world)
    Patient.objects.filter(pk=series.patient_id).update(hospital_number="7")
    answer = sender.post("", laboratory_bundle(series))
    assert answer.status_code == 422
    assert answer.json()["issue"][0]["expression"][0].startswith("Bundle.entry[3]")


@pytest.mark.parametrize(
    "bundle",
    [
        {"resourceType": "Bundle", "type": "searchset"}, {"resourceType": "Patient"},
        {"resourceType": "Bundle", "type": "batch", "entry": {}},
        {"resourceType": "Bundle", "type": "batch", "entry": [{}]},
        {"resourceType": "Bundle", "type": "batch", "entry": [{"request": {"method": "HEAD", "url": "x"}}]},
        {"resourceType": "Bundle", "type": "transaction", "entry": [{"request": {"method": "GET", "url": ""}}]},
        {"resourceType": "Bundle", "type": "transaction",
         "entry": [{"resource": 7, "request": {"method": "POST", "url": "Observation"}}]},
    ],
)  # fmt: skip
def test_what_is_no_bundle_is_refused(sender: Fhir, bundle: dict[str, Any]) -> None:
    answer = sender.post("", bundle)
    assert answer.status_code == 400
    assert answer.json()["resourceType"] == "OperationOutcome"


def test_an_entry_without_its_resource_is_structure(sender: Fhir) -> None:
    bundle = {"resourceType": "Bundle", "type": "transaction",
              "entry": [{"request": {"method": "POST", "url": "Observation"}}]}  # fmt: skip
    answer = sender.post("", bundle)
    assert (answer.status_code, answer.json()["issue"][0]["expression"]) == (400, ["Bundle.entry[0]"])


def test_a_cycle_ends_with_its_day_at_the_patients_centre(world: World) -> None:
    patient = world.patient().patient
    world.as_person(world.clinician)
    cycle = VenetoclaxCycle(number=1, starts_on=date(2026, 11, 7), ends_on=date(2026, 11, 20), given_days=14)
    treatments.record_cycle(by=world.clinician, patient=patient, cycle=cycle, regimen="Ven+Aza", now=world.now)
    for hour, status in ((22, "active"), (23, "completed")):  # 23:30 in Paris, and half past midnight
        world.now = datetime(2026, 11, 20, hour, 30, tzinfo=UTC)
        with time_machine.travel(world.now, tick=False):
            reader = caller(world, Kind.HOSPITAL)  # a token holds for five minutes
            [told] = reader.get("/MedicationStatement", {"patient": f"Patient/{patient.pk}"}).json()["entry"]
            assert told["resource"]["status"] == status
            assert reader.get("/MedicationStatement", {"status": status}).json()["total"] == 1


def test_cycles_transplant_and_leukaemia_are_read(world: World) -> None:
    reader = caller(world, Kind.HOSPITAL)
    patient = world.patient().patient
    world.as_person(world.clinician)
    cycle = VenetoclaxCycle(number=1, starts_on=date(2026, 9, 1), ends_on=date(2026, 9, 14), given_days=14, dose_mg=400)
    treatments.record_cycle(by=world.clinician, patient=patient, cycle=cycle, regimen="Ven+Aza", now=world.now)
    hsct = ClinicalEvent(kind="HSCT", happened_on=date(2025, 6, 1))
    events.record(by=world.clinician, patient=patient, event=hsct, now=world.now)
    query = {"patient": f"Patient/{patient.pk}"}
    given = reader.get("/MedicationStatement", {**query, "status": "completed", "effective": "2026-09"}).json()
    told = given["entry"][0]["resource"]
    assert told["note"] == [{"text": "Cycle 1, days 1-14"}]
    assert told["medicationCodeableConcept"]["coding"][0]["code"] == "L01XX52"
    day0 = reader.get("/Procedure", {**query, "code": "http://snomed.info/sct|58390007"}).json()["entry"][0]["resource"]
    assert day0["performedDateTime"] == "2025-06-01"
    aml = reader.get("/Condition", {**query, "clinical-status": "active"}).json()["entry"][0]["resource"]
    assert (aml["onsetDateTime"], aml["code"]["coding"][0]["code"]) == ("2024-06-03", "91861009")
    for resource in (told, day0, aml):
        single = reader.get(f"/{resource['resourceType']}/{resource['id']}")
        assert single.json() == resource
        assert (
            reader.get(f"/{resource['resourceType']}/{resource['id']}", If_None_Match=single["ETag"]).status_code == 304
        )
