"""Every no is an OperationOutcome with its status, its code and its place; nothing is written by it."""

from datetime import date
from typing import Any

import pytest
import time_machine
from django.test import Client
from knox.models import AuthToken

from api.fhir.views import OftenEnough
from monitoring.actions import clients
from monitoring.models import ExternalIdentifier, MrdResult, MrdSeries, Sample
from monitoring.models.choices import ClientKindChoice as Kind
from tests.fhir_sender import FHIR, Fhir, caller, component, interpreted, observation, quantity, specimen
from tests.machines import administrator
from tests.world import World, not_detected

pytestmark = pytest.mark.django_db
ABSENT = "http://terminology.hl7.org/CodeSystem/data-absent-reason"
LOINC = "http://loinc.org"
BLOOD = {"coding": [{"system": "http://snomed.info/sct", "code": "119297000"}]}


@pytest.fixture(autouse=True)
def today(world: World):  # type: ignore[no-untyped-def]
    with time_machine.travel(world.now, tick=False):
        yield


@pytest.fixture
def sender(world: World) -> Fhir:
    return caller(world)


def issue(answer: Any) -> dict[str, Any]:
    told = answer.json()
    assert told["resourceType"] == "OperationOutcome"
    assert answer["Content-Type"].startswith(FHIR)
    found: dict[str, Any] = told["issue"][0]
    return found


def refused(sender: Fhir, series: MrdSeries, world: World, **changes: Any) -> tuple[int, str, str]:
    """Send an Observation with these changes; nothing may be left of it."""
    answer = sender.post("/Observation", observation(series, **changes))
    world.as_person(world.clinician)
    assert not MrdResult.objects.exists()
    assert not Sample.objects.exists()
    assert not ExternalIdentifier.objects.exists()
    told = issue(answer)
    return answer.status_code, told["code"], told.get("expression", [""])[0]


@pytest.mark.parametrize("body", ["{", "[]", '{"resourceType":"Observation","a":NaN}', "[" * 5000, "\x00", b"\xff",
    '{"resourceType":"Patient"}', '{"a":1}', '{"resourceType":["Observation"]}'])  # fmt: skip
def test_what_is_no_observation_is_structure(sender: Fhir, body: str | bytes) -> None:
    answer = sender.post("/Observation", body)
    assert (answer.status_code, issue(answer)["code"]) == (400, "structure")


@pytest.mark.parametrize(
    "name", ["identifier", "status", "code", "subject", "effectiveDateTime", "specimen", "valueQuantity"]
)
def test_a_missing_element_is_required(world: World, sender: Fhir, name: str) -> None:
    status, code, _where = refused(sender, world.patient(), world, **{name: None})
    assert (status, code) == (422, "required")


COPIES = "{copies}"
WRONG = [
    ({"valueQuantity": quantity(0.85, "ng/uL")}, "value", "Observation.valueQuantity.code"),
    ({"valueQuantity": {"value": 0.85}}, "value", "Observation.valueQuantity.code"),
    ({"valueQuantity": {"value": 0.85, "unit": "%"}}, "value", "Observation.valueQuantity.code"),
    ({"valueQuantity": quantity(0, "%")}, "value", "Observation.valueQuantity.value"),
    ({"valueQuantity": quantity("0.85", "%")}, "value", "Observation.valueQuantity.value"),
    ({"valueQuantity": quantity(5, "%", ">")}, "value", "Observation.valueQuantity"),
    ({"valueQuantity": None, "valueString": "0.85 %"}, "value", "Observation.valueString"),
    ({"component": [component("TARGET-COPIES", quantity(-1, COPIES))]}, "value",
     "Observation.component[0].valueQuantity.value"),
    ({"component": [component("LOD", {"value": 0.01})]}, "value", "Observation.component[0].valueQuantity.code"),
    ({"status": "bogus"}, "code-invalid", "Observation.status"),
    ({"code": {"coding": [{"system": LOINC, "code": "21793-5"}]}}, "code-invalid", "Observation.code"),
    ({"effectiveDateTime": "2026-11-16T09:30:00"}, "value", "Observation.effectiveDateTime"),
    ({"effectiveDateTime": "2026-11"}, "value", "Observation.effectiveDateTime"),
    ({"interpretation": interpreted("ND")}, "business-rule", "Observation.interpretation"),
    ({"dataAbsentReason": {"coding": [{"system": ABSENT, "code": "error"}]}}, "business-rule",
     "Observation.dataAbsentReason"),
    ({"subject": {"reference": "Patient/999999"}}, "not-found", "Observation.subject"),
    ({"specimen": {"reference": "Specimen/999999"}}, "not-found", "Observation.specimen"),
    ({"specimen": {"reference": "#other"}}, "not-found", "Observation.specimen"),
    ({"code": {"coding": [{"system": LOINC, "code": "72208-2"}]}}, "business-rule", "Observation.code"),
]  # fmt: skip


