"""A row of the worklist opened in place: read, acknowledged or handed over without leaving the list."""

import re
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from monitoring.actions import escalating
from monitoring.models import Alert, AlertChange, MrdSeries, Patient, ReadEntry, User
from tests.integration.alert_desk import DECISION, alert_of, colleague, hidden, relapsed, steps
from tests.integration.typed_entry import text_of
from tests.world import World, detected, not_detected

HTMX = {"HX-Request": "true"}


@pytest.fixture(autouse=True)
def today(world: World) -> Iterator[None]:
    with time_machine.travel(world.now, tick=False):
        yield


def suspected(world: World) -> MrdSeries:
    series = world.patient()
    world.authorised(series, date(2026, 7, 1), not_detected())
    world.authorised(series, date(2026, 10, 29), detected("0.02"))
    world.as_person(world.clinician)
    return series


def row(client: Client, world: World, series: MrdSeries, **query: str) -> Any:
    answer = client.get(f"/worklist/series/{series.pk}/", query, headers=HTMX)
    world.as_person(world.clinician)
    return answer


def sent(client: Client, world: World, series: MrdSeries, what: str, typed: dict[str, Any]) -> Any:
    answer = client.post(f"/worklist/alerts/{alert_of(series).pk}/{what}/", typed, headers=HTMX)
    world.as_person(world.clinician)
    return answer


def shown_list(client: Client, **query: str) -> str:
    return client.get("/", query).content.decode()


def test_it_tells_verdict_evidence_and_what_can_be_done(client: Client, world: World) -> None:
    series = relapsed(world)
    colleague(world)
    client.force_login(world.clinician)
    shown = text_of(row(client, world, series))
    assert "Confirmed molecular relapse" in shown
    assert "By ELN 2021, the rule set that raises alerts here." in shown
    assert "Marrow, index" in shown
    assert "Pre-emptive venetoclax planned" in shown
    assert "Dr Colleague, Northfield centre" in shown
    assert "checked" not in row(client, world, series).content.decode(), "nothing is preselected"


def test_opening_it_is_reading_the_chart_and_seeing_the_alert(client: Client, world: World) -> None:
    series = relapsed(world)
    client.force_login(world.clinician)
    row(client, world, series)
    row(client, world, series)
    assert steps(series).count("SEEN") == 1
    assert ReadEntry.objects.filter(patient_id=series.patient_id, actor_id=world.clinician.pk).exists()


def test_closed_again_it_is_the_row_alone(client: Client, world: World) -> None:
    series = relapsed(world)
    client.force_login(world.clinician)
    shown = row(client, world, series, open="no").content.decode()
    assert 'aria-expanded="false"' in shown
    assert "<form" not in shown
    assert "SEEN" not in steps(series)


def test_without_javascript_the_patient_page_opens(client: Client, world: World) -> None:
    series = relapsed(world)
    client.force_login(world.clinician)
    assert client.get(f"/worklist/series/{series.pk}/")["Location"] == f"/patients/{series.patient_id}/#alerts"


def test_acknowledged_it_answers_in_place_and_the_counts_follow(client: Client, world: World) -> None:
    series = relapsed(world)
    relapsed(world)
    client.force_login(world.clinician)
    assert re.search(r"<b>2</b> <span>Urgent", shown_list(client))
    answer = sent(client, world, series, "acknowledge", hidden(row(client, world, series).content.decode()) | DECISION)
    html = answer.content.decode()
    assert answer.status_code == 200
    assert "The alert is acknowledged" in html
    assert re.search(r"<b>1</b> <span>Urgent", html)
    assert 'id="counts" hx-swap-oob="true"' in html
    assert f'id="series-{series.pk}"' in html
    assert alert_of(series).state == "ACKNOWLEDGED"


def test_handed_over_the_row_says_to_whom(client: Client, world: World) -> None:
    series, other = relapsed(world), colleague(world)
    client.force_login(world.clinician)
    typed = hidden(row(client, world, series).content.decode()) | {"to": other.pk, "comment": "On leave."}
    answer = sent(client, world, series, "hand-over", typed)
    assert "The alert is handed over." in text_of(answer)
    assert "with Dr Colleague" in text_of(answer)
    assert alert_of(series).held_by == other


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"comment": ""}, "Say in a comment what was decided and why."),
        ({"action_taken": ""}, "Say what is done about it."),
        ({"next_sample_on": "2026-11-01"}, "The next sample lies in the past."),
    ],
)
def test_what_is_missing_is_said_in_the_row(
    client: Client, world: World, changes: dict[str, str], sentence: str
) -> None:
    series = relapsed(world)
    client.force_login(world.clinician)
    typed = hidden(row(client, world, series).content.decode()) | DECISION | changes
    answer = sent(client, world, series, "acknowledge", typed)
    assert answer.status_code == 422
    assert sentence in text_of(answer)
    for value in (typed["comment"], typed["next_sample_on"]):
        assert value in answer.content.decode()
    assert alert_of(series).state == "RAISED"


def test_a_stale_row_shows_what_is_new_keeps_what_was_typed_and_can_be_sent_again(client: Client, world: World) -> None:
    series = relapsed(world)
    client.force_login(world.clinician)
    typed = hidden(row(client, world, series).content.decode()) | DECISION
    with time_machine.travel(world.now + timedelta(minutes=5), tick=False):
        world.authorised(series, date(2026, 11, 18), detected("0.2"))
        world.as_person(world.clinician)
        answer = sent(client, world, series, "acknowledge", typed)
        html = answer.content.decode()
        assert answer.status_code == 409
        assert "authoriser authorised a result" in text_of(answer)
        assert "VEN-AZA from Monday, donor search." in html
        assert 'value="PREEMPTIVE_VENETOCLAX"' in html
        assert alert_of(series).state == "RAISED"
        again = sent(client, world, series, "acknowledge", hidden(html) | DECISION)
    assert (again.status_code, alert_of(series).state) == (200, "ACKNOWLEDGED")


