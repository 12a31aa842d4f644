"""The first page of the laboratory."""

from datetime import date

import pytest
from django.test import Client

from tests.world import World, detected


@pytest.fixture
def lab(client: Client, world: World) -> Client:
    client.force_login(world.authoriser)
    return client


def test_a_waiting_result_is_listed_with_its_effect(lab: Client, world: World) -> None:
    series = world.patient()
    world.submitted(series, date(2026, 10, 1), detected("0.5"))
    answer = lab.get("/laboratory/")
    assert answer.status_code == 200
    assert "P-0001" in answer.content.decode()
