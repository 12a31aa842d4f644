"""Alerts as DetectedIssues and Flags: current, versioned, with their evidence and who answered."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from knox.models import AuthToken

from monitoring.actions import acknowledging
from monitoring.actions.acknowledging import ActionTaken, Decision, NextSampleTissue
from monitoring.actions.alert_turns import SeenAlert
from monitoring.models import Alert, MrdSeries, RecomputeRequest, StoredVerdict
from monitoring.models.choices import ClientKindChoice as Kind
from tests.fhir_sender import LAB, Fhir, caller, interpreted, observation, quantity
from tests.world import World, detected, not_detected

pytestmark = pytest.mark.django_db
NAME = f"identifier={LAB}|L-1/NPM1"


@pytest.fixture(autouse=True)
def today(world: World):  # type: ignore[no-untyped-def]
    with time_machine.travel(world.now, tick=False) as travelling:
        yield travelling


@pytest.fixture
def reader(world: World) -> Fhir:
    return caller(world, Kind.HOSPITAL)


@pytest.fixture
def sender(world: World) -> Fhir:
    return caller(world)


def suspected(world: World) -> MrdSeries:
    series = world.patient()
    world.authorised(series, date(2026, 7, 1), not_detected())
    world.authorised(series, date(2026, 10, 29), detected("0.02"))
    return series


def later(travelling: Any, world: World, hours: int) -> datetime:
    """Let it be some hours later, within the life of the tokens' day."""
    moment = world.now + timedelta(minutes=hours)
    travelling.move_to(moment, tick=False)
    return moment


def issue(reader: Fhir, series: MrdSeries, **query: str) -> dict[str, Any]:
    told = reader.get("/DetectedIssue", {"patient": f"Patient/{series.patient_id}", **query}).json()
    found = [each["resource"] for each in told["entry"] if "relapse" in each["resource"]["code"]["coding"][0]["code"]]
    assert len(found) == 1
    resource: dict[str, Any] = found[0]
    return resource


def test_one_sample_is_preliminary_two_are_final_and_it_is_the_same_issue(
    world: World, reader: Fhir, sender: Fhir, today: Any
) -> None:
    series = suspected(world)
    first = issue(reader, series)
    assert (first["status"], first["code"]["coding"][0]["code"]) == ("preliminary", "suspected-molecular-relapse")
    later(today, world, 1)
    sent = sender.post("/Observation", observation(series)).json()
    second = issue(reader, series)
    assert (second["status"], second["code"]["coding"][0]["code"]) == ("final", "confirmed-molecular-relapse")
    assert (second["id"], int(second["meta"]["versionId"])) == (first["id"], int(first["meta"]["versionId"]) + 1)
    told = [(each["code"][0]["text"], each["detail"][0]["reference"]) for each in second["evidence"]]
    assert told[1] == ("confirmation", f"Observation/{sent['id']}")
    assert second["severity"] == "high"
    assert second["reference"].endswith(f"/patients/{series.patient_id}/")
    old = reader.get(f"/DetectedIssue/{first['id']}/_history/{first['meta']['versionId']}").json()
    assert old["status"] == "preliminary"
    banner = reader.get("/Flag", {"patient": series.patient_id}).json()["entry"][0]["resource"]
    assert (banner["status"], banner["extension"][0]["valueReference"]["reference"]) == (
        "active", f"DetectedIssue/{first['id']}"
    )  # fmt: skip


def test_a_correction_that_no_longer_confirms_cancels_and_one_that_does_amends(
    world: World, reader: Fhir, sender: Fhir, today: Any
) -> None:
    series = suspected(world)
    sender.post("/Observation", observation(series))
    later(today, world, 1)
    sender.put(f"/Observation?{NAME}", observation(series, "0.1", issued="2026-11-19T10:00:00+01:00"))
    assert issue(reader, series)["status"] == "amended"
    later(today, world, 2)
    negative = observation(series, valueQuantity=quantity(0.0025, "%", "<"), interpretation=interpreted("ND"))
    sender.put(f"/Observation?{NAME}", {**negative, "issued": "2026-11-20T10:00:00+01:00"})
    after = issue(reader, series)
    assert after["status"] == "cancelled"
    banner = reader.get("/Flag", {"identifier": after["id"]}).json()["entry"][0]["resource"]
    assert banner["status"] == "inactive"
    assert "end" in banner["period"]


