"""The worklist taken out: as many rows as the screen says, in its order, and written down."""

import csv
import io
from datetime import date

import pytest
import time_machine
from django.test import Client

from monitoring.models import AuditEntry, ReadEntry, SavedView
from tests.world import World, detected, not_detected

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def today(world: World):  # type: ignore[no-untyped-def]
    with time_machine.travel(world.now, tick=False):
        yield


def story(world: World) -> None:
    for days in (
        [(date(2026, 7, 1), None), (date(2026, 10, 29), "0.02")],
        [(date(2026, 7, 1), None), (date(2026, 10, 29), "0.02"), (date(2026, 11, 16), "0.093")],
        [(date(2026, 5, 1), None)],
        [(date(2026, 11, 10), None)],
    ):
        series = world.patient()
        for on, value in days:
            world.authorised(series, on, detected(value) if value else not_detected())


def exported(client: Client, world: World, **query: str) -> list[dict[str, str]]:
    client.force_login(world.clinician)
    content = client.get("/worklist/export.csv", query).content.decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(content, newline="")))


def test_it_has_the_rows_and_the_order_of_the_screen(client: Client, world: World) -> None:
    story(world)
    rows = exported(client, world)
    assert [row["Patient"] for row in rows] == ["P-0002", "P-0001", "P-0003"]
    assert [row["State, code"] for row in rows] == ["CONFIRMED", "SUSPECTED", "NEGATIVE"]
    assert rows[0]["Urgency"] == "1"
    assert f"Export {len(rows)} rows" in client.get("/").content.decode()


def test_it_is_narrowed_as_the_screen_is(client: Client, world: World) -> None:
    story(world)
    assert [row["Patient"] for row in exported(client, world, group="suspected")] == ["P-0001"]
    assert exported(client, world, marker="CBFB::MYH11") == []


def test_it_holds_more_than_a_page(client: Client, world: World) -> None:
    world.crowd(70, [(date(2026, 5, 1), None)])
    assert len(exported(client, world)) == 70


def test_who_took_it_is_written_down(client: Client, world: World) -> None:
    story(world)
    exported(client, world, group="urgent")
    world.as_person(world.clinician)
    entry = AuditEntry.objects.get(action="export.worklist.csv")
    assert entry.after == {"filters": "group=urgent", "rows": 1}
    assert ReadEntry.objects.filter(channel="export").count() == 1


def test_strangers_and_the_laboratory_get_nothing(client: Client, world: World) -> None:
    story(world)
    client.force_login(world.stranger)
    assert "P-0002" not in client.get("/worklist/export.csv").content.decode()
    client.force_login(world.technician)
    assert client.get("/worklist/export.csv").status_code == 403
    client.force_login(world.clinician)
    assert client.get("/worklist/export.exe").status_code == 404


def test_a_view_of_the_worklist_is_kept(client: Client, world: World) -> None:
    story(world)
    client.force_login(world.clinician)
    client.post("/views/save/", {"page": "worklist", "name": "Mine, urgent", "query": "group=urgent&whose=mine"})
    world.as_person(world.clinician)
    assert SavedView.objects.get().page == "worklist"
    assert 'href="/?group=urgent&amp;whose=mine"' in client.get("/").content.decode()
