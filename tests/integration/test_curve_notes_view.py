"""Notes on the curve: added, taken off, hidden by the standpoint, refused where they may not be written."""

import json
import re
from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.test import Client

from monitoring.actions import curve_notes
from monitoring.actions.refusals import ActionRefused, ImpossibleDate, StaleVersion
from monitoring.models import AuditEntry, CurveNote, MrdSeries
from monitoring.queries.curve_notes import read_notes
from monitoring.queries.patient_record import Standpoint
from tests.patient_page import relapsed, shown
from tests.world import World


@pytest.fixture(autouse=True)
def today(world: World):  # type: ignore[no-untyped-def]
    with time_machine.travel(world.now, tick=False):
        yield


def note(world: World, series: MrdSeries, on: date, text: str, marker: str = "") -> CurveNote:
    world.as_person(world.clinician)
    return curve_notes.add(by=world.clinician, patient=series.patient, on=on, text=text, marker=marker, now=world.now)


def numbers(world: World, series: MrdSeries, **standpoint: object) -> list[tuple[int, str]]:
    world.as_person(world.clinician)
    at = Standpoint.of(series.patient, world.now, **standpoint)  # type: ignore[arg-type]
    return [(one.number, one.text) for one in read_notes(series.patient_id, series.marker, at).standing]


def test_a_note_is_added_from_the_page_and_stands_under_the_curve(client: Client, world: World) -> None:
    series = relapsed(world)
    client.force_login(world.clinician)
    sent = {"on": "2026-10-29", "text": "  Ciclosporin   stopped ", "marker": "NPM1", "shown": "NPM1"}
    answer = client.post(f"/patients/{series.patient_id}/notes/add/", sent)
    assert (answer.status_code, answer["Location"]) == (302, f"/patients/{series.patient_id}/?marker=NPM1#notes")
    page = shown(client, world, series)
    assert "29 Oct 2026 : Ciclosporin stopped Clinician, 20 Nov 2026, 11:00" in page.replace("2026:", "2026 :")
    assert AuditEntry.objects.filter(action="curvenote.add", patient_id=series.patient_id).count() == 1


def test_what_was_typed_reaches_the_figure_as_data_and_no_mark_of_it_as_html(client: Client, world: World) -> None:
    series = relapsed(world)
    note(world, series, date(2026, 10, 29), "<b>two</b> </script><img src=x>")
    client.force_login(world.clinician)
    html = client.get(f"/patients/{series.patient_id}/").content.decode()
    assert "<img src=x>" not in html
    found = re.search(r'<script id="notes-on-curve" type="application/json">(.*?)</script>', html)
    assert found is not None
    assert json.loads(found[1]) == [{"number": 1, "on": "2026-10-29", "text": "<b>two</b> </script><img src=x>"}]


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({"on": "2026-11-21", "text": "too early"}, "This day is in the future."),
        ({"on": "1950-01-01", "text": "too late"}, "before the patient"),
        ({"on": "2026-10-29", "text": "   "}, "Write what is to be remembered of this day."),
        ({"on": "2026-10-29", "text": "x" * 301}, "at most 300 characters"),
        ({"on": "2026-10-29", "text": "kept", "marker": "CBFB::MYH11"}, "Select a valid choice"),
    ],
)
def test_what_cannot_be_is_told_at_the_field_and_nothing_typed_is_lost(
    client: Client, world: World, sent: dict[str, str], said: str
) -> None:
    series = relapsed(world)
    client.force_login(world.clinician)
    answer = client.post(f"/patients/{series.patient_id}/notes/add/", sent)
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert sent["text"].strip() in answer.content.decode()
    world.as_person(world.clinician)
    assert not CurveNote.objects.exists()


