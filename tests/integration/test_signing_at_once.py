"""Two people sign the same result in the same moment: one signs, the other reads a sentence."""

import threading
from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING

import pytest
import time_machine
from django.db import connection, connections
from django.test import Client

from monitoring.models import AuditEntry, MrdResult, User
from tests.integration.typed_entry import hidden, text_of
from tests.world import World, detected, not_detected

if TYPE_CHECKING:
    from django.test.client import _MonkeyPatchedWSGIResponse as Answer


@pytest.fixture(autouse=True)
def today(committed: World) -> Iterator[None]:
    with time_machine.travel(committed.now, tick=True):
        yield


def confirming(world: World) -> MrdResult:
    series = world.patient()
    world.authorised(series, date(2026, 7, 1), not_detected())
    world.authorised(series, date(2026, 10, 29), detected("0.021"))
    return world.submitted(series, date(2026, 11, 16), detected("0.093"))


def opened(person: User, path: str) -> tuple[Client, dict[str, str]]:
    """A browser that has the page open, with the form as it stands there, ticked."""
    client = Client()
    client.force_login(person)
    return client, hidden(client.get(path)) | {"checked": "on"}


def at_once(path: str, browsers: list[tuple[Client, dict[str, str]]]) -> list["Answer"]:
    """Send every form at the same moment, each on its own connection to the database."""
    gate, answers = threading.Barrier(len(browsers)), []

    def send(client: Client, form: dict[str, str]) -> None:
        try:
            gate.wait(10)
            answers.append(client.post(path, form))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=send, args=browser) for browser in browsers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return answers


def test_only_one_of_two_signs_and_the_other_is_told(committed: World) -> None:
    result = confirming(committed)
    path = f"/laboratory/results/{result.pk}/authorise/"
    browsers = [opened(person, path) for person in (committed.authoriser, committed.second_authoriser)]
    answers = at_once(path, browsers)
    assert sorted(answer.status_code for answer in answers) == [302, 409]
    (refused,) = [answer for answer in answers if answer.status_code == 409]
    assert "authorised version 1" in text_of(refused)
    committed.as_person(committed.authoriser)
    result.refresh_from_db()
    assert result.state == "AUTHORISED"
    signatures = AuditEntry.objects.filter(action="result.authorise", subject_id=result.pk)
    assert signatures.count() == 1
    assert connection.vendor == "postgresql"


def test_signing_and_returning_at_once_leaves_one_of_the_two(committed: World) -> None:
    result = confirming(committed)
    path = f"/laboratory/results/{result.pk}/"
    signing = opened(committed.authoriser, f"{path}authorise/")
    returning = opened(committed.second_authoriser, f"{path}authorise/")
    gate, answers = threading.Barrier(2), {}

    def send(name: str, client: Client, form: dict[str, str]) -> None:
        try:
            gate.wait(10)
            answers[name] = client.post(f"{path}{name}/", form | {"reason": "look again"})
        finally:
            connections.close_all()

    threads = [
        threading.Thread(target=send, args=("authorise", *signing)),
        threading.Thread(target=send, args=("reject", *returning)),
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert sorted(answer.status_code for answer in answers.values()) == [302, 409]
    committed.as_person(committed.authoriser)
    result.refresh_from_db()
    assert result.state == ("AUTHORISED" if answers["authorise"].status_code == 302 else "DRAFT")
