"""Two thousand bodies that nobody should send, from a seed: all are refused with a sentence, and nothing is written."""

from collections.abc import Iterator
from datetime import date
from random import Random
from typing import Any

import pytest
import time_machine
from django.apps import apps

from monitoring.models import Alert, MrdResult
from tests.endurance import tried
from tests.integration.hostile_bodies import OPTIONAL, TEXT, bodies
from tests.integration.rest_api import Api, sent
from tests.integration.test_rest_cycles import CYCLE
from tests.integration.test_rest_record import EVENT, FINDING
from tests.world import World, detected, not_detected

SEED, EACH, PLACES = 20261120, tried(125), 16
REFUSED = {400, 403, 404, 409, 412, 413, 415, 422, 428}
LEVEL = {"call": "DETECTED", "value": "0.012", "scale": "PCT_ABL1"}
NEEDED_OF_RESULT = ["series", "assay", "sample", "~sample.accession_number", "sample.tissue", "sample.collected_on",
                    "reported", "reported.call", "?reported.value", "reported.scale"]  # fmt: skip


@pytest.fixture(autouse=True)
def today(world: World) -> Iterator[None]:
    with time_machine.travel(world.now, tick=False):
        yield


def counted(world: World) -> dict[str, int]:
    world.as_person(world.clinician)
    return {model.__name__: model._default_manager.count() for model in apps.get_app_config("monitoring").get_models()}


def _of_second(path: str) -> str:
    mark = path[0] if path[0] in TEXT + OPTIONAL else ""
    return f"{mark}results.1.{path.removeprefix(mark)}"


def addresses(world: World) -> list[tuple[Api, str, str, dict[str, Any], list[str]]]:
    """Whoever may write there, how, where, what would be right, and what of it is needed."""
    series = world.patient()
    world.authorised(series, date(2026, 7, 1), not_detected())
    signed = world.authorised(series, date(2026, 10, 22), detected("0.018"))
    waiting = world.submitted(series, date(2026, 11, 12), detected("0.058"))
    clinician, technician, authoriser = (
        Api(world, who) for who in (world.clinician, world.technician, world.authoriser)
    )
    cycle = clinician.post(f"patients/{series.patient_id}/cycles/", CYCLE).json()["id"]
    world.as_person(world.clinician)
    alert, chart = Alert.objects.first(), f"patients/{series.patient_id}"
    assert alert
    entry = sent(world, series, "26-1")
    many = {"results": [sent(world, series, "26-2"), entry]}
    seen = {"version": waiting.version, "submitted_at": "2026-11-20T10:00:00Z"}
    of_many = ["results", "results.0", *(_of_second(name) for name in NEEDED_OF_RESULT)]
    acknowledged = {"revision": 9, "changed_at": "2026-11-20T10:00:00Z", "comment": "x", "action_taken": "WATCH",
                    "next_sample_tissue": "BM"}  # fmt: skip
    return [
        (technician, "post", "results/", entry, NEEDED_OF_RESULT),
        (technician, "post", "results/bulk?mode=all-or-nothing", many, of_many),
        (technician, "post", f"results/{signed.pk}/amend/", {"reported": LEVEL, "reason": "x"},
         ["reported", "reported.call", "?reported.value", "reported.scale", "~reason"]),
        (authoriser, "post", f"results/{waiting.pk}/authorise/", seen, ["version", "submitted_at"]),
        (authoriser, "post", f"results/{waiting.pk}/reject/", seen | {"reason": "x"}, [*seen, "~reason"]),
        (authoriser, "post", f"results/{signed.pk}/withdraw/", {"reason": "x"}, ["~reason"]),
        (clinician, "post", f"{chart}/cycles/", CYCLE | {"number": 2, "starts_on": "2026-11-03",
         "ends_on": "2026-11-19"}, ["number", "starts_on", "ends_on"]),
        (clinician, "patch", f"cycles/{cycle}/", {"reason": "x", "dose_mg": 100}, ["~reason"]),
        (clinician, "post", f"{chart}/dose-changes/", {"cycle": cycle, "kind": "HOLD", "starts_on": "2026-10-10",
         "because": "x"}, ["cycle", "kind", "starts_on", "~because"]),
        (clinician, "post", f"{chart}/blood-counts/", {"measured_on": "2026-11-02", "platelets_10e9_per_l": "50"},
         ["measured_on"]),
        (clinician, "post", f"{chart}/adverse-events/", {"kind": "", "term": "Nausea", "grade": 1,
         "starts_on": "2026-10-10"}, ["grade", "starts_on"]),
        (clinician, "post", f"{chart}/transfusions/", {"product": "RED_CELLS", "units": 2, "given_on": "2026-10-10"},
         ["product", "units", "given_on"]),
        (clinician, "post", f"{chart}/findings/", FINDING, ["gene", "status", "found_on"]),
        (clinician, "post", f"{chart}/events/", EVENT, ["kind", "happened_on"]),
        (clinician, "post", f"alerts/{alert.pk}/acknowledge/", acknowledged,
         ["action_taken", "next_sample_tissue", "revision", "changed_at"]),
        (clinician, "post", f"alerts/{alert.pk}/hand-over/", acknowledged | {"to": "nobody"}, ["~to", "~comment"]),
    ]  # fmt: skip


@pytest.mark.timeout(600)
def test_nothing_that_is_wrong_is_written_and_nothing_breaks(world: World) -> None:
    rng, places = Random(SEED), addresses(world)
    before, versions = counted(world), list(MrdResult.objects.order_by("pk").values())
    asked = 0
    for api, method, path, good, needed in places:
        for body in bodies(rng, good, needed, EACH):
            answer = api.send_and_stay(method, path, body)
            assert answer.status_code in REFUSED, (answer.status_code, path, body[:300])
            assert answer["Content-Type"] == "application/problem+json", (path, body[:300])
            asked += 1
    assert asked == EACH * len(places) == EACH * PLACES
    assert counted(world) == before
    assert list(MrdResult.objects.order_by("pk").values()) == versions


def test_a_wrong_one_among_many_is_answered_for_itself(world: World) -> None:
    rng, series, api = Random(SEED), world.patient(), Api(world, world.technician)
    before = counted(world)
    for body in bodies(rng, {"results": [sent(world, series, "26-1")]}, ["results.0.series", "results.0.sample"], 100):
        answer = api.send_and_stay("post", "results/bulk?mode=per-item", body)
        assert answer.status_code in {200, 400}, (answer.status_code, body[:300])
        if answer.status_code == 200:
            assert {one["status"] for one in answer.json()["results"]} <= {400, 422}
    assert counted(world) == before
