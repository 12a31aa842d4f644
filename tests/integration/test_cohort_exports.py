"""A cohort taken out: as many rows as the page says, three kinds of file, written down, for its own people only."""

import csv
import io
import json
import re
from datetime import date
from types import SimpleNamespace
from typing import Any
from urllib.parse import urlencode

import pytest
from django.test import Client
from openpyxl import load_workbook

from monitoring.actions import cohort_asking, cohorts
from monitoring.domain.cohorts import definition_json, parts
from monitoring.domain.cohorts.definition import CohortDefinition
from monitoring.domain.terms import Marker
from monitoring.models import AuditEntry, CohortAnswer, CohortVersion, ReadEntry
from monitoring.queries import cohort_data
from monitoring.reports import analysis_files
from monitoring.views import cohort_figures
from tests.integration.rest_api import Api
from tests.integration.test_cohorts_view import computed
from tests.world import NOW, World, detected, not_detected

NPM1 = CohortDefinition(markers=frozenset({Marker.NPM1}))
SURVIVAL = {"endpoint": "OS", "origin": "MOLECULAR_RELAPSE"}


@pytest.fixture
def cohort(committed: World) -> int:
    """A computed cohort of three, of whom two relapsed."""
    for relapses in (True, True, False):
        series = committed.patient()
        committed.authorised(series, date(2026, 3, 1), not_detected())
        if relapses:
            committed.authorised(series, date(2026, 6, 1), detected("3.5"))
            committed.authorised(series, date(2026, 7, 1), detected("5.5"))
    committed.as_person(committed.clinician)
    version = cohorts.define(by=committed.clinician, centre=committed.centre, name="=cmd, our NPM1", definition=NPM1)
    data = cohort_data.state_of(committed.centre.pk, NPM1)
    for question in (parts.ask("FLOW", {}), parts.ask("SURVIVAL", SURVIVAL), parts.ask("SWIMMER", {})):
        cohort_asking.ask(by=committed.clinician, version=version, question=question, data=data, now=NOW)
    computed(committed)
    return version.cohort_id


