"""Nothing serves as a role that could pass the guards of the database: pages, worker, interfaces and commands alike."""

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import connections

from monitoring.actions import editions
from mrdweb.embedded.postgres import SUPERUSER
from mrdweb.postgresql.base import DatabaseWrapper

pytestmark = pytest.mark.django_db(databases=["default", "owner"])


def entered_as(user: str, password: str = "", alias: str = "default") -> DatabaseWrapper:
    given = {**connections["default"].settings_dict, "USER": user, "PASSWORD": password}
    return DatabaseWrapper(given, alias=alias)


def owner() -> tuple[str, str]:
    given = connections["owner"].settings_dict
    return given["USER"], given["PASSWORD"]


def test_the_role_of_the_application_serves_and_sees_nothing_unasked() -> None:
    given = connections["default"].settings_dict
    entered = entered_as(given["USER"], given["PASSWORD"])
    with entered.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM monitoring_patient")
        assert cursor.fetchone() == (0,)
    entered.close()


def test_the_owner_of_the_tables_does_not_serve_and_its_connection_is_closed() -> None:
    entered = entered_as(*owner())
    with pytest.raises(ImproperlyConfigured, match="owns the tables"):
        entered.ensure_connection()
    assert entered.connection is None


def test_the_owner_migrates() -> None:
    entered = entered_as(*owner(), alias="owner")
    entered.ensure_connection()
    entered.close()


def test_a_superuser_does_not_serve() -> None:
    with pytest.raises(ImproperlyConfigured, match="is a superuser"):
        entered_as(SUPERUSER).ensure_connection()


def test_a_process_that_starts_ends_with_the_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    def refused() -> dict[str, str]:
        entered_as(*owner()).ensure_connection()
        return {}

    monkeypatch.setattr("monitoring.queries.editions.unsigned", refused)
    monkeypatch.setattr("django.db.connections.close_all", lambda: None)
    assert "mrd_owner owns the tables" in editions.refuse_to_start()
