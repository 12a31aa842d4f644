"""Tags, conditions, narrowed answers and filters of REST v1."""

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
import time_machine

from monitoring.models import Alert, MrdResult, MrdSeries, VenetoclaxCycle
from tests.integration.rest_api import Api
from tests.integration.test_rest_cycles import CYCLE
from tests.world import World, detected, not_detected

DECISION = {"action_taken": "WATCH", "comment": "Repeat.", "next_sample_on": "2026-12-03", "next_sample_tissue": "BM"}


@pytest.fixture(autouse=True)
def today(world: World) -> Iterator[None]:
    with time_machine.travel(world.now, tick=False):
        yield


@pytest.fixture
def series(world: World) -> MrdSeries:
    found = world.patient()
    world.authorised(found, date(2026, 7, 1), not_detected())
    world.authorised(found, date(2026, 10, 22), detected("0.018"))
    world.authorised(found, date(2026, 11, 12), detected("0.058"))
    return found


def cycle(world: World, series: MrdSeries) -> str:
    api = Api(world, world.clinician)
    return f"cycles/{api.post(f'patients/{series.patient_id}/cycles/', CYCLE).json()['id']}/"


def resources(world: World, series: MrdSeries) -> list[str]:
    result, alert = MrdResult.objects.first(), Alert.objects.first()
    assert result
    assert alert
    return [f"results/{result.pk}/", f"alerts/{alert.pk}/", cycle(world, series), f"series/{series.pk}/"]


def test_what_the_caller_has_already_is_not_sent_again(world: World, series: MrdSeries) -> None:
    api = Api(world, world.clinician)
    for path in resources(world, series):
        tag = api.get(path)["ETag"]
        again = api.get(path, if_none_match=tag)
        assert (again.status_code, again.content) == (304, b""), path


def test_a_cycle_that_changed_since_is_not_written_over(world: World, series: MrdSeries) -> None:
    path, api = cycle(world, series), Api(world, world.clinician)
    tag = api.get(path)["ETag"]
    assert api.send("patch", path, {"reason": "Typing error", "dose_mg": 200}, if_match=tag).status_code == 200
    late = api.send("patch", path, {"reason": "Typing error", "dose_mg": 100}, if_match=tag)
    assert (late.status_code, late["Content-Type"]) == (412, "application/problem+json")
    assert api.send("delete", path, {"reason": "Twice"}, if_match=tag).status_code == 412
    world.as_person(world.clinician)
    assert VenetoclaxCycle.objects.get().dose_mg == 200


def test_an_alert_is_changed_only_by_who_says_what_was_seen(world: World, series: MrdSeries) -> None:
    api = Api(world, world.clinician)
    alert = Alert.objects.get(code="EPISODE", ruleset="ELN2021")
    path = f"alerts/{alert.pk}/"
    decision = DECISION | {"action_taken": "PREEMPTIVE_VENETOCLAX"}
    assert api.post(f"{path}acknowledge/", decision).status_code == 428
    assert api.post(f"{path}acknowledge/", decision, if_match='"other"').status_code == 412
    alert.refresh_from_db()
    assert alert.state == "RAISED"
    done = api.post(f"{path}acknowledge/", decision, if_match=api.get(path)["ETag"])
    assert (done.status_code, done.json()["state"]) == (200, "ACKNOWLEDGED"), done.content


def test_a_result_that_changed_since_takes_no_step(world: World, series: MrdSeries) -> None:
    api = Api(world, world.technician)
    draft = world.submitted(series, date(2026, 11, 16), detected("0.09"))
    path, reason = f"results/{draft.pk}/", {"reason": "Other tube"}
    tag = api.get(path)["ETag"]
    seen = {"version": 1, "submitted_at": api.get(path).json()["submitted_at"]}
    authoriser = Api(world, world.authoriser)
    assert authoriser.post(f"{path}reject/", seen | reason, if_match=tag).json()["state"] == "DRAFT"
    assert api.post(f"{path}submit/", {}, if_match=tag).status_code == 412
    assert api.post(f"{path}submit/", {}, if_match=api.get(path)["ETag"]).json()["state"] == "SUBMITTED"


def test_an_answer_is_narrowed_to_the_fields_that_are_asked(world: World, series: MrdSeries) -> None:
    api = Api(world, world.clinician)
    listed = api.get("results/", {"fields": "state,pct_abl1"}).json()["results"]
    assert {frozenset(row) for row in listed} == {frozenset({"id", "state", "pct_abl1"})}
    path = f"results/{listed[0]['id']}/"
    whole, part = api.get(path), api.get(path, {"fields": "state"})
    assert part.json() == {"id": listed[0]["id"], "state": "AUTHORISED"}
    assert whole["ETag"] != part["ETag"]
    assert api.get(path, {"fields": "state,colour"}).status_code == 422


@pytest.mark.parametrize(
    ("path", "query", "status"),
    [
        ("results/", {"colour": "red"}, 422),
        ("results/", {"state": "PERHAPS"}, 400),
        ("results/", {"series": "x"}, 400),
        ("results/", {"after": "-1"}, 400),
        ("samples/", {"collected_from": "yesterday"}, 400),
        ("samples/", {"known_at": "2026-01-01"}, 422),
        ("samples/", {"tissue": "BONE"}, 400),
        ("runs/", {"state": "PERHAPS"}, 400),
        ("runs/", {"colour": "red"}, 422),
        ("series/", {"patient": "x"}, 400),
        ("patients/", {"name": "x"}, 422),
    ],
)
def test_what_is_not_known_is_refused_at_its_name(world: World, path: str, query: dict[str, Any], status: int) -> None:
    answer = Api(world, world.authoriser).get(path, query)
    assert (answer.status_code, answer.json()["errors"][0]["path"]) == (status, next(iter(query)))


def test_samples_are_narrowed_and_paged(world: World, series: MrdSeries) -> None:
    api = Api(world, world.technician)
    rows = api.get("samples/", {"patient": str(series.patient_id), "limit": "2"}).json()
    rest = api.get("samples/", {"patient": str(series.patient_id), "after": str(rows["next_after"])}).json()
    days = [row["collected_on"] for row in rows["results"] + rest["results"]]
    assert (days, rest["next_after"]) == (["2026-07-01", "2026-10-22", "2026-11-12"], None)
    assert len(api.get("samples/", {"collected_from": "2026-11-01"}).json()["results"]) == 1
    assert api.get("samples/", {"patient": "999999"}).json()["results"] == []
