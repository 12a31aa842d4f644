"""`manage.py backup FILE` and `restore FILE`: everything that is on record, in one file.

A home that runs is read where it runs; one that does not gets its PostgreSQL for as long as it takes. Restoring fills
a database beside the one that is there and exchanges the names in one transaction: until then nothing has changed,
and what was there before is kept under another name.
"""

import contextlib
import hashlib
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import psycopg
from psycopg import sql

from mrdweb import env
from mrdweb.embedded import dumps, postgres, roles
from mrdweb.embedded.addresses import embedded
from mrdweb.embedded.dumps import DumpFailed, Server
from mrdweb.embedded.home import LONGEST_SOCKET_NAME, open_home
from mrdweb.embedded.product import PROJECT
from mrdweb.embedded.supervisor import Supervisor

INCOMING = "mrd_incoming"
MIGRATIONS = PROJECT / "monitoring" / "migrations"

HELD = """
SELECT (SELECT count(*) FROM monitoring_patient), (SELECT count(*) FROM monitoring_mrdresult),
       (SELECT max(at) FROM monitoring_auditentry)
"""


@dataclass(frozen=True)
class Held:
    """What a database holds, in numbers that a person knows."""

    patients: int
    results: int
    last_entry_at: datetime | None

    def __str__(self) -> str:
        until = f"{self.last_entry_at:%Y-%m-%d %H:%M:%S %Z}" if self.last_entry_at else "none yet"
        return f"{self.patients} patients, {self.results} results, last audit entry: {until}"


@dataclass(frozen=True)
class Restored:
    """What stands in the database now, and under which name that which was there before is kept, if anything."""

    held: Held
    kept_as: str | None


def backup(file: Path, environ: Mapping[str, str]) -> tuple[Held, str]:
    """Write everything into a new file; return what it holds at least, and its SHA-256. Raises CannotStart."""
    with _server(environ) as server:
        held = _held(server)  # before: what is written meanwhile may be in the file too
        dumps.read_out(server, file)
    with file.open("rb") as written:
        return held, hashlib.file_digest(written, "sha256").hexdigest()


def restore(file: Path, environ: Mapping[str, str], *, replaces: bool, now: datetime) -> Restored:
    """Put what a file holds in the place of an empty database, or of one that is kept beside.

    Raises CannotStart, and then everything is as it was.
    """
    if not embedded(environ).database:
        server = _external(environ)
        dumps.check_readable(file, server)
        return Restored(_into_empty(file, server), None)
    dumps.check_readable(file)
    home = open_home(_root(environ), "a restore", time.sleep)
    supervisor = Supervisor(home, time.sleep, {**environ})
    try:
        supervisor.start_postgres()
        postgres.wait_until_ready(supervisor.crew.members["postgresql"].running, home, time.sleep)
        roles.prepare(home)
        found = _beside(file, Server.at_socket(str(home.run), roles.DATABASE), replaces=replaces, now=now)
        (home.root / "prepared-by").unlink(missing_ok=True)
        # no demonstration is ever loaded beside what was restored
        (home.root / "demonstration-loaded").write_text("", encoding="utf-8")
    finally:
        supervisor.stop()
    return found


@contextlib.contextmanager
def _server(environ: Mapping[str, str]) -> Iterator[Server]:
    """The database of this place: another's, that of a running home, or that of a home that is woken for it."""
    if not embedded(environ).database:
        yield _external(environ)
        return
    root = _root(environ)
    if directory := _sockets_of_running(root):
        yield Server.at_socket(directory, roles.DATABASE)
        return
    if not root.exists():
        raise DumpFailed(f"There is no home {root}. Set MRD_HOME to the one that is meant.")
    home = open_home(root, "a backup", time.sleep)
    supervisor = Supervisor(home, time.sleep, {**environ})
    try:
        if not home.postgres_data.exists():
            raise DumpFailed(f"The home {root} holds no database.")
        supervisor.start_postgres()
        postgres.wait_until_ready(supervisor.crew.members["postgresql"].running, home, time.sleep)
        yield Server.at_socket(str(home.run), roles.DATABASE)
    finally:
        supervisor.stop()


