"""Alerts follow their episode or flag: raised once, updated, reopened, retracted with a reason, never deleted."""

from datetime import date, timedelta

import pytest

from monitoring.actions import acknowledging, recompute, results
from monitoring.actions.acknowledging import ActionTaken, Decision, NextSampleTissue
from monitoring.actions.alert_turns import SeenAlert
from monitoring.models import Alert, AlertChange, Centre, MrdResult, MrdSeries
from monitoring.models.choices import RuleSetChoice
from monitoring.queries.patient_alerts import read_alerts
from tests.world import World, detected, not_detected


def episode_alert(series: MrdSeries) -> Alert:
    return Alert.objects.get(series=series, code="EPISODE", ruleset="ELN2021")


def steps(alert: Alert) -> list[str]:
    return list(AlertChange.objects.filter(alert=alert).order_by("pk").values_list("kind", flat=True))


def amend(world: World, result: MrdResult, reading: object) -> None:
    world.as_person(world.technician)
    draft = results.amend(by=world.technician, result=result, reading=reading, reason="repeat")  # type: ignore[arg-type]
    results.submit(by=world.technician, result=draft, now=world.now)
    draft.refresh_from_db()
    world.as_person(world.authoriser)
    results.authorise(
        by=world.authoriser, result=draft, seen=results.Seen(draft.version, draft.submitted_at), now=world.now
    )


def acknowledge(world: World, alert: Alert) -> None:
    world.as_person(world.clinician)
    seen = SeenAlert(alert.series.revision, alert.changed_at)
    decision = Decision(ActionTaken.WATCH, "Discussed on Monday.", None, NextSampleTissue.NONE)
    acknowledging.acknowledge(by=world.clinician, alert=alert, seen=seen, decision=decision, now=world.now)


@pytest.fixture
def suspected(world: World) -> MrdSeries:
    """Negative, then detected four weeks ago: a suspected relapse."""
    series = world.patient()
    world.authorised(series, date(2026, 7, 1), not_detected())
    world.authorised(series, date(2026, 10, 29), detected("0.02"))
    return series


def test_a_suspicion_is_urgency_two_and_due_in_three_working_days(world: World, suspected: MrdSeries) -> None:
    alert = episode_alert(suspected)
    assert (alert.urgency, alert.state, alert.detail["status"]) == (2, "RAISED", "SUSPECTED")
    assert alert.due_at is not None
    assert alert.due_at.astimezone(world.centre.zone).date() == date(2026, 11, 26)  # Friday + 3 working days


def test_the_confirmation_makes_the_same_alert_urgency_one(world: World, suspected: MrdSeries) -> None:
    before = episode_alert(suspected)
    world.authorised(suspected, date(2026, 11, 16), detected("0.093"))
    after = episode_alert(suspected)
    assert (after.pk, after.urgency, after.detail["status"]) == (before.pk, 1, "CONFIRMED")
    assert steps(after) == ["RAISED", "UPDATED"]


def test_computing_again_changes_nothing(world: World, suspected: MrdSeries) -> None:
    before = list(Alert.objects.order_by("pk").values())
    recompute.recompute_series([suspected.pk], now=world.now)
    assert list(Alert.objects.order_by("pk").values()) == before


def test_a_late_entry_moves_the_index_and_reopens(world: World, suspected: MrdSeries) -> None:
    world.authorised(suspected, date(2026, 11, 16), detected("0.093"))
    alert = episode_alert(suspected)
    acknowledge(world, alert)
    world.authorised(suspected, date(2026, 10, 20), detected("0.01"))
    moved = episode_alert(suspected)
    assert (moved.pk, moved.state, moved.index_on) == (alert.pk, "RAISED", date(2026, 10, 20))
    last = AlertChange.objects.filter(alert=moved).latest("pk")
    assert (last.kind, last.detail["before"]["index_on"]) == ("REOPENED", "2026-10-29")
    assert (steps(moved), moved.held_by) == (["RAISED", "UPDATED", "ACKNOWLEDGED", "REOPENED"], world.clinician)
    [kept] = AlertChange.objects.filter(alert=moved, kind="ACKNOWLEDGED")
    assert (kept.by, kept.comment, kept.at) == (world.clinician, "Discussed on Monday.", world.now)


def test_an_index_that_moves_twice_is_told_each_time_with_both_days(world: World, suspected: MrdSeries) -> None:
    for day, value in ((16, "0.01"), (5, "0.01")):
        world.authorised(suspected, date(2026, 10, day), detected(value))
    [told] = [alert for alert in read_alerts(suspected.pk) if alert.code == "EPISODE"]
    moved = [(step.moved.was, step.moved.on) for step in told.steps if step.moved is not None]
    october = [date(2026, 10, day) for day in (29, 16, 5)]
    assert moved == [(october[0], october[1]), (october[1], october[2])]


