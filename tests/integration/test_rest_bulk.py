"""Many results in one request: all or none, each for itself, once a key, with verdicts that are never stale."""

import json
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from monitoring.actions import computed_rows
from monitoring.models import (
    Alert,
    AuditEntry,
    IdempotencyKey,
    MrdResult,
    RecomputeRequest,
    Sample,
    StoredVerdict,
)
from tests.integration.rest_api import Api, laboratory_machine, sent
from tests.world import World, detected, not_detected

ALL, EACH = "results/bulk?mode=all-or-nothing", "results/bulk?mode=per-item"
WRONG = {"value": "-1"}


@pytest.fixture(autouse=True)
def today(world: World) -> Iterator[None]:
    with time_machine.travel(world.now, tick=False):
        yield


def rows(world: World, count: int, **changes: object) -> list[dict[str, Any]]:
    series = world.patient()
    return [sent(world, series, f"26-7{n:04}", f"2026-0{1 + n % 9}-10", **changes) for n in range(count)]


def test_people_of_the_laboratory_enter_drafts_that_count_for_nothing(world: World) -> None:
    answer = Api(world, world.technician).post(ALL, {"results": rows(world, 5)})
    assert answer.status_code == 201, answer.content
    told = answer.json()["results"]
    assert {(one["state"], one["pct_abl1"], one["version"]) for one in told} == {("DRAFT", "0.0930", 1)}
    assert sorted(MrdResult.objects.values_list("pk", flat=True)) == sorted(one["id"] for one in told)
    assert Sample.objects.count() == 5
    actions = list(AuditEntry.objects.filter(actor_id=world.technician.pk).values_list("action", flat=True))
    assert (actions.count("sample.add"), actions.count("result.enter")) == (5, 5)


def test_submitted_ones_wait_for_a_second_person(world: World) -> None:
    technician, authoriser = Api(world, world.technician), Api(world, world.authoriser)
    [told] = technician.post(f"{ALL}&submit=yes", {"results": rows(world, 1)}).json()["results"]
    shown = technician.get(f"results/{told['id']}/").json()
    seen = {"version": shown["version"], "submitted_at": shown["submitted_at"]}
    assert technician.post(f"results/{told['id']}/authorise/", seen).status_code == 403
    assert authoriser.post(f"results/{told['id']}/authorise/", seen).json()["state"] == "AUTHORISED"


def test_a_machine_sends_what_counts_at_once_and_alerts(world: World) -> None:
    series = world.patient()
    world.authorised(series, date(2026, 7, 1), not_detected())
    world.authorised(series, date(2026, 10, 22), detected("0.018"))
    _, api = laboratory_machine(world)
    answer = api.post(ALL, {"results": [sent(world, series, "26-9", "2026-11-16")]})
    assert answer.status_code == 201, answer.content
    stored = MrdResult.objects.get(pk=answer.json()["results"][0]["id"])
    assert (stored.state, stored.authorisation_basis, stored.pct_abl1) == (
        "AUTHORISED", "SENDING_LABORATORY", Decimal("0.0930"),
    )  # fmt: skip
    verdict = StoredVerdict.objects.get(series=series, ruleset="ELN2021")
    series.refresh_from_db()
    assert (verdict.state, verdict.revision) == ("CONFIRMED", series.revision)
    assert Alert.objects.filter(series=series, code="EPISODE", urgency=1).count() == 1
    assert not RecomputeRequest.objects.filter(series=series).exists()


def test_a_correction_supersedes_and_a_repetition_does_not(world: World) -> None:
    series = world.patient()
    _, api = laboratory_machine(world)
    body = {"results": [sent(world, series, "26-9")]}
    [first] = api.post(ALL, body).json()["results"]
    [again] = api.post(ALL, body).json()["results"]
    assert (again["status"], again["id"]) == (200, first["id"])
    body["results"][0]["reported"]["value"] = "0.0850"
    [corrected] = api.post(ALL, body).json()["results"]
    assert (corrected["status"], corrected["version"]) == (201, 2)
    assert list(MrdResult.objects.order_by("version").values_list("state", flat=True)) == ["SUPERSEDED", "AUTHORISED"]


