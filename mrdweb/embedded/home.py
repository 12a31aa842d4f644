"""MRD_HOME: what lies where, one user of it at a time, room on the disk, secrets.

MRD_HOME/
  supervisor.lock   held by the supervisor alone, names its process and address
  servers.lock      held by supervisor and guardians until the last server has ended
  secrets/          passwords, key and connection addresses (0700, files 0600)
  logs/             one file per program, rotated by its guardian
  beat/             the schedule of Celery beat
  servers-are-in    only as root with a home that the servers' account cannot enter: where the next three are
  programs-*/       copies of the server programs
  postgresql-18/    the database; valkey/  the queue
  run/              the sockets
"""

import contextlib
import fcntl
import hashlib
import os
import re
import secrets
import shutil
import stat
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

from mrdweb.embedded.accounts import Account, can_reach, own_account, servers_account
from mrdweb.embedded.faults import CannotStart
from mrdweb.embedded.processes import POLL_SECONDS, Pause

POSTGRES_DATA = "postgresql-18"
VALKEY_DATA = "valkey"

FREE_MEGABYTES_FIRST_START = 256
FREE_MEGABYTES_LATER = 64
BYTES_PER_MEGABYTE = 1024 * 1024

# sun_path holds 108 bytes with the closing zero (unix(7)); PostgreSQL adds "/.s.PGSQL.5432" to the directory
SOCKET_PATH_BYTES = 107
LONGEST_SOCKET_NAME = "/.s.PGSQL.5432"
PLAIN_PATH = re.compile(r"[A-Za-z0-9/._-]+")

OTHER_PLACE = Path("/var/lib")
SHORT_PLACE = Path("/tmp")  # noqa: S108 - a private directory is made in it
PREVIOUS_END_SECONDS = 30.0
SECRET_BYTES = 32

PRIVATE = 0o700
TRAVERSABLE = 0o711
ENTER_FOR_OTHERS = 0o011


@dataclass
class Home:
    """An opened and locked MRD_HOME; `servers` is the part that the servers' account must reach."""

    root: Path
    servers: Path
    account: Account | None
    locks: list[int] = field(default_factory=list)
    _run: Path | None = None

    @property
    def logs(self) -> Path:
        return self.root / "logs"

    @property
    def beat(self) -> Path:
        return self.root / "beat"

    @property
    def postgres_data(self) -> Path:
        return self.servers / POSTGRES_DATA

    @property
    def valkey_data(self) -> Path:
        return self.servers / VALKEY_DATA

    @property
    def held(self) -> tuple[int, ...]:
        """The lock that guardians keep until their program has ended."""
        return tuple(self.locks[1:])

    def secret(self, name: str) -> str:
        """Return a secret of this home, made at random when it is asked for the first time."""
        file = self.root / "secrets" / name
        if not file.exists():
            self.keep_secret(name, secrets.token_urlsafe(SECRET_BYTES))
        return file.read_text(encoding="utf-8").strip()

    def keep_secret(self, name: str, value: str) -> Path:
        """Write a secret that only we can read; returns its file."""
        folder = self.root / "secrets"
        folder.mkdir(mode=PRIVATE, exist_ok=True)
        descriptor, unfinished = tempfile.mkstemp(dir=folder)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(f"{value}\n")
        return Path(unfinished).replace(folder / name)

    def private_directory(self, path: Path) -> Path:
        """Make a directory that only the servers' account can enter."""
        path.mkdir(mode=PRIVATE, parents=True, exist_ok=True)
        path.chmod(PRIVATE)
        if self.account:
            os.chown(path, self.account.uid, self.account.gid)
        return path

    @property
    def run(self) -> Path:
        """The directory of the sockets, empty at first: in the home when its path is short and plain."""
        if self._run is None:
            self._clear_run_directories()
            path = self.servers / "run"
            if not fits_a_socket(path):
                path = Path(tempfile.mkdtemp(prefix="mrd-", dir=SHORT_PLACE))
                (self.root / "sockets-are-in").write_text(str(path), encoding="utf-8")
            self._run = self.private_directory(path)
        return self._run

    def _clear_run_directories(self) -> None:
        shutil.rmtree(self.servers / "run", ignore_errors=True)
        record = self.root / "sockets-are-in"
        if record.exists():
            old = Path(record.read_text(encoding="utf-8").strip())
            if old.parent == SHORT_PLACE and old.name.startswith("mrd-") and not old.is_symlink():
                shutil.rmtree(old, ignore_errors=True)
            record.unlink()

    def close(self) -> None:
        """Give the home back; the servers have ended."""
        self._clear_run_directories()
        while self.locks:
            os.close(self.locks.pop())


