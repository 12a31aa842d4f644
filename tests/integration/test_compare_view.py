"""The comparison: two patients on one axis, or a patient beside a cohort; both readings logged, no chart unseen."""

from datetime import date
from decimal import Decimal

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from monitoring.domain.cohort_band import LEAST_PATIENTS
from monitoring.domain.common_origin import Origin
from monitoring.domain.terms import Tissue
from monitoring.models import Disease, MrdSeries, Patient, ReadEntry
from monitoring.queries.comparison import read_cohort
from tests.patient_page import relapsed
from tests.world import World, not_detected


@pytest.fixture(autouse=True)
def today(world: World):  # type: ignore[no-untyped-def]
    with time_machine.travel(world.now, tick=False):
        yield


def page(client: Client, world: World, series: MrdSeries, **query: str) -> str:
    client.force_login(world.clinician)
    answer = client.get(f"/patients/{series.patient_id}/compare/", query)
    assert answer.status_code == 200
    world.as_person(world.clinician)
    return " ".join(answer.content.decode().replace("\u00a0", " ").split())


def diagnosed(world: World, on: date = date(2024, 6, 3)) -> None:
    """Give every patient of the crowd a day of diagnosis."""
    rows = Patient.objects.filter(pseudonym__startswith="C-")
    Disease.objects.bulk_create(Disease(patient=row, aml_type="AML", diagnosed_on=on) for row in rows)


def test_two_patients_stand_on_one_axis_with_a_sentence_each_and_both_readings_are_logged(
    client: Client, world: World
) -> None:
    one, other = relapsed(world), relapsed(world)
    html = page(client, world, one, other=other.patient.pseudonym.lower())
    assert "P-0001 beside P-0002" in html
    assert html.count("Confirmed molecular relapse") == 2
    assert html.count('<g class="one">') == html.count('<g class="other">') == 1
    read = ReadEntry.objects.filter(actor_id=world.clinician.pk).values_list("patient_id", flat=True)
    assert set(read) == {one.patient_id, other.patient_id}


def test_every_sample_of_the_picture_stands_in_the_table_with_its_month(client: Client, world: World) -> None:
    html = page(client, world, relapsed(world))
    assert '<th scope="row">P-0001</th><td class="n">−3.9</td><td class="nb">1 Jul 2026</td>' in html
    assert '<td class="n">0.0</td><td class="nb">29 Oct 2026</td><td class="n">0.02 %</td>' in html
    assert "not detected, limit 0.0025 %" in html


@pytest.mark.parametrize("written", ["P-9999", "P-0001", "S-1"])
def test_a_patient_that_is_not_seen_is_told_like_one_that_is_not_there(
    client: Client, world: World, written: str
) -> None:
    series = relapsed(world)
    world.as_person(world.stranger)
    Patient.objects.create(centre=world.elsewhere, pseudonym="S-1", born_on=date(1970, 1, 1), sex="M")
    html = page(client, world, series, other=written)
    assert "No other patient of this name has a chart that you may read." in html
    assert "<svg" in html
    assert 'class="comparison"' not in html


def test_a_cohort_that_is_too_small_is_refused_in_a_sentence(client: Client, world: World) -> None:
    series = relapsed(world)
    world.crowd(LEAST_PATIENTS - 1, [(date(2024, 7, 1), "0.5")])
    diagnosed(world)
    html = page(client, world, series, origin="DIAGNOSIS")
    assert "No band: at most 9 other patients have a sample in one month from diagnosis; a band needs 10." in html
    assert 'class="area"' not in html


def test_the_band_has_bounds_where_most_are_undetected_and_never_a_number(client: Client, world: World) -> None:
    series = relapsed(world)
    world.crowd(8, [(date(2024, 7, 1), "0.5"), (date(2024, 9, 1), None)])
    world.crowd(4, [(date(2024, 7, 1), "2"), (date(2024, 9, 1), "0.04")])
    diagnosed(world)
    html = page(client, world, series, origin="DIAGNOSIS")
    assert "Cohort of 12 other patients whose charts you may read" in html
    assert '<th scope="row" class="n">1</th><td class="n">12</td><td class="n">0</td><td class="n">0.5 %</td>' in html
    row = '<th scope="row" class="n">3</th><td class="n">12</td><td class="n">8</td><td class="n">below 0.0025 %</td>'
    assert f'{row}<td class="n">below 0.0025 %</td>' in html
    assert "In 1 month the median lies below the limits of the samples" in html


def test_the_patient_is_not_part_of_the_cohort_nor_is_whoever_is_not_seen(world: World) -> None:
    series = relapsed(world)
    world.crowd(3, [(date(2024, 7, 1), "0.5")])
    diagnosed(world)
    asked = {"centres": [world.centre.pk], "without": [series.patient_id], "now": world.now}
    levels = read_cohort("NPM1", Tissue.BONE_MARROW, Origin.DIAGNOSIS, **asked)  # type: ignore[arg-type]
    assert {level.pct_abl1 for level in levels} == {Decimal("0.5")}
    assert series.patient_id not in {level.patient for level in levels}
    asked["centres"] = [world.elsewhere.pk]
    assert read_cohort("NPM1", Tissue.BONE_MARROW, Origin.DIAGNOSIS, **asked) == []  # type: ignore[arg-type]


def test_a_patient_without_that_day_is_told_so(client: Client, world: World) -> None:
    series = world.patient()
    world.authorised(series, date(2026, 7, 1), not_detected())
    html = page(client, world, series)
    assert "P-0001 has no molecular relapse by the rule set that raises alerts." in html
    assert "has no first venetoclax cycle on record" in page(client, world, series, origin="CYCLE_1")
    assert 'class="comparison"' in page(client, world, series, origin="END_OF_TREATMENT")


def test_whoever_may_not_read_the_chart_gets_no_comparison(client: Client, world: World) -> None:
    series = relapsed(world)
    for person, status in ((world.technician, 403), (world.stranger, 404)):
        client.force_login(person)
        assert client.get(f"/patients/{series.patient_id}/compare/").status_code == status


@pytest.mark.parametrize("origin", list(Origin))
def test_a_larger_cohort_asks_no_more_of_the_database(client: Client, world: World, origin: Origin) -> None:
    series = relapsed(world)
    counted = []
    for size in (1, 40):
        world.crowd(size, [(date(2024, 7, 1), "0.5"), (date(2024, 9, 1), None), (date(2024, 10, 1), "0.2")])
        page(client, world, series, origin=origin.value)
        with CaptureQueriesContext(connection) as captured:
            page(client, world, series, origin=origin.value)
        counted.append(len(captured))
    assert counted[0] == counted[1]
