"""Adding, correcting and removing an event: kind, day, details of the kind; refused at the field."""

import re
from datetime import date, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client

from monitoring.actions import events
from monitoring.models import AuditEntry, ClinicalEvent, MrdSeries, RowHistory
from monitoring.models.choices import EventKindChoice
from tests.world import World


@pytest.fixture(autouse=True)
def today(world: World):  # type: ignore[no-untyped-def]
    with time_machine.travel(world.now, tick=False):
        yield


@pytest.fixture
def series(world: World) -> MrdSeries:
    found = world.patient()
    world.as_person(world.clinician)
    return found


def sent(client: Client, world: World, series: MrdSeries, kind: str, **typed: str) -> Any:
    client.force_login(world.clinician)
    answer: Any = client.post(f"/patients/{series.patient_id}/events/add/?kind={kind}", typed)
    world.as_person(world.clinician)
    return answer


def recorded(world: World, series: MrdSeries, kind: str, on: date, **details: str) -> ClinicalEvent:
    world.as_person(world.clinician)
    event = ClinicalEvent(kind=kind, happened_on=on, **details)
    return events.record(by=world.clinician, patient=series.patient, event=event, now=world.now)


def test_the_kind_is_chosen_first(client: Client, world: World, series: MrdSeries) -> None:
    client.force_login(world.clinician)
    html = client.get(f"/patients/{series.patient_id}/events/add/").content.decode()
    for kind in EventKindChoice.values:
        assert f'href="?kind={kind}"' in html


@pytest.mark.parametrize("kind", EventKindChoice.values)
def test_each_kind_asks_for_its_own_details(client: Client, world: World, series: MrdSeries, kind: str) -> None:
    client.force_login(world.clinician)
    html = client.get(f"/patients/{series.patient_id}/events/add/?kind={kind}").content.decode()
    assert ('name="donor"' in html) == (kind == "HSCT")
    assert ('name="cause"' in html) == (kind == "DEATH")


def test_a_transplant_is_recorded_with_its_details(client: Client, world: World, series: MrdSeries) -> None:
    answer = sent(
        client, world, series, "HSCT", happened_on="2026-06-25", donor="unrelated 10/10", conditioning="Flu-Bu",
        conditioning_starts_on="2026-06-18", mrd_at_hsct="NEGATIVE", detail="",
    )  # fmt: skip
    assert (answer.status_code, answer["Location"]) == (302, f"/patients/{series.patient_id}/#timeline")
    event = ClinicalEvent.objects.get(patient=series.patient)
    assert (event.kind, event.happened_on, event.donor) == ("HSCT", date(2026, 6, 25), "unrelated 10/10")
    assert (event.conditioning_starts_on, event.mrd_at_hsct) == (date(2026, 6, 18), "NEGATIVE")


def test_what_an_event_does_to_the_verdicts_is_told_before(client: Client, world: World, series: MrdSeries) -> None:
    client.force_login(world.clinician)
    html = client.get(f"/patients/{series.patient_id}/events/add/?kind=HSCT").content.decode()
    assert "A transplant begins a new course" in html


@pytest.mark.parametrize(
    ("kind", "typed", "field", "sentence"),
    [
        ("DLI", {"happened_on": "2026-11-21"}, "happened_on", "This day is in the future."),
        ("DLI", {"happened_on": "1960-01-01"}, "happened_on", "before the patient&#x27;s birth"),
        ("DLI", {"happened_on": "25/06/2026"}, "happened_on", "Write the day as year-month-day"),
        ("DLI", {"happened_on": ""}, "happened_on", "This field is required."),
        ("NOT_TRANSPLANTED", {"happened_on": "2026-06-01"}, "detail", "This field is required."),
        (
            "HSCT",
            {"happened_on": "2026-06-25", "conditioning_starts_on": "2026-06-26"},
            "conditioning_starts_on",
            "Conditioning begins before the transplant.",
        ),
    ],
)
def test_what_cannot_be_is_refused_at_its_field(
    client: Client, world: World, series: MrdSeries, kind: str, typed: dict[str, str], field: str, sentence: str
) -> None:
    answer = sent(client, world, series, kind, **typed)
    html = answer.content.decode()
    assert answer.status_code == 422
    assert sentence in html[html.index(f'id="id_{field}_error"') :][:600]
    for value in filter(None, typed.values()):
        assert f'value="{value}"' in html
    assert not ClinicalEvent.objects.filter(patient=series.patient).exists()


