"""One running server and one listener for clients that others wrote, with the tokens of a laboratory and a hospital."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection
from django.utils import timezone
from fhirclient import client as fhirclient
from fhirpy import SyncFHIRClient

from monitoring.actions import clients
from monitoring.models import ApiClient, MrdResult, MrdSeries, Patient
from monitoring.models.choices import ClientKindChoice as Kind
from tests.fhir_sender import LAB, caller, observation
from tests.functional.running.test_mllp_command import running as listening
from tests.functional.story.site import Site
from tests.hl7_messages import sender
from tests.integration.test_fhir_bundles import laboratory_bundle
from tests.world import World, detected, not_detected

SUBSCRIBER = "203.0.113.7"  # an address for documentation (RFC 5737): nothing is ever sent there


@dataclass
class Place:
    """The running server, its world, and the tokens of a laboratory and of a hospital."""

    site: str
    world: World
    machines: dict[Kind, ApiClient]
    listener: int

    @property
    def address(self) -> str:
        return f"{self.site}/fhir"

    @property
    def laboratory(self) -> str:
        return self._token(Kind.LABORATORY)

    @property
    def hospital(self) -> str:
        return self._token(Kind.HOSPITAL)

    def _token(self, kind: Kind) -> str:
        """Return a new token: one lives for five minutes only."""
        client = self.machines[kind]
        self.world.as_person(client.user)
        token = clients.issue_token(client=client, scope=client.scopes, now=timezone.now())
        connection.close()
        return token

    def fhirpy(self, token: str | None = None) -> SyncFHIRClient:
        return SyncFHIRClient(self.address, authorization=f"Bearer {token or self.laboratory}")

    def smart(self) -> fhirclient.FHIRClient:
        found = fhirclient.FHIRClient(settings={"app_id": "mrd", "api_base": self.address})
        found.prepare()
        found.server.session.headers["Authorization"] = f"Bearer {self.laboratory}"
        return found

    def suspected(self) -> MrdSeries:
        """Return a new patient in molecular remission whose level rose once: one more rise confirms."""
        series = self.world.patient()
        Patient.objects.filter(pk=series.patient_id).update(hospital_number=number(series))
        self.world.authorised(series, date(2026, 7, 1), not_detected())
        self.world.authorised(series, date(2026, 10, 29), detected("0.02"))
        connection.close()
        return series

    def count(self, series: MrdSeries) -> int:
        self.world.as_person(self.world.clinician)
        return MrdResult.objects.filter(series=series).count()


def number(series: MrdSeries) -> str:
    """Return the hospital's number of the patient."""
    return f"H{series.patient_id:05}"


def accession(series: MrdSeries) -> str:
    """Return the number of the tube that the laboratory sends."""
    return f"L{series.pk}"


def name(series: MrdSeries) -> str:
    """Return how the laboratory names its result."""
    return f"{LAB}|{accession(series)}/NPM1"


def told(series: MrdSeries, value: Any = "0.093", tube: str = "", **changes: Any) -> dict[str, Any]:
    """Return a result of this patient as the laboratory sends it; `tube` is added to the number of the tube."""
    return observation(series, value, accession(series) + tube, **changes)


def bundle(series: MrdSeries) -> dict[str, Any]:
    """Return the laboratory's transaction for this patient: patient, tube, result and report."""
    text = json.dumps(laboratory_bundle(series)).replace("123456", number(series))
    made: dict[str, Any] = json.loads(
        text.replace('"L-1', f'"{accession(series)}T').replace("|L-1", f"|{accession(series)}T")
    )
    return made


@contextmanager
def serving(world: World) -> Iterator[Place]:
    """Serve this world until the end of the block."""
    machines = {}
    for kind in (Kind.LABORATORY, Kind.HOSPITAL):
        machine = caller(world, kind).machine
        assert machine is not None
        machines[kind] = machine.client
    sender(world)
    world.assay.reports_below_loq = False
    world.assay.save()
    connection.close()
    site = Site()
    site.environment["MRD_WEBHOOK_ALLOW"] = SUBSCRIBER
    try:
        site.start_web()
        with listening() as (_process, port):
            yield Place(site.address, world, machines, port)
    finally:
        site.stop()
