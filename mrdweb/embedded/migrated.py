"""Has this very code already prepared this very database? Then a start need not do it again."""

import hashlib
from pathlib import Path

import psycopg

from mrdweb.embedded.addresses import CONNECT_SECONDS, Addresses

CODE = ("mrdweb", "api", "monitoring")
CODE_SUFFIXES = (".py", ".sql")
LOCK = "requirements-runtime.lock"

# The number of the table changes when a backup is restored over it, and with it what was granted may change.
APPLIED = "SELECT 'django_migrations'::regclass::oid::int, app, name FROM django_migrations ORDER BY id"


def fingerprint(project: Path, found: Addresses) -> str:
    """Return one value for the code, the roles and the state of the database; empty when there are no tables yet."""
    try:
        with psycopg.connect(found.owner, connect_timeout=CONNECT_SECONDS) as connection:
            applied = connection.execute(APPLIED).fetchall()
    except psycopg.errors.UndefinedTable:
        return ""
    digest = hashlib.sha256(repr((applied, found.application, found.worker)).encode())
    for file in code_files(project):
        digest.update(hashlib.sha256(file.read_bytes()).digest())
    return digest.hexdigest()


def code_files(project: Path) -> list[Path]:
    """Return the files that decide what a migration does, always in the same order."""
    files = [file for room in CODE for file in (project / room).rglob("*") if file.suffix in CODE_SUFFIXES]
    return [*sorted(files), project / LOCK]
