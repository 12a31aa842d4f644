"""The list of patients: found, narrowed, leafed through, kept under a name, and taken out as a file."""

import csv
import io
from datetime import date
from urllib.parse import parse_qs, urlsplit

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from openpyxl import load_workbook

from monitoring.models import AuditEntry, ClinicalEvent, MrdSeries, Patient, ReadEntry, SavedView, Treatment
from monitoring.models.choices import MarkerChoice
from tests.world import World, detected, not_detected

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def today(world: World):  # type: ignore[no-untyped-def]
    with time_machine.travel(world.now, tick=False):
        yield


def page(client: Client, world: World, **query: str) -> str:
    client.force_login(world.clinician)
    return client.get("/patients/", query).content.decode()


def listed(client: Client, world: World, **query: str) -> list[str]:
    """The pseudonyms of an export, in the order of the list."""
    client.force_login(world.clinician)
    content = client.get("/patients/export.csv", query).content.decode("utf-8-sig")
    return [row["Pseudonym"] for row in csv.DictReader(io.StringIO(content, newline=""))]


def followed(world: World, *days: tuple[date, str | None], marker: MarkerChoice = MarkerChoice.NPM1) -> MrdSeries:
    series = world.patient(marker=marker)
    for on, value in days:
        world.authorised(series, on, detected(value) if value else not_detected())
    return series


def test_a_search_with_one_exact_hit_opens_the_patient(client: Client, world: World) -> None:
    series = followed(world)
    client.force_login(world.clinician)
    assert client.get("/patients/", {"q": "p-0001"})["Location"] == f"/patients/{series.patient_id}/"
    world.as_person(world.clinician)
    Patient.objects.filter(pk=series.patient_id).update(hospital_number="H 77")
    assert client.get("/patients/", {"q": "h 77"})["Location"] == f"/patients/{series.patient_id}/"


def test_a_row_tells_state_last_sample_and_what_is_due(client: Client, world: World) -> None:
    followed(world, (date(2026, 7, 1), None), (date(2026, 10, 29), "0.02"))
    shown = page(client, world)
    assert "Suspected molecular relapse" in shown
    assert "29 Oct 2026" in shown
    assert "1 patient" in shown


def test_it_narrows_by_marker_state_rule_set_and_day_of_the_last_sample(client: Client, world: World) -> None:
    followed(world, (date(2026, 7, 1), None), (date(2026, 10, 29), "0.02"))
    followed(world, (date(2026, 11, 2), None))
    followed(world)
    assert listed(client, world, marker="NPM1") == ["P-0001", "P-0002", "P-0003"]
    assert listed(client, world, state="SUSPECTED") == ["P-0001"]
    assert listed(client, world, state="SUSPECTED", ruleset="ELN2025") == []
    assert listed(client, world, state="LOW_LEVEL", ruleset="ELN2025") == ["P-0001"]
    assert listed(client, world, state="NONE") == ["P-0003"]
    assert listed(client, world, sampled_from="2026-11-01") == ["P-0002"]
    assert listed(client, world, sampled_until="2026-10-29") == ["P-0001"]


def test_it_narrows_by_treatment_and_transplant(client: Client, world: World) -> None:
    now, over, none = followed(world), followed(world), followed(world)
    for series, ends_on in [(now, None), (over, date(2026, 6, 1))]:
        Treatment.objects.create(
            patient=series.patient, kind="PRE_EMPTIVE", regimen="venetoclax and azacitidine",
            starts_on=date(2026, 3, 1), ends_on=ends_on,
        )  # fmt: skip
    ClinicalEvent.objects.create(patient=none.patient, kind="HSCT", happened_on=date(2026, 2, 1))
    assert listed(client, world, treatment="now") == ["P-0001"]
    assert listed(client, world, treatment="ever") == ["P-0001", "P-0002"]
    assert listed(client, world, treatment="never") == ["P-0003"]
    assert listed(client, world, treatment="hsct") == ["P-0003"]


def test_it_stands_in_the_order_asked_for(client: Client, world: World) -> None:
    followed(world, (date(2026, 7, 1), None))
    followed(world)
    followed(world, (date(2026, 11, 2), None))
    assert listed(client, world, order="last") == ["P-0003", "P-0001", "P-0002"]
    assert listed(client, world, order="due") == ["P-0002", "P-0001", "P-0003"]


@pytest.mark.parametrize("order", ["pseudonym", "last", "due"])
def test_leafing_through_shows_everybody_once(client: Client, world: World, order: str) -> None:
    world.crowd(60, [(date(2026, 10, 1), None)])
    world.crowd(60, [])
    client.force_login(world.clinician)
    seen: list[str] = []
    query = {"order": order}
    for _page in range(3):
        answer = client.get("/patients/", query)
        found = answer.context["found"]
        seen += [row.pseudonym for row in found.rows]
        assert found.count == 120
        query = {"order": order, "after": answer.context["next"]}
    assert len(seen) == len(set(seen)) == 120
    assert seen == listed(client, world, order=order)