def test_new_evidence_that_leaves_the_index_where_it_is_moves_nothing(world: World, suspected: MrdSeries) -> None:
    world.authorised(suspected, date(2026, 11, 16), detected("0.093"))
    assert not any(step.moved for alert in read_alerts(suspected.pk) for step in alert.steps)


def test_the_first_sample_of_a_run_of_flags_is_no_relapse_date(world: World) -> None:
    series = world.patient()
    for day in (29, 16):
        world.authorised(series, date(2026, 10, day), detected("5", abl1_copies=900))
    run = Alert.objects.filter(series=series, code="TARGET_SEEN_INADEQUATE").get()
    before = AlertChange.objects.filter(alert=run).latest("pk").detail["before"]
    assert (before["index_on"], run.index_on) == ("2026-10-29", date(2026, 10, 16))
    assert not any(step.moved for alert in read_alerts(series.pk) for step in alert.steps)


def test_a_negative_sample_resolves_a_suspicion(world: World, suspected: MrdSeries) -> None:
    world.authorised(suspected, date(2026, 11, 16), not_detected())
    assert (episode_alert(suspected).state, episode_alert(suspected).detail["status"]) == ("RESOLVED", "NOT_CONFIRMED")


def test_an_amendment_retracts_and_the_retraction_is_told(world: World, suspected: MrdSeries) -> None:
    confirming = world.authorised(suspected, date(2026, 11, 16), detected("0.093"))
    index = MrdResult.objects.get(series=suspected, state="AUTHORISED", collected_on=date(2026, 10, 29))
    alert = episode_alert(suspected)
    amend(world, index, not_detected())
    amend(world, confirming, not_detected())
    alert.refresh_from_db()
    assert (alert.state, alert.retracted_because) == ("RETRACTED", "NO_LONGER_HOLDS")
    told = Alert.objects.get(series=suspected, code="RETRACTION")
    assert (told.urgency, told.state, told.detail["retracted"]) == (2, "RAISED", alert.pk)


def test_an_amended_index_keeps_its_alert(world: World, suspected: MrdSeries) -> None:
    index = MrdResult.objects.get(series=suspected, state="AUTHORISED", collected_on=date(2026, 10, 29))
    alert = episode_alert(suspected)
    amend(world, index, detected("0.03"))
    same = episode_alert(suspected)
    assert same.pk == alert.pk
    assert same.index_result_id != index.pk
    assert same.state == "RAISED"


def test_withdrawing_the_only_positive_retracts_it(world: World, suspected: MrdSeries) -> None:
    index = MrdResult.objects.get(series=suspected, state="AUTHORISED", collected_on=date(2026, 10, 29))
    world.as_person(world.authoriser)
    results.withdraw(by=world.authoriser, result=index, reason="other patient's tube", now=world.now)
    assert episode_alert(suspected).state == "RETRACTED"


def test_the_passing_of_days_raises_an_overdue_confirmation(world: World, suspected: MrdSeries) -> None:
    later = world.now + timedelta(days=8)
    world.as_person(world.clinician)
    recompute.drain_patient(suspected.patient_id, now=later)
    overdue = Alert.objects.get(series=suspected, code="CONFIRMATION_OVERDUE")
    assert (overdue.urgency, overdue.state) == (2, "RAISED")
    assert episode_alert(suspected).state == "RAISED"


def test_another_rule_set_retracts_the_alerts_of_the_old_one(world: World, suspected: MrdSeries) -> None:
    Centre.objects.filter(pk=world.centre.pk).update(alerting_ruleset=RuleSetChoice.ELN2025)
    world.as_person(world.clinician)
    recompute.drain_patient(suspected.patient_id, now=world.now)
    alert = Alert.objects.get(series=suspected, code="EPISODE", ruleset="ELN2021")
    assert (alert.state, alert.retracted_because) == ("RETRACTED", "RULESET_CHANGED")


def test_history_that_a_negative_has_answered_raises_nothing(world: World) -> None:
    series = world.patient()
    world.authorised(series, date(2025, 7, 1), not_detected())
    world.submitted(series, date(2026, 10, 1), detected("5", abl1_copies=900))
    sample_day = date(2026, 10, 8)
    world.authorised(series, sample_day, not_detected())
    late = MrdResult.objects.get(series=series, state="SUBMITTED")
    world.as_person(world.authoriser)
    results.authorise(
        by=world.authoriser, result=late, seen=results.Seen(late.version, late.submitted_at), now=world.now
    )
    assert not Alert.objects.filter(series=series, code="TARGET_SEEN_INADEQUATE").exists()