def test_a_row_that_a_colleague_answered_gives_back_what_was_typed(client: Client, world: World) -> None:
    series, other = relapsed(world), colleague(world)
    client.force_login(world.clinician)
    typed = hidden(row(client, world, series).content.decode()) | DECISION
    second = Client()
    second.force_login(other)
    sent(second, world, series, "acknowledge", typed)
    answer = sent(client, world, series, "acknowledge", typed | {"comment": "Watch only, see the board."})
    assert answer.status_code == 409
    assert "This alert waits no more. What you typed:" in text_of(answer)
    assert "Watch only, see the board." in text_of(answer)


def test_who_may_not(client: Client, world: World) -> None:
    series = relapsed(world)
    path = f"/worklist/alerts/{alert_of(series).pk}/acknowledge/"
    for person, read, act in ((world.stranger, 404, 404), (world.technician, 403, 403), (world.data_manager, 200, 403)):
        client.force_login(person)
        assert row(client, world, series).status_code == read
        assert client.post(path, {}, headers=HTMX).status_code == act
    client.force_login(world.data_manager)
    assert "<textarea" not in row(client, world, series).content.decode()
    assert client.post(path.replace("acknowledge", "invent"), {}, headers=HTMX).status_code == 404
    client.logout()
    assert "/sign-in" in client.post(path, {}, headers=HTMX)["Location"]


def test_each_row_says_when_it_goes_on_and_where_it_went(client: Client, world: World) -> None:
    series, second = relapsed(world), colleague(world, "second")
    Patient.objects.filter(pk=series.patient_id).update(second_clinician=second)
    client.force_login(world.clinician)
    assert "escalates after 23 Nov" in shown_list(client)
    assert "Goes to the second clinician after 23 Nov." in text_of(row(client, world, series))
    with time_machine.travel(world.now + timedelta(days=4), tick=False):
        escalating.escalate(now=world.now + timedelta(days=4))
        client.force_login(world.clinician)
        shown = shown_list(client)
    assert "passed on to Dr Second, 24 Nov" in shown
    assert "escalates after 24 Nov" in shown


def mine(client: Client, world: World, person: User) -> set[str]:
    client.force_login(person)
    found = set(re.findall(r"P-\d{4}", shown_list(client, whose="mine")))
    world.as_person(world.clinician)
    return found


def test_mine_is_what_i_answer_for_what_i_was_handed_and_what_came_to_me(client: Client, world: World) -> None:
    other, third = colleague(world), colleague(world, "third")
    own, seconds, handed, gone, elses = (relapsed(world) for _ in range(5))
    named = {own: {"clinician": other}, seconds: {"clinician": third, "second_clinician": other}}
    for series in (own, seconds, handed, gone, elses):
        Patient.objects.filter(pk=series.patient_id).update(**named.get(series, {"clinician": third}))
    Alert.objects.filter(series=handed).update(held_by=other)
    Alert.objects.filter(series=gone).update(escalation=1, escalated_at=world.now)
    step = {"kind": "ESCALATED", "to": other, "at": world.now, "detail": {"level": 1, "whom": "SECOND_CLINICIAN"}}
    AlertChange.objects.create(alert=alert_of(gone), patient_id=gone.patient_id, **step)
    assert mine(client, world, other) == {one.patient.pseudonym for one in (own, seconds, handed, gone)}
    assert own.patient.pseudonym not in mine(client, world, third)


def test_a_patient_for_whom_nobody_is_named_and_an_alert_passed_on_to_nobody_are_everybodys(
    client: Client, world: World
) -> None:
    other, nobodys, gone = colleague(world), relapsed(world), relapsed(world)
    Patient.objects.filter(pk=gone.patient_id).update(clinician=colleague(world, "third"))
    assert mine(client, world, other) == {nobodys.patient.pseudonym}
    escalating.escalate(now=world.now + timedelta(days=4))
    world.as_person(world.clinician)
    assert mine(client, world, other) == {nobodys.patient.pseudonym, gone.patient.pseudonym}


def test_a_suspicion_that_was_answered_stands_below_what_waits(client: Client, world: World) -> None:
    answered, waits = suspected(world), suspected(world)
    Alert.objects.filter(series=answered).update(
        state="ACKNOWLEDGED", acknowledged_at=world.now, acknowledged_by=world.clinician
    )
    client.force_login(world.clinician)
    html = shown_list(client)
    assert f'id="series-{waits.pk}" data-group="suspected"' in html
    assert f'id="series-{answered.pk}" data-group="awaited"' in html
    assert html.index(f'id="series-{waits.pk}"') < html.index(f'id="series-{answered.pk}"')


def test_a_row_takes_as_many_queries_in_a_long_list_as_in_a_short_one(client: Client, world: World) -> None:
    series = relapsed(world)
    client.force_login(world.clinician)
    row(client, world, series)
    with CaptureQueriesContext(connection) as alone:
        row(client, world, series)
    for _ in range(3):
        relapsed(world)
    client.get("/")
    row(client, world, series)
    with CaptureQueriesContext(connection) as among_four:
        row(client, world, series)
    assert len(among_four) == len(alone)
