"""REST v1: the same actions and the same walls as the pages."""

import json
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.test import Client
from knox.models import AuthToken

from monitoring.models import MrdResult, MrdSeries, User
from tests.world import World, detected, not_detected


@pytest.fixture(autouse=True)
def today(world: World):  # type: ignore[no-untyped-def]
    with time_machine.travel(world.now, tick=False):
        yield


class Api:
    """A caller with a token."""

    def __init__(self, user: User) -> None:
        _, token = AuthToken.objects.create(user=user)
        self.headers = {"authorization": f"Bearer {token}"}
        self.client = Client()

    def get(self, path: str, **query: str) -> Any:
        return self.client.get(f"/api/v1/{path}", query, headers=self.headers)

    def post(self, path: str, body: object) -> Any:
        text = body if isinstance(body, str) else json.dumps(body)
        return self.client.post(f"/api/v1/{path}", text, content_type="application/json", headers=self.headers)


def entry(world: World, series: MrdSeries, **reported: object) -> dict[str, object]:
    return {
        "series": series.pk,
        "assay": world.assay.pk,
        "sample": {"accession_number": "26-90001", "tissue": "BM", "collected_on": "2026-11-16"},
        "reported": reported,
    }


def relapsed(world: World) -> MrdSeries:
    series = world.patient()
    world.authorised(series, date(2026, 7, 1), not_detected())
    world.authorised(series, date(2026, 10, 22), detected("0.018"))
    world.authorised(series, date(2026, 11, 12), detected("0.058"))
    return series


def test_nothing_without_a_token(world: World) -> None:
    answer = Client().get("/api/v1/series/")
    assert answer.status_code == 401
    assert answer["Content-Type"] == "application/problem+json"
    assert Client().get("/api/v1/series/", headers={"authorization": "Bearer nonsense"}).status_code == 401


def test_a_result_is_entered_submitted_and_signed_by_two(world: World) -> None:
    series = world.patient()
    technician, authoriser = Api(world.technician), Api(world.authoriser)
    body = entry(world, series, call="DETECTED", value="0.0930", scale="PCT_ABL1", abl1_copies=39600)
    entered = technician.post("results/", body)
    assert entered.status_code == 201, entered.content
    pk = entered.json()["id"]
    assert (entered.json()["state"], entered.json()["pct_abl1"]) == ("DRAFT", "0.0930")
    submitted = technician.post(f"results/{pk}/submit/", {}).json()
    seen = {"version": submitted["version"], "submitted_at": submitted["submitted_at"]}
    assert technician.post(f"results/{pk}/authorise/", seen).status_code == 403
    signed = authoriser.post(f"results/{pk}/authorise/", seen)
    assert (signed.status_code, signed.json()["state"]) == (200, "AUTHORISED")
    world.as_person(world.authoriser)
    assert MrdResult.objects.get(pk=pk).pct_abl1 == Decimal("0.0930")


def test_numbers_keep_their_digits(world: World) -> None:
    series = world.patient()
    body = json.dumps(entry(world, series, call="DETECTED", scale="PCT_ABL1", abl1_copies=39600))
    body = body.replace('"call"', '"value": 0.10000000000000000001, "call"')
    assert Api(world.technician).post("results/", body).json()["pct_abl1"] == "0.10000000000000000001"


@pytest.mark.parametrize(
    ("reported", "path"),
    [
        ({"call": "DETECTED", "value": "0.02"}, "reported.scale"),
        ({"call": "DETECTED", "value": "NaN", "scale": "PCT_ABL1"}, "reported.value"),
        ({"call": "DETECTED", "value": "-1", "scale": "PCT_ABL1"}, "reported.value"),
        ({"call": "DETECTED", "value": "0", "scale": "PCT_ABL1"}, "reported.value"),
        ({"call": "NOT_DETECTED", "value": "0.02", "scale": "PCT_ABL1"}, "reported.value"),
        ({"call": "PERHAPS"}, "reported.call"),
        ({"call": "DETECTED", "value": "1", "scale": "PERCENT"}, "reported.scale"),
    ],
)
def test_a_wrong_measurement_is_refused_at_its_field(world: World, reported: dict[str, object], path: str) -> None:
    answer = Api(world.technician).post("results/", entry(world, world.patient(), **reported))
    assert answer.status_code == 400
    assert path in [error["path"] for error in answer.json()["errors"]]
    world.as_person(world.technician)
    assert not MrdResult.objects.exists()


