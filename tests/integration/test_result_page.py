"""One version of a result with its history."""

from collections.abc import Iterator
from datetime import date

import pytest
import time_machine
from django.test import Client

from monitoring.actions import results
from monitoring.models import MrdResult, ReadEntry
from tests.integration.typed_entry import text_of
from tests.world import World, detected, not_detected, wells

DAY = date(2026, 11, 1)


@pytest.fixture(autouse=True)
def today(world: World) -> Iterator[None]:
    with time_machine.travel(world.now, tick=False):
        yield


def page(client: Client, result: MrdResult) -> str:
    return text_of(client.get(f"/laboratory/results/{result.pk}/"))


def amended(world: World) -> tuple[MrdResult, MrdResult]:
    first = world.authorised(world.patient(), DAY, detected("0.05"))
    world.as_person(world.technician)
    second = results.amend(by=world.technician, result=first, reading=detected("0.5"), reason="dilution missed")
    return first, results.submit(by=world.technician, result=second, now=world.now)


def test_a_signed_result_names_both_people(client: Client, world: World) -> None:
    result = world.authorised(world.patient(), DAY, wells([34, 28, 30], [33_839, 31_623, 32_712]))
    client.force_login(world.technician)
    said = page(client, result)
    assert "Submitted by Technician, authorised by Authoriser, 20 Nov 2026" in said
    assert "0.0937 % of ABL1, that is 93.7 copies per 100,000 ABL1" in said
    assert "34; 28; 30 30.7 copies" in said


def test_every_version_and_every_step_is_told(client: Client, world: World) -> None:
    first, second = amended(world)
    client.force_login(world.technician)
    said = page(client, second)
    for words in (
        "Technician entered version 1",
        "Authoriser authorised version 1",
        "Technician entered version 2",
        "dilution missed",
        "Technician submitted version 2",
        "it counts once another person has signed it",
    ):
        assert words in said
    assert f'href="/laboratory/results/{first.pk}/"' in client.get(f"/laboratory/results/{second.pk}/").content.decode()


def test_a_withdrawn_result_says_by_whom_and_why(client: Client, world: World) -> None:
    result = world.authorised(world.patient(), DAY, not_detected())
    results.withdraw(by=world.authoriser, result=result, reason="tubes exchanged", now=world.now)
    client.force_login(world.technician)
    assert "Withdrawn by Authoriser, 20 Nov 2026, 11:00: tubes exchanged" in page(client, result)


@pytest.mark.parametrize(
    ("person", "offered"), [("technician", {"amend"}), ("authoriser", {"amend", "withdraw"}), ("clinician", set())]
)
def test_each_role_is_offered_its_own_steps(client: Client, world: World, person: str, offered: set[str]) -> None:
    result = world.authorised(world.patient(), DAY, not_detected())
    client.force_login(getattr(world, person))
    html = client.get(f"/laboratory/results/{result.pk}/").content.decode()
    steps = {"amend", "withdraw", "edit", "authorise"}
    assert {step for step in steps if f"/laboratory/results/{result.pk}/{step}/" in html} == offered


def test_a_stranger_finds_nothing(client: Client, world: World) -> None:
    result = world.authorised(world.patient(), DAY, not_detected())
    client.force_login(world.stranger)
    assert client.get(f"/laboratory/results/{result.pk}/").status_code == 404


def test_reading_is_logged(client: Client, world: World) -> None:
    result = world.authorised(world.patient(), DAY, not_detected())
    client.force_login(world.clinician)
    page(client, result)
    world.as_person(world.clinician)
    assert ReadEntry.objects.filter(actor_id=world.clinician.pk, patient_id=result.patient_id).exists()


def test_a_constructed_value_is_marked(client: Client, world: World) -> None:
    result = world.submitted(world.patient(), DAY, not_detected())
    world.as_person(world.technician)
    results.reject(by=world.second_authoriser, result=result, reason="x", seen=results.Seen(1, result.submitted_at))
    MrdResult.objects.filter(pk=result.pk).update(constructed=["collected_on"])
    client.force_login(world.technician)
    assert "was constructed, not measured" in page(client, result)
