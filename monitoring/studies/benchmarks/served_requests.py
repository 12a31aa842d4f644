"""What is asked of a running product when it is measured, as bytes ready to be sent; every write is a new one."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time
from typing import Any

from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore

from monitoring.models import MrdSeries, User
from monitoring.studies.benchmarks import api_world
from monitoring.studies.benchmarks.api_world import ApiWorld
from monitoring.studies.benchmarks.load import request

LOCAL = "https://mrd.example.org/fhir/CodeSystem/mrd"
INTERPRETATION = "http://terminology.hl7.org/CodeSystem/v3-ObservationInterpretation"
UCUM = "http://unitsofmeasure.org"
TRANSACTION = 100  # observations
FIGURES_OF = 50  # patients, in turn
BULK = "/api/v1/results/bulk?mode=all-or-nothing"


@dataclass(frozen=True, slots=True)
class Measured:
    """The requests of one kind, the connections that send them, and what is to be answered."""

    requests: Sequence[bytes]
    connections: int
    status: int
    results: int = 1  # in each request


def session_of(user: User) -> str:
    """Sign a person in and return the cookie."""
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.create()
    return f"Cookie: sessionid={session.session_key}"


def figures(series: Sequence[MrdSeries], cookie: str, count: int) -> list[bytes]:
    """Ask for the stored figures of some patients, as the page does."""
    of = series[:FIGURES_OF]
    headers = (cookie, "Accept-Encoding: gzip")
    return [request("GET", f"/patients/{of[n % len(of)].patient_id}/figure/", headers) for n in range(count)]


def searches(series: Sequence[MrdSeries], token: str, count: int) -> list[bytes]:
    """Search the results of one patient after another by FHIR."""
    return [
        request("GET", f"/fhir/Observation?patient={series[n % len(series)].patient_id}&_count=20", _bearer(token))
        for n in range(count)
    ]


def singles(world: ApiWorld, batch: str, count: int) -> list[bytes]:
    """Enter one draft after another."""
    return [
        request("POST", "/api/v1/results/", _bearer(world.technician_token), _text(each))
        for each in api_world.rows(world, api_world.RESULTS, batch)[:count]
    ]


def bulks(world: ApiWorld, series_count: int, batch: str, count: int) -> list[bytes]:
    """Send 1,000 signed results of so many series at a time; those of one request are not those of the next."""
    return [
        request(
            "POST", BULK, _bearer(world.machine_token),
            _text({"results": api_world.rows(world, series_count, f"{batch}{number}", number)}),
        )
        for number in range(count)
    ]  # fmt: skip


def transactions(world: ApiWorld, batch: str, count: int) -> list[bytes]:
    """Send 100 observations in one FHIR transaction."""
    return [
        request(
            "POST", "/fhir", _bearer(world.machine_token),
            _text({"resourceType": "Bundle", "type": "transaction", "entry": [
                {"resource": _observation(series, f"{batch}{number}-{place}"),
                 "request": {"method": "POST", "url": "Observation"}}
                for place, series in enumerate(_turn(world.series, number))
            ]}),
        )
        for number in range(count)
    ]  # fmt: skip


def _turn(series: Sequence[MrdSeries], number: int) -> Sequence[MrdSeries]:
    first = number * TRANSACTION % len(series)
    return series[first : first + TRANSACTION]


def _observation(series: MrdSeries, accession: str) -> dict[str, Any]:
    on = datetime.combine(api_world.FIRST_DAY, time(9, 30)).astimezone().isoformat()
    return {
        "resourceType": "Observation", "status": "final",
        "identifier": [{"system": "https://haemlab.example.org/ids/result", "value": f"{accession}/NPM1"}],
        "contained": [{
            "resourceType": "Specimen", "id": "tube", "status": "available",
            "accessionIdentifier": {"system": "https://haemlab.example.org/ids/acc", "value": accession},
            "type": {"coding": [{"system": "http://snomed.info/sct", "code": "396997002"}]},
            "subject": {"reference": f"Patient/{series.patient_id}"}, "collection": {"collectedDateTime": on},
        }],
        "code": {"coding": [{"system": LOCAL, "code": "NPM1-ABL1-RATIO"}]},
        "subject": {"reference": f"Patient/{series.patient_id}"}, "specimen": {"reference": "#tube"},
        "effectiveDateTime": on, "issued": on,
        "valueQuantity": {"value": 0.093, "unit": "%", "system": UCUM, "code": "%"},
        "interpretation": [{"coding": [{"system": INTERPRETATION, "code": "DET"}]}],
        "component": [{
            "code": {"coding": [{"system": LOCAL, "code": "ABL1-COPIES"}]},
            "valueQuantity": {"value": 40000, "unit": "{copies}", "system": UCUM, "code": "{copies}"},
        }],
    }  # fmt: skip


def _bearer(token: str) -> tuple[str]:
    return (f"Authorization: Bearer {token}",)


def _text(body: Any) -> bytes:
    return json.dumps(body).encode()
