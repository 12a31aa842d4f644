"""REST: one alert, where the address in a webhook leads."""

from typing import Any

import pytest
from django.test import Client
from knox.models import AuthToken

from monitoring.models import User
from tests.integration.told_world import relapse
from tests.world import World

pytestmark = pytest.mark.django_db


def got(person: User, path: str) -> Any:
    _, token = AuthToken.objects.create(user=person)
    return Client().get(f"/api/v1/{path}", headers={"authorization": f"Bearer {token}"})


def test_who_reads_the_chart_reads_the_alert(world: World) -> None:
    alert = relapse(world)
    found = got(world.clinician, f"alerts/{alert.pk}/")
    assert (found.status_code, found.json()["id"], found.json()["state"]) == (200, alert.pk, "RAISED")


@pytest.mark.parametrize("who", ["stranger", "technician"])
def test_to_others_it_is_not_there(world: World, who: str) -> None:
    alert = relapse(world)
    assert got(getattr(world, who), f"alerts/{alert.pk}/").status_code == 404
