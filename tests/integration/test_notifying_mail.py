"""E-mail about alerts: what it says and never says, retried under the same id, never doubled, dropped with a reason."""

import smtplib
import threading
from collections.abc import Sequence
from datetime import timedelta

import pytest
from django.core import mail
from django.core.mail import EmailMessage
from django.db import connections
from django.utils import translation
from pytest_django import Settings

from monitoring.actions import notifying_mail
from monitoring.actions.notifying_states import ATTEMPTS, BACK_OFF, CLAIM_HOLDS
from monitoring.models import Alert, Notification
from monitoring.models.choices import RoleChoice
from monitoring.wording.message_words import Letter, Told, letter
from tests.integration.told_world import NOON, as_worker, clock_from, relapse, step, told, with_addresses
from tests.world import World, _person


@pytest.fixture(autouse=True)
def mail_server(settings: Settings) -> None:
    settings.MAIL_IS_SET = True
    settings.PUBLIC_URL = "https://mrd.hospital.example"
    settings.DEFAULT_FROM_EMAIL = "mrd@hospital.example"


@pytest.fixture
def told_once(committed: World) -> World:
    """One alert, addressed to one clinician."""
    with_addresses(committed.clinician)
    relapse(committed)
    told(committed)
    return committed


def send(world: World, now: object = None) -> int:
    with as_worker():
        sent = notifying_mail.send_due(clock=clock_from(now or NOON))  # type: ignore[arg-type]
    world.as_person(world.clinician)
    return sent


def only() -> Notification:
    return Notification.objects.get()


def test_a_message_says_where_and_how_urgent_and_names_no_patient(told_once: World) -> None:
    assert send(told_once) == 1
    (message,) = mail.outbox
    assert message.to == ["clinician@hospital.example"]
    assert message.subject == "MRD review: a message for you"
    assert "An alert of urgency 2 waits at Northfield centre." in message.body
    assert "Open the worklist: https://mrd.hospital.example/" in message.body
    patient = only().patient
    whole = message.message().as_string()
    assert all(word not in whole for word in (patient.pseudonym, "NPM1", "0.5", "alert_id", str(patient.born_on.year)))
    assert message.extra_headers["Auto-Submitted"] == "auto-generated"
    assert message.extra_headers["Message-ID"] == f"<{only().message_id.hex}@mrd.hospital.example>"
    assert (only().state, only().attempts) == ("SENT", 1)


def test_it_speaks_the_language_of_its_reader(told_once: World, monkeypatch: pytest.MonkeyPatch) -> None:
    told_once.clinician.language = "fr"
    told_once.clinician.save(update_fields=["language"])
    spoken: list[str] = []

    def listened(told: Sequence[Told], public_url: str, language: str) -> Letter:
        spoken.append(language)
        return letter(told, public_url, language)

    monkeypatch.setattr(notifying_mail, "letter", listened)
    send(told_once)
    assert (spoken, translation.get_language()) == (["fr"], "en")


def test_a_second_pass_sends_nothing(told_once: World) -> None:
    assert [send(told_once), send(told_once)] == [1, 0]
    assert len(mail.outbox) == 1


