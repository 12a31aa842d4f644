"""The same request twice at the same moment, over two connections: one is done, both are answered alike."""

import json
import threading
from collections.abc import Callable
from typing import Any

from django.db import connection, transaction
from django.test import Client
from knox.models import AuthToken

from monitoring.models import MrdResult, MrdSeries
from tests.integration.rest_api import sent
from tests.world import World

AT_ONCE = 4


def asked(world: World, body: dict[str, Any], keys: list[str]) -> list[Any]:
    """Send the request once for each key, all at the same moment."""
    token = AuthToken.objects.create(user=world.technician)[1]
    start, answers = threading.Barrier(len(keys)), []

    def send(key: str) -> None:
        headers = {"authorization": f"Bearer {token}"} | ({"idempotency-key": key} if key else {})
        start.wait()
        try:
            answers.append(
                Client().post(
                    "/api/v1/results/bulk?mode=per-item", json.dumps(body), content_type="application/json",
                    headers=headers,
                )
            )  # fmt: skip
        finally:
            connection.close()

    _run([lambda key=key: send(key) for key in keys])  # type: ignore[misc] # a default binds the key
    return answers


def _run(calls: list[Callable[[], None]]) -> None:
    threads = [threading.Thread(target=call) for call in calls]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def series_of(world: World) -> MrdSeries:
    with transaction.atomic():
        return world.patient()


def results_of(world: World) -> int:
    with transaction.atomic():
        world.as_person(world.clinician)
        return MrdResult.objects.count()


def test_with_the_same_key_it_is_done_once_and_all_are_answered_alike(committed: World) -> None:
    series = series_of(committed)
    body = {"results": [sent(committed, series, f"26-{n}", "2026-06-15") for n in range(5)]}
    answers = asked(committed, body, ["key-1"] * AT_ONCE)
    assert [each.status_code for each in answers] == [200] * AT_ONCE
    assert len({json.dumps(each.json(), sort_keys=True) for each in answers}) == 1
    assert sum("Idempotent-Replay" in each.headers for each in answers) == AT_ONCE - 1
    assert results_of(committed) == 5


def test_without_a_key_nothing_is_doubled_and_the_others_are_told(committed: World) -> None:
    series = series_of(committed)
    body = {"results": [sent(committed, series, f"26-{n}", "2026-06-15") for n in range(5)]}
    answers = asked(committed, body, [""] * 2)
    assert [each.status_code for each in answers] == [200, 200]
    statuses = sorted(tuple(one["status"] for one in each.json()["results"]) for each in answers)
    assert statuses == [(201,) * 5, (409,) * 5]
    assert results_of(committed) == 5
