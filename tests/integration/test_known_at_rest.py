"""REST v1 from another standpoint: the same `as_of` and `known_at` on every read about a patient."""

import gzip
import json
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from monitoring.actions import events, markers, recompute, results
from monitoring.models import MrdResult
from monitoring.models.choices import MarkerChoice
from tests.integration.test_rest import Api
from tests.known_record import KnownRecord, transplanted_between
from tests.world import World, detected, not_detected

PATHS = ["series/{pk}/", "series/{pk}/results/", "series/{pk}/verdicts/", "series/{pk}/figure/"]
LISTS = ["patients/", "series/", "results/"]


@pytest.fixture
def record(world: World) -> KnownRecord:
    """A transplant of which the day was corrected just now, and a result withdrawn half a day ago."""
    record, transplant = transplanted_between(world)
    recompute.drain_patient(record.patient.pk, now=timezone.now())
    world.as_person(world.clinician)
    events.change(
        by=world.clinician, event=transplant, changes={"happened_on": record.day(130)}, reason="wrong day",
        now=world.now,
    )  # fmt: skip
    return record


def iso(record: KnownRecord, days_ago: float) -> str:
    return record.ago(days_ago).isoformat()


def get(record: KnownRecord, path: str, **query: str) -> Any:
    answer = Api(record.world.clinician).get(path.format(pk=record.series.pk), **query)
    record.world.as_person(record.world.clinician)
    return answer


def body(record: KnownRecord, path: str, **query: str) -> Any:
    answer = get(record, path, **query)
    assert answer.status_code == 200, answer.content
    return answer.json()


def test_the_verdict_known_yesterday_is_that_of_yesterday(record: KnownRecord) -> None:
    now = body(record, "series/{pk}/verdicts/")
    then = body(record, "series/{pk}/verdicts/", known_at=iso(record, 1))
    assert (now["verdicts"]["ELN2021"]["state"], now["known_at"]) == ("CONFIRMED", None)
    assert (then["verdicts"]["ELN2021"]["state"], then["known_at"]) == ("LOW_LEVEL", iso(record, 1))
    assert then["verdicts"]["ELN2021"]["computed_for"] == then["as_of"] == record.day(1).isoformat()
    assert set(then["verdicts"]) == set(now["verdicts"])
    assert set(then["verdicts"]["ELN2021"]) == set(now["verdicts"]["ELN2021"])


def test_as_of_a_day_the_verdict_is_that_of_the_samples_until_then(record: KnownRecord) -> None:
    told = body(record, "series/{pk}/verdicts/", as_of=record.day(45).isoformat())
    assert told["verdicts"]["ELN2021"]["state"] == "SUSPECTED"
    results_then = body(record, "series/{pk}/results/", as_of=record.day(45).isoformat())["results"]
    assert [one["pct_abl1"] for one in results_then] == [None, "0.02"]


def test_results_are_those_that_counted_then_with_the_facts_of_then(record: KnownRecord, world: World) -> None:
    last = MrdResult.objects.get(collected_on=record.day(40))
    world.corrected(last.sample, collected_on=record.day(41), accession_number="K-corrected", now=record.now)
    world.as_person(world.authoriser)
    results.withdraw(by=world.authoriser, result=last, reason="mix-up", now=timezone.now())
    path = "series/{pk}/results/"
    assert len(body(record, path)["results"]) == 2
    told = body(record, path, known_at=iso(record, 1))["results"][-1]
    assert (told["collected_on"], told["state"]) == (record.day(40).isoformat(), "AUTHORISED")
    assert told["sample"]["accession_number"] != "K-corrected"
    day = {"as_of": record.day(41).isoformat()}
    assert len(body(record, path, known_at=iso(record, 1), **day)["results"]) == 2
    assert len(body(record, path, known_at=iso(record, 0), all="yes")["results"]) == 3
    one = body(record, f"results/{last.pk}/", known_at=iso(record, 1))
    assert (one["collected_on"], one["state"]) == (record.day(40).isoformat(), "AUTHORISED")
    assert body(record, f"results/{last.pk}/")["state"] == "WITHDRAWN"
    assert get(record, f"results/{last.pk}/", known_at=iso(record, 4)).status_code == 404
    assert get(record, f"results/{last.pk}/", as_of=record.day(60).isoformat()).status_code == 404


def test_lists_give_the_state_of_then(record: KnownRecord, world: World) -> None:
    last = MrdResult.objects.get(collected_on=record.day(40))
    world.as_person(world.technician)
    results.amend(by=world.technician, result=last, reading=detected("0.7"), reason="repeat")
    world.as_person(world.authoriser)
    results.withdraw(by=world.authoriser, result=last, reason="mix-up", now=timezone.now())
    after = timezone.now().isoformat()

    def listed(state: str, at: str) -> int:
        return len(body(record, "results/", state=state, known_at=at)["results"])

    assert [listed(state, iso(record, 1)) for state in ("AUTHORISED", "WITHDRAWN", "DRAFT")] == [3, 0, 0]
    assert [listed(state, after) for state in ("AUTHORISED", "WITHDRAWN", "DRAFT")] == [2, 1, 0]


def test_patients_and_series_are_there_from_their_recording_on(record: KnownRecord, world: World) -> None:
    before = timezone.now().isoformat()
    world.as_person(world.clinician)
    markers.follow(by=world.clinician, patient=record.patient, marker=MarkerChoice.CBFB_MYH11, mutation_type="A")
    assert len(body(record, "series/", known_at=before)["results"]) == 1
    assert len(body(record, "series/", known_at=timezone.now().isoformat())["results"]) == 2
    assert len(body(record, "patients/", known_at=before)["results"]) == 1
    for path in LISTS:
        assert body(record, path, known_at=iso(record, 31))["results"] == []


