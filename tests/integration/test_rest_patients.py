"""Patients over REST: registered whole or not at all, corrected as seen, shared and the sharing ended."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.utils import timezone

from monitoring.models import Baseline, Disease, MrdSeries, Patient, Treatment
from tests.integration.rest_api import Api
from tests.world import World

NEW: dict[str, Any] = {
    "pseudonym": "P-0900", "hospital_number": "H-1", "family_name": "Keller", "born_on": "1967-03-14", "sex": "F",
    "disease": {"diagnosed_on": "2026-06-03", "karyotype": "46,XX[20]", "eln_risk": "FAVOURABLE",
                "eln_risk_edition": "2022"},
    "marker": {"marker": "NPM1", "mutation_type": "a", "baseline_pct_abl1": "640.50"},
    "first_line": {"regimen": "7+3", "starts_on": "2026-06-06", "cycle_2_on": "2026-07-18",
                   "ends_on": "2026-11-11"},
}  # fmt: skip


@pytest.fixture
def api(world: World) -> Api:
    world.now = timezone.now()
    return Api(world, world.clinician)


def new(world: World, **changes: Any) -> dict[str, Any]:
    """A registration, with parts of it changed: `disease__karyotype` is one of the disease."""
    found: dict[str, Any] = {"centre": world.centre.pk}
    found |= {key: dict(one) if isinstance(one, dict) else one for key, one in NEW.items()}
    for name, value in changes.items():
        part, _, of_it = name.partition("__")
        place, key = (found[part], of_it) if of_it else (found, part)
        place[key] = value
    return found


def test_a_patient_is_registered_with_all_of_it(world: World, api: Api) -> None:
    answer = api.post("patients/", new(world))
    assert answer.status_code == 201, answer.content
    told = answer.json()
    patient = Patient.objects.get(pk=told["id"])
    assert (told["pseudonym"], told["corrected_at"], patient.hospital_number) == ("P-0900", None, "H-1")
    assert "Keller" not in answer.content.decode()
    assert "H-1" not in answer.content.decode()
    disease = Disease.objects.get(patient=patient)
    assert (disease.aml_type, disease.eln_risk_edition) == ("AML with mutated NPM1", "2022")
    assert MrdSeries.objects.get(patient=patient).mutation_type == "A"
    assert str(Baseline.objects.get(patient=patient).pct_abl1) == "640.50"
    first_line = Treatment.objects.get(patient=patient)
    assert (first_line.cycle_2_on, first_line.ends_on) == (date(2026, 7, 18), date(2026, 11, 11))
    told = api.get(f"patients/{patient.pk}/").json()
    assert (told["born_on"], told["constructed"]) == ("1967-03-14", [])


@pytest.mark.parametrize(("changes", "status", "path"), [
    ({"centre": 0}, 400, "centre"), ({"centre": 999_999}, 422, "centre"), ({"sex": "X"}, 400, "sex"),
    ({"disease__diagnosed_on": "2126-06-03"}, 422, "disease.diagnosed_on"),
    ({"disease__diagnosed_on": "1960-06-03"}, 422, "disease.diagnosed_on"),
    ({"first_line__cycle_2_on": "2026-06-06"}, 422, "first_line.cycle_2_on"),
    ({"disease__eln_risk_edition": ""}, 400, "disease.eln_risk_edition"),
    ({"marker__marker": "BCR::ABL1"}, 400, "marker.marker"),
    ({"marker__baseline_pct_abl1": "0"}, 400, "marker.baseline_pct_abl1"),
    ({"first_line__starts_on": "1960-01-01"}, 422, "first_line.starts_on"),
    ({"first_line__ends_on": "2026-06-02"}, 422, "first_line.ends_on"),
    ({"first_line__ends_on": "9999-12-31"}, 422, "first_line.ends_on"),
    ({"pseudonym": "P-0001"}, 422, "pseudonym"), ({"pseudonym": " "}, 400, "pseudonym"),
])  # fmt: skip
def test_a_refusal_names_its_path_and_nothing_is_written(
    world: World, api: Api, changes: dict[str, Any], status: int, path: str
) -> None:
    world.patient()
    answer = api.post("patients/", new(world, **changes))
    assert (answer.status_code, answer.json()["errors"][0]["path"]) == (status, path), answer.content
    assert [Patient.objects.count(), Disease.objects.count(), MrdSeries.objects.count()] == [1, 1, 1]


def test_each_registers_at_the_own_centre_only(world: World, api: Api) -> None:
    assert Api(world, world.stranger).post("patients/", new(world)).json()["errors"][0]["path"] == "centre"
    for who in (world.technician, world.authoriser):
        assert Api(world, who).post("patients/", new(world)).status_code == 403
    assert not Patient.objects.exists()
    assert Api(world, world.data_manager).post("patients/", new(world)).status_code == 201


def test_the_same_request_with_its_key_registers_once(world: World, api: Api) -> None:
    first = api.post("patients/", new(world), Idempotency_Key="list-1")
    again = api.post("patients/", new(world), Idempotency_Key="list-1")
    assert (first.status_code, again.status_code, again.json()) == (201, 201, first.json())
    assert again["Idempotent-Replay"] == "true"
    assert api.post("patients/", new(world, sex="M"), Idempotency_Key="list-1").status_code == 409
    assert Patient.objects.count() == 1


def test_facts_are_corrected_as_seen_with_a_reason_and_names_are_never_answered(world: World, api: Api) -> None:
    one = f"patients/{world.patient().patient_id}/"
    seen = api.get(one)["ETag"]
    named = api.send("patch", one, {"family_name": "Keller", "reason": "Letter"}, If_Match=seen)
    assert named.status_code == 200, named.content
    assert "Keller" not in named.content.decode()
    assert named.json()["corrected_at"]
    assert api.get("patients/").json()["results"][0]["corrected_at"] == named.json()["corrected_at"]
    assert api.send("patch", one, {"sex": "M", "reason": "Letter"}, If_Match=seen).status_code == 412
    stale = {"sex": "M", "reason": "x", "seen": "2026-01-01T00:00:00Z"}
    assert api.send("patch", one, stale).status_code == 409
    assert api.send("patch", one, {"sex": "M"}).status_code == 400
    assert api.send("patch", one, {"sex": "M", "reason": "Letter"}, If_Match=api.get(one)["ETag"]).status_code == 200
    assert Patient.objects.get().sex == "M"


def test_what_was_known_before_a_correction_is_told_as_it_was(world: World, api: Api) -> None:
    one = f"patients/{world.patient().patient_id}/"
    before = timezone.now().isoformat()
    assert api.send("patch", one, {"born_on": "1960-01-01", "reason": "Letter"}).status_code == 200
    for path in (one, "patients/"):
        now, then = (api.get(path, query).json() for query in ({}, {"known_at": before}))
        now, then = now.get("results", [now])[0], then.get("results", [then])[0]
        assert (now["born_on"], then["born_on"], then["corrected_at"]) == ("1960-01-01", "1967-03-14", None)


@pytest.mark.parametrize(("change", "path"), [
    ({"born_on": "2025-01-01"}, "born_on"), ({"pseudonym": "P-0002"}, "pseudonym"),
    ({"hospital_number": "H-2"}, "hospital_number"),
])  # fmt: skip
def test_facts_that_cannot_be_are_refused_at_their_field(
    world: World, api: Api, change: dict[str, str], path: str
) -> None:
    one, other = world.patient().patient_id, world.patient().patient_id
    Patient.objects.filter(pk=other).update(hospital_number="H-2", family_name="Keller")
    answer = api.send("patch", f"patients/{one}/", {**change, "reason": "x"})
    assert (answer.status_code, answer.json()["errors"][0]["path"]) == (422, path)
    assert "Keller" not in answer.content.decode()


def test_the_disease_is_corrected_as_seen_and_told_as_it_was(world: World, api: Api) -> None:
    patient = world.patient().patient_id
    [disease] = api.get(f"patients/{patient}/diseases/").json()["results"]
    one, before = f"diseases/{disease['id']}/", timezone.now().isoformat()
    seen = api.get(one)["ETag"]
    change = {"eln_risk": "ADVERSE", "eln_risk_edition": "2017", "reason": "Karyotype came late"}
    assert api.send("patch", one, change, If_Match=seen).json()["eln_risk"] == "ADVERSE"
    assert api.send("patch", one, change, If_Match=seen).status_code == 412
    assert api.get(one, {"known_at": before}).json()["eln_risk"] == ""
    late = api.send("patch", one, {"diagnosed_on": "2025-02-01", "reason": "x"})
    assert (late.status_code, late.json()["errors"][0]["path"]) == (422, "diagnosed_on")
    assert api.send("patch", one, {"eln_risk": "ADVERSE"}).status_code == 400
    assert api.send("delete", one, {"reason": "x"}).status_code == 405


def test_the_centres_to_share_with_are_told_to_those_who_record(world: World, api: Api) -> None:
    told = {each["name"]: each["is_own"] for each in api.get("centres/").json()["results"]}
    assert told == {world.centre.name: True, world.elsewhere.name: False}
    assert Api(world, world.technician).get("centres/").status_code == 403


def test_a_patient_is_shared_and_the_sharing_ended(world: World, api: Api) -> None:
    patient = world.patient().patient_id
    path, other = f"patients/{patient}/care-relations/", Api(world, world.stranger)
    day = world.now.date().isoformat()
    told = {"centre": world.elsewhere.pk, "role": "TRANSPLANT", "starts_on": "2026-06-01", "reason": "Donor"}
    assert other.get(path).status_code == 404
    made = api.post(path, told)
    assert made.status_code == 201, made.content
    one = f"care-relations/{made.json()['id']}/"
    assert [each["role"] for each in other.get(path).json()["results"]] == ["TREATING", "TRANSPLANT"]
    seen = api.get(one)["ETag"]
    later = (world.now + timedelta(days=50)).date().isoformat()
    planned = api.send("patch", one, {"ends_on": later, "reason": "Until day 50"}, If_Match=seen)
    assert planned.json()["ends_on"] == later
    assert api.send("patch", one, {"reason": "x"}, If_Match=seen).status_code == 412
    assert other.get(path).status_code == 200
    assert api.send("patch", one, {"reason": "Back at home"}).json()["ends_on"] <= day
    assert other.get(path).status_code == other.get(one).status_code == 404
    assert api.send("patch", one, {"reason": "Again"}).status_code == 409


def test_who_cares_is_refused_at_its_field_and_the_last_one_stays(world: World, api: Api) -> None:
    patient = world.patient().patient_id
    path = f"patients/{patient}/care-relations/"
    good = {"centre": world.elsewhere.pk, "role": "TRANSPLANT", "starts_on": "2026-06-01", "reason": "Donor"}
    for change, status, field in (
        ({"centre": 999_999}, 422, "centre"), ({"centre": world.centre.pk, "role": "TREATING"}, 422, "centre"),
        ({"role": "FRIEND"}, 400, "role"), ({"starts_on": "2126-01-01"}, 422, "starts_on"),
        ({"ends_on": "2026-05-31"}, 422, "ends_on"), ({"reason": " "}, 400, "reason"),
    ):  # fmt: skip
        answer = api.post(path, good | change)
        assert (answer.status_code, answer.json()["errors"][0]["path"]) == (status, field), answer.content
    [home] = api.get(path).json()["results"]
    assert api.send("patch", f"care-relations/{home['id']}/", {"reason": "x"}).status_code == 422
    assert Api(world, world.technician).post(path, good).status_code == 404