@pytest.mark.parametrize(("changes", "code", "where"), WRONG)
def test_what_cannot_be_taken_says_where(
    world: World, sender: Fhir, changes: dict[str, Any], code: str, where: str
) -> None:
    status, told, place = refused(sender, world.patient(), world, **changes)
    assert status == 422
    assert (told, place) == (code, where) or place.startswith("Observation.contained[0]")


def test_copies_by_copies_need_the_name_of_the_control_gene(world: World, sender: Fhir) -> None:
    from monitoring.models.choices import MarkerChoice

    series = world.patient(marker=MarkerChoice.CBFB_MYH11, mutation_type="")
    told = {"code": {"coding": [{"system": LOINC, "code": "72209-0"}]},
            "valueQuantity": quantity(85, "{copies}/10*4{copies}"), "component": None}  # fmt: skip
    assert refused(sender, series, world, **told)[:2] == (422, "value")


def test_a_code_of_marrow_on_blood_breaks_a_rule(world: World, sender: Fhir) -> None:
    from monitoring.models.choices import MarkerChoice

    series = world.patient(marker=MarkerChoice.CBFB_MYH11, mutation_type="")
    tube = {**specimen(series), "id": "tube", "type": BLOOD}
    told = {"code": {"coding": [{"system": LOINC, "code": "72209-0"}]}, "contained": [tube]}
    assert refused(sender, series, world, **told) == (422, "business-rule", "Observation.code")


def test_a_day_in_the_future_or_another_day_than_the_tubes_is_refused(world: World, sender: Fhir) -> None:
    series = world.patient()
    assert refused(sender, series, world, effectiveDateTime="2026-11-22T09:00:00+01:00")[0] == 422
    tube = {**specimen(series, on="2026-11-15T09:00:00+01:00"), "id": "tube"}
    assert refused(sender, series, world, contained=[tube])[1] == "business-rule"


def test_without_a_token_and_with_one_that_has_ended(world: World, sender: Fhir) -> None:
    for token in ("", "nonsense"):
        answer = Fhir(token, Client()).get("/Observation")
        assert (answer.status_code, issue(answer)["code"]) == (401, "login")
        assert answer["WWW-Authenticate"] == "Bearer"
    with time_machine.travel(world.now + clients.TOKEN_LIFE, tick=False):
        assert sender.get("/Observation").status_code == 401


def test_a_scope_is_enforced_for_each_type_and_interaction(world: World) -> None:
    reader = caller(world, scope="system/Observation.s system/Specimen.r")
    series = world.patient()
    assert reader.get("/Observation").status_code == 200
    for answer in (reader.get("/Observation/1"), reader.get("/Specimen"), reader.get("/Patient"),
                   reader.post("/Observation", observation(series)), reader.put("/Observation/1", observation(series)),
                   reader.get("/Observation", {"_revinclude": "Provenance:target"})):  # fmt: skip
        assert (answer.status_code, issue(answer)["code"]) == (403, "forbidden")


def test_only_a_laboratory_writes_whatever_the_scope(world: World) -> None:
    hospital = caller(world, Kind.HOSPITAL, scope="system/Observation.crus")
    answer = hospital.post("/Observation", observation(world.patient()))
    assert (answer.status_code, issue(answer)["code"]) == (403, "forbidden")
    _, token = AuthToken.objects.create(user=world.technician)
    person = Fhir(token, Client())
    assert person.post("/Observation", observation(world.patient())).status_code == 403
    assert person.get("/Observation").status_code == 200