def test_nothing_happens_after_death(client: Client, world: World, series: MrdSeries) -> None:
    recorded(world, series, "DEATH", date(2026, 10, 1))
    answer = sent(client, world, series, "DLI", happened_on="2026-11-01")
    assert answer.status_code == 422
    assert "This day is after the patient&#x27;s death." in answer.content.decode()


def test_a_second_death_and_the_same_event_twice_are_refused(client: Client, world: World, series: MrdSeries) -> None:
    recorded(world, series, "DEATH", date(2026, 11, 1))
    recorded(world, series, "DLI", date(2026, 9, 1))
    assert "already recorded" in sent(client, world, series, "DEATH", happened_on="2026-10-01").content.decode()
    assert "already recorded" in sent(client, world, series, "DLI", happened_on="2026-09-01").content.decode()


def test_an_event_is_corrected_with_a_reason(client: Client, world: World, series: MrdSeries) -> None:
    event = recorded(world, series, "HSCT", date(2026, 6, 25), donor="haplo")
    client.force_login(world.clinician)
    assert 'value="2026-06-25"' in client.get(f"/events/{event.pk}/").content.decode()
    typed = {"happened_on": "2026-06-26", "donor": "haplo", "conditioning": "", "conditioning_starts_on": ""}
    refused = client.post(f"/events/{event.pk}/", typed)
    assert (refused.status_code, "Say why the event is corrected." in refused.content.decode()) == (422, True)
    assert client.post(f"/events/{event.pk}/", typed | {"reason": "letter of the ward"}).status_code == 302
    world.as_person(world.clinician)
    event.refresh_from_db()
    assert event.happened_on == date(2026, 6, 26)
    assert AuditEntry.objects.get(action="clinicalevent.change").reason == "letter of the ward"


def test_an_event_is_removed_with_a_reason_and_stays_in_the_history(
    client: Client, world: World, series: MrdSeries
) -> None:
    event = recorded(world, series, "DLI", date(2026, 9, 1))
    client.force_login(world.clinician)
    assert "stays in the history" in client.get(f"/events/{event.pk}/remove/").content.decode()
    assert client.post(f"/events/{event.pk}/remove/", {"reason": " "}).status_code == 422
    world.as_person(world.clinician)
    assert ClinicalEvent.objects.filter(pk=event.pk).exists()
    assert client.post(f"/events/{event.pk}/remove/", {"reason": "another patient"}).status_code == 302
    world.as_person(world.clinician)
    assert not ClinicalEvent.objects.filter(pk=event.pk).exists()
    assert RowHistory.objects.filter(table_name="monitoring_clinicalevent", row_id=event.pk).exists()


def test_who_may_record(client: Client, world: World, series: MrdSeries) -> None:
    event = recorded(world, series, "DLI", date(2026, 9, 1))
    addresses = [f"/patients/{series.patient_id}/events/add/", f"/events/{event.pk}/", f"/events/{event.pk}/remove/"]
    for person, status in ((world.stranger, 404), (world.technician, 403), (world.data_manager, 200)):
        client.force_login(person)
        assert [client.get(address).status_code for address in addresses] == [status] * 3


def test_a_correction_of_an_event_that_somebody_changed_meanwhile_is_refused_and_kept_as_typed(
    client: Client, world: World, series: MrdSeries
) -> None:
    event = recorded(world, series, "HSCT", date(2026, 6, 25))
    ClinicalEvent.objects.filter(pk=event.pk).update(recorded_at=world.now - timedelta(hours=1))
    client.force_login(world.clinician)
    html = client.get(f"/events/{event.pk}/").content.decode()
    found = re.search(r'name="seen" value="([^"]+)"', html)
    assert found
    world.as_person(world.clinician)
    other = ClinicalEvent.objects.get(pk=event.pk)
    events.change(
        by=world.data_manager, event=other, changes={"happened_on": date(2026, 6, 26)}, now=world.now, reason="letter"
    )
    typed = {"happened_on": "2026-06-27", "reason": "discharge letter", "seen": found[1]}
    answer = client.post(f"/events/{event.pk}/", typed)
    assert answer.status_code == 409
    assert "Somebody has changed this meanwhile" in answer.content.decode()
    assert 'value="2026-06-27"' in answer.content.decode()
    world.as_person(world.clinician)
    assert ClinicalEvent.objects.get(pk=event.pk).happened_on == date(2026, 6, 26)
