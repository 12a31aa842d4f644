"""Every kind of resource that the running server gives out, and every way of saying a result, read over the wire."""

from datetime import date, timedelta
from typing import Any

import requests
from django.db import connection

from monitoring.actions import events, treatments
from monitoring.models import ClinicalEvent, MrdSeries, VenetoclaxCycle
from tests.fhir_sender import LOCAL, component, interpreted, quantity
from tests.functional.fhir.place import SUBSCRIBER, Place, bundle, name, told
from tests.world import wells

ABSENT = "http://terminology.hl7.org/CodeSystem/data-absent-reason"
COPIES = "{copies}"
BACKPORT = "http://hl7.org/fhir/uv/subscriptions-backport/StructureDefinition"
FIRST_DAY = date(2026, 11, 2)
Resource = dict[str, Any]


def _absent(reason: str, ours: str) -> Resource:
    codings = [{"system": ABSENT, "code": reason}, {"system": LOCAL, "code": ours}]
    return {"valueQuantity": None, "interpretation": interpreted("IND"), "dataAbsentReason": {"coding": codings}}


def _with(abl1: int, lod: str = "0.01") -> list[Resource]:
    return [component("ABL1-COPIES", quantity(abl1, COPIES)), component("LOD", quantity(float(lod), "%"))]


# The seven cases of a result, as a laboratory sends them, and what is told of them: comparator, words, reasons.
CASES: dict[str, tuple[Resource, tuple[str | None, str, list[str]]]] = {
    "quantified": ({}, (None, "DET", [])),
    "below quantification": ({"valueQuantity": quantity(0.05, "%", "<")}, ("<", "DET", [])),
    "not detected": (
        {"valueQuantity": quantity(0.005, "%", "<"), "interpretation": interpreted("ND"), "component": _with(40000)},
        ("<", "ND", []),
    ),
    "control gene too low": (
        {**_absent("error", "control-gene-insufficient"), "component": _with(400)},
        (None, "IND", ["error", "control-gene-insufficient"]),
    ),
    "sensitivity too low": (
        {**_absent("error", "sensitivity-insufficient"), "component": _with(5000, "0.08")},
        (None, "IND", ["error", "sensitivity-insufficient"]),
    ),
    "one of three": (_absent("error", "one-of-three"), (None, "IND", ["error", "one-of-three"])),
    "assay failed": (_absent("error", "assay-failed"), (None, "IND", ["error", "assay-failed"])),
}


def send_cases(place: Place, series: MrdSeries) -> dict[str, Resource]:
    """Send the seven cases for a patient, each of its own tube and day; return what is told of each."""
    shown = {}
    for place_of, (case, (changes, _told_of)) in enumerate(CASES.items()):
        on = f"{FIRST_DAY + timedelta(days=place_of)}T09:30:00+01:00"
        sent = told(series, tube=f"-{place_of}", effectiveDateTime=on, **changes)
        answer = requests.post(
            f"{place.address}/Observation", json=sent, headers=_headers(place.laboratory), timeout=30
        )
        assert answer.status_code == 201, (case, answer.text)
        shown[case] = answer.json()
    return shown


def _headers(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}", "Content-Type": "application/fhir+json"}


def record_treatment(place: Place, series: MrdSeries) -> None:
    """Record what only clinicians record: a cycle, a transplant."""
    world, patient = place.world, series.patient
    world.as_person(world.clinician)
    cycle = VenetoclaxCycle(number=1, starts_on=date(2026, 9, 1), ends_on=date(2026, 9, 14), given_days=14, dose_mg=400)
    treatments.record_cycle(by=world.clinician, patient=patient, cycle=cycle, regimen="Ven+Aza", now=world.now)
    transplant = ClinicalEvent(kind="HSCT", happened_on=date(2025, 6, 1))
    events.record(by=world.clinician, patient=patient, event=transplant, now=world.now)
    connection.close()