def test_a_person_without_a_role_for_records_reads_nothing(world: World) -> None:
    _, token = AuthToken.objects.create(user=administrator(world))
    assert Fhir(token, Client()).get("/Patient").status_code == 403


def test_what_is_not_there_and_what_is_not_to_be_seen_answer_alike(world: World, sender: Fhir) -> None:
    series = world.patient()
    world.authorised(series, date(2026, 11, 1), not_detected())
    _, token = AuthToken.objects.create(user=world.stranger)
    stranger = Fhir(token, Client())
    _, token = AuthToken.objects.create(user=world.clinician)
    mine = Fhir(token, Client())
    result = MrdResult.objects.get()
    for path in (f"/Patient/{series.patient_id}", f"/Observation/{result.pk}", f"/Specimen/{result.sample_id}"):
        assert mine.get(path).status_code == 200
        hidden, missing = stranger.get(path), stranger.get("/Patient/999999")
        assert (hidden.status_code, hidden.content) == (404, missing.content)
    assert stranger.get("/Observation").json()["total"] == 0
    assert stranger.get("/Observation", {"patient": series.patient_id}).json()["total"] == 0
    for path in ("/Nothing", "/Nothing/1", "/Patient/x", "/Patient/1/_history", "/Observation/0/_history/1"):
        assert mine.get(path).status_code == 404


@pytest.mark.parametrize("accept", ["application/fhir+xml", "text/html"])
def test_another_form_than_json_is_not_acceptable(sender: Fhir, accept: str) -> None:
    assert issue(sender.get("/Patient", Accept=accept))["code"] == "not-supported"
    assert sender.get("/Patient", Accept=accept).status_code == 406
    assert sender.get("/Patient", {"_format": "xml"}).status_code == 406
    assert Client().get("/fhir/metadata", headers={"Accept": accept}).status_code == 406
    assert sender.get("/Patient", {"_format": "json"}, Accept="application/fhir+json, */*; q=0.1").status_code == 200


def test_a_body_in_another_form_and_a_method_that_is_not_done(sender: Fhir) -> None:
    headers = {"Authorization": f"Bearer {sender.token}"}
    xml = sender.client.post("/fhir/Observation", "<a/>", content_type="application/fhir+xml", headers=headers)
    assert (xml.status_code, issue(xml)["code"]) == (415, "not-supported")
    for method in ("delete", "patch", "options"):
        answer = getattr(sender.client, method)("/fhir/Observation/1", headers=headers)
        assert (answer.status_code, issue(answer)["code"]) == (405, "not-supported")
    assert sender.post("/Patient", {"resourceType": "Patient"}).status_code == 405


def test_a_version_conflict_and_several_matches(world: World, sender: Fhir) -> None:
    series = world.patient()
    first = sender.post("/Observation", observation(series)).json()
    stale = sender.put(f"/Observation/{first['id']}", observation(series, "0.2"), If_Match='W/"7"')
    assert (stale.status_code, issue(stale)["code"]) == (412, "conflict")
    same = [{"system": "https://other.example.org", "value": "L-1/NPM1"}]
    second = observation(series, "0.3", "L-2", identifier=same, effectiveDateTime="2026-11-10T09:30:00+01:00")
    assert sender.post("/Observation", second).status_code == 201
    several = sender.post("/Observation", observation(series), If_None_Exist="identifier=L-1/NPM1")
    assert (several.status_code, issue(several)["code"]) == (412, "multiple-matches")
    assert sender.put(f"/Observation/{first['id']}", observation(series, "0.2"), If_Match='W/"1"').status_code == 200


def test_whoever_asks_too_often_is_told_when_to_come_back(sender: Fhir, monkeypatch: pytest.MonkeyPatch) -> None:
    from django.core.cache import cache

    monkeypatch.setattr(OftenEnough, "rate", "2/min")
    cache.clear()
    answers = [sender.get("/Patient") for _time in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert issue(answers[-1])["code"] == "throttled"
    assert 0 < int(answers[-1]["Retry-After"]) <= 61
    cache.clear()