def test_two_workers_at_once_send_it_once(committed: World) -> None:
    with_addresses(committed.clinician)
    for _ in range(8):
        relapse(committed)
    rows = told(committed)
    gate, sent = threading.Barrier(3), []

    def work() -> None:
        try:
            gate.wait(20)
            sent.append(notifying_mail.send_due(clock=clock_from()))
        finally:
            connections.close_all()

    with as_worker():
        threads = [threading.Thread(target=work) for _ in range(3)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(60)
    ids = [message.extra_headers["Message-ID"] for message in mail.outbox]
    assert sum(sent) == len(rows) == len(ids) == len(set(ids))


def test_a_worker_killed_after_sending_sends_the_same_message_once_more(
    told_once: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    def killed(*_words: object, **_more: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(notifying_mail, "mark_sent", killed)
        with pytest.raises(KeyboardInterrupt):
            send(told_once)
    told_once.as_person(told_once.clinician)
    assert (only().state, only().attempts) == ("WAITING", 1)
    assert send(told_once, NOON + timedelta(minutes=1)) == 0
    assert send(told_once, NOON + CLAIM_HOLDS + timedelta(minutes=1)) == 1
    first, second = (message.extra_headers["Message-ID"] for message in mail.outbox)
    assert first == second
    assert (only().state, only().attempts) == ("SENT", 2)


def failing(monkeypatch: pytest.MonkeyPatch, error: Exception) -> None:
    def refuse(*_words: object, **_more: object) -> int:
        raise error

    monkeypatch.setattr(EmailMessage, "send", refuse)


def test_a_server_that_is_away_is_tried_again_later_and_later_and_given_up(
    told_once: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    failing(monkeypatch, ConnectionRefusedError("nobody there"))
    now = NOON
    for wait in BACK_OFF:
        assert send(told_once, now) == 0
        row = only()
        assert row.state == "WAITING"
        assert timedelta(0) <= row.not_before - (now + wait) < timedelta(seconds=1)
        now = row.not_before + timedelta(seconds=1)
    send(told_once, now)
    assert (only().state, only().attempts) == ("FAILED", ATTEMPTS)
    assert only().last_error == "ConnectionRefusedError: nobody there"


def test_an_address_that_is_refused_for_good_is_given_up_at_once(
    told_once: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    failing(monkeypatch, smtplib.SMTPRecipientsRefused({"clinician@hospital.example": (550, b"no such mailbox")}))
    send(told_once)
    assert (only().state, only().attempts, only().last_error) == ("FAILED", 1, "SMTP [550]")


def test_without_a_mail_server_it_is_dropped_and_says_so(told_once: World, settings: Settings) -> None:
    settings.MAIL_IS_SET = False
    assert send(told_once) == 0
    assert (only().state, only().last_error, len(mail.outbox)) == ("DROPPED", "NO_MAIL_SERVER", 0)


def test_a_person_without_an_address_is_told_so_in_the_log(committed: World) -> None:
    relapse(committed)
    told(committed)
    send(committed)
    assert (only().state, only().last_error) == ("DROPPED", "NO_ADDRESS")


@pytest.mark.parametrize("state", ["ACKNOWLEDGED", "RESOLVED"])
def test_what_was_answered_meanwhile_is_not_sent(told_once: World, state: str) -> None:
    at = {"acknowledged_at": NOON, "acknowledged_by": told_once.clinician} if state == "ACKNOWLEDGED" else {}
    Alert.objects.update(state=state, **at)
    send(told_once)
    assert (only().state, only().last_error) == ("DROPPED", "ANSWERED")


def test_that_an_alert_was_taken_back_is_told_all_the_same(told_once: World) -> None:
    alert = Alert.objects.get(code="EPISODE")
    Alert.objects.filter(pk=alert.pk).update(state="RETRACTED", retracted_at=NOON, retracted_because="NO_LONGER_HOLDS")
    step(alert, "RETRACTED")
    told(told_once)
    assert send(told_once) == 1
    assert "was taken back" in mail.outbox[0].body
    assert sorted(Notification.objects.values_list("change__kind", "state")) == [
        ("RAISED", "DROPPED"), ("RETRACTED", "SENT"),
    ]  # fmt: skip


def test_of_several_steps_of_one_alert_the_newest_is_told(told_once: World) -> None:
    step(Alert.objects.get(code="EPISODE"), "UPDATED")
    told(told_once)
    assert send(told_once) == 1
    assert sorted(Notification.objects.values_list("state", "last_error")) == [("DROPPED", "LATER_STEP"), ("SENT", "")]


def test_who_is_handed_an_acknowledged_alert_is_told_and_nobody_else(told_once: World) -> None:
    second = _person("second", RoleChoice.CLINICIAN, told_once.centre)
    third = _person("third", RoleChoice.CLINICIAN, told_once.centre)
    with_addresses(second, third)
    alert = Alert.objects.get(code="EPISODE")
    answered = {"acknowledged_at": NOON, "acknowledged_by": told_once.clinician, "held_by": second}
    Alert.objects.filter(pk=alert.pk).update(state="ACKNOWLEDGED", **answered)
    step(alert, "HANDED_OVER", by=told_once.clinician, to=second)
    told(told_once)
    assert send(told_once) == 1
    assert mail.outbox[0].to == [second.email]
    assert "was handed over to you" in mail.outbox[0].body


def many(world: World, number: int) -> None:
    """Old alerts loaded in bulk: one real one, copied."""
    with_addresses(world.clinician)
    alert = relapse(world)
    for _ in range(number - 1):
        copy = Alert.objects.get(pk=alert.pk)
        copy.pk, copy.subject = None, f"COPY:{world.next('copy')}"
        copy.save(force_insert=True)
        step(copy, "RAISED")
    told(world)


def test_very_many_are_told_by_one_message(committed: World) -> None:
    many(committed, 45)
    send(committed)
    assert len(mail.outbox) == 1
    assert "There is news of 45 alerts at Northfield centre." in mail.outbox[0].body
    rows = Notification.objects.all()
    assert set(rows.values_list("state", flat=True)) == {"SENT"}
    assert rows.values("last_attempt_at").distinct().count() == 1


def test_twenty_are_told_one_by_one(committed: World) -> None:
    many(committed, notifying_mail.MANY)
    assert send(committed) == notifying_mail.MANY
    assert len(mail.outbox) == notifying_mail.MANY


def test_a_message_for_many_is_repeated_as_it_was(committed: World, monkeypatch: pytest.MonkeyPatch) -> None:
    many(committed, 30)
    with monkeypatch.context() as patched:
        failing(patched, ConnectionRefusedError("nobody there"))
        send(committed)
    carrier = Notification.objects.order_by("pk")[0]
    send(committed, NOON + BACK_OFF[0] + timedelta(minutes=1))
    (message,) = mail.outbox
    assert "30 alerts" in message.body
    assert message.extra_headers["Message-ID"].startswith(f"<{carrier.message_id.hex}@")
    assert set(Notification.objects.values_list("state", "attempts")) == {("SENT", 2)}


def test_a_load_that_goes_on_is_told_by_numbers_every_ten_minutes(committed: World) -> None:
    many(committed, notifying_mail.MANY)
    send(committed)
    many(committed, 5)
    assert send(committed, NOON + timedelta(minutes=1)) == 1
    many(committed, 7)
    assert send(committed, NOON + timedelta(minutes=2)) == 0
    assert send(committed, NOON + timedelta(minutes=12)) == 1
    assert [message.body.split("\n")[0] for message in mail.outbox[notifying_mail.MANY :]] == [
        "There is news of 5 alerts at Northfield centre.", "There is news of 7 alerts at Northfield centre.",
    ]  # fmt: skip
