"""Corrections, removals, closed alerts and cohorts by REST with what nobody should send, from a seed: all refused."""

from collections.abc import Iterator
from datetime import date
from random import Random
from typing import Any

import pytest
import time_machine

from monitoring.models import Alert, MrdSeries
from tests.endurance import tried
from tests.integration.hostile_bodies import bodies
from tests.integration.rest_api import Api, sent
from tests.integration.test_cohort_rest import RELAPSED
from tests.integration.test_rest_cycles import CYCLE
from tests.integration.test_rest_hostile import REFUSED, counted
from tests.integration.test_rest_record import EVENT, FINDING
from tests.integration.test_rest_samples import tube
from tests.integration.test_rest_treatments import LINE
from tests.world import World, detected, not_detected

SEED, EACH = 20261122, tried(20)
Place = tuple[Api, str, str, dict[str, Any], list[str]]


@pytest.fixture(autouse=True)
def today(world: World) -> Iterator[None]:
    with time_machine.travel(world.now, tick=False):
        yield


def corrections(api: Api, chart: str) -> Iterator[Place]:
    """One row of each table of the record: how it is corrected and removed, and what of that is needed."""
    cycle = api.post(f"{chart}/cycles/", CYCLE).json()["id"]
    rows: list[tuple[str, dict[str, Any], dict[str, Any], list[str]]] = [
        ("findings", FINDING, {"gene": "NPM1"}, ["gene"]),
        ("events", EVENT, {"happened_on": "2026-08-02"}, ["happened_on"]),
        ("dose-changes", {"cycle": cycle, "kind": "HOLD", "starts_on": "2026-10-10", "because": "neutropenia"},
         {"starts_on": "2026-10-11"}, ["starts_on"]),
        ("blood-counts", {"measured_on": "2026-11-02", "platelets_10e9_per_l": "50"}, {"measured_on": "2026-11-03"},
         ["measured_on"]),
        ("adverse-events", {"kind": "", "term": "Nausea", "grade": 1, "starts_on": "2026-10-10"},
         {"grade": 2, "starts_on": "2026-10-11"}, ["grade", "starts_on"]),
        ("treatments", LINE, {"starts_on": "2025-11-04"}, ["starts_on"]),
        ("transfusions", {"product": "RED_CELLS", "units": 2, "given_on": "2026-10-10"}, {"units": 3}, ["units"]),
    ]  # fmt: skip
    for table, row, change, needed in rows:
        made = api.post(f"{chart}/{table}/", row)
        assert made.status_code == 201, made.content
        path = f"{table}/{made.json()['id']}/"
        # without a value there is nothing to correct, which is no fault: values are spoilt, the reason is needed
        spoilt = [f"?{name}" for name in needed]
        yield api, "patch", path, {"reason": "slip", **change}, ["~reason", *spoilt]
        yield api, "delete", path, {"reason": "another patient"}, ["~reason"]


def followed(api: Api, series: MrdSeries) -> Iterator[Place]:
    """A followed marker, its type, and a level at diagnosis recorded, corrected and removed."""
    marker = {"marker": "CBFB::MYH11", "mutation_type": "A"}
    yield api, "post", f"patients/{series.patient_id}/markers/", marker, ["marker"]
    corrected = {"marker": "NPM1", "reason": "slip"}
    yield api, "patch", f"markers/{series.pk}/", corrected, ["~reason", "?marker"]
    level = {"value": "64000", "scale": "PER_10_4_ABL1", "collected_on": "2024-06-03", "reason": "slip"}
    needed = ["value", "scale", "collected_on"]
    yield api, "put", f"series/{series.pk}/baselines/PB/", level, needed
    made = api.send("put", f"series/{series.pk}/baselines/BM/", level)
    assert made.status_code == 428  # there is one: nothing says which was seen
    yield api, "delete", f"series/{series.pk}/baselines/BM/", {"reason": "another patient"}, ["~reason"]


