"""How much one token may ask."""

from collections.abc import Iterator

import pytest

from api.v1.rates import BUCKETS, MOST_BUCKETS, Buckets
from tests.integration.rest_api import Api
from tests.world import World


@pytest.fixture(autouse=True)
def empty() -> Iterator[None]:
    BUCKETS.forget()
    yield
    BUCKETS.forget()


def test_a_token_that_asks_too_much_is_told_when_to_ask_again(world: World, settings) -> None:  # type: ignore[no-untyped-def]
    settings.API_REQUESTS_A_MINUTE = 3
    api, other = Api(world, world.clinician), Api(world, world.clinician)
    assert [api.get("patients/").status_code for _ in range(4)] == [200, 200, 200, 429]
    refused = api.get("patients/")
    assert (refused["Content-Type"], refused.json()["status"]) == ("application/problem+json", 429)
    assert 1 <= int(refused["Retry-After"]) <= 20
    assert other.get("patients/").status_code == 200  # another token of the same person


def test_who_shows_no_token_is_counted_by_address(world: World, settings) -> None:  # type: ignore[no-untyped-def]
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
