"""REST v1 of cycles, holds, counts, adverse events and transfusions: the same actions, walls and standpoints."""

import json
from datetime import date
from typing import Any

import pytest
import time_machine
from django.test import Client
from knox.models import AuthToken

from monitoring.models import AuditEntry, BloodCount, DoseChange, Membership, MrdSeries, User, VenetoclaxCycle
from tests.world import World


@pytest.fixture(autouse=True)
def today(world: World):  # type: ignore[no-untyped-def]
    with time_machine.travel(world.now, tick=False):
        yield


@pytest.fixture
def series(world: World) -> MrdSeries:
    found = world.patient()
    world.as_person(world.clinician)
    return found


class Api:
    """A caller with a token; whoever looks into the database afterwards does so as the clinician."""

    def __init__(self, world: World, user: User) -> None:
        _, token = AuthToken.objects.create(user=user)
        self.world, self.headers, self.client = world, {"authorization": f"Bearer {token}"}, Client()

    def send(self, method: str, path: str, body: object = None, **query: str) -> Any:
        address = f"/api/v1/{path}"
        if method == "get":
            answer: Any = self.client.get(address, query, headers=self.headers)
        else:
            answer = getattr(self.client, method)(
                address, json.dumps(body), content_type="application/json", headers=self.headers
            )
        self.world.as_person(self.world.clinician)
        return answer


CYCLE = {"number": 1, "starts_on": "2026-10-05", "ends_on": "2026-11-01", "dose_mg": 400, "planned_days": 14,
         "partner_drug": "AZACITIDINE", "partner_dose_mg_m2": "75.5"}  # fmt: skip


def test_a_cycle_is_created_read_corrected_and_removed(world: World, series: MrdSeries) -> None:
    api, pk = Api(world, world.clinician), series.patient_id
    made = api.send("post", f"patients/{pk}/cycles/", CYCLE)
    assert (made.status_code, made.json()["partner_dose_mg_m2"]) == (201, "75.5")
    number = made.json()["id"]
    changed = api.send("patch", f"cycles/{number}/", {"dose_mg": 70, "reason": "posaconazole"})
    assert (changed.status_code, changed.json()["dose_mg"], changed.json()["planned_days"]) == (200, 70, 14)
    assert [one["dose_mg"] for one in api.send("get", f"patients/{pk}/cycles/").json()["results"]] == [70]
    assert api.send("delete", f"cycles/{number}/", {}).status_code == 400
    assert api.send("delete", f"cycles/{number}/", {"reason": "another patient"}).status_code == 204
    assert not VenetoclaxCycle.objects.exists()
    assert AuditEntry.objects.filter(action="venetoclaxcycle.remove", reason="another patient").exists()


@pytest.mark.parametrize(
    ("changes", "status", "path"),
    [
        ({"dose_mg": 4000}, 400, "dose_mg"),
        ({"starts_on": "2026-11-21", "ends_on": "2026-12-18"}, 422, "starts_on"),
        ({"ends_on": "2026-10-01"}, 422, "ends_on"),
        ({"ends_on": "2027-10-01"}, 400, "ends_on"),
        ({"given_days": 40}, 422, "given_days"),
        ({"liver": "D"}, 400, "liver"),
    ],
)
def test_a_cycle_that_cannot_be_is_refused_at_its_field(
    world: World, series: MrdSeries, changes: dict[str, Any], status: int, path: str
) -> None:
    answer = Api(world, world.clinician).send("post", f"patients/{series.patient_id}/cycles/", CYCLE | changes)
    assert (answer.status_code, [one["path"] for one in answer.json()["errors"]]) == (status, [path])
    assert not VenetoclaxCycle.objects.exists()


def test_a_row_that_somebody_changed_is_a_conflict(world: World, series: MrdSeries) -> None:
    api = Api(world, world.clinician)
    number = api.send("post", f"patients/{series.patient_id}/cycles/", CYCLE).json()["id"]
    stale = {"dose_mg": 70, "reason": "slip", "seen": "2020-01-01T00:00:00Z"}
    assert api.send("patch", f"cycles/{number}/", stale).status_code == 409


