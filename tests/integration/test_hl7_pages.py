"""Pages of the message exchange: the log, one message, what a person decides, the senders and their habits."""

from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from monitoring.actions import messages_inbox, messages_taking
from monitoring.models import AuditEntry, InboundMessage, MrdResult, Patient, SenderProfile, User
from monitoring.models.choices import RoleChoice
from tests.hl7_messages import report, sender
from tests.machines import administrator
from tests.world import World, _person

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def today(world: World):  # type: ignore[no-untyped-def]
    with time_machine.travel(world.now, tick=False):
        yield


@pytest.fixture
def waiting(world: World) -> InboundMessage:
    """A message that waits because nobody has its number yet."""
    sender(world, silent_after_hours=24)
    return send(world, report(number="4711"))


def send(world: World, text: str) -> InboundMessage:
    received = messages_inbox.receive(raw=text.encode(), peer="10.0.0.7")
    messages_taking.take_waiting(now=world.now)
    world.as_person(world.authoriser)
    return InboundMessage.objects.get(pk=received.message_id)


def shown(client: Client, person: User, name: str, *args: int, **asked: str) -> str:
    client.force_login(person)
    answer = client.get(reverse(name, args=args), asked)
    assert answer.status_code == 200
    page: str = answer.content.decode()
    return page


def test_the_log_shows_what_waits_and_why(client: Client, world: World, waiting: InboundMessage) -> None:
    page = shown(client, world.authoriser, "exchange")
    assert "No patient of this laboratory" in page
    assert "MSG1" in page
    assert "Nothing came from" not in page


@pytest.mark.parametrize(
    ("asked", "is_found"),
    [
        ({"control_id": "MSG1"}, True), ({"control_id": "MSG"}, False), ({"number": "4711"}, True),
        ({"number": "4712"}, False), ({"state": "QUARANTINED"}, True), ({"state": "DONE"}, False),
        ({"day": "2026-11-20"}, False), ({"day": "nonsense"}, True), ({"sender": "999999"}, True),
    ],
)  # fmt: skip
def test_the_log_is_searched(
    client: Client, world: World, waiting: InboundMessage, asked: dict[str, str], is_found: bool
) -> None:
    page = shown(client, world.authoriser, "exchange", **asked)
    assert (reverse("exchange-message", args=[waiting.pk]) in page) is is_found


def test_one_message_is_readable_segment_by_segment(client: Client, world: World, waiting: InboundMessage) -> None:
    page = shown(client, world.authoriser, "exchange-message", waiting.pk)
    assert "4711^^^HOSP&amp;1.2.276.0.76.3.1.1&amp;ISO^MR" in page
    assert "What a person has to decide" in page


def test_a_message_is_taken_in_after_what_kept_it_back_was_mended(
    client: Client, world: World, waiting: InboundMessage
) -> None:
    series = world.patient()
    Patient.objects.filter(pk=series.patient_id).update(hospital_number="4711")
    send(world, report("OTHER", number="4711", accession="S2", filler="L2", day="20261001"))
    client.force_login(world.authoriser)
    assert client.post(reverse("exchange-read-again", args=[waiting.pk])).status_code == 302
    messages_taking.take_waiting(now=world.now)
    world.as_person(world.authoriser)
    waiting.refresh_from_db()
    assert (waiting.state, waiting.patient_id) == ("DONE", series.patient_id)
    assert AuditEntry.objects.filter(action="message.read_again", actor_id=world.authoriser.pk).exists()
    client.force_login(world.authoriser)
    again = client.post(reverse("exchange-read-again", args=[waiting.pk]), follow=True)
    assert "does not wait any more" in again.content.decode()
    world.as_person(world.authoriser)
    assert MrdResult.objects.filter(series=series).count() == 2


def test_a_message_is_set_aside_with_a_reason(client: Client, world: World, waiting: InboundMessage) -> None:
    client.force_login(world.authoriser)
    address = reverse("exchange-set-aside", args=[waiting.pk])
    assert client.post(address, {"reason": " "}).status_code == 422
    assert client.post(address, {"reason": "patient of another hospital"}).status_code == 302
    page = shown(client, world.authoriser, "exchange-message", waiting.pk)
    assert "patient of another hospital" in page
    world.as_person(world.authoriser)
    assert InboundMessage.objects.get(pk=waiting.pk).state == "DISCARDED"


