"""The description of REST v1: complete, without a warning, true of real answers, and read from our own server."""

import json
from collections.abc import Iterator
from datetime import date
from io import StringIO
from typing import Any

import jsonschema  # type: ignore[import-untyped]
import pytest
import time_machine
from django.core.management import call_command
from django.test import Client
from django.urls import get_resolver
from drf_spectacular.generators import SchemaGenerator

from monitoring.actions import sample_corrections
from monitoring.models import Alert, CareRelation, Disease, MrdResult, MrdSeries, Sample, SampleCorrection
from tests.integration.rest_api import Api, laboratory_machine, sent
from tests.integration.test_rest_cycles import CYCLE
from tests.integration.test_rest_record import EVENT, FINDING
from tests.world import World, detected, not_detected


@pytest.fixture(scope="module")
def schema() -> dict[str, Any]:
    found: dict[str, Any] = SchemaGenerator().get_schema(request=None, public=True)  # type: ignore[no-untyped-call]
    plain: dict[str, Any] = json.loads(json.dumps(found, default=str))
    return plain


@pytest.fixture
def now(world: World) -> Iterator[None]:
    with time_machine.travel(world.now, tick=False):
        yield


def test_it_is_made_without_a_warning() -> None:
    told = StringIO()
    call_command("spectacular", "--validate", "--fail-on-warn", "--format", "openapi-json", stdout=told)
    assert json.loads(told.getvalue())["openapi"] == "3.1.0"


def test_every_address_is_described(schema: dict[str, Any]) -> None:
    there = [pattern for name, pattern in _addresses() if name not in {"api-schema", "api-docs", "api-nothing"}]
    assert sorted(schema["paths"]) == sorted(there)
    for path, operations in schema["paths"].items():
        for method, operation in operations.items():
            assert operation["description"], (method, path)
            assert {"401", "429"} <= set(operation["responses"]), (method, path)


def _addresses() -> list[tuple[str, str]]:
    from api.v1.urls import urlpatterns

    assert get_resolver()
    return [
        (each.name or "", f"/api/v1/{each.pattern}".replace("<int:pk>", "{id}").replace("<str:part>", "{part}"))
        for each in urlpatterns
    ]  # fmt: skip


def test_bodies_have_examples_that_their_form_allows(schema: dict[str, Any]) -> None:
    count = 0
    for operations in schema["paths"].values():
        for operation in operations.values():
            for content in operation.get("requestBody", {}).get("content", {}).values():
                for example in content.get("examples", {}).values():
                    check(schema, content["schema"], example["value"])
                    count += 1
    assert count >= 9


def check(schema: dict[str, Any], form: dict[str, Any], value: Any) -> None:
    """Compare a value with a form; a name that no form has is an error too."""
    whole = {**form, "components": closed(schema["components"])}
    jsonschema.Draft202012Validator(whole).validate(value)


def closed(form: Any) -> Any:
    if isinstance(form, list):
        return [closed(each) for each in form]
    if not isinstance(form, dict):
        return form
    found = {name: closed(each) for name, each in form.items()}
    return {**found, "additionalProperties": False} if "properties" in form and form.get("type") == "object" else found


@pytest.fixture
def series(world: World, now: None) -> MrdSeries:
    found = world.patient()
    world.authorised(found, date(2026, 7, 1), not_detected())
    world.authorised(found, date(2026, 10, 22), detected("0.018"))
    world.authorised(found, date(2026, 11, 12), detected("0.058"))
    api = Api(world, world.clinician)
    for name, body in (("cycles", CYCLE), ("findings", FINDING), ("events", EVENT)):
        assert api.post(f"patients/{found.patient_id}/{name}/", body).status_code == 201
    level = {"value": "3", "scale": "RATIO", "collected_on": "2024-06-03"}
    assert api.send("put", f"series/{found.pk}/baselines/PB/", level).status_code == 201
    counts = {"measured_on": "2026-11-02", "neutrophils_10e9_per_l": "1.2"}
    assert api.post(f"patients/{found.patient_id}/blood-counts/", counts).status_code == 201
    world.as_person(world.technician)
    tube = Sample.objects.filter(patient=found.patient_id).latest("pk")
    sample_corrections.propose(
        by=world.technician, sample=tube, changes={"tissue": "PB"}, reason="label misread", now=world.now
    )
    return found


