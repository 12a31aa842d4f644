"""The page of messages sent: per centre, by state, with the reason, sent again; the same work for one row and many."""

from collections.abc import Iterator
from uuid import uuid4

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from monitoring.models import Alert, AuditEntry, Centre, Notification, User
from monitoring.models.choices import RoleChoice
from tests.integration.told_world import relapse
from tests.world import World, _person

PAGE = "/centre/deliveries/"


@pytest.fixture(autouse=True)
def today(world: World) -> Iterator[None]:
    with time_machine.travel(world.now, tick=False):
        yield


@pytest.fixture
def lead(client: Client, world: World) -> Client:
    Centre.objects.filter(pk=world.centre.pk).update(lead=world.clinician)
    client.force_login(world.clinician)
    return client


def message(alert: Alert, user: User, state: str = "WAITING", why: str = "") -> Notification:
    change = alert.changes.create(patient_id=alert.patient_id, kind="UPDATED")
    return Notification.objects.create(
        alert=alert, change=change, patient_id=alert.patient_id, channel="EMAIL", user=user, message_id=uuid4(),
        state=state, last_error=why, sent_at=alert.raised_at if state == "SENT" else None,
    )  # fmt: skip


def test_it_tells_what_became_of_each_and_names_no_patient(world: World, lead: Client) -> None:
    alert = relapse(world)
    pseudonym = alert.patient.pseudonym
    message(alert, world.clinician, "DROPPED", "NO_MAIL_SERVER")
    message(alert, world.clinician, "FAILED", "SMTP [550]")
    page = lead.get(PAGE).content.decode()
    assert "No mail server is set." in page
    assert "SMTP [550]" in page
    assert "Alert updated, urgency 2" in page
    assert pseudonym not in page
    assert f"/patients/{alert.patient_id}/" not in page


def test_it_is_narrowed_by_state(world: World, lead: Client) -> None:
    alert = relapse(world)
    message(alert, world.clinician, "FAILED", "SMTP [550]")
    message(alert, world.clinician, "SENT")
    assert len(lead.get(PAGE).context["found"].shown) == 2
    assert [row.why for row in lead.get(f"{PAGE}?state=FAILED").context["found"].shown] == ["SMTP [550]"]
    assert len(lead.get(f"{PAGE}?state=nonsense&after=x").context["found"].shown) == 2


def test_a_missing_mail_server_is_told(world: World, lead: Client, settings: Settings) -> None:
    settings.MAIL_IS_SET = False
    assert "Set EMAIL_URL to send" in lead.get(PAGE).content.decode()
    settings.MAIL_IS_SET = True
    assert "Set EMAIL_URL to send" not in lead.get(PAGE).content.decode()


def test_one_that_was_given_up_is_sent_again(world: World, lead: Client) -> None:
    row = message(relapse(world), world.clinician, "FAILED", "SMTP [550]")
    answer = lead.post(f"{PAGE}{row.pk}/again/", {"centre": world.centre.pk}, follow=True)
    assert "The message is sent again." in answer.content.decode()
    world.as_person(world.clinician)
    row.refresh_from_db()
    assert (row.state, row.attempts, row.last_error) == ("WAITING", 0, "")
    assert AuditEntry.objects.filter(action="notification.send_again", subject_id=row.pk).exists()


@pytest.mark.parametrize("state", ["WAITING", "SENT"])
def test_an_e_mail_that_waits_or_arrived_is_not(world: World, lead: Client, state: str) -> None:
    row = message(relapse(world), world.clinician, state)
    answer = lead.post(f"{PAGE}{row.pk}/again/", {"centre": world.centre.pk}, follow=True)
    assert "waits to be sent, or has arrived" in answer.content.decode()
    world.as_person(world.clinician)
    row.refresh_from_db()
    assert row.state == state


def test_another_centre_sees_and_sends_nothing_of_it(client: Client, world: World) -> None:
    row = message(relapse(world), world.clinician, "FAILED", "SMTP [550]")
    client.force_login(_person("other_administrator", RoleChoice.ADMINISTRATOR, world.elsewhere))
    assert client.get(PAGE).context["found"].shown == ()
    assert client.post(f"{PAGE}{row.pk}/again/", {"centre": world.elsewhere.pk}).status_code == 404
    assert client.post(f"{PAGE}{row.pk}/again/", {"centre": world.centre.pk}).status_code == 404


@pytest.mark.parametrize("who", ["data_manager", "technician", "stranger"])
def test_only_the_lead_and_the_administrator_open_it(client: Client, world: World, who: str) -> None:
    client.force_login(getattr(world, who))
    assert client.get(PAGE).status_code == 403


def test_the_same_work_for_one_row_and_for_many(world: World, lead: Client) -> None:
    alert, counts = relapse(world), []
    for size in (1, 70):
        world.as_person(world.clinician)
        for _ in range(size):
            message(alert, world.clinician, "FAILED", "SMTP [550]")
        with CaptureQueriesContext(connection) as asked:
            found = lead.get(PAGE).context["found"]
        counts.append(len(asked))
    assert counts[0] == counts[1]
    assert len(found.shown) == 50
    rest = lead.get(f"{PAGE}?after={found.next_after}").context["found"]
    assert (len(rest.shown), rest.next_after) == (21, None)