def test_nobody_else_learns_that_there_are_messages(client: Client, world: World, waiting: InboundMessage) -> None:
    elsewhere = _person("their_authoriser", RoleChoice.LABORATORY_AUTHORISER, world.elsewhere)
    for person in (world.clinician, world.stranger, elsewhere):
        client.force_login(person)
        assert client.get(reverse("exchange-message", args=[waiting.pk])).status_code == 404
        assert client.post(reverse("exchange-read-again", args=[waiting.pk])).status_code == 404
        assert client.post(reverse("exchange-set-aside", args=[waiting.pk]), {"reason": "x"}).status_code == 404
    page = shown(client, elsewhere, "exchange")
    assert "MSG1" not in page
    client.force_login(world.authoriser)
    assert client.get(reverse("exchange-sender-add")).status_code == 404


def test_a_sender_that_fell_silent_is_told(client: Client, world: World, waiting: InboundMessage) -> None:
    with time_machine.travel(waiting.received_at + timedelta(hours=25), tick=False):
        assert "Nothing came from MOLIS for more than 24 h" in shown(client, world.authoriser, "exchange")
        assert "Nothing came from MOLIS" in shown(client, world.authoriser, "laboratory")
        assert "Nothing came from MOLIS" not in shown(client, world.technician, "laboratory")
        assert "nothing for more than 24 h" in shown(client, world.authoriser, "exchange-senders")


def test_as_many_queries_for_many_messages(client: Client, world: World, waiting: InboundMessage) -> None:
    def asked() -> int:
        with CaptureQueriesContext(
            connection,
        ) as queries:
            shown(client, world.authoriser, "exchange")
        return len(queries)

    shown(client, world.authoriser, "exchange")
    once = asked()
    for number in range(10):
        send(world, report(f"M{number}", number="4711"))
    assert asked() == once


def told(world: World, **changes: str) -> dict[str, str]:
    form = {
        "name": "LabSys", "laboratory": str(world.laboratory.pk), "responsible_person": "Dr P. Keller",
        "sending_application": "LABSYS", "sending_facility": "NF", "identifier_authority": "HOSP",
        "codes": "NPM1R^99NF = RATIO NPM1\r\nINV^99NF = RATIO CBFB::MYH11 BM\r\nABL^99NF = ABL1_COPIES",
        "units": "Prozent = %", "words": "neg. = NOT_DETECTED", "encoding": "utf-8", "time_zone": "Europe/Paris",
        "ack_mode": "STANDARD", "silent_after_hours": "", "is_active": "on",
    }  # fmt: skip
    return {**form, **changes}


def test_an_administrator_registers_a_sender_and_changes_it(client: Client, world: World) -> None:
    client.force_login(administrator(world))
    assert client.post(reverse("exchange-sender-add"), told(world)).status_code == 302
    world.as_person(world.authoriser)
    made = SenderProfile.objects.get()
    assert made.codes["INV^99NF"] == {"meaning": "RATIO", "marker": "CBFB::MYH11", "tissue": "BM"}
    assert (made.laboratory.responsible_person, made.user.has_usable_password()) == ("Dr P. Keller", False)
    page = shown(client, administrator(world), "exchange-sender", made.pk)
    assert "INV^99NF = RATIO CBFB::MYH11 BM" in page
    changed = told(world, words="neg. = NOT_DETECTED\r\npos. = DETECTED")
    assert client.post(reverse("exchange-sender", args=[made.pk]), changed).status_code == 302
    world.as_person(world.authoriser)
    made.refresh_from_db()
    assert made.words["pos."] == "DETECTED"
    assert AuditEntry.objects.filter(action__in=["sender.register", "sender.change"]).count() == 2
    client.force_login(administrator(world))
    twice = client.post(reverse("exchange-sender-add"), told(world))
    assert "Another sender in use has this application and facility." in twice.content.decode()


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"codes": "NPM1R = RATIO NPM1"}, "This line stands for nothing: NPM1R"),
        ({"codes": "NPM1R^99NF = RATIO"}, "This line stands for nothing: NPM1R^99NF"),
        ({"codes": "NPM1R^99NF = RATIO NPM1 XX"}, "This line stands for nothing"),
        ({"codes": "NPM1R^99NF"}, "has no meaning after"),
        ({"units": "Prozent = percent"}, "This line stands for nothing: Prozent"),
        ({"units": "a = %\r\na = 1"}, "This stands here twice: a"),
        ({"words": "neg. = NO"}, "This line stands for nothing: neg."),
        ({"time_zone": "Europe/Nowhere"}, "is not a time zone"),
        ({"responsible_person": ""}, "This field is required"),
        ({"silent_after_hours": "0"}, "greater than or equal to 1"),
    ],
)
def test_what_will_not_do_is_said_at_its_field(
    client: Client, world: World, changes: dict[str, str], said: str
) -> None:
    client.force_login(administrator(world))
    answer = client.post(reverse("exchange-sender-add"), told(world, **changes))
    assert answer.status_code == 422
    assert said in answer.content.decode()
    world.as_person(world.authoriser)
    assert not SenderProfile.objects.exists()
