"""Programs that others wrote, against the running server and its listener.

fhirpy, fhirclient, fhir.resources, the JSON schema of R4; and for Node.js, in one process: fhir-kit-client,
MedplumClient, @medplum/core and npm `fhir` as validators, node-hl7-client.
"""

import json
import re
from collections.abc import Iterator
from datetime import date
from typing import Any

import jsonschema_rs
import pytest
import requests
from fhir.resources.R4B import get_fhir_model_class
from fhirclient.models import fhirelementfactory
from fhirclient.models.observation import Observation
from fhirpy.base.exceptions import OperationOutcome
from pytest_django.plugin import DjangoDbBlocker

from monitoring.models import InboundMessage, MrdResult
from tests import machine
from tests.conftest import empty_database
from tests.fhir_sender import LOCAL, interpreted, quantity
from tests.functional.fhir import node_programs
from tests.functional.fhir.every_resource import CASES, Resource, read_everything, send_cases
from tests.functional.fhir.place import Place, accession, bundle, name, number, serving, told
from tests.functional.running.test_mllp_command import settled
from tests.hl7_messages import report
from tests.world import World

ORU_ANSWERS = [("AA", "N1"), ("AA", "N1"), ("AA", "N2"), ("CA", "N3")]
NEGATIVE: Resource = {
    "valueQuantity": quantity(0.005, "%", "<"),
    "interpretation": interpreted("ND"),
    "status": "corrected",
    "issued": "2026-11-19T10:00:00+01:00",
}

# For each validator a resource that it must not let pass: obs-6, and a status that there is not.
BARE: Resource = {"resourceType": "Observation", "status": "final", "code": {"text": "x"}}
WRONG: dict[str, Resource] = {
    "medplum": {**BARE, "valueQuantity": {"value": 1}, "dataAbsentReason": {"text": "none"}},
    "fhir": {**BARE, "status": "bogus"},
}


@pytest.fixture(scope="module")
def place(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Place]:
    with django_db_blocker.unblock():
        try:
            with serving(World.make()) as found:
                yield found
        finally:
            empty_database()


@pytest.fixture(scope="module")
def everything(place: Place) -> dict[str, Resource]:
    return read_everything(place)


@pytest.fixture(scope="module")
def node(place: Place, everything: dict[str, Resource]) -> dict[str, Any]:
    """Let the programs for Node.js do everything in one process; return what each saw."""
    kit, medplum, oru = place.suspected(), place.suspected(), place.suspected()
    told_of: dict[str, dict[str, Any]] = {
        "fhirKit": {
            "base": place.address, "laboratory": place.laboratory, "patient": str(kit.patient_id),
            "observation": told(kit), "corrected": told(kit, **NEGATIVE), "bundle": bundle(place.suspected()),
        },
        "medplum": {
            "site": place.site, "laboratory": place.laboratory, "hospital": place.hospital,
            "patient": str(medplum.patient_id), "observation": told(medplum), "changed": told(medplum, "0.5"),
        },
        "hl7": {"port": place.listener, "messages": _messages(number(oru), accession(oru))},
        "validate": {"resources": [*everything.values(), *WRONG.values()]},
    }  # fmt: skip
    return {**node_programs.run(told_of), "oru": oru}


def _messages(hospital_number: str, tube: str) -> list[str]:
    """A final result, the same again, its correction, and the correction again in enhanced mode."""
    of = {"number": hospital_number, "filler": f"F-{tube}", "accession": f"H-{tube}"}
    negative = {"value": "<^0.01", "call": "ND", "copies": "0", "status": "C", "clock": "20261119090000+0100"}
    return [
        report("N1", **of), report("N1", **of), report("N2", **of, **negative),
        report("N3", **of, **negative, accept="AL", application="NE"),
    ]  # fmt: skip


def saw(node: dict[str, Any], part: str) -> Any:
    assert "failed" not in node[part], node[part]["failed"]
    return node[part]["saw"]


def _without_type(resource: Resource) -> Resource:
    return {key: value for key, value in resource.items() if key != "resourceType"}


def test_fhirpy_gets_or_creates_twice_and_there_is_one_row(place: Place) -> None:
    series, outcomes = place.suspected(), []
    for value in ("0.093", "0.5"):
        resource = place.fhirpy().resource("Observation", **_without_type(told(series, value)))
        found, created = place.fhirpy().resources("Observation").search(identifier=name(series)).get_or_create(resource)
        outcomes.append((created, found["valueQuantity"]["value"]))
    assert outcomes == [(True, 0.093), (False, 0.093)]
    assert place.count(series) == 3


