"""Servers and databases for a run of tests: one PostgreSQL and one Valkey, one database for each parallel worker.

Loaded as a plugin (`-p tests.databases`) before Django reads its settings, because those come from the environment.
"""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
TEMPLATE = "mrd_template"
_servers = None


def _database_name(worker: str) -> str:
    return f"mrd_{worker}"


def _point_settings_at(database: str) -> None:
    """Let settings find the database of this process; the addresses came from whoever started the servers."""
    for name in ("DATABASE_URL", "DATABASE_OWNER_URL", "DATABASE_WORKER_URL"):
        os.environ[name] = os.environ[f"MRD_TEST_{name}"].replace(f"/{TEMPLATE}?", f"/{database}?")
    number = 1 + int(database.removeprefix("mrd_gw")) if database.startswith("mrd_gw") else 0
    os.environ["REDIS_URL"] = f"{os.environ['MRD_TEST_REDIS_URL']}?virtual_host={number}"


def _start() -> None:
    """Start the servers and migrate the template that every database is copied from."""
    global _servers
    from tests.servers import start_servers

    _servers = start_servers()
    addresses = _servers.make_database(TEMPLATE)
    os.environ.update({f"MRD_TEST_{name}": value for name, value in addresses.environment().items()})
    os.environ.setdefault("SECRET_KEY", "only for tests")
    os.environ["MRD_HOME"] = os.devnull
    os.environ.pop("PYTHONUNBUFFERED", None)  # where it is set, a program that keeps a line to itself goes unseen
    # The browser's driver keeps an event loop in the thread of the tests; the database is used beside it, not in it.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "yes"
    os.environ["DJANGO_SETTINGS_MODULE"] = "mrdweb.settings"
    subprocess.run(
        [sys.executable, "manage.py", "migrate", "--no-input", "--verbosity", "0"],
        cwd=ROOT,
        env={**os.environ, **addresses.environment()},
        check=True,
    )


_worker = os.environ.get("PYTEST_XDIST_WORKER")
if _worker is None:
    _start()
_point_settings_at(_database_name(_worker or "single"))


def pytest_configure(config: pytest.Config) -> None:
    """Copy the template once for each process that runs tests."""
    if _servers is None:
        return
    count = config.getoption("numprocesses", None) or 0
    names = [_database_name(f"gw{n}") for n in range(count)] or [_database_name("single")]
    with _servers.superuser() as connection:
        for name in names:
            connection.execute(f'CREATE DATABASE "{name}" TEMPLATE "{TEMPLATE}" OWNER mrd_owner')
            connection.execute(f'REVOKE ALL ON DATABASE "{name}" FROM PUBLIC')
            connection.execute(f'GRANT CONNECT, TEMPORARY ON DATABASE "{name}" TO mrd_app, mrd_worker')


def pytest_unconfigure() -> None:
    """Leave nothing behind."""
    if _servers is not None:
        _servers.stop()
