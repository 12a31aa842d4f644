"""How much one token may ask."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from pytest_django import Settings

from api.v1.rates import BUCKETS, MOST_BUCKETS, Buckets
from api.v1.shared_rates import LEFT_ALONE_SECONDS, SHARED, SharedBuckets
from tests.integration.rest_api import Api
from tests.world import World


@pytest.fixture(autouse=True)
def empty() -> Iterator[None]:
    begin_anew()
    yield
    begin_anew()


def begin_anew() -> None:
    BUCKETS.forget()
    SHARED.forget()


def test_a_token_that_asks_too_much_is_told_when_to_ask_again(world: World, settings: Settings) -> None:
    settings.API_REQUESTS_A_MINUTE = 3
    api, other = Api(world, world.clinician), Api(world, world.clinician)
    assert [api.get("patients/").status_code for _ in range(4)] == [200, 200, 200, 429]
    refused = api.get("patients/")
    assert (refused["Content-Type"], refused.json()["status"]) == ("application/problem+json", 429)
    assert 1 <= int(refused["Retry-After"]) <= 20
    assert other.get("patients/").status_code == 200  # another token of the same person


def test_who_shows_no_token_is_counted_by_address(world: World, settings: Settings) -> None:
    settings.API_REQUESTS_A_MINUTE = 2
    api = Api(world, world.clinician)
    answers = [api.client.get("/api/v1/docs").status_code for _ in range(3)]
    assert answers == [200, 200, 429]


def test_a_bucket_fills_evenly_and_no_further_than_its_size() -> None:
    buckets = Buckets()
    assert [buckets.take("a", 60, 0.0) for _ in range(60)] == [0] * 60
    assert buckets.take("a", 60, 0.0) == 1.0
    assert buckets.take("a", 60, 1.0) == 0
    assert buckets.take("a", 60, 1.0) == 1.0
    assert [buckets.take("a", 60, 9999.0) for _ in range(61)].count(0) == 60


def test_no_more_than_so_many_are_remembered() -> None:
    buckets = Buckets()
    for number in range(MOST_BUCKETS + 5):
        buckets.take(str(number), 1, 0.0)
    assert buckets.take("0", 1, 0.0) == 0  # forgotten, and full again
    assert buckets.take(str(MOST_BUCKETS), 1, 0.0) > 0


def test_all_processes_count_together_and_a_bucket_fills_evenly() -> None:
    one, other = SharedBuckets(), SharedBuckets()  # as two web processes have them
    assert [each.take("together", 4) for each in (one, other, one, other)] == [0, 0, 0, 0]
    waits = [one.take("together", 4), other.take("together", 4)]
    assert all(wait is not None and 10 < wait <= 15 for wait in waits)
    assert one.take("another", 4) == 0


def test_a_dead_broker_fails_no_request_and_each_process_counts_for_itself(
    world: World, settings: Settings, tmp_path: Path
) -> None:
    settings.API_REQUESTS_A_MINUTE = 3
    settings.REDIS_URL = f"redis+socket://{tmp_path}/nobody"
    api = Api(world, world.clinician)
    assert [api.get("patients/").status_code for _ in range(4)] == [200, 200, 200, 429]
    assert BUCKETS.take("nobody else", 3, 0.0) == 0


@pytest.mark.parametrize("address", ["redis://127.0.0.1:1/0", "amqp://elsewhere", "redis+socket:///nowhere?odd=1"])
def test_a_broker_that_does_not_answer_is_left_alone_for_a_while(settings: Settings, address: str) -> None:
    moments = iter([0.0, 0.0, 1.0, LEFT_ALONE_SECONDS + 1, LEFT_ALONE_SECONDS + 1])
    alive, settings.REDIS_URL = settings.REDIS_URL, address
    buckets = SharedBuckets(clock=lambda: next(moments))
    assert buckets.take("a", 60) is None
    settings.REDIS_URL = alive
    assert buckets.take("a", 60) is None  # not asked yet
    assert buckets.take("a", 60) == 0


def test_without_a_broker_each_process_counts_for_itself(settings: Settings) -> None:
    settings.REDIS_URL = ""
    assert SharedBuckets().take("a", 60) is None
