"""Reading a whole database into one file and a file into a database, with PostgreSQL's own programs.

Row-level security hides rows from every role but a superuser, and a dump that left rows out would be worth nothing:
so both are done as one. Passwords travel in the environment, never on a command line that others can see.
"""

import os
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Self

import psycopg
from psycopg.conninfo import conninfo_to_dict

from mrdweb.embedded import binaries, postgres
from mrdweb.embedded.faults import CannotStart

LAST_WORDS = 1_000  # characters of what a program said

# parts of an address, and the names under which PostgreSQL's programs look for them
NAMES = {
    "host": "PGHOST", "port": "PGPORT", "user": "PGUSER", "password": "PGPASSWORD", "dbname": "PGDATABASE",
    "sslmode": "PGSSLMODE", "sslrootcert": "PGSSLROOTCERT",
}  # fmt: skip


class DumpFailed(CannotStart):
    """A file or a database could not be read or written whole; nothing half of it is left."""


@dataclass(frozen=True)
class Server:
    """Where a database is, and as whom it is entered, under the names that PostgreSQL's programs know."""

    environment: Mapping[str, str]
    is_ours: bool = False

    @classmethod
    def at_socket(cls, directory: str, database: str) -> Self:
        """Return an embedded server, entered by the account that started it."""
        return cls({"PGHOST": directory, "PGUSER": postgres.SUPERUSER, "PGDATABASE": database}, is_ours=True)

    @classmethod
    def at_address(cls, address: str) -> Self:
        """Return the server at a postgresql:// address; raises CannotStart for one that cannot be read."""
        try:
            parts = conninfo_to_dict(address)
        except psycopg.ProgrammingError as error:
            raise CannotStart(f"DATABASE_SUPERUSER_URL cannot be read: {error}") from error
        return cls({NAMES[name]: str(value) for name, value in parts.items() if name in NAMES})

    def of(self, database: str) -> "Server":
        """Return the same server with another database."""
        return replace(self, environment={**self.environment, "PGDATABASE": database})

    def connect(self) -> psycopg.Connection[tuple[object, ...]]:
        """Enter the database."""
        given = {part: self.environment[name] for part, name in NAMES.items() if name in self.environment}
        try:
            return psycopg.connect(**given, autocommit=True, connect_timeout=postgres.CONNECT_SECONDS)  # type: ignore[arg-type]
        except psycopg.OperationalError as error:
            raise DumpFailed(f"The database cannot be entered: {str(error).strip()}") from error


def read_out(server: Server, file: Path) -> None:
    """Write everything that one moment's transaction sees into a file that its owner alone may read.

    The file is read through before it gets its name. Raises DumpFailed; a file that is there already stays as it is.
    """
    if file.exists():
        raise DumpFailed(f"{file} is there already; nothing was changed. Give another name.")
    unfinished = file.with_name(f"{file.name}.unfinished")
    try:
        os.close(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    except OSError as error:
        raise DumpFailed(f"{unfinished} cannot be written: {error.strerror}.") from error
    try:
        _run("pg_dump", server, "--no-password", "--format=custom", f"--file={unfinished}")
        check_readable(unfinished, server)
        with unfinished.open("rb") as written:
            os.fsync(written.fileno())
        os.link(unfinished, file)  # unlike a rename, refuses a name that was taken meanwhile
    except FileExistsError:
        raise DumpFailed(f"{file} is there already; nothing was changed. Give another name.") from None
    finally:
        unfinished.unlink()


def check_readable(file: Path, server: Server | None = None) -> None:
    """Read a backup through to its end; raises DumpFailed for one that is cut, damaged, or none at all."""
    if not file.is_file():
        raise DumpFailed(f"There is no file {file}.")
    _run("pg_restore", server, f"--file={os.devnull}", str(file))


def read_in(file: Path, server: Server) -> None:
    """Fill an empty database from a file, wholly or not at all; raises DumpFailed."""
    database = f"--dbname={server.environment['PGDATABASE']}"
    _run("pg_restore", server, "--no-password", "--single-transaction", "--exit-on-error", database, str(file))


def _run(program: str, server: Server | None, *words: str) -> None:
    given = {**postgres.plain_environment(), **(server.environment if server else {})}
    command = [_path(program, is_ours=server is None or server.is_ours), *words]
    done = subprocess.run(command, env=given, capture_output=True, text=True, check=False)  # noqa: S603 - PostgreSQL's own
    if done.returncode != 0:
        raise DumpFailed(f"{program} failed. Its last words:\n{done.stderr.strip()[-LAST_WORDS:]}")


def _path(program: str, *, is_ours: bool) -> str:
    """Return the program of the wheel for our own server; for another one that of the machine, if it has one.

    Programs of a later version than the server's write what an earlier server does not understand.
    """
    found = None if is_ours else shutil.which(program)
    if found is None:
        package = binaries.package_directory(binaries.POSTGRES_MODULE, binaries.POSTGRES_WHEEL)
        found = str(package / binaries.POSTGRES_FOLDER / "bin" / program)
    return found
