"""The list of a meeting: ticked or pasted, in its order, refused in words at the field, one document."""

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from monitoring.models import Patient, ReadEntry
from monitoring.reports.sheet import Report
from tests.patient_page import relapsed, suspected
from tests.reports import composing, pages_of
from tests.world import World


@pytest.fixture(autouse=True)
def today(world: World) -> Iterator[None]:
    with time_machine.travel(world.now, tick=False):
        yield


@pytest.fixture
def composed() -> Iterator[list[Report]]:
    with composing() as found:
        yield found


def sent(client: Client, world: World, **typed: Any) -> Any:
    client.force_login(world.clinician)
    answer: Any = client.post("/patients/reports.pdf", typed)
    world.as_person(world.clinician)
    return answer


def text_of(answer: Any) -> str:
    return str(answer.content.decode())


def test_the_patients_ticked_elsewhere_stand_on_the_page_in_their_order(client: Client, world: World) -> None:
    first, second = world.patient().patient, world.patient().patient
    client.force_login(world.clinician)
    page = text_of(client.get(f"/patients/meeting/?patient={second.pk}&patient={first.pk}&patient=x"))
    assert page.index(f'value="{second.pk}"') < page.index(f'value="{first.pk}"')
    assert 'name="pseudonyms"' in page


def test_one_document_has_a_cover_and_every_patient_on_pages_of_its_own(
    client: Client, world: World, composed: list[Report]
) -> None:
    first, second = relapsed(world).patient, suspected(world).patient
    answer = sent(client, world, patient=[second.pk, first.pk])
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/pdf")
    assert answer["Content-Disposition"] == 'attachment; filename="meeting-2026-11-20.pdf"'
    assert pages_of(answer.content) == 3
    cover = composed[0].cover
    assert cover is not None
    assert cover.title == "Meeting list, 20 Nov 2026, 2 patients"
    told = [(line.patient, line.state.words, line.sheet) for line in cover.lines]
    assert told == [("P-0002", "Suspected molecular relapse", 0), ("P-0001", "Confirmed molecular relapse", 1)]


def test_pasted_pseudonyms_come_after_the_ticked_ones_each_once(
    client: Client, world: World, composed: list[Report]
) -> None:
    first, second, third = (world.patient().patient for _ in range(3))
    pasted = f"{third.pseudonym}, {first.pseudonym};\n{second.pseudonym} {third.pseudonym}"
    sent(client, world, patient=[second.pk], pseudonyms=pasted)
    assert [sheet.patient for sheet in composed[0].sheets] == ["P-0002", "P-0003", "P-0001"]


def test_it_reads_as_the_person_and_logs_each_patient(client: Client, world: World) -> None:
    chosen = [world.patient().patient.pk for _ in range(2)]
    sent(client, world, patient=chosen)
    assert set(ReadEntry.objects.filter(channel="pdf").values_list("patient_id", flat=True)) == set(chosen)


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({}, "Nobody is on the list: tick patients, or paste pseudonyms."),
        ({"pseudonyms": "P-0001 P-7777, nobody"}, "Not among the patients of your centres: P-7777, nobody."),
        ({"patient": ["99999"]}, "1 of the patients ticked is not among those of your centres."),
        ({"pseudonyms": " ".join(f"X-{n}" for n in range(200))}, "200 patients are too many for one document"),
    ],
)
def test_what_cannot_be_printed_is_told_at_the_field_and_nothing_typed_is_lost(
    client: Client, world: World, typed: dict[str, Any], sentence: str
) -> None:
    world.patient()
    answer = sent(client, world, **typed)
    assert answer.status_code == 422
    page = text_of(answer)
    assert sentence in page
    assert 'id="id_pseudonyms_error"' in page
    assert typed.get("pseudonyms", "") in page
    assert not ReadEntry.objects.filter(channel="pdf").exists()


def test_sixty_are_enough_and_one_more_is_refused(client: Client, world: World, composed: list[Report]) -> None:
    world.crowd(61, [(date(2026, 10, 1), "0.02")])
    everybody = list(Patient.objects.order_by("pk").values_list("pk", flat=True))
    assert "61 patients are too many for one document: at most 60." in text_of(sent(client, world, patient=everybody))
    answer = sent(client, world, patient=everybody[:60])
    assert answer.status_code == 200
    assert len(composed[0].sheets) == 60


def test_two_centres_with_one_pseudonym_are_asked_apart(client: Client, world: World) -> None:
    own = world.patient().patient
    world.as_person(world.stranger)
    twin = Patient.objects.create(centre=world.elsewhere, pseudonym=own.pseudonym, born_on=date(1970, 1, 1), sex="M")
    twin.care_relations.create(centre=world.elsewhere, role="TREATING", starts_on=date(2024, 1, 1))
    twin.care_relations.create(centre=world.centre, role="REFERRING", starts_on=date(2024, 1, 1))
    world.as_person(world.clinician)
    assert "More than one centre has a patient P-0001" in text_of(sent(client, world, pseudonyms=own.pseudonym))
    assert sent(client, world, patient=[own.pk]).status_code == 200


def test_a_patient_of_another_centre_is_not_found(client: Client, world: World) -> None:
    own = world.patient().patient
    client.force_login(world.stranger)
    answer = client.post("/patients/reports.pdf", {"patient": [own.pk], "pseudonyms": own.pseudonym})
    assert answer.status_code == 422
    assert "born" not in text_of(answer).lower()


def test_a_laboratory_has_no_meeting_list_and_a_get_has_no_document(client: Client, world: World) -> None:
    client.force_login(world.technician)
    assert client.get("/patients/meeting/").status_code == 403
    assert client.post("/patients/reports.pdf").status_code == 403
    client.force_login(world.clinician)
    assert client.get("/patients/reports.pdf").status_code == 405


def test_the_page_asks_as_often_for_many_as_for_one(client: Client, world: World) -> None:
    chosen = [world.patient().patient.pk for _ in range(5)]
    client.force_login(world.clinician)

    def count(numbers: list[int]) -> int:
        with CaptureQueriesContext(connection) as captured:
            client.get("/patients/meeting/", {"patient": numbers})
        return len(captured)

    count(chosen)
    assert count(chosen[:1]) == count(chosen)
