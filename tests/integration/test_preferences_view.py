"""What a person is told: their own choices, kept and shown again, refused with a sentence where they cannot be."""

from collections.abc import Iterator
from datetime import time

import pytest
import time_machine
from django.test import Client
from pytest_django import Settings

from monitoring.models import AuditEntry, NotificationPreference
from tests.world import World

PAGE = "/me/notifications/"
CHOSEN = {"email_up_to_urgency": "1", "only_my_patients": "on", "quiet_from": "22:00", "quiet_until": "06:30"}


@pytest.fixture(autouse=True)
def today(world: World) -> Iterator[None]:
    with time_machine.travel(world.now, tick=False):
        yield


@pytest.fixture
def mine(client: Client, world: World) -> Client:
    client.force_login(world.clinician)
    return client


def test_the_defaults_are_shown_where_nothing_was_chosen(mine: Client) -> None:
    form = mine.get(PAGE).context["form"]
    assert (form.initial["email_up_to_urgency"], form.initial["quiet_from"]) == (2, None)


def test_choices_are_kept_and_shown_again(world: World, mine: Client) -> None:
    assert mine.post(PAGE, CHOSEN).status_code == 302
    world.as_person(world.clinician)
    row = NotificationPreference.objects.get()
    assert (row.email_up_to_urgency, row.only_my_patients, row.quiet_from, row.quiet_until, row.quiet_weekends) == (
        1, True, time(22), time(6, 30), False,
    )  # fmt: skip
    assert AuditEntry.objects.filter(action="notifications.choose", actor_id=world.clinician.pk).exists()
    page = mine.get(PAGE).content.decode()
    assert 'value="22:00"' in page
    assert mine.post(PAGE, {"email_up_to_urgency": "0"}).status_code == 302
    world.as_person(world.clinician)
    assert NotificationPreference.objects.get().quiet_from is None


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"quiet_until": ""}, "Give both times, or neither."),
        ({"quiet_from": ""}, "Give both times, or neither."),
        ({"quiet_until": "22:00"}, "Both times are the same."),
        ({"quiet_from": "ten"}, "Write a time like 22:00."),
        ({"email_up_to_urgency": "4"}, "Select a valid choice"),
        ({"email_up_to_urgency": ""}, "required"),
    ],
)
def test_what_cannot_be_is_refused_and_stays_typed(
    world: World, mine: Client, change: dict[str, str], sentence: str
) -> None:
    answer = mine.post(PAGE, CHOSEN | change)
    assert (answer.status_code, sentence in answer.content.decode()) == (422, True)
    assert "only_my_patients" in answer.context["form"].data
    world.as_person(world.clinician)
    assert not NotificationPreference.objects.exists()


def test_it_says_where_messages_go_and_where_none_can(world: World, mine: Client, settings: Settings) -> None:
    settings.MAIL_IS_SET = False
    assert "No mail server is set" in mine.get(PAGE).content.decode()
    settings.MAIL_IS_SET = True
    assert "no e-mail address for you on record" in mine.get(PAGE).content.decode()
    world.clinician.email = "a.lindqvist@hospital.example"
    world.clinician.save(update_fields=["email"])
    assert "a.lindqvist@hospital.example" in mine.get(PAGE).content.decode()


def test_it_is_in_the_menu_of_the_person(mine: Client) -> None:
    assert f'href="{PAGE}"' in mine.get(PAGE).content.decode()


def test_who_is_not_signed_in_is_asked_to(client: Client, world: World) -> None:
    assert client.get(PAGE).status_code == 302
