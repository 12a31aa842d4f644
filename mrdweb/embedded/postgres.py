"""The embedded PostgreSQL 18: its data, its configuration, its start."""

import contextlib
import os
import re
import shutil
import signal
import time
from collections.abc import Mapping
from pathlib import Path

import psycopg

from mrdweb.embedded.accounts import own_account
from mrdweb.embedded.binaries import Binaries
from mrdweb.embedded.faults import CannotStart
from mrdweb.embedded.home import Home
from mrdweb.embedded.processes import POLL_SECONDS, Pause, Program, Running, run_to_end

SUPERUSER = "mrd_superuser"
MAJOR_VERSION = "18"
START_SECONDS = 300.0
FOREIGN_END_SECONDS = 20.0
CONNECT_SECONDS = 5

SAFE = {
    "fsync": "on",
    "full_page_writes": "on",
    "synchronous_commit": "on",
}

# PostgreSQL's own defaults are for a machine of 1 GB: the indexes of 100,000 patients do not stay in 128 MB, and a
# checkpoint for each GB written sends every page to disk once more.
LEAST_BUFFERS_MB, MOST_BUFFERS_MB = 128, 1024
SHARE_OF_MEMORY = 4
WRITTEN_BETWEEN_CHECKPOINTS = "4GB"

# peer: only the account that runs the supervisor is the superuser; everybody else needs a password
ACCESS = """\
local all mrd_superuser peer map=supervisor
local all all scram-sha-256
"""


def initialise(home: Home, binaries: Binaries, pause: Pause) -> None:
    """Make the database files once, whole or not at all."""
    data = home.postgres_data
    if data.exists():
        _check_data(data)
        return
    nest = home.private_directory(home.servers / "postgresql-unfinished")
    shutil.rmtree(nest, ignore_errors=True)
    home.private_directory(nest)
    command = (
        str(binaries.postgres / "initdb"),
        f"--pgdata={nest}",
        f"--username={SUPERUSER}",
        "--auth=reject",
        "--encoding=UTF8",
        "--locale=C",
        "--locale-provider=builtin",
        "--builtin-locale=C.UTF-8",
        "--data-checksums",
    )
    run_to_end(
        Program("initdb", command, home.servers, plain_environment(), home.account),
        home.logs,
        pause,
        home.held,
    )
    with (nest / "postgresql.conf").open("a", encoding="utf-8") as configuration:
        configuration.write("\ninclude_if_exists = 'mrd.conf'\n# Settings of your own go below this line.\n")
    nest.rename(data)


def _check_data(data: Path) -> None:
    version_file = data / "PG_VERSION"
    found = version_file.read_text(encoding="utf-8").strip() if version_file.exists() else "none"
    if found != MAJOR_VERSION:
        raise CannotStart(
            f"The database files in {data} are of PostgreSQL version {found}, and this product runs "
            f"{MAJOR_VERSION}. Restore a backup into a new MRD_HOME; docs/operations.md says how."
        )


def plain_environment() -> dict[str, str]:
    """What a server sees of our environment: next to nothing, so that no locale changes its messages."""
    return {"LC_ALL": "C", "PATH": os.environ.get("PATH", os.defpath), "TZ": "UTC"}


def room() -> dict[str, str]:
    """Return how much memory and log this machine can give: a quarter of its memory, up to 1 GB."""
    quarter = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // SHARE_OF_MEMORY // 2**20
    buffers = max(LEAST_BUFFERS_MB, min(quarter, MOST_BUFFERS_MB))
    return {"shared_buffers": f"{buffers}MB", "max_wal_size": WRITTEN_BETWEEN_CHECKPOINTS}


def configure(home: Home, settings: Mapping[str, str]) -> None:
    """Write configuration and access rules; they are ours and written anew at every start."""
    lines = {
        "listen_addresses": "",
        "unix_socket_directories": str(home.run),
        "unix_socket_permissions": "0700",
        "password_encryption": "scram-sha-256",
        "timezone": "UTC",
        "log_timezone": "UTC",
        "log_line_prefix": "%m [%p] %q%u@%d ",
        "cluster_name": "mrd",
        **room(),
        **settings,
    }
    text = "# Written at every start; settings of your own go to the end of postgresql.conf.\n"
    text += "".join(f"{name} = '{value}'\n" for name, value in lines.items())
    _write(home, "mrd.conf", text)
    _write(home, "pg_hba.conf", ACCESS)
    name = own_account().name.replace('"', '""')
    _write(home, "pg_ident.conf", f'supervisor "{name}" {SUPERUSER}\n')


