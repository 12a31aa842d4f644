"""Subscriptions: numbers without a gap whoever works at once, nothing lost by a kill, nobody else's patients told."""

import random
import threading
from collections.abc import Iterator
from datetime import date, timedelta
from functools import partial

import pytest
from django.db import connections
from django.utils import timezone
from hypothesis import HealthCheck, given
from hypothesis import settings as law
from hypothesis import strategies as st
from pytest_django import Settings

from api.fhir import publishing
from monitoring.actions import subscriptions_turns
from monitoring.models import Alert, AlertToPublish, CareRelation, Patient, ReadEntry, Subscription, SubscriptionEvent
from tests.integration.receiving import Receiver, receiving
from tests.integration.subscribing import (
    BASE,
    active,
    alert_of,
    machine,
    numbers_in,
    subscribed,
    turn,
    waiting,
    wish,
)
from tests.integration.told_world import as_worker, relapse, step
from tests.world import World


@pytest.fixture
def receiver(settings: Settings) -> Iterator[Receiver]:
    settings.PUBLIC_URL = BASE
    with receiving() as started:
        settings.WEBHOOK_ALLOW = [f"127.0.0.1:{started.port}"]
        yield started


def at_once(*work: object) -> list[BaseException]:
    """Run several workers at once, each with a connection of its own; return what went wrong."""
    wrong: list[BaseException] = []

    def run(one: object) -> None:
        try:
            one()  # type: ignore[operator]
        except BaseException as error:  # noqa: BLE001 - told to the test
            wrong.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(one,)) for one in work]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return wrong


def publish() -> None:
    publishing.number_steps(now=timezone.now())
    publishing.send_due(clock=timezone.now)


def heard(receiver: Receiver) -> list[int]:
    return [number for each in receiver.received for number in numbers_in(each.content)]


