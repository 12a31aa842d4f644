"""Registering a patient: all of it or nothing, each refusal at its field, nothing typed lost."""

import pytest
import time_machine
from django.test import Client

from monitoring.models import Baseline, Disease, MrdSeries, Patient, Treatment
from tests.world import World

TYPED = {
    "pseudonym": "P-0900", "hospital_number": "H-1", "family_name": "", "given_name": "", "born_on": "1967-03-14",
    "sex": "F", "diagnosed_on": "2026-06-03", "karyotype": "46,XX[20]", "eln_risk": "FAVOURABLE", "marker": "NPM1",
    "mutation_type": "a", "baseline": "640", "regimen": "7+3", "first_line_starts_on": "2026-06-06",
    "cycle_2_on": "2026-07-18", "first_line_ends_on": "2026-11-11",
}  # fmt: skip


@pytest.fixture(autouse=True)
def today(world: World):  # type: ignore[no-untyped-def]
    with time_machine.travel(world.now, tick=False):
        yield


def post(client: Client, world: World, **changes: str) -> tuple[int, str]:
    client.force_login(world.clinician)
    answer = client.post("/patients/register/", {**TYPED, "centre": str(world.centre.pk), **changes})
    world.as_person(world.clinician)
    return answer.status_code, answer.content.decode()


def test_a_patient_is_registered_with_marker_baseline_and_first_line(client: Client, world: World) -> None:
    status, _ = post(client, world)
    assert status == 302
    patient = Patient.objects.get(pseudonym="P-0900")
    assert Disease.objects.get(patient=patient).aml_type == "AML with mutated NPM1"
    series = MrdSeries.objects.get(patient=patient)
    assert (series.marker, series.mutation_type) == ("NPM1", "A")
    assert str(Baseline.objects.get(series=series).pct_abl1) == "640"
    first_line = Treatment.objects.get(patient=patient)
    assert (str(first_line.cycle_2_on), str(first_line.ends_on)) == ("2026-07-18", "2026-11-11")
    assert "P-0900" in client.get(f"/patients/{patient.pk}/").content.decode()


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"born_on": "2027-01-01"}, "before the patient"),
        ({"diagnosed_on": "2026-12-24"}, "in the future"),
        ({"diagnosed_on": "03/06/2026"}, "year-month-day"),
        ({"first_line_ends_on": "2026-06-01"}, "The end is before the start."),
        ({"cycle_2_on": "2026-06-06"}, "Cycle 2 does not begin after the first day of the line."),
        ({"cycle_2_on": "2026-11-12"}, "Cycle 2 begins after the end of the line."),
        ({"regimen": "", "first_line_starts_on": ""}, "Say what was given and when it began."),
        ({"baseline": "1.000,5"}, ""),
        ({"baseline": "1,000"}, "1000, or 1?"),
        ({"baseline": "NaN"}, ""),
        ({"baseline": "-4"}, ""),
        ({"marker": "BCR::ABL1"}, "BCR::ABL1"),
        ({"pseudonym": ""}, ""),
        ({"sex": "X"}, ""),
    ],
)
def test_a_refusal_stands_at_its_field_and_writes_nothing(
    client: Client, world: World, changes: dict[str, str], sentence: str
) -> None:
    status, shown = post(client, world, **changes)
    assert status == 422
    assert 'aria-invalid="true"' in shown
    assert sentence in shown
    assert not Patient.objects.exists()
    assert "46,XX[20]" in shown


def test_a_pseudonym_is_given_once_per_centre(client: Client, world: World) -> None:
    post(client, world)
    status, shown = post(client, world, hospital_number="H-2")
    assert (status, Patient.objects.count()) == (422, 1)
    assert "already has a patient with this pseudonym" in shown


def test_only_those_who_record_may_register(client: Client, world: World) -> None:
    client.force_login(world.technician)
    assert client.get("/patients/register/").status_code == 403
    client.force_login(world.stranger)
    shown = client.get("/patients/register/").content.decode()
    assert world.centre.name not in shown


def test_another_centre_cannot_be_chosen(client: Client, world: World) -> None:
    status, _ = post(client, world, centre=str(world.elsewhere.pk))
    assert status == 422
    assert not Patient.objects.exists()
