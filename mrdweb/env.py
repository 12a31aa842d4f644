"""Settings from the environment: read once, loud when wrong."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from psycopg import ProgrammingError
from psycopg.conninfo import conninfo_to_dict


class SettingMissing(Exception):
    """A setting without which the product must not start."""


def read(name: str, default: str | None = None, environ: Mapping[str, str] = os.environ) -> str:
    """Return the value of NAME, or the content of the file named by NAME_FILE (for secrets).

    Raises SettingMissing, saying how to mend it, when neither is there and no default is given.
    """
    file_name = environ.get(f"{name}_FILE")
    if file_name:
        try:
            return Path(file_name).read_text(encoding="utf-8").strip()
        except OSError as error:
            raise SettingMissing(f"{name}_FILE names {file_name}, which cannot be read: {error.strerror}.") from error
    value = environ.get(name)
    if value is not None and value != "":
        return value
    if default is not None:
        return default
    raise SettingMissing(f"{name} is not set. Set {name}, or {name}_FILE to a file that holds it.")


def read_flag(name: str, default: bool = False, environ: Mapping[str, str] = os.environ) -> bool:
    """Return whether NAME says yes; refuses anything that is neither a yes nor a no."""
    value = read(name, "yes" if default else "no", environ).lower()
    if value in {"1", "yes", "true", "on"}:
        return True
    if value in {"0", "no", "false", "off"}:
        return False
    raise SettingMissing(f"{name} is {value!r}; say yes or no.")


def read_private_keys(name: str, environ: Mapping[str, str] = os.environ) -> str:
    """Return NAME, or the content of the file of NAME_FILE, as private keys in PEM; empty where none is set."""
    value = read(name, "", environ)
    if value and not ("-----BEGIN " in value and "PRIVATE KEY-----" in value):
        raise SettingMissing(f"{name} holds no private key in PEM (it begins with -----BEGIN PRIVATE KEY-----).")
    return value


def read_number(name: str, default: int, most: int, environ: Mapping[str, str] = os.environ) -> int:
    """Return NAME as a whole number from 0 to `most`; refuses anything else."""
    value = read(name, str(default), environ)
    if value.isascii() and value.isdigit() and int(value) <= most:
        return int(value)
    raise SettingMissing(f"{name} is {value!r}; give a whole number from 0 to {most}.")


def _home_environment(environ: Mapping[str, str] = os.environ) -> dict[str, str]:
    """Return what a running `manage.py up` left in its home for other commands: addresses of its servers."""
    home = Path(environ.get("MRD_HOME") or ".mrd")
    try:
        lines = (home / "environment").read_text(encoding="utf-8").splitlines()
    except OSError:
        return {}
    return dict(line.split("=", 1) for line in lines if "=" in line)


def read_home(name: str, default: str, environ: Mapping[str, str] = os.environ) -> str:
    """Return NAME from the environment, else from the running home, else the default."""
    return read(name, _home_environment(environ).get(name, default), environ)


def databases(environ: Mapping[str, str] = os.environ) -> dict[str, Any]:
    """Return Django's DATABASES: `default` for this process, `owner` where migrations are run.

    Empty where no database is named: commands that need none work all the same.
    """
    application = read_home("DATABASE_URL", "", environ)
    if not application:
        return {}
    worker = read_home("DATABASE_WORKER_URL", application, environ)
    owner = read_home("DATABASE_OWNER_URL", "", environ)
    is_worker = read("MRD_PROCESS", "web", environ) == "worker"
    found = {"default": _connection(worker if is_worker else application)}
    if owner:
        found["owner"] = _connection(owner)
    return found


def _connection(url: str) -> dict[str, Any]:
    """Return one entry of DATABASES for a postgresql:// address."""
    try:
        parts = conninfo_to_dict(url)
    except ProgrammingError as error:
        raise SettingMissing(f"A database address cannot be read: {error}") from error
    return {
        "ENGINE": "mrdweb.postgresql",
        "NAME": parts.get("dbname", ""),
        "USER": parts.get("user", ""),
        "PASSWORD": parts.get("password", ""),
        "HOST": parts.get("host", ""),
        "PORT": str(parts.get("port", "")),
        "CONN_MAX_AGE": 600,
        "CONN_HEALTH_CHECKS": True,
        # a connection keeps the plan of what it is asked again: row-level security makes plans dear (docs/adr/0012)
        "OPTIONS": {"connect_timeout": 5, "prepare_threshold": 5, "server_side_binding": True},
    }


def user_names(environ: Mapping[str, str] = os.environ) -> tuple[str, str]:
    """Return the names of the application role and of the worker role, for the privileges that migrations grant."""
    application = read_home("DATABASE_URL", "", environ)
    worker = read_home("DATABASE_WORKER_URL", application, environ)
    return str(conninfo_to_dict(application)["user"]), str(conninfo_to_dict(worker)["user"])
