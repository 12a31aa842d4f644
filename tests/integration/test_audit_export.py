"""The audit trail as a file: what is narrowed, so many rows, no formula, and an act of the trail itself."""

import csv
import io
from typing import Any

import pytest
from django.test import Client

from monitoring.actions import audit
from monitoring.models import AuditEntry, MrdSeries, ReadEntry, User
from monitoring.models.choices import RoleChoice
from monitoring.views import audit as pages
from tests.world import World, _person

pytestmark = pytest.mark.django_db


@pytest.fixture
def auditor(world: World) -> User:
    return _person("auditor", RoleChoice.AUDITOR, world.centre)


@pytest.fixture
def series(world: World) -> MrdSeries:
    return world.patient()


def exported(client: Client, person: User, **asked: Any) -> list[dict[str, str]]:
    client.force_login(person)
    answer = client.get("/audit/export.csv", asked)
    assert answer.status_code == 200
    return list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"), newline="")))


def test_it_holds_what_is_narrowed_and_is_an_act_and_a_reading(
    client: Client, world: World, series: MrdSeries, auditor: User
) -> None:
    rows = exported(client, auditor, kind="ACT", record=series.patient_id)
    world.as_person(auditor)
    assert len(rows) == AuditEntry.objects.filter(patient_id=series.patient_id).count()
    assert {row["Patient"] for row in rows} == {series.patient.pseudonym}
    assert [int(row["Number"]) for row in rows] == sorted((int(row["Number"]) for row in rows), reverse=True)
    noted = AuditEntry.objects.get(action="export.audit.csv")
    assert noted.actor_id == auditor.pk
    assert noted.after == {"filters": f"kind=ACT&record={series.patient_id}", "rows": len(rows)}
    assert ReadEntry.objects.filter(actor_id=auditor.pk, patient_id=series.patient_id, channel="export").exists()
    assert "audit trail exported" in client.get("/audit/").content.decode()


def test_what_reads_as_a_formula_is_kept_as_text(
    client: Client, world: World, series: MrdSeries, auditor: User
) -> None:
    audit.record(action="test.act", by=world.clinician, subject=series, patient_id=series.patient_id,
                 reason='=HYPERLINK("https://example.org")')  # fmt: skip
    [row] = exported(client, auditor, action="test.act")
    assert row["Reason"] == '\'=HYPERLINK("https://example.org")'


def test_more_rows_than_a_file_holds_are_told_of_in_it(
    client: Client, world: World, series: MrdSeries, auditor: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pages, "MOST_EXPORTED", 2)
    *rows, last = exported(client, auditor, kind="ACT")
    assert len(rows) == 2
    assert last["Moment"].startswith("There are more rows: a file holds the newest 2.")
    world.as_person(auditor)
    everything = AuditEntry.objects.count()
    monkeypatch.setattr(pages, "MOST_EXPORTED", everything)
    assert "There are more" not in str(exported(client, auditor, kind="ACT", patient=series.patient.pseudonym))