def tubes(world: World, technician: Api, series: MrdSeries) -> Iterator[Place]:
    """A tube taken in, and corrected."""
    told = tube(world, series)
    made = technician.post("samples/", told).json()["id"]
    needed = ["patient", "laboratory", "~accession_number", "tissue", "collected_on"]
    yield technician, "post", "samples/", told | {"accession_number": "26-6"}, needed
    change = {"collected_on": "2026-11-15", "reason": "slip"}
    yield technician, "patch", f"samples/{made}/", change, ["~reason", "?collected_on"]


def others(world: World, clinician: Api) -> Iterator[Place]:
    """A closed alert, a draft handed on, a cohort and its next version."""
    alert = Alert.objects.first()
    assert alert
    seen = {"revision": 9, "changed_at": "2026-11-20T10:00:00Z", "comment": "x"}
    yield clinician, "post", f"alerts/{alert.pk}/resolve/", seen, ["revision", "changed_at"]
    defined = {"centre": world.centre.pk, "name": "Ours", "definition": RELAPSED}
    cohort = clinician.post("cohorts/", defined).json()["id"]
    # a definition that asks for nothing is one: what it asks for is spoilt, not left out
    needed = ["?definition.ruleset", "?definition.markers.0", "?definition.failures.0", "?definition.started_from"]
    yield clinician, "post", "cohorts/", defined | {"name": "Another"}, ["centre", "~name", *needed]
    version = {"name": "Ours", "definition": RELAPSED, "because": "x", "seen_version": 1}
    yield clinician, "post", f"cohorts/{cohort}/versions/", version, ["seen_version", *needed]


@pytest.mark.timeout(300)
def test_no_correction_and_no_cohort_comes_of_what_is_none(world: World) -> None:
    series = world.patient()
    world.authorised(series, date(2026, 7, 1), not_detected())
    world.authorised(series, date(2026, 10, 22), detected("0.018"))
    world.authorised(series, date(2026, 11, 12), detected("0.058"))
    clinician = Api(world, world.clinician)
    world.as_person(world.clinician)
    technician = Api(world, world.technician)
    places = [
        *tubes(world, technician, series),
        *corrections(clinician, f"patients/{series.patient_id}"),
        *followed(clinician, series),
        *others(world, clinician),
    ]
    rng, before = Random(SEED), counted(world)
    for api, method, path, good, needed in places:
        for body in bodies(rng, good, needed, EACH):
            answer = api.send_and_stay(method, path, body)
            assert answer.status_code in REFUSED, (answer.status_code, method, path, body[:300])
            assert answer["Content-Type"] == "application/problem+json", (path, body[:300])
    assert counted(world) == before


def test_no_draft_is_written_anew_with_what_is_no_measurement(world: World) -> None:
    technician = Api(world, world.technician)
    draft = technician.post("results/", sent(world, world.patient(), "26-1")).json()["id"]
    level = {"call": "DETECTED", "value": "0.0930", "scale": "PCT_ABL1", "loq": "25", "loq_scale": "PER_10_5_ABL1"}
    before = counted(world)
    for body in bodies(Random(SEED), {"reported": level}, ["reported.call", "?reported.value"], EACH):
        answer = technician.send_and_stay("put", f"results/{draft}/", body, If_Match="*")
        assert answer.status_code in REFUSED, (answer.status_code, body[:300])
    assert counted(world) == before


def test_a_step_without_a_body_never_breaks_whatever_the_body(world: World) -> None:
    """Handing a draft on asks for nothing: what is sent along is refused as JSON, or passed over."""
    series, technician = world.patient(), Api(world, world.technician)
    draft = technician.post("results/", sent(world, series, "26-1")).json()["id"]
    for body in bodies(Random(SEED), {"a": 1}, ["a"], EACH):
        assert technician.send("post", f"results/{draft}/submit/", body).status_code in {200, *REFUSED}
