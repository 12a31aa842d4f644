"""What no machine should send to subscriptions, cards and the token endpoint, from a seed: refused, nothing written."""

import json
from collections.abc import Callable, Iterator
from random import Random
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.apps import apps
from django.test import Client
from pytest_django import Settings

from api.fhir.views import OftenEnough
from monitoring import scope
from monitoring.models.choices import ClientKindChoice as Kind
from tests.endurance import tried
from tests.integration.hostile_bodies import bodies
from tests.integration.hostile_statements import forms, statement
from tests.integration.receiving import Receiver
from tests.integration.subscribing import BASE, machine, subscribed, wish
from tests.integration.test_cds_hooks import SERVICES, relapsed, signed, view
from tests.machines import ISSUER, MRN
from tests.machines import machine as registered
from tests.world import World

pytestmark = pytest.mark.django_db
SEED = 20261121
# Two thousand together; each costs what its endpoint costs.
WHOLE_CORPUS = (200, 300, 300, 700, 200, 100)
SUBSCRIPTIONS, CALLS, FEEDBACK, FORMS, RAW_FORMS, STATEMENTS = map(tried, WHOLE_CORPUS)
RECEIVER = Receiver(port=9)
# What a refused request leaves all the same: that it was asked, and that its statement was shown.
LOGS = {"InterfaceAccess", "UsedAssertion"}
Send = Callable[[str | bytes], Any]

NEEDED_OF_SUBSCRIPTION = [
    "resourceType", "status", "~reason", "criteria", "channel", "channel.type", "channel.endpoint", "?end",
    "?channel.extension.0.valueUnsignedInt",
]  # fmt: skip
PATIENT = {"resourceType": "Patient", "id": "1", "identifier": [{"system": MRN, "value": "123456"}]}
CALL = {
    "hookInstance": str(uuid4()), "hook": "patient-view", "context": {"userId": "Practitioner/1", "patientId": "1"},
    "prefetch": {"patient": PATIENT},
}  # fmt: skip
NEEDED_OF_CALL = [
    "hook", "hookInstance", "context", "~context.patientId", "prefetch", "prefetch.patient",
    "prefetch.patient.resourceType", "prefetch.patient.identifier", "prefetch.patient.identifier.0",
    "prefetch.patient.identifier.0.system", "prefetch.patient.identifier.0.value",
]  # fmt: skip


@pytest.fixture(autouse=True)
def quiet_and_today(world: World, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(OftenEnough, "rate", "60000/min")
    settings.WEBHOOK_ALLOW = ["127.0.0.1:9"]
    with time_machine.travel(world.now, tick=False):
        yield


def counted() -> dict[str, int]:
    scope.enter_all_centres()
    models = apps.get_app_config("monitoring").get_models()
    return {each.__name__: each._default_manager.count() for each in models if each.__name__ not in LOGS}


def ask(send: Send, good: dict[str, Any], needed: list[str], allowed: set[int], count: int) -> None:
    """Send the corpus: every body is refused, and nothing is there that was not there before."""
    before = counted()
    for body in bodies(Random(SEED), good, needed, count):
        answer = send(body)
        assert answer.status_code in allowed, (answer.status_code, body[:300])
        assert answer.json().get("error") or answer.json()["resourceType"] == "OperationOutcome"
    assert counted() == before


@pytest.mark.parametrize("method", ["post", "put"])
def test_no_subscription_comes_of_what_is_none(world: World, settings: Settings, method: str) -> None:
    settings.PUBLIC_URL = BASE
    fhir, good = machine(world), wish(RECEIVER, timeout=30)
    path = "/Subscription"
    if method == "put":
        row = subscribed(fhir, wish(RECEIVER, timeout=30))
        path, good = f"/Subscription/{row.pk}", fhir.get(f"/Subscription/{row.pk}").json()
    ask(lambda body: getattr(fhir, method)(path, body), good, NEEDED_OF_SUBSCRIPTION, {400, 409, 412, 422},
        SUBSCRIPTIONS)  # fmt: skip


def test_no_card_is_shown_for_what_is_no_call(world: World) -> None:
    relapsed(world)
    record, client = registered(world, Kind.RECORD), Client(raise_request_exception=False)

    def send(body: str | bytes) -> Any:
        headers = signed(record, world, f"{SERVICES}/aml-mrd-alert")
        return client.post("/cds-services/aml-mrd-alert", body, content_type="application/json", headers=headers)

    ask(send, CALL, NEEDED_OF_CALL, {400, 412}, CALLS)


def test_no_feedback_is_kept_of_what_is_none(world: World) -> None:
    relapsed(world)
    record, client = registered(world, Kind.RECORD), Client(raise_request_exception=False)
    card = view(client, record, world).json()["cards"][0]["uuid"]
    reason = {"reason": {"code": "already-known"}, "userComment": "Seen"}
    said = {"card": card, "outcome": "overridden", "outcomeTimestamp": "2026-11-20T11:00:00Z", "overrideReason": reason}

    def send(body: str | bytes) -> Any:
        headers = signed(record, world, f"{SERVICES}/aml-mrd-alert/feedback")
        return client.post(
            "/cds-services/aml-mrd-alert/feedback", body, content_type="application/json", headers=headers
        )

    ask(send, {"feedback": [said, said]}, ["feedback", "?feedback.1", "feedback.1.card", "feedback.1.outcome",
                                           "feedback.1.outcomeTimestamp"], {400}, FEEDBACK)  # fmt: skip
    for text in ("\x00", "\ud800"):  # what no text holds is refused wherever it stands
        wrong = {**said, "overrideReason": {**reason, "userComment": text}}
        assert send(json.dumps({"feedback": [wrong]})).status_code == 400


def test_no_token_is_given_for_what_is_no_statement(world: World) -> None:
    caller, client = registered(world), Client(raise_request_exception=False)
    before, rng = counted(), Random(SEED)
    for form in forms(rng, caller, "http://testserver/auth/token", world.now, FORMS):
        answer = client.post("/auth/token", form)
        assert answer.status_code in {400, 401}, (answer.status_code, form)
        assert answer.json()["error"] in {"invalid_client", "invalid_scope", "unsupported_grant_type"}
    for body in bodies(rng, {"grant_type": "client_credentials"}, ["grant_type"], RAW_FORMS):
        answer = client.post("/auth/token", body, content_type="application/x-www-form-urlencoded")
        assert answer.status_code in {400, 401}, body[:300]
    assert counted() == before


def test_no_record_is_let_in_by_what_is_no_statement(world: World) -> None:
    record, client, rng = registered(world, Kind.RECORD), Client(raise_request_exception=False), Random(SEED)
    before = counted()
    for _ in range(STATEMENTS):
        shown = statement(rng, record, SERVICES, world.now, iss=ISSUER).encode("ascii", "replace").decode()
        answer = client.get("/cds-services", headers={"Authorization": f"Bearer {shown}"})
        assert answer.status_code == 401, shown
    assert counted() == before


def test_the_corpus_has_its_size() -> None:
    subscriptions_are_put_as_well_as_posted = WHOLE_CORPUS[0]
    assert sum(WHOLE_CORPUS) + subscriptions_are_put_as_well_as_posted == 2_000
