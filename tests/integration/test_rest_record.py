"""Every resource of REST v1 that tells something of a patient: who sees it, from which standpoint, and its writes."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

import pytest
import time_machine

from monitoring.actions import events, findings
from monitoring.models import (
    AuditEntry,
    CareRelation,
    ClinicalEvent,
    Membership,
    MrdResult,
    MrdSeries,
    MutationFinding,
    QpcrRun,
    ReadEntry,
    Sample,
    User,
)
from tests.integration.rest_api import Api
from tests.integration.test_rest_cycles import CYCLE
from tests.world import World, detected, not_detected

OF_PATIENT = [
    "", "diseases/", "findings/", "markers/", "samples/", "treatments/", "events/", "cycles/", "adverse-events/",
    "blood-counts/", "transfusions/", "dose-changes/", "report",
]  # fmt: skip
OF_SERIES = ["", "results/", "verdicts/", "schedule/", "figure/"]
FINDING = {"gene": "NPM1", "variant": "type A", "status": "PRESENT", "found_on": "2026-06-01", "vaf_pct": "31.50"}
EVENT = {"kind": "HSCT", "happened_on": "2026-08-01", "donor": "sibling"}


@pytest.fixture(autouse=True)
def today(world: World) -> Iterator[None]:
    with time_machine.travel(world.now, tick=False):
        yield


@pytest.fixture
def series(world: World) -> MrdSeries:
    found = world.patient()
    world.authorised(found, date(2026, 7, 1), not_detected())
    world.authorised(found, date(2026, 10, 22), detected("0.018"))
    return found


def addresses(series: MrdSeries) -> list[str]:
    of_patient = [f"patients/{series.patient_id}/{each}" for each in OF_PATIENT]
    return of_patient + [f"series/{series.pk}/{each}" for each in OF_SERIES]


@pytest.mark.parametrize("position", range(len(OF_PATIENT) + len(OF_SERIES)))
def test_the_chart_is_read_by_those_who_care_and_by_nobody_else(world: World, series: MrdSeries, position: int) -> None:
    path = addresses(series)[position]
    assert Api(world, world.clinician).get(path).status_code == 200, path
    assert Api(world, world.data_manager).get(path).status_code == 200, path
    for who in (world.stranger, world.technician, world.authoriser):
        assert Api(world, who).get(path).status_code == 404, (path, who)
    assert Api(world, world.clinician).client.get(f"/api/v1/{path}").status_code == 401


@pytest.mark.parametrize("path", ["patients/", "series/", "results/", "samples/", "runs/", "alerts/"])
def test_a_stranger_sees_nothing_in_any_list(world: World, series: MrdSeries, path: str) -> None:
    assert Api(world, world.stranger).get(path).json()["results"] == []


def test_the_laboratory_sees_its_samples_and_results_not_the_chart(world: World, series: MrdSeries) -> None:
    sample, api = Sample.objects.order_by("pk").first(), Api(world, world.technician)
    assert sample
    assert len(api.get("samples/").json()["results"]) == 2
    assert api.get(f"samples/{sample.pk}/").json()["accession_number"] == sample.accession_number
    assert len(api.get("results/").json()["results"]) == 2
    assert api.get("alerts/").json()["results"] == []
    assert Api(world, world.stranger).get(f"samples/{sample.pk}/").status_code == 404


@pytest.mark.parametrize("path", ["patients/", "series/", "results/", "samples/", "runs/", "alerts/"])
def test_who_keeps_the_people_of_a_centre_sees_nothing_of_its_patients(
    world: World, series: MrdSeries, path: str
) -> None:
    keeper = User.objects.create(username="keeper", full_name="Keeper")
    Membership.objects.create(user=keeper, centre=world.centre, role="ADMINISTRATOR", starts_on=date(2020, 1, 1))
    assert Api(world, keeper).get(path).json()["results"] == []
    result = MrdResult.objects.order_by("pk").first()
    assert result
    assert Api(world, keeper).get(f"results/{result.pk}/").status_code == 404


def test_a_laboratory_sees_no_results_of_another(world: World, series: MrdSeries) -> None:
    world.as_person(world.clinician)
    CareRelation.objects.create(
        patient=series.patient, centre=world.elsewhere, role="LABORATORY", starts_on=date(2026, 1, 1)
    )
    person = User.objects.create(username="technician-elsewhere", full_name="Technician Elsewhere")
    Membership.objects.create(
        user=person, centre=world.elsewhere, role="LABORATORY_TECHNICIAN", starts_on=date(2020, 1, 1)
    )
    api, result = Api(world, person), MrdResult.objects.order_by("pk").first()
    assert result
    assert [each["id"] for each in api.get("series/").json()["results"]] == [series.pk]
    assert api.get("results/").json()["results"] == []
    for method, path in (("get", ""), ("put", ""), ("post", "withdraw/")):
        answer = api.get(f"results/{result.pk}/{path}") if method == "get" else api.send(
            method, f"results/{result.pk}/{path}", {"reason": "x", "copies": {"target": [1], "abl1": [40000]}}
        )  # fmt: skip
        assert answer.status_code == 404, (method, path)


def test_results_that_are_read_are_logged_as_reading(world: World, series: MrdSeries) -> None:
    result = MrdResult.objects.order_by("pk").first()
    assert result
    for person, path in ((world.data_manager, "results/"), (world.technician, f"results/{result.pk}/")):
        Api(world, person).get(path)
        assert ReadEntry.objects.filter(actor_id=person.pk, patient_id=series.patient_id, channel="api").count() == 1


def test_runs_are_seen_by_the_people_of_the_laboratory(world: World, series: MrdSeries) -> None:
    run = QpcrRun.objects.create(
        laboratory=world.laboratory, name="Plate 7", format="PLAIN_CSV", file_name="p7.csv", file_sha256="0" * 64,
        file_content=b"", uploaded_by=world.technician,
    )  # fmt: skip
    told = Api(world, world.technician).get(f"runs/{run.pk}/").json()
    assert (told["name"], told["state"], told["uploaded_by"]) == ("Plate 7", "IN_REVIEW", "technician")
    assert "file_content" not in told
    for who in (world.stranger, world.clinician):
        assert Api(world, who).get(f"runs/{run.pk}/").status_code == 404


def test_what_is_read_is_logged_as_reading(world: World, series: MrdSeries) -> None:
    Api(world, world.data_manager).get(f"patients/{series.patient_id}/findings/")
    assert ReadEntry.objects.filter(actor_id=world.data_manager.pk, patient_id=series.patient_id).count() == 1


def test_a_finding_is_recorded_corrected_and_removed_with_its_digits(world: World, series: MrdSeries) -> None:
    api = Api(world, world.clinician)
    made = api.post(f"patients/{series.patient_id}/findings/", FINDING)
    assert (made.status_code, made.json()["vaf_pct"]) == (201, "31.50"), made.content
    path = f"findings/{made.json()['id']}/"
    assert api.send("patch", path, {"reason": "Read again", "vaf_pct": "30"}).json()["vaf_pct"] == "30"
    assert api.send("delete", path, {"reason": "Other patient"}).status_code == 204
    assert not MutationFinding.objects.exists()
    lost = api.post(f"patients/{series.patient_id}/findings/", FINDING | {"status": "LOST"})
    assert (lost.status_code, lost.json()["errors"][0]["path"]) == (422, "vaf_pct")
    kinds = AuditEntry.objects.filter(subject_type="mutationfinding").order_by("pk").values_list("action", flat=True)
    assert list(kinds) == [f"mutationfinding.{step}" for step in ("add", "change", "remove")]


def test_an_event_is_recorded_once_and_moves_the_verdict(world: World, series: MrdSeries) -> None:
    api = Api(world, world.clinician)
    path = f"patients/{series.patient_id}/events/"
    assert api.post(path, EVENT).status_code == 201
    assert api.post(path, EVENT).status_code == 422
    assert api.post(path, EVENT | {"happened_on": "2026-11-21"}).json()["errors"][0]["path"] == "happened_on"
    answer = api.get(f"series/{series.pk}/verdicts/").json()
    assert {one["revision"] for one in answer["verdicts"].values()} == {answer["revision"]}
    assert ClinicalEvent.objects.count() == 1


@pytest.mark.parametrize("path", ["findings", "events", "cycles"])
def test_the_laboratory_and_strangers_write_nothing_into_the_chart(world: World, series: MrdSeries, path: str) -> None:
    body = {"findings": FINDING, "events": EVENT, "cycles": CYCLE}[path]
    for who in (world.stranger, world.technician):
        assert Api(world, who).post(f"patients/{series.patient_id}/{path}/", body).status_code == 404


def test_what_was_on_record_at_a_moment_is_told_as_it_was(world: World, series: MrdSeries) -> None:
    def told(path: str, **query: str) -> Any:
        return Api(world, world.clinician).get(f"patients/{series.patient_id}/{path}/", query).json()["results"]

    world.as_person(world.clinician)
    finding = findings.record(
        by=world.clinician, patient=series.patient, now=world.now,
        finding=MutationFinding(gene="FLT3-ITD", status="PRESENT", found_on=date(2026, 6, 1)),
    )  # fmt: skip
    events.record(
        by=world.clinician, patient=series.patient, now=world.now,
        event=ClinicalEvent(kind="REMISSION", happened_on=date(2024, 9, 1)),
    )  # fmt: skip
    finding.refresh_from_db()
    before: datetime = finding.recorded_at - timedelta(days=400)
    assert [row["gene"] for row in told("findings")] == ["FLT3-ITD"]
    assert told("findings", known_at=before.isoformat()) == []
    assert told("findings", as_of="2026-05-31") == []
    assert [row["collected_on"] for row in told("samples", as_of="2026-07-01")] == ["2026-07-01"]
    assert [row["marker"] for row in told("markers")] == ["NPM1"]
    assert told("markers")[0]["baselines"][0]["pct_abl1"] == "1000"
    assert [row["regimen"] for row in told("treatments")] == ["7+3"]
    assert [row["aml_type"] for row in told("diseases")] == ["AML with mutated NPM1"]


def test_the_schedule_says_what_is_to_come(world: World, series: MrdSeries) -> None:
    answer = Api(world, world.clinician).get(f"series/{series.pk}/schedule/").json()
    first = answer["to_come"][0]
    assert (first["rule"], first["tissues"][0]) == ("CONFIRM_SUSPECTED_RELAPSE", "BM")
    then = Api(world, world.clinician).get(f"series/{series.pk}/schedule/", {"as_of": "2026-10-01"}).json()
    assert "CONFIRM_SUSPECTED_RELAPSE" not in {due["rule"] for due in then["to_come"]}
