"""Acknowledging an alert: comment, action and next sample; a page that is out of date is refused with what changed."""

from datetime import date, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client

from monitoring.models import Alert, AlertChange, AuditEntry, ClinicalEvent, MrdSeries
from tests.world import World, detected, not_detected


@pytest.fixture(autouse=True)
def today(world: World):  # type: ignore[no-untyped-def]
    with time_machine.travel(world.now, tick=False):
        yield


@pytest.fixture
def relapsed(world: World) -> MrdSeries:
    series = world.patient()
    world.authorised(series, date(2026, 7, 1), not_detected())
    world.authorised(series, date(2026, 10, 29), detected("0.02"))
    world.authorised(series, date(2026, 11, 16), detected("0.093"))
    world.as_person(world.clinician)
    return series


def alert_of(series: MrdSeries) -> Alert:
    return Alert.objects.get(series=series, code="EPISODE")


def form_of(client: Client, world: World, series: MrdSeries) -> dict[str, Any]:
    """The form of the alert as the person sees it, filled in."""
    client.force_login(world.clinician)
    shown: dict[str, Any] = client.get(f"/alerts/{alert_of(series).pk}/acknowledge/").context["form"].initial
    world.as_person(world.clinician)
    return shown | {
        "action_taken": "PREEMPTIVE_VENETOCLAX", "comment": "VEN-AZA from Monday, donor search.",
        "next_sample_on": "2026-12-03", "next_sample_tissue": "BOTH",
    }  # fmt: skip


def sent(client: Client, world: World, series: MrdSeries, typed: dict[str, Any]) -> Any:
    alert = alert_of(series)
    answer: Any = client.post(f"/alerts/{alert.pk}/acknowledge/", typed)
    world.as_person(world.clinician)
    return answer


def test_an_alert_is_acknowledged_with_all_that_was_decided(client: Client, world: World, relapsed: MrdSeries) -> None:
    answer = sent(client, world, relapsed, form_of(client, world, relapsed))
    assert (answer.status_code, answer["Location"].split("?")[0]) == (302, f"/patients/{relapsed.patient_id}/")
    alert = alert_of(relapsed)
    assert (alert.state, alert.acknowledged_by_id, alert.acknowledged_at) == (
        "ACKNOWLEDGED", world.clinician.pk, world.now,
    )  # fmt: skip
    step = AlertChange.objects.get(alert=alert, kind="ACKNOWLEDGED")
    assert (step.action_taken, step.comment) == ("PREEMPTIVE_VENETOCLAX", "VEN-AZA from Monday, donor search.")
    assert step.detail["next_sample_on"] == "2026-12-03"
    assert step.detail["next_sample_tissue"] == "BOTH"
    entry = AuditEntry.objects.get(action="alert.acknowledge")
    assert entry.before is not None
    assert entry.after is not None
    assert (entry.before["state"], entry.after["state"]) == ("RAISED", "ACKNOWLEDGED")


def test_the_answer_stands_on_the_patient_page(client: Client, world: World, relapsed: MrdSeries) -> None:
    sent(client, world, relapsed, form_of(client, world, relapsed))
    html = client.get(f"/patients/{relapsed.patient_id}/").content.decode()
    assert "The alert is acknowledged" in html
    assert "VEN-AZA from Monday, donor search." in html
    assert "Next sample 3 Dec 2026." in html
    assert "Not yet acknowledged" not in html


def test_that_no_further_sample_is_planned_can_be_said(client: Client, world: World, relapsed: MrdSeries) -> None:
    typed = form_of(client, world, relapsed) | {"next_sample_on": "", "next_sample_tissue": "NONE"}
    assert sent(client, world, relapsed, typed).status_code == 302