def test_one_that_is_wrong_refuses_all(world: World) -> None:
    series = world.patient()
    body = [*rows(world, 3), sent(world, series, "26-1", "2026-11-21"), sent(world, series, "26-2", **WRONG)]
    answer = Api(world, world.technician).post(ALL, {"results": body[:4]})
    assert answer.status_code == 422
    assert answer["Content-Type"] == "application/problem+json"
    assert [error["path"] for error in answer.json()["errors"]] == ["results[3].sample.collected_on"]
    answer = Api(world, world.technician).post(ALL, {"results": body})
    assert [error["path"] for error in answer.json()["errors"]][-1] == "results[4].reported.value"
    assert not MrdResult.objects.exists()
    assert not Sample.objects.exists()


def test_each_for_itself_writes_the_good_ones_and_says_why_not_the_others(world: World) -> None:
    good = rows(world, 2)
    body = [good[0], sent(world, world.patient(), "26-2", **WRONG), {"series": "x"}, good[0], good[1], 7]
    answer = Api(world, world.technician).post(EACH, {"results": body})
    told = answer.json()["results"]
    assert (answer.status_code, [one["status"] for one in told]) == (200, [201, 400, 400, 409, 201, 400])
    assert told[1]["problem"]["errors"][0]["path"] == "reported.value"
    assert {"series", "assay", "sample"} <= {error["path"] for error in told[2]["problem"]["errors"]}
    assert MrdResult.objects.count() == 2


@pytest.mark.parametrize("who", ["clinician", "stranger"])
def test_who_does_not_work_in_the_laboratory_enters_nothing(world: World, who: str) -> None:
    body = {"results": rows(world, 1)}
    answer = Api(world, getattr(world, who)).post(ALL, body)
    assert answer.status_code == (403 if who == "clinician" else 422)
    assert not MrdResult.objects.exists()


def test_a_machine_without_the_scope_sends_nothing(world: World) -> None:
    body = {"results": rows(world, 1)}
    _, api = laboratory_machine(world, scope="system/Observation.rs")
    assert api.post(ALL, body).status_code == 403


def test_the_same_key_and_body_are_answered_and_done_once(world: World) -> None:
    api, body = Api(world, world.technician), {"results": rows(world, 2)}
    first = api.post(ALL, body, idempotency_key="2026-11-20/1")
    second = api.post(ALL, body, idempotency_key="2026-11-20/1")
    assert (second.status_code, second.json(), second["Idempotent-Replay"]) == (201, first.json(), "true")
    other = api.post(ALL, {"results": body["results"][:1]}, idempotency_key="2026-11-20/1")
    assert (other.status_code, MrdResult.objects.count()) == (409, 2)
    mine = Api(world, world.authoriser).post(ALL, {"results": rows(world, 1)}, idempotency_key="2026-11-20/1")
    assert mine.status_code == 422  # a key is a person's own; the sample belongs to another patient


def test_a_refused_request_leaves_its_key_free(world: World) -> None:
    api, good = Api(world, world.technician), rows(world, 1)
    wrong = [{**good[0], "reported": {**good[0]["reported"], **WRONG}}]
    assert api.post(ALL, {"results": wrong}, idempotency_key="k").status_code == 400
    world.as_person(world.technician)
    assert not IdempotencyKey.objects.exists()
    assert api.post(ALL, {"results": good}, idempotency_key="k").status_code == 201


@pytest.mark.parametrize(
    ("path", "body", "field"),
    [
        ("results/bulk", {"results": [{}]}, "mode"),
        ("results/bulk?mode=some", {"results": [{}]}, "mode"),
        (f"{ALL}&submit=perhaps", {"results": [{}]}, "submit"),
        (ALL, {"results": []}, "results"),
        (ALL, {"results": [{}] * 1001}, "results"),
        (ALL, [1], "results"),
    ],
)
def test_a_request_of_another_form_is_refused(world: World, path: str, body: Any, field: str) -> None:
    answer = Api(world, world.technician).post(path, body)
    assert (answer.status_code, answer.json()["errors"][0]["path"]) == (400, field)


def test_a_hundred_take_no_more_statements_than_two(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(computed_rows, "SHORT", 0)  # both by COPY, into a temporary table that is made first
    api, counts = laboratory_machine(world)[1], []
    for size, name in ((2, "a"), (100, "b")):
        body = json.dumps({"results": [sent(world, world.patient(), f"{name}-{n}") for n in range(size)]})
        with CaptureQueriesContext(connection) as captured:
            assert api.post(ALL, body).status_code == 201
        counts.append(len(captured))
    assert counts[1] <= counts[0] + 2, counts  # what has no text at all comes by COPY where it is many
