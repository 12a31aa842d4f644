"""A transaction computes verdicts once, at its end: the same rows, verdicts, alerts and audit as one by one."""

import random
from collections import Counter
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

import pytest
import time_machine

from monitoring.actions import computed_rows
from monitoring.models import (
    Alert,
    AuditEntry,
    CareRelation,
    MrdResult,
    MrdSeries,
    RecomputeRequest,
    StoredEpisode,
    StoredVerdict,
)
from tests.fhir_sender import Fhir, caller, observation
from tests.world import World

pytestmark = pytest.mark.django_db
FIRST = date(2026, 1, 5)
LEVELS = ("12.5", "0.41", "0.02", "0.31", "2.5")
EACH = 4  # results of one series


@pytest.fixture
def sender(world: World):  # type: ignore[no-untyped-def]
    with time_machine.travel(world.now, tick=False):
        yield caller(world)


def sent(series: MrdSeries, levels: Sequence[str], name: str) -> list[dict[str, Any]]:
    days = [FIRST + timedelta(days=35 * place) for place in range(len(levels))]
    return [
        observation(series, level, f"{name}-{on}", effectiveDateTime=f"{on}T09:30:00+01:00", issued=None)
        for level, on in zip(levels, days, strict=True)
    ]


def transaction(*resources: dict[str, Any]) -> dict[str, Any]:
    asked = [{"resource": each, "request": {"method": "POST", "url": "Observation"}} for each in resources]
    return {"resourceType": "Bundle", "type": "transaction", "entry": asked}


def written(world: World, series: MrdSeries) -> dict[str, Any]:
    """What is on record of a series and its patient, without the numbers of the rows.

    Of alerts the open ones: one by one, some are raised by a result and taken back by the next.
    """
    world.as_person(world.clinician)
    of = {"series": series}
    results = MrdResult.objects.filter(**of).order_by("collected_on")
    episodes = StoredEpisode.objects.filter(**of).order_by("ruleset", "position")
    alerts = Alert.objects.filter(state="RAISED", **of).order_by("ruleset", "code", "index_on")
    verdicts = StoredVerdict.objects.filter(**of).order_by("ruleset")
    return {
        "results": list(results.values_list("collected_on", "call", "pct_abl1", "state", "authorisation_basis")),
        "verdicts": list(verdicts.values_list("ruleset", "state", "revision", "computed_for")),
        "episodes": list(episodes.values_list("ruleset", "kind", "status", "relapse_on", "confirmed_on", "number")),
        "alerts": list(alerts.values_list("ruleset", "code", "state", "urgency", "index_on", "due_at")),
        "audit": Counter(AuditEntry.objects.filter(patient_id=series.patient_id).values_list("action", "actor_name")),
        "waiting": RecomputeRequest.objects.filter(**of).count(),
    }


@pytest.mark.parametrize(("seed", "short"), [(1, 0), (2, computed_rows.SHORT)])  # by COPY, as arrays
def test_together_is_as_one_by_one(
    world: World, sender: Fhir, monkeypatch: pytest.MonkeyPatch, seed: int, short: int
) -> None:
    monkeypatch.setattr(computed_rows, "SHORT", short)
    chance = random.Random(seed)
    pairs = [(world.patient(), world.patient(), chance.choices(LEVELS, k=EACH)) for _ in range(3)]
    told = []
    for number, (one, _other, levels) in enumerate(pairs):
        told += [sender.post("/Observation", each).json() for each in sent(one, levels, f"O{number}")]
    together = [each for n, (_one, other, levels) in enumerate(pairs) for each in sent(other, levels, f"T{n}")]
    for part in (together[:5], together[5:]):  # the second meets what the first left
        answer = sender.post("", transaction(*part))
        assert answer.status_code == 200, answer.content
        for entry in answer.json()["entry"]:
            one_by_one = told.pop(0)
            assert entry["response"]["etag"] == 'W/"1"'
            assert entry["resource"]["valueQuantity"] == one_by_one["valueQuantity"]
    for one, other, _levels in pairs:
        alone, with_others = written(world, one), written(world, other)
        assert with_others == alone
        assert (with_others["waiting"], len(with_others["verdicts"])) == (0, 4)
    world.as_person(world.clinician)
    assert Alert.objects.filter(series__in=[other for _one, other, _levels in pairs]).exists()


def test_two_relations_of_the_laboratory_stand_in_nobodys_way(world: World, sender: Fhir) -> None:
    series = world.patient()
    for day in range(2):  # both at the same moment, as two requests with samples of other days leave them
        CareRelation.objects.create(
            patient_id=series.patient_id,
            centre=world.laboratory.centre,
            role="LABORATORY",
            starts_on=FIRST + timedelta(days=day),
        )
    assert sender.post("", transaction(*sent(series, ["0.02"], "C"))).status_code == 200


def test_what_a_transaction_reads_is_current(world: World, sender: Fhir) -> None:
    series = world.patient()
    read = {"request": {"method": "GET", "url": f"Observation?patient={series.patient_id}"}}
    asked = transaction(*sent(series, ["0.02"], "R"))
    asked["entry"].insert(0, read)
    assert sender.post("", asked).json()["entry"][0]["resource"]["total"] == 1


def test_an_observation_that_stands_twice_is_told_as_it_is_at_the_end(world: World, sender: Fhir) -> None:
    series = world.patient()
    (first,) = sent(series, ["0.02"], "D")
    name = first["identifier"][0]
    asked = transaction(first)
    changed = {"resource": {**first, "valueQuantity": {**first["valueQuantity"], "value": 0.03}}}
    changed["request"] = {"method": "PUT", "url": f"Observation?identifier={name['system']}|{name['value']}"}
    asked["entry"].append(changed)
    told = sender.post("", asked).json()["entry"]
    assert [each["response"]["etag"] for each in told] == ['W/"2"'] * 2
    assert [each["resource"]["valueQuantity"]["value"] for each in told] == [0.03] * 2