def test_two_workers_at_once_leave_no_gap_and_double_nothing(
    committed: World, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    _fhir, row = active(committed, receiver, max_count=3)
    alert = alert_of(committed)
    for _ in range(12):
        step(alert, "UPDATED", at=timezone.now())
    monkeypatch.setattr("monitoring.actions.subscriptions_numbering.BATCH", 2)
    with as_worker():
        assert at_once(publish, publish, publish) == []
        publish()
    committed.as_person(committed.clinician)
    row.refresh_from_db()
    assert row.last_number >= 13
    assert sorted(heard(receiver)) == list(range(1, row.last_number + 1))
    assert heard(receiver) == sorted(heard(receiver))
    assert (waiting(row), AlertToPublish.objects.count()) == ([], 0)


@law(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    seed=st.integers(0, 2**16),
    turns=st.lists(st.sampled_from(["step", "number", "send", "killed", "refuse"]), max_size=12),
)
def test_whatever_happens_in_whatever_order_the_numbers_have_no_gap(
    busy: tuple[Subscription, Alert, Receiver], seed: int, turns: list[str]
) -> None:
    row, alert, receiver = busy
    chance = random.Random(seed)
    moment = timezone.now()
    for each in [*turns, "number"]:
        receiver.status = 503 if each == "refuse" else 200
        if each == "step":
            for _ in range(chance.randint(1, 3)):
                step(alert, "UPDATED", at=timezone.now())
        elif each == "number":
            publishing.number_steps(now=moment)
        elif each == "killed":
            subscriptions_turns.claim_next(now=moment)
        else:
            publishing.send_due(clock=partial(max, moment, moment))
        moment += timedelta(seconds=chance.choice([1, 301, 7201]))
    Subscription.objects.filter(pk=row.pk).update(status="active", attempts=0, not_before=moment)
    receiver.status = 200
    publishing.send_due(clock=partial(max, moment, moment))
    row.refresh_from_db()
    numbers = SubscriptionEvent.objects.filter(subscription=row).order_by("number").values_list("number", flat=True)
    assert list(numbers) == list(range(1, row.last_number + 1))
    assert set(heard(receiver)) == set(numbers)
    assert waiting(row) == []


@pytest.fixture
def busy(committed: World, receiver: Receiver) -> Iterator[tuple[Subscription, Alert, Receiver]]:
    """An active subscription and an alert, in the role of the worker."""
    _fhir, row = active(committed, receiver)
    alert = alert_of(committed)
    with as_worker():
        with connections["default"].cursor() as cursor:
            cursor.execute("SELECT set_config('app.centres', %s, false)", [str(committed.centre.pk)])
        yield row, alert, receiver
    committed.as_person(committed.clinician)


def test_a_worker_that_was_killed_loses_nothing_and_the_numbers_stay(committed: World, receiver: Receiver) -> None:
    _fhir, row = active(committed, receiver)
    alert_of(committed)
    now = timezone.now()
    with as_worker():
        publishing.number_steps(now=now)
        killed = subscriptions_turns.claim_next(now=now)
        assert killed is not None
        assert publishing.send_due(clock=lambda: now) == 0
        later = now + subscriptions_turns.CLAIM_HOLDS
        assert publishing.send_due(clock=lambda: later) == 1
        # the first one wakes up after all: what it knew is not true any more
        subscriptions_turns.mark_failed(killed, "HTTP 500", is_final=True, at=later)
    committed.as_person(committed.clinician)
    row.refresh_from_db()
    assert (row.status, row.error) == ("active", "")
    assert heard(receiver) == [event.number for event in killed.events]


def test_a_whole_resource_is_what_the_machine_may_read_itself(committed: World, receiver: Receiver) -> None:
    fhir, _row = active(committed, receiver, content="full-resource")
    alert = alert_of(committed)
    turn(committed)
    entries = receiver.received[0].content["entry"][1:]
    told = next(each["resource"] for each in entries if each["fullUrl"].endswith(f"/{alert.pk}"))
    assert told == fhir.get(f"/DetectedIssue/{alert.pk}").json()
    committed.as_person(committed.clinician)
    assert fhir.machine is not None
    assert ReadEntry.objects.filter(actor_id=fhir.machine.client.user_id, patient_id=alert.patient_id).exists()


def test_whose_care_has_ended_is_a_number_and_nothing_more(committed: World, receiver: Receiver) -> None:
    _fhir, row = active(committed, receiver, content="full-resource")
    alert = alert_of(committed)
    with as_worker():
        publishing.number_steps(now=timezone.now())
    committed.as_person(committed.clinician)
    CareRelation.objects.filter(patient_id=alert.patient_id).update(
        starts_on=date(2020, 1, 1), ends_on=date(2026, 1, 1)
    )
    turn(committed)
    told = receiver.received[0].content
    assert numbers_in(told) == list(range(1, len(numbers_in(told)) + 1))
    assert (len(told["entry"]), waiting(row)) == (1, [])
    assert b"DetectedIssue" not in receiver.received[0].body


def test_other_centres_patients_and_invented_ones_are_not_told(committed: World, receiver: Receiver) -> None:
    _fhir, row = active(committed, receiver)
    elsewhere = alert_of(committed)
    CareRelation.objects.filter(patient_id=elsewhere.patient_id).update(centre=committed.elsewhere)
    invented = alert_of(committed)
    Patient.objects.filter(pk=invented.patient_id).update(is_synthetic=True)
    assert turn(committed) == 0
    row.refresh_from_db()
    assert (row.last_number, AlertToPublish.objects.count()) == (0, 0)


def test_a_filter_by_patient_keeps_the_others_away(committed: World, receiver: Receiver) -> None:
    wanted = committed.patient()
    row = subscribed(
        machine(committed), wish(receiver, filters=(f"DetectedIssue?patient=Patient/{wanted.patient_id}",))
    )
    turn(committed)
    alert_of(committed)
    turn(committed)
    row.refresh_from_db()
    assert row.last_number == 0
    relapse(committed, series=wanted)
    turn(committed)
    row.refresh_from_db()
    assert row.last_number > 0


def test_where_nobody_subscribed_nothing_is_noted(committed: World) -> None:
    alert_of(committed)
    assert not AlertToPublish.objects.exists()