def test_fhirpy_saves_reads_searches_and_is_told_what_is_wrong(place: Place) -> None:
    speaks, series = place.fhirpy(), place.suspected()
    saved = speaks.resource("Observation", **_without_type(told(series)))
    saved.save()
    again = speaks.reference("Observation", saved["id"]).to_resource()
    assert again["valueQuantity"]["value"] == 0.093
    found = speaks.resources("Observation").search(patient=f"Patient/{series.patient_id}").sort("-date")
    assert [each["effectiveDateTime"][:10] for each in found.fetch_all()] == ["2026-11-16", "2026-10-29", "2026-07-01"]
    assert len(found.limit(1).fetch_all()) == 3
    assert found.count() == 3
    assert speaks.resources("Observation").search(code=f"{LOCAL}|NPM1-ABL1-RATIO").first() is not None
    wrong = speaks.resource("Observation", **_without_type(told(series, tube="X", valueQuantity={"value": 1})))
    with pytest.raises(OperationOutcome, match="never guessed"):
        wrong.save()


def test_fhirpy_reads_the_alert_that_its_result_raised(place: Place) -> None:
    series = place.suspected()
    place.fhirpy().resource("Observation", **_without_type(told(series))).save()
    speaks, whose = place.fhirpy(place.hospital), str(series.patient_id)
    alert = speaks.resources("DetectedIssue").search(code="confirmed-molecular-relapse", patient=whose).first()
    assert alert is not None
    assert (alert["status"], len(alert["evidence"])) == ("final", 2)
    flag = speaks.resources("Flag").search(patient=whose).first()
    assert flag is not None
    assert flag["status"] == "active"


def test_fhirclient_creates_reads_and_searches(place: Place) -> None:
    smart, series = place.smart(), place.suspected()
    created = Observation(told(series)).create(smart.server)
    assert created is not None
    read = Observation.read(created["id"], smart.server)
    assert (read.status, float(read.valueQuantity.value)) == ("final", 0.093)
    query = {"patient": str(series.patient_id), "_count": "2"}
    assert len(list(Observation.where(query).perform_resources_iter(smart.server))) == 3
    assert place.count(series) == 3


def test_a_day_that_the_server_knows_is_the_day_of_the_record(place: Place) -> None:
    series = place.suspected()
    found = place.fhirpy(place.hospital).resources("Patient").search(_id=str(series.patient_id)).first()
    assert found is not None
    assert date.fromisoformat(found["birthDate"]) == date(1967, 3, 14)


def test_every_kind_that_the_server_says_it_has_was_read(everything: dict[str, Resource]) -> None:
    kinds = {each["type"] for each in everything["200 GET /metadata"]["rest"][0]["resource"]}
    more = {"Bundle", "CapabilityStatement", "CodeSystem", "OperationOutcome"}
    assert {each["resourceType"] for each in everything.values()} >= kinds | more
    assert {where[:3] for where in everything} >= {"200", "400", "401", "404", "422"}


# What no resource here has, in the form that a parameter of the type is asked in.
NOTHING_HAS = {
    "token": "nothing-has-this", "reference": "888888", "date": "1950-01-01", "string": "nothing has this",
    "uri": "https://nothing.example", "quantity": "99999|http://unitsofmeasure.org|%",
}  # fmt: skip
PARAMETERS = 50  # at least; those of docs/methods/fhir.md for every type


def test_every_parameter_that_is_advertised_narrows(place: Place, everything: dict[str, Resource]) -> None:
    with requests.Session() as session:
        session.headers["Authorization"] = f"Bearer {place.hospital}"
        asked = 0
        for kind in everything["200 GET /metadata"]["rest"][0]["resource"]:
            address = f"{place.address}/{kind['type']}"
            if kind["type"] in {"CodeSystem", "SearchParameter"}:
                continue
            assert session.get(address, timeout=30).json()["total"] > 0, kind["type"]
            for parameter in kind["searchParam"]:
                told = session.get(address, params={parameter["name"]: NOTHING_HAS[parameter["type"]]}, timeout=30)
                assert told.status_code == 200, (kind["type"], parameter, told.text)
                assert told.json()["total"] == 0, (kind["type"], parameter)
                assert "entry" not in told.json()
                asked += 1
        assert asked >= PARAMETERS


@pytest.mark.parametrize("case", CASES)
def test_each_case_of_a_result_is_told_as_it_was_sent(cases: dict[str, Resource], case: str) -> None:
    shown = cases[case]
    comparator = shown.get("valueQuantity", {}).get("comparator")
    words = ",".join(each["coding"][0]["code"] for each in shown["interpretation"])
    reasons = [each["code"] for each in shown.get("dataAbsentReason", {}).get("coding", [])]
    assert (comparator, words, reasons) == CASES[case][1]


def test_what_was_measured_here_below_quantification_is_told_with_its_limit(everything: dict[str, Resource]) -> None:
    below = [
        each["valueQuantity"]
        for each in everything.values()
        if each["resourceType"] == "Observation" and each["effectiveDateTime"] == "2026-10-12"
    ]
    assert below
    assert all(each["comparator"] == "<" for each in below)


