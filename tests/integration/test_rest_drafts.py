"""Writing a draft anew over REST: whole, as seen, by people of its laboratory, and never over what is signed."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from monitoring.actions import results
from monitoring.domain.readings import CqReading
from monitoring.domain.standard_curve import StandardCurve
from monitoring.models import AuditEntry, MrdResult, MrdSeries, ResultContributor
from tests.integration.rest_api import Api, sent
from tests.world import World, detected

AGAIN = {"reported": {"call": "DETECTED", "value": "0.0850", "scale": "PCT_ABL1", "abl1_copies": 39600}}

pytestmark = pytest.mark.usefixtures("today")


@pytest.fixture
def draft(world: World, series: MrdSeries) -> dict[str, Any]:
    body = sent(world, series, "26-1", lod_pct_abl1="0.005", loq="0.02", loq_scale="PCT_ABL1") | {"comment": "first"}
    made: dict[str, Any] = Api(world, world.technician).post("results/", body).json()
    return made


def tag(api: Api, pk: int) -> str:
    found: str = api.get(f"results/{pk}/")["ETag"]
    return found


def put(api: Api, pk: int, body: object, **headers: str) -> Any:
    return api.send("put", f"results/{pk}/", body, **headers)


def test_a_draft_is_written_anew_as_it_was_seen(world: World, draft: dict[str, Any]) -> None:
    api, pk = Api(world, world.technician), draft["id"]
    done = put(api, pk, AGAIN, If_Match=tag(api, pk))
    assert done.status_code == 200, done.content
    told = done.json()
    assert (told["pct_abl1"], told["state"], told["version"]) == ("0.0850", "DRAFT", 1)
    # what was not sent is no longer there
    assert (told["loq_pct_abl1"], told["comment"]) == (None, "")
    entry = AuditEntry.objects.get(action="result.edit")
    assert [(told or {})["comment"] for told in (entry.before, entry.after)] == ["first", ""]


def test_wells_take_the_place_of_a_value(world: World, draft: dict[str, Any]) -> None:
    api, pk = Api(world, world.technician), draft["id"]
    body = {"copies": {"target": [34, 28, 30], "abl1": [33839, 31623, 32712]}, "comment": "by wells"}
    assert api.get(f"results/{pk}/").json()["copies"] is None
    told = put(api, pk, body, If_Match=tag(api, pk)).json()
    assert (told["entered"], told["comment"]) == ({"value": None, "scale": "COPIES"}, "by wells")
    copies = {"target": ["34", "28", "30"], "abl1": ["33839", "31623", "32712"]}
    assert api.get(f"results/{pk}/").json()["copies"] == copies


def test_wells_of_the_same_mean_are_another_draft(world: World, draft: dict[str, Any]) -> None:
    api, pk = Api(world, world.technician), draft["id"]
    first = {"copies": {"target": [30, 30, 30], "abl1": [33000, 33000]}}
    assert put(api, pk, first, If_Match=tag(api, pk)).status_code == 200
    seen = tag(api, pk)
    second = {"copies": {"target": [29, 30, 31], "abl1": [33000, 33000]}}
    assert put(api, pk, second, If_Match=seen).status_code == 200
    assert put(api, pk, first, If_Match=seen).status_code == 412


def test_without_what_was_seen_nothing_is_written(world: World, draft: dict[str, Any]) -> None:
    api, pk = Api(world, world.technician), draft["id"]
    assert put(api, pk, AGAIN).status_code == 428
    seen = tag(api, pk)
    assert put(Api(world, world.authoriser), pk, AGAIN | {"comment": "theirs"}, If_Match=seen).status_code == 200
    late = put(api, pk, AGAIN | {"comment": "mine"}, If_Match=seen)
    assert (late.status_code, late["Content-Type"]) == (412, "application/problem+json")
    assert MrdResult.objects.get(pk=pk).comment == "theirs"


def test_whoever_writes_a_draft_anew_cannot_sign_it(world: World, draft: dict[str, Any]) -> None:
    authoriser, pk = Api(world, world.authoriser), draft["id"]
    assert put(authoriser, pk, AGAIN, If_Match=tag(authoriser, pk)).status_code == 200
    Api(world, world.technician).post(f"results/{pk}/submit/", {})
    shown = authoriser.get(f"results/{pk}/").json()
    seen = {"version": 1, "submitted_at": shown["submitted_at"]}
    assert authoriser.post(f"results/{pk}/authorise/", seen).status_code == 403
    world.as_person(world.authoriser)
    assert ResultContributor.objects.filter(result_id=pk, user=world.authoriser).exists()


def test_only_a_draft_is_written_anew(world: World, series: MrdSeries) -> None:
    signed = world.authorised(series, date(2026, 11, 12), detected("0.058"))
    waiting = world.submitted(series, date(2026, 11, 13), detected("0.058"))
    api = Api(world, world.technician)
    for row in (signed, waiting):
        assert put(api, row.pk, AGAIN, If_Match=tag(api, row.pk)).status_code == 409
        assert put(api, row.pk, AGAIN, If_Match="*").status_code == 409


@pytest.mark.parametrize(("who", "status"), [("clinician", 403), ("data_manager", 403), ("stranger", 404)])
def test_only_people_of_the_laboratory_write(world: World, draft: dict[str, Any], who: str, status: int) -> None:
    assert put(Api(world, getattr(world, who)), draft["id"], AGAIN, If_Match="*").status_code == status
    assert not AuditEntry.objects.filter(action="result.edit").exists()


def test_what_an_instrument_read_is_not_typed_over(world: World, series: MrdSeries) -> None:
    curve = StandardCurve(Decimal("-3.4"), Decimal("38"), Decimal("0.999"))
    cq = CqReading((Decimal("33.1"),) * 3, (Decimal("22.1"),) * 3, curve, curve)
    sample = world.sample(series, date(2026, 11, 1))
    row = results.enter(by=world.technician, series=series, sample=sample, assay=world.assay, reading=cq)
    answer = put(Api(world, world.authoriser), row.pk, AGAIN, If_Match="*")
    assert (answer.status_code, "read by an instrument" in answer.json()["detail"]) == (422, True)


@pytest.mark.parametrize(("body", "path"), [
    ({}, "copies"), ({"reported": {"call": "DETECTED", "value": "0.1"}}, "reported.scale"),
    ({"reported": {"call": "NOT_DETECTED", "value": "0.1", "scale": "PCT_ABL1"}}, "reported.value"),
])  # fmt: skip
def test_a_wrong_measurement_is_refused_at_its_field(
    world: World, draft: dict[str, Any], body: dict[str, Any], path: str
) -> None:
    answer = put(Api(world, world.technician), draft["id"], body, If_Match="*")
    assert (answer.status_code, answer.json()["errors"][0]["path"]) == (400, path)
