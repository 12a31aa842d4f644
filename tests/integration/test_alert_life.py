"""The life of an alert: seen, acknowledged, handed over, resolved, opened again by what is new."""

import threading
from collections.abc import Iterator
from datetime import date, timedelta

import pytest
import time_machine
from django.db import connection, connections
from django.test import Client
from django.test.utils import CaptureQueriesContext

from monitoring.actions import recompute
from monitoring.models import Alert, AlertChange, AuditEntry, Centre, MrdSeries, User
from monitoring.queries.patient_alerts import read_alerts
from tests.integration.alert_desk import DECISION, alert_of, colleague, opened, post, relapsed, steps
from tests.integration.typed_entry import text_of
from tests.world import World, detected, not_detected


@pytest.fixture(autouse=True)
def today(request: pytest.FixtureRequest) -> Iterator[None]:
    name = "committed" if "committed" in request.fixturenames else "world"
    with time_machine.travel(request.getfixturevalue(name).now, tick=name == "committed"):
        yield


@pytest.fixture
def other(world: World) -> User:
    return colleague(world)


def acknowledged(client: Client, world: World, series: MrdSeries) -> None:
    typed = opened(client, world, world.clinician, series) | DECISION
    assert post(client, world, series, "acknowledge", typed).status_code == 302


def resolved(client: Client, world: World, series: MrdSeries) -> None:
    acknowledged(client, world, series)
    typed = opened(client, world, world.clinician, series) | {"comment": "Venetoclax has begun."}
    assert post(client, world, series, "resolve", typed).status_code == 302


# ---- seen


def test_it_is_seen_once_by_each_clinician_who_opens_the_page(client: Client, world: World, other: User) -> None:
    series = relapsed(world)
    for person in (world.clinician, world.clinician, other):
        opened(client, world, person, series)
    seen = AlertChange.objects.filter(alert=alert_of(series), kind="SEEN").order_by("pk")
    assert [step.by for step in seen] == [world.clinician, other]
    assert AuditEntry.objects.filter(action="alert.see").count() == 2


def test_a_look_at_the_list_or_by_a_data_manager_is_not_seeing(client: Client, world: World) -> None:
    series = relapsed(world)
    client.force_login(world.clinician)
    client.get("/")
    client.force_login(world.data_manager)
    client.get(f"/patients/{series.patient_id}/")
    world.as_person(world.clinician)
    assert "SEEN" not in steps(series)


def test_what_is_new_is_to_be_seen_again(client: Client, world: World) -> None:
    series = world.patient()
    world.authorised(series, date(2026, 7, 1), not_detected())
    world.authorised(series, date(2026, 10, 29), detected("0.02"))
    opened(client, world, world.clinician, series)
    world.authorised(series, date(2026, 11, 16), detected("0.093"))
    opened(client, world, world.clinician, series)
    assert steps(series) == ["RAISED", "SEEN", "UPDATED", "SEEN"]


def test_seeing_makes_nobodys_page_out_of_date(client: Client, world: World, other: User) -> None:
    series = relapsed(world)
    typed = opened(client, world, world.clinician, series) | DECISION
    opened(Client(), world, other, series)
    assert post(client, world, series, "acknowledge", typed).status_code == 302


# ---- handed over


def test_handed_over_it_waits_for_that_person_and_the_clock_runs_on(client: Client, world: World, other: User) -> None:
    series = relapsed(world)
    due_at, raised_at = alert_of(series).due_at, alert_of(series).raised_at
    typed = opened(client, world, world.clinician, series) | {"to": other.pk, "comment": "On leave from tomorrow."}
    assert post(client, world, series, "hand-over", typed).status_code == 302
    alert = alert_of(series)
    assert (alert.state, alert.held_by, alert.due_at, alert.raised_at) == ("RAISED", other, due_at, raised_at)
    step = AlertChange.objects.get(alert=alert, kind="HANDED_OVER")
    assert (step.by, step.to, step.comment) == (world.clinician, other, "On leave from tomorrow.")
    assert AuditEntry.objects.get(action="alert.hand_over").reason == "On leave from tomorrow."


def test_it_is_refused_to_oneself_to_strangers_and_without_a_comment(client: Client, world: World, other: User) -> None:
    series = relapsed(world)
    shown = opened(client, world, world.clinician, series)
    for to in (world.clinician, world.stranger, world.technician, world.data_manager):
        answer = post(client, world, series, "hand-over", shown | {"to": to.pk, "comment": "Please take over."})
        assert answer.status_code == 422, to
        assert "Please take over." in answer.content.decode(), "nothing typed is lost"
    answer = post(client, world, series, "hand-over", shown | {"to": other.pk, "comment": " "})
    assert "Say in a comment why it is handed over" in text_of(answer)
    assert "HANDED_OVER" not in steps(series)