def test_a_note_is_taken_off_once_and_stays_in_the_list_with_who_and_when(client: Client, world: World) -> None:
    series = relapsed(world)
    written = note(world, series, date(2026, 10, 29), "Wrong patient")
    client.force_login(world.clinician)
    for said in ("The note is off the curve.", "This note was taken off before."):
        answer = client.post(f"/notes/{written.pk}/take-off/", {"shown": "NPM1"}, follow=True)
        assert said in answer.content.decode()
    page = shown(client, world, series)
    assert "1 note taken off" in page
    assert "Wrong patient Clinician, 20 Nov 2026, 11:00; taken off by Clinician, 20 Nov 2026, 11:00" in page
    assert numbers(world, series) == []
    assert AuditEntry.objects.filter(action="curvenote.take_off").count() == 1


def test_an_earlier_day_hides_notes_of_later_days(world: World) -> None:
    series = relapsed(world)
    note(world, series, date(2026, 7, 1), "early")
    note(world, series, date(2026, 10, 29), "late")
    assert numbers(world, series) == [(1, "early"), (2, "late")]
    assert numbers(world, series, as_of=date(2026, 8, 1)) == [(1, "early")]


def test_an_earlier_moment_hides_what_was_written_later_and_shows_what_was_taken_off_later(world: World) -> None:
    series = relapsed(world)
    early = note(world, series, date(2026, 7, 1), "early")
    later = world.now + timedelta(hours=2)
    curve_notes.take_off(by=world.clinician, note=early, now=later)
    curve_notes.add(by=world.clinician, patient=series.patient, on=date(2026, 7, 2), text="late", now=later)
    world.now = later + timedelta(hours=1)
    assert numbers(world, series) == [(1, "late")]
    assert numbers(world, series, known_at=later - timedelta(hours=1)) == [(1, "early")]
    assert numbers(world, series, known_at=datetime(2026, 1, 1, tzinfo=UTC)) == []


def test_a_note_of_one_marker_is_not_on_the_curve_of_another(world: World) -> None:
    series = relapsed(world)
    note(world, series, date(2026, 7, 1), "for NPM1", marker="NPM1")
    note(world, series, date(2026, 7, 1), "for all")
    at = Standpoint.of(series.patient, world.now)
    other = read_notes(series.patient_id, "CBFB::MYH11", at)
    assert [one.text for one in other.standing] == ["for all"]


def test_only_those_who_record_write_notes(client: Client, world: World) -> None:
    series = relapsed(world)
    written = note(world, series, date(2026, 7, 1), "early")
    for person, status in ((world.technician, 403), (world.stranger, 404)):
        client.force_login(person)
        sent = {"on": "2026-10-29", "text": "no"}
        assert client.post(f"/patients/{series.patient_id}/notes/add/", sent).status_code == status
        assert client.post(f"/notes/{written.pk}/take-off/").status_code == status
    world.as_person(world.clinician)
    with pytest.raises(PermissionDenied):
        curve_notes.take_off(by=world.technician, note=written, now=world.now)
    assert [row.removed_at for row in CurveNote.objects.all()] == [None]


def test_the_action_itself_refuses_what_the_form_would(world: World) -> None:
    series = relapsed(world)
    with pytest.raises(ImpossibleDate):
        note(world, series, date(2027, 1, 1), "future")
    for text, marker in (("", ""), ("x" * 301, ""), ("other", "CBFB::MYH11")):
        with pytest.raises(ActionRefused):
            note(world, series, date(2026, 7, 1), text, marker)
    written = note(world, series, date(2026, 7, 1), "once")
    curve_notes.take_off(by=world.clinician, note=written, now=world.now)
    with pytest.raises(StaleVersion):
        curve_notes.take_off(by=world.clinician, note=written, now=world.now)


def test_the_database_refuses_half_a_removal(world: World) -> None:
    written = note(world, relapsed(world), date(2026, 7, 1), "early")
    with pytest.raises(IntegrityError), transaction.atomic():
        CurveNote.objects.filter(pk=written.pk).update(removed_at=world.now)


def test_the_page_of_the_past_offers_no_note(client: Client, world: World) -> None:
    series = relapsed(world)
    assert "Add a note to the curve" in shown(client, world, series)
    assert "Add a note to the curve" not in shown(client, world, series, as_of="2026-10-30")
