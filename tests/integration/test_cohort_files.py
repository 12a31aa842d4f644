"""Files of large cohorts: made by the worker as the request would, told, stopped, taken by those who may, deleted."""

import io
import zipfile
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from api.v1.answers import ANALYSIS_SET_PROGRESS
from monitoring.actions import analysis_rows, cohort_file_making, cohort_files, cohort_work, cohorts, research_consent
from monitoring.actions.cohort_file_making import Write
from monitoring.domain.cohorts.definition import CohortDefinition
from monitoring.domain.terms import Marker
from monitoring.models import AuditEntry, CareRelation, CohortFile, Patient, ReadEntry
from monitoring.models.choices import CohortAnswerStateChoice as State
from monitoring.queries import cohort_exports
from monitoring.queries.cohort_exports import AnalysisExport
from monitoring.queries.cohort_files import GIVEN_FOR
from monitoring.reports import analysis_files
from tests.integration.rest_api import Api
from tests.integration.told_world import as_worker
from tests.world import NOW, World

NPM1 = CohortDefinition(markers=frozenset({Marker.NPM1}))
FRENCH = {"accept-language": "fr"}
A_DAY_AGO = datetime(2020, 1, 1, tzinfo=UTC)


@pytest.fixture
def cohort(committed: World) -> int:
    """A cohort of three who relapsed, whose rows are made."""
    committed.crowd(3, [(date(2026, 3, 1), None), (date(2026, 6, 1), "3.5"), (date(2026, 7, 1), "5.5")])
    with as_worker():
        analysis_rows.refresh(now=NOW, rulesets={NPM1.ruleset})
    committed.as_person(committed.clinician)
    return cohorts.define(by=committed.clinician, centre=committed.centre, name="Our NPM1", definition=NPM1).cohort_id


@pytest.fixture
def large(monkeypatch: pytest.MonkeyPatch) -> None:
    """So small a number of rows is many."""
    monkeypatch.setattr(cohort_exports, "MOST_ROWS_AT_ONCE", 1)


@pytest.fixture
def reader(client: Client, committed: World) -> Client:
    client.force_login(committed.clinician)
    return client


def made(world: World, write: Write = analysis_files.pieces_of) -> int:
    with as_worker():
        done = cohort_file_making.make_waiting(clock=timezone.now, write=write)
    world.as_person(world.clinician)
    return done


def address(cohort: int, asked: str = "csv") -> str:
    return f"/cohorts/{cohort}/analysis-set.{asked}"


def asked(reader: Client, world: World, cohort: int, what: str = "csv") -> CohortFile:
    answer = reader.get(address(cohort, what))
    assert (answer.status_code, answer["Location"]) == (302, f"/cohorts/{cohort}/#cohort-files")
    world.as_person(world.clinician)
    return CohortFile.objects.get(state=State.WAITING)


def as_it_is(file: CohortFile, **changed: Any) -> None:
    with as_worker():
        CohortFile.objects.filter(pk=file.pk).update(**changed)


def said(content: bytes, what: str) -> object:
    """The file itself; of a workbook its sheets, since it tells the moment of writing beside them."""
    if what != "xlsx":
        return content
    book = zipfile.ZipFile(io.BytesIO(content))
    return {name: book.read(name) for name in book.namelist() if "worksheets" in name or "sharedStrings" in name}


