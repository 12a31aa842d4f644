"""Where PostgreSQL and the queue are: as the environment says, else in the home."""

from collections.abc import Mapping
from dataclasses import dataclass

import psycopg

from mrdweb import env
from mrdweb.embedded import roles, valkey
from mrdweb.embedded.faults import CannotStart
from mrdweb.embedded.home import Home
from mrdweb.postgresql.roles import why_refused

CONNECT_SECONDS = 5


@dataclass(frozen=True)
class Addresses:
    """Addresses of the servers, each for its role."""

    application: str
    owner: str
    worker: str
    queue: str

    def environment(self) -> dict[str, str]:
        """Return the addresses under the names that settings know."""
        return {
            "DATABASE_URL": self.application,
            "DATABASE_OWNER_URL": self.owner,
            "DATABASE_WORKER_URL": self.worker,
            "REDIS_URL": self.queue,
        }


@dataclass(frozen=True)
class Embedded:
    """Which servers are ours to start."""

    database: bool
    queue: bool


def is_set(name: str, environ: Mapping[str, str]) -> bool:
    """Tell whether NAME, or NAME_FILE, is in the environment."""
    return env.read(name, "", environ) != ""


def embedded(environ: Mapping[str, str]) -> Embedded:
    """Tell which servers must be embedded; raises CannotStart for half an answer."""
    application, owner = is_set("DATABASE_URL", environ), is_set("DATABASE_OWNER_URL", environ)
    if application != owner:
        missing = "DATABASE_OWNER_URL" if application else "DATABASE_URL"
        raise CannotStart(
            f"{missing} is not set. A database of your own needs two addresses: DATABASE_URL for the role of "
            "the application and DATABASE_OWNER_URL for the role that owns the tables. "
            "docs/operations.md says how to make them."
        )
    return Embedded(database=not application, queue=not is_set("REDIS_URL", environ))


def addresses(home: Home, environ: Mapping[str, str]) -> Addresses:
    """Return the addresses of all servers, embedded or not."""
    ours = embedded(environ)
    queue = valkey.address(home) if ours.queue else env.read("REDIS_URL", environ=environ)
    if ours.database:
        return Addresses(
            roles.address(home, roles.APPLICATION),
            roles.address(home, roles.OWNER),
            roles.address(home, roles.WORKER),
            queue,
        )
    application = env.read("DATABASE_URL", environ=environ)
    owner = env.read("DATABASE_OWNER_URL", environ=environ)
    return Addresses(application, owner, env.read("DATABASE_WORKER_URL", application, environ), queue)


def check_database_answers(found: Addresses) -> None:
    """Raise CannotStart when a role cannot connect to a database that is not ours, or could pass its guards."""
    for name, address in found.environment().items():
        if name == "REDIS_URL":
            continue  # without its queue the product still tells the truth; /healthz tells that it is missing
        try:
            with psycopg.connect(address, connect_timeout=CONNECT_SECONDS) as connection:
                because = "" if name == "DATABASE_OWNER_URL" else why_refused(connection)
        except psycopg.Error as error:
            raise CannotStart(f"The database that {name} names cannot be used: {str(error).strip()}") from error
        if because:
            raise CannotStart(f"{name}: {because}")


def leave_to_other_commands(home: Home, found: Addresses) -> None:
    """Write MRD_HOME/environment, from which `manage.py recompute` and the like find the running servers."""
    text = "".join(f"{name}={value}\n" for name, value in found.environment().items())
    home.keep_secret("environment", text.rstrip()).replace(home.root / "environment")