def test_whoever_left_since_the_page_was_opened_is_refused(client: Client, world: World, other: User) -> None:
    series = relapsed(world)
    typed = opened(client, world, world.clinician, series) | {"to": other.pk, "comment": "Please take over."}
    User.objects.filter(pk=other.pk).update(is_active=False)
    assert post(client, world, series, "hand-over", typed).status_code == 422


def test_a_page_overtaken_by_a_hand_over_is_refused_with_what_was_typed(
    client: Client, world: World, other: User
) -> None:
    series = relapsed(world)
    shown = opened(client, world, world.clinician, series)
    with time_machine.travel(world.now + timedelta(minutes=1), tick=False):
        post(client, world, series, "hand-over", shown | {"to": other.pk, "comment": "Please take over."})
        answer = post(client, world, series, "acknowledge", shown | DECISION)
    assert answer.status_code == 409
    assert "clinician handed the alert over, " in text_of(answer)
    assert "Pre-emptive venetoclax planned" in text_of(answer)
    assert "VEN-AZA from Monday, donor search." in text_of(answer)


# ---- resolved


def test_a_person_resolves_what_was_acknowledged_and_only_that(client: Client, world: World) -> None:
    series = relapsed(world)
    shown = opened(client, world, world.clinician, series)
    assert post(client, world, series, "resolve", shown | {"comment": "Done."}).status_code == 409
    resolved(client, world, series)
    alert = alert_of(series)
    assert (alert.state, alert.resolved_by, alert.resolved_at) == ("RESOLVED", world.clinician, world.now)
    assert steps(series) == ["RAISED", "UPDATED", "SEEN", "ACKNOWLEDGED", "RESOLVED"]
    assert AuditEntry.objects.get(action="alert.resolve").reason == "Venetoclax has begun."
    client.force_login(world.clinician)
    assert "Venetoclax has begun." in client.get(f"/patients/{series.patient_id}/").content.decode()


def test_an_outcome_is_asked_for(client: Client, world: World) -> None:
    series = relapsed(world)
    acknowledged(client, world, series)
    typed = opened(client, world, world.clinician, series) | {"comment": ""}
    answer = post(client, world, series, "resolve", typed)
    assert answer.status_code == 422
    assert "Say in a comment what came of it." in text_of(answer)


def test_a_recompute_does_not_undo_what_a_person_resolved(client: Client, world: World) -> None:
    series = relapsed(world)
    resolved(client, world, series)
    for days in (0, 1, 40):
        recompute.recompute_series([series.pk], now=world.now + timedelta(days=days))
    assert (alert_of(series).state, steps(series)[-1]) == ("RESOLVED", "RESOLVED")


def test_growth_opens_it_again(client: Client, world: World) -> None:
    series = relapsed(world)
    resolved(client, world, series)
    world.authorised(series, date(2026, 10, 20), detected("0.01"))
    world.as_person(world.clinician)
    alert = alert_of(series)
    assert (alert.state, alert.resolved_by, alert.acknowledged_by) == ("RAISED", None, None)
    assert (steps(series)[-1], alert.index_on, alert.escalation) == ("REOPENED", date(2026, 10, 20), 0)


@pytest.mark.parametrize(("language", "reopened", "acknowledged_before"), [
    ("en", "opened again by new evidence, relapse date moved from 29 Oct 2026 to 20 Oct 2026",
     "Acknowledged before by Clinician, 20 Nov 2026"),
    ("fr", "rouverte par de nouveaux éléments, date de rechute déplacée du 29 oct. 2026 au 20 oct. 2026",
     "Déjà prise en compte par Clinician, 20 nov. 2026"),
])  # fmt: skip
def test_a_moved_relapse_date_is_told_and_what_was_acknowledged_before_it_is_too(
    client: Client, world: World, language: str, reopened: str, acknowledged_before: str
) -> None:
    series = relapsed(world)
    acknowledged(client, world, series)
    world.authorised(series, date(2026, 10, 20), detected("0.01"))
    client.force_login(world.clinician)
    client.cookies["django_language"] = language
    for path in (f"/patients/{series.patient_id}/", f"/alerts/{alert_of(series).pk}/acknowledge/"):
        page = text_of(client.get(path))
        assert reopened in page
        assert DECISION["comment"] in page[: page.index(reopened)]
        world.as_person(world.clinician)
    assert acknowledged_before in text_of(client.get(f"/patients/{series.patient_id}/"))


def test_before_the_date_moved_nothing_is_told_of_it(client: Client, world: World) -> None:
    series = relapsed(world)
    acknowledged(client, world, series)
    world.now += timedelta(hours=1)
    world.authorised(series, date(2026, 10, 20), detected("0.01"))
    world.as_person(world.clinician)
    then, now = (
        next(alert for alert in read_alerts(series.pk, at) if alert.code == "EPISODE")
        for at in (world.now - timedelta(minutes=1), None)
    )
    assert (then.index_on, [step.moved for step in then.steps if step.moved]) == (date(2026, 10, 29), [])
    assert [step.kind for step in now.steps if step.moved] == ["REOPENED"]


