"""Who did what over FHIR: every request on record, refused ones too; read by auditors of the centre alone."""

import base64
import logging
from datetime import date, datetime
from typing import Any

import pytest
import time_machine
from django.core.cache import cache
from django.db import DatabaseError
from django.test import Client
from knox.models import AuthToken

from api.fhir import accesses
from monitoring import scope
from monitoring.actions import interface_accesses
from monitoring.models import AuditEntry, InterfaceAccess, User
from monitoring.models.choices import ClientKindChoice as Kind
from monitoring.models.choices import RoleChoice
from tests.fhir_sender import Fhir, caller, observation
from tests.world import World, _person, detected, not_detected

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def today(world: World):  # type: ignore[no-untyped-def]
    cache.clear()
    with time_machine.travel(world.now, tick=False):
        yield
    cache.clear()


def person(user: User) -> Fhir:
    return Fhir(AuthToken.objects.create(user=user)[1], Client())


@pytest.fixture
def auditor(world: World) -> Fhir:
    return person(_person("auditor", RoleChoice.AUDITOR, world.centre))


def on_record(world: World) -> list[InterfaceAccess]:
    scope.enter_all_centres()
    return list(InterfaceAccess.objects.order_by("pk"))


def events(asking: Fhir, **query: Any) -> list[dict[str, Any]]:
    answer = asking.get("/AuditEvent", query)
    assert answer.status_code == 200, answer.json()
    return [each["resource"] for each in answer.json().get("entry", [])]


def kinds(found: list[dict[str, Any]]) -> list[tuple[str, str, str]]:
    return [(each["subtype"][0]["code"], each["outcome"], each.get("action", "")) for each in found]


def test_reading_searching_and_writing_are_on_record_with_patient_and_outcome(world: World) -> None:
    series, sender = world.patient(), caller(world)
    number = sender.post("/Observation", observation(series)).json()["id"]
    sender.get(f"/Observation/{number}")
    sender.get(f"/Observation/{number}/_history/1")
    sender.get("/Observation", {"patient": series.patient_id})
    rows = on_record(world)
    assert [(row.interaction, row.status) for row in rows] == [
        ("create", 201), ("read", 200), ("vread", 200), ("search-type", 200),
    ]  # fmt: skip
    assert {row.patient_id for row in rows} == {series.patient_id}
    assert {row.centre_id for row in rows} == {world.centre.pk}
    assert sender.machine is not None
    assert {row.client_id for row in rows} == {sender.machine.client.pk}
    assert rows[2].resource_id == f"{number}/_history/1"
    assert rows[3].query == f"Observation?patient={series.patient_id}"


def test_what_was_refused_is_on_record_though_its_transaction_was_undone(world: World) -> None:
    series, sender = world.patient(), caller(world)
    acts = AuditEntry.objects.filter(action="result.sent").count()
    assert sender.post("/Observation", observation(series, status="bogus")).status_code == 422
    assert sender.get("/Condition/1").status_code == 404
    assert sender.get("/AuditEvent").status_code == 403
    assert sender.get("/Patient", {"patient": "1", "nonsense": "x"}).status_code == 400
    assert AuditEntry.objects.filter(action="result.sent").count() == acts
    rows = on_record(world)
    assert [(row.interaction, row.resource_type, row.status) for row in rows] == [
        ("create", "Observation", 422), ("read", "Condition", 404), ("search-type", "AuditEvent", 403),
        ("search-type", "Patient", 400),
    ]  # fmt: skip


def test_a_form_and_a_bundle_are_named_as_what_they_are(world: World) -> None:
    series, sender = world.patient(), caller(world)
    headers = {"Authorization": f"Bearer {sender.token}"}
    form = "application/x-www-form-urlencoded"
    told = f"patient={series.patient_id}"
    sender.client.post("/fhir/Observation/_search", told, content_type=form, headers=headers)
    sender.post("", {"resourceType": "Bundle", "type": "batch", "entry": []})
    sender.post("", {"resourceType": "Bundle", "type": "transaction", "entry": []})
    rows = on_record(world)
    assert [(row.interaction, row.query) for row in rows] == [
        ("search-type", f"Observation?{told}"), ("batch", ""), ("transaction", ""),
    ]  # fmt: skip


