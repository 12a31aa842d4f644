"""Homes and supervisors for tests of the embedded default."""

import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from mrdweb.embedded.home import TRAVERSABLE, open_home
from mrdweb.embedded.supervisor import Supervisor
from tests.functional.running.started import Started
from tests.servers import new_home

Start = Callable[..., Started]


@pytest.fixture(scope="session")
def finished_home() -> Iterator[Path]:
    """Return a home whose first start is over, to be copied."""
    directory = new_home()
    supervisor = Supervisor(open_home(directory / "home", "tests", time.sleep), time.sleep, {})
    try:
        supervisor.start_servers()
    finally:
        supervisor.stop()
    (directory / "home" / "demonstration-loaded").touch()
    yield directory / "home"
    shutil.rmtree(directory)


@pytest.fixture
def place() -> Iterator[Path]:
    """Return a new directory that the servers' account can enter."""
    directory = new_home()
    yield directory
    shutil.rmtree(directory, ignore_errors=True)


@pytest.fixture
def home(place: Path, finished_home: Path) -> Path:
    """Return a home of this test's own, whose first start is over."""
    copy_home(finished_home, place / "home")
    return place / "home"


def copy_home(source: Path, target: Path) -> None:
    """Copy a home with owners and modes; the programs in it, which nobody changes, as links."""
    target.mkdir(mode=TRAVERSABLE)
    for part in source.iterdir():
        how = "-al" if part.name.startswith("programs-") and same_disk(source, target) else "-a"
        subprocess.run(["cp", how, str(part), str(target)], check=True)


def same_disk(one: Path, other: Path) -> bool:
    """Tell whether hard links are possible between these places."""
    return one.stat().st_dev == other.stat().st_dev


@pytest.fixture
def start() -> Iterator[Start]:
    """Return a way to start supervisors; whatever is left of them in the end is stopped."""
    all_started: list[Started] = []

    def start_one(*words: object, **options: object) -> Started:
        all_started.append(Started(*words, **options))  # type: ignore[arg-type]
        return all_started[-1]

    yield start_one
    for started in all_started:
        started.end()
