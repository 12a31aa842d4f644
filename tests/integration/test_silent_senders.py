"""Senders that nobody registered are counted; silent ones are told of: on pages, to machines, by mail."""

import smtplib
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core import mail
from django.core.mail import EmailMessage
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from monitoring import scope
from monitoring.actions import messages_inbox, silent_senders
from monitoring.models import SenderProfile, UnknownSender
from monitoring.models.choices import RoleChoice
from tests.hl7_messages import report, sender
from tests.machines import administrator
from tests.world import World, _person

pytestmark = pytest.mark.django_db
PATIENT_WORDS = ("P-0", "NPM1", "MOLIS^", "123456")


@pytest.fixture(autouse=True)
def today(world: World):  # type: ignore[no-untyped-def]
    with time_machine.travel(world.now, tick=False):
        yield


@pytest.fixture(autouse=True)
def mail_server(settings: Settings) -> None:
    settings.MAIL_IS_SET, settings.PUBLIC_URL = True, "https://mrd.hospital.example"
    settings.DEFAULT_FROM_EMAIL = "mrd@hospital.example"


def receive(text: str, peer: str = "10.0.0.9") -> str:
    return messages_inbox.receive(raw=text.encode(), peer=peer).state


def silent(world: World) -> SenderProfile:
    """A sender registered three days ago of which nothing came for more than a day."""
    keeper = administrator(world)
    keeper.email = "keeper@hospital.example"
    keeper.save(update_fields=["email"])
    return sender(world, silent_after_hours=24, created_at=world.now - timedelta(days=3))


def tell(world: World, now: Any = None) -> int:
    sent = silent_senders.tell(now=now or world.now)
    world.as_person(world.authoriser)
    return sent


def test_who_is_not_registered_is_counted_and_offered_to_be_registered(client: Client, world: World) -> None:
    for number in range(12):
        assert receive(report(f"M{number}")) == "REFUSED"
    assert receive(report("M99"), "10.0.0.10") == "REFUSED"
    assert receive("no message at all") == "REFUSED"
    counted = list(UnknownSender.objects.order_by("pk").values_list("sending_application", "peer", "messages"))
    assert counted == [("MOLIS", "10.0.0.9", 12), ("MOLIS", "10.0.0.10", 1)]
    client.force_login(administrator(world))
    page = client.get(reverse("exchange-senders")).content.decode()
    assert "MOLIS · HAEMLAB" in page
    assert "?sending_application=MOLIS&amp;sending_facility=HAEMLAB" in page
    form = client.get(reverse("exchange-sender-add"), {"sending_application": "MOLIS", "sending_facility": "HAEMLAB"})
    assert 'value="MOLIS"' in form.content.decode()
    client.force_login(world.authoriser)
    assert "10.0.0.9" not in client.get(reverse("exchange-senders")).content.decode()


def test_once_registered_it_is_no_stranger_any_more(client: Client, world: World) -> None:
    receive(report())
    client.force_login(administrator(world))
    told = {
        "name": "MOLIS", "laboratory": str(world.laboratory.pk), "responsible_person": "Dr P. Keller",
        "sending_application": "MOLIS", "sending_facility": "HAEMLAB", "codes": "NPM1R^99NF = RATIO NPM1",
        "encoding": "utf-8", "time_zone": "Europe/Paris", "ack_mode": "STANDARD", "is_active": "on",
    }  # fmt: skip
    assert client.post(reverse("exchange-sender-add"), told).status_code == 302
    assert "10.0.0.9" not in client.get(reverse("exchange-senders")).content.decode()


def test_health_names_silent_senders_to_who_looks_after_them_and_stays_ready(client: Client, world: World) -> None:
    silent(world)
    told = client.get("/healthz")
    assert (told.status_code, told.json()["status"], "senders" in told.json()) == (200, "ready", False)
    client.force_login(administrator(world))
    told = client.get("/healthz")
    assert (told.status_code, told.json()["status"], told.json()["senders"]["silent"]) == (200, "ready", 1)
    assert told.json()["senders"]["names"][0]["name"] == "MOLIS"
    for person in (world.clinician, _person("far_keeper", RoleChoice.ADMINISTRATOR, world.elsewhere)):
        client.force_login(person)
        assert client.get("/healthz").json()["senders"] == {"silent": 0, "names": []}


def test_administrators_are_written_to_once_for_each_silence(world: World) -> None:
    silent(world)
    assert (tell(world), tell(world), tell(world, world.now + timedelta(days=5))) == (1, 0, 0)
    (message,) = mail.outbox
    assert message.to == ["keeper@hospital.example"]
    assert "No message came from MOLIS at Northfield centre for more than 24 hours." in message.body
    assert not any(word in message.body for word in PATIENT_WORDS)
    receive(report())  # heard again: the next silence is another one
    scope.enter_all_centres()
    assert tell(world) == 0
    assert tell(world, world.now + timedelta(days=400)) == 1


def test_what_the_mail_server_refused_is_told_later(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    silent(world)

    def refuse(_message: EmailMessage) -> int:
        raise smtplib.SMTPServerDisconnected("away")

    with monkeypatch.context() as away:
        away.setattr(EmailMessage, "send", refuse)
        assert tell(world) == 0
    assert tell(world) == 1


def test_an_invented_centre_and_a_missing_mail_server_write_to_nobody(world: World, settings: Settings) -> None:
    silent(world)
    settings.MAIL_IS_SET = False
    assert tell(world) == 0
    settings.MAIL_IS_SET = True
    world.centre.is_synthetic = True
    world.centre.save(update_fields=["is_synthetic"])
    assert tell(world) == 0
    assert mail.outbox == []
