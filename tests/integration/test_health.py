"""What the supervisor and containers ask."""

import time

import pytest
from django.conf import LazySettings
from django.db import DatabaseError, connections
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.test import Client

from monitoring.views import health

SOON = 3.0  # seconds; the supervisor waits five


@pytest.fixture(autouse=True)
def nothing_remembered() -> None:
    health.check_migrations_are_applied.cache_clear()


def test_livez_asks_nobody(client: Client) -> None:
    response = client.get("/livez")
    assert (response.status_code, response.content) == (200, b"alive\n")


def test_all_is_well(client: Client, db: None) -> None:
    response = client.get("/healthz")
    assert response.status_code == 200
    assert response.json() == {"status": "ready", "database": "up", "broker": "up"}


def test_pages_are_served_without_the_broker(client: Client, db: None, settings: LazySettings) -> None:
    settings.CELERY_BROKER_URL = "redis://127.0.0.1:1/0"
    begun = time.monotonic()
    response = client.get("/healthz")
    assert time.monotonic() - begun < SOON
    assert response.status_code == 200
    assert response.json() == {"status": "ready", "database": "up", "broker": "down"}


def test_no_broker_named_is_no_broker(client: Client, db: None, settings: LazySettings) -> None:
    settings.CELERY_BROKER_URL = ""
    assert client.get("/healthz").json()["broker"] == "down"


def test_nothing_is_served_without_the_database(client: Client, db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse() -> None:
        raise DatabaseError("gone")

    with monkeypatch.context() as gone:
        gone.setattr(connections["default"], "cursor", refuse)
        response = client.get("/healthz")
    assert response.status_code == 503
    assert response.json()["database"] == "down"
    assert "gone" not in response.content.decode()


def test_tables_older_than_the_code_are_not_ready(client: Client, db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    applied = MigrationRecorder.applied_migrations
    (last,) = MigrationLoader(None).graph.leaf_nodes("monitoring")

    def without_the_last(recorder: MigrationRecorder) -> dict[tuple[str, str], object]:
        return {key: row for key, row in applied(recorder).items() if key != last}

    monkeypatch.setattr(MigrationRecorder, "applied_migrations", without_the_last)
    response = client.get("/healthz")
    assert response.status_code == 503
    assert response.json()["database"] == "migrations missing"


@pytest.mark.parametrize("address", ["/livez", "/healthz"])
def test_health_is_only_asked(client: Client, db: None, address: str) -> None:
    assert client.post(address).status_code == 405
