"""A hospital record asks for the alerts of the patient in view."""

import json
from datetime import date
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.test import Client
from pytest_django.fixtures import Settings

from monitoring.domain.terms import EpisodeStatus
from monitoring.models import (
    Alert,
    CdsCard,
    CdsFeedback,
    MrdSeries,
    Patient,
    ReadEntry,
    SeriesSummary,
    StoredEpisode,
)
from monitoring.models.choices import ClientKindChoice as Kind
from tests.hospital_record import HospitalRecord
from tests.integration.launch_world import registered, signing_key
from tests.machines import ISSUER, MRN, Machine, machine
from tests.world import World, detected, not_detected

pytestmark = pytest.mark.django_db
SERVICES = "http://testserver/cds-services"
NUMBER = "123456"


@pytest.fixture(autouse=True)
def today(world: World):  # type: ignore[no-untyped-def]
    with time_machine.travel(world.now, tick=False):
        yield


@pytest.fixture
def record(world: World) -> Machine:
    return machine(world, Kind.RECORD, cors_origin="https://ehr.example.org")


def relapsed(world: World) -> MrdSeries:
    series = world.patient()
    Patient.objects.filter(pk=series.patient_id).update(hospital_number=NUMBER)
    for on, value in [(date(2026, 7, 1), None), (date(2026, 10, 29), "0.02"), (date(2026, 11, 16), "0.093")]:
        world.authorised(series, on, detected(value) if value else not_detected())
    return series


