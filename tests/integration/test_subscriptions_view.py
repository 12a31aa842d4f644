"""The page of subscriptions: per centre, what needs a person first; turned off and begun again by who may."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from monitoring.models import ApiClient, AuditEntry, Centre, Subscription
from tests.integration.subscribing import TOPIC
from tests.machines import machine
from tests.world import World

PAGE = "/centre/subscriptions/"


@pytest.fixture(autouse=True)
def today(world: World) -> Iterator[None]:
    with time_machine.travel(world.now, tick=False):
        yield


@pytest.fixture
def ehr(world: World) -> ApiClient:
    return machine(world).client


@pytest.fixture
def lead(client: Client, world: World, ehr: ApiClient) -> Client:
    Centre.objects.filter(pk=world.centre.pk).update(lead=world.clinician)
    world.as_person(world.clinician)
    client.force_login(world.clinician)
    return client


def subscription(world: World, ehr: ApiClient, status: str = "active", **more: object) -> Subscription:
    world.as_person(world.clinician)
    return Subscription.objects.create(
        client=ehr, centre=ehr.centre, topic=TOPIC, endpoint="https://ehr.example/hook", status=status,
        headers=["sealed"], **more,
    )  # fmt: skip


def test_what_is_in_error_stands_first_with_its_reason(world: World, lead: Client, ehr: ApiClient) -> None:
    subscription(world, ehr)
    subscription(world, ehr, "error", error="HTTP 410")
    answer = lead.get(PAGE)
    assert [row.status for row in answer.context["found"]] == ["error", "active"]
    page = answer.content.decode()
    assert "in error: nothing is sent" in page
    assert "The receiver answered that it is gone (410)." in page
    assert "sealed" not in page


def test_it_is_turned_off_and_begun_again(world: World, lead: Client, ehr: ApiClient) -> None:
    row = subscription(world, ehr, "error", error="HTTP 503", attempts=5)
    lead.post(f"{PAGE}{row.pk}/again/", {"version": row.version})
    world.as_person(world.clinician)
    row.refresh_from_db()
    assert (row.status, row.error, row.attempts) == ("requested", "", 0)
    lead.post(f"{PAGE}{row.pk}/off/", {"version": row.version})
    world.as_person(world.clinician)
    row.refresh_from_db()
    assert row.status == "off"
    audited = AuditEntry.objects.filter(subject_type="subscription").order_by("pk")
    assert [entry.action for entry in audited] == ["subscription.begin_again", "subscription.turn_off"]
    assert "sealed" not in str(list(audited.values()))


def test_who_saw_another_version_changes_nothing(world: World, lead: Client, ehr: ApiClient) -> None:
    row = subscription(world, ehr)
    page = lead.post(f"{PAGE}{row.pk}/off/", {"version": row.version + 1}, follow=True).content.decode()
    assert "This subscription has changed meanwhile." in page
    world.as_person(world.clinician)
    row.refresh_from_db()
    assert row.status == "active"


def test_what_is_over_is_not_begun_again(world: World, lead: Client, ehr: ApiClient) -> None:
    row = subscription(world, ehr, "off", ends_at=world.now - timedelta(days=1))
    assert not lead.get(PAGE).context["found"][0].can_begin_again
    page = lead.post(f"{PAGE}{row.pk}/again/", {"version": row.version}, follow=True).content.decode()
    assert "the time of this subscription is over" in page


def test_only_who_looks_after_the_centre_sees_them(world: World, client: Client, ehr: ApiClient) -> None:
    row = subscription(world, ehr)
    client.force_login(world.technician)
    assert client.get(PAGE).status_code == 403
    client.force_login(world.stranger)
    Centre.objects.filter(pk=world.elsewhere.pk).update(lead=world.stranger)
    assert client.get(PAGE).context["found"] == ()
    assert client.post(f"{PAGE}{row.pk}/off/", {"version": 1}).status_code == 404


def test_the_same_work_for_one_row_and_many(world: World, lead: Client, ehr: ApiClient) -> None:
    subscription(world, ehr)
    lead.get(PAGE)
    with CaptureQueriesContext(connection) as one:
        lead.get(PAGE)
    for _ in range(20):
        subscription(world, ehr)
    with CaptureQueriesContext(connection) as many:
        lead.get(PAGE)
    assert len(many) == len(one)