def test_strangers_are_on_record_but_cannot_fill_the_table(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[Any] = []
    monkeypatch.setattr(interface_accesses, "record", lambda **each: told.append(each))
    for _time in range(accesses.MOST_TURNED_AWAY + 5):
        assert Fhir("nonsense", Client()).get("/Patient/1").status_code == 401
    assert Client().get("/fhir/metadata").status_code == 200
    assert len(told) == accesses.MOST_TURNED_AWAY
    assert {(each["by"], each["token"], each["request"].status) for each in told} == {(None, None, 401)}


def test_what_a_stranger_asked_belongs_to_no_centre(world: World, auditor: Fhir) -> None:
    assert Fhir("nonsense", Client()).get("/Patient/1").status_code == 401
    assert on_record(world) == []


def test_a_failure_to_write_it_down_changes_no_answer(
    world: World, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def refuse(**_told: Any) -> None:
        raise DatabaseError("no room")

    sender = caller(world)
    monkeypatch.setattr(interface_accesses, "record", refuse)
    with caplog.at_level(logging.ERROR):
        assert sender.get("/Observation").status_code == 200
    assert "could not be put on record" in caplog.text


def test_characters_that_no_column_holds_and_endless_queries_are_cut(world: World) -> None:
    sender = caller(world)
    assert sender.get("/Pat%00ient/" + "9" * 500).status_code == 404
    assert sender.get("/Observation", {"code": "x" * 5_000}).status_code == 200
    rows = on_record(world)
    assert [len(rows[0].resource_id), len(rows[1].query)] == [64, 2000]
    assert "\x00" not in rows[0].resource_type


def test_an_auditor_reads_requests_acts_and_openings_of_a_record(world: World, auditor: Fhir) -> None:
    series, sender = world.patient(), caller(world, name="MOLIS")
    sender.post("/Observation", observation(series))
    sender.get("/Observation", {"patient": series.patient_id})
    found = events(auditor, patient=series.patient_id)
    told = kinds(found)
    assert ("create", "0", "C") in told
    assert ("search-type", "0", "E") in told
    assert ("result.sent", "0", "C") in told
    assert ("fhir", "0", "R") in told
    search = next(each for each in found if each["subtype"][0]["code"] == "search-type")
    assert sender.machine is not None
    assert search["type"]["code"] == "rest"
    assert search["agent"][0]["who"]["identifier"]["value"] == sender.machine.client.client_id
    assert search["agent"][0]["who"]["display"] == "MOLIS"
    assert search["agent"][0]["network"]["address"] == "127.0.0.1"
    query = next(each["query"] for each in search["entity"] if "query" in each)
    assert base64.b64decode(query).decode() == f"Observation?patient={series.patient_id}"
    assert search["entity"][0]["what"] == {"reference": f"Patient/{series.patient_id}"}
    again = auditor.get(f"/AuditEvent/{search['id']}")
    assert again.json() == search


def test_the_search_is_by_day_agent_and_patient_and_pages_lose_nothing(world: World, auditor: Fhir) -> None:
    series, sender = world.patient(), caller(world)
    other = world.patient()
    world.authorised(other, date(2026, 11, 1), not_detected())
    for _time in range(3):
        sender.get(f"/Patient/{series.patient_id}")
    assert sender.machine is not None
    mine = events(auditor, agent=sender.machine.client.client_id, patient=series.patient_id)
    assert [each["subtype"][0]["code"] for each in mine].count("read") == 3
    assert events(auditor, agent="nobody") == []
    assert events(auditor, date="lt2020") == []
    people = "clinician,technician,authoriser"  # whose acts lie in the past: looking at the log adds to it
    day = datetime.fromisoformat(mine[0]["recorded"]).date()
    whole = [each["id"] for each in events(auditor, patient=other.patient_id, agent=people, date=f"ge{day}")]
    assert events(auditor, patient=other.patient_id, agent=people, date=f"lt{day}") == []
    seen, query = [], {"patient": other.patient_id, "agent": people, "_count": 2}
    while True:
        told = auditor.get("/AuditEvent", query).json()
        seen += [each["resource"]["id"] for each in told.get("entry", [])]
        following = [each["url"] for each in told["link"] if each["relation"] == "next"]
        if not following:
            break
        query = {**query, "_cursor": following[0].partition("_cursor=")[2]}
    assert len(whole) > 4
    assert seen == whole
    assert auditor.get("/AuditEvent", {"_cursor": "WzEsIDJd"}).status_code == 400


def test_nobody_but_an_auditor_of_the_centre_reads_it(world: World, auditor: Fhir) -> None:
    series = world.patient()
    world.authorised(series, date(2026, 11, 1), detected("0.1"))
    assert events(auditor, patient=series.patient_id)
    hospital = caller(world, Kind.HOSPITAL)
    assert events(hospital, patient=series.patient_id)
    without = caller(world, Kind.HOSPITAL, scope="system/Patient.rs")
    elsewhere = person(_person("auditor_elsewhere", RoleChoice.AUDITOR, world.elsewhere))
    for nobody in (person(world.clinician), person(world.authoriser), caller(world), without):
        assert nobody.get("/AuditEvent").status_code == 403
    assert events(elsewhere) == []
    number = events(auditor, patient=series.patient_id)[0]["id"]
    assert elsewhere.get(f"/AuditEvent/{number}").status_code == 404


def test_it_is_neither_written_nor_changed_nor_taken_away(world: World, auditor: Fhir) -> None:
    caller(world).get("/Patient")
    number = events(auditor)[0]["id"]
    sender = caller(world)
    assert sender.post("/AuditEvent", {"resourceType": "AuditEvent"}).status_code == 405
    assert sender.put(f"/AuditEvent/{number}", {"resourceType": "AuditEvent"}).status_code == 405
    headers = {"Authorization": f"Bearer {sender.token}"}
    assert sender.client.delete(f"/fhir/AuditEvent/{number}", headers=headers).status_code == 405
    row = on_record(world)[0]
    row.status = 500
    with pytest.raises(DatabaseError):
        row.save()
