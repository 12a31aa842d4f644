"""Dose notes: live in the form, read back before recording, beside the cycle with their sources; they never forbid."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.test import Client

from monitoring.actions import blood_counts, dose_changes
from monitoring.models import AuditEntry, BloodCount, DoseChange, MrdSeries, Transfusion, VenetoclaxCycle
from tests.patient_page import cycle, shown
from tests.world import World

TYPED = {
    "number": "1", "starts_on": "2026-10-05", "ends_on": "2026-11-01", "dose_mg": "400", "planned_days": "14",
    "partner_drug": "AZACITIDINE", "cyp3a4": "POSACONAZOLE", "cyp3a4_drug": "posaconazole", "regimen": "VEN-AZA",
}  # fmt: skip


@pytest.fixture(autouse=True)
def today(world: World):  # type: ignore[no-untyped-def]
    with time_machine.travel(world.now, tick=False):
        yield


@pytest.fixture
def series(world: World) -> MrdSeries:
    found = world.patient()
    world.as_person(world.clinician)
    return found


def sent(client: Client, world: World, series: MrdSeries, live: bool = False, **changes: str) -> Any:
    client.force_login(world.clinician)
    headers = {"HX-Request": "true"} if live else {}
    answer: Any = client.post(f"/patients/{series.patient_id}/cycles/add/", TYPED | changes, headers=headers)
    world.as_person(world.clinician)
    return answer


def test_warnings_are_answered_while_typing_and_nothing_is_written(
    client: Client, world: World, series: MrdSeries
) -> None:
    html = sent(client, world, series, live=True).content.decode()
    assert "400 mg a day beside posaconazole: at most 100 mg beside a strong CYP3A4 inhibitor." in html
    assert "the US label gives 70 mg, the EU label 100 mg or less" in html
    assert "Venclexta, US prescribing information" in html
    assert "By plan and holds: 14 days." in html
    assert not VenetoclaxCycle.objects.exists()


def test_warnings_are_read_back_once_and_then_recorded_as_prescribed(
    client: Client, world: World, series: MrdSeries
) -> None:
    first = sent(client, world, series)
    assert first.status_code == 200
    assert "Read this before it is recorded" in first.content.decode()
    assert not VenetoclaxCycle.objects.exists()
    second = sent(client, world, series, notes_seen=first.context["notes_seen"])
    assert second.status_code == 302
    assert VenetoclaxCycle.objects.get().dose_mg == 400


def test_other_warnings_than_those_read_are_read_again(client: Client, world: World, series: MrdSeries) -> None:
    first = sent(client, world, series)
    assert sent(client, world, series, dose_mg="600", notes_seen=first.context["notes_seen"]).status_code == 200
    assert not VenetoclaxCycle.objects.exists()


def test_a_cycle_without_a_warning_is_recorded_at_once(client: Client, world: World, series: MrdSeries) -> None:
    assert sent(client, world, series, cyp3a4="", cyp3a4_drug="").status_code == 302


def test_the_name_of_a_drug_chooses_the_class_once_and_says_so(client: Client, world: World, series: MrdSeries) -> None:
    first = sent(client, world, series, cyp3a4="", cyp3a4_drug="fluconazole")
    html = first.content.decode()
    assert 'value="MODERATE_INHIBITOR" selected' in html
    assert "400 mg a day beside fluconazole" in html
    again = sent(client, world, series, cyp3a4="", cyp3a4_drug="fluconazole", class_proposed_for="fluconazole")
    assert "Fluconazole is a moderate inhibitor of CYP3A4; another class is chosen." in again.content.decode()


def test_holds_give_the_days_and_disagreement_is_told_beside_the_cycle(
    client: Client, world: World, series: MrdSeries
) -> None:
    row = cycle(world, series, 1, date(2026, 10, 5), dose_mg=400, planned_days=14, given_days=14)
    hold = DoseChange(kind="HOLD", starts_on=date(2026, 10, 12), ends_on=date(2026, 10, 14), because="neutropenia")
    dose_changes.record(by=world.clinician, cycle=row, change=hold)
    page = shown(client, world, series)
    assert "held 12 Oct to 14 Oct 2026: neutropenia" in page
    assert "14 of 14 by holds 11" in page
    assert "14 days given are on record; days planned and holds give 11." in page
    client.force_login(world.clinician)
    assert "By plan and holds: 11 days." in client.get(f"/cycles/{row.pk}/").content.decode()


def test_long_cytopenia_is_a_hint_for_the_next_cycle(client: Client, world: World, series: MrdSeries) -> None:
    cycle(world, series, 1, date(2026, 9, 7), dose_mg=400, planned_days=28, partner_drug="AZACITIDINE")
    values = [(7, "2.5"), (20, "0.4"), (25, "0.2"), (29, "0.7")]
    counts = [BloodCount(measured_on=date(2026, 9, day), neutrophils=Decimal(value)) for day, value in values]
    blood_counts.record_all(by=world.clinician, patient=series.patient, counts=counts, now=world.now)
    answer = sent(client, world, series, live=True, number="2", planned_days="28", cyp3a4="", cyp3a4_drug="")
    html = answer.content.decode()
    assert "the label delays this one until grade 2 or better. By the latest count it is grade 3." in html
    recorded = sent(client, world, series, number="2", planned_days="28", cyp3a4="", cyp3a4_drug="")
    assert recorded.status_code == 302  # a hint asks for nothing


def test_a_cycle_is_removed_with_a_reason_and_what_happened_stays(
    client: Client, world: World, series: MrdSeries
) -> None:
    row = cycle(world, series, 1, date(2026, 10, 5))
    Transfusion.objects.create(
        patient=series.patient, cycle=row, product="PLATELETS", units=1, given_on=date(2026, 10, 9)
    )
    client.force_login(world.clinician)
    refused = client.post(f"/cycles/{row.pk}/remove/", {"reason": " "})
    assert (refused.status_code, "Say why it is removed." in refused.content.decode()) == (422, True)
    world.as_person(world.clinician)
    assert VenetoclaxCycle.objects.exists()
    assert client.post(f"/cycles/{row.pk}/remove/", {"reason": "of another patient"}).status_code == 302
    world.as_person(world.clinician)
    assert not VenetoclaxCycle.objects.exists()
    assert Transfusion.objects.get().cycle is None
    assert not series.patient.treatments.filter(kind="PRE_EMPTIVE").exists()
    assert AuditEntry.objects.get(action="venetoclaxcycle.remove").reason == "of another patient"


def test_a_cycle_that_somebody_changed_meanwhile_is_not_overwritten(
    client: Client, world: World, series: MrdSeries
) -> None:
    row = cycle(world, series, 1, date(2026, 10, 5), dose_mg=100)
    typed = TYPED | {"dose_mg": "70", "reason": "slip", "seen": "2020-01-01T00:00:00+00:00"}
    client.force_login(world.clinician)
    answer = client.post(f"/cycles/{row.pk}/", typed)
    assert answer.status_code == 409
    assert "Somebody has changed this meanwhile." in answer.content.decode()
    world.as_person(world.clinician)
    row.refresh_from_db()
    assert row.dose_mg == 100