@pytest.mark.parametrize("what", ["csv", "csv?without_dates=yes&origin=CYCLE_1", "parquet", "xlsx"])
def test_the_worker_makes_the_very_file_that_the_request_makes(
    reader: Client, committed: World, cohort: int, monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    at_once = reader.get(address(cohort, what), headers=FRENCH)
    content = at_once.getvalue()
    committed.as_person(committed.clinician)
    assert not CohortFile.objects.exists()  # what is small is never asked of the worker
    monkeypatch.setattr(cohort_exports, "MOST_ROWS_AT_ONCE", 2)
    assert reader.get(address(cohort, what), headers=FRENCH).status_code == 302
    assert made(committed) == 1
    taken = reader.get(address(cohort, what), headers=FRENCH)
    found = taken.getvalue()
    assert said(found, what) == said(content, what)
    assert taken["Content-Disposition"] == at_once["Content-Disposition"]
    assert int(taken["Content-Length"]) == len(found)
    assert "no-store" in taken["Cache-Control"]


def test_a_file_tells_the_day_that_it_is_at_the_centre(
    reader: Client, committed: World, cohort: int, large: None
) -> None:
    asked(reader, committed, cohort, "xlsx")
    half_past_eleven = timezone.now().replace(hour=23, minute=30)
    days: list[date] = []

    def write(_export: AnalysisExport, _kind: str, on: date) -> Iterator[bytes]:
        days.append(on)
        yield b""

    with as_worker():
        cohort_file_making.make_waiting(clock=lambda: half_past_eleven, write=write)
    assert days == [half_past_eleven.date() + timedelta(days=1)]


def test_asking_is_on_record_once_and_taking_each_time_with_each_patient(
    reader: Client, committed: World, cohort: int, large: None
) -> None:
    asked(reader, committed, cohort)
    asked(reader, committed, cohort)
    assert AuditEntry.objects.filter(action="cohort.file").count() == 1
    made(committed)
    assert not AuditEntry.objects.filter(action="export.cohort.csv").exists()
    for _ in range(2):
        assert reader.get(address(cohort)).status_code == 200
    committed.as_person(committed.clinician)
    taken = AuditEntry.objects.filter(action="export.cohort.csv", after__rows=3, actor_id=committed.clinician.pk)
    assert taken.count() == 2
    assert f"cohort={cohort} version=1 revision=" in (taken[0].after or {})["filters"]
    assert ReadEntry.objects.filter(channel="export").values("patient_id").distinct().count() == 3


def test_the_page_tells_how_far_a_file_is_and_gives_the_link_when_it_is_ready(
    reader: Client, committed: World, cohort: int, large: None
) -> None:
    asked(reader, committed, cohort)
    page = reader.get(f"/cohorts/{cohort}/").content.decode()
    assert f'hx-get="/cohorts/{cohort}/files/" hx-trigger="every 1500ms"' in page
    assert "Being prepared, 0 %" in page
    assert reader.get(f"/cohorts/{cohort}/files/")["Location"] == f"/cohorts/{cohort}/#cohort-files"
    made(committed)
    part = reader.get(f"/cohorts/{cohort}/files/", headers={"HX-Request": "true"}).content.decode()
    assert "hx-get" not in part
    assert "3 rows of revision" in part
    assert f'href="/cohorts/{cohort}/analysis-set.csv?origin=' in part


def test_each_step_is_told_and_a_stopped_file_is_not_made(
    reader: Client, committed: World, cohort: int, large: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cohort_file_making, "TOLD_EACH", 1)
    file, shares = asked(reader, committed, cohort), []

    def stops_at_the_last_row(export: AnalysisExport, kind: str, on: date) -> Iterator[bytes]:
        for number, _ in enumerate(export.table.rows, start=1):
            shares.append(CohortFile.objects.get().share)
            if number == len(export.table.rows):
                CohortFile.objects.update(state=State.STOPPED)
        yield b"never kept"

    made(committed, stops_at_the_last_row)
    assert shares == [40, 59, 79]
    file.refresh_from_db()
    assert (file.state, file.packed) == (State.STOPPED, None)
    asked(reader, committed, cohort)
    stop = f"/cohorts/{cohort}/files/{file.pk}/stop/"
    assert reader.post(stop).status_code == 302
    assert made(committed) == 0
    assert "Stopped before it was ready." in reader.get(f"/cohorts/{cohort}/").content.decode()


def test_a_file_that_fails_says_so_in_words_and_the_others_come(
    reader: Client, committed: World, cohort: int, large: None
) -> None:
    asked(reader, committed, cohort)
    reader.get(address(cohort, "parquet"))

    def breaks(export: AnalysisExport, kind: str, on: date) -> Iterator[bytes]:
        if kind == "csv":
            raise ZeroDivisionError("C-1-0001 divided by zero")
        yield b"whole"

    assert made(committed, breaks) == 2
    failed = CohortFile.objects.get(state=State.FAILED)
    assert "divided by zero" in failed.failed_because
    page = reader.get(f"/cohorts/{cohort}/").content.decode()
    assert "This file could not be made." in page
    assert f"the number {failed.pk}, under which" in page
    assert "divided by zero" not in page
    assert reader.get(address(cohort, "parquet")).getvalue() == b"whole"
    asked(reader, committed, cohort)
    made(committed)
    assert reader.get(address(cohort)).status_code == 200


def test_what_a_dead_worker_had_in_hand_is_taken_over(
    reader: Client, committed: World, cohort: int, large: None
) -> None:
    file = asked(reader, committed, cohort)
    as_it_is(file, state=State.RUNNING, started_at=timezone.now())
    assert made(committed) == 0
    as_it_is(file, started_at=timezone.now() - cohort_work.GIVEN_UP_AFTER - timedelta(minutes=1))
    assert made(committed) == 1


def test_a_file_is_given_for_some_minutes_after_the_records_changed_and_then_made_anew(
    reader: Client, committed: World, cohort: int, large: None
) -> None:
    file = asked(reader, committed, cohort)
    made(committed)
    committed.patient()
    assert reader.get(address(cohort)).status_code == 200
    assert "Records have changed since it was made." in reader.get(f"/cohorts/{cohort}/").content.decode()
    as_it_is(file, finished_at=timezone.now() - GIVEN_FOR)
    asked(reader, committed, cohort)
    made(committed)
    assert "-4-rows.csv" in reader.get(address(cohort))["Content-Disposition"]
    assert CohortFile.objects.count() == 1  # the newer one takes the place of the older


@pytest.mark.parametrize("because", ["refused research", "left the centre"])
def test_a_file_with_a_patient_who_may_not_be_shown_any_more_is_not_given(
    reader: Client, committed: World, cohort: int, large: None, because: str
) -> None:
    asked(reader, committed, cohort)
    made(committed)
    gone = Patient.objects.get(pseudonym="C-1-0001")
    if because == "refused research":
        research_consent.withdraw(by=committed.clinician, patient=gone, on=NOW.date(), now=NOW)
    else:
        CareRelation.objects.filter(patient=gone).update(starts_on=date(2025, 1, 1), ends_on=date(2026, 1, 1))
    asked(reader, committed, cohort)
    made(committed)
    content = reader.get(address(cohort)).getvalue()
    assert b"C-1-0000" in content
    assert b"C-1-0001" not in content


def test_nobody_else_learns_of_a_file_or_stops_it(
    client: Client, reader: Client, committed: World, cohort: int, large: None
) -> None:
    file = asked(reader, committed, cohort)
    made(committed)
    for person, status in ((committed.stranger, 404), (committed.technician, 403)):
        client.force_login(person)
        assert client.get(address(cohort)).status_code == status
        assert client.get(f"/cohorts/{cohort}/files/").status_code == status
        assert client.post(f"/cohorts/{cohort}/files/{file.pk}/stop/").status_code == status
    committed.as_person(committed.stranger)
    assert not CohortFile.objects.exists()  # row-level security
    committed.as_person(committed.clinician)
    client.force_login(committed.data_manager)
    assert client.get(address(cohort)).status_code == 200  # asked for by one, taken by another who may
    assert (
        not AuditEntry.objects.filter(action="export.cohort.csv").exclude(actor_id=committed.data_manager.pk).exists()
    )


def test_files_are_deleted_after_a_day(reader: Client, committed: World, cohort: int, large: None) -> None:
    old = asked(reader, committed, cohort)
    made(committed)
    new = asked(reader, committed, cohort, "parquet")
    as_it_is(new, state=State.FAILED)
    waiting = asked(reader, committed, cohort, "csv?without_dates=yes")
    as_it_is(waiting, asked_at=A_DAY_AGO)
    with as_worker():
        assert cohort_files.forget_old(now=timezone.now()) == 0
        CohortFile.objects.filter(pk=old.pk).update(finished_at=A_DAY_AGO)
        CohortFile.objects.filter(pk=new.pk).update(asked_at=A_DAY_AGO)
        assert cohort_files.forget_old(now=timezone.now()) == 2
    committed.as_person(committed.clinician)
    assert list(CohortFile.objects.values_list("pk", flat=True)) == [waiting.pk]  # nobody has looked at it yet


def test_rest_says_how_far_it_is_and_gives_the_file_when_it_is_ready(
    committed: World, cohort: int, large: None
) -> None:
    api, where = Api(committed, committed.clinician), f"cohorts/{cohort}/analysis-set.parquet"
    waits = api.get(where, {"without_dates": "yes"}, Accept="application/vnd.apache.parquet")
    assert (waits.status_code, waits["Retry-After"], waits["Content-Type"]) == (202, "2", "application/json")
    told = waits.json()
    assert (told["state"], told["share"], told["kind"], told["without_dates"]) == ("WAITING", 0, "parquet", True)
    assert set(told) == set(ANALYSIS_SET_PROGRESS().fields)
    assert waits["Location"] == f"/api/v1/{where}?without_dates=yes"
    made(committed)
    taken = api.get(waits["Location"].removeprefix("/api/v1/"))
    assert (taken.status_code, taken["Content-Type"]) == (200, "application/vnd.apache.parquet")
    assert taken.getvalue().startswith(b"PAR1")
    assert AuditEntry.objects.filter(action="export.cohort.parquet", after__rows=3).count() == 1


def test_rest_asks_again_for_a_stopped_file_only_when_told_to(committed: World, cohort: int, large: None) -> None:
    api, where = Api(committed, committed.clinician), f"cohorts/{cohort}/analysis-set.csv"
    assert api.get(where).status_code == 202
    cohort_files.stop(by=committed.clinician, file_id=CohortFile.objects.get().pk)
    stopped = api.get(where)
    assert (stopped.status_code, stopped["Content-Type"]) == (409, "application/problem+json")
    assert api.post(where, {}).status_code == 202
