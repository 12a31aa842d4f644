"""Subscriptions against a real receiver: handshake, events, heartbeats, retries, and gaps that are repaired."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.utils import timezone
from fhir.resources.R4B.bundle import Bundle
from pytest_django import Settings

from monitoring.actions import clients, results
from monitoring.models import Alert
from tests.integration.receiving import Receiver, receiving
from tests.integration.subscribing import (
    BASE,
    TOPIC,
    active,
    alert_of,
    classic,
    machine,
    numbers_in,
    status_in,
    subscribed,
    turn,
    waiting,
    wish,
)
from tests.machines import administrator
from tests.world import World


@pytest.fixture
def receiver(settings: Settings) -> Iterator[Receiver]:
    settings.PUBLIC_URL = BASE
    with receiving() as started:
        settings.WEBHOOK_ALLOW = [f"127.0.0.1:{started.port}"]
        yield started


def test_a_handshake_that_is_answered_makes_it_active(committed: World, receiver: Receiver) -> None:
    row = subscribed(machine(committed), wish(receiver))
    assert (row.status, receiver.received) == ("requested", [])
    turn(committed)
    row.refresh_from_db()
    assert row.status == "active"
    (request,) = receiver.received
    told = request.content
    assert request.headers["content-type"] == "application/fhir+json"
    assert request.headers["authorization"] == "Bearer opaque-0007"
    assert (status_in(told, "type"), status_in(told, "topic")) == ("handshake", TOPIC)
    assert status_in(told, "subscription")["reference"] == f"{BASE}/fhir/Subscription/{row.pk}"
    assert status_in(told, "events-since-subscription-start") == "0"


def test_an_alert_is_told_by_its_address_and_nothing_of_the_patient(committed: World, receiver: Receiver) -> None:
    _fhir, row = active(committed, receiver)
    alert = alert_of(committed)
    assert turn(committed) == 1
    told = receiver.received[0].content
    Bundle.model_validate(told)
    numbers = numbers_in(told)
    assert numbers == list(range(1, len(numbers) + 1))
    assert numbers
    assert waiting(row) == []
    places = {each["fullUrl"] for each in told["entry"][1:]}
    assert f"{BASE}/fhir/DetectedIssue/{alert.pk}" in places
    assert not any("resource" in each for each in told["entry"][1:])
    assert all(each["request"] for each in told["entry"])
    assert alert.patient.pseudonym.encode() not in receiver.received[0].body
    assert b"Patient" not in receiver.received[0].body


def test_nothing_is_sent_twice_and_silence_is_broken_by_heartbeats(committed: World, receiver: Receiver) -> None:
    active(committed, receiver, heartbeat_period=60)
    assert turn(committed) == 0
    assert turn(committed, timezone.now() + timedelta(seconds=61)) == 1
    assert status_in(receiver.received[0].content, "type") == "heartbeat"


def test_a_failure_is_tried_again_after_1_5_30_minutes_and_2_hours_and_then_it_is_in_error(
    committed: World, receiver: Receiver
) -> None:
    fhir, row = active(committed, receiver)
    alert_of(committed)
    receiver.status = 503
    moment = timezone.now()
    for wait in (1, 5, 30, 120):
        assert turn(committed, moment) == 0
        row.refresh_from_db()
        assert (row.status, row.not_before) == ("active", moment + timedelta(minutes=wait))
        assert turn(committed, moment + timedelta(minutes=wait, seconds=-1)) == 0
        moment += timedelta(minutes=wait)
    turn(committed, moment)
    row.refresh_from_db()
    assert (row.status, row.error, len(receiver.received)) == ("error", "HTTP 503", 5)
    assert len({tuple(numbers_in(each.content)) for each in receiver.received}) == 1
    shown = fhir.get(f"/Subscription/{row.pk}").json()
    assert (shown["status"], shown["error"]) == ("error", "HTTP 503")


def test_what_happened_while_it_was_in_error_is_told_when_it_is_back(committed: World, receiver: Receiver) -> None:
    fhir, row = active(committed, receiver)
    receiver.status = 410
    alert_of(committed)
    turn(committed)
    row.refresh_from_db()
    assert (row.status, row.error) == ("error", "HTTP 410")
    alert_of(committed)
    assert turn(committed) == 0
    receiver.status = 200
    receiver.received.clear()
    shown = fhir.get(f"/Subscription/{row.pk}").json()
    again = fhir.put(f"/Subscription/{row.pk}", {**shown, "status": "requested"}, If_Match=f'W/"{row.version}"')
    assert (again.status_code, again.json()["status"]) == (200, "requested")
    assert turn(committed) == 2
    handshake, told = (each.content for each in receiver.received)
    assert status_in(handshake, "type") == "handshake"
    row.refresh_from_db()
    assert numbers_in(told) == list(range(1, row.last_number + 1))


def test_a_handshake_that_is_refused_is_an_error_at_once(committed: World, receiver: Receiver) -> None:
    receiver.status, receiver.headers = 302, {"Location": "http://169.254.169.254/"}
    row = subscribed(machine(committed), wish(receiver))
    assert turn(committed) == 0
    row.refresh_from_db()
    assert (row.status, row.error, len(receiver.received)) == ("error", "HTTP 302", 1)
    assert turn(committed, timezone.now() + timedelta(days=1)) == 0


def test_several_events_are_one_message_and_no_more_than_are_wanted(committed: World, receiver: Receiver) -> None:
    _fhir, row = active(committed, receiver, max_count=2)
    for _ in range(2):
        alert_of(committed)
    sent = turn(committed)
    row.refresh_from_db()
    told = [numbers_in(each.content) for each in receiver.received]
    assert [number for each in told for number in each] == list(range(1, row.last_number + 1))
    assert (len(told), max(map(len, told))) == (sent, 2)


def test_a_receiver_that_drops_messages_sees_the_gap_and_repairs_it(committed: World, receiver: Receiver) -> None:
    fhir, row = active(committed, receiver, max_count=1)
    for _ in range(2):
        alert_of(committed)
    turn(committed)
    kept = [each.content for place, each in enumerate(receiver.received) if place not in {1, 2}]
    heard = [number for each in kept for number in numbers_in(each)]
    missing = sorted(set(range(1, max(heard) + 1)) - set(heard))
    assert missing == [2, 3]
    query = {"eventsSinceNumber": missing[0], "eventsUntilNumber": missing[-1]}
    repaired = fhir.get(f"/Subscription/{row.pk}/$events", query).json()
    assert (status_in(repaired, "type"), numbers_in(repaired)) == ("query-event", missing)
    assert receiver.received[1].content["entry"][1]["fullUrl"] in {each["fullUrl"] for each in repaired["entry"]}
    status = fhir.get(f"/Subscription/{row.pk}/$status").json()["entry"][0]["resource"]["parameter"]
    assert {"name": "events-since-subscription-start", "valueString": str(max(heard))} in status


def test_a_cancelled_alert_reaches_who_heard_of_it_whatever_is_filtered(committed: World, receiver: Receiver) -> None:
    active(committed, receiver, filters=("DetectedIssue?status=preliminary",))
    alert = alert_of(committed)
    turn(committed)
    places = {each["fullUrl"] for each in receiver.received[-1].content["entry"][1:]}
    assert places == {f"{BASE}/fhir/DetectedIssue/{alert.pk}"}
    receiver.received.clear()
    result = alert.index_result
    assert result is not None
    committed.as_person(committed.authoriser)
    results.withdraw(by=committed.authoriser, result=result, reason="Wrong tube", now=timezone.now())
    turn(committed)
    assert Alert.objects.get(pk=alert.pk).state == "RETRACTED"
    assert f"{BASE}/fhir/DetectedIssue/{alert.pk}" in {
        each["fullUrl"] for each in receiver.received[-1].content["entry"][1:]
    }


def test_a_ping_of_r4_itself_is_empty(committed: World, receiver: Receiver) -> None:
    row = subscribed(machine(committed), classic(receiver))
    turn(committed)
    alert_of(committed)
    assert turn(committed) == 1
    assert [each.body for each in receiver.received] == [b"", b""]
    assert waiting(row) == []


def test_at_its_end_it_is_turned_off(committed: World, receiver: Receiver) -> None:
    ends_at = timezone.now() + timedelta(hours=1)
    row = subscribed(machine(committed), {**wish(receiver), "end": ends_at.isoformat()})
    turn(committed)
    alert_of(committed)
    receiver.received.clear()
    assert turn(committed, ends_at) == 0
    row.refresh_from_db()
    assert (row.status, row.error, receiver.received) == ("off", "ENDED", [])


def test_a_revoked_machine_hears_nothing_more(committed: World, receiver: Receiver) -> None:
    fhir, row = active(committed, receiver)
    assert fhir.machine is not None
    keeper = administrator(committed)
    committed.as_person(keeper)
    clients.revoke(by=keeper, client=fhir.machine.client, reason="Replaced", now=timezone.now())
    alert_of(committed)
    assert turn(committed) == 0
    row.refresh_from_db()
    assert (row.status, row.error, row.last_number) == ("off", "CLIENT_REVOKED", 0)
