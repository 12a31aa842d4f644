"""Before one result is entered: found by exact pseudonym or accession number, by people of the laboratory."""

from datetime import date

import pytest
from django.test import Client

from monitoring.models import MrdSeries
from monitoring.models.choices import MarkerChoice
from tests.integration.typed_entry import address, nothing_was_written, post, text_of, typed
from tests.world import World, _person

pytestmark = pytest.mark.usefixtures("today")


def test_a_patient_is_found_by_exact_pseudonym(lab: Client, series: MrdSeries) -> None:
    answer = lab.get("/laboratory/results/new/", {"pseudonym": " P-0001 "})
    assert answer["Location"] == address(series)


@pytest.mark.parametrize("pseudonym", ["P-000", "0001", "P-0002", "%"])
def test_nothing_but_the_exact_pseudonym_finds(lab: Client, pseudonym: str) -> None:
    answer = lab.get("/laboratory/results/new/", {"pseudonym": pseudonym})
    assert "No patient with exactly this pseudonym" in text_of(answer)


def test_a_patient_is_found_by_accession_number(lab: Client, world: World, series: MrdSeries) -> None:
    sample = world.sample(series, date(2026, 11, 10))
    answer = lab.get("/laboratory/results/new/", {"accession": sample.accession_number})
    assert answer["Location"] == f"{address(series)}&accession={sample.accession_number}"


def test_a_patient_with_two_markers_is_asked_about(lab: Client, world: World, series: MrdSeries) -> None:
    world.as_person(world.clinician)
    MrdSeries.objects.create(patient=series.patient, marker=MarkerChoice.CBFB_MYH11)
    page = text_of(lab.get("/laboratory/results/new/", {"pseudonym": "P-0001"}))
    assert "More than one is meant" in page


def test_a_patient_of_another_centre_is_not_there(client: Client, world: World, series: MrdSeries) -> None:
    elsewhere = _person("elsewhere", "LABORATORY_TECHNICIAN", world.elsewhere)  # type: ignore[arg-type]
    client.force_login(elsewhere)
    assert "No patient" in text_of(client.get("/laboratory/results/new/", {"pseudonym": "P-0001"}))
    assert client.get(address(series)).status_code == 404


@pytest.mark.parametrize("person", ["clinician", "data_manager"])
def test_only_people_of_a_laboratory_enter(client: Client, world: World, series: MrdSeries, person: str) -> None:
    client.force_login(getattr(world, person))
    assert client.get(address(series)).status_code == 403
    assert post(client, address(series), typed(world.assay), "keep").status_code == 403
    assert nothing_was_written(world)


def test_the_page_shows_who_it_is_and_preselects_no_scale(lab: Client, series: MrdSeries) -> None:
    page = lab.get(address(series)).content.decode()
    assert "P-0001" in page
    assert "14 Mar 1967" in page
    assert '<option value="" selected>choose</option>' in page.split('name="scale"')[1].split("</select>")[0]