def test_an_address_that_was_tampered_with_begins_at_the_first_row(client: Client, world: World) -> None:
    followed(world)
    assert "P-0001" in page(client, world, after="%%%")
    assert "P-0001" in page(client, world, after="AAAA")


def test_a_day_that_is_none_is_refused_at_its_field(client: Client, world: World) -> None:
    followed(world)
    assert "“2026-13-01” is no day of the calendar." in page(client, world, sampled_from="2026-13-01")
    wrong = page(client, world, sampled_from="2026-11-01", sampled_until="2026-10-01")
    assert "This day lies before the first one." in wrong
    client.force_login(world.clinician)
    assert client.get("/patients/export.csv", {"sampled_from": "x"})["Location"] == "/patients/?sampled_from=x"


def test_the_export_has_as_many_rows_as_the_screen_says_and_is_written_down(client: Client, world: World) -> None:
    world.crowd(70, [(date(2026, 10, 1), "0.5")])
    assert "Export 70 rows" in page(client, world)
    answer = client.get("/patients/export.xlsx")
    assert "-70-rows.xlsx" in answer["Content-Disposition"]
    sheet = load_workbook(io.BytesIO(answer.content)).active
    assert sheet is not None
    assert sheet.max_row == 71
    world.as_person(world.clinician)
    entry = AuditEntry.objects.get(action="export.patients.xlsx")
    assert (entry.actor_id, entry.after) == (world.clinician.pk, {"filters": "", "rows": 70})
    assert ReadEntry.objects.filter(channel="export").count() == 70


def test_a_pseudonym_that_reads_as_a_formula_is_text_in_the_export(client: Client, world: World) -> None:
    series = followed(world)
    Patient.objects.filter(pk=series.patient_id).update(hospital_number="=cmd|'/c calc'!A1")
    client.force_login(world.clinician)
    assert "'=cmd|" in client.get("/patients/export.csv").content.decode()


def test_another_centre_and_the_laboratory_get_nothing(client: Client, world: World) -> None:
    followed(world)
    client.force_login(world.stranger)
    assert "P-0001" not in client.get("/patients/").content.decode()
    assert "P-0001" not in client.get("/patients/export.csv").content.decode()
    client.force_login(world.technician)
    assert client.get("/patients/").status_code == 403
    assert client.get("/patients/export.csv").status_code == 403
    client.force_login(world.clinician)
    assert client.get("/patients/export.pdf").status_code == 404


def test_queries_do_not_grow_with_the_list(client: Client, world: World) -> None:
    counts = []
    for size in (1, 60):
        world.crowd(size, [(date(2026, 10, 1), "0.5")])
        page(client, world)  # drains what waits
        with CaptureQueriesContext(
            connection,
        ) as captured:
            page(client, world)
        counts.append(len(captured))
    assert counts[0] == counts[1]


def test_a_view_is_kept_found_again_and_removed(client: Client, world: World) -> None:
    followed(world)
    client.force_login(world.clinician)
    kept = {"page": "patients", "name": " Suspected  here ", "query": "state=SUSPECTED&marker=&after=abc"}
    answer = client.post("/views/save/", kept)
    assert parse_qs(urlsplit(answer["Location"]).query) == {"state": ["SUSPECTED"]}
    world.as_person(world.clinician)
    view = SavedView.objects.get()
    assert (view.name, view.query) == ("Suspected here", "state=SUSPECTED")
    assert 'href="/patients/?state=SUSPECTED"' in page(client, world)
    assert client.post(f"/views/{view.pk}/remove/", {"page": "patients"}).status_code == 302
    world.as_person(world.clinician)
    assert not SavedView.objects.exists()


def test_a_view_belongs_to_one_person(client: Client, world: World) -> None:
    client.force_login(world.clinician)
    client.post("/views/save/", {"page": "patients", "name": "Mine", "query": "state=SUSPECTED"})
    world.as_person(world.clinician)
    pk = SavedView.objects.get().pk
    client.force_login(world.data_manager)
    assert ">Mine</a>" not in client.get("/patients/").content.decode()
    assert client.post(f"/views/{pk}/remove/", {"page": "patients"}).status_code == 404


def test_a_view_needs_a_name_and_a_page(client: Client, world: World) -> None:
    client.force_login(world.clinician)
    answer = client.post("/views/save/", {"page": "patients", "name": " ", "query": ""}, follow=True)
    assert "Give the view a name." in answer.content.decode()
    assert client.post("/views/save/", {"page": "elsewhere", "name": "x"}).status_code == 404