def signed(record: Machine, world: World, address: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {record.statement(address, world.now, iss=ISSUER, sub=None)}"}


def view(client: Client, record: Machine, world: World, **patient: Any) -> Any:
    shown = {
        "resourceType": "Patient", "id": "1288992", "birthDate": "1967-03-14",
        "identifier": [{"system": MRN, "value": NUMBER}],
    }  # fmt: skip
    call = {
        "hookInstance": str(uuid4()), "hook": "patient-view", "fhirServer": "https://ehr.example.org/fhir",
        "context": {"userId": "Practitioner/example", "patientId": "1288992"},
        "prefetch": {"patient": {**shown, **patient}},
    }  # fmt: skip
    return post(client, record, world, "/aml-mrd-alert", call)


def post(client: Client, record: Machine, world: World, path: str, body: Any) -> Any:
    address = SERVICES + path
    return client.post(
        f"/cds-services{path}", json.dumps(body), content_type="application/json",
        headers=signed(record, world, address),
    )  # fmt: skip


def test_discovery_names_the_service(client: Client, record: Machine, world: World) -> None:
    answer = client.get("/cds-services", headers=signed(record, world, SERVICES))
    (service,) = answer.json()["services"]
    assert (service["hook"], service["id"]) == ("patient-view", "aml-mrd-alert")
    assert MRN in service["usageRequirements"]


def test_an_alert_that_waits_is_a_card(client: Client, record: Machine, world: World) -> None:
    series = relapsed(world)
    answer = view(client, record, world)
    assert answer.status_code == 200
    card = answer.json()["cards"][0]
    assert card["summary"] == "AML MRD: confirmed molecular relapse (NPM1)"
    assert card["indicator"] == "critical"
    assert "Marrow 0\\.02 % → 0\\.093 %" in card["detail"].replace("\u00a0", " ").replace("\u202f", " ")
    assert card["links"][0]["url"] == f"http://testserver/patients/{series.patient_id}/"
    assert all(len(each["summary"]) < 140 and each["source"]["label"] for each in answer.json()["cards"])
    world.as_person(world.clinician)
    assert CdsCard.objects.filter(card=card["uuid"]).exists()
    assert ReadEntry.objects.filter(channel="cds-hooks", patient_id=series.patient_id).count() == 1


def test_an_alert_whose_episode_the_list_does_not_tell_is_a_card_with_its_samples(
    client: Client, record: Machine, world: World
) -> None:
    series = relapsed(world)
    summary = SeriesSummary.objects.get(series=series)
    summary.content["episode"] = {**summary.content["episode"], "relapse_on": "2026-01-01"}
    summary.save(update_fields=["content"])
    said = [each["detail"].replace("\u00a0", " ") for each in view(client, record, world).json()["cards"]]
    assert "Marrow 0\\.02 % → 0\\.093 %, day 18" in said[0].replace("\u202f", " ")
    world.as_person(world.clinician)
    StoredEpisode.objects.filter(series=series).delete()
    again = view(client, record, world)
    assert again.status_code == 200
    assert "29 Oct 2026" in again.json()["cards"][0]["detail"].replace("\u00a0", " ")


@pytest.mark.parametrize("status", list(EpisodeStatus))
def test_an_alert_that_waits_is_a_card_whatever_became_of_its_episode(
    client: Client, record: Machine, world: World, status: EpisodeStatus
) -> None:
    series = relapsed(world)
    alert = Alert.objects.get(series=series, code="EPISODE")
    alert.detail = {**alert.detail, "status": status.value}
    alert.save(update_fields=["detail"])
    answer = view(client, record, world)
    assert answer.status_code == 200
    assert answer.json()["cards"][0]["summary"].startswith("AML MRD: ")


def test_a_candidate_that_a_negative_closed_before_anybody_saw_it_breaks_nothing(
    client: Client, record: Machine, world: World
) -> None:
    series = world.patient()
    Patient.objects.filter(pk=series.patient_id).update(hospital_number=NUMBER)
    world.authorised(series, date(2026, 7, 1), not_detected())
    world.authorised(series, date(2026, 10, 29), detected("0.02"))
    world.authorised(series, date(2026, 11, 16), not_detected())
    assert view(client, record, world).status_code == 200


def test_no_alert_is_no_card(client: Client, record: Machine, world: World) -> None:
    series = relapsed(world)
    Alert.objects.filter(series=series).update(
        state="ACKNOWLEDGED", acknowledged_at=world.now, acknowledged_by=world.clinician
    )
    answer = view(client, record, world)
    assert (answer.status_code, answer.json()) == (200, {"cards": []})


@pytest.mark.parametrize(
    "patient",
    [
        {"identifier": [{"system": "https://elsewhere.example.org", "value": NUMBER}]},
        {"identifier": [{"value": NUMBER}]},
        {"identifier": []},
        {"identifier": [{"system": MRN, "value": "999"}]},
        {"identifier": [{"system": MRN, "value": NUMBER}, {"system": MRN, "value": "2"}]},
        {"birthDate": "1967-03-15"},
        {"resourceType": "Person"},
        {"id": "1288993"},
    ],
)
def test_whoever_cannot_be_told_with_certainty_is_never_shown_as_well(
    client: Client, record: Machine, world: World, patient: dict[str, Any]
) -> None:
    relapsed(world)
    answer = view(client, record, world, **patient)
    assert answer.status_code == 412
    assert "cards" not in answer.json()


def test_a_patient_of_another_centre_is_not_known(client: Client, record: Machine, world: World) -> None:
    series = relapsed(world)
    world.as_person(world.clinician)
    Patient.objects.filter(pk=series.patient_id).update(hospital_number="7")
    assert view(client, record, world).status_code == 412


@pytest.mark.parametrize(
    "claims",
    [{"iss": "https://stranger.example.org"}, {"aud": "http://testserver/cds-services"}, {"exp": 0}, {"jti": None}],
)
def test_a_call_without_a_good_statement_is_refused(
    client: Client, record: Machine, world: World, claims: dict[str, Any]
) -> None:
    relapsed(world)
    statement = record.statement(f"{SERVICES}/aml-mrd-alert", world.now, **{"iss": ISSUER, **claims})
    for headers in ({"Authorization": f"Bearer {statement}"}, {}):
        answer = client.post("/cds-services/aml-mrd-alert", "{}", content_type="application/json", headers=headers)
        assert answer.status_code == 401
    assert client.get("/cds-services").status_code == 401


@pytest.mark.parametrize("body", ["", "[]", "{", '{"hook": NaN}', "[" * 5000, '{"hook":"order-sign"}', "\x00"])
def test_what_is_no_call_is_refused_in_words(client: Client, record: Machine, world: World, body: str) -> None:
    headers = signed(record, world, f"{SERVICES}/aml-mrd-alert")
    answer = client.post("/cds-services/aml-mrd-alert", body, content_type="application/json", headers=headers)
    assert answer.status_code == 400
    assert answer.json()["error"]


def test_feedback_is_kept_once_and_acknowledges_nothing(client: Client, record: Machine, world: World) -> None:
    series = relapsed(world)
    card = view(client, record, world).json()["cards"][0]["uuid"]
    said = {
        "card": card, "outcome": "overridden", "outcomeTimestamp": "2026-11-20T11:00:00Z",
        "overrideReason": {"reason": {"code": "already-known"}, "userComment": "Seen in clinic"},
    }  # fmt: skip
    for _time in range(2):
        answer = post(client, record, world, "/aml-mrd-alert/feedback", {"feedback": [said]})
        assert answer.status_code == 200
    world.as_person(world.clinician)
    kept = CdsFeedback.objects.get()
    assert (kept.outcome, kept.reason_code, kept.comment) == ("overridden", "already-known", "Seen in clinic")
    assert not Alert.objects.filter(series=series, state="ACKNOWLEDGED").exists()


def test_feedback_on_a_card_of_nobody_is_taken_and_nothing_else(client: Client, record: Machine, world: World) -> None:
    said = {"card": str(uuid4()), "outcome": "accepted", "outcomeTimestamp": "2026-11-20T11:00:00Z"}
    assert post(client, record, world, "/aml-mrd-alert/feedback", {"feedback": [said]}).status_code == 200
    wrong = post(client, record, world, "/aml-mrd-alert/feedback", {"feedback": [{**said, "outcome": "ignored"}]})
    assert wrong.status_code == 400


def test_a_browser_page_of_a_listed_origin_may_read_and_no_other(client: Client, record: Machine, world: World) -> None:
    for origin, allowed in [("https://ehr.example.org", True), ("https://evil.example.org", False)]:
        answer = client.options("/cds-services/aml-mrd-alert", headers={"Origin": origin})
        assert answer.status_code == 204
        assert (answer.get("Access-Control-Allow-Origin") == origin) is allowed
        assert "Access-Control-Allow-Credentials" not in answer


def test_what_a_laboratory_wrote_is_not_markdown(client: Client, record: Machine, world: World) -> None:
    from api.cds_hooks.cards import escaped

    assert escaped("[click](http://x) <b>*a*</b>\n# b") == ("\\[click\\]\\(http://x\\) \\<b\\>\\*a\\*\\</b\\> \\# b")


def test_a_record_that_may_launch_gets_a_launch_with_the_alert(
    client: Client, record: Machine, world: World, settings: Settings
) -> None:
    relapsed(world)
    settings.SMART_KEYS = signing_key()
    registered(world, HospitalRecord(1), issuer="https://ehr.example.org/fhir")
    card = view(client, record, world).json()["cards"][0]
    [link] = card["links"]
    assert (link["type"], link["url"]) == ("smart", "http://testserver/smart/launch")
    world.as_person(world.clinician)
    told = CdsCard.objects.get(card=card["uuid"])
    assert json.loads(link["appContext"]) == {"alert": told.alert_id}
