"""What stops a start: each fault ends in a sentence, and harms no data."""

import contextlib
import os
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from mrdweb.embedded.health import LOOPBACK
from tests.functional.running.conftest import Start, copy_home

pytestmark = pytest.mark.timeout(400)

ONLY_ROOT_MOUNTS = pytest.mark.skipif(os.geteuid() != 0, reason="only root can mount a small disk")
SMALL_DISK_MEGABYTES = 400


def read_after_another_start(home: Path, start: Start) -> list[str]:
    run = start(home)
    run.until_ready()
    return run.read_data()


def with_data(home: Path, start: Start) -> None:
    run = start(home)
    run.until_ready()
    run.write_data("kept")
    run.stop()


@pytest.fixture
def small_disk(place: Path) -> Iterator[Path]:
    disk = place / "disk"
    disk.mkdir(mode=0o755)
    options = f"size={SMALL_DISK_MEGABYTES}m,mode=755"
    subprocess.run(["mount", "-t", "tmpfs", "-o", options, "mrd-test", disk], check=True)
    yield disk
    subprocess.run(["umount", "--lazy", disk], check=True)


@contextlib.contextmanager
def unwritable(home: Path) -> Iterator[None]:
    """Forbid writing: by its mode, and for root, who does not care about modes, by mounting it read-only."""
    if os.geteuid() != 0:
        home.chmod(0o500)
        yield
        home.chmod(0o700)
    else:
        subprocess.run(["mount", "--bind", home, home], check=True)
        subprocess.run(["mount", "-o", "remount,bind,ro", home], check=True)
        yield
        subprocess.run(["umount", home], check=True)


def fill(disk: Path, but_for_megabytes: int = 0) -> Path:
    """Fill a disk up; returns the file that does."""
    filling = disk / "filling"
    free = os.statvfs(disk).f_bavail * os.statvfs(disk).f_frsize
    with filling.open("wb") as file:
        os.posix_fallocate(file.fileno(), 0, free - but_for_megabytes * 1024 * 1024)
    return filling


def test_a_second_start_on_the_same_home_is_refused(home: Path, start: Start) -> None:
    first = start(home)
    first.until_ready()
    first.write_data("kept")
    second = start(home)
    sentence = second.sentence()
    assert second.process.returncode == 1
    assert "already running" in sentence
    assert f"process {first.process.pid}, http://127.0.0.1:{first.port}/" in sentence
    assert first.read_data() == ["kept"]


def test_a_taken_port_is_told_before_anything_starts(home: Path, start: Start) -> None:
    with_data(home, start)
    with socket.create_server((LOOPBACK, 0)) as taken:
        port = taken.getsockname()[1]
        run = start(home, port=port)
        assert f"Port {port} of 127.0.0.1 cannot be used: Address already in use." in run.sentence()
        assert run.process.returncode == 1
    assert read_after_another_start(home, start) == ["kept"]


@pytest.mark.parametrize("port", ["0", "70000", "eighty"])
def test_a_port_that_is_none_is_refused(home: Path, start: Start, port: str) -> None:
    assert f"PORT is '{port}'; it must be a number from 1 to 65535." in start(home, extra={"PORT": port}).sentence()


def test_a_home_that_cannot_be_written_is_refused(home: Path, start: Start) -> None:
    with_data(home, start)
    with unwritable(home):
        refused = start(home)
        assert f"MRD_HOME {home} cannot be written by user" in refused.sentence()
        assert refused.process.returncode == 1
    assert read_after_another_start(home, start) == ["kept"]


def test_a_home_that_is_a_file_is_refused(place: Path, start: Start) -> None:
    (place / "file").touch()
    assert f"MRD_HOME {place / 'file'} cannot be written" in start(place / "file").sentence()


def test_a_directory_with_other_peoples_files_is_never_taken_for_a_home(place: Path, start: Start) -> None:
    (place / "run").mkdir()
    (place / "run" / "letter").touch()
    assert "holds other files and was not made by this product" in start(place).sentence()
    assert (place / "run" / "letter").exists()


@ONLY_ROOT_MOUNTS
def test_a_full_disk_is_told_at_the_start(small_disk: Path, finished_home: Path, start: Start) -> None:
    home = small_disk / "home"
    copy_home(finished_home, home)
    with_data(home, start)
    filling = fill(small_disk, but_for_megabytes=3)
    refused = start(home)
    assert "Only 3 MB are free on the disk of" in refused.sentence()
    assert refused.process.returncode == 1
    filling.unlink()
    assert read_after_another_start(home, start) == ["kept"]


@ONLY_ROOT_MOUNTS
def test_a_disk_too_small_for_a_first_start_is_told(small_disk: Path, start: Start) -> None:
    fill(small_disk, but_for_megabytes=200)
    refused = start(small_disk / "home")
    assert "the first start needs 256 MB" in refused.sentence()
    assert not (small_disk / "home" / "postgresql-18").exists()


@ONLY_ROOT_MOUNTS
def test_a_disk_that_fills_up_is_told_and_harms_no_data(small_disk: Path, finished_home: Path, start: Start) -> None:
    home = small_disk / "home"
    copy_home(finished_home, home)
    run = start(home)
    run.until_ready()
    run.write_data("before")
    filling = fill(small_disk)
    with pytest.raises(psycopg.Error), psycopg.connect(run.address()) as connection:
        connection.execute("CREATE TABLE large AS SELECT repeat(md5(n::text), 100) FROM generate_series(1, 99999) n")
    run.until_said("0 MB are free on the disk of")
    filling.unlink()
    run.until_said("There is room again on the disk of")
    run.until_writable()
    run.write_data("later")
    assert run.stop() == 0
    assert read_after_another_start(home, start) == ["before", "later"]


def test_a_database_of_your_own_needs_both_addresses(place: Path, start: Start) -> None:
    home = place / "home"
    url = "postgresql://mrd_app:x@127.0.0.1/mrd"
    assert "DATABASE_OWNER_URL is not set." in start(home, extra={"DATABASE_URL": url}).sentence()
    assert "DATABASE_URL is not set." in start(home, extra={"DATABASE_OWNER_URL": url}).sentence()


def test_a_failing_preparation_tells_its_last_words(home: Path, start: Start) -> None:
    run = start(home, extra={"STAND_IN_PREPARE": "fails"})
    assert "prepare failed" in (said := run.sentence())
    assert "this preparation was told to fail" in said
    assert run.process.returncode == 1


def test_data_of_another_postgresql_are_left_alone(home: Path, start: Start) -> None:
    (home / "postgresql-18" / "PG_VERSION").write_text("17\n")
    assert "are of PostgreSQL version 17, and this product runs 18" in start(home).sentence()
