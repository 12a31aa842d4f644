"""Give the tests what a bare machine lacks: a browser, Node.js, and in continuous integration Debian's own servers.

`python -m tests.machine`, as root on Debian, installs them; elsewhere it says which tests will be skipped. It also
fetches the clients and validators of others that are locked in tests/clients, once for each state of the lock.
"""

import contextlib
import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

# The same engine without the windows around it, which take five times as long for every page that is opened.
LIGHT_BROWSER = "chromium-headless-shell"
BROWSERS = (LIGHT_BROWSER, "chromium", "chromium-browser", "google-chrome-stable", "google-chrome")
BROWSER_PACKAGES = (LIGHT_BROWSER, "fonts-dejavu-core", "fonts-liberation")
LIGHTER = (LIGHT_BROWSER,)
SERVER_PACKAGES = ("postgresql", "redis-server")
ONLY_WHERE_EVERYTHING_RUNS = (SERVER_PACKAGES, LIGHTER)  # what a person has need not be added to
NODE_PACKAGES = ("nodejs", "npm")
CLIENTS = Path(__file__).resolve().parent / "clients"
INSTALLED_CLIENTS = CLIENTS / "node_modules"  # beside the programs: Node.js looks for modules nowhere else
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


def node() -> str | None:
    """Return Node.js, or None."""
    return shutil.which("node")


def _lock() -> str:
    return hashlib.sha256((CLIENTS / "package-lock.json").read_bytes()).hexdigest()


def has_clients() -> bool:
    """Tell whether the clients of others are here, in the locked versions."""
    stamp = INSTALLED_CLIENTS / ".locked"
    return stamp.is_file() and stamp.read_text(encoding="utf-8") == _lock()


def why_without_clients() -> str:
    """Return why the programs for Node.js cannot be run here; nothing where they can."""
    if node() is None:
        return "no Node.js on this machine"
    return "" if has_clients() else "the clients for Node.js are not installed: python -m tests.machine fetches them"


def fetch_clients() -> None:
    """Install what the lock names, checked by its hashes; no script of a package is run."""
    npm = shutil.which("npm")
    if has_clients() or npm is None or node() is None:
        return
    done = subprocess.run([npm, "ci"], cwd=CLIENTS, stdin=subprocess.DEVNULL, stdout=sys.stderr, check=False)
    if done.returncode == 0:
        (INSTALLED_CLIENTS / ".locked").write_text(_lock(), encoding="utf-8")


def missing() -> dict[str, tuple[str, ...]]:
    """Return what is not there, in words, with the packages that bring it."""
    lacking: dict[str, tuple[str, ...]] = {}
    if browser() is None:
        lacking["a browser (Chromium): the tests in a real browser are skipped"] = BROWSER_PACKAGES
    elif shutil.which(LIGHT_BROWSER) is None:
        lacking["Chromium's headless shell: the tests in a browser take a minute longer"] = LIGHTER
    if debian_postgresql() is None or debian_redis() is None:
        lacking["PostgreSQL and Redis of the system: the tests with external servers are skipped"] = SERVER_PACKAGES
    if node() is None or (shutil.which("npm") is None and not has_clients()):
        lacking["Node.js and npm: the tests with clients and validators for Node.js are skipped"] = NODE_PACKAGES
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
        if can_install and (packages not in ONLY_WHERE_EVERYTHING_RUNS or os.environ.get("CI")):
            install(packages)
    fetch_clients()
    for sentence in missing():
        sys.stderr.write(f"This machine has not {sentence}.\n")
    if node() is not None and not has_clients():
        sys.stderr.write("The clients for Node.js could not be fetched: their tests are skipped.\n")


if __name__ == "__main__":
    main()