def _write(home: Home, name: str, text: str) -> None:
    path = home.postgres_data / name
    unfinished = path.with_suffix(".unfinished")
    unfinished.write_text(text, encoding="utf-8")
    unfinished.chmod(0o600)
    if home.account:
        os.chown(unfinished, home.account.uid, home.account.gid)
    unfinished.replace(path)


def program(home: Home, binaries: Binaries, pause: Pause) -> Program:
    """Return how to start PostgreSQL on these data now."""
    return Program(
        "postgresql",
        (str(binaries.postgres / "postgres"), "-D", str(home.postgres_data)),
        home.postgres_data,
        {**plain_environment(), **_past_stale_pid(home.postgres_data, pause)},
        home.account,
        stop_signal=signal.SIGINT,  # "fast": ends the sessions, writes a checkpoint
        orphan_signal=signal.SIGQUIT,  # "immediate": takes the backends along
        grace_seconds=30.0,
        orphan_grace_seconds=15.0,
    )


def _past_stale_pid(data: Path, pause: Pause) -> dict[str, str]:
    """Return what PostgreSQL must be told about a pid file that was left behind.

    PostgreSQL refuses to start while the process named there lives under its own account, though that
    number may long since belong to another program. We hold the home's lock and can see what the process is.
    A number given as PG_GRANDPARENT_PID is not taken for a rival (pg_ctl uses this), and PostgreSQL still
    checks by the shared memory named in the same file that no backend of a dead server is left; removing the
    file would lose that.
    """
    pid = _pid_in(data / "postmaster.pid")
    if pid is None:
        return {}
    deadline = time.monotonic() + FOREIGN_END_SECONDS
    while is_postgres_of(pid, data):
        if time.monotonic() > deadline:
            raise CannotStart(
                f"A PostgreSQL server that was started by somebody else (process {pid}) uses the data in "
                f"{data}. Stop it first: kill -INT {pid}"
            )
        pause(POLL_SECONDS)
    return {"PG_GRANDPARENT_PID": str(pid)}


def _pid_in(pid_file: Path) -> int | None:
    with contextlib.suppress(OSError, ValueError, IndexError):
        return int(pid_file.read_text(encoding="utf-8").splitlines()[0])
    return None


def is_postgres_of(pid: int, data: Path) -> bool:
    """Tell whether a process is a PostgreSQL server of these data: it stands in the data directory."""
    try:
        stands_in_data = Path(f"/proc/{pid}/cwd").samefile(data)
        name = Path(f"/proc/{pid}/comm").read_text(encoding="utf-8").strip()
    except OSError:
        return False
    return stands_in_data and re.match("postgres", name) is not None


def wait_until_ready(running: Running, home: Home, pause: Pause) -> None:
    """Return when PostgreSQL answers; raises CannotStart with its last words when it ends instead."""
    deadline = time.monotonic() + START_SECONDS
    while True:
        if running.exit_status is not None:
            raise CannotStart(f"PostgreSQL did not start (see {running.log}). Its last words:\n{running.last_words}")
        with contextlib.suppress(psycopg.OperationalError):
            superuser_connection(home).close()
            return
        if time.monotonic() > deadline:
            raise CannotStart(f"PostgreSQL was not ready after {START_SECONDS:.0f} s; see {running.log}.")
        pause(POLL_SECONDS)


def superuser_connection(home: Home, database: str = "postgres") -> psycopg.Connection[tuple[object, ...]]:
    """Connect over the private socket as the bootstrap superuser; for preparation only."""
    return psycopg.connect(
        host=str(home.run),
        user=SUPERUSER,
        dbname=database,
        connect_timeout=CONNECT_SECONDS,
        autocommit=True,
    )
