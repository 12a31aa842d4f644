"""Cohorts by REST: defined, defined anew, listed; what is wrong is named at its field, and nothing is written."""

from typing import Any

import pytest

from monitoring.models import Cohort, CohortVersion
from tests.integration.rest_api import Api
from tests.world import World

pytestmark = pytest.mark.django_db

RELAPSED = {"ruleset": "ELN2021", "markers": ["NPM1"], "failures": ["RELAPSE"], "started_from": "2022-01-01"}


@pytest.fixture
def api(world: World) -> Api:
    return Api(world, world.clinician)


def define(api: Api, name: str = "Ours", **definition: Any) -> Any:
    body = {"centre": api.world.centre.pk, "name": name, "definition": definition or RELAPSED}
    return api.post("cohorts/", body)


def test_a_cohort_is_defined_and_told_with_its_flow(api: Api) -> None:
    made = define(api)
    assert made.status_code == 201
    told = made.json()
    assert (told["name"], told["version"]) == ("Ours", 1)
    assert told["definition"] == {**RELAPSED, "transplanted": "ALL"}
    assert told["flow"] == {"considered": 0, "included": 0, "left_out": []}
    assert api.get(f"cohorts/{told['id']}/").json() == told
    listed = api.get("cohorts/", {"limit": "1"}).json()
    assert ([row["id"] for row in listed["results"]], listed["next_after"]) == ([told["id"]], None)
    assert api.get("cohorts/", {"fields": "id,name"}).json()["results"] == [{"id": told["id"], "name": "Ours"}]


def test_a_version_follows_the_one_that_was_seen(api: Api) -> None:
    number = define(api).json()["id"]
    later = {"seen_version": 1, "because": "Both", "definition": {**RELAPSED, "failures": ["PROGRESSION", "RELAPSE"]}}
    told = api.post(f"cohorts/{number}/versions/", later)
    assert (told.status_code, [each["number"] for each in told.json()["versions"]]) == (201, [2, 1])
    assert api.post(f"cohorts/{number}/versions/", later).status_code == 409
    assert api.post(f"cohorts/{number}/versions/", later | {"seen_version": 2}).status_code == 422
    assert CohortVersion.objects.count() == 2


@pytest.mark.parametrize(
    ("definition", "path"),
    [
        ({"markers": "NPM1"}, "definition.markers"),
        ({"genes": "NRAS"}, "definition.genes"),
        ({"markers": ["FLT3"]}, "definition.markers.0"),
        ({"age_from": "old"}, "definition.age_from"),
        ({"age_from": -1}, "definition.age_from"),
        ({"first_treatment_only": "yes"}, "definition.first_treatment_only"),
        ({"started_from": "2026-02-30"}, "definition.started_from"),
        ({"colour": "red"}, "definition.colour"),
        ({"age_from": 70, "age_until": 60}, "definition.age_until"),
        ({"genes": ["NRAS"], "genes_without": ["NRAS"]}, "definition.genes_without"),
    ],
)
def test_what_is_wrong_is_named_at_its_criterion(api: Api, definition: dict[str, Any], path: str) -> None:
    answer = define(api, **definition)
    assert (answer.status_code, answer["Content-Type"]) == (400, "application/problem+json")
    assert [each["path"] for each in answer.json()["errors"]] == [path]
    assert not Cohort.objects.exists()


def test_a_name_stands_once_and_a_centre_is_the_own_one(api: Api) -> None:
    assert define(api).status_code == 201
    assert define(api).status_code == 422
    elsewhere = {"centre": api.world.elsewhere.pk, "name": "Theirs", "definition": RELAPSED}
    assert api.post("cohorts/", elsewhere).json()["errors"][0]["path"] == "centre"


def test_who_reads_no_cohorts_is_told_so(world: World) -> None:
    technician = Api(world, world.technician)
    assert technician.get("cohorts/").status_code == 403
    assert define(technician).status_code == 403


@pytest.mark.parametrize("name", ["as_of", "known_at", "endpiont"])
def test_a_parameter_that_is_not_known_is_never_passed_over(api: Api, name: str) -> None:
    number = define(api).json()["id"]
    for address in (f"cohorts/{number}/", f"cohorts/{number}/parts/SURVIVAL/", f"cohorts/{number}/analysis-set.csv"):
        answer = api.get(address, {name: "2026-01-01"})
        assert (answer.status_code, answer.json()["errors"][0]["path"]) == (422, name)


@pytest.mark.parametrize(
    ("asked", "path"),
    [({"endpoint": "PFS"}, "endpoint"), ({"pooled": "maybe"}, "pooled"), ({"version": "first"}, "version")],
)
def test_a_question_that_a_part_does_not_answer_is_refused(api: Api, asked: dict[str, str], path: str) -> None:
    number = define(api).json()["id"]
    answer = api.get(f"cohorts/{number}/parts/SURVIVAL/", asked)
    assert (answer.status_code, answer.json()["errors"][0]["path"]) == (400, path)


def test_what_is_not_there_is_not_found(api: Api) -> None:
    number = define(api).json()["id"]
    for address in ("cohorts/999/", f"cohorts/{number}/parts/COLOUR/", f"cohorts/{number}/analysis-set.csv?version=7"):
        assert api.get(address).status_code == 404
