"""Lines of treatment over REST: their ends are what the rules count from, so verdicts follow each change."""

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
import time_machine

from monitoring.models import AuditEntry, MrdSeries, RowHistory, Treatment
from tests.integration.rest_api import Api
from tests.integration.test_rest_cycles import CYCLE
from tests.world import World, detected

LINE = {"kind": "FIRST_LINE", "regimen": "7+3", "starts_on": "2025-11-03", "ends_on": "2026-03-20"}


@pytest.fixture(autouse=True)
def today(world: World) -> Iterator[None]:
    with time_machine.travel(world.now, tick=False):
        yield


@pytest.fixture
def series(world: World) -> MrdSeries:
    return world.patient(end_of_treatment=None)


def path(series: MrdSeries) -> str:
    return f"patients/{series.patient_id}/treatments/"


def flags(api: Api, series: MrdSeries) -> set[str]:
    verdicts = api.get(f"series/{series.pk}/verdicts/").json()["verdicts"]
    return {flag["code"] for flag in verdicts["ELN2021"]["flags"]}


def test_the_end_of_the_first_line_is_recorded_and_the_verdict_follows(world: World, series: MrdSeries) -> None:
    world.authorised(series, date(2026, 7, 1), detected("0.5"))
    api = Api(world, world.clinician)
    assert "END_OF_TREATMENT_MISSING" in flags(api, series)
    made = api.post(path(series), LINE)
    assert (made.status_code, made.json()["ends_on"], made.json()["constructed"]) == (201, "2026-03-20", [])
    assert "END_OF_TREATMENT_MISSING" not in flags(api, series)
    changed = api.send("patch", f"treatments/{made.json()['id']}/", {"ends_on": None, "reason": "It goes on"})
    assert (changed.status_code, changed.json()["ends_on"]) == (200, None)
    assert "END_OF_TREATMENT_MISSING" in flags(api, series)


def test_a_line_is_corrected_as_seen_removed_with_a_reason_and_stays_in_the_history(
    world: World, series: MrdSeries
) -> None:
    api = Api(world, world.clinician)
    made = api.post(path(series), LINE).json()
    one = f"treatments/{made['id']}/"
    seen = api.get(one)["ETag"]
    assert api.send("patch", one, {"regimen": "FLAG-Ida", "reason": "Letter"}, If_Match=seen).status_code == 200
    assert api.send("patch", one, {"regimen": "7+3", "reason": "Late"}, If_Match=seen).status_code == 412
    stale = {"regimen": "7+3", "reason": "Late", "seen": "2026-01-01T00:00:00Z"}
    assert api.send("patch", one, stale).status_code == 409
    assert api.send("delete", one, {}).status_code == 400
    assert api.send("delete", one, {"reason": "Another patient"}).status_code == 204
    assert not Treatment.objects.exists()
    assert RowHistory.objects.filter(table_name="monitoring_treatment", row__regimen="7+3").exists()
    assert AuditEntry.objects.filter(action="treatment.remove", reason="Another patient").exists()


def test_a_line_that_holds_cycles_is_neither_removed_nor_renamed(world: World, series: MrdSeries) -> None:
    api = Api(world, world.clinician)
    assert api.post(f"patients/{series.patient_id}/cycles/", CYCLE).status_code == 201
    [line] = api.get(path(series)).json()["results"]
    one = f"treatments/{line['id']}/"
    assert api.send("delete", one, {"reason": "x"}).status_code == 422
    assert api.send("patch", one, {"kind": "SALVAGE", "reason": "x"}).status_code == 422
    assert api.send("patch", one, {"regimen": "venetoclax alone", "reason": "x"}).status_code == 200
    assert Treatment.objects.get().kind == "PRE_EMPTIVE"


@pytest.mark.parametrize(("changes", "status", "field"), [
    ({"starts_on": "2026-11-21"}, 422, "starts_on"), ({"ends_on": "2025-10-01"}, 422, "ends_on"),
    ({"kind": "THIRD"}, 400, "kind"), ({"regimen": 7}, 400, "regimen"),
    ({"starts_on": "1950-01-01"}, 422, "starts_on"), ({"ends_on": "9999-12-31"}, 422, "ends_on"),
])  # fmt: skip
def test_a_line_that_cannot_be_is_refused_at_its_field(
    world: World, series: MrdSeries, changes: dict[str, Any], status: int, field: str
) -> None:
    answer = Api(world, world.clinician).post(path(series), LINE | changes)
    assert (answer.status_code, answer.json()["errors"][0]["path"]) == (status, field)
    assert not Treatment.objects.exists()


@pytest.mark.parametrize("who", ["stranger", "technician", "authoriser"])
def test_nobody_else_writes_a_line(world: World, series: MrdSeries, who: str) -> None:
    assert Api(world, getattr(world, who)).post(path(series), LINE).status_code == 404
    assert not Treatment.objects.exists()
