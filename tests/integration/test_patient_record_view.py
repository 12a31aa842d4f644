"""The pages of "Patient and disease": read with the chart, each change with its reason, refusals at their field."""

import pytest
from django.test import Client
from django.utils import timezone

from monitoring.models import CareRelation, Disease, Membership, MrdSeries, Patient, User
from tests.world import World

FACTS = {
    "pseudonym": "P-0001", "hospital_number": "H-7", "family_name": "", "given_name": "", "born_on": "1967-04-13",
    "sex": "F", "reason": "Day and month were swapped",
}  # fmt: skip
DISEASE = {
    "aml_type": "AML with mutated NPM1", "diagnosed_on": "2024-06-01", "karyotype": "46,XX[20]", "eln_risk": "ADVERSE",
    "eln_risk_edition": "2022", "remission": "FIRST", "reason": "Letter of 3 June",
}  # fmt: skip


@pytest.fixture
def series(world: World, client: Client) -> MrdSeries:
    world.now = timezone.now()
    found = world.patient()
    client.force_login(world.clinician)
    return found


def post(client: Client, world: World, path: str, typed: dict[str, str]) -> tuple[int, str]:
    answer = client.post(path, typed)
    world.as_person(world.clinician)
    return answer.status_code, answer.content.decode()


def shown(client: Client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200
    return answer.content.decode()


def test_it_is_reached_from_the_patient_page_and_leads_to_each_change(
    client: Client, world: World, series: MrdSeries
) -> None:
    one, disease = f"/patients/{series.patient_id}/", f"/diseases/{Disease.objects.get().pk}/"
    assert f'href="{one}record/"' in shown(client, one)
    page = shown(client, f"{one}record/")
    for path in (f"{one}record/correct/", disease, f"{one}share/"):
        assert f'href="{path}"' in page
        assert client.get(path).status_code == 200
    assert "/end/" not in page  # the only one who cares


def test_facts_are_corrected_and_the_page_tells_what_was_changed(
    client: Client, world: World, series: MrdSeries
) -> None:
    status, _ = post(client, world, f"/patients/{series.patient_id}/record/correct/", FACTS)
    assert (status, str(Patient.objects.get().born_on)) == (302, "1967-04-13")
    page = shown(client, f"/patients/{series.patient_id}/record/")
    for words in ("Born: 14 Mar 1967 → 13 Apr 1967", "Hospital number: – → H-7", "Day and month were swapped"):
        assert words in page


def test_a_constructed_birth_date_is_marked_until_a_person_enters_it(
    client: Client, world: World, series: MrdSeries
) -> None:
    Patient.objects.filter(pk=series.patient_id).update(constructed=["born_on"])
    mark, record = '<span class="mark-c">constructed</span>', f"/patients/{series.patient_id}/record/"
    assert f"14 Mar 1967 {mark}" in shown(client, record)
    status, _ = post(client, world, f"{record}correct/", FACTS | {"born_on": "1967-03-14"})
    assert (status, mark in shown(client, record)) == (302, True)
    status, _ = post(client, world, f"{record}correct/", FACTS)
    assert (status, mark in shown(client, record)) == (302, False)


@pytest.mark.parametrize(("changes", "sentence"), [
    ({"born_on": "2025-01-01"}, "the diagnosis of 3 Jun 2024"), ({"pseudonym": "P-0002"}, "already has a patient"),
    ({"hospital_number": "H-2"}, "already has a patient"), ({"reason": ""}, "Say why it is corrected."),
    ({"born_on": "13/04/1967"}, "year-month-day"), ({"pseudonym": ""}, "required"),
])  # fmt: skip
def test_a_refused_fact_stands_at_its_field(
    client: Client, world: World, series: MrdSeries, changes: dict[str, str], sentence: str
) -> None:
    other = world.patient().patient_id
    Patient.objects.filter(pk=other).update(hospital_number="H-2", family_name="Keller")
    status, page = post(client, world, f"/patients/{series.patient_id}/record/correct/", FACTS | changes)
    assert status == 422
    assert sentence in page
    assert 'aria-invalid="true"' in page
    assert "Keller" not in page
    assert Patient.objects.get(pk=series.patient_id).hospital_number == ""


def test_who_comes_second_is_told(client: Client, world: World, series: MrdSeries) -> None:
    path = f"/patients/{series.patient_id}/record/correct/"
    page = shown(client, path)
    seen = page.split('name="seen" value="')[1].split('"')[0]
    assert post(client, world, path, FACTS | {"seen": seen})[0] == 302
    assert post(client, world, path, FACTS | {"seen": seen, "sex": "M"})[0] == 409
    assert Patient.objects.get().sex == "F"


def test_the_disease_is_corrected(client: Client, world: World, series: MrdSeries) -> None:
    path = f"/diseases/{Disease.objects.get().pk}/"
    status, page = post(client, world, path, DISEASE | {"diagnosed_on": "2025-01-07"})
    assert status == 422
    assert "after the end of the first line" in page
    assert post(client, world, path, DISEASE)[0] == 302
    assert Disease.objects.get().eln_risk == "ADVERSE"


def test_a_patient_is_shared_and_whoever_steps_out_is_led_to_the_list(
    client: Client, world: World, series: MrdSeries
) -> None:
    record = f"/patients/{series.patient_id}/record/"
    typed = {"centre": str(world.elsewhere.pk), "role": "TRANSPLANT", "starts_on": "2026-06-01", "reason": "Donor"}
    assert post(client, world, f"/patients/{series.patient_id}/share/", typed | {"reason": ""})[0] == 422
    assert post(client, world, f"/patients/{series.patient_id}/share/", typed)[0] == 302
    relation = CareRelation.objects.get(role="TRANSPLANT")
    assert f"/care/{relation.pk}/end/" in shown(client, record)
    client.force_login(world.stranger)
    page = shown(client, record)
    assert f"/care/{relation.pk}/end/" in page
    assert "record/correct/" not in page  # who the patient is, is of the home centre
    answer = client.post(f"/care/{relation.pk}/end/", {"reason": "Back at home", "seen": "-"})
    assert (answer.status_code, answer["Location"]) == (302, "/patients/")
    assert client.get(record).status_code == client.get(f"/care/{relation.pk}/end/").status_code == 404


def test_others_see_no_link_and_open_nothing(client: Client, world: World, series: MrdSeries) -> None:
    one, disease = f"/patients/{series.patient_id}/", f"/diseases/{Disease.objects.get().pk}/"
    care = f"/care/{CareRelation.objects.get().pk}/end/"
    auditor = User.objects.create(username="auditor")
    Membership.objects.create(user=auditor, centre=world.centre, role="AUDITOR", starts_on="2020-01-01")
    client.force_login(auditor)
    page = shown(client, f"{one}record/")
    assert not [path for path in (f"{one}record/correct/", disease, f"{one}share/", care) if path in page]
    for who, readable in ((auditor, True), (world.technician, False), (world.stranger, False)):
        client.force_login(who)
        assert (client.get(f"{one}record/").status_code == 200) is readable
        for path in (f"{one}record/correct/", disease, f"{one}share/", care):
            assert client.get(path).status_code in {403, 404}, (who.username, path)
            assert client.post(path, {"reason": "x"}).status_code in {403, 404}, (who.username, path)
