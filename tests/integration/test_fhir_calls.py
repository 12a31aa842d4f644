"""Each way in which a laboratory says what it saw, over the wire: the call that is on record and what is told of it."""

from datetime import date, datetime
from decimal import Decimal
from email.utils import parsedate_to_datetime
from typing import Any

import pytest
import time_machine

from monitoring.models import MrdResult, MrdSeries
from tests.fhir_sender import Fhir, caller, interpreted, observation, quantity
from tests.world import World, not_detected

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def today(world: World):  # type: ignore[no-untyped-def]
    with time_machine.travel(world.now, tick=False):
        yield


@pytest.fixture
def sender(world: World) -> Fhir:
    return caller(world)


def followed(world: World) -> MrdSeries:
    series = world.patient()
    world.authorised(series, date(2026, 7, 1), not_detected())
    return series


CALLS: list[tuple[dict[str, Any], str, str]] = [
    ({"valueQuantity": quantity(0.01, "%", "<"), "interpretation": interpreted("ND")}, "NOT_DETECTED", "ND"),
    ({"valueQuantity": quantity(0.05, "%", "<"), "interpretation": interpreted("DET")}, "DETECTED", "DET"),
    ({"valueQuantity": quantity(0.01, "%", "<"), "interpretation": None}, "UNKNOWN", ""),
    ({"valueQuantity": quantity(0.00093, "{ratio}")}, "DETECTED", "DET"),
    ({"valueQuantity": quantity(9.3, "{copies}/10*4{copies}")}, "DETECTED", "DET"),
    ({"valueQuantity": quantity(93, "{copies}/10*5{copies}")}, "DETECTED", "DET"),
]


BELOW: list[tuple[str, str, Any, str]] = [
    ("DET", "%", 0.05, "0.05"),
    ("DET", "{ratio}", 0.0005, "0.0500"),
    ("ND", "%", 0.01, "0.01"),
]


@pytest.mark.parametrize(("word", "unit", "sent", "limit"), BELOW)
def test_a_limit_that_was_sent_is_kept_and_comes_back_as_it_went_out(
    world: World, sender: Fhir, word: str, unit: str, sent: Any, limit: str
) -> None:
    series = followed(world)
    said = {"valueQuantity": quantity(sent, unit, "<"), "interpretation": interpreted(word), "component": None}
    first = sender.post("/Observation", observation(series, accession="L-1", **said)).json()
    told = first["valueQuantity"]
    assert (told["comparator"], told["code"], Decimal(str(told["value"]))) == ("<", "%", Decimal(limit))
    back = {name: first[name] for name in ("valueQuantity", "interpretation", "component")}
    second = sender.post("/Observation", observation(series, accession="L-2", **back)).json()
    world.as_person(world.clinician)
    kept = (None, Decimal(limit)) if word == "DET" else (Decimal(limit), None)
    for each in (first, second):
        row = MrdResult.objects.get(pk=each["id"])
        assert (row.lod_pct_abl1, row.loq_pct_abl1) == kept
        assert (row.call, row.pct_abl1) == ("DETECTED" if word == "DET" else "NOT_DETECTED", None)


@pytest.mark.parametrize(("changes", "call", "word"), CALLS)
def test_each_way_of_saying_it_becomes_its_call(
    world: World, sender: Fhir, changes: dict[str, Any], call: str, word: str
) -> None:
    answer = sender.post("/Observation", observation(followed(world), **changes)).json()
    world.as_person(world.clinician)
    result = MrdResult.objects.get(pk=answer["id"])
    assert result.call == call
    told = [each["coding"][0]["code"] for each in answer.get("interpretation", [])]
    assert told == ([word] if word else [])
    if "comparator" not in changes["valueQuantity"]:
        assert result.pct_abl1 is not None
        assert float(result.pct_abl1) == 0.093
    else:
        assert result.pct_abl1 is None


def test_what_is_written_and_read_names_its_version_and_its_moment(world: World, sender: Fhir) -> None:
    made = sender.post("/Observation", observation(followed(world)))
    read = sender.get(f"/Observation/{made.json()['id']}")
    held = sender.get(f"/Observation/{made.json()['id']}", If_None_Match=read["ETag"])
    moment = parsedate_to_datetime(read["Last-Modified"])
    assert made["Location"].endswith(f"/Observation/{made.json()['id']}/_history/1")
    assert (made["ETag"], read["ETag"], held.status_code) == ('W/"1"', 'W/"1"', 304)
    assert moment == datetime.fromisoformat(read.json()["meta"]["lastUpdated"]).replace(microsecond=0)
