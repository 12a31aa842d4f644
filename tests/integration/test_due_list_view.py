"""The list of what is due: confirming samples first, overdue, due within some days, and what was missed."""

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from monitoring.actions import recompute, treatments
from monitoring.models import MrdSeries
from monitoring.models.choices import MarkerChoice, TreatmentKindChoice
from monitoring.queries import due_list
from monitoring.queries.due_list import Asked, Standing
from tests.world import World, detected, not_detected

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def today(world: World) -> Iterator[None]:
    """The day of the world: pages and commands ask the clock."""
    with time_machine.travel(world.now, tick=True):
        yield


def taken(world: World, on: date, tissue: str = "BM", **about: Any) -> MrdSeries:
    series = world.patient(end_of_treatment=on, **about)
    world.authorised(series, on, not_detected(), tissue)
    return series


def listed(world: World, **asked: Any) -> due_list.DueList:
    world.as_person(world.clinician)
    recompute.drain_pending(now=world.now)
    return due_list.read(centres=[world.centre.pk], asked=Asked(**asked), now=world.now)


def names(found: due_list.DueList) -> list[str]:
    return [row.pseudonym for row in found.rows]


def test_confirming_samples_stand_first_then_overdue_then_due(world: World) -> None:
    soon = taken(world, date(2026, 8, 30))  # due 29 November
    overdue = taken(world, date(2026, 7, 30))  # due 29 October
    taken(world, date(2026, 11, 1))  # due in January
    relapse = taken(world, date(2026, 8, 1))
    world.authorised(relapse, date(2026, 11, 10), detected("0.05"))
    found = listed(world)
    assert names(found) == [each.patient.pseudonym for each in (relapse, overdue, soon)]
    assert list(found.counts.values()) == [3, 1, 1, 1]
    assert names(listed(world, standing=Standing.OVERDUE)) == [overdue.patient.pseudonym]
    assert len(listed(world, within_days=91).rows) == 4


def test_tissue_marker_and_centre_narrow_it(world: World) -> None:
    marrow = taken(world, date(2026, 8, 10))
    blood = world.patient(marker=MarkerChoice.CBFB_MYH11, mutation_type="A", end_of_treatment=date(2026, 10, 15))
    assert names(listed(world, marker="NPM1")) == [marrow.patient.pseudonym]
    assert names(listed(world, tissue="PB", marker="CBFB::MYH11")) == [blood.patient.pseudonym]
    assert marrow.patient.pseudonym not in names(listed(world, tissue="PB", marker="CBFB::MYH11"))
    assert names(listed(world, tissue="BM", marker="NPM1")) == [marrow.patient.pseudonym]
    assert len(listed(world, centre_id=world.elsewhere.pk).rows) == 2  # not a centre of this person: narrows nothing


def test_a_date_whose_time_is_over_is_listed_as_missed_and_stays(client: Client, world: World) -> None:
    series = taken(world, date(2026, 1, 5))
    treatments.start(
        by=world.clinician, patient=series.patient, kind=TreatmentKindChoice.PRE_EMPTIVE, regimen="Ven-Aza",
        starts_on=date(2026, 4, 1), ends_on=None, now=world.now,
    )  # fmt: skip
    found = listed(world, standing=Standing.MISSED)
    assert names(found) == [series.patient.pseudonym]
    assert {due.rule.value for due in found.rows[0].missed} == {"AFTER_VENETOCLAX_CYCLE"}
    world.authorised(series, date(2026, 11, 18), not_detected())
    assert names(listed(world, standing=Standing.MISSED)) == [series.patient.pseudonym]
    client.force_login(world.clinician)
    page = client.get(reverse("schedule") + "?show=missed").content.decode()
    assert "After venetoclax cycle 1" in page


def test_what_was_missed_stands_on_the_row_of_the_worklist(client: Client, world: World) -> None:
    series = taken(world, date(2026, 1, 5))
    treatments.start(
        by=world.clinician, patient=series.patient, kind=TreatmentKindChoice.PRE_EMPTIVE, regimen="Ven-Aza",
        starts_on=date(2026, 4, 1), ends_on=None, now=world.now,
    )  # fmt: skip
    client.force_login(world.clinician)
    page = client.get(reverse("worklist")).content.decode()
    assert "Missed:" in page
    assert "after venetoclax cycle 1" in page


def test_pages_follow_one_another_without_gap_or_repeat(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(due_list, "PAGE", 4)
    world.crowd(6, [(date(2026, 8, 10), None)])
    taken(world, date(2026, 7, 1))
    world.crowd(3, [(date(2026, 8, 25), None)])
    seen: list[str] = []
    after = None
    while True:
        found = listed(world, after=after)
        seen += names(found)
        after = found.next_place
        if after is None:
            break
    assert len(seen) == len(set(seen)) == found.counts[Standing.ALL]
    assert seen[0] == "P-0001"


def test_the_page_calls_in_words_and_can_be_narrowed(client: Client, world: World) -> None:
    series = taken(world, date(2026, 7, 30))
    client.force_login(world.clinician)
    page = client.get(reverse("schedule") + "?show=all&within=7&tissue=BM&marker=NPM1&after=nonsense").content.decode()
    assert series.patient.pseudonym in page
    assert "days overdue" in page
    assert "Called on, by" in page


def test_the_laboratory_and_another_centre_see_nothing(client: Client, world: World) -> None:
    series = taken(world, date(2026, 7, 30))
    client.force_login(world.technician)
    assert client.get(reverse("schedule")).status_code == 403
    client.force_login(world.stranger)
    assert series.patient.pseudonym not in client.get(reverse("schedule")).content.decode()


def test_the_list_costs_the_same_for_one_and_for_many(client: Client, world: World) -> None:
    client.force_login(world.clinician)
    counts = []
    for size in (1, 9):
        world.crowd(size, [(date(2026, 8, 10), None)])
        client.get(reverse("schedule"))
        with CaptureQueriesContext(connection) as captured:
            client.get(reverse("schedule"))
        counts.append(len(captured))
    assert counts[0] == counts[1]
