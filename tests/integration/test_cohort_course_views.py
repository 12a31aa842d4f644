"""The parts that tell the course of a cohort, from records to the page: computed by the worker, shown, with links."""

from django.test import Client

from monitoring.actions import cohort_computing, cohorts
from monitoring.domain.cohorts.definition import CohortDefinition
from monitoring.domain.terms import Marker
from monitoring.queries import series_patients
from tests.analysis_world import treated
from tests.integration.told_world import as_worker
from tests.world import NOW, World

NPM1 = CohortDefinition(markers=frozenset({Marker.NPM1}))


def computed(world: World) -> None:
    with as_worker():
        cohort_computing.compute_waiting(clock=lambda: NOW)
    world.as_person(world.clinician)


def test_the_record_of_a_patient_is_a_lane_a_bar_a_curve_and_rows_of_tables(client: Client, committed: World) -> None:
    world = committed
    series = treated(world)
    cohort = cohorts.define(by=world.clinician, centre=world.centre, name="Our NPM1", definition=NPM1).cohort
    client.force_login(world.clinician)
    address = f"/cohorts/{cohort.pk}/"
    assert client.get(address).status_code == 200
    computed(world)
    page = client.get(address).content.decode()
    pseudonym, own = series.patient.pseudonym, f"/patients/{series.patient_id}/"
    assert f'<a href="{own}"><text class="cs-word"' in page
    assert f'<a href="{own}">{pseudonym}</a>' in page
    assert "Solid bar: still detected." in page
    assert "Fewer than ten patients: each percentage stands for a few people" in page
    assert "a band needs 10 patients in a month" in page
    assert "Venetoclax days in cycle 1" in page
    assert "Neutropenia, grade 4" in page
    assert client.get(f"{address}parts/TRAJECTORIES/?tissue=PB&origin=HSCT").status_code == 200
    computed(world)
    part = client.get(f"{address}parts/TRAJECTORIES/?tissue=PB&origin=HSCT").content.decode()
    assert "No patient has an evaluable sample of blood around this day: HSCT." in part


def test_a_series_leads_to_its_patient_only_for_who_may_see_it(world: World) -> None:
    series = world.patient()
    world.as_person(world.clinician)
    assert series_patients.read_patients_of([series.pk]) == {series.pk: series.patient_id}
    world.as_person(world.stranger)
    assert series_patients.read_patients_of([series.pk]) == {}
