"""The report over REST: the same PDF from the same standpoints, pseudonym only, refusals as problem+json."""

from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from django.test import Client
from knox.models import AuthToken

from monitoring.models import Patient, ReadEntry, User
from monitoring.reports.sheet import Report
from tests.patient_page import relapsed
from tests.reports import composing
from tests.world import World


@pytest.fixture(autouse=True)
def today(world: World) -> Iterator[None]:
    with time_machine.travel(world.now, tick=False):
        yield


@pytest.fixture
def composed() -> Iterator[list[Report]]:
    with composing() as found:
        yield found


def asked(world: World, patient: Patient, *, by: User | None = None, accept: str = "*/*", **query: str) -> Any:
    _, token = AuthToken.objects.create(user=by or world.clinician)
    headers = {"authorization": f"Bearer {token}", "accept": accept}
    answer: Any = Client(headers=headers).get(f"/api/v1/patients/{patient.pk}/report", query)
    world.as_person(world.clinician)
    return answer


@pytest.mark.parametrize("accept", ["*/*", "application/pdf", "application/json"])
def test_it_is_a_pdf_that_nobody_else_keeps(world: World, accept: str) -> None:
    answer = asked(world, relapsed(world).patient, accept=accept)
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/pdf")
    assert answer["Cache-Control"] == "private, no-store"
    assert answer.content.startswith(b"%PDF-")


def test_it_takes_the_standpoint_the_marker_and_the_language(world: World, composed: list[Report]) -> None:
    patient = relapsed(world).patient
    asked(world, patient, as_of="2026-11-10", marker="NPM1", language="fr")
    [report] = composed
    assert report.language == "fr"
    assert report.sheets[0].band is not None
    assert report.sheets[0].marker is not None
    assert "as of" not in report.sheets[0].band.title


def test_a_name_never_leaves_by_this_way(world: World, composed: list[Report]) -> None:
    patient = relapsed(world).patient
    Patient.objects.filter(pk=patient.pk).update(family_name="Martin", hospital_number="77-1")
    asked(world, patient)
    assert not {"Martin", "77-1"} & {fact.value for fact in composed[0].sheets[0].facts}


@pytest.mark.parametrize(
    "query",
    [
        {"as_of": "2027-01-01"},
        {"known_at": "2020-01-01T10:00:00Z"},
        {"language": "xx"},
        {"names": "yes"},
        {"as_of": ""},
    ],
)
def test_what_cannot_be_asked_is_a_problem_at_its_field(world: World, query: dict[str, str]) -> None:
    answer = asked(world, relapsed(world).patient, by=None, accept="application/pdf", **query)
    assert (answer.status_code, answer["Content-Type"]) == (422, "application/problem+json")
    assert [error["path"] for error in answer.json()["errors"]] == list(query)


def test_only_who_reads_the_chart_gets_it_and_the_reading_is_logged(world: World) -> None:
    patient = relapsed(world).patient
    assert asked(world, patient, by=world.stranger).status_code == 404
    assert asked(world, patient, by=world.technician).status_code == 404
    assert Client().get(f"/api/v1/patients/{patient.pk}/report").status_code == 401
    assert asked(world, patient, marker="CBFB::MYH11").status_code == 404
    assert not ReadEntry.objects.filter(patient_id=patient.pk, actor_id=world.clinician.pk).exists()
    asked(world, patient)
    assert ReadEntry.objects.filter(patient_id=patient.pk, actor_id=world.clinician.pk, channel="api").exists()
