"""The same result arrives twice in the same moment: one row, and both senders are told of it."""

import threading
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
import time_machine
from django.db import connections
from django.test import Client

from monitoring.models import ExternalIdentifier, MrdResult, MrdSeries, Sample
from tests.fhir_sender import LAB, Fhir, caller, observation
from tests.world import World, not_detected

NAME = f"identifier={LAB}|L-1/NPM1"
AT_ONCE = 4


@pytest.fixture(autouse=True)
def today(committed: World) -> Iterator[None]:
    with time_machine.travel(committed.now, tick=True):
        yield


def together(sender: Fhir, path: str, bodies: list[Any], **headers: str) -> list[Any]:
    """Post the bodies from threads of their own that start at one signal."""
    answers: list[Any] = [None] * len(bodies)
    signal = threading.Barrier(len(bodies))

    def send(place: int) -> None:
        try:
            signal.wait(timeout=30)
            answers[place] = Fhir(sender.token, Client()).post(path, bodies[place], **headers)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=send, args=(place,)) for place in range(len(bodies))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    return answers


def followed(world: World) -> MrdSeries:
    series = world.patient()
    world.authorised(series, date(2026, 7, 1), not_detected())
    return series


@pytest.mark.parametrize("form", ["header", "query"])
def test_conditional_creates_at_once_make_one_row(committed: World, form: str) -> None:
    series, sender = followed(committed), caller(committed)
    bodies = [observation(series) for _time in range(AT_ONCE)]
    path = f"/Observation?{NAME}" if form == "query" else "/Observation"
    answers = together(sender, path, bodies, **({} if form == "query" else {"If_None_Exist": NAME}))
    assert sorted(answer.status_code for answer in answers) == [200, 200, 200, 201]
    assert len({answer.json()["id"] for answer in answers}) == 1
    committed.as_person(committed.clinician)
    assert MrdResult.objects.filter(series=series).count() == 2
    assert Sample.objects.filter(accession_number="L-1").count() == 1
    assert ExternalIdentifier.objects.filter(resource_type="Observation").count() == 1


def test_two_contents_at_once_under_one_name_are_one_result_and_a_conflict(committed: World) -> None:
    series, sender = followed(committed), caller(committed)
    answers = together(sender, "/Observation", [observation(series, "0.093"), observation(series, "0.5")])
    assert sorted(answer.status_code for answer in answers) == [201, 409]
    committed.as_person(committed.clinician)
    assert MrdResult.objects.filter(series=series).count() == 2
