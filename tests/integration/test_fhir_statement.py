"""The CapabilityStatement says at least what the specification of the interfaces asks for, type by type."""

from typing import Any

import pytest
import time_machine
from django.test import Client

from monitoring.models import Sample
from tests.fhir_sender import caller, specimen
from tests.world import World

pytestmark = pytest.mark.django_db

SEARCHED = {
    "Patient": "identifier _id",
    "Specimen": "patient identifier type collected accession",
    "Observation": (
        "patient subject identifier code date category status specimen value-quantity component-code _lastUpdated"
    ),
    "DiagnosticReport": "patient identifier code date status result",
    "MedicationAdministration": "patient effective-time status code",
    "MedicationStatement": "patient effective status code",
    "Procedure": "patient date code",
    "Condition": "patient code clinical-status",
    "DetectedIssue": "patient identifier code identified implicated status",
    "Flag": "patient date identifier",
    "Provenance": "target",
    "AuditEvent": "date patient agent",
    "Subscription": "status url",
}
WRITTEN = {
    **{name: {"create", "update"} for name in ("Specimen", "Observation", "DiagnosticReport")},
    "Subscription": {"create", "update", "delete"},
}


@pytest.fixture
def types() -> dict[str, Any]:
    told = Client().get("/fhir/metadata").json()["rest"][0]["resource"]
    return {each["type"]: each for each in told}


@pytest.mark.parametrize("name", SEARCHED)
def test_every_search_that_was_asked_for_is_offered(types: dict[str, Any], name: str) -> None:
    assert set(SEARCHED[name].split()) <= {each["name"] for each in types[name]["searchParam"]}


def test_only_what_may_be_written_says_so(types: dict[str, Any]) -> None:
    for name, told in types.items():
        done = {each["code"] for each in told["interaction"]}
        assert "read" in done, name
        assert "search-type" in done or name not in SEARCHED, name
        assert done & {"create", "update", "delete", "patch"} == WRITTEN.get(name, set()), name


def test_a_tube_may_be_sent_anew_and_its_facts_stay_a_persons(world: World) -> None:
    with time_machine.travel(world.now, tick=False):
        sender, series = caller(world), world.patient()
        by_name = "/Specimen?identifier=https://haemlab.example.org/ids/sp|L-1"
        first, again = (sender.put(by_name, specimen(series)) for _ in range(2))
        assert (first.status_code, again.status_code, again.json()["id"]) == (201, 200, first.json()["id"])
        other_day = specimen(series, on="2026-11-15T09:30:00+01:00")
        assert sender.put(f"/Specimen/{first.json()['id']}", other_day).status_code == 409
        world.as_person(world.clinician)
        assert [row.tissue for row in Sample.objects.all()] == ["BM"]


def test_versions_are_kept_where_results_and_alerts_are(types: dict[str, Any]) -> None:
    kept = {name for name, told in types.items() if any(each["code"] == "vread" for each in told["interaction"])}
    assert kept == {"Observation", "DetectedIssue", "Flag"}