def _root(environ: Mapping[str, str]) -> Path:
    return Path(env.read("MRD_HOME", str(PROJECT / ".mrd"), environ)).expanduser().resolve()


def _sockets_of_running(root: Path) -> str:
    """Where the sockets of a running home are; empty where none runs."""
    try:
        lines = (root / "environment").read_text(encoding="utf-8").splitlines()
    except OSError:
        return ""
    address = dict(line.split("=", 1) for line in lines if "=" in line).get("DATABASE_URL", "")
    directory = parse_qs(urlsplit(address).query).get("host", [""])[0]
    return directory if directory and Path(f"{directory}{LONGEST_SOCKET_NAME}").exists() else ""


def _external(environ: Mapping[str, str]) -> Server:
    address = env.read("DATABASE_SUPERUSER_URL", "", environ)
    if not address:
        raise DumpFailed(
            "DATABASE_SUPERUSER_URL is not set. Row-level security hides rows from every other role, so that a "
            "database of your own is read, and filled, as a superuser: "
            "postgresql://postgres:...@host:5432/mrd"
        )
    return Server.at_address(address)


def _into_empty(file: Path, server: Server) -> Held:
    if _has_tables(server):
        raise DumpFailed("The database holds tables already; nothing was changed. Name an empty one.")
    dumps.read_in(file, server)
    return _checked(server)


def _beside(file: Path, server: Server, *, replaces: bool, now: datetime) -> Restored:
    occupied = _has_tables(server)
    if occupied and not replaces:
        raise DumpFailed(
            f"This home holds data already ({_held(server)}); nothing was changed. Restore into a new MRD_HOME, or "
            "say --replace: what is there is then kept beside, under another name."
        )
    incoming = server.of(INCOMING)
    with server.of("postgres").connect() as connection:
        connection.execute(sql.SQL("DROP DATABASE IF EXISTS {}").format(sql.Identifier(INCOMING)))
        roles.make_database(connection, INCOMING)
        try:
            dumps.read_in(file, incoming)
            held = _checked(incoming)
        except DumpFailed:
            connection.execute(sql.SQL("DROP DATABASE {}").format(sql.Identifier(INCOMING)))
            raise
        kept_as = f"{roles.DATABASE}_before_{now.astimezone(UTC):%Y%m%d_%H%M%S}"
        with connection.transaction():
            _rename(connection, roles.DATABASE, kept_as)
            _rename(connection, INCOMING, roles.DATABASE)
        if not occupied:
            connection.execute(sql.SQL("DROP DATABASE {}").format(sql.Identifier(kept_as)))
    return Restored(held, kept_as if occupied else None)


def _rename(connection: psycopg.Connection[tuple[object, ...]], before: str, after: str) -> None:
    names = sql.Identifier(before), sql.Identifier(after)
    connection.execute(sql.SQL("ALTER DATABASE {} RENAME TO {}").format(*names))


def _has_tables(server: Server) -> bool:
    with server.connect() as connection:
        return connection.execute("SELECT 1 FROM pg_tables WHERE schemaname = 'public' LIMIT 1").fetchone() is not None


def _checked(server: Server) -> Held:
    """Raise DumpFailed where the tables are not this product's, or of a later release than this."""
    with server.connect() as connection:
        try:
            applied = connection.execute("SELECT name FROM django_migrations WHERE app = 'monitoring'").fetchall()
        except psycopg.errors.UndefinedTable:
            applied = []
    if not applied:
        raise DumpFailed("This file is no backup of this product.")
    unknown = sorted({str(name) for (name,) in applied} - {file.stem for file in MIGRATIONS.glob("0*.py")})
    if unknown:
        raise DumpFailed(f"The backup was made by a later release ({unknown[-1]} is not known here). Use that release.")
    return _held(server)


def _held(server: Server) -> Held:
    with server.connect() as connection:
        try:
            row = connection.execute(HELD).fetchone()
        except psycopg.errors.UndefinedTable:
            raise DumpFailed("The database does not hold the tables of this product.") from None
    patients, results, last_entry_at = row or (0, 0, None)
    return Held(int(str(patients)), int(str(results)), last_entry_at if isinstance(last_entry_at, datetime) else None)
