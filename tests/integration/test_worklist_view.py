"""The worklist: who needs something today, for whom, in which order."""

import re
from datetime import date
from html import unescape

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from monitoring.models import Alert, ClinicalEvent, MrdSeries
from monitoring.models.choices import RoleChoice
from monitoring.queries import worklist
from monitoring.queries.worklist import Filters
from monitoring.queries.worklist_groups import Group
from tests.world import World, _person, detected, not_detected


@pytest.fixture(autouse=True)
def today(world: World):  # type: ignore[no-untyped-def]
    with time_machine.travel(world.now, tick=False):
        yield


def suspected(world: World) -> MrdSeries:
    series = world.patient()
    world.authorised(series, date(2026, 7, 1), not_detected())
    world.authorised(series, date(2026, 10, 29), detected("0.02"))
    return series


def relapsed(world: World) -> MrdSeries:
    series = suspected(world)
    world.authorised(series, date(2026, 11, 16), detected("0.093"))
    return series


def page(client: Client, world: World, **query: str) -> str:
    client.force_login(world.clinician)
    return client.get("/", query).content.decode()


def groups(world: World) -> dict[Group, list[int]]:
    world.as_person(world.clinician)
    found = worklist.read(centres=[world.centre.pk], filters=Filters(), now=world.now)
    return {section.group: [row.series_id for row in section.rows] for section in found.sections}


def test_each_series_stands_in_its_most_urgent_group(client: Client, world: World) -> None:
    urgent, waiting = relapsed(world), suspected(world)
    overdue, quiet = world.patient(), world.patient()
    world.authorised(overdue, date(2026, 5, 1), not_detected())
    world.authorised(quiet, date(2026, 11, 10), not_detected())
    page(client, world)
    found = groups(world)
    assert (found[Group.URGENT], found[Group.SUSPECTED]) == ([urgent.pk], [waiting.pk])
    assert overdue.pk in found[Group.OVERDUE]
    assert not any(quiet.pk in rows for rows in found.values())


def test_the_row_tells_the_evidence_and_the_time(client: Client, world: World) -> None:
    relapsed(world)
    suspected(world)
    shown = page(client, world)
    assert "Confirmed molecular relapse" in shown
    assert "Marrow 0.02 % → 0.093 %, day 18".replace(" %", "\u00a0%") in shown.replace(" %", "\u00a0%")
    assert "day 22 of 28, by 26 Nov" in shown


def test_an_acknowledged_alert_leaves_the_list(client: Client, world: World) -> None:
    series = relapsed(world)
    Alert.objects.filter(series=series).update(
        state="ACKNOWLEDGED", acknowledged_at=world.now, acknowledged_by=world.clinician
    )
    page(client, world)
    assert groups(world)[Group.URGENT] == []


def test_another_centre_sees_nobody(client: Client, world: World) -> None:
    relapsed(world)
    client.force_login(world.stranger)
    shown = client.get("/").content.decode()
    assert "P-0001" not in shown
    assert "No patient is followed yet." in shown


def test_the_laboratory_is_sent_to_its_own_list(client: Client, world: World) -> None:
    client.force_login(world.technician)
    assert client.get("/")["Location"] == "/laboratory/"


def test_nobody_without_signing_in(client: Client, world: World) -> None:
    assert client.get("/")["Location"].startswith("/sign-in")


def test_filters_narrow_and_nonsense_narrows_nothing(client: Client, world: World) -> None:
    relapsed(world)
    assert "P-0001" in page(client, world, q="p-00")
    assert "P-0001" not in page(client, world, q="p%1")
    assert "Nobody on the list fits." in page(client, world, q="P-9")
    assert "P-0001" in page(client, world, group="nonsense", after="x", marker="BCR::ABL1")
    assert "P-0001" not in page(client, world, marker="CBFB::MYH11")


def the_rest(client: Client, world: World) -> str:
    """The address behind "Show the rest of ..."."""
    found = re.search(r'<a href="(\?group=[^"]+)">Show the rest of', page(client, world))
    assert found
    return unescape(found[1])


def listed_at(client: Client, world: World, address: str) -> list[str]:
    client.force_login(world.clinician)
    return re.findall(r">(P-\d{4})</a>", client.get(f"/{address}").content.decode())


def test_who_is_answered_while_one_reads_takes_nobody_off_the_rest(client: Client, world: World) -> None:
    """Eight are overdue, five stand on the first page: a sample of one of these comes before the rest is opened."""
    followed = [world.patient(end_of_treatment=date(2026, 3, 1 + n)) for n in range(8)]
    for each, on in zip(followed, (date(2026, 3, 1 + n) for n in range(8)), strict=True):
        world.authorised(each, on, not_detected())
    names = [each.patient.pseudonym for each in followed]
    rest = the_rest(client, world)
    assert listed_at(client, world, rest) == names[5:]
    world.authorised(followed[1], date(2026, 11, 19), not_detected())
    assert listed_at(client, world, rest) == names[5:]
    assert listed_at(client, world, the_rest(client, world)) == names[6:]
    for each in followed[5:]:
        world.authorised(each, date(2026, 11, 19), not_detected())
    client.force_login(world.clinician)
    left = client.get(f"/{rest}").content.decode()
    assert "Nobody stands here any more." in left
    assert "From the beginning of this group" in left


@pytest.mark.parametrize("after", ["5", "0.0.0.0", "a.b.c", f"0.{10**18}.1", "0.1.1 OR 1=1", "-1.0.0", "0.١.1"])
def test_a_place_that_is_none_begins_at_the_beginning(client: Client, world: World, after: str) -> None:
    relapsed(world)
    assert "P-0001" in page(client, world, group="urgent", after=after)


def test_a_new_sample_waiting_for_its_signature_is_said(client: Client, world: World) -> None:
    series = suspected(world)
    world.submitted(series, date(2026, 11, 16), detected("0.093"))
    assert "sample of 16 Nov 2026 is measured, not yet authorised" in page(client, world)


def test_a_death_ends_the_alerts_at_once_without_a_worker(client: Client, world: World) -> None:
    series = relapsed(world)
    world.as_person(world.clinician)
    ClinicalEvent.objects.create(patient=series.patient, kind="DEATH", happened_on=date(2026, 11, 18))
    assert "Nobody needs anything today." in page(client, world)
    world.as_person(world.clinician)
    assert set(Alert.objects.filter(series=series).values_list("state", flat=True)) == {"RESOLVED"}


def test_it_is_french_for_a_french_reader(client: Client, world: World) -> None:
    relapsed(world)
    client.force_login(world.clinician)
    shown = client.get("/", headers={"accept-language": "fr"}).content.decode()
    assert '<html lang="fr">' in shown
    assert "0,093" in shown


def test_the_number_of_queries_is_the_same_at_1_and_at_200_rows(client: Client, world: World) -> None:
    crowded = [(date(2026, 7, 1), None), (date(2026, 10, 29), "0.02")]
    world.crowd(1, crowded)
    client.force_login(world.clinician)
    client.get("/")
    with CaptureQueriesContext(connection) as at_1:
        client.get("/")
    world.crowd(199, crowded)
    client.get("/")
    with CaptureQueriesContext(connection) as at_200:
        client.get("/")
    assert len(at_200) == len(at_1)
    assert groups(world)[Group.SUSPECTED]


def test_an_administrator_is_sent_to_the_centre(client: Client, world: World) -> None:
    client.force_login(_person("administrator", RoleChoice.ADMINISTRATOR, world.centre))
    assert client.get("/")["Location"] == "/centres/own/"
    assert 'href="/machines/"' in client.get("/centres/own/", follow=True).content.decode()
