"""Consent to research: withdrawn on a day, taken back with a reason, by those who keep the record."""

from datetime import date

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client

from monitoring.actions import research_consent
from monitoring.actions.refusals import ActionRefused, ImpossibleDate, StaleVersion
from monitoring.models import AuditEntry, MrdSeries, Patient
from tests.world import NOW, World


@pytest.fixture
def series(world: World) -> MrdSeries:
    found = world.patient()
    world.as_person(world.clinician)
    return found


def address(series: MrdSeries) -> str:
    return f"/patients/{series.patient_id}/research/"


def on_record(world: World, series: MrdSeries) -> date | None:
    world.as_person(world.clinician)
    return Patient.objects.get(pk=series.patient_id).research_refused_on


def test_the_page_withdraws_and_takes_back(client: Client, world: World, series: MrdSeries) -> None:
    client.force_login(world.clinician)
    assert b"Research" in client.get(f"/patients/{series.patient_id}/").content
    assert "No refusal is on record." in client.get(address(series)).content.decode()
    assert client.post(address(series), {"refused_on": "2026-01-05"}).status_code == 302
    assert on_record(world, series) == date(2026, 1, 5)
    page = client.get(address(series)).content.decode()
    assert "Consent was withdrawn on" in page
    assert client.post(address(series), {"reason": ""}).status_code == 422
    assert client.post(address(series), {"reason": "Signed again"}).status_code == 302
    assert on_record(world, series) is None
    entries = AuditEntry.objects.filter(patient_id=series.patient_id, action__startswith="patient.research")
    assert [(each.action, each.reason) for each in entries.order_by("pk")] == [
        ("patient.research_withdraw", ""),
        ("patient.research_give_again", "Signed again"),
    ]
    last = entries.latest("pk")
    assert last.before is not None
    assert last.before["research_refused_on"] == "2026-01-05"


def test_an_impossible_day_is_refused_at_the_field(client: Client, world: World, series: MrdSeries) -> None:
    client.force_login(world.clinician)
    for day in ("2999-01-01", "1900-01-01", "5/1/2026", ""):
        answer = client.post(address(series), {"refused_on": day})
        assert answer.status_code == 422
        assert on_record(world, series) is None
    world.as_person(world.clinician)
    with pytest.raises(ImpossibleDate):
        research_consent.withdraw(by=world.clinician, patient=series.patient, on=date(2999, 1, 1), now=NOW)


def test_what_somebody_else_saved_meanwhile_is_not_overwritten(world: World, series: MrdSeries) -> None:
    patient = series.patient
    with pytest.raises(StaleVersion):
        research_consent.give_again(by=world.clinician, patient=patient, reason="Signed again")
    research_consent.withdraw(by=world.clinician, patient=patient, on=date(2026, 1, 5), now=NOW)
    with pytest.raises(StaleVersion):
        research_consent.withdraw(by=world.clinician, patient=patient, on=date(2026, 2, 5), now=NOW)
    with pytest.raises(ActionRefused):
        research_consent.give_again(by=world.clinician, patient=patient, reason="  ")


def test_only_those_who_keep_the_record_may(client: Client, world: World, series: MrdSeries) -> None:
    with pytest.raises(PermissionDenied):
        research_consent.withdraw(by=world.technician, patient=series.patient, on=date(2026, 1, 5), now=NOW)
    client.force_login(world.stranger)
    assert client.get(address(series)).status_code == 404
