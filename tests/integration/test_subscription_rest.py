"""Subscriptions over FHIR: taken, read, changed, searched, deleted; every refusal is an OperationOutcome."""

from typing import Any

import pytest
from django.test import Client
from fhir.resources.R4B.capabilitystatement import CapabilityStatement
from fhir.resources.R4B.subscription import Subscription as Checked
from knox.models import AuthToken
from pytest_django import Settings

from monitoring import scope
from monitoring.models import AuditEntry, Subscription
from tests.fhir_sender import Fhir
from tests.integration.receiving import Receiver
from tests.integration.subscribing import BASE, KEY, TOPIC, classic, extension, machine, subscribed, wish
from tests.world import World

pytestmark = pytest.mark.django_db
RECEIVER = Receiver(port=9)
HERE = "http://hl7.org/fhir/uv/subscriptions-backport"


@pytest.fixture(autouse=True)
def allowed(settings: Settings) -> None:
    settings.PUBLIC_URL, settings.WEBHOOK_ALLOW = BASE, ["127.0.0.1:9"]


@pytest.fixture
def ehr(world: World) -> Fhir:
    return machine(world)


def changed(**channel: Any) -> dict[str, Any]:
    found = wish(RECEIVER)
    return {**found, "channel": {**found["channel"], **channel}}


def issue_of(answer: Any) -> tuple[int, str, str]:
    told = answer.json()
    assert told["resourceType"] == "OperationOutcome"
    first = told["issue"][0]
    return answer.status_code, first["code"], first.get("expression", [""])[0]


def test_it_is_created_read_and_found_and_the_key_is_sealed(ehr: Fhir) -> None:
    row = subscribed(ehr, wish(RECEIVER, content="empty", heartbeat_period=86_400, timeout=30, max_count=5))
    read = ehr.get(f"/Subscription/{row.pk}")
    shown = read.json()
    assert Checked.model_validate(shown).status == "requested"
    assert (shown["criteria"], shown["channel"]["header"], read["ETag"]) == (TOPIC, [KEY], 'W/"1"')
    assert {each["url"].rpartition("/")[2] for each in shown["channel"]["extension"]} == {
        "backport-heartbeat-period", "backport-timeout", "backport-max-count"
    }  # fmt: skip
    assert "opaque" not in str(row.headers)
    for query in ({"status": "requested"}, {"url": RECEIVER.url}, {"_id": str(row.pk)}):
        assert ehr.get("/Subscription", query).json()["total"] == 1
    assert ehr.get("/Subscription", {"status": "active"}).json()["total"] == 0
    assert "opaque" not in str(AuditEntry.objects.filter(action="subscription.create").values())


def test_without_a_word_on_content_only_addresses_are_sent(ehr: Fhir) -> None:
    shown = ehr.post("/Subscription", wish(RECEIVER)).json()
    assert shown["channel"]["_payload"]["extension"][0]["valueCode"] == "id-only"


def test_the_same_wish_told_twice_is_one_subscription(ehr: Fhir) -> None:
    first, second = ehr.post("/Subscription", wish(RECEIVER)), ehr.post("/Subscription", wish(RECEIVER))
    assert (first.status_code, second.status_code) == (201, 200)
    assert first["Location"] == second["Location"]
    assert ehr.get("/Subscription").json()["total"] == 1


