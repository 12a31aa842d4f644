"""Give the tests what a bare machine lacks: a browser, and in continuous integration Debian's own servers.

`python -m tests.machine`, as root on Debian, installs them; elsewhere it says which tests will be skipped.
"""

import contextlib
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

BROWSERS = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")
BROWSER_PACKAGES = ("chromium", "fonts-dejavu-core", "fonts-liberation")
SERVER_PACKAGES = ("postgresql", "redis-server")
POSTGRESQL_ROOT = Path("/usr/lib/postgresql")
OLDEST_POSTGRESQL = 15

# A package that brings a server must not start it here (invoke-rc.d: 101 means "forbidden by policy").
POLICY = Path("/usr/sbin/policy-rc.d")
POLICY_FORBIDS = "#!/bin/sh\nexit 101\n"


def browser() -> str | None:
    """Return the browser that the tests drive, or None."""
    return next(filter(None, map(shutil.which, BROWSERS)), None)


def debian_postgresql() -> Path | None:
    """Return the programs of a PostgreSQL that the system brought, 15 if there is a choice, or None."""
    versions = [int(folder.name) for folder in POSTGRESQL_ROOT.glob("[0-9]*") if folder.name.isdecimal()]
    wanted = sorted(version for version in versions if version >= OLDEST_POSTGRESQL)
    return POSTGRESQL_ROOT / str(wanted[0]) / "bin" if wanted else None


def debian_redis() -> str | None:
    """Return the Redis server that the system brought, or None."""
    return shutil.which("redis-server")


def missing() -> dict[str, tuple[str, ...]]:
    """Return what is not there, in words, with the packages that bring it."""
    lacking: dict[str, tuple[str, ...]] = {}
    if browser() is None:
        lacking["a browser (Chromium): the tests in a real browser are skipped"] = BROWSER_PACKAGES
    if debian_postgresql() is None or debian_redis() is None:
        lacking["PostgreSQL and Redis of the system: the tests with external servers are skipped"] = SERVER_PACKAGES
    return lacking


@contextlib.contextmanager
def services_stay_off() -> Iterator[None]:
    """Keep packages from starting their services while they are installed."""
    if POLICY.exists():
        yield
        return
    POLICY.write_text(POLICY_FORBIDS, encoding="utf-8")
    POLICY.chmod(0o755)
    try:
        yield
    finally:
        POLICY.unlink()


def install(packages: tuple[str, ...]) -> bool:
    """Install Debian packages; return whether that worked."""
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    commands = (
        ["apt-get", "update", "-qq"],
        ["apt-get", "install", "-y", "-qq", "--no-install-recommends", *packages],
    )
    with services_stay_off():
        return all(
            subprocess.run(words, env=quiet, stdin=subprocess.DEVNULL, stdout=sys.stderr, check=False).returncode == 0
            for words in commands
        )


def main() -> None:
    """Install what is missing if we may, and say what stays missing."""
    can_install = os.geteuid() == 0 and shutil.which("apt-get") is not None
    for packages in missing().values():
        if can_install and (packages == BROWSER_PACKAGES or os.environ.get("CI")):
            install(packages)
    for sentence in missing():
        sys.stderr.write(f"This machine has not {sentence}.\n")


if __name__ == "__main__":
    main()
