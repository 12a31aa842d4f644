"""The day of the world, its first patient, a technician signed in; passwords whose hashes cost little."""

from collections.abc import Iterator

import pytest
import time_machine
from django.contrib.auth.hashers import Argon2PasswordHasher
from django.test import Client

from monitoring.models import MrdSeries
from tests.world import World


@pytest.fixture(scope="package", autouse=True)
def hashes_cost_little() -> Iterator[None]:
    """Hash as the product does, with less memory and time: how dear a guess is, is not what is shown here."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Argon2PasswordHasher, "time_cost", 1)
        patch.setattr(Argon2PasswordHasher, "memory_cost", 64)  # KiB
        patch.setattr(Argon2PasswordHasher, "parallelism", 1)
        yield


@pytest.fixture
def today(world: World) -> Iterator[None]:
    """Live on the day of the world: pages and interfaces ask the clock."""
    with time_machine.travel(world.now, tick=False):
        yield


@pytest.fixture
def series(world: World) -> MrdSeries:
    """Return the first patient's followed marker, with its level at diagnosis and no result yet."""
    return world.patient()


@pytest.fixture
def lab(client: Client, world: World, series: MrdSeries) -> Client:
    """Return a client in which the technician is signed in; the patient is on record."""
    client.force_login(world.technician)
    return client
