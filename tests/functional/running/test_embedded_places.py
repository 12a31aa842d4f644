"""Where a home may lie: anywhere, for root too, with the data found again."""

import os
import shutil
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from mrdweb.embedded.home import SOCKET_PATH_BYTES
from tests.functional.running.conftest import Start, copy_home
from tests.functional.running.started import Started

pytestmark = pytest.mark.timeout(400)


def socket_directory(run: Started) -> Path:
    return Path(run.address("REDIS_URL").removeprefix("redis+socket://")).parent


def keeps_data(home: Path, start: Start) -> Path:
    """Write, stop, start, read; returns where the sockets were."""
    first = start(home)
    first.until_ready()
    first.write_data("kept")
    sockets = socket_directory(first)
    assert first.stop() == 0
    second = start(home)
    second.until_ready()
    assert second.read_data() == ["kept"]
    assert second.stop() == 0
    return sockets


def test_a_home_with_a_path_too_long_for_sockets(place: Path, finished_home: Path, start: Start) -> None:
    home = place / ("h" * SOCKET_PATH_BYTES)
    copy_home(finished_home, home)
    sockets = keeps_data(home, start)
    assert sockets.parent == Path("/tmp")
    assert not sockets.exists()


def test_sockets_outside_the_home_are_removed_after_a_kill(place: Path, finished_home: Path, start: Start) -> None:
    home = place / ("h" * SOCKET_PATH_BYTES)
    copy_home(finished_home, home)
    first = start(home)
    first.until_ready()
    left = socket_directory(first)
    first.kill(first.processes())
    assert left.exists()
    second = start(home)
    second.until_ready()
    assert not left.exists()
    assert second.stop() == 0


def test_a_home_with_spaces_and_accents(place: Path, finished_home: Path, start: Start) -> None:
    home = place / "Données d'hématologie (côlon: 100 %)"
    copy_home(finished_home, home)
    keeps_data(home, start)


@pytest.fixture
def private_place(place: Path) -> Iterator[Path]:
    """Return a directory that only we can enter; what root's servers keep elsewhere is removed."""
    place.chmod(stat.S_IRWXU)
    yield place
    record = place / "home" / "servers-are-in"
    if record.exists():
        shutil.rmtree(record.read_text().strip())


def test_a_home_in_a_private_place(private_place: Path, start: Start) -> None:
    home = private_place / "home"
    keeps_data(home, start)
    elsewhere = home / "servers-are-in"
    assert elsewhere.exists() == (os.geteuid() == 0)
    if elsewhere.exists():
        assert (Path(elsewhere.read_text().strip()) / "postgresql-18" / "PG_VERSION").exists()


def test_demonstration_data_are_loaded_once_and_the_logins_told_every_time(place: Path, start: Start) -> None:
    home = place / "home"
    first = start(home)
    assert "sign in as somebody" in first.until_ready()
    assert "loading the demonstration data" in first.said()
    first.stop()
    second = start(home)
    assert "sign in as somebody" in second.until_ready()
    assert second.said() == ""


def test_demonstration_data_can_be_declined(place: Path, start: Start) -> None:
    run = start(place / "home", extra={"MRD_DEMONSTRATION": "no"})
    assert "sign in" not in run.until_ready()
    assert not (place / "home" / "demonstration-loaded").exists()


def test_secrets_that_were_lost_are_made_again(home: Path, start: Start) -> None:
    run = start(home)
    run.until_ready()
    run.write_data("kept")
    run.stop()
    shutil.rmtree(home / "secrets")
    again = start(home)
    again.until_ready()
    assert again.read_data() == ["kept"]


def test_secrets_are_readable_by_their_owner_alone(home: Path, start: Start) -> None:
    run = start(home)
    run.until_ready()
    files = [home / "environment", *(home / "secrets").iterdir()]
    assert {stat.S_IMODE(file.stat().st_mode) for file in files} == {0o600}
    assert stat.S_IMODE((home / "secrets").stat().st_mode) == 0o700
    assert stat.S_IMODE(socket_directory(run).stat().st_mode) == 0o700
