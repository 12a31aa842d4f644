"""Tubes over REST: taken in, corrected with a reason, and never mistaken for another by a result."""

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
import time_machine

from monitoring.models import AuditEntry, MrdResult, MrdSeries, RowHistory, Sample
from tests.integration.rest_api import Api, sent
from tests.world import World, detected, not_detected


@pytest.fixture(autouse=True)
def today(world: World) -> Iterator[None]:
    with time_machine.travel(world.now, tick=False):
        yield


@pytest.fixture
def series(world: World) -> MrdSeries:
    return world.patient()


def tube(world: World, series: MrdSeries, **changes: Any) -> dict[str, Any]:
    told = {"patient": series.patient_id, "laboratory": world.laboratory.pk, "accession_number": "26-5", "tissue": "PB"}
    return told | {"collected_on": "2026-11-16", "received_on": "2026-11-17"} | changes


def test_a_tube_is_taken_in_and_its_result_follows(world: World, series: MrdSeries) -> None:
    api = Api(world, world.technician)
    made = api.post("samples/", tube(world, series))
    assert (made.status_code, made.json()["tissue"], made.json()["received_on"]) == (201, "PB", "2026-11-17")
    again = api.post("samples/", tube(world, series))
    assert (again.status_code, "already has a sample" in again.json()["detail"]) == (422, True)
    body = sent(world, series, "26-5") | {"sample": {"accession_number": "26-5"}}
    assert api.post("results/", body).json()["sample"]["id"] == made.json()["id"]
    assert AuditEntry.objects.filter(action="sample.add", actor_id=world.technician.pk).count() == 1


def test_a_correction_of_signed_facts_is_proposed_signed_and_moves_the_verdict(world: World, series: MrdSeries) -> None:
    world.authorised(series, date(2026, 7, 1), not_detected())
    signed = world.authorised(series, date(2026, 10, 22), detected("0.018"))
    api, one = Api(world, world.technician), f"samples/{signed.sample_id}/"
    body = {"collected_on": "2026-06-22", "reason": "The label was misread"}
    refused = api.send("patch", one, body)
    assert (refused.status_code, f"/api/v1/{one}corrections/" in refused.json()["detail"]) == (409, True)
    made = api.post(f"{one}corrections/", body)
    assert (made.status_code, made.json()["becomes"]["collected_on"]) == (201, "2026-06-22")
    here = f"corrections/{made.json()['id']}/"
    assert api.post(f"{one}corrections/", body).status_code == 409
    assert api.post(f"{here}sign/", {"effect": made.json()["effect"]}).status_code == 403
    assert Api(world, world.clinician).get(here).json()["effect"] == made.json()["effect"]
    assert Api(world, world.clinician).post(f"{here}sign/", {"effect": made.json()["effect"]}).status_code == 404
    assert Api(world, world.stranger).get(here).status_code == 404
    second = Api(world, world.authoriser)
    assert second.post(f"{here}sign/", {"effect": "something else"}).status_code == 409
    told = second.get(here).json()
    done = second.post(f"{here}sign/", {"effect": told["effect"]})
    assert (done.status_code, done.json()["state"], done.json()["signed_by"]) == (200, "SIGNED", world.authoriser.pk)
    verdict = Api(world, world.clinician).get(f"series/{series.pk}/verdicts/").json()["verdicts"]["ELN2021"]
    assert verdict["state"] == "NEGATIVE"  # what came before the negative sample is no conversion
    assert {each["then"] for each in told["effects"] if each["ruleset"] == "ELN2021"} == {"NEGATIVE"}
    assert MrdResult.objects.get(pk=signed.pk).collected_on == date(2026, 6, 22)
    assert RowHistory.objects.filter(table_name="monitoring_sample", row_id=signed.sample_id).exists()
    assert AuditEntry.objects.get(action="sample.correct").reason == "The label was misread"