def test_a_retracted_index_is_entered_in_error(world: World, reader: Fhir, sender: Fhir, today: Any) -> None:
    series = world.patient()
    world.authorised(series, date(2026, 7, 1), not_detected())
    sender.post("/Observation", observation(series))
    assert issue(reader, series)["status"] == "preliminary"
    later(today, world, 1)
    sender.put(f"/Observation?{NAME}", observation(series, status="entered-in-error"))
    assert issue(reader, series)["status"] == "entered-in-error"
    assert issue(reader, series, status="entered-in-error")["evidence"]


def test_an_acknowledgement_is_a_mitigation_and_a_new_version(world: World, reader: Fhir, today: Any) -> None:
    series = suspected(world)
    before = issue(reader, series)
    world.as_person(world.clinician)
    alert = Alert.objects.get(pk=before["id"])
    series.refresh_from_db()
    now = later(today, world, 1)
    decision = Decision(action_taken=ActionTaken.SAMPLE_ORDERED, comment="Repeat", next_sample_on=date(2026, 12, 1),
                        next_sample_tissue=NextSampleTissue.BONE_MARROW)  # fmt: skip
    acknowledging.acknowledge(
        by=world.clinician, alert=alert, seen=SeenAlert(series.revision, alert.changed_at), decision=decision, now=now
    )
    after = issue(reader, series)
    assert after["mitigation"][0]["author"]["display"] == "Clinician"
    assert after["mitigation"][0]["date"] == now.isoformat()
    assert int(after["meta"]["versionId"]) == int(before["meta"]["versionId"]) + 1
    assert "mitigation" not in before


@pytest.mark.parametrize("status", ["preliminary", "final", "amended", "cancelled", "entered-in-error"])
def test_a_search_by_status_finds_those_that_say_so(world: World, reader: Fhir, status: str) -> None:
    suspected(world)
    found = reader.get("/DetectedIssue", {"status": status}).json()
    told = {each["resource"]["status"] for each in found.get("entry", [])}
    assert told <= {status} if status != "final" else told <= {"final", "amended"}


def test_what_is_stale_is_computed_before_it_is_read(world: World, reader: Fhir) -> None:
    series = suspected(world)
    world.as_person(world.clinician)
    StoredVerdict.objects.filter(series=series).delete()
    Alert.objects.filter(series=series).update(state="RESOLVED")
    RecomputeRequest.objects.update_or_create(
        series=series, defaults={"patient_id": series.patient_id, "revision": series.revision, "reason": "test"}
    )
    assert reader.get("/DetectedIssue", {"patient": series.patient_id}).json()["total"] >= 1
    world.as_person(world.clinician)
    assert StoredVerdict.objects.filter(series=series).exists()


def test_a_laboratory_reads_its_results_and_not_the_chart(world: World, sender: Fhir) -> None:
    series = suspected(world)
    assert sender.get("/Observation").json()["total"] == 2
    for kind in ("DetectedIssue", "Flag", "Condition", "Procedure", "MedicationStatement"):
        assert sender.get(f"/{kind}", {"patient": series.patient_id}).json()["total"] == 0


def test_a_stranger_reads_nothing_of_an_alert(world: World, reader: Fhir) -> None:
    before = issue(reader, suspected(world))
    _, token = AuthToken.objects.create(user=world.stranger)
    stranger = Fhir(token, Client())
    for path in (f"/DetectedIssue/{before['id']}", f"/Flag/{before['id']}", f"/DetectedIssue/{before['id']}/_history"):
        assert stranger.get(path).status_code == 404
