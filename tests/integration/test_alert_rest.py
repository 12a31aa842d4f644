"""The life of an alert over the API: the same actions, people and refusals as on the pages."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
import time_machine

from monitoring.actions import escalating
from monitoring.models import User
from tests.integration.alert_desk import DECISION, alert_of, colleague, relapsed, steps
from tests.integration.test_rest import Api
from tests.world import World, detected


@pytest.fixture(autouse=True)
def today(world: World) -> Iterator[None]:
    with time_machine.travel(world.now, tick=False):
        yield


@pytest.fixture
def other(world: World) -> User:
    return colleague(world)


def seen(api: Api, path: str) -> dict[str, Any]:
    """What a step has to send back, as a GET shows it."""
    shown = api.get(path).json()
    return {"revision": shown["revision"], "changed_at": shown["changed_at"]}


def test_from_raised_to_resolved_with_every_step_to_be_read(world: World, other: User) -> None:
    series = relapsed(world)
    path = f"alerts/{alert_of(series).pk}/"
    api, second = Api(world.clinician), Api(other)
    handed = api.post(f"{path}hand-over/", seen(api, path) | {"to": "colleague", "comment": "On leave."})
    assert (handed.status_code, handed.json()["held_by"], handed.json()["state"]) == (200, "colleague", "RAISED")
    answered = second.post(f"{path}acknowledge/", seen(second, path) | DECISION)
    assert (answered.status_code, answered.json()["state"]) == (200, "ACKNOWLEDGED")
    closed = second.post(f"{path}resolve/", seen(second, path) | {"comment": "Venetoclax has begun."})
    assert (closed.status_code, closed.json()["state"]) == (200, "RESOLVED")
    told = api.get(path).json()
    assert [(step["kind"], step["by"], step["to"]) for step in told["steps"]] == [
        ("RAISED", None, None), ("UPDATED", None, None), ("HANDED_OVER", "clinician", "colleague"),
        ("ACKNOWLEDGED", "colleague", None), ("RESOLVED", "colleague", None),
    ]  # fmt: skip
    assert told["steps"][3]["action_taken"] == "PREEMPTIVE_VENETOCLAX"
    assert told["steps"][3]["next_sample_on"] == "2026-12-03"


def test_a_moved_index_is_told_and_the_acknowledgement_before_it_stays_a_step(world: World) -> None:
    series = relapsed(world)
    api, path = Api(world.clinician), f"alerts/{alert_of(series).pk}/"
    assert api.post(f"{path}acknowledge/", seen(api, path) | DECISION).status_code == 200
    world.authorised(series, date(2026, 10, 20), detected("0.01"))
    told = api.get(path).json()
    assert (told["state"], told["index_on"], told["acknowledged_at"]) == ("RAISED", "2026-10-20", None)
    assert [(step["kind"], step["before_index_on"]) for step in told["steps"]] == [
        ("RAISED", None), ("UPDATED", "2026-10-29"), ("ACKNOWLEDGED", None), ("REOPENED", "2026-10-29"),
    ]  # fmt: skip
    kept = told["steps"][2]
    assert (kept["by"], kept["comment"]) == ("clinician", DECISION["comment"])
    assert (kept["action_taken"], kept["next_sample_on"]) == ("PREEMPTIVE_VENETOCLAX", "2026-12-03")


def test_what_is_out_of_date_is_refused(world: World, other: User) -> None:
    series = relapsed(world)
    path = f"alerts/{alert_of(series).pk}/"
    api = Api(world.clinician)
    before = seen(api, path)
    with time_machine.travel(world.now + timedelta(minutes=1), tick=False):
        api.post(f"{path}hand-over/", before | {"to": "colleague", "comment": "On leave."})
        for step, body in (("acknowledge", DECISION), ("hand-over", {"to": "clinician", "comment": "No."})):
            refused = api.post(f"{path}{step}/", before | body)
            assert refused.status_code == 409
            assert refused["Content-Type"] == "application/problem+json"
    world.as_person(world.clinician)
    assert steps(series)[-1] == "HANDED_OVER"


@pytest.mark.parametrize(
    ("step", "body", "status"),
    [
        ("acknowledge", DECISION | {"comment": " "}, 422),
        ("acknowledge", DECISION | {"action_taken": "NOTHING"}, 400),
        ("acknowledge", DECISION | {"next_sample_on": "2026-01-01"}, 422),
        ("hand-over", {"to": "clinician", "comment": "To myself."}, 422),
        ("hand-over", {"to": "stranger", "comment": "To another centre."}, 422),
        ("hand-over", {"to": "nobody", "comment": "To nobody."}, 400),
        ("resolve", {"comment": "Not acknowledged yet."}, 409),
    ],
)
def test_what_the_pages_refuse_is_refused(world: World, step: str, body: dict[str, Any], status: int) -> None:
    series = relapsed(world)
    api, path = Api(world.clinician), f"alerts/{alert_of(series).pk}/"
    answer = api.post(f"{path}{step}/", seen(api, path) | body)
    world.as_person(world.clinician)
    assert (answer.status_code, steps(series)[-1]) == (status, "UPDATED")


def test_who_may_not(world: World) -> None:
    series = relapsed(world)
    path = f"alerts/{alert_of(series).pk}/"
    for person, read, act in ((world.stranger, 404, 404), (world.technician, 404, 403), (world.data_manager, 200, 403)):
        assert Api(person).get(path).status_code == read
        assert Api(person).post(f"{path}acknowledge/", DECISION).status_code == act


def test_an_escalation_and_a_moment_before_it(world: World, other: User) -> None:
    series = relapsed(world)
    path = f"alerts/{alert_of(series).pk}/"
    with time_machine.travel(world.now + timedelta(days=4), tick=False):
        escalating.escalate(now=world.now + timedelta(days=4))
        api = Api(world.clinician)
        now_is = api.get(path).json()
        before = api.get(path, known_at=(world.now + timedelta(days=1)).isoformat()).json()
    assert (now_is["escalation"], now_is["steps"][-1]["whom"], now_is["steps"][-1]["to"]) == (
        1, "SECOND_CLINICIAN", None,
    )  # fmt: skip
    assert (before["escalation"], [step["kind"] for step in before["steps"]]) == (0, ["RAISED", "UPDATED"])
