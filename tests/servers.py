"""PostgreSQL 18 and Valkey for tests, in a home of their own, gone afterwards.

One pair serves a whole run of tests: the controller of xdist starts it and hands the addresses to its workers
by the environment. The guardians of the servers see to it that nothing stays even when the run is killed.
"""

import atexit
import os
import shutil
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path

from psycopg import Connection, sql

from mrdweb.embedded import postgres, roles, valkey
from mrdweb.embedded.addresses import Addresses
from mrdweb.embedded.home import TRAVERSABLE, Home, open_home
from mrdweb.embedded.supervisor import Supervisor

# The data of a test run need not survive a power cut. What a test rolls back is swept at once: a table of nothing but
# dead rows passes for an empty one and is read whole for each row of another, which made late tests ten times slower.
HASTY = {
    "fsync": "off", "full_page_writes": "off", "synchronous_commit": "off", "max_connections": "200",
    "autovacuum_naptime": "3s", "autovacuum_vacuum_threshold": "1000", "autovacuum_vacuum_scale_factor": "0",
    "autovacuum_vacuum_cost_delay": "0",
}  # fmt: skip

MEMORY = Path("/dev/shm")
ROOM_IN_MEMORY_BYTES = 4 * 1024**3


class Servers:
    """Running test servers and their addresses."""

    def __init__(self, home: Home, environ: Mapping[str, str] | None = None) -> None:
        self.home = home
        self.supervisor = Supervisor(home, time.sleep, environ or {})
        try:
            self.addresses: Addresses = self.supervisor.start_servers(HASTY)
        except BaseException:
            self.stop()
            raise
        atexit.register(self.stop)

    def superuser(self, database: str = "postgres") -> Connection[tuple[object, ...]]:
        """Connect as the bootstrap superuser, for what the product itself never may."""
        return postgres.superuser_connection(self.home, database)

    def make_database(self, name: str) -> Addresses:
        """Make one more empty database (one for each xdist worker, say) and return its addresses."""
        with self.superuser() as connection:
            roles.make_database(connection, name)
        with self.superuser(name) as connection:
            connection.execute(sql.SQL("ALTER SCHEMA public OWNER TO {}").format(sql.Identifier(roles.OWNER)))
        return Addresses(
            roles.address(self.home, roles.APPLICATION, name),
            roles.address(self.home, roles.OWNER, name),
            roles.address(self.home, roles.WORKER, name),
            self.addresses.queue,
        )

    def stop_valkey(self) -> None:
        """Stop the queue, as a fault would; its address stays."""
        self.supervisor.crew.stop("valkey")

    def start_valkey(self) -> None:
        """Start the queue again on its own data."""
        self.supervisor.start_valkey()
        running = self.supervisor.crew.members["valkey"].running
        valkey.wait_until_ready(running, self.home, time.sleep)

    def stop(self) -> None:
        """Stop both servers and remove their home; nothing is left to do the second time."""
        atexit.unregister(self.stop)
        self.supervisor.stop()
        shutil.rmtree(self.home.servers, ignore_errors=True)
        shutil.rmtree(self.home.root, ignore_errors=True)


def new_home() -> Path:
    """Make a directory that the servers' account can enter, with a path short enough for sockets."""
    directory = Path(tempfile.mkdtemp(prefix="mrd-test-", dir=MEMORY if memory_serves() else None))
    directory.chmod(TRAVERSABLE)
    return directory


def memory_serves() -> bool:
    """Tell whether the disk in memory has room, and lets programs run (in containers it often does not)."""
    if not MEMORY.is_dir() or not os.access(MEMORY, os.W_OK):
        return False
    disk = os.statvfs(MEMORY)
    return disk.f_bavail * disk.f_frsize > ROOM_IN_MEMORY_BYTES and not disk.f_flag & os.ST_NOEXEC


def start_servers(directory: Path | None = None) -> Servers:
    """Start both servers in a home (a new one by default); stop them with `.stop()`."""
    return Servers(open_home(directory or new_home(), "tests", time.sleep))


def start_queue() -> Servers:
    """Start a Valkey of one's own beside the database of this process; stop it with `.stop()`."""
    given = ("DATABASE_URL", "DATABASE_OWNER_URL", "DATABASE_WORKER_URL")
    return Servers(open_home(new_home(), "tests", time.sleep), {name: os.environ[name] for name in given})
