"""Clients and models that others wrote, against the running server: fhirpy, fhirclient, fhir.resources."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

import pytest
from django.utils import timezone
from fhir.resources.R4B import get_fhir_model_class
from fhirclient import client as fhirclient
from fhirclient.models import fhirelementfactory
from fhirclient.models.observation import Observation
from fhirpy import SyncFHIRClient
from fhirpy.base.exceptions import OperationOutcome

from monitoring.actions import clients
from monitoring.models import MrdResult, MrdSeries
from monitoring.models.choices import ClientKindChoice as Kind
from tests.fhir_sender import LAB, LOCAL, caller, observation
from tests.functional.story.site import Site
from tests.integration.test_fhir_bundles import laboratory_bundle, suspected
from tests.world import World

NAME = f"{LAB}|L-1/NPM1"


@dataclass
class Place:
    """The running server, a patient, and the tokens of a laboratory and of a hospital."""

    address: str
    series: MrdSeries
    laboratory: str
    hospital: str

    def fhirpy(self, token: str | None = None) -> SyncFHIRClient:
        return SyncFHIRClient(self.address, authorization=f"Bearer {token or self.laboratory}")

    def smart(self) -> fhirclient.FHIRClient:
        found = fhirclient.FHIRClient(settings={"app_id": "mrd", "api_base": self.address})
        found.prepare()
        found.server.session.headers["Authorization"] = f"Bearer {self.laboratory}"
        return found


@pytest.fixture
def place(committed: World) -> Iterator[Place]:
    series = suspected(committed)
    tokens = []
    for kind in (Kind.LABORATORY, Kind.HOSPITAL):
        machine = caller(committed, kind).machine
        assert machine is not None
        tokens.append(clients.issue_token(client=machine.client, scope=machine.client.scopes, now=timezone.now()))
    site = Site()
    try:
        site.start_web()
        yield Place(f"{site.address}/fhir", series, *tokens)
    finally:
        site.stop()


def _without_type(resource: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in resource.items() if name != "resourceType"}


def _observation(series: MrdSeries, **changes: Any) -> dict[str, Any]:
    return _without_type(observation(series, **changes))


def count(world: World, series: MrdSeries) -> int:
    world.as_person(world.clinician)
    return MrdResult.objects.filter(series=series).count()


def test_fhirpy_gets_or_creates_twice_and_there_is_one_row(committed: World, place: Place) -> None:
    told = observation(place.series)
    outcomes = []
    for value in (0.093, 0.5):
        told["valueQuantity"]["value"] = value
        resource = place.fhirpy().resource("Observation", **_without_type(told))
        found, created = place.fhirpy().resources("Observation").search(identifier=NAME).get_or_create(resource)
        outcomes.append((created, found["valueQuantity"]["value"]))
    assert outcomes == [(True, 0.093), (False, 0.093)]
    assert count(committed, place.series) == 3


def test_fhirpy_saves_reads_searches_and_is_told_what_is_wrong(committed: World, place: Place) -> None:
    speaks = place.fhirpy()
    saved = speaks.resource("Observation", **_observation(place.series))
    saved.save()
    again = speaks.reference("Observation", saved["id"]).to_resource()
    assert again["valueQuantity"]["value"] == 0.093
    found = speaks.resources("Observation").search(patient=f"Patient/{place.series.patient_id}").sort("-date")
    assert [each["effectiveDateTime"][:10] for each in found.fetch_all()] == ["2026-11-16", "2026-10-29", "2026-07-01"]
    assert len(found.limit(1).fetch_all()) == 3
    assert found.count() == 3
    assert speaks.resources("Observation").search(code=f"{LOCAL}|NPM1-ABL1-RATIO").first() is not None
    wrong = speaks.resource("Observation", **_observation(place.series, accession="L-2", valueQuantity={"value": 1}))
    with pytest.raises(OperationOutcome, match="never guessed"):
        wrong.save()


def test_fhirpy_reads_the_alert_that_its_result_raised(place: Place) -> None:
    place.fhirpy().resource("Observation", **_observation(place.series)).save()
    speaks = place.fhirpy(place.hospital)
    alert = speaks.resources("DetectedIssue").search(code="confirmed-molecular-relapse").first()
    assert alert is not None
    assert (alert["status"], len(alert["evidence"])) == ("final", 2)
    flag = speaks.resources("Flag").search(patient=place.series.patient_id).first()
    assert flag is not None
    assert flag["status"] == "active"


def test_fhirclient_creates_reads_and_searches(committed: World, place: Place) -> None:
    smart = place.smart()
    told = Observation(observation(place.series)).create(smart.server)
    assert told is not None
    read = Observation.read(told["id"], smart.server)
    assert (read.status, float(read.valueQuantity.value)) == ("final", 0.093)
    found = Observation.where({"patient": str(place.series.patient_id), "_count": "2"}).perform_resources_iter(
        smart.server
    )
    assert len(list(found)) >= 3
    assert count(committed, place.series) == 3


def test_every_resource_is_one_for_the_models_of_others(place: Place) -> None:
    laboratory, hospital = place.fhirpy(), place.fhirpy(place.hospital)
    shown: list[Any] = [laboratory.execute("", method="post", data=laboratory_bundle(place.series))]
    kinds = [
        "Patient",
        "Specimen",
        "Observation",
        "DiagnosticReport",
        "Condition",
        "DetectedIssue",
        "Flag",
        "Provenance",
    ]
    shown += [hospital.execute(kind, method="get") for kind in kinds]
    shown += [hospital.execute("metadata", method="get"), hospital.execute("CodeSystem/mrd", method="get")]
    shown += [entry["resource"] for bundle in shown for entry in bundle.get("entry", []) if "resource" in entry]
    assert {each["resourceType"] for each in shown} >= set(kinds)
    for resource in shown:
        get_fhir_model_class(resource["resourceType"]).model_validate(resource)
        fhirelementfactory.FHIRElementFactory.instantiate(resource["resourceType"], resource)


def test_a_day_that_the_server_knows_is_the_day_of_the_record(place: Place) -> None:
    found = place.fhirpy(place.hospital).resources("Patient").search(_id=str(place.series.patient_id)).first()
    assert found is not None
    assert date.fromisoformat(found["birthDate"]) == date(1967, 3, 14)
