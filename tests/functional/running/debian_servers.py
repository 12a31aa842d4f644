"""PostgreSQL and Redis as Debian brings them, started for a test as servers of somebody else's."""

import os
import re
import signal
import subprocess
import time
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import quote

import psycopg
from psycopg import sql

from mrdweb.embedded.accounts import Account, servers_account
from mrdweb.embedded.guardian import PR_SET_PDEATHSIG, set_process_control
from mrdweb.embedded.health import LOOPBACK
from mrdweb.embedded.product import PROJECT
from tests.machine import debian_postgresql, debian_redis
from tests.ports import free_port

READY_SECONDS = 90.0
PASSWORDS = {"owner": "owner-secret", "application": "application-secret", "worker": "worker-secret"}
QUEUE_PASSWORD = "queue-secret"


class DebianServers:
    """A running PostgreSQL and a running Redis, on ports of the loopback address."""

    def __init__(self, place: Path) -> None:
        self.place = place
        self.account: Account | None = servers_account(place / "none")
        self.postgres_port, self.redis_port = free_port(), free_port()
        self.processes: list[subprocess.Popen[bytes]] = []
        self.files = place / "theirs"
        self.files.mkdir(mode=0o700)
        if self.account:
            os.chown(self.files, self.account.uid, self.account.gid)
        self._start_postgres()
        self._start_redis()

    def environment(self) -> dict[str, str]:
        """Return the addresses that replace the embedded servers."""
        database = f"{LOOPBACK}:{self.postgres_port}/mrd"
        return {
            "DATABASE_URL": f"postgresql://mrd_app:{PASSWORDS['application']}@{database}",
            "DATABASE_OWNER_URL": f"postgresql://mrd_owner:{PASSWORDS['owner']}@{database}",
            "DATABASE_WORKER_URL": f"postgresql://mrd_worker:{PASSWORDS['worker']}@{database}",
            "REDIS_URL": f"redis://:{QUEUE_PASSWORD}@{LOOPBACK}:{self.redis_port}/0",
        }

    def version(self) -> int:
        """Return the major version of PostgreSQL."""
        with self._superuser() as connection:
            return connection.info.server_version // 10000

    def _superuser(self) -> psycopg.Connection[tuple[object, ...]]:
        return psycopg.connect(host=str(self.files), port=self.postgres_port, user="postgres", dbname="postgres")

    def superuser_address(self, database: str) -> str:
        """Return how the superuser enters a database."""
        return f"postgresql://postgres@/{database}?host={quote(str(self.files), safe='/')}&port={self.postgres_port}"

    def make_empty(self, name: str) -> None:
        """Make a database without tables."""
        with self._superuser() as connection:
            connection.autocommit = True
            connection.execute(sql.SQL("CREATE DATABASE {} OWNER mrd_owner").format(sql.Identifier(name)))

    def _as_account(self) -> dict[str, Any]:
        """Return what makes a program run as the servers' account, in their folder, and die with us."""
        change = {"user": self.account.uid, "group": self.account.gid, "extra_groups": []} if self.account else {}
        die_with_us = partial(set_process_control, PR_SET_PDEATHSIG, signal.SIGKILL)
        return {**change, "cwd": self.files, "preexec_fn": die_with_us}

    def _start(self, *words: object) -> None:
        command = [str(word) for word in words]
        with (self.files / "log").open("ab") as log:
            self.processes.append(subprocess.Popen(command, stdout=log, stderr=log, **self._as_account()))

    def _start_postgres(self) -> None:
        programs, data = debian_postgresql(), self.files / "postgresql"
        assert programs
        form = ("-E", "UTF8", "--locale=C.UTF-8", "--auth-local=trust", "--auth-host=scram-sha-256", "--no-sync")
        command = [str(programs / "initdb"), "-D", str(data), "-U", "postgres", *form]
        subprocess.run(command, check=True, capture_output=True, **self._as_account())
        options = ("-p", self.postgres_port, "-k", self.files, "-c", f"listen_addresses={LOOPBACK}", "-c", "fsync=off")
        self._start(programs / "postgres", "-D", data, *options)
        deadline = time.monotonic() + READY_SECONDS
        while True:
            try:
                self._superuser().close()
                break
            except psycopg.OperationalError:
                assert time.monotonic() < deadline, (self.files / "log").read_text()
                time.sleep(0.05)
        self._make_roles(programs)

    def _make_roles(self, programs: Path) -> None:
        """Make the roles as operations.md says, with the script of the containers."""
        files = {}
        for name, password in PASSWORDS.items():
            files[f"{name.upper()}_PASSWORD_FILE"] = str(self.place / name)
            (self.place / name).write_text(password)
        subprocess.run(
            ["sh", PROJECT / "docker" / "db" / "10-roles.sh"],
            env={"PATH": f"{programs}:{os.environ['PATH']}", "PGHOST": str(self.files), **files}
            | {"PGPORT": str(self.postgres_port)},
            check=True,
        )

    def _start_redis(self) -> None:
        options = ("--port", self.redis_port, "--bind", LOOPBACK, "--requirepass", QUEUE_PASSWORD, "--save", "")
        self._start(debian_redis(), *options)

    def redis_version(self) -> int:
        """Return the major version of Redis."""
        said = subprocess.run([str(debian_redis()), "--version"], capture_output=True, text=True, check=True).stdout
        found = re.search(r"v=(\d+)\.", said)
        assert found
        return int(found[1])

    def stop(self) -> None:
        """Stop both."""
        for process in self.processes:
            process.terminate()
        for process in self.processes:
            process.wait(READY_SECONDS)