def fits_a_socket(directory: Path) -> bool:
    path = f"{directory}{LONGEST_SOCKET_NAME}"
    return len(os.fsencode(path)) <= SOCKET_PATH_BYTES and PLAIN_PATH.fullmatch(path) is not None


def open_home(path: Path, label: str, pause: Pause) -> Home:
    """Make or open a home and lock it; raises CannotStart with the reason when that is not possible.

    `label` tells others who holds the home. The lock is the truth: whoever holds it may clear what is stale.
    """
    root = path.expanduser().resolve()
    locks: list[int] = []
    try:
        _make_root(root)
        locks.append(_lock_alone(root, label))
        locks.append(_lock_after_servers(root, pause))
        home = Home(root, *_place_for_servers(root), locks)
        check_free_space(home)
        for directory in (home.logs, home.beat, root / "secrets"):
            directory.mkdir(mode=PRIVATE, exist_ok=True)
    except BaseException as fault:
        for lock in locks:
            os.close(lock)
        if isinstance(fault, OSError):
            raise CannotStart(
                f"MRD_HOME {root} cannot be written by user {own_account().name}: {fault.strerror}. "
                "Set MRD_HOME to a directory that can, or free some space if the disk is full."
            ) from fault
        raise
    return home


def _make_root(root: Path) -> None:
    root.mkdir(mode=PRIVATE, parents=True, exist_ok=True)
    foreign = {entry.name for entry in root.iterdir()} - {"lost+found"}
    if foreign and not (root / "supervisor.lock").exists():
        raise CannotStart(
            f"MRD_HOME {root} holds other files and was not made by this product. "
            "Set MRD_HOME to a new or empty directory."
        )


def _lock_alone(root: Path, label: str) -> int:
    descriptor = os.open(root / "supervisor.lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        holder = os.read(descriptor, 1000).decode(errors="replace").strip() or "unknown"
        os.close(descriptor)
        raise CannotStart(
            f"Another one is already running with the home {root} ({holder}). "
            "Use that one, stop it first, or set MRD_HOME to another directory."
        ) from None
    os.truncate(descriptor, 0)
    os.write(descriptor, f"process {os.getpid()}, {label}\n".encode())
    return descriptor


def _lock_after_servers(root: Path, pause: Pause) -> int:
    """Wait until the guardians of a killed supervisor have ended their programs."""
    descriptor = os.open(root / "servers.lock", os.O_RDWR | os.O_CREAT, 0o600)
    deadline = time.monotonic() + PREVIOUS_END_SECONDS
    while True:
        with contextlib.suppress(OSError):
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return descriptor
        if time.monotonic() > deadline:
            os.close(descriptor)
            raise CannotStart(
                f"Servers of an earlier start still use the home {root} after {PREVIOUS_END_SECONDS:.0f} s. "
                "See which with `fuser -v servers.lock` there, and end them."
            )
        pause(POLL_SECONDS)


def _place_for_servers(root: Path) -> tuple[Path, Account | None]:
    """Decide once where the servers' files lie; the data are never looked for anywhere else afterwards."""
    record = root / "servers-are-in"
    place = Path(record.read_text(encoding="utf-8").strip()) if record.exists() else root
    account = servers_account(place / POSTGRES_DATA)
    if account and root.stat().st_uid == os.geteuid():
        root.chmod(stat.S_IMODE(root.stat().st_mode) | ENTER_FOR_OTHERS)
    if place == root and not (root / POSTGRES_DATA).exists() and not can_reach(root, account):
        place = OTHER_PLACE / f"mrd-{hashlib.sha256(os.fsencode(root)).hexdigest()[:12]}"
        place.mkdir(mode=TRAVERSABLE, exist_ok=True)
        record.write_text(f"{place}\n", encoding="utf-8")
    if not can_reach(place, account):
        raise CannotStart(
            f"The database in {place} cannot be reached by user {(account or own_account()).name}, "
            "under whom the servers run. Give that user the right to enter every directory on the way, "
            "or set MRD_HOME to a directory that it can enter."
        )
    return place, account


def free_megabytes(home: Home) -> int:
    """Return the room on the disk under the servers' files."""
    return shutil.disk_usage(home.servers).free // BYTES_PER_MEGABYTE


def check_free_space(home: Home) -> None:
    """Raise CannotStart when the disk under the servers' files is too full to start safely."""
    first = not home.postgres_data.exists()
    wanted = FREE_MEGABYTES_FIRST_START if first else FREE_MEGABYTES_LATER
    if (free := free_megabytes(home)) < wanted:
        raise CannotStart(
            f"Only {free} MB are free on the disk of {home.servers}, and "
            f"{'the first start' if first else 'a start'} needs {wanted} MB. "
            "Free some space, or set MRD_HOME to a directory on another disk."
        )
