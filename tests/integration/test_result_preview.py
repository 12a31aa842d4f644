"""The preview beside a result that is being typed: what is understood, what is missing; nothing is written."""

from datetime import date

import pytest
from django.test import Client

from monitoring.models import MrdSeries, ReadEntry
from tests.integration.typed_entry import REPORTED, address, nothing_was_written, text_of, typed
from tests.world import World, not_detected

pytestmark = pytest.mark.usefixtures("today")


def test_the_preview_says_what_is_understood_and_writes_nothing(lab: Client, world: World, series: MrdSeries) -> None:
    answer = lab.post(address(series), typed(world.assay), headers={"HX-Request": "true"})
    said = text_of(answer)
    assert answer.status_code == 200
    assert "<html" not in answer.content.decode()
    assert "0.0937 % of ABL1" in said
    assert "New sample: marrow, Monday 16 November 2026." in said
    assert all(words in said for words in ("ELN 2021", "ELN 2025", "Tiong 2020", "copies per 10⁵ ABL1", "4.03 log"))
    assert nothing_was_written(world)


def test_the_preview_tells_what_is_missing_without_scolding(lab: Client, world: World, series: MrdSeries) -> None:
    said = text_of(lab.post(address(series), {"way": "copies"}, headers={"HX-Request": "true"}))
    assert "Still missing: Assay NPM1, well 1 ABL1, well 1" in said
    assert "refused" not in said


def test_the_preview_asks_for_the_tissue_before_it_counts_against_diagnosis(
    lab: Client, world: World, series: MrdSeries
) -> None:
    form = typed(world.assay, REPORTED, scale="PCT_BASELINE")
    said = text_of(lab.post(address(series), form, headers={"HX-Request": "true"}))
    assert "“% of diagnosis” needs the tissue" in said


def test_the_preview_puts_the_question_under_its_cell(lab: Client, world: World, series: MrdSeries) -> None:
    form = typed(world.assay, abl1_2="30.000")
    html = lab.post(address(series), form, headers={"HX-Request": "true"}).content.decode()
    cell = html.split('id="say-abl1_2"')[1].split('id="say-')[0]
    assert "hx-swap-oob" in cell
    assert 'value="30000"' in cell


def test_the_class_follows_the_series(lab: Client, world: World, series: MrdSeries) -> None:
    world.authorised(series, date(2026, 7, 1), not_detected())
    form = typed(world.assay, target_1="340000", target_2="340000", target_3="340000")
    said = text_of(lab.post(address(series), form, headers={"HX-Request": "true"}))
    assert said.count("Positive") >= 3


def test_a_french_reader_is_answered_in_french_numbers(lab: Client, world: World, series: MrdSeries) -> None:
    answer = lab.post(address(series), {**typed(world.assay), "step": "read"}, headers={"Accept-Language": "fr"})
    assert "0,0937" in answer.content.decode()


def test_reading_the_page_is_logged(lab: Client, world: World, series: MrdSeries) -> None:
    lab.get(address(series))
    world.as_person(world.technician)
    assert ReadEntry.objects.filter(actor_id=world.technician.pk, patient_id=series.patient_id).count() == 1
