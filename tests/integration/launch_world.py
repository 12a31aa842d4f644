"""A launch as tests play it: the record, the browser of a clinician, and the patient in view."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

import pytest
from django.test import Client
from pytest_django.fixtures import Settings

from monitoring.actions import launch_issuers, launches
from monitoring.models import Alert, LaunchIssuer, LaunchPerson, MrdSeries, Patient, User
from tests import hospital_record
from tests.hospital_record import CLIENT_ID, NUMBER, HospitalRecord
from tests.machines import MRN, administrator, new_key
from tests.world import World, detected, not_detected

SUBJECT = "practitioner-7"


@cache
def signing_key() -> str:
    return new_key("ES384").as_pem(private=True).decode()


@dataclass
class Launching:
    """Everything that a launch needs; `client` is the browser."""

    world: World
    record: HospitalRecord
    client: Client
    issuer: LaunchIssuer
    series: MrdSeries

    def begin(self, **changes: str) -> Any:
        return self.client.get("/smart/launch", {"iss": self.record.issuer, "launch": "xyz", **changes})

    def come_back(self) -> str:
        """Go to the record and sign in there; return the address that it sends the browser back to."""
        begun = self.begin()
        assert begun.status_code == 302, begun.content.decode()
        status, back = hospital_record.visit(begun["Location"])
        assert status == 302, self.record.complaints
        return back.removeprefix("http://testserver")

    def go(self) -> Any:
        return self.client.get(self.come_back())

    def link(self, user: User | None = None) -> LaunchPerson:
        return launches.link(
            by=user or self.world.clinician, issuer=self.issuer, subject=SUBJECT, fhir_user="", now=self.world.now
        )

    def alert(self) -> Alert:
        """Let the patient relapse; return an alert that waits."""
        relapse(self.world, self.series)
        return Alert.objects.filter(series=self.series, state="RAISED").latest("pk")

    @property
    def page(self) -> str:
        return f"/framed/patients/{self.series.patient_id}/"


def registered(world: World, record: HospitalRecord, **changes: Any) -> LaunchIssuer:
    told = {
        "name": "Northfield record", "centre": world.centre, "issuer": record.issuer, "client_id": CLIENT_ID,
        "patient_system": MRN, "frame_origin": record.base, **changes,
    }  # fmt: skip
    return launch_issuers.register(by=administrator(world), issuer=LaunchIssuer(**told))


def in_view(world: World) -> MrdSeries:
    """Register the patient whom the record has in view."""
    series = world.patient()
    Patient.objects.filter(pk=series.patient_id).update(hospital_number=NUMBER)
    return series


def relapsed(world: World) -> MrdSeries:
    """The same patient, with a confirmed molecular relapse."""
    return relapse(world, in_view(world))


def relapse(world: World, series: MrdSeries) -> MrdSeries:
    world.authorised(series, date(2026, 7, 1), not_detected())
    world.authorised(series, date(2026, 10, 22), detected("0.02"))
    world.authorised(series, date(2026, 11, 12), detected("0.093"))
    world.as_person(world.clinician)
    return series


@pytest.fixture
def launching(world: World, client: Client, settings: Settings) -> Iterator[Launching]:
    with hospital_record.running() as record:
        settings.SMART_KEYS = signing_key()
        settings.WEBHOOK_ALLOW = [f"{record.host}:{record.port}"]
        series, issuer = in_view(world), registered(world, record)
        published = Client().get("/smart/jwks.json").json()
        record.keys_of_app = lambda: published
        yield Launching(world, record, client, issuer, series)