def rows(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def test_the_files_have_as_many_rows_as_the_page_says(client: Client, committed: World, cohort: int) -> None:
    client.force_login(committed.clinician)
    address = f"/cohorts/{cohort}/analysis-set"
    own = client.get(f"{address}.csv")
    found = rows(own.getvalue())
    assert f"version-1-revision-{revision(cohort)}-3-rows.csv" in own["Content-Disposition"]
    assert "no-store" in own["Cache-Control"]
    assert [row["pseudonym"] for row in found] == ["P-0001", "P-0002", "P-0003"]
    assert [row["failure_kind"] for row in found] == ["RELAPSE", "RELAPSE", "NOT_KNOWN"]
    assert on_page(client, cohort) == len(found)
    book = load_workbook(io.BytesIO(client.get(f"{address}.xlsx").content))
    assert [sheet.title for sheet in book] == ["Analysis set", "Dictionary", "Definition"]
    assert book["Analysis set"].max_row - 1 == len(found)
    assert [cell.value for cell in book["Dictionary"]["A"]][1:] == list(found[0])
    told = {row[0].value: row[1].value for row in book["Definition"].iter_rows()}
    assert (told["Cohort"], told["Rows"], told["Considered"]) == ("=cmd, our NPM1", 3, 3)
    assert book["Definition"]["B2"].data_type == "s"
    entries = AuditEntry.objects.filter(action__startswith="export.cohort.").order_by("pk")
    assert [entry.action for entry in entries] == ["export.cohort.csv", "export.cohort.xlsx"]
    assert (entries[0].after or {})["rows"] == 3
    assert f"cohort={cohort} version=1" in (entries[0].after or {})["filters"]
    assert ReadEntry.objects.filter(channel="export").values("patient_id").distinct().count() == 3


def revision(cohort: int) -> int:
    return cohort_data.state_of(CohortVersion.objects.get(cohort=cohort).centre_id, NPM1).revision


def on_page(client: Client, cohort: int) -> int | None:
    """The number that stands beside the links; None where none stands there."""
    found = re.search(r"<small>([0-9]+) rows?</small>", client.get(f"/cohorts/{cohort}/").content.decode())
    return int(found[1]) if found else None


def test_rows_are_not_told_where_the_data_have_changed_since(client: Client, committed: World, cohort: int) -> None:
    client.force_login(committed.clinician)
    committed.patient()
    assert on_page(client, cohort) is None


def test_what_is_too_large_for_a_workbook_is_refused_and_not_written_down(
    client: Client, committed: World, cohort: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    client.force_login(committed.clinician)
    monkeypatch.setattr(analysis_files, "MOST_XLSX_ROWS", 2)
    answer = client.get(f"/cohorts/{cohort}/analysis-set.xlsx", follow=True)
    assert "take CSV or Parquet" in answer.content.decode()
    assert not AuditEntry.objects.filter(action="export.cohort.xlsx").exists()


def test_parquet_has_types_and_its_dictionary_inside(client: Client, committed: World, cohort: int) -> None:
    import pyarrow.parquet  # type: ignore[import-untyped]

    client.force_login(committed.clinician)
    content = client.get(f"/cohorts/{cohort}/analysis-set.parquet?origin=MOLECULAR_RELAPSE").content
    table = pyarrow.parquet.read_table(io.BytesIO(content))
    assert table.num_rows == 3
    assert table["failure_on"].to_pylist() == [date(2026, 6, 1), date(2026, 6, 1), None]
    assert str(table.schema.field("os_days").type) == "int64"
    assert table.schema.field("os_days").metadata[b"unit"] == b"d"
    told = json.loads(table.schema.metadata[b"mrd"])
    assert (told["rows"], told["considered"], told["origin"]) == (3, 3, "MOLECULAR_RELAPSE")
    assert told["definition"] == definition_json.to_json(NPM1)


def test_a_shared_file_has_no_date_and_no_pseudonym(client: Client, committed: World, cohort: int) -> None:
    client.force_login(committed.clinician)
    content = client.get(f"/cohorts/{cohort}/analysis-set.csv?without_dates=yes").getvalue()
    assert b"P-000" not in content
    assert b"2026-" not in content
    assert sorted(row["number"] for row in rows(content)) == ["1", "2", "3"]
    entry = AuditEntry.objects.get(action="export.cohort.csv")
    assert "without_dates=yes" in (entry.after or {})["filters"]


def test_a_figure_comes_as_svg_png_and_pdf_and_is_written_down(client: Client, committed: World, cohort: int) -> None:
    client.force_login(committed.clinician)
    begins = {"svg": b"<svg xmlns=", "png": b"\x89PNG", "pdf": b"%PDF-1.7"}
    for kind, first in begins.items():
        answer = client.get(f"/cohorts/{cohort}/parts/SURVIVAL/figure.{kind}?{urlencode(SURVIVAL)}")
        assert answer.content.startswith(first), kind
    svg = client.get(f"/cohorts/{cohort}/parts/SWIMMER/figure.svg").content.decode()
    assert "Data revision" in svg
    assert "class=" not in svg
    assert AuditEntry.objects.filter(action="export.cohort-figure.svg", after__rows=2).count() == 1
    assert AuditEntry.objects.filter(action="export.cohort-figure.pdf", after__rows=0).count() == 1
    waits = client.get(f"/cohorts/{cohort}/parts/SURVIVAL/figure.svg?endpoint=RFS")
    assert (waits.status_code, waits["Location"]) == (302, f"/cohorts/{cohort}/parts/SURVIVAL/?endpoint=RFS")
    assert client.get(f"/cohorts/{cohort}/parts/TOXICITY/figure.svg").status_code == 404


def test_the_figure_that_is_shown_is_the_file_that_is_offered(client: Client, committed: World, cohort: int) -> None:
    client.force_login(committed.clinician)
    address = f"/cohorts/{cohort}/parts/SURVIVAL/"
    page = client.get(f"{address}?{urlencode(SURVIVAL)}").content.decode().replace("&amp;", "&")
    assert re.search(r"revision \d+, computed \d", page)
    for file in ("figure.svg", "figure.png", "figure.pdf", "recompute.R", "recompute.py"):
        assert f'href="{address}{file}?endpoint=OS&origin=MOLECULAR_RELAPSE&grouping=NONE"' in page, file
    pooled = f"{address}?endpoint=OS&origin=MOLECULAR_RELAPSE&grouping=NONE&pooled=yes"
    assert f'href="{pooled}"' in page
    part = client.get(pooled).content.decode()
    assert "With patients of other centres, counted together." in part


@pytest.mark.django_db
def test_nobody_else_gets_anything(client: Client, world: World) -> None:
    world.as_person(world.clinician)
    version = cohorts.define(by=world.clinician, centre=world.centre, name="Ours", definition=NPM1)
    ends = ("analysis-set.csv", "dictionary.csv", "parts/SURVIVAL/figure.svg", "parts/SURVIVAL/recompute.R")
    for person, status in ((world.stranger, 404), (world.technician, 403)):
        client.force_login(person)
        assert [client.get(f"/cohorts/{version.cohort_id}/{end}").status_code for end in ends] == [status] * 4
        api = Api(world, person)
        assert [
            api.get(f"cohorts/{version.cohort_id}/{end}").status_code
            for end in ("", "parts/SURVIVAL/", "analysis-set.csv", "analysis-set.parquet")
        ] == [status] * 4
        world.as_person(person)
    assert not AuditEntry.objects.filter(action__startswith="export.").exists()


@pytest.mark.django_db
def test_dictionary_and_scripts_hold_no_patient(client: Client, world: World) -> None:
    world.patient()
    version = cohorts.define(by=world.clinician, centre=world.centre, name="Ours", definition=NPM1)
    client.force_login(world.clinician)
    told = rows(client.get(f"/cohorts/{version.cohort_id}/dictionary.csv").content)
    assert told[0]["Column"] == "pseudonym"
    script = client.get(f"/cohorts/{version.cohort_id}/parts/SURVIVAL/recompute.R?endpoint=OS").content.decode()
    assert "Surv(os_days, os_event)" in script
    assert client.get(f"/cohorts/{version.cohort_id}/parts/SURVIVAL/recompute.R?pooled=yes").status_code == 404
    assert client.get(f"/cohorts/{version.cohort_id}/parts/TIMES/recompute.R").status_code == 404
    assert client.get(f"/cohorts/{version.cohort_id}/parts/SURVIVAL/recompute.sas").status_code == 404
    assert client.get(f"/cohorts/{version.cohort_id}/analysis-set.sas").status_code == 404
    assert client.get(f"/cohorts/{version.cohort_id}/analysis-set.csv?origin=BIRTH").status_code == 404


def test_rest_gives_the_answer_or_how_far_it_is(committed: World, cohort: int) -> None:
    api = Api(committed, committed.clinician)
    one = api.get(f"cohorts/{cohort}/").json()
    assert one["flow"] == {"considered": 3, "included": 3, "left_out": []}
    address = f"cohorts/{cohort}/parts/SURVIVAL/"
    done = api.get(address, SURVIVAL)
    assert done.status_code == 200
    assert done.json()["answer"]["groups"][0]["patients"] == 2
    assert done.json()["answer"]["left_out"] == [{"reason": "NO_ORIGIN", "patients": 1}]
    assert api.get(address, SURVIVAL, If_None_Match=done["ETag"]).status_code == 304
    waits = api.get(address, SURVIVAL | {"endpoint": "RFS"})
    assert (waits.status_code, waits.json()["state"], waits["Retry-After"]) == (202, "WAITING", "2")
    assert waits["Location"].startswith(f"/api/v1/{address}?")
    computed(committed)
    assert committed_get(committed, waits["Location"]).status_code == 200
    table = api.get(f"cohorts/{cohort}/analysis-set.csv", Accept="text/csv")
    assert len(rows(table.content)) == one["flow"]["included"]
    assert AuditEntry.objects.filter(action="export.cohort.csv", after__rows=3).count() == 1


def committed_get(world: World, location: str) -> Any:
    return Api(world, world.clinician).get(location.removeprefix("/api/v1/"))


def test_rest_asks_again_for_what_was_stopped_only_when_told_to(committed: World, cohort: int) -> None:
    api = Api(committed, committed.clinician)
    address = f"cohorts/{cohort}/parts/TIMES/"
    assert api.get(address).status_code == 202
    version = CohortVersion.objects.get(cohort=cohort)
    waiting = CohortAnswer.objects.get(version=version, part="TIMES")
    cohort_asking.stop(by=committed.clinician, answer_id=waiting.pk)
    stopped = api.get(address)
    assert (stopped.status_code, stopped["Content-Type"]) == (409, "application/problem+json")
    assert api.post(address, {}).status_code == 202


@pytest.mark.django_db
@pytest.mark.parametrize(("part", "course"), [("SWIMMER", "lanes"), ("TRAJECTORIES", "lines")])
def test_a_figure_in_which_nobody_is_drawn_names_nobody(part: str, course: str) -> None:
    nobody = SimpleNamespace(**{course: ()})
    assert cohort_figures._shown_patients(parts.ask(part, {}), nobody) == set()