class Reader:
    """Reads everything, and keeps each document with the place it came from."""

    def __init__(self, place: Place) -> None:
        self.place, self.found = place, dict[str, Resource]()
        self.session = requests.Session()
        self.session.headers.update(_headers(place.hospital))

    def ask(self, path: str, method: str = "GET", **more: Any) -> Resource:
        answer = self.session.request(method, f"{self.place.address}{path}", timeout=30, **more)
        read: Resource = answer.json()
        self.found[f"{answer.status_code} {method} {path}"] = read
        return read


def read_everything(place: Place) -> dict[str, Resource]:
    """Return every kind of document, by where it was read: resources, versions, bundles, refusals."""
    series = place.suspected()
    place.world.authorised(series, date(2026, 10, 12), wells([2, 1, 1], [21000, 20000, 22000]))
    record_treatment(place, series)
    send_cases(place, series)
    reader, sender = Reader(place), Reader(place)
    sender.session.headers.update(_headers(place.laboratory))
    sender.ask("/", "POST", json=bundle(place.suspected()))
    sender.ask("/", "POST", json={**bundle(series), "type": "batch"})
    sender.ask("/Observation", "POST", json=told(series, valueQuantity={"value": 1}))
    statement = reader.ask("/metadata")
    reader.ask("/CodeSystem/mrd")
    kinds = {each["type"] for each in statement["rest"][0]["resource"]} - {"CodeSystem", "SearchParameter"}
    for kind in sorted(kinds):
        reader.ask(f"/{kind}?_count=50")
    reader.ask("/Observation?_include=Observation:specimen&_revinclude=Provenance:target&_count=50")
    issue = reader.ask(f"/DetectedIssue?patient={series.patient_id}")["entry"][0]["resource"]
    for path in (f"/DetectedIssue/{issue['id']}/_history", f"/Flag/{issue['id']}/_history"):
        reader.ask(path)
    reader.ask("/SearchParameter/DetectedIssue-status")
    made = reader.ask("/Subscription", "POST", json=_subscription(place))
    for path in ("?_count=200", f"/{made['id']}/$status", f"/{made['id']}/$events"):
        reader.ask(f"/Subscription{path}")
    _refusals(reader, name(series))
    return _apart(sender.found | reader.found)


def _subscription(place: Place) -> Resource:
    content = {"url": f"{BACKPORT}/backport-payload-content", "valueCode": "id-only"}
    heartbeat = {"url": f"{BACKPORT}/backport-heartbeat-period", "valueUnsignedInt": 86400}
    return {
        "resourceType": "Subscription", "status": "requested", "reason": "Alerts for the inbox",
        "criteria": f"{place.address}/SubscriptionTopic/mrd-alert",
        "channel": {
            "type": "rest-hook", "endpoint": f"https://{SUBSCRIBER}/hook", "header": ["Authorization: Bearer 0007"],
            "payload": "application/fhir+json", "_payload": {"extension": [content]}, "extension": [heartbeat],
        },
    }  # fmt: skip


def _refusals(reader: Reader, result: str) -> None:
    for path in ("/Patient/999999", "/Nothing", "/Observation?date=yesterday", "/Observation?patient="):
        reader.ask(path)
    reader.ask(f"/Observation?identifier={result}", "PUT", json={"resourceType": "Observation"})
    reader.session.headers["Authorization"] = "Bearer nothing"
    reader.ask("/Patient")


def _apart(found: dict[str, Resource]) -> dict[str, Resource]:
    """Return the documents, and each resource in a bundle by itself as well."""
    apart = dict(found)
    for where, document in found.items():
        for place_of, entry in enumerate(document.get("entry", [])):
            inside = {"resource": entry.get("resource"), "outcome": entry.get("response", {}).get("outcome")}
            apart |= {f"{where} [{place_of}] {part}": each for part, each in inside.items() if each}
    return apart
