"""The settings of a centre and the clinicians of a patient: who may, what is refused, what follows."""

import re
from collections.abc import Iterator
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.test import Client

from monitoring.models import AlertTime, AuditEntry, Centre, Membership, Patient, User
from tests.integration.alert_desk import alert_of, colleague, relapsed
from tests.integration.typed_entry import text_of
from tests.world import World

PARIS = ZoneInfo("Europe/Paris")
TYPED = {
    "days_1": "2", "kind_1": "calendar", "days_2": "3", "kind_2": "working", "days_3": "7", "kind_3": "calendar",
    "second_clinician": "", "lead": "", "reason": "Weekend duty since November.",
}  # fmt: skip


@pytest.fixture(autouse=True)
def today(world: World) -> Iterator[None]:
    with time_machine.travel(world.now, tick=False):
        yield


@pytest.fixture
def lead(world: World) -> User:
    user = colleague(world, "lead")
    Centre.objects.filter(pk=world.centre.pk).update(lead=user)
    return user


def form(client: Client, path: str) -> dict[str, str]:
    html = client.get(path).content.decode()
    return dict(re.findall(r'<input type="hidden" name="(seen\w*)" value="([^"]*)"', html))


def change(client: Client, world: World, person: User, **typed: Any) -> Any:
    client.force_login(person)
    path = f"/centres/{world.centre.pk}/"
    kept = {"lead": Centre.objects.get(pk=world.centre.pk).lead_id or ""}
    answer = client.post(path, form(client, path) | TYPED | kept | typed)
    world.as_person(world.clinician)
    return answer


def test_another_time_moves_what_waits_and_is_written_down(client: Client, world: World, lead: User) -> None:
    series = relapsed(world)
    assert change(client, world, lead).status_code == 302
    row = AlertTime.objects.get()
    assert (row.urgency, row.days, row.working_days, row.because) == (1, 2, False, "Weekend duty since November.")
    assert alert_of(series).due_at == datetime(2026, 11, 23, tzinfo=PARIS)
    assert AuditEntry.objects.filter(action__in=["alerttime.set", "alert.move_due"]).count() == 2
    client.force_login(lead)
    shown = text_of(client.get(f"/centres/{world.centre.pk}/"))
    assert "Urgency 1: set by Dr Lead" in shown
    assert "Weekend duty since November." in shown


def test_an_administrator_names_the_people_who_are_called(client: Client, world: World) -> None:
    admin, second = colleague(world, "admin", "ADMINISTRATOR"), colleague(world, "second")
    assert change(client, world, admin, second_clinician=second.pk, lead=world.clinician.pk).status_code == 302
    centre = Centre.objects.get(pk=world.centre.pk)
    assert (centre.second_clinician, centre.lead) == (second, world.clinician)
    assert AuditEntry.objects.get(action="centre.name_clinicians").reason == "Weekend duty since November."


@pytest.mark.parametrize("typed", [{"reason": " "}, {"days_1": "0"}, {"days_2": "61"}, {"kind_3": "lunar"}])
def test_nonsense_is_refused_and_nothing_typed_is_lost(
    client: Client, world: World, lead: User, typed: dict[str, str]
) -> None:
    answer = change(client, world, lead, **typed)
    assert answer.status_code == 422
    assert 'value="7"' in answer.content.decode()
    assert not AlertTime.objects.exists()


def test_only_a_clinician_of_the_centre_is_named(client: Client, world: World, lead: User) -> None:
    for person in (world.stranger, world.technician):
        assert change(client, world, lead, second_clinician=person.pk).status_code == 422
    assert Centre.objects.get(pk=world.centre.pk).second_clinician is None


def test_who_may_not_change_may_read_and_strangers_are_told_nothing(client: Client, world: World, lead: User) -> None:
    path = f"/centres/{world.centre.pk}/"
    for person in (world.clinician, world.technician):
        client.force_login(person)
        assert "The lead of this centre or its administrator changes this." in text_of(client.get(path))
        assert client.post(path, TYPED).status_code == 403
    client.force_login(world.stranger)
    assert client.get(path).status_code == 404


def test_settings_that_changed_meanwhile_are_not_overwritten(client: Client, world: World, lead: User) -> None:
    client.force_login(lead)
    path = f"/centres/{world.centre.pk}/"
    typed = form(client, path) | TYPED | {"lead": lead.pk}
    assert client.post(path, typed).status_code == 302
    assert client.post(path, typed | {"days_1": "5"}).status_code == 409
    world.as_person(world.clinician)
    assert AlertTime.objects.get().days == 2


def test_clinicians_of_a_patient_are_named_on_a_small_page(client: Client, world: World) -> None:
    series, second = relapsed(world), colleague(world, "second")
    path = f"/patients/{series.patient_id}/clinicians/"
    client.force_login(world.data_manager)
    typed = form(client, path) | {"clinician": world.clinician.pk, "second_clinician": second.pk}
    assert client.post(path, typed).status_code == 302
    world.as_person(world.clinician)
    patient = Patient.objects.get(pk=series.patient_id)
    assert (patient.clinician, patient.second_clinician) == (world.clinician, second)
    assert AuditEntry.objects.filter(action="patient.name_clinicians").count() == 1
    assert client.post(path, typed).status_code == 409, "somebody has named them since"
    assert "Dr Second" in text_of(client.get(f"/patients/{series.patient_id}/"))


def test_the_same_person_twice_a_stranger_and_the_laboratory_are_refused(client: Client, world: World) -> None:
    series = relapsed(world)
    path = f"/patients/{series.patient_id}/clinicians/"
    client.force_login(world.clinician)
    shown = form(client, path)
    for clinician, second in (
        (world.clinician.pk, world.clinician.pk), (world.stranger.pk, ""), ("", world.technician.pk),
    ):  # fmt: skip
        answer = client.post(path, shown | {"clinician": clinician, "second_clinician": second})
        assert answer.status_code == 422
    for person, status in ((world.technician, 403), (world.stranger, 404)):
        client.force_login(person)
        assert client.get(path).status_code == status


def test_the_time_of_a_centre_holds_for_what_is_raised_later(client: Client, world: World, lead: User) -> None:
    change(client, world, lead)
    series = relapsed(world)
    assert alert_of(series).due_at == datetime(2026, 11, 23, tzinfo=PARIS)
    assert alert_of(series).raised_at.date() == date(2026, 11, 20)


def test_the_way_there_leads_to_the_centre_that_one_may_change(client: Client, world: World, lead: User) -> None:
    Membership.objects.create(user=lead, centre=world.elsewhere, role="AUDITOR", starts_on=date(2020, 1, 1))
    client.force_login(lead)
    assert client.get("/centres/own/")["Location"] == f"/centres/{world.centre.pk}/"
    assert "Southbank centre" in text_of(client.get(f"/centres/{world.centre.pk}/"))
    assert "Times and people of alerts" in text_of(client.get("/"))