@pytest.mark.parametrize("body", ["{", "[1, 2]", '{"series": NaN}', '"text"', "{" * 5000, '{"series": 1e400}', ""])
def test_a_malformed_body_is_refused(world: World, body: str) -> None:
    answer = Api(world.technician).post("results/", body)
    assert answer.status_code == 400
    assert answer["Content-Type"] == "application/problem+json"


def test_a_day_in_the_future_is_refused(world: World) -> None:
    body = entry(world, world.patient(), call="NOT_DETECTED", abl1_copies=40000)
    body["sample"] = {"accession_number": "26-1", "tissue": "BM", "collected_on": "2026-11-21"}
    answer = Api(world.technician).post("results/", body)
    assert (answer.status_code, answer.json()["errors"][0]["path"]) == (422, "collected_on")


def test_a_sample_of_another_patient_is_refused(world: World) -> None:
    other, series = world.patient(), world.patient()
    sample = world.sample(other, date(2026, 11, 16))
    body = entry(world, series, call="NOT_DETECTED", abl1_copies=40000)
    body["sample"] = {"accession_number": sample.accession_number}
    assert Api(world.technician).post("results/", body).status_code == 400


def test_verdicts_come_with_their_evidence_and_are_never_stale(world: World) -> None:
    series = relapsed(world)
    answer = Api(world.clinician).get(f"series/{series.pk}/verdicts/").json()
    verdict = answer["verdicts"]["ELN2021"]
    assert (verdict["state"], verdict["revision"]) == ("CONFIRMED", answer["revision"])
    facts = {fact["fact"]: fact for fact in verdict["episodes"][0]["because"]}
    assert facts["INDEX"]["pct_abl1"] == "0.018"
    assert answer["verdicts"]["ELN2025"]["state"] == "LOW_LEVEL"


def test_the_figure_is_sent_compressed_with_its_tag(world: World) -> None:
    series = relapsed(world)
    answer = Api(world.clinician).get(f"series/{series.pk}/figure/")
    assert answer["Content-Encoding"] == "gzip"
    assert answer["ETag"]
    assert "no-cache" in answer["Cache-Control"]


def test_alerts_are_listed(world: World) -> None:
    series = relapsed(world)
    [alert] = Api(world.clinician).get("alerts/", state="RAISED").json()["results"]
    assert (alert["series"], alert["urgency"], alert["code"]) == (series.pk, 1, "EPISODE")


@pytest.mark.parametrize(
    "path", ["series/{pk}/", "series/{pk}/verdicts/", "series/{pk}/figure/", "series/{pk}/results/"]
)
def test_another_centre_is_told_that_there_is_nothing(world: World, path: str) -> None:
    series = relapsed(world)
    assert Api(world.stranger).get(path.format(pk=series.pk)).status_code == 404
    assert Api(world.stranger).get("series/").json()["results"] == []


def test_the_laboratory_does_not_read_the_chart(world: World) -> None:
    series = relapsed(world)
    assert Api(world.technician).get(f"series/{series.pk}/verdicts/").status_code == 404
    assert Api(world.technician).get("alerts/").json()["results"] == []


def test_pages_of_a_list_follow_each_other(world: World) -> None:
    wanted = [world.patient().pk for _ in range(5)]
    api, found, after = Api(world.clinician), [], "0"
    while True:
        answer = api.get("series/", after=after, limit="2").json()
        found += [row["id"] for row in answer["results"]]
        if answer["next_after"] is None:
            break
        after = str(answer["next_after"])
    assert found == wanted
    assert api.get("series/", after="x").status_code == 400


def test_a_revoked_token_opens_nothing(world: World) -> None:
    api = Api(world.clinician)
    AuthToken.objects.all().delete()
    assert api.get("series/").status_code == 401
