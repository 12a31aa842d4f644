"""The page of requests of hospital systems: for auditors of the centre, narrowed by machine, day and outcome."""

from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from monitoring.models import InterfaceAccess, ReadEntry, User
from monitoring.models.choices import ClientKindChoice as Kind
from monitoring.models.choices import RoleChoice
from tests.fhir_sender import caller
from tests.world import World, _person

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def today(world: World):  # type: ignore[no-untyped-def]
    with time_machine.travel(world.now, tick=False):
        yield


@pytest.fixture
def auditor(world: World) -> User:
    return _person("auditor", RoleChoice.AUDITOR, world.centre)


def shown(client: Client, person: User, **asked: Any) -> str:
    client.force_login(person)
    answer = client.get(reverse("interface-requests"), asked)
    assert answer.status_code == 200
    page: str = answer.content.decode()
    return page


def test_an_auditor_sees_who_asked_for_what_and_how_it_ended(client: Client, world: World, auditor: User) -> None:
    series = world.patient()
    reader = caller(world, Kind.HOSPITAL, name="Record of the hospital")
    reader.get("/Observation", {"patient": series.patient_id})
    reader.get("/Condition/999999")
    page = shown(client, auditor)
    assert "Record of the hospital" in page
    assert f"Observation?patient={series.patient_id}" in page
    assert series.patient.pseudonym in page
    assert page.count('<tr><th scope="row"') == 2
    refused = shown(client, auditor, outcome="REFUSED")
    assert "Condition/999999" in refused
    assert series.patient.pseudonym not in refused
    world.as_person(auditor)
    assert ReadEntry.objects.filter(actor_id=auditor.pk, patient_id=series.patient_id).exists()


def test_it_is_narrowed_by_machine_and_day(client: Client, world: World, auditor: User) -> None:
    first, second = (caller(world, Kind.HOSPITAL, name=name) for name in ("First", "Second"))
    for each in (first, second):
        each.get("/Patient")
    assert first.machine is not None
    page = shown(client, auditor, machine=first.machine.client.pk)
    assert page.count('<tr><th scope="row"') == 1
    world.as_person(auditor)
    day = InterfaceAccess.objects.latest("pk").at.date()
    assert shown(client, auditor, day="2020-01-01").count('<tr><th scope="row"') == 0
    assert shown(client, auditor, day=day.isoformat(), outcome="nonsense").count('<tr><th scope="row"') in {0, 2}


def test_older_requests_stand_on_the_next_page(client: Client, world: World, auditor: User) -> None:
    caller(world, Kind.HOSPITAL).get("/Patient")
    world.as_person(auditor)
    InterfaceAccess.objects.bulk_create(
        InterfaceAccess(centre_id=world.centre.pk, interaction="read", resource_type="Patient", status=200)
        for _time in range(60)
    )
    page = shown(client, auditor)
    assert page.count('<tr><th scope="row"') == 50
    after = page.partition("?after=")[2].partition('"')[0]
    assert shown(client, auditor, after=after).count('<tr><th scope="row"') == 11


def test_nobody_else_learns_that_there_is_such_a_page(client: Client, world: World) -> None:
    caller(world, Kind.HOSPITAL, name="Record of the hospital").get("/Patient")
    for person in (world.clinician, world.authoriser):
        client.force_login(person)
        assert client.get(reverse("interface-requests")).status_code == 404
    elsewhere = _person("auditor_elsewhere", RoleChoice.AUDITOR, world.elsewhere)
    assert "Record of the hospital" not in shown(client, elsewhere)