@pytest.mark.parametrize(
    ("body", "code", "place"),
    [
        (changed(type="email"), "not-supported", "channel.type"),
        (changed(endpoint="https://10.0.0.1/hook"), "business-rule", "channel.endpoint"),
        (changed(endpoint="ftp://ehr.example/hook"), "business-rule", "channel.endpoint"),
        (changed(endpoint="http://169.254.169.254/"), "business-rule", "channel.endpoint"),
        (changed(header=["Host: elsewhere"]), "value", "channel.header"),
        (changed(header=["X: a\r\nY: b"]), "value", "channel.header"),
        (changed(payload="application/fhir+xml"), "not-supported", "channel.payload"),
        (wish(RECEIVER, content="all"), "value", "channel.payload"),
        (changed(extension=[extension("backport-heartbeat-period", valueUnsignedInt=1)]), "value", "channel.extension"),
        (changed(extension=[extension("backport-timeout", valueUnsignedInt=True)]), "value", "channel.extension"),
        (changed(extension=[{"url": "http://else.example/x", "valueCode": "x"}]), "not-supported", "channel.extension"),
        ({**wish(RECEIVER), "criteria": "https://else.example/Topic"}, "not-supported", "criteria"),
        ({**classic(RECEIVER), "criteria": "Observation?code=x"}, "not-supported", "criteria"),
        (wish(RECEIVER, filters=("DetectedIssue?patient.identifier=1",)), "not-supported", "criteria.extension"),
        (wish(RECEIVER, filters=("DetectedIssue?patient=",)), "value", "criteria.extension"),
        (wish(RECEIVER, filters=("DetectedIssue?patient=Patient/999999",)), "value", "criteria.extension"),
        (wish(RECEIVER, filters=("DetectedIssue?status=finished",)), "value", "criteria.extension"),
        (wish(RECEIVER, filters=("DetectedIssue?code=relapse",)), "value", "criteria.extension"),
        ({**wish(RECEIVER), "status": "active"}, "value", "status"),
        ({**wish(RECEIVER), "end": "2020-01-01T00:00:00Z"}, "value", "end"),
        ({**wish(RECEIVER), "end": 5}, "value", "end"),
        ({**wish(RECEIVER), "reason": ""}, "required", "reason"),
        ({**wish(RECEIVER), "surprise": 1}, "structure", "surprise"),
        ({**classic(RECEIVER), "channel": wish(RECEIVER)["channel"]}, "not-supported", "channel.payload"),
    ],
)  # fmt: skip
def test_what_cannot_be_taken_is_refused_by_its_element(ehr: Fhir, body: Any, code: str, place: str) -> None:
    assert issue_of(ehr.post("/Subscription", body)) == (422, code, f"Subscription.{place}")
    assert ehr.get("/Subscription").json()["total"] == 0


def test_a_condition_and_another_resource_are_no_proper_request(ehr: Fhir) -> None:
    assert issue_of(ehr.post("/Subscription", wish(RECEIVER), If_None_Exist="url=x"))[:2] == (400, "not-supported")
    assert issue_of(ehr.post("/Subscription", {"resourceType": "Patient"}))[:2] == (400, "structure")
    assert issue_of(ehr.post("/Subscription", "["))[:2] == (400, "structure")


def test_a_change_names_the_version_it_has_read(ehr: Fhir) -> None:
    row = subscribed(ehr, wish(RECEIVER))
    body = {**ehr.get(f"/Subscription/{row.pk}").json(), "reason": "Another inbox"}
    stale = ehr.put(f"/Subscription/{row.pk}", body, If_Match='W/"9"')
    assert issue_of(stale)[:2] == (412, "conflict")
    done = ehr.put(f"/Subscription/{row.pk}", body, If_Match='W/"1"')
    assert (done.status_code, done.json()["reason"], done["ETag"]) == (200, "Another inbox", 'W/"2"')
    assert issue_of(ehr.put(f"/Subscription/{row.pk}", {**body, "id": "0"}))[:2] == (400, "value")


def test_an_active_one_stays_active_unless_what_was_proved_changes(ehr: Fhir) -> None:
    row = subscribed(ehr, wish(RECEIVER))
    Subscription.objects.filter(pk=row.pk).update(status="active")
    body = ehr.get(f"/Subscription/{row.pk}").json()
    assert ehr.put(f"/Subscription/{row.pk}", {**body, "reason": "New"}).json()["status"] == "active"
    moved = {**body, "channel": {**body["channel"], "endpoint": RECEIVER.url + "&n=2"}}
    assert ehr.put(f"/Subscription/{row.pk}", moved).json()["status"] == "requested"
    assert ehr.put(f"/Subscription/{row.pk}", {**body, "status": "off"}).json()["status"] == "off"


