"""A laboratory's machine over REST or FHIR that falls silent is told of as a sender of HL7 v2 is."""

import smtplib
from datetime import timedelta

import pytest
import time_machine
from django.core import mail
from django.core.mail import EmailMessage
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from monitoring.actions import clients, silent_senders
from monitoring.models import ApiClient, AuditEntry, User
from monitoring.models.choices import ClientKindChoice as Kind
from monitoring.models.choices import RoleChoice
from tests.fhir_sender import Fhir, caller, observation
from tests.hl7_messages import sender
from tests.integration.told_world import as_worker
from tests.machines import administrator, machine
from tests.world import World, _person

SILENT = "Nothing came from laboratory system for more than 24 h."


@pytest.fixture(autouse=True)
def mail_server(settings: Settings) -> None:
    settings.MAIL_IS_SET, settings.PUBLIC_URL = True, "https://mrd.hospital.example"
    settings.DEFAULT_FROM_EMAIL = "mrd@hospital.example"


def silent(world: World, hours: int | None = 24) -> Fhir:
    """A machine registered three days ago that has sent nothing since."""
    keeper = administrator(world)
    keeper.email = "keeper@hospital.example"
    keeper.save(update_fields=["email"])
    return caller(world, silent_after_hours=hours, created_at=world.now - timedelta(days=3))


def tell(world: World, days: int = 0) -> int:
    sent = silent_senders.tell(now=world.now + timedelta(days=days))
    world.as_person(world.authoriser)
    return sent


def shown(client: Client, world: World, person: User, name: str, *args: int) -> str:
    client.force_login(person)
    with time_machine.travel(world.now, tick=False):
        answer = client.get(reverse(name, args=args))
    assert answer.status_code == 200
    return answer.content.decode()


def test_administrators_are_written_to_once_for_each_silence_of_a_machine(world: World) -> None:
    system = silent(world)
    assert (tell(world), tell(world), tell(world, days=1)) == (1, 0, 0)
    (message,) = mail.outbox
    assert message.to == ["keeper@hospital.example"]
    assert "No result came from laboratory system at Northfield centre for more than 24 hours." in message.body
    assert "https://mrd.hospital.example/machines/" in message.body
    with time_machine.travel(world.now, tick=False):
        assert system.post("/Observation", observation(world.patient())).status_code == 201
    assert (tell(world), tell(world, days=3), tell(world, days=4)) == (0, 1, 0)


def test_the_role_of_the_worker_suffices_to_tell(committed: World) -> None:
    silent(committed)
    with as_worker():
        assert silent_senders.tell(now=committed.now) == 1
        assert silent_senders.tell(now=committed.now) == 0
    committed.as_person(committed.authoriser)
    assert AuditEntry.objects.filter(action="client.silence_told", actor_name="worker").count() == 1


