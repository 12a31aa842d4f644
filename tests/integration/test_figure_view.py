"""The stored trajectory: fresh, private, tagged, gzipped; of an earlier day it is drawn and not stored."""

import gzip
import json
from datetime import date, timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from monitoring.actions import figures, markers
from monitoring.domain.terms import RuleSetId
from monitoring.models import ClinicalEvent, MrdSeries, StoredFigure
from monitoring.models.choices import MarkerChoice
from tests.world import World, detected, not_detected


@pytest.fixture(autouse=True)
def today(world: World):  # type: ignore[no-untyped-def]
    with time_machine.travel(world.now, tick=False):
        yield


@pytest.fixture
def relapsed(world: World) -> MrdSeries:
    series = world.patient()
    world.authorised(series, date(2026, 7, 1), not_detected())
    world.authorised(series, date(2026, 10, 29), detected("0.02"))
    world.authorised(series, date(2026, 11, 16), detected("0.093"))
    return series


def asked(client: Client, world: World, series: MrdSeries, **query: str) -> Any:
    client.force_login(world.clinician)
    answer: Any = client.get(f"/patients/{series.patient_id}/figure/", query)
    world.as_person(world.clinician)
    return answer


def meta(client: Client, world: World, series: MrdSeries, **query: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(asked(client, world, series, **query).content)["layout"]["meta"]
    return found


def test_it_is_the_figure_of_the_rule_set_that_raises_alerts(client: Client, world: World, relapsed: MrdSeries) -> None:
    told = meta(client, world, relapsed)
    assert (told["ruleset"], told["state"], told["as_of"]) == ("ELN2021", "CONFIRMED", "2026-11-20")
    assert [point["on"] for point in told["points"]] == ["2024-06-03", "2026-07-01", "2026-10-29", "2026-11-16"]


def test_another_rule_set_can_be_asked_for(client: Client, world: World, relapsed: MrdSeries) -> None:
    assert meta(client, world, relapsed, ruleset="ELN2025")["state"] == "LOW_LEVEL"


def test_it_is_private_tagged_and_not_sent_twice(client: Client, world: World, relapsed: MrdSeries) -> None:
    first = asked(client, world, relapsed)
    assert first["Cache-Control"] == "private, no-cache"
    again = client.get(f"/patients/{relapsed.patient_id}/figure/", headers={"If-None-Match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")


def test_it_is_sent_compressed_where_the_browser_takes_it_so(client: Client, world: World, relapsed: MrdSeries) -> None:
    client.force_login(world.clinician)
    answer = client.get(f"/patients/{relapsed.patient_id}/figure/", headers={"Accept-Encoding": "gzip, br"})
    assert answer["Content-Encoding"] == "gzip"
    assert json.loads(gzip.decompress(answer.content))["layout"]["meta"]["marker"] == "NPM1"


def test_it_is_stored_once_and_read_afterwards(client: Client, world: World, relapsed: MrdSeries) -> None:
    asked(client, world, relapsed)
    stored = list(StoredFigure.objects.filter(series=relapsed).values_list("ruleset", "revision", "computed_for"))
    assert len(stored) == len(RuleSetId)
    with CaptureQueriesContext(connection) as captured:
        asked(client, world, relapsed)
    assert not [query for query in captured if query["sql"].startswith("INSERT INTO monitoring_storedfigure")]


def test_a_change_of_the_record_makes_a_new_one(client: Client, world: World, relapsed: MrdSeries) -> None:
    before = asked(client, world, relapsed)["ETag"]
    world.as_person(world.clinician)
    ClinicalEvent.objects.create(patient=relapsed.patient, kind="HSCT", happened_on=date(2026, 11, 18))
    assert asked(client, world, relapsed)["ETag"] != before
    assert [line["kind"] for line in meta(client, world, relapsed)["lines"]][-1] == "HSCT"


def test_a_new_day_makes_a_new_one(client: Client, world: World, relapsed: MrdSeries) -> None:
    before = asked(client, world, relapsed)["ETag"]
    with time_machine.travel(world.now + timedelta(days=1), tick=False):
        assert asked(client, world, relapsed)["ETag"] != before


def test_a_late_worker_takes_no_step_back(world: World, relapsed: MrdSeries) -> None:
    world.as_person(world.clinician)
    figures.refresh([relapsed.pk], now=world.now)
    figures.refresh([relapsed.pk], now=world.now - timedelta(days=3))
    days = set(StoredFigure.objects.filter(series=relapsed).values_list("computed_for", flat=True))
    assert days == {date(2026, 11, 20)}


def test_as_of_an_earlier_day_nothing_later_is_in_it_and_nothing_is_stored(
    client: Client, world: World, relapsed: MrdSeries
) -> None:
    told = meta(client, world, relapsed, as_of="2026-11-10")
    assert (told["state"], told["as_of"]) == ("SUSPECTED", "2026-11-10")
    assert "2026-11-16" not in [point["on"] for point in told["points"]]
    assert not StoredFigure.objects.filter(series=relapsed).exists()


def test_growth_is_drawn_from_the_index_on_and_only_while_untreated(
    client: Client, world: World, relapsed: MrdSeries
) -> None:
    forecast = meta(client, world, relapsed)["forecast"]
    assert forecast["tissue"] == "BM"
    assert 5 < float(forecast["doubling_days"]) < 12
    world.as_person(world.clinician)
    relapsed.patient.treatments.create(kind="PRE_EMPTIVE", regimen="VEN-AZA", starts_on=date(2026, 11, 18))
    assert meta(client, world, relapsed)["forecast"] is None


def test_each_marker_has_its_own(client: Client, world: World, relapsed: MrdSeries) -> None:
    world.as_person(world.clinician)
    markers.follow(by=world.clinician, patient=relapsed.patient, marker=MarkerChoice.CBFB_MYH11, mutation_type="A")
    assert meta(client, world, relapsed, marker="CBFB::MYH11")["points"] == []
    assert asked(client, world, relapsed, marker="RUNX1::RUNX1T1").status_code == 404


@pytest.mark.parametrize(("query", "status"), [({"ruleset": "ELN1999"}, 404), ({"as_of": "2027-01-01"}, 422)])
def test_what_cannot_be_asked_for(
    client: Client, world: World, relapsed: MrdSeries, query: dict[str, str], status: int
) -> None:
    assert asked(client, world, relapsed, **query).status_code == status


def test_a_stranger_and_a_laboratory_get_none(client: Client, world: World, relapsed: MrdSeries) -> None:
    for person, status in ((world.stranger, 404), (world.technician, 403)):
        client.force_login(person)
        assert client.get(f"/patients/{relapsed.patient_id}/figure/").status_code == status


def test_many_series_are_refreshed_in_a_fixed_number_of_queries(world: World, relapsed: MrdSeries) -> None:
    others = [world.patient() for _ in range(3)]
    world.as_person(world.clinician)

    def count(ids: list[int], days: int) -> int:
        with CaptureQueriesContext(connection) as captured:
            figures.refresh(ids, now=world.now + timedelta(days=days))
        return len([query for query in captured if not query["sql"].startswith("INSERT")])

    assert count([relapsed.pk], 0) == count([relapsed.pk, *(each.pk for each in others)], 1)