@pytest.mark.parametrize(
    ("changes", "field", "sentence"),
    [
        ({"comment": ""}, "comment", "Say in a comment what was decided and why."),
        ({"comment": "   "}, "comment", "Say in a comment what was decided and why."),
        ({"action_taken": ""}, "action_taken", "Say what is done about it."),
        ({"next_sample_on": ""}, "next_sample_on", "Give the day of the next sample, or say that none is planned."),
        ({"next_sample_tissue": ""}, "next_sample_tissue", "Say of what the next sample is"),
        ({"next_sample_on": "2026-11-01"}, "next_sample_on", "The next sample lies in the past."),
        ({"next_sample_on": "2028-12-03"}, "next_sample_on", "more than a year ahead"),
        ({"next_sample_on": "03/12/2026"}, "next_sample_on", "Write the day as year-month-day"),
        ({"next_sample_tissue": "NONE"}, "next_sample_on", "and yet there is a date"),
    ],
)
def test_what_is_missing_is_told_at_its_field_and_nothing_typed_is_lost(
    client: Client, world: World, relapsed: MrdSeries, changes: dict[str, str], field: str, sentence: str
) -> None:
    typed = form_of(client, world, relapsed) | changes
    answer = sent(client, world, relapsed, typed)
    html = answer.content.decode()
    assert answer.status_code == 422
    assert sentence in html[html.index(f'id="alert-{alert_of(relapsed).pk}-{field}_error"') :][:600]
    if typed["comment"].strip():
        assert typed["comment"] in html
    if typed["next_sample_on"]:
        assert f'value="{typed["next_sample_on"]}"' in html
    assert alert_of(relapsed).state == "RAISED"


def test_a_page_overtaken_by_a_result_is_refused_with_what_changed(
    client: Client, world: World, relapsed: MrdSeries
) -> None:
    typed = form_of(client, world, relapsed)
    with time_machine.travel(world.now + timedelta(minutes=5), tick=False):
        world.authorised(relapsed, date(2026, 11, 18), detected("0.2"))
        world.as_person(world.clinician)
        answer = sent(client, world, relapsed, typed)
    assert answer.status_code == 409
    assert "Nothing of yours was saved." in answer.content.decode()
    assert "VEN-AZA from Monday, donor search." in answer.content.decode(), "what was typed is not lost"
    assert alert_of(relapsed).state == "RAISED"
    assert not AlertChange.objects.filter(kind="ACKNOWLEDGED").exists()


def test_a_page_overtaken_by_an_event_is_refused(client: Client, world: World, relapsed: MrdSeries) -> None:
    typed = form_of(client, world, relapsed)
    ClinicalEvent.objects.create(patient=relapsed.patient, kind="DLI", happened_on=date(2026, 11, 19))
    assert sent(client, world, relapsed, typed).status_code == 409


def test_two_people_cannot_acknowledge_the_same_alert(client: Client, world: World, relapsed: MrdSeries) -> None:
    typed = form_of(client, world, relapsed)
    assert sent(client, world, relapsed, typed).status_code == 302
    assert sent(client, world, relapsed, typed).status_code == 409
    assert AlertChange.objects.filter(kind="ACKNOWLEDGED").count() == 1


def test_an_alert_that_waits_no_more_leads_back_to_the_patient(
    client: Client, world: World, relapsed: MrdSeries
) -> None:
    sent(client, world, relapsed, form_of(client, world, relapsed))
    answer = client.get(f"/alerts/{alert_of(relapsed).pk}/acknowledge/")
    assert answer.status_code == 302


def test_only_a_clinician_of_a_caring_centre_acknowledges(client: Client, world: World, relapsed: MrdSeries) -> None:
    alert = alert_of(relapsed)
    for person, status in ((world.stranger, 404), (world.technician, 403), (world.data_manager, 403)):
        client.force_login(person)
        assert client.get(f"/alerts/{alert.pk}/acknowledge/").status_code == status
        assert client.post(f"/alerts/{alert.pk}/acknowledge/", {}).status_code == status


def test_an_alert_that_is_not_there_does_not_exist(client: Client, world: World) -> None:
    client.force_login(world.clinician)
    assert client.get("/alerts/999999/acknowledge/").status_code == 404