def test_what_the_mail_server_refused_of_a_machine_is_told_later(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    silent(world)

    def refuse(_message: EmailMessage) -> int:
        raise smtplib.SMTPServerDisconnected("away")

    with monkeypatch.context() as away:
        away.setattr(EmailMessage, "send", refuse)
        assert tell(world) == 0
    assert (tell(world), tell(world)) == (1, 0)


@pytest.mark.parametrize("hours", [None, 0, 73])
def test_without_hours_or_before_they_are_over_nobody_is_told(client: Client, world: World, hours: int | None) -> None:
    silent(world, hours)
    assert tell(world) == 0
    assert "Nothing came from" not in shown(client, world, world.authoriser, "laboratory")
    assert "nothing for more than" not in shown(client, world, administrator(world), "client-list")


def test_a_machine_that_is_revoked_or_sends_no_results_is_not_silent(world: World) -> None:
    system = silent(world).machine
    machine(world, Kind.HOSPITAL, silent_after_hours=24, created_at=world.now - timedelta(days=3))
    assert system is not None
    clients.revoke(by=administrator(world), client=system.client, reason="replaced", now=world.now)
    assert tell(world) == 0


def test_pages_tell_the_silence_of_a_machine_to_who_looks_after_it(client: Client, world: World) -> None:
    system = silent(world)
    assert system.machine is not None
    keeper = administrator(world)
    for page in (
        shown(client, world, world.authoriser, "laboratory"),
        shown(client, world, world.authoriser, "exchange"),
        shown(client, world, keeper, "client", system.machine.client.pk),
    ):
        assert SILENT in page
        assert "No result has come since it was registered." in page
    assert SILENT not in shown(client, world, world.technician, "laboratory")
    assert "nothing for more than 24 h" in shown(client, world, keeper, "client-list")
    with time_machine.travel(world.now - timedelta(hours=25), tick=False):
        assert system.post("/Observation", observation(world.patient())).status_code == 201
    assert "The last result came" in shown(client, world, world.authoriser, "laboratory")
    with time_machine.travel(world.now - timedelta(hours=23), tick=False):
        assert system.post("/Observation", observation(world.patient(), accession="L-2")).status_code == 201
    assert SILENT not in shown(client, world, world.authoriser, "laboratory")
    assert "nothing for more than" not in shown(client, world, keeper, "client-list")


def test_health_names_silent_machines_beside_silent_senders(client: Client, world: World) -> None:
    silent(world)
    sender(world, silent_after_hours=24, created_at=world.now - timedelta(days=3))
    client.force_login(administrator(world))
    with time_machine.travel(world.now, tick=False):
        told = client.get("/healthz").json()["senders"]
        assert (told["silent"], [each["name"] for each in told["names"]]) == (2, ["MOLIS", "laboratory system"])
        client.force_login(_person("far_keeper", RoleChoice.ADMINISTRATOR, world.elsewhere))
        assert client.get("/healthz").json()["senders"] == {"silent": 0, "names": []}


def test_an_administrator_sets_the_hours_of_a_machine(client: Client, world: World) -> None:
    made = machine(world, Kind.LABORATORY).client
    client.force_login(administrator(world))
    address = reverse("client-silence", args=[made.pk])
    for hours, kept in (("24", 24), ("", None), ("48", 48)):
        assert client.post(address, {"silent_after_hours": hours}).status_code == 302
        assert ApiClient.objects.get().silent_after_hours == kept
    page = client.get(reverse("client", args=[made.pk])).content.decode()
    assert "told after 48 hours without a result" in page
    assert 'value="48"' in page
    entry = AuditEntry.objects.filter(action="client.silence").latest("pk")
    assert (entry.before["silent_after_hours"], entry.after["silent_after_hours"]) == (None, 48)  # type: ignore[index]


@pytest.mark.parametrize(
    ("hours", "said"), [("0", "greater than or equal to 1"), ("8785", "less than or equal to 8784")]
)
def test_hours_that_will_not_do_are_refused_at_their_field(client: Client, world: World, hours: str, said: str) -> None:
    made = machine(world, Kind.LABORATORY).client
    client.force_login(administrator(world))
    answer = client.post(reverse("client-silence", args=[made.pk]), {"silent_after_hours": hours})
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert ApiClient.objects.get().silent_after_hours is None


def test_only_laboratory_systems_have_hours_and_only_administrators_set_them(client: Client, world: World) -> None:
    made = machine(world, Kind.HOSPITAL).client
    address = reverse("client-silence", args=[made.pk])
    client.force_login(administrator(world))
    page = client.post(address, {"silent_after_hours": "24"}, follow=True).content.decode()
    assert "Only a laboratory system sends results." in page
    assert "Tell when it falls silent" not in page
    client.force_login(world.authoriser)
    assert client.post(address, {"silent_after_hours": "24"}).status_code == 403
    client.force_login(_person("far_keeper", RoleChoice.ADMINISTRATOR, world.elsewhere))
    assert client.post(address, {"silent_after_hours": "24"}).status_code == 404
    assert ApiClient.objects.get().silent_after_hours is None
