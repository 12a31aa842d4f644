"""A search of DetectedIssues by code finds those that say so, and none that say something else."""

from collections.abc import Sequence
from datetime import date, timedelta

import pytest
import time_machine

from monitoring.actions import results
from monitoring.models import MrdResult
from monitoring.models.choices import ClientKindChoice as Kind
from tests.fhir_sender import Fhir, caller
from tests.world import World, detected, not_detected

CODES = (
    "suspected-molecular-relapse",
    "confirmed-molecular-relapse",
    "second-molecular-relapse",
    "molecular-progression",
)


def found_by_code(reader: Fhir) -> dict[str, list[str]]:
    """What each code finds, told by the code that the resource says."""
    found = {}
    for code in CODES:
        entries = reader.get("/DetectedIssue", {"code": code}).json().get("entry", [])
        found[code] = [each["resource"]["code"]["coding"][0]["code"] for each in entries]
    return found


def course(world: World, levels: Sequence[str | None]) -> list[MrdResult]:
    """Authorise marrow results of one patient, three weeks apart."""
    series, first = world.patient(), date(2026, 7, 1)
    return [
        world.authorised(series, first + number * timedelta(weeks=3), detected(level) if level else not_detected())
        for number, level in enumerate(levels)
    ]


RELAPSE, PROGRESSION = [None, "0.018", "0.058"], ["2.5", "26", "31"]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("levels", "said"),
    [
        (RELAPSE[:2], "suspected-molecular-relapse"), (RELAPSE, "confirmed-molecular-relapse"),
        (PROGRESSION[:2], "molecular-progression"), (PROGRESSION, "molecular-progression"),
    ],
)  # fmt: skip
def test_each_code_finds_its_own(world: World, levels: Sequence[str | None], said: str) -> None:
    with time_machine.travel(world.now, tick=False):
        course(world, levels)
        found = found_by_code(caller(world, Kind.HOSPITAL))
    assert found == {code: [said] if code == said else [] for code in CODES}


@pytest.mark.django_db
def test_what_was_taken_back_keeps_its_code_and_its_evidence(world: World) -> None:
    with time_machine.travel(world.now, tick=False):
        _first, index, confirming = course(world, PROGRESSION)
        world.as_person(world.authoriser)
        for each in (confirming, index):
            results.withdraw(by=world.authoriser, result=each, reason="Another patient's tube", now=world.now)
        reader = caller(world, Kind.HOSPITAL)
        assert found_by_code(reader)["molecular-progression"] == ["molecular-progression"]
        (entry,) = reader.get("/DetectedIssue", {"code": "molecular-progression"}).json()["entry"]
    assert entry["resource"]["status"] == "entered-in-error"
    assert entry["resource"]["evidence"]