def test_real_answers_have_the_form_that_is_described(world: World, series: MrdSeries, schema: dict[str, Any]) -> None:
    numbers = {"patients": series.patient_id, "series": series.pk}
    kinds = {
        "results": MrdResult,
        "samples": Sample,
        "alerts": Alert,
        "diseases": Disease,
        "corrections": SampleCorrection,
    }
    for kind, model in {**kinds, "care-relations": CareRelation, "corrections": SampleCorrection}.items():
        world.as_person(world.clinician)
        row = model._default_manager.order_by("pk").first()
        assert row
        numbers[kind] = row.pk
    clinician, technician, seen = Api(world, world.clinician), Api(world, world.technician), 0
    for path, operations in schema["paths"].items():
        kind = path.removeprefix("/api/v1/").split("/")[0]
        if "get" not in operations or ("{id}" in path and kind not in numbers) or path.endswith("report"):
            continue
        api = technician if kind == "runs" else clinician
        answer = api.get(path.removeprefix("/api/v1/").replace("{id}", str(numbers.get(kind, ""))))
        assert answer.status_code == 200, path
        content = _json(answer)
        check(schema, operations["get"]["responses"]["200"]["content"]["application/json"]["schema"], content)
        seen += 1
    assert seen >= 20


def _json(answer: Any) -> Any:
    import gzip

    packed = answer.headers.get("Content-Encoding") == "gzip"
    return json.loads(gzip.decompress(answer.content) if packed else answer.content)


def test_answers_to_writes_and_refusals_have_their_form(
    world: World, series: MrdSeries, schema: dict[str, Any]
) -> None:
    api = Api(world, world.technician)
    bulk = schema["paths"]["/api/v1/results/bulk"]["post"]["responses"]
    good = [sent(world, series, f"26-{n}", "2026-11-16") for n in range(2)]
    for query, body, status, kind in (
        ("all-or-nothing", good, "201", "application/json"),
        ("per-item", [*good, {}], "200", "application/json"),
        ("all-or-nothing", [{}], "400", "application/problem+json"),
    ):
        answer = api.post(f"results/bulk?mode={query}", {"results": body})
        assert (str(answer.status_code), answer["Content-Type"]) == (status, kind)
        check(schema, bulk[status]["content"][kind]["schema"], answer.json())


def test_whoever_has_no_business_with_cohorts_is_told_so_as_described(world: World, schema: dict[str, Any]) -> None:
    for path in ("cohorts/", "cohorts/1/"):
        answer = Api(world, world.technician).get(path)
        described = schema["paths"][f"/api/v1/{path.replace('1', '{id}')}"]["get"]["responses"]["403"]
        assert answer.status_code == 403
        check(schema, described["content"]["application/problem+json"]["schema"], answer.json())


def test_the_description_and_its_reader_are_served_under_the_strict_policy(world: World) -> None:
    page = Client().get("/api/v1/docs")
    assert page.status_code == 200
    assert "script-src 'self'" in page["Content-Security-Policy"]
    text = page.content.decode()
    assert "<style" not in text
    assert "style=" not in text
    assert text.count("<script src=") == text.count("<script") == 3
    assert "http" not in text.replace("http-equiv", "")
    start = Client().get("/api/v1/docs?script=")
    assert start["Content-Type"].startswith("application/javascript")
    assert b"/api/v1/schema" in start.content
    assert Client().get("/api/v1/schema", headers={"accept": "application/json"}).status_code == 200


def test_the_description_is_open_whatever_token_is_shown(world: World) -> None:
    _, machine = laboratory_machine(world)
    for headers in (machine.headers, {"authorization": "Bearer of nothing"}, {}):
        assert Client().get("/api/v1/schema", headers=headers).status_code == 200
        assert Client().get("/api/v1/docs", headers=headers).status_code == 200


def test_an_address_that_is_not_there_is_a_problem_and_never_a_page(world: World) -> None:
    for path in ("nowhere", "cohorts/one%0Atwo/analysis-set.csv", "results/%0A/", "patients/1/nothing"):
        answer = Client().get(f"/api/v1/{path}", headers=Api(world, world.clinician).headers, follow=True)
        assert (answer.status_code, answer["Content-Type"]) == (404, "application/problem+json"), path