@pytest.fixture(scope="module")
def cases(place: Place) -> dict[str, Resource]:
    return send_cases(place, place.suspected())


def test_every_resource_is_one_for_the_models_of_others(everything: dict[str, Resource]) -> None:
    for resource in everything.values():
        get_fhir_model_class(resource["resourceType"]).model_validate(resource)
        fhirelementfactory.FHIRElementFactory.instantiate(resource["resourceType"], resource)


def test_every_resource_has_the_form_of_the_published_schema(everything: dict[str, Resource]) -> None:
    if why := machine.why_without_clients():
        pytest.skip(why)
    schema = _published_schema()
    wrong = {where: str(error) for where, each in everything.items() for error in schema.iter_errors(each)}
    assert wrong == {}
    assert not schema.is_valid({"resourceType": "Observation", "status": "final"})


def _published_schema() -> Any:
    """Return the schema as Medplum hands it out, which names two definitions that it does not have."""
    path = machine.INSTALLED_CLIENTS / "@medplum" / "definitions" / "dist" / "fhir" / "r4" / "fhir.schema.json"
    text = path.read_text(encoding="utf-8")
    schema = json.loads(text)
    schema["definitions"]["Resource"] = {"$ref": "#/definitions/ResourceList"}
    for missing in set(re.findall(r"#/definitions/(\w+)", text)) - set(schema["definitions"]):
        schema["definitions"][missing] = {}
    return jsonschema_rs.validator_for(schema)


@pytest.mark.parametrize("validator", ["medplum", "fhir"])
def test_every_resource_is_right_for_the_validators_of_others(
    everything: dict[str, Resource], node: dict[str, Any], validator: str
) -> None:
    found = saw(node, "validate")
    assert len(found) == len(everything) + len(WRONG)
    assert found[len(everything) + list(WRONG).index(validator)][validator] != []
    assert {where: each[validator] for where, each in zip(everything, found, strict=False) if each[validator]} == {}


def test_fhir_kit_client_creates_on_condition_reads_searches_and_updates_what_it_saw(node: dict[str, Any]) -> None:
    kit = saw(node, "fhirKit")
    assert kit["capability"]["fhirVersion"] == "4.0.1"
    statuses = {step: kit[step]["status"] for step in ("created", "again", "read", "stale", "updated", "first")}
    assert statuses == {"created": 201, "again": 200, "read": 200, "stale": 412, "updated": 200, "first": 200}
    assert kit["again"]["body"]["id"] == kit["read"]["body"]["id"] == kit["created"]["body"]["id"]
    assert kit["stale"]["body"]["issue"][0]["code"] == "conflict"
    assert (kit["read"]["body"]["status"], kit["updated"]["body"]["status"]) == ("final", "corrected")
    assert kit["first"]["body"]["valueQuantity"]["value"] == 0.093
    assert (kit["found"]["total"], len(kit["following"]["entry"])) == (3, 1)


def test_fhir_kit_client_sends_a_transaction_to_the_base_with_its_slash(node: dict[str, Any]) -> None:
    answer = saw(node, "fhirKit")["transaction"]
    assert (answer["status"], answer["body"]["type"]) == (200, "transaction-response")
    assert [each["response"]["status"][:3] for each in answer["body"]["entry"]] == ["201", "201", "201", "200"]


def test_the_client_of_medplum_creates_once_searches_and_is_refused_in_words(node: dict[str, Any]) -> None:
    medplum = saw(node, "medplum")
    assert medplum["again"]["id"] == medplum["created"]["id"]
    assert [each["effectiveDateTime"][:10] for each in medplum["results"]] == ["2026-11-16", "2026-10-29", "2026-07-01"]
    assert medplum["results"][0]["valueQuantity"]["value"] == 0.093
    assert medplum["alert"]["status"] == "final"
    assert medplum["refused"]["issue"][0]["code"] == "not-found"


def test_a_sender_of_others_delivers_by_mllp_and_reads_each_answer(place: Place, node: dict[str, Any]) -> None:
    answers = saw(node, "hl7")
    assert [(each["code"], each["control"]) for each in answers] == ORU_ANSWERS
    assert {(each["from"], each["to"]) for each in answers} == {("MRDDASH", "MOLIS")}
    assert settled(place.world) == ["DONE", "DUPLICATE", "DONE", "SUPERSEDED"]
    place.world.as_person(place.world.clinician)
    calls = MrdResult.objects.filter(series=node["oru"], authorisation_basis="SENDING_LABORATORY").order_by("version")
    assert list(calls.values_list("call", "state")) == [("DETECTED", "SUPERSEDED"), ("NOT_DETECTED", "AUTHORISED")]
    assert InboundMessage.objects.count() == len(ORU_ANSWERS)
