"""`manage.py backup` and `restore`: everything comes back, and whatever goes wrong, what was there stays."""

import shutil
import stat
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from tests.functional.running.commands import Said, said_by
from tests.functional.running.conftest import Start, copy_home
from tests.functional.running.started import Started
from tests.servers import new_home

pytestmark = pytest.mark.timeout(400)

# the least that the product's own tables are known by
TABLES = """
CREATE TABLE django_migrations (app text, name text);
INSERT INTO django_migrations VALUES ('monitoring', '0001_tables');
CREATE TABLE monitoring_patient (id bigint);
CREATE TABLE monitoring_mrdresult (id bigint);
CREATE TABLE monitoring_auditentry (at timestamptz);
INSERT INTO monitoring_patient VALUES (1), (2);
GRANT SELECT ON monitoring_patient TO mrd_app;
ALTER TABLE monitoring_patient ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
"""
HOLDS = "2 patients, 0 results, last audit entry: none yet"


def manage(home: Path, *words: str) -> Said:
    return said_by({"MRD_HOME": str(home)}, *words)


def fill(run: Started, words: str) -> None:
    with psycopg.connect(run.address("DATABASE_OWNER_URL")) as connection:
        connection.execute(TABLES)
    run.write_data(words)


def databases(run: Started) -> list[str]:
    with psycopg.connect(run.address()) as connection:
        found = connection.execute("SELECT datname FROM pg_database WHERE datname LIKE 'mrd%' ORDER BY 1").fetchall()
    return [str(name) for (name,) in found]


@pytest.fixture(scope="module")
def made(finished_home: Path) -> Iterator[Path]:
    """A place with a stopped home of a small database, and the backup made while it ran."""
    place = new_home()
    copy_home(finished_home, place / "home")
    run = Started(place / "home")
    try:
        run.until_ready()
        fill(run, "before the backup")
        said = manage(run.home, "backup", str(place / "mrd.dump"))
        assert HOLDS in said.stdout, said.refusal
        run.write_data("after the backup")
    finally:
        run.end()
    yield place
    shutil.rmtree(place)


@pytest.fixture
def file(made: Path) -> Path:
    return made / "mrd.dump"


def test_a_backup_is_for_its_owner_alone_and_comes_back_in_a_new_home(file: Path, home: Path, start: Start) -> None:
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    said = manage(home, "restore", str(file))
    assert HOLDS in said.stdout, said.refusal
    run = start(home)
    run.until_ready()
    assert run.read_data() == ["before the backup"]
    assert databases(run) == ["mrd"]
    with psycopg.connect(run.address("DATABASE_URL")) as connection:
        assert connection.execute("SELECT count(*) FROM monitoring_patient").fetchone() == (0,)  # no policy lets it in


def test_a_home_that_is_stopped_is_woken_for_it_and_a_name_that_is_taken_is_left(made: Path, file: Path) -> None:
    said = manage(made / "home", "backup", str(made / "second.dump"))
    assert HOLDS in said.stdout, said.refusal
    assert not (made / "home" / "environment").exists()
    assert not list(made.glob("*.unfinished"))
    before = file.read_bytes()
    refused = manage(made / "home", "backup", str(file))
    assert "is there already" in refused.refusal
    assert file.read_bytes() == before


def test_data_that_are_there_stay_unless_they_may_be_set_aside(
    made: Path, file: Path, place: Path, start: Start
) -> None:
    copy_home(made / "home", place / "occupied")
    refused = manage(place / "occupied", "restore", str(file))
    assert "holds data already (2 patients" in refused.refusal
    done = manage(place / "occupied", "restore", str(file), "--replace")
    assert "is kept as the database mrd_before_" in done.stdout, done.refusal
    run = start(place / "occupied")
    run.until_ready()
    assert run.read_data() == ["before the backup"]
    [now, kept] = databases(run)
    assert (now, kept[:11]) == ("mrd", "mrd_before_")
    with psycopg.connect(run.address().replace("/mrd?", f"/{kept}?")) as connection:
        assert ("after the backup",) in connection.execute("SELECT text FROM kept").fetchall()
    while_it_runs = manage(run.home, "restore", str(file), "--replace")
    assert "already running" in while_it_runs.refusal


@pytest.mark.parametrize("damage", ["cut", "bent", "text"])
def test_a_file_that_is_damaged_is_refused_before_anything_is_touched(
    made: Path, file: Path, tmp_path: Path, damage: str
) -> None:
    content, bent = file.read_bytes(), bytearray(file.read_bytes())
    middle = len(content) // 2
    bent[middle : middle + 200] = bytes(each ^ 0xFF for each in bent[middle : middle + 200])
    damaged = tmp_path / "damaged.dump"
    damaged.write_bytes({"cut": content[:middle], "bent": bytes(bent), "text": b"a letter"}[damage])
    log = made / "home" / "logs" / "postgresql.log"
    before = log.stat().st_size
    said = manage(made / "home", "restore", str(damaged), "--replace")
    assert "pg_restore failed" in said.refusal
    assert log.stat().st_size == before  # no server was even started


def test_what_a_later_release_wrote_changes_nothing(made: Path, home: Path, place: Path, start: Start) -> None:
    copy_home(made / "home", place / "later")
    run = start(place / "later")
    run.until_ready()
    with psycopg.connect(run.address()) as connection:
        connection.execute("INSERT INTO django_migrations VALUES ('monitoring', '9999_of_the_future')")
    assert manage(run.home, "backup", str(place / "later.dump")).refusal == ""
    run.stop()
    said = manage(home, "restore", str(place / "later.dump"))
    assert "made by a later release (9999_of_the_future is not known here)" in said.refusal
    run = start(home)
    run.until_ready()
    assert databases(run) == ["mrd"]


def test_where_there_is_no_home_or_no_table_it_says_so_and_makes_nothing(home: Path, place: Path) -> None:
    nowhere = manage(place / "nowhere", "backup", str(place / "mrd.dump"))
    assert "There is no home" in nowhere.refusal
    assert not (place / "nowhere").exists()
    empty = manage(home, "backup", str(place / "mrd.dump"))
    assert "does not hold the tables of this product" in empty.refusal
    assert not list(place.glob("*.dump*"))
