"""Markers and levels at diagnosis over REST: scale or nothing, reason and tag, and the verdict follows."""

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
import time_machine

from monitoring.models import AuditEntry, Baseline, MrdSeries, RowHistory
from tests.integration.rest_api import Api
from tests.world import World, detected, not_detected

LEVEL = {"value": "640000", "scale": "PER_10_5_ABL1", "collected_on": "2024-06-03"}


@pytest.fixture(autouse=True)
def today(world: World) -> Iterator[None]:
    with time_machine.travel(world.now, tick=False):
        yield


@pytest.fixture
def series(world: World) -> MrdSeries:
    return world.patient()


def marrow(series: MrdSeries) -> str:
    return f"series/{series.pk}/baselines/BM/"


def test_a_marker_is_followed_and_its_type_corrected_as_seen(world: World, series: MrdSeries) -> None:
    api = Api(world, world.clinician)
    path = f"patients/{series.patient_id}/markers/"
    made = api.post(path, {"marker": "CBFB::MYH11", "mutation_type": "a"})
    assert (made.status_code, made.json()["mutation_type"], made.json()["baselines"]) == (201, "A", [])
    assert api.post(path, {"marker": "CBFB::MYH11"}).status_code == 422
    one = f"markers/{made.json()['id']}/"
    seen = api.get(one)["ETag"]
    changed = api.send("patch", one, {"mutation_type": "e", "reason": "Report"}, If_Match=seen)
    assert (changed.status_code, changed.json()["mutation_type"]) == (200, "E")
    assert api.send("patch", one, {"mutation_type": "D", "reason": "Late"}, If_Match=seen).status_code == 412
    assert api.send("patch", one, {"mutation_type": "D"}).status_code == 400
    assert AuditEntry.objects.get(action="mrdseries.change").reason == "Report"


def test_a_measured_marker_stays_what_it_is(world: World, series: MrdSeries) -> None:
    api = Api(world, world.clinician)
    changed = api.send("patch", f"markers/{series.pk}/", {"marker": "RUNX1::RUNX1T1", "reason": "x"})
    assert (changed.status_code, changed.json()["marker"]) == (200, "RUNX1::RUNX1T1")
    back = api.send("patch", f"markers/{series.pk}/", {"marker": "NPM1", "reason": "x"})
    assert back.status_code == 200
    world.submitted(series, date(2026, 9, 1), detected("0.5"))
    refused = api.send("patch", f"markers/{series.pk}/", {"marker": "RUNX1::RUNX1T1", "reason": "x"})
    assert (refused.status_code, "Results of this marker" in refused.json()["detail"]) == (422, True)


def test_a_level_is_recorded_corrected_as_seen_and_removed(world: World, series: MrdSeries) -> None:
    api = Api(world, world.clinician)
    blood = f"series/{series.pk}/baselines/PB/"
    assert api.get(blood).status_code == 404
    made = api.send("put", blood, LEVEL)
    assert (made.status_code, made.json()["pct_abl1"], made.json()["tissue"]) == (201, "640.000", "PB")
    change = LEVEL | {"value": "6.4", "scale": "RATIO", "abl1_copies": "26708", "reason": "Read again"}
    assert api.send("put", blood, change).status_code == 428
    seen = api.get(blood)["ETag"]
    assert api.send("put", blood, LEVEL, If_Match=seen).json()["errors"][0]["path"] == "reason"
    changed = api.send("put", blood, change, If_Match=seen)
    assert (changed.status_code, changed.json()["pct_abl1"], changed.json()["abl1_copies"]) == (200, "640", "26708")
    assert api.send("put", blood, change, If_Match=seen).status_code == 412
    listed = api.get(f"patients/{series.patient_id}/markers/").json()["results"][0]["baselines"]
    assert {one["tissue"]: one["pct_abl1"] for one in listed} == {"BM": "1000", "PB": "640"}
    assert api.send("delete", blood, {}).status_code == 400
    assert api.send("delete", blood, {"reason": "x"}, If_Match=seen).status_code == 412
    assert api.send("delete", blood, {"reason": "Another patient"}).status_code == 204
    assert api.send("delete", blood, {"reason": "x"}).status_code == 404
    assert RowHistory.objects.filter(table_name="monitoring_baseline", row__tissue="PB").count() == 2
    assert api.send("put", blood, LEVEL, If_Match=seen).status_code == 412  # what was seen is there no longer


def test_the_verdict_follows_a_corrected_level_at_once(world: World, series: MrdSeries) -> None:
    world.authorised(series, date(2026, 7, 1), not_detected())
    world.authorised(series, date(2026, 11, 12), detected("12"))
    api = Api(world, world.clinician)

    def state() -> str:
        found: str = api.get(f"series/{series.pk}/verdicts/").json()["verdicts"]["TIONG2020"]["state"]
        return found

    assert state() == "CONFIRMED"
    seen = api.get(marrow(series))["ETag"]
    changed = api.send("put", marrow(series), LEVEL | {"value": "6400000", "reason": "scale"}, If_Match=seen)
    assert changed.status_code == 200
    assert state() == "SUSPECTED"


def test_a_doubtful_level_is_asked_about_and_taken_by_who_is_sure(world: World, series: MrdSeries) -> None:
    api = Api(world, world.clinician)
    body, seen = LEVEL | {"value": "6.4", "reason": "Report"}, api.get(marrow(series))["ETag"]
    asked = api.send("put", marrow(series), body, If_Match=seen)
    assert (asked.status_code, asked.json()["errors"][0]["path"]) == (422, "value")
    assert "Is the scale right?" in asked.json()["errors"][0]["message"]
    assert Baseline.objects.get().pct_abl1 == 1000
    assert api.send("put", marrow(series), body | {"sure": True}, If_Match=seen).status_code == 200


@pytest.mark.parametrize(
    ("changes", "status", "field"),
    [
        ({"scale": None}, 400, "scale"), ({"scale": "PCT_BASELINE"}, 400, "scale"), ({"value": None}, 400, "value"),
        ({"value": "0"}, 400, "value"), ({"value": "NaN"}, 400, "value"), ({"value": "1,000"}, 400, "value"),
        ({"value": "2000000", "scale": "PCT_ABL1"}, 400, "value"), ({"abl1_copies": "0"}, 400, "abl1_copies"),
        ({"collected_on": "2026-11-21"}, 422, "collected_on"), ({"collected_on": "1950-01-01"}, 422, "collected_on"),
        ({"sure": "perhaps"}, 400, "sure"),
    ],
)  # fmt: skip
def test_what_is_no_level_is_refused_at_its_field(
    world: World, series: MrdSeries, changes: dict[str, Any], status: int, field: str
) -> None:
    body = {name: value for name, value in (LEVEL | changes).items() if value is not None}
    answer = Api(world, world.clinician).send("put", f"series/{series.pk}/baselines/PB/", body)
    assert (answer.status_code, answer.json()["errors"][0]["path"]) == (status, field)
    assert not Baseline.objects.filter(tissue="PB").exists()


@pytest.mark.parametrize("who", ["stranger", "technician", "authoriser"])
def test_nobody_else_writes_what_is_followed(world: World, series: MrdSeries, who: str) -> None:
    api = Api(world, getattr(world, who))
    assert api.send("put", f"series/{series.pk}/baselines/PB/", LEVEL).status_code == 404
    assert api.send("patch", f"markers/{series.pk}/", {"mutation_type": "B", "reason": "x"}).status_code == 404
    assert api.post(f"patients/{series.patient_id}/markers/", {"marker": "CBFB::MYH11"}).status_code == 404
    assert MrdSeries.objects.get().mutation_type == "A"