def test_what_is_deleted_is_gone_and_stays_so(ehr: Fhir) -> None:
    row = subscribed(ehr, wish(RECEIVER))
    place = f"/fhir/Subscription/{row.pk}"
    for _ in range(2):
        answer = ehr.client.delete(place, headers={"Authorization": f"Bearer {ehr.token}"})
        assert answer.status_code == 204
    assert issue_of(ehr.get(f"/Subscription/{row.pk}"))[:2] == (410, "deleted")
    scope.enter_all_centres()
    row.refresh_from_db()
    assert (row.status, row.headers) == ("off", [])
    refused = ehr.client.delete("/fhir/Patient/1", headers={"Authorization": f"Bearer {ehr.token}"})
    assert refused.status_code == 405


def test_a_machine_sees_its_own_only(world: World, ehr: Fhir) -> None:
    row = subscribed(ehr, wish(RECEIVER))
    other = machine(world)
    assert other.get("/Subscription").json()["total"] == 0
    for path in ("", "/$status", "/$events"):
        assert issue_of(other.get(f"/Subscription/{row.pk}{path}"))[:2] == (404, "not-found")
    assert issue_of(other.put(f"/Subscription/{row.pk}", {**wish(RECEIVER), "id": str(row.pk)}))[0] == 404
    assert other.get("/Subscription/$status").json()["total"] == 0


def test_scopes_hold(world: World) -> None:
    may_not = machine(world, scopes="system/DetectedIssue.rs system/Subscription.r")
    assert issue_of(may_not.post("/Subscription", wish(RECEIVER)))[:2] == (403, "forbidden")
    reads_nothing = machine(world, scopes="system/Subscription.cruds")
    assert issue_of(reads_nothing.post("/Subscription", wish(RECEIVER)))[:2] == (403, "forbidden")


def test_people_do_not_subscribe(world: World) -> None:
    person = Fhir(AuthToken.objects.create(user=world.clinician)[1], Client())
    assert issue_of(person.get("/Subscription"))[:2] == (403, "forbidden")
    assert issue_of(person.post("/Subscription", wish(RECEIVER)))[:2] == (403, "forbidden")


def test_operations_take_numbers_and_parameters(ehr: Fhir) -> None:
    row = subscribed(ehr, wish(RECEIVER))
    place = f"/Subscription/{row.pk}/$events"
    assert issue_of(ehr.get(place, {"eventsSinceNumber": "x"}))[:2] == (400, "value")
    assert issue_of(ehr.get(place, {"content": "all"}))[:2] == (400, "value")
    assert issue_of(ehr.get(place, {"patient": "1"}))[:2] == (400, "not-supported")
    body = {"resourceType": "Parameters", "parameter": [{"name": "eventsSinceNumber", "valueString": "1"}]}
    assert len(ehr.post(place, body).json()["entry"]) == 1
    assert ehr.get("/Subscription/$status", {"id": str(row.pk)}).json()["total"] == 1
    assert ehr.get("/Subscription/$status", {"status": "off"}).json()["total"] == 0


def test_the_topic_is_advertised(client: Client) -> None:
    told = client.get("/fhir/metadata").json()
    CapabilityStatement.model_validate(told)
    found = next(each for each in told["rest"][0]["resource"] if each["type"] == "Subscription")
    name = "capabilitystatement-subscriptiontopic-canonical"
    assert found["extension"] == [{"url": f"{HERE}/StructureDefinition/{name}", "valueCanonical": TOPIC}]
    assert {each["code"] for each in found["interaction"]} == {"read", "search-type", "create", "update", "delete"}
    assert {each["name"] for each in found["operation"]} == {"status", "events"}
