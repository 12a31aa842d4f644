"""The same identifier for another patient: refused, nothing taken in, and kept for a person to look at."""

import json
from typing import Any

import pytest
import time_machine
from django.test import Client

from monitoring.actions import messages_quarantine
from monitoring.actions.refusals import ActionRefused
from monitoring.models import AuditEntry, InboundMessage, MrdResult
from monitoring.queries import messages
from tests.fhir_sender import Fhir, caller, observation, specimen
from tests.world import World

pytestmark = pytest.mark.django_db
LATER = "2026-11-17T09:30:00+01:00"


@pytest.fixture(autouse=True)
def today(world: World):  # type: ignore[no-untyped-def]
    with time_machine.travel(world.now, tick=False):
        yield


@pytest.fixture
def sender(world: World) -> Fhir:
    return caller(world, name="MOLIS")


def taken_twice(world: World, sender: Fhir) -> dict[str, Any]:
    """One identifier for two patients; returns what was sent last."""
    assert sender.post("/Observation", observation(world.patient())).status_code == 201
    return observation(world.patient(), "0.2", "L-2", effectiveDateTime=LATER,
                       identifier=observation(world.patient())["identifier"])  # fmt: skip


def waiting(world: World) -> list[InboundMessage]:
    world.as_person(world.authoriser)
    return list(InboundMessage.objects.order_by("pk"))


@pytest.mark.parametrize("how", ["post", "put", "if-none-exist", "transaction"])
def test_it_is_refused_and_waits_for_a_person_with_the_body_as_it_came(world: World, sender: Fhir, how: str) -> None:
    told = taken_twice(world, sender)
    named = f"identifier={told['identifier'][0]['system']}|{told['identifier'][0]['value']}"
    text = json.dumps(told, indent=1)
    if how == "post":
        answer = sender.post("/Observation", text)
    elif how == "put":
        answer = sender.put(f"/Observation?{named}", text)
    elif how == "if-none-exist":
        answer = sender.post("/Observation", text, If_None_Exist=named)
    else:
        entry = {"resource": told, "request": {"method": "POST", "url": "Observation"}}
        text = json.dumps({"resourceType": "Bundle", "type": "transaction", "entry": [entry]})
        answer = sender.post("", text)
    assert (answer.status_code, answer.json()["issue"][0]["code"]) == (409, "duplicate")
    (row,) = waiting(world)
    assert (row.state, bytes(row.raw).decode()) == ("QUARANTINED", text)
    assert (row.sending_application, row.control_id) == ("MOLIS", "L-1/NPM1")
    assert row.problems[0]["code"] == "RESULT_OF_OTHER_PATIENT"
    assert MrdResult.objects.count() == 1
    assert AuditEntry.objects.filter(action="message.quarantine", subject_id=row.pk).count() == 1
    assert messages.waiting([world.centre.pk]) == 1


def test_a_tube_of_another_patient_waits_too_and_a_repetition_is_not_kept_again(world: World, sender: Fhir) -> None:
    assert sender.post("/Specimen", specimen(world.patient())).status_code == 201
    other = specimen(world.patient())
    for _time in range(2):
        assert sender.post("/Specimen", other).status_code == 409
    (row,) = waiting(world)
    assert (row.message_type, row.problems[0]["code"]) == ("Specimen", "SAMPLE_OF_OTHER_PATIENT")


def test_of_a_batch_what_is_another_patients_waits_and_the_rest_is_taken(world: World, sender: Fhir) -> None:
    told = taken_twice(world, sender)
    fine = observation(world.patient(), accession="L-9")
    entries = [{"resource": each, "request": {"method": "POST", "url": "Observation"}} for each in (told, fine)]
    answer = sender.post("", {"resourceType": "Bundle", "type": "batch", "entry": entries}).json()
    assert [each["response"]["status"][:3] for each in answer["entry"]] == ["409", "201"]
    (row,) = waiting(world)
    assert row.problems[0]["where"] == "Bundle.entry[0].resource.Observation.identifier"


def test_other_refusals_do_not_wait_for_anybody(world: World, sender: Fhir) -> None:
    series = world.patient()
    assert sender.post("/Observation", observation(series)).status_code == 201
    assert sender.post("/Observation", observation(series, "0.2")).status_code == 409
    assert sender.post("/Observation", observation(series, status="bogus")).status_code == 422
    assert waiting(world) == []


def test_the_page_shows_it_and_offers_what_can_be_done(world: World, sender: Fhir) -> None:
    assert sender.post("/Observation", taken_twice(world, sender)).status_code == 409
    (row,) = waiting(world)
    desk = Client()
    desk.force_login(world.authoriser)
    page = desk.get(f"/exchange/{row.pk}/").content.decode()
    assert "reported before for another patient" in page
    assert "&quot;resourceType&quot;: &quot;Observation&quot;" in page
    assert "Read it again" not in page
    assert "MOLIS" in desk.get("/exchange/").content.decode()
    world.as_person(world.authoriser)
    with pytest.raises(ActionRefused):
        messages_quarantine.read_again(by=world.authoriser, message=row)
    desk.post(f"/exchange/{row.pk}/set-aside/", {"reason": "told the laboratory"})
    (row,) = waiting(world)
    assert row.state == "DISCARDED"
