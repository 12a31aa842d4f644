"""A laboratory's system that speaks FHIR in tests: its token, its messages."""

import json
from dataclasses import dataclass
from typing import Any

from django.test import Client

from monitoring.actions import clients
from monitoring.models import MrdSeries
from monitoring.models.choices import ClientKindChoice as Kind
from tests.machines import Machine, machine
from tests.world import World

LOCAL = "https://mrd.example.org/fhir/CodeSystem/mrd"
UCUM = "http://unitsofmeasure.org"
LAB = "https://haemlab.example.org/ids/result"
INTERPRETATION = "http://terminology.hl7.org/CodeSystem/v3-ObservationInterpretation"
FHIR = "application/fhir+json"


@dataclass
class Fhir:
    """A caller with a token: a machine's, or none."""

    token: str
    client: Client
    machine: Machine | None = None

    def get(self, path: str, query: Any = None, **headers: str) -> Any:
        return self.client.get(f"/fhir{path}", query or {}, headers=self._headers(headers))

    def post(self, path: str, body: Any, **headers: str) -> Any:
        return self.client.post(f"/fhir{path}", _text(body), content_type=FHIR, headers=self._headers(headers))

    def put(self, path: str, body: Any, **headers: str) -> Any:
        return self.client.put(f"/fhir{path}", _text(body), content_type=FHIR, headers=self._headers(headers))

    def _headers(self, more: dict[str, str]) -> dict[str, str]:
        told = {name.replace("_", "-"): value for name, value in more.items()}
        return {"Authorization": f"Bearer {self.token}", **told} if self.token else told


def _text(body: Any) -> str | bytes:
    return body if isinstance(body, str | bytes) else json.dumps(body)


def caller(world: World, kind: Kind = Kind.LABORATORY, scope: str | None = None, **changes: Any) -> Fhir:
    """Register a machine and give it a token."""
    if kind is Kind.LABORATORY:
        world.laboratory.responsible_person = "Dr P. Keller"
        world.laboratory.save()
    made = machine(world, kind, **changes)
    told = scope if scope is not None else made.client.scopes
    token = clients.issue_token(client=made.client, scope=told, now=world.now)
    return Fhir(token, Client(), made)


def specimen(series: MrdSeries, accession: str = "L-1", on: str = "2026-11-16T09:30:00+01:00", **more: Any) -> Any:
    """A tube of marrow as the laboratory tells it."""
    return {
        "resourceType": "Specimen",
        "identifier": [{"system": "https://haemlab.example.org/ids/sp", "value": accession}],
        "accessionIdentifier": {"system": "https://haemlab.example.org/ids/acc", "value": accession},
        "status": "available", "type": {"coding": [{"system": "http://snomed.info/sct", "code": "396997002"}]},
        "subject": {"reference": f"Patient/{series.patient_id}"}, "collection": {"collectedDateTime": on}, **more,
    }  # fmt: skip


def observation(series: MrdSeries, value: Any = "0.093", accession: str = "L-1", **more: Any) -> dict[str, Any]:
    """A quantified NPM1 result with its tube inside; elements given as None are left out."""
    on = more.get("effectiveDateTime") or "2026-11-16T09:30:00+01:00"
    whole = {
        "resourceType": "Observation", "status": "final",
        "identifier": [{"system": LAB, "value": f"{accession}/NPM1"}],
        "contained": [{**specimen(series, accession, on), "id": "tube"}],
        "code": {"coding": [{"system": LOCAL, "code": "NPM1-ABL1-RATIO"}]},
        "subject": {"reference": f"Patient/{series.patient_id}"}, "specimen": {"reference": "#tube"},
        "effectiveDateTime": on, "issued": "2026-11-18T10:00:00+01:00",
        "valueQuantity": quantity(float(value), "%") if value is not None else None,
        "interpretation": [{"coding": [{"system": INTERPRETATION, "code": "DET"}]}],
        "component": [component("ABL1-COPIES", quantity(40000, "{copies}"))],
    }  # fmt: skip
    return {name: each for name, each in {**whole, **more}.items() if each is not None}


def quantity(value: Any, unit: str, comparator: str = "") -> dict[str, Any]:
    """A Quantity with its UCUM unit."""
    told = {"value": value, "unit": unit, "system": UCUM, "code": unit}
    return told | ({"comparator": comparator} if comparator else {})


def component(code: str, value: dict[str, Any]) -> dict[str, Any]:
    """A component of our own code system."""
    return {"code": {"coding": [{"system": LOCAL, "code": code}]}, "valueQuantity": value}


def interpreted(code: str) -> list[dict[str, Any]]:
    """An interpretation."""
    return [{"coding": [{"system": INTERPRETATION, "code": code}]}]