def test_what_no_longer_holds_is_retracted_and_told_though_a_person_had_resolved_it(
    client: Client, world: World
) -> None:
    series = relapsed(world)
    resolved(client, world, series)
    Centre.objects.filter(pk=world.centre.pk).update(alerting_ruleset="ELN2025")
    recompute.drain_patient(series.patient_id, now=world.now)
    gone = Alert.objects.get(series=series, code="EPISODE", ruleset="ELN2021")
    assert (gone.state, gone.resolved_by, gone.retracted_because) == ("RETRACTED", None, "RULESET_CHANGED")
    assert Alert.objects.get(series=series, code="RETRACTION", state="RAISED").detail["retracted"] == gone.pk


# ---- who may, and the page


def test_laboratory_and_data_managers_are_refused_and_other_centres_told_nothing(client: Client, world: World) -> None:
    series = relapsed(world)
    alert = alert_of(series)
    for person, status in ((world.stranger, 404), (world.technician, 403), (world.data_manager, 403)):
        client.force_login(person)
        for what in ("acknowledge", "hand-over", "resolve"):
            assert client.post(f"/alerts/{alert.pk}/{what}/", {}).status_code == status
            assert client.get(f"/alerts/{alert.pk}/{what}/").status_code == status


def test_the_history_is_read_on_the_patient_page(client: Client, world: World, other: User) -> None:
    series = relapsed(world)
    handed = opened(client, world, world.clinician, series) | {"to": other.pk, "comment": "On leave."}
    post(client, world, series, "hand-over", handed)
    post(client, world, series, "acknowledge", opened(client, world, other, series) | DECISION)
    shown = text_of(client.get(f"/patients/{series.patient_id}/"))
    for words in ("seen by Clinician", "handed over to Dr Colleague by Clinician", "acknowledged by Dr Colleague"):
        assert words in shown
    assert "pre-emptive venetoclax planned" in shown


def test_at_a_moment_it_is_what_the_steps_by_then_say(client: Client, world: World, other: User) -> None:
    series = relapsed(world)
    with time_machine.travel(world.now + timedelta(hours=1), tick=False):
        typed = opened(client, world, world.clinician, series) | {"to": other.pk, "comment": "On leave."}
        post(client, world, series, "hand-over", typed)
    with time_machine.travel(world.now + timedelta(hours=2), tick=False):
        resolved(client, world, series)
    told = {}
    for minutes in (30, 90, 150):
        alerts = read_alerts(series.pk, world.now + timedelta(minutes=minutes))
        (told[minutes],) = [alert for alert in alerts if alert.code == "EPISODE"]
    assert [(one.state, one.held_by, one.resolved_by) for one in told.values()] == [
        ("RAISED", "", ""), ("RAISED", "Dr Colleague", ""), ("RESOLVED", "Clinician", "Clinician"),
    ]  # fmt: skip
    assert [one.kind for one in told[90].steps] == ["RAISED", "UPDATED", "SEEN", "HANDED_OVER"]
    assert told[30].changed_at == world.now


def test_the_page_takes_as_many_queries_for_one_alert_as_for_many(client: Client, world: World, other: User) -> None:
    series = relapsed(world)
    opened(client, world, world.clinician, series)
    with CaptureQueriesContext(connection) as for_one:
        opened(client, world, world.clinician, series)
    first = alert_of(series)
    for number in range(4):
        copy = Alert.objects.get(pk=first.pk)
        copy.pk, copy.subject, copy.code, copy.held_by = None, f"HIGH_LEVEL:{number}", "HIGH_LEVEL", other
        copy.save()
        AlertChange.objects.create(alert=copy, patient_id=copy.patient_id, kind="RAISED", detail=copy.detail)
    opened(client, world, world.clinician, series)
    with CaptureQueriesContext(connection) as for_five:
        opened(client, world, world.clinician, series)
    assert len(for_five) == len(for_one)


def test_of_two_who_answer_at_once_one_wins_and_the_other_is_told(committed: World) -> None:
    world = committed
    series = relapsed(world)
    people = [world.clinician, colleague(world)]
    path = f"/alerts/{alert_of(series).pk}/acknowledge/"
    browsers = []
    for person in people:
        client = Client()
        browsers.append((client, opened(client, world, person, series) | DECISION))
    gate, answers = threading.Barrier(2), []

    def send(client: Client, typed: dict[str, str]) -> None:
        try:
            gate.wait(10)
            answers.append(client.post(path, typed))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=send, args=browser) for browser in browsers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert sorted(answer.status_code for answer in answers) == [302, 409]
    (refused,) = [answer for answer in answers if answer.status_code == 409]
    assert "acknowledged the alert" in text_of(refused)
    assert "VEN-AZA from Monday, donor search." in text_of(refused)
    world.as_person(world.clinician)
    assert steps(series).count("ACKNOWLEDGED") == 1