def test_a_hold_belongs_to_a_cycle_of_the_patient(world: World, series: MrdSeries) -> None:
    api, pk = Api(world, world.clinician), series.patient_id
    number = api.send("post", f"patients/{pk}/cycles/", CYCLE).json()["id"]
    hold = {"cycle": number, "kind": "HOLD", "starts_on": "2026-10-12", "because": "neutropenia"}
    other = world.patient()
    world.as_person(world.clinician)
    assert api.send("post", f"patients/{other.patient_id}/dose-changes/", hold).status_code == 400
    assert api.send("post", f"patients/{pk}/dose-changes/", hold).status_code == 201
    change = DoseChange.objects.get()
    ended = api.send("patch", f"dose-changes/{change.pk}/", {"ends_on": "2026-10-14", "reason": "taken up again"})
    assert (ended.status_code, ended.json()["ends_on"]) == (200, "2026-10-14")


def test_counts_have_their_unit_in_their_name_and_another_unit_is_refused(world: World, series: MrdSeries) -> None:
    api, address = Api(world, world.clinician), f"patients/{series.patient_id}/blood-counts/"
    count = {"measured_on": "2026-11-02", "neutrophils_10e9_per_l": "0.49"}
    assert api.send("post", address, count).json()["neutrophils_10e9_per_l"] == "0.49"
    assert api.send("post", address, {"measured_on": "2026-11-03", "neutrophils_10e9_per_l": "1500"}).status_code == 400
    assert api.send("post", address, {"measured_on": "2026-11-03", "neutrophils": "1.5"}).status_code == 422
    assert BloodCount.objects.count() == 1


def test_counts_obey_the_standpoint(world: World, series: MrdSeries) -> None:
    api, address = Api(world, world.clinician), f"patients/{series.patient_id}/blood-counts/"
    for day in ("2026-11-02", "2026-11-09"):
        api.send("post", address, {"measured_on": day, "platelets_10e9_per_l": "50"})
    told = api.send("get", address, as_of="2026-11-05").json()
    assert [one["measured_on"] for one in told["results"]] == ["2026-11-02"]
    assert api.send("get", address, known_at="2026-01-01T00:00:00Z").json()["results"] == []


def test_events_and_transfusions_find_their_cycle_by_the_day(world: World, series: MrdSeries) -> None:
    api, pk = Api(world, world.clinician), series.patient_id
    number = api.send("post", f"patients/{pk}/cycles/", CYCLE).json()["id"]
    event = {"kind": "INFECTION", "grade": 3, "starts_on": "2026-10-12"}
    made = api.send("post", f"patients/{pk}/adverse-events/", event)
    assert (made.status_code, made.json()["cycle"], made.json()["term"]) == (201, number, "Infection")
    given = {"product": "PLATELETS", "units": 2, "given_on": "2026-09-01"}
    assert api.send("post", f"patients/{pk}/transfusions/", given).json()["cycle"] is None


@pytest.mark.parametrize("table", ["cycles", "dose-changes", "blood-counts", "adverse-events", "transfusions"])
def test_whoever_does_not_read_the_chart_is_told_that_there_is_nothing(
    world: World, series: MrdSeries, table: str
) -> None:
    for person in (world.stranger, world.technician):
        assert Api(world, person).send("get", f"patients/{series.patient_id}/{table}/").status_code == 404


def test_who_only_reads_writes_nothing(world: World, series: MrdSeries) -> None:
    count = BloodCount.objects.create(patient=series.patient, measured_on=date(2026, 11, 2), platelets=50)
    auditor = User.objects.create(username="auditor")
    Membership.objects.create(user=auditor, centre=world.centre, role="AUDITOR", starts_on=date(2020, 1, 1))
    answer = Api(world, auditor).send("delete", f"blood-counts/{count.pk}/", {"reason": "slip"})
    assert answer.status_code == 403
    assert BloodCount.objects.exists()
