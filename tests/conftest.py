"""Fixtures that every room of tests may use."""

import gc
import os
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import OperationalError, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created
from django.db.backends.utils import CursorWrapper
from django.utils import translation
from hypothesis import HealthCheck, settings
from psycopg._preparing import PrepareManager
from psycopg.errors import DeadlockDetected
from pytest_django.plugin import DjangoDbBlocker
from whitenoise.middleware import WhiteNoiseMiddleware  # type: ignore[import-untyped]

from tests import endurance
from tests.world import World

YOUNG_OBJECTS = 50_000  # new ones less deleted ones, after which garbage is looked for; the default of 700 took 5 %
PLANS_KEPT = 1000  # of a connection that hundreds of tests use one after the other
ATTEMPTS = 5  # PostgreSQL ends a deadlock after a second, and who is left goes on
LATE_ENDS = ("/tests/functional/", "_hostile", "test_reader_fuzz", "test_literal_reading", "test_why_different")
KEPT = {"django_migrations", "django_content_type", "auth_permission"}

# A law is tried with few examples while somebody waits, with more by `make endurance`, with many at night
# (HYPOTHESIS_PROFILE=night). No deadline and no limit for making an example: a machine that is busy with other things
# proves nothing about a law.
AT_ANY_PACE = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("small", AT_ANY_PACE, max_examples=25)
settings.register_profile("whole", AT_ANY_PACE, max_examples=50)
settings.register_profile("night", AT_ANY_PACE, max_examples=10_000)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "whole" if endurance.WHOLE else "small"))


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Begin every test in the default language: a request in French leaves it behind in its thread."""
    translation.deactivate()


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> Iterator[None]:
    """Mark what takes long, and begin with it: what is short fills the processes evenly at the end."""
    endurance.mark(items)
    yield
    items.sort(key=lambda item: not any(part in item.path.as_posix() for part in LATE_ENDS))


def pytest_collection_finish() -> None:
    """Do not look for garbage among thousands of tests again and again: what is there now stays."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG_OBJECTS, *gc.get_threshold()[1:])


@pytest.fixture(scope="session")
def django_db_setup(django_db_blocker: DjangoDbBlocker) -> None:
    """The database is there, migrated by its owner (tests/databases.py); empty for the first test as for others."""
    with django_db_blocker.unblock():
        empty_database()


@pytest.fixture(scope="session", autouse=True)
def static_files_are_listed_once() -> Iterator[None]:
    """Keep the list of static files: every test client makes the middleware anew, and it looks through the disk."""
    list_them = WhiteNoiseMiddleware.add_files_from_finders
    listed: dict[str, dict[str, object]] = {}

    def list_once(middleware: WhiteNoiseMiddleware) -> None:
        if middleware.static_prefix not in listed:
            list_them(middleware)
            listed[middleware.static_prefix] = dict(middleware.files)
        middleware.files.update(listed[middleware.static_prefix])

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(WhiteNoiseMiddleware, "add_files_from_finders", list_once)
        yield


@pytest.fixture(scope="session", autouse=True)
def plans_are_kept() -> Iterator[None]:
    """Let a connection keep what it has planned: psycopg forgets it at a rollback, with which every test ends."""

    def keep_many(connection: BaseDatabaseWrapper, **_: Any) -> None:
        connection.connection.prepared_max = PLANS_KEPT

    connection_created.connect(keep_many)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(PrepareManager, "clear", lambda _: False)
        yield
    connection_created.disconnect(keep_many)


@pytest.fixture
def world(db: None) -> World:
    """Two centres with people and a laboratory, in a transaction that is rolled back."""
    return World.make()


@pytest.fixture
def committed(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[World]:
    """The same world, really committed, for tests in which other processes read it; emptied afterwards."""
    with django_db_blocker.unblock():
        try:
            yield World.make()
        finally:
            empty_database()


def empty_database() -> None:
    """Empty every table as the owner: the application role could not."""
    connections["default"].close()
    with connections["owner"].cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        tables = ", ".join(f'"{name}"' for (name,) in cursor.fetchall() if name not in KEPT)
        for guarded in ("monitoring_auditentry", "monitoring_auditseal"):
            cursor.execute(f"ALTER TABLE {guarded} DISABLE TRIGGER USER")
        _truncate(cursor, tables)
        for guarded in ("monitoring_auditentry", "monitoring_auditseal"):
            cursor.execute(f"ALTER TABLE {guarded} ENABLE TRIGGER USER")
    connections["owner"].close()


def _truncate(cursor: CursorWrapper, tables: str) -> None:
    """Empty them; a server that was just stopped may still end its last query, and each then waits for the other."""
    for _attempt in range(ATTEMPTS - 1):
        try:
            cursor.execute(f"TRUNCATE {tables} RESTART IDENTITY")
        except OperationalError as error:
            if not isinstance(error.__cause__, DeadlockDetected):
                raise
        else:
            return
    cursor.execute(f"TRUNCATE {tables} RESTART IDENTITY")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say it loudly when the continuous integration skipped something."""
    skipped = terminalreporter.stats.get("skipped", [])
    if skipped and os.environ.get("CI"):
        terminalreporter.section("skipped tests fail the run here")


def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    """Let a skipped test fail the run in continuous integration."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if os.environ.get("CI") and reporter is not None and reporter.stats.get("skipped") and exitstatus == 0:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