def test_a_proposal_is_returned_or_withdrawn_with_a_reason(world: World, series: MrdSeries) -> None:
    signed = world.authorised(series, date(2026, 10, 22), detected("0.018"))
    first, second = Api(world, world.technician), Api(world, world.authoriser)
    address, body = f"samples/{signed.sample_id}/corrections/", {"tissue": "PB", "reason": "label"}
    made = first.post(address, body).json()["id"]
    assert second.post(f"corrections/{made}/withdraw/", {"reason": "no"}).status_code == 403
    assert second.post(f"corrections/{made}/return/", {"reason": "the form says marrow"}).json()["state"] == "RETURNED"
    again = first.post(address, body).json()["id"]
    assert first.post(f"corrections/{again}/withdraw/", {"reason": "it was right"}).json()["state"] == "WITHDRAWN"
    listed = first.get(address).json()["results"]
    assert [each["comment"] for each in listed] == ["it was right", "the form says marrow"]
    assert Sample.objects.get(pk=signed.sample_id).tissue == "BM"


def test_what_the_caller_saw_of_a_tube_is_what_is_corrected(world: World, series: MrdSeries) -> None:
    tube, api = world.sample(series, date(2026, 10, 22)), Api(world, world.technician)
    one, body = f"samples/{tube.pk}/", {"collected_on": "2026-06-22", "reason": "The label was misread"}
    seen = api.get(one)["ETag"]
    assert api.send("patch", one, {"collected_on": "2026-06-22"}).status_code == 400
    done = api.send("patch", one, body, If_Match=seen)
    assert (done.status_code, done.json()["collected_on"]) == (200, "2026-06-22")
    assert api.send("patch", one, body, If_Match=seen).status_code == 412


@pytest.mark.parametrize(("changes", "status", "path"), [
    ({"collected_on": "2026-11-21"}, 422, "collected_on"), ({"received_on": "2026-11-15"}, 422, "received_on"),
    ({"tissue": "BONE"}, 400, "tissue"), ({"patient": 999_999}, 400, "patient"),
    ({"laboratory": 999_999}, 400, "laboratory"), ({"accession_number": " "}, 400, "accession_number"),
])  # fmt: skip
def test_a_tube_that_cannot_be_is_refused_at_its_field(
    world: World, series: MrdSeries, changes: dict[str, Any], status: int, path: str
) -> None:
    answer = Api(world, world.technician).post("samples/", tube(world, series, **changes))
    assert (answer.status_code, answer.json()["errors"][0]["path"]) == (status, path)
    assert not Sample.objects.exists()


@pytest.mark.parametrize(("who", "taking", "correcting"), [
    ("clinician", 403, 403), ("data_manager", 403, 403), ("stranger", 400, 404),
])  # fmt: skip
def test_only_people_of_the_laboratory_write(
    world: World, series: MrdSeries, who: str, taking: int, correcting: int
) -> None:
    sample, api = world.sample(series, date(2026, 11, 1)), Api(world, getattr(world, who))
    assert api.post("samples/", tube(world, series)).status_code == taking
    body = {"tissue": "PB", "reason": "x"}
    assert api.send("patch", f"samples/{sample.pk}/", body).status_code == correcting
    assert Sample.objects.get().tissue == "BM"


@pytest.mark.parametrize(("told", "path"), [
    ({"tissue": "PB"}, "sample.tissue"), ({"collected_on": "2026-11-15"}, "sample.collected_on"),
])  # fmt: skip
def test_a_result_is_not_put_on_a_tube_of_other_facts(
    world: World, series: MrdSeries, told: dict[str, str], path: str
) -> None:
    api = Api(world, world.technician)
    assert api.post("samples/", tube(world, series, tissue="BM")).status_code == 201
    body = sent(world, series, "26-5")
    body["sample"] |= told
    answer = api.post("results/", body)
    assert (answer.status_code, answer.json()["errors"][0]["path"]) == (400, path)
    assert not MrdResult.objects.exists()
