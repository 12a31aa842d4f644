"""The life of a result over the API: two people hold here too, and nothing is ever lost."""

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
import time_machine

from monitoring.models import MrdResult, MrdSeries, StoredVerdict
from tests.integration.rest_api import Api
from tests.world import World, detected, not_detected

LEVEL = {"call": "DETECTED", "value": "0.0120", "scale": "PCT_ABL1", "abl1_copies": 40000}


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


def signed(world: World, series: MrdSeries) -> MrdResult:
    return world.authorised(series, date(2026, 11, 12), detected("0.058"))


def seen(api: Api, pk: int) -> dict[str, Any]:
    shown = api.get(f"results/{pk}/").json()
    return {"version": shown["version"], "submitted_at": shown["submitted_at"]}


def state(world: World, series: MrdSeries) -> str:
    world.as_person(world.clinician)
    return StoredVerdict.objects.get(series=series, ruleset="ELN2021").state


def test_an_amendment_counts_when_a_second_person_has_signed_it(world: World, series: MrdSeries) -> None:
    result = signed(world, series)
    technician, authoriser = Api(world, world.technician), Api(world, world.authoriser)
    body = {"reported": LEVEL, "reason": "Read again"}
    draft = technician.post(f"results/{result.pk}/amend/", body)
    assert (draft.status_code, draft.json()["state"], draft.json()["version"]) == (201, "DRAFT", 2)
    pk = draft.json()["id"]
    assert MrdResult.objects.get(pk=result.pk).state == "AUTHORISED"
    technician.post(f"results/{pk}/submit/", {})
    assert technician.post(f"results/{pk}/authorise/", seen(technician, pk)).status_code == 403
    done = authoriser.post(f"results/{pk}/authorise/", seen(authoriser, pk))
    assert (done.status_code, done.json()["pct_abl1"]) == (200, "0.0120")
    assert MrdResult.objects.get(pk=result.pk).state == "SUPERSEDED"


def test_a_withdrawn_result_leaves_its_verdict(world: World, series: MrdSeries) -> None:
    result = signed(world, series)
    assert state(world, series) == "CONFIRMED"
    authoriser = Api(world, world.authoriser)
    assert authoriser.post(f"results/{result.pk}/withdraw/", {"reason": " "}).status_code == 400
    done = authoriser.post(f"results/{result.pk}/withdraw/", {"reason": "Tubes were swapped"})
    assert (done.status_code, done.json()["state"]) == (200, "WITHDRAWN")
    assert state(world, series) == "SUSPECTED"
    assert authoriser.post(f"results/{result.pk}/withdraw/", {"reason": "Again"}).status_code == 409


def test_what_goes_back_says_why_and_can_be_discarded(world: World, series: MrdSeries) -> None:
    waiting = world.submitted(series, date(2026, 11, 12), detected("0.058"))
    technician, authoriser = Api(world, world.technician), Api(world, world.authoriser)
    body = seen(authoriser, waiting.pk) | {"reason": "The curve is poor"}
    assert technician.post(f"results/{waiting.pk}/reject/", body).status_code == 403
    assert authoriser.post(f"results/{waiting.pk}/reject/", body).json()["state"] == "DRAFT"
    assert authoriser.post(f"results/{waiting.pk}/reject/", body).status_code == 409
    done = technician.post(f"results/{waiting.pk}/withdraw/", {"reason": "Measured again"})
    assert (done.status_code, done.json()["state"]) == (200, "WITHDRAWN")


@pytest.mark.parametrize(("step", "body"), [
    ("amend", {"reported": LEVEL, "reason": "x"}), ("withdraw", {"reason": "x"}), ("submit", {}),
])  # fmt: skip
def test_nobody_outside_the_laboratory_takes_a_step(
    world: World, series: MrdSeries, step: str, body: dict[str, Any]
) -> None:
    result = signed(world, series)
    for who, status in ((world.clinician, 403), (world.stranger, 404)):
        assert Api(world, who).post(f"results/{result.pk}/{step}/", body).status_code == status
    assert MrdResult.objects.get(pk=result.pk).state == "AUTHORISED"


@pytest.mark.parametrize(("body", "path"), [
    ({"reason": "x"}, "copies"), ({"reported": LEVEL}, "reason"),
    ({"reported": LEVEL | {"value": "1e13"}, "reason": "x"}, "reported.value"),
    ({"reported": LEVEL | {"value": "1e-99999"}, "reason": "x"}, "reported.value"),
    ({"copies": {"target": [1], "abl1": []}, "reason": "x"}, "copies.abl1"),
])  # fmt: skip
def test_a_wrong_amendment_is_refused_at_its_field(
    world: World, series: MrdSeries, body: dict[str, Any], path: str
) -> None:
    answer = Api(world, world.technician).post(f"results/{signed(world, series).pk}/amend/", body)
    assert (answer.status_code, answer.json()["errors"][0]["path"]) == (400, path)
