"""The endpoints of a centre: added with a key that is shown once, given a new one, switched, tried."""

from collections.abc import Iterator

import pytest
import time_machine
from django.test import Client
from pytest_django import Settings

from monitoring.models import AuditEntry, Centre, Membership, WebhookEndpoint
from monitoring.models.choices import RoleChoice
from tests.integration.receiving import Receiver, is_signed, receiving
from tests.world import World, _person

PAGE = "/centre/webhooks/"


@pytest.fixture(autouse=True)
def today(world: World) -> Iterator[None]:
    with time_machine.travel(world.now, tick=False):
        yield


@pytest.fixture
def receiver(settings: Settings) -> Iterator[Receiver]:
    with receiving() as started:
        settings.WEBHOOK_ALLOW = [f"127.0.0.1:{started.port}"]
        yield started


@pytest.fixture
def lead(client: Client, world: World) -> Client:
    """The lead of Northfield, signed in."""
    Centre.objects.filter(pk=world.centre.pk).update(lead=world.clinician)
    client.force_login(world.clinician)
    return client


def key_in(page: str) -> str:
    return page.split('<code class="key">')[1].split("</code>")[0]


def added(world: World, lead: Client, receiver: Receiver) -> tuple[WebhookEndpoint, str]:
    answer = lead.post(PAGE, {"name": "Hospital record", "url": receiver.url})
    assert answer.status_code == 200
    world.as_person(world.clinician)
    return WebhookEndpoint.objects.get(), key_in(answer.content.decode())


def test_an_endpoint_is_added_and_its_key_shown_this_once(world: World, lead: Client, receiver: Receiver) -> None:
    endpoint, key = added(world, lead, receiver)
    assert key.startswith("whsec_")
    page = lead.get(PAGE).content.decode()
    assert "Hospital record" in page
    assert key not in page
    world.as_person(world.clinician)
    entry = AuditEntry.objects.get(action="webhook.add", subject_id=endpoint.pk)
    assert key not in str(entry.after)


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"url": "http://ehr.example/"}, "Only https:// addresses are taken"),
        ({"url": "https://10.0.0.7/"}, "lies in a network that webhooks may not reach"),
        ({"url": "https://169.254.169.254/latest/"}, "lies in a network that webhooks may not reach"),
        ({"url": "https://user:secret@ehr.example/"}, "has no place in this address"),
        ({"name": ""}, "required"),
    ],
)
def test_what_cannot_be_is_refused_and_stays_typed(
    world: World, lead: Client, receiver: Receiver, typed: dict[str, str], sentence: str
) -> None:
    fields = {"name": "Hospital record", "url": receiver.url} | typed
    answer = lead.post(PAGE, fields)
    page = answer.content.decode()
    assert (answer.status_code, sentence in page) == (422, True)
    assert all(value in page for value in typed.values())
    world.as_person(world.clinician)
    assert not WebhookEndpoint.objects.exists()


def test_the_same_address_twice_is_refused(world: World, lead: Client, receiver: Receiver) -> None:
    added(world, lead, receiver)
    answer = lead.post(PAGE, {"name": "Again", "url": receiver.url})
    assert "on the list already" in answer.content.decode()


def test_a_new_key_is_shown_once_and_a_stale_page_makes_none(world: World, lead: Client, receiver: Receiver) -> None:
    endpoint, old = added(world, lead, receiver)
    answer = lead.post(f"{PAGE}{endpoint.pk}/key/", {"key_number": 1})
    assert key_in(answer.content.decode()) != old
    stale = lead.post(f"{PAGE}{endpoint.pk}/key/", {"key_number": 1}, follow=True)
    assert "Somebody else has made a new key" in stale.content.decode()
    world.as_person(world.clinician)
    assert WebhookEndpoint.objects.get().key_number == 2


def test_it_is_tried_and_switched(world: World, lead: Client, receiver: Receiver) -> None:
    endpoint, key = added(world, lead, receiver)
    assert "took the test message" in lead.post(f"{PAGE}{endpoint.pk}/test/", follow=True).content.decode()
    assert is_signed(receiver.received[0], key)
    receiver.status = 500
    assert "HTTP 500" in lead.post(f"{PAGE}{endpoint.pk}/test/", follow=True).content.decode()
    assert "is switched off" in lead.post(f"{PAGE}{endpoint.pk}/switch/", {"on": "no"}, follow=True).content.decode()
    world.as_person(world.clinician)
    assert not WebhookEndpoint.objects.get().is_active


def test_an_administrator_may_and_nobody_else(client: Client, world: World, lead: Client, receiver: Receiver) -> None:
    endpoint, _key = added(world, lead, receiver)
    administrator = _person("administrator", RoleChoice.ADMINISTRATOR, world.centre)
    client.force_login(administrator)
    assert client.get(PAGE).status_code == 200
    for person in (world.technician, world.data_manager, world.stranger):
        client.force_login(person)
        assert client.get(PAGE).status_code == 403
        assert client.post(f"{PAGE}{endpoint.pk}/switch/", {"on": "no"}).status_code in {403, 404}


def test_what_is_another_centres_is_not_there(client: Client, world: World, lead: Client, receiver: Receiver) -> None:
    endpoint, _key = added(world, lead, receiver)
    other = _person("other_administrator", RoleChoice.ADMINISTRATOR, world.elsewhere)
    client.force_login(other)
    assert "Hospital record" not in client.get(PAGE).content.decode()
    assert client.get(f"{PAGE}?centre={world.centre.pk}").status_code == 404
    for what in ("key", "switch", "test"):
        assert client.post(f"{PAGE}{endpoint.pk}/{what}/").status_code == 404
    assert Membership.objects.filter(user=other).count() == 1
