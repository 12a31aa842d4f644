"""Open pages are told of alerts: who is told, of what, and what a stream holds while it stays open."""

import os
import socket
import threading
from collections.abc import Callable, Iterator
from datetime import date

import pytest
from django.db import connections
from django.http import StreamingHttpResponse
from django.test import Client

from monitoring.models import Alert, User
from monitoring.queries import listening
from monitoring.views import live
from tests.world import World, detected, not_detected

SOON = 20.0  # seconds; a step of an alert is heard within milliseconds


def browser(person: User) -> Client:
    client = Client()
    client.force_login(person)
    return client


def relapse(world: World) -> None:
    series = world.patient()
    world.authorised(series, date(2026, 7, 1), not_detected())
    world.authorised(series, date(2026, 10, 29), detected("0.5"))


def lines_of(answer: object) -> Iterator[str]:
    assert isinstance(answer, StreamingHttpResponse)
    return (line.decode() for line in answer)


@pytest.fixture
def heard(monkeypatch: pytest.MonkeyPatch) -> listening.Listener:
    """A listener of this test's own, on this test's database."""
    own = listening.Listener(listening._own_connection)
    monkeypatch.setattr(live, "listener", lambda: own)
    return own


@pytest.fixture
def places(monkeypatch: pytest.MonkeyPatch) -> Callable[[int], threading.BoundedSemaphore]:
    def with_places(number: int) -> threading.BoundedSemaphore:
        own = threading.BoundedSemaphore(number)
        monkeypatch.setattr(live, "_places", own)
        return own

    return with_places


def test_a_stream_says_that_an_alert_was_raised_and_nothing_else(
    committed: World, heard: listening.Listener, places: Callable[[int], threading.BoundedSemaphore]
) -> None:
    places(1)
    answer = browser(committed.clinician).get("/live/")
    assert answer["Content-Type"].startswith("text/event-stream")
    assert (answer["Cache-Control"], answer["X-Accel-Buffering"]) == ("no-store, no-transform", "no")
    lines = lines_of(answer)
    assert next(lines) == "retry: 250\nevent: standing\ndata: 0.0\n\n"
    relapse(committed)
    word, number = next(lines).strip().split("\n")
    assert word == "event: alerts"
    assert number.removeprefix("data: ").isdigit()
    answer.close()


def test_who_works_elsewhere_is_not_woken(
    committed: World, heard: listening.Listener, places: Callable[[int], threading.BoundedSemaphore],
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    places(2)
    monkeypatch.setattr(live, "HEARTBEAT_SECONDS", 1.0)
    near, far = browser(committed.clinician).get("/live/"), browser(committed.stranger).get("/live/")
    near_lines, far_lines = lines_of(near), lines_of(far)
    assert next(far_lines).endswith("data: 0.0\n\n")
    next(near_lines)
    relapse(committed)
    assert "alerts" in next(near_lines)
    assert next(far_lines) == ": still here\n\n"
    near.close()
    far.close()


def test_a_stream_holds_no_connection_of_its_own(
    committed: World, heard: listening.Listener, places: Callable[[int], threading.BoundedSemaphore]
) -> None:
    places(1)
    answer = browser(committed.clinician).get("/live/")
    assert connections["default"].connection is None
    next(lines_of(answer))
    assert connections["default"].connection is None
    answer.close()


def test_beyond_the_places_a_page_is_sent_to_ask(
    committed: World, heard: listening.Listener, places: Callable[[int], threading.BoundedSemaphore]
) -> None:
    places(1)
    client = browser(committed.clinician)
    first = client.get("/live/")
    refused = client.get("/live/")
    assert (refused.status_code, refused["Retry-After"]) == (503, "60")
    first.close()  # never read: the place is given back all the same
    again = client.get("/live/")
    assert again.status_code == 200
    again.close()


def test_where_nothing_is_heard_the_page_asks(committed: World, monkeypatch: pytest.MonkeyPatch) -> None:
    def nobody() -> listening.Connection:
        raise OSError("no way to the database")

    monkeypatch.setattr(live, "listener", lambda: listening.Listener(nobody))
    assert browser(committed.clinician).get("/live/").status_code == 503


def test_a_stream_ends_by_itself(
    committed: World, heard: listening.Listener, places: Callable[[int], threading.BoundedSemaphore],
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    places(1)
    monkeypatch.setattr(live, "STREAM_SECONDS", 0.5)
    answer = browser(committed.clinician).get("/live/")
    assert len(list(lines_of(answer))) == 2  # the first word, and the last heartbeat
    answer.close()


def test_the_listener_comes_back_and_tells_that_it_was_away(committed: World) -> None:
    opened: list[listening.Connection] = []

    def connect() -> listening.Connection:
        opened.append(listening._own_connection())
        return opened[-1]

    own = listening.Listener(connect)
    assert own.start()
    before = own.count([committed.centre.pk])
    with socket.socket(fileno=os.dup(opened[0].fileno())) as line:
        line.shutdown(socket.SHUT_RDWR)
    assert own.wait([committed.centre.pk], before, SOON) > before
    assert own.hears


def test_a_pooler_that_keeps_notifications_back_is_noticed(
    committed: World, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    class Pooled(listening.Listener):
        def _probe(self, connection: listening.Connection) -> None:
            connection.execute("UNLISTEN *")  # what a pool by transaction comes to
            super()._probe(connection)

    monkeypatch.setattr(listening, "PROBE_WITHIN", 0.2)
    assert not Pooled(listening._own_connection).start()
    assert "LISTEN does not work through this connection" in caplog.text


def test_what_waits_is_told_in_words(client: Client, world: World) -> None:
    client.force_login(world.clinician)
    assert client.get("/live/since").json()["waiting"] == 0
    relapse(world)
    found = client.get("/live/since?shown=0").json()
    assert (found["waiting"], found["said"], found["news"]) == (1, "1 alert waits", "1 new")
    assert found["token"].endswith(".1")
    assert client.get("/live/since?shown=1").json()["news"] == "The list has changed."


def test_a_step_changes_the_token_but_that_somebody_has_seen_it_does_not(client: Client, world: World) -> None:
    relapse(world)
    client.force_login(world.clinician)
    before = client.get("/live/since").json()["token"]
    world.as_person(world.clinician)
    alert = Alert.objects.get(code="EPISODE")
    alert.changes.create(patient_id=alert.patient_id, kind="SEEN", by=world.clinician)
    assert client.get("/live/since").json()["token"] == before
    world.as_person(world.clinician)
    alert.changes.create(patient_id=alert.patient_id, kind="UPDATED")
    assert client.get("/live/since").json()["token"] != before


def test_another_centre_hears_of_nothing(client: Client, world: World) -> None:
    relapse(world)
    client.force_login(world.stranger)
    assert client.get("/live/since").json()["token"] == "0.0"


@pytest.mark.parametrize("path", ["/live/", "/live/since"])
def test_who_is_not_signed_in_or_reads_no_charts_is_refused(client: Client, world: World, path: str) -> None:
    assert client.get(path).status_code == 401
    client.force_login(world.technician)
    assert client.get(path).status_code == 403