def test_before_the_patient_was_registered_every_answer_is_empty(record: KnownRecord) -> None:
    at = iso(record, 31)
    assert body(record, "series/{pk}/", known_at=at)["on_record"] is False
    assert body(record, "series/{pk}/", known_at=iso(record, 29))["on_record"] is True
    assert body(record, "series/{pk}/results/", known_at=at)["results"] == []
    told = body(record, "series/{pk}/verdicts/", known_at=at)
    assert (told["on_record"], told["verdicts"]) == (False, {})
    drawn = get(record, "series/{pk}/figure/", known_at=at)
    assert json.loads(gzip.decompress(drawn.content))["layout"]["meta"]["points"] == []


def test_alerts_are_those_of_the_moment(record: KnownRecord) -> None:
    before = timezone.now()
    body(record, "series/{pk}/verdicts/")  # the worker's part: alerts follow the correction
    codes = [(one["code"], one["state"]) for one in body(record, "alerts/")["results"]]
    assert ("POST_HSCT_POSITIVE", "RETRACTED") in codes
    then = body(record, "alerts/", known_at=before.isoformat())["results"]
    urgent = [(one["code"], one["state"], one["retracted_because"]) for one in then if one["urgency"] == 1]
    assert sorted(urgent) == [("HIGH_LEVEL", "RAISED", None), ("POST_HSCT_POSITIVE", "RAISED", None)]
    raised = body(record, "alerts/", known_at=before.isoformat(), state="RAISED")["results"]
    assert "POST_HSCT_POSITIVE" in [one["code"] for one in raised]
    assert body(record, "alerts/", known_at=before.isoformat(), state="RETRACTED")["results"] == []
    assert body(record, "alerts/", known_at=iso(record, 1))["results"] == []
    refused = get(record, "alerts/", as_of=record.day(1).isoformat())
    assert (refused.status_code, refused.json()["errors"][0]["path"]) == (422, "as_of")


def test_each_standpoint_has_its_own_tag_and_is_not_sent_twice(record: KnownRecord) -> None:
    asked: list[dict[str, str]] = [
        {}, {"as_of": record.day(1).isoformat()}, {"known_at": iso(record, 1)}, {"known_at": iso(record, 1.001)}
    ]  # fmt: skip
    for path in PATHS:
        get(record, path)
        tags = [get(record, path, **query)["ETag"] for query in asked]
        assert len(set(tags)) == len(asked), path
        assert [get(record, path, **query)["ETag"] for query in asked] == tags
    api = Api(record.world.clinician)
    path = f"/api/v1/series/{record.series.pk}/verdicts/"
    headers = {**api.headers, "if-none-match": get(record, "series/{pk}/verdicts/", **asked[2])["ETag"]}
    assert api.client.get(path, asked[2], headers=headers).status_code == 304
    assert api.client.get(path, asked[3], headers=headers).status_code == 200


@pytest.mark.parametrize("path", [*PATHS, *LISTS, "alerts/"])
@pytest.mark.parametrize(
    ("query", "at"),
    [
        ({"known_at": "yesterday"}, "known_at"),
        ({"known_at": "2026-02-30T10:00:00Z"}, "known_at"),
        ({"known_at": "2199-01-01T00:00:00Z"}, "known_at"),
        ({"known_at": ""}, "known_at"),
        ({"as_of": "12/03/2026"}, "as_of"),
        ({"as_of": "2199-01-01"}, "as_of"),
        ({"known_by": "2026-03-13T17:00:00Z"}, "known_by"),
        ({"as_of": ["2026-03-12", "2026-03-13"]}, "as_of"),
    ],
)
def test_what_cannot_be_asked_is_refused_at_its_field(
    record: KnownRecord, path: str, query: dict[str, Any], at: str
) -> None:
    answer = get(record, path, **query)
    assert (answer.status_code, answer["Content-Type"]) == (422, "application/problem+json")
    assert [error["path"] for error in answer.json()["errors"]] == [at]
    assert answer.json()["errors"][0]["message"]


def test_a_moment_without_offset_is_of_the_centre_and_refused_in_lists_of_several_centres(record: KnownRecord) -> None:
    local = record.ago(1).astimezone(record.world.centre.zone).replace(tzinfo=None).isoformat()
    assert body(record, "series/{pk}/verdicts/", known_at=local)["known_at"] == iso(record, 1)
    refused = get(record, "results/", known_at=local)
    assert refused.status_code == 422
    assert "offset from UTC" in refused.json()["errors"][0]["message"]


@pytest.mark.parametrize("path", PATHS)
def test_another_centre_and_the_laboratory_see_no_past_either(record: KnownRecord, path: str) -> None:
    for person in (record.world.stranger, record.world.technician):
        answer = Api(person).get(path.format(pk=record.series.pk), known_at=iso(record, 1))
        assert answer.status_code == 404
    assert Api(record.world.stranger).get("results/", known_at=iso(record, 1)).json()["results"] == []


def test_lists_of_a_moment_need_the_same_queries_however_long_they_are(record: KnownRecord, world: World) -> None:
    def count(path: str) -> int:
        at = (timezone.now() - timedelta(microseconds=1)).isoformat()
        get(record, path, known_at=at)
        with CaptureQueriesContext(connection) as captured:
            body(record, path, known_at=at)
        return len(captured)

    few = {path: count(path) for path in [*LISTS, "alerts/"]}
    world.now = timezone.now()
    world.crowd(20, [(record.day(90), None), (record.day(30), "0.5")])
    other = world.patient()
    world.authorised(other, record.day(90), not_detected())
    get(record, "alerts/")
    assert {path: count(path) for path in few} == few
