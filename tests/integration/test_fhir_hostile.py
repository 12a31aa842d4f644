"""What nobody should send, from a seeded corpus: refused in words, never a fault of ours, and nothing is left of it."""

import copy
import json
import random
from datetime import date
from typing import Any

import pytest
import time_machine
from django.test import Client
from knox.models import AuthToken

from api.fhir.callers import Caller
from api.fhir.views import OftenEnough
from monitoring.models import AuditEntry, Centre, MrdResult, ReceivedResource, Sample
from tests.endurance import tried
from tests.fhir_sender import Fhir, caller, observation
from tests.integration.test_fhir_bundles import laboratory_bundle, suspected
from tests.world import World, detected

pytestmark = pytest.mark.django_db
SIZE, SEARCHES = tried(2_000), tried(400)
JUNK: list[Any] = [
    None, True, -1, 0, 10**30, 1e300, "", "x" * 5000, "\u0000", "\ud800", [], {}, [[]], [None], {"a": {"b": []}}, "%",
    "Patient/1", "#tube", "urn:uuid:1", "2026-13-45", "9999-12-31T23:59:59+14:00", "0001-01-01T00:00:00Z", "NaN", "²",
]  # fmt: skip

NAMES = [
    "patient",
    "identifier",
    "code",
    "date",
    "status",
    "value-quantity",
    "_count",
    "_sort",
    "_cursor",
    "_id",
    "_lastUpdated",
    "specimen",
    "component-code",
    "_include",
    "identified",
    "accession",
    "target",
    "_summary",
]
VALUES = [
    "|",
    "||",
    "a|b|c",
    "lt",
    "eq1",
    "ge2026-02-30",
    "-1",
    "\x00",
    "²",
    "null",
    ",",
    "a,b",
    "%00",
    "Patient/",
    "Patient/1/_history/1",
    "WyJ4Il0",
    "Infinity||%",
    "1e999||%",
    "NaN|x|y",
    "2026-01-01T25",
    "ſ",
    "9999999999999999999999999999999",
]


@pytest.fixture(autouse=True)
def today(world: World):  # type: ignore[no-untyped-def]
    with time_machine.travel(world.now, tick=False):
        yield


def spoilt(rng: random.Random, whole: dict[str, Any]) -> dict[str, Any]:
    """Return the document with one to three places replaced, removed or doubled."""
    told = copy.deepcopy(whole)
    for _time in range(rng.randint(1, 3)):
        place: Any = told
        while True:
            keys = list(place) if isinstance(place, dict) else list(range(len(place)))
            if not keys:
                break
            key = rng.choice(keys)
            if isinstance(place[key], dict | list) and place[key] and rng.random() < 0.75:
                place = place[key]
                continue
            if isinstance(place, dict) and rng.random() < 0.2:
                del place[key]
            else:
                place[key] = rng.choice(JUNK) if rng.random() < 0.6 else [place[key]] * 2
            break
    return told


def text_of(rng: random.Random, told: dict[str, Any]) -> str:
    text = json.dumps(told)
    if rng.random() < 0.1:
        text = text[: rng.randrange(1, len(text))]
    return text.replace("40000", rng.choice(["40000", "NaN", "1e99999", "-Infinity", "4" * 80]), rng.randint(0, 1))


def test_a_hostile_corpus_finds_no_fault_and_leaves_nothing(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(OftenEnough, "rate", "60000/min")
    series, rng = suspected(world), random.Random(20261121)
    sender = caller(world)
    created, faults = 0, []
    for _number in range(SIZE):
        bundle = rng.random() < 0.3
        body = text_of(rng, spoilt(rng, laboratory_bundle(series) if bundle else observation(series)))
        answer = sender.post("" if bundle else "/Observation", body)
        if answer.status_code >= 500:
            faults.append(body)
        if answer.status_code >= 400:
            assert answer.json()["resourceType"] == "OperationOutcome"
        created += answer.status_code < 300
    assert faults == []
    assert created < SIZE / 4
    world.as_person(world.clinician)
    received = ReceivedResource.objects.filter(resource_type="Observation").values("row_id").distinct().count()
    assert MrdResult.objects.filter(authorisation_basis="SENDING_LABORATORY").values("sample", "assay").distinct(
    ).count() == received  # fmt: skip


def test_hostile_searches_find_no_fault(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(OftenEnough, "rate", "60000/min")
    rng, sender = random.Random(7), caller(world)
    suspected(world)
    for _number in range(SEARCHES):
        kind = rng.choice(["Observation", "Specimen", "Patient", "DetectedIssue", "DiagnosticReport", "Provenance"])
        query = {rng.choice(NAMES): rng.choice(VALUES) for _time in range(rng.randint(1, 3))}
        answer = sender.get(f"/{kind}", query)
        assert answer.status_code in {200, 400}, (kind, query)


def test_behind_the_queries_stands_the_database(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    series = world.patient()
    result = world.authorised(series, date(2026, 11, 1), detected("0.4"))
    _, token = AuthToken.objects.create(user=world.stranger)
    every = sorted(Centre.objects.values_list("pk", flat=True))
    monkeypatch.setattr(Caller, "charts", property(lambda _self: every))
    monkeypatch.setattr(Caller, "laboratories", property(lambda _self: every))
    stranger = Fhir(token, Client())
    for path in (f"/Patient/{series.patient_id}", f"/Observation/{result.pk}", f"/Specimen/{result.sample_id}"):
        assert stranger.get(path).status_code == 404
    for kind in ("Patient", "Observation", "Specimen", "DiagnosticReport", "DetectedIssue", "Flag", "Condition"):
        assert stranger.get(f"/{kind}").json()["total"] == 0


def test_every_write_is_in_the_trail_with_the_machine_that_did_it(world: World) -> None:
    series, sender = suspected(world), caller(world)
    sender.post("/Observation", observation(series))
    assert sender.machine is not None
    world.as_person(world.clinician)
    found = AuditEntry.objects.filter(actor_id=sender.machine.client.user_id)
    assert {"sample.add", "result.sent", "resource.receive", "identifier.add"} <= set(
        found.values_list("action", flat=True)
    )
    assert Sample.objects.get(accession_number="L-1").patient_id == series.patient_id
