"""What is taken out of a record is what the person saw: corrected by somebody else meanwhile, it stays."""

import re
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.test import Client

from monitoring.models import (
    AdverseEvent,
    Baseline,
    BloodCount,
    ClinicalEvent,
    DoseChange,
    MrdSeries,
    MutationFinding,
    Transfusion,
    Treatment,
    VenetoclaxCycle,
)
from tests.integration.rest_api import Api
from tests.patient_page import cycle
from tests.world import World

DAY = date(2026, 10, 6)
# what the other person corrects, by what is removed
CORRECTED: dict[str, dict[str, Any]] = {
    "events": {"detail": "second remission"}, "findings": {"variant": "R882C"}, "treatments": {"regimen": "FLAG-Ida"},
    "cycles": {"dose_mg": 200}, "dose-changes": {"because": "cytopenia"}, "adverse-events": {"grade": 4},
    "counts": {"platelets": Decimal(44)}, "transfusions": {"units": 3},
}  # fmt: skip
ADDRESS_OF_REST = {"counts": "blood-counts"}


@pytest.fixture(autouse=True)
def today(world: World) -> Iterator[None]:
    with time_machine.travel(world.now, tick=True):
        yield


@pytest.fixture
def series(world: World) -> MrdSeries:
    return world.patient()


@pytest.fixture
def rows(world: World, series: MrdSeries) -> dict[str, Any]:
    """One row of each kind, of one patient."""
    given = cycle(world, series, 1, date(2026, 10, 1))
    world.as_person(world.clinician)
    patient = series.patient
    return {
        "events": ClinicalEvent.objects.create(patient=patient, kind="REMISSION", happened_on=DAY),
        "findings": MutationFinding.objects.create(patient=patient, gene="DNMT3A", status="PRESENT", found_on=DAY),
        "treatments": Treatment.objects.get(kind="FIRST_LINE"),
        "cycles": given,
        "dose-changes": DoseChange.objects.create(
            cycle=given, patient=patient, kind="HOLD", starts_on=DAY, because="fever"
        ),
        "adverse-events": AdverseEvent.objects.create(patient=patient, term="Nausea", grade=2, starts_on=DAY),
        "counts": BloodCount.objects.create(patient=patient, measured_on=DAY, neutrophils=Decimal("0.4")),
        "transfusions": Transfusion.objects.create(patient=patient, given_on=DAY, product="PLATELETS", units=2),
    }


def corrected(row: Any, changes: dict[str, Any]) -> None:
    assert type(row).objects.filter(pk=row.pk).update(**changes) == 1


def seen_on(client: Client, address: str) -> str:
    found = re.search(r'name="seen" value="([^"]+)"', client.get(address).content.decode())
    assert found
    return found[1]


@pytest.mark.parametrize("kind", CORRECTED)
def test_the_page_takes_out_only_what_it_showed(client: Client, world: World, rows: dict[str, Any], kind: str) -> None:
    row, address = rows[kind], f"/{kind}/{rows[kind].pk}/remove/"
    client.force_login(world.clinician)
    seen = seen_on(client, address)
    world.as_person(world.clinician)
    corrected(row, CORRECTED[kind])
    refused = client.post(address, {"reason": "another patient", "seen": seen})
    assert (refused.status_code, "Somebody has changed this meanwhile." in refused.content.decode()) == (409, True)
    assert "another patient" in refused.content.decode()
    world.as_person(world.clinician)
    assert type(row).objects.filter(pk=row.pk, **CORRECTED[kind]).exists()
    if kind == "cycles":  # its hold is on record, and goes with it
        assert DoseChange.objects.exists()
    assert client.post(address, {"reason": "another patient", "seen": seen_on(client, address)}).status_code == 302
    world.as_person(world.clinician)
    assert not type(row).objects.filter(pk=row.pk).exists()


@pytest.mark.parametrize("kind", CORRECTED)
def test_rest_takes_out_only_what_was_seen(world: World, rows: dict[str, Any], kind: str) -> None:
    row, api = rows[kind], Api(world, world.clinician)
    one = f"{ADDRESS_OF_REST.get(kind, kind)}/{row.pk}/"
    tag, seen = api.get(one)["ETag"], api.get(one).json()["recorded_at"]
    corrected(row, CORRECTED[kind])
    assert api.send("delete", one, {"reason": "another patient"}, If_Match=tag).status_code == 412
    assert api.send("delete", one, {"reason": "another patient", "seen": seen}).status_code == 409
    assert type(row).objects.filter(pk=row.pk, **CORRECTED[kind]).exists()
    now_seen = api.get(one).json()["recorded_at"]
    assert api.send("delete", one, {"reason": "another patient", "seen": now_seen}).status_code == 204
    assert not type(row).objects.filter(pk=row.pk).exists()


def test_a_level_at_diagnosis_too(client: Client, world: World, series: MrdSeries) -> None:
    client.force_login(world.clinician)
    address = f"/markers/{series.pk}/diagnosis/BM/remove/"
    seen = seen_on(client, address)
    world.as_person(world.clinician)
    corrected(Baseline.objects.get(), {"pct_abl1": Decimal(900)})
    assert client.post(address, {"reason": "slip", "seen": seen}).status_code == 409
    world.as_person(world.clinician)
    assert Baseline.objects.get().pct_abl1 == 900


def test_a_cycle_that_somebody_else_took_out_is_not_there(client: Client, world: World, rows: dict[str, Any]) -> None:
    client.force_login(world.clinician)
    address = f"/cycles/{rows['cycles'].pk}/remove/"
    typed = {"reason": "slip", "seen": seen_on(client, address)}
    assert client.post(address, typed).status_code == 302
    assert client.post(address, typed).status_code == 404
    world.as_person(world.clinician)
    assert not VenetoclaxCycle.objects.exists()
