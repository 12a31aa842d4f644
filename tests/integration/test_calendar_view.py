"""The calendar of what is due: a secret address, pseudonyms only, entries that keep their name when they move."""

import re
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.urls import reverse
from icalendar import Calendar

from monitoring.actions import calendar_feeds, intervals
from monitoring.models import CalendarFeed, Membership, MrdSeries
from tests.world import World, detected, not_detected

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def today(world: World) -> Iterator[None]:
    """The day of the world: pages and commands ask the clock."""
    with time_machine.travel(world.now, tick=True):
        yield


def address_of(client: Client, world: World) -> str:
    """Make an address on the page, as a person does."""
    client.force_login(world.clinician)
    page = client.post(reverse("calendar-create", args=[world.centre.pk])).content.decode()
    found = re.search(r'value="http://testserver(/calendar/[\w-]+\.ics)"', page)
    assert found is not None
    client.logout()
    return found[1]


def signed_out(world: World) -> None:
    """Leave no scope behind: a calendar program is nobody."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('app.centres', '', true), set_config('app.actor', '', true)")


def read(client: Client, world: World, address: str) -> list[Any]:
    signed_out(world)
    answer = client.get(address)
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "text/calendar; charset=utf-8"
    return list(Calendar.from_ical(answer.content).walk("VEVENT"))


def due_in_november(world: World) -> MrdSeries:
    series = world.patient(end_of_treatment=date(2026, 8, 10))
    world.authorised(series, date(2026, 8, 10), not_detected())
    return series


def suspected(world: World) -> MrdSeries:
    series = world.patient()
    world.authorised(series, date(2026, 8, 1), not_detected())
    world.authorised(series, date(2026, 11, 10), detected("0.05"))
    return series


def test_confirming_samples_stand_first_and_nothing_but_pseudonyms_is_told(client: Client, world: World) -> None:
    routine, relapse = due_in_november(world), suspected(world)
    patient = relapse.patient
    patient.family_name, patient.hospital_number = "Marchand", "H-99"
    patient.save()
    address = address_of(client, world)
    events = read(client, world, address)
    assert str(events[0]["summary"]) == f"Confirming sample: {patient.pseudonym}, Marrow or blood"
    assert (events[0].decoded("dtstart"), events[0].decoded("dtend")) == (date(2026, 11, 24), date(2026, 12, 9))
    (usual,) = [each for each in events if routine.patient.pseudonym in str(each["summary"])]
    assert usual.decoded("dtstart") == date(2026, 11, 9)
    assert "grace to 23 Nov 2026" in str(usual["description"])
    text = client.get(address).content.decode()
    assert "METHOD:PUBLISH" in text
    assert "REFRESH-INTERVAL;VALUE=DURATION:PT6H" in text
    assert "Marchand" not in text
    assert "H-99" not in text


def test_an_entry_keeps_its_name_when_it_moves_and_a_new_sample_is_a_new_entry(client: Client, world: World) -> None:
    series = due_in_november(world)
    address = address_of(client, world)
    (before,) = read(client, world, address)
    world.as_person(world.clinician)
    intervals.set_for_patient(by=world.clinician, patient=series.patient, name="marrow_days", days="100", because="x")
    (moved,) = read(client, world, address)
    assert moved["uid"] == before["uid"]
    assert moved.decoded("dtstart") == date(2026, 11, 18)
    assert int(moved["sequence"]) > int(before["sequence"])
    assert moved.decoded("last-modified") >= before.decoded("last-modified")
    world.authorised(series, date(2026, 11, 18), not_detected())
    (following,) = read(client, world, address)
    assert following["uid"] != moved["uid"]


def test_an_unchanged_calendar_is_not_sent_again(client: Client, world: World) -> None:
    due_in_november(world)
    address = address_of(client, world)
    signed_out(world)
    first = client.get(address)
    again = client.get(address, headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["ETag"] == first.headers["ETag"]


def test_it_speaks_the_persons_language(client: Client, world: World) -> None:
    suspected(world)
    world.clinician.language = "fr"
    world.clinician.save()
    (event, *_rest) = read(client, world, address_of(client, world))
    assert "moelle" in str(event["summary"]).lower()


def test_a_wrong_or_revoked_secret_and_a_person_who_left_get_nothing(client: Client, world: World) -> None:
    due_in_november(world)
    address = address_of(client, world)
    assert client.get("/calendar/guessed.ics").status_code == 404
    world.as_person(world.clinician)
    Membership.objects.filter(user=world.clinician).update(ends_on=date(2021, 1, 1))
    signed_out(world)
    assert client.get(address).status_code == 404
    Membership.objects.filter(user=world.clinician).update(ends_on=None)
    assert client.get(address).status_code == 200
    world.as_person(world.clinician)
    row = CalendarFeed.objects.get()
    assert row.last_read_at is not None
    client.force_login(world.clinician)
    assert client.post(reverse("calendar-revoke", args=[row.pk])).status_code == 302
    assert client.post(reverse("calendar-revoke", args=[row.pk])).status_code == 409
    client.logout()
    signed_out(world)
    assert client.get(address).status_code == 404


def test_a_new_address_replaces_the_old_one_and_only_its_digest_is_kept(client: Client, world: World) -> None:
    first, second = address_of(client, world), address_of(client, world)
    signed_out(world)
    assert (client.get(first).status_code, client.get(second).status_code) == (404, 200)
    world.as_person(world.clinician)
    secret = second.removeprefix("/calendar/").removesuffix(".ics")
    row = CalendarFeed.objects.get(revoked_at=None)
    assert row.digest == calendar_feeds.digest_of(secret)
    assert secret not in row.digest


def test_row_level_security_keeps_the_calendar_within_its_centre(client: Client, world: World) -> None:
    due_in_november(world)
    client.force_login(world.stranger)
    page = client.post(reverse("calendar-create", args=[world.elsewhere.pk])).content.decode()
    (address,) = re.findall(r'value="http://testserver(/calendar/[\w-]+\.ics)"', page)
    assert client.post(reverse("calendar-create", args=[world.centre.pk])).status_code == 404
    client.logout()
    assert read(client, world, address) == []


def test_the_laboratory_has_no_calendar(client: Client, world: World) -> None:
    client.force_login(world.technician)
    assert client.get(reverse("calendar")).status_code == 403
    assert client.post(reverse("calendar-create", args=[world.centre.pk])).status_code == 403


def test_a_feed_costs_the_same_number_of_queries_for_many(
    client: Client, world: World, django_assert_num_queries: Any
) -> None:
    address = address_of(client, world)
    counts = []
    for _round in range(2):
        world.crowd(3, [(date(2026, 8, 10), None)])
        read(client, world, address)  # computes what waits
        signed_out(world)
        with django_assert_num_queries(30, exact=False) as captured:
            client.get(address)
        counts.append(len(captured))
    assert counts[0] == counts[1]
