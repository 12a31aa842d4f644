"""What becomes of an alert when its samples change: the same alert where it is the same thing, told where it is none.

Every case is a sequence in which an alert was once missing, silent, doubled or lost.
"""

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.test import Client

from monitoring.actions import events, recompute, results, treatments
from monitoring.models import Alert, AlertChange, Centre, ClinicalEvent, MrdResult, MrdSeries, SeriesSummary
from monitoring.models.choices import RuleSetChoice, TreatmentKindChoice
from tests.integration.test_alerts import acknowledge, amend, steps
from tests.patient_page import cycle, words_of
from tests.world import World, detected, not_detected

DAY_0 = date(2026, 3, 2)


def day(number: int) -> date:
    return DAY_0 + timedelta(days=number)


def on(world: World, number: int) -> None:
    """From now on it is the morning of this day."""
    world.now = datetime.combine(day(number), datetime.min.time(), UTC) + timedelta(hours=9)


def followed(world: World) -> MrdSeries:
    return world.patient(end_of_treatment=date(2025, 1, 6))


def alerts(world: World, series: MrdSeries, code: str) -> list[Alert]:
    world.as_person(world.clinician)
    recompute.drain_patient(series.patient_id, now=world.now)
    return list(Alert.objects.filter(series=series, code=code).order_by("pk"))


def states(world: World, series: MrdSeries, code: str) -> list[str]:
    return [alert.state for alert in alerts(world, series, code)]


def withdraw(world: World, result: MrdResult) -> None:
    world.as_person(world.authoriser)
    results.withdraw(by=world.authoriser, result=result, reason="another patient's tube", now=world.now)


def transplanted(world: World, series: MrdSeries, number: int) -> None:
    world.as_person(world.clinician)
    events.record(
        by=world.clinician, patient=series.patient, now=world.now,
        event=ClinicalEvent(kind="HSCT", happened_on=day(number), donor="sibling"),
    )  # fmt: skip


def next_treatment(world: World, series: MrdSeries, *, ended: int, begun: int) -> None:
    """The venetoclax that runs ends, and another combination begins."""
    world.as_person(world.clinician)
    running = series.patient.treatments.get(kind="PRE_EMPTIVE")
    treatments.end(by=world.clinician, treatment=running, ends_on=day(ended), now=world.now)
    treatments.start(
        by=world.clinician, patient=series.patient, kind=TreatmentKindChoice.PRE_EMPTIVE, regimen="VEN-LDAC",
        starts_on=day(begun), ends_on=None, now=world.now,
    )  # fmt: skip


def confirmed(world: World, series: MrdSeries) -> list[MrdResult]:
    """Negative on day 0, 0.02 % on day 30, 0.05 % on day 44, signed on day 45."""
    on(world, 45)
    world.authorised(series, day(0), not_detected())
    return [world.authorised(series, day(30), detected("0.02")), world.authorised(series, day(44), detected("0.05"))]


def test_a_confirmed_relapse_whose_confirmation_was_none_is_taken_back_and_told(world: World) -> None:
    series = followed(world)
    _index, confirming = confirmed(world, series)
    on(world, 47)
    amend(world, confirming, not_detected())
    [relapse] = alerts(world, series, "EPISODE")
    assert (relapse.state, relapse.retracted_because) == ("RETRACTED", "NO_LONGER_HOLDS")
    [told] = alerts(world, series, "RETRACTION")
    assert (told.state, told.urgency) == ("RAISED", 2)
    recompute.recompute_series([series.pk], now=world.now)
    assert steps(relapse) == ["RAISED", "UPDATED", "RETRACTED"]


def test_a_late_negative_in_between_makes_it_a_suspicion_of_the_later_sample_which_is_told(world: World) -> None:
    series = followed(world)
    confirmed(world, series)
    [relapse] = alerts(world, series, "EPISODE")
    acknowledge(world, relapse)
    on(world, 47)
    world.authorised(series, day(37), not_detected())
    [again] = alerts(world, series, "EPISODE")
    assert (again.pk, again.state, again.detail["status"], again.index_on) == (
        relapse.pk,
        "RAISED",
        "SUSPECTED",
        day(44),
    )


def test_a_relapse_that_was_treated_and_was_none_is_told(world: World) -> None:
    series = followed(world)
    first, second = confirmed(world, series)
    treatments.start(
        by=world.clinician, patient=series.patient, kind=TreatmentKindChoice.PRE_EMPTIVE, regimen="VEN-AZA",
        starts_on=day(45), ends_on=None, now=world.now,
    )  # fmt: skip
    on(world, 81)
    world.authorised(series, day(80), not_detected())
    assert states(world, series, "EPISODE") == ["RESOLVED"]
    withdraw(world, second)
    withdraw(world, first)
    assert states(world, series, "EPISODE")[0] == "RETRACTED"
    assert states(world, series, "RETRACTION") == ["RAISED"]


def test_a_relapse_that_is_a_suspicion_again_is_told_and_its_end_too(world: World) -> None:
    series = followed(world)
    index, confirming = confirmed(world, series)
    [relapse] = alerts(world, series, "EPISODE")
    acknowledge(world, relapse)
    withdraw(world, confirming)
    [again] = alerts(world, series, "EPISODE")
    assert (again.state, again.urgency, again.detail["status"]) == ("RAISED", 2, "SUSPECTED")
    acknowledge(world, again)
    withdraw(world, index)
    assert states(world, series, "EPISODE") == ["RETRACTED"]
    assert states(world, series, "RETRACTION") == ["RAISED"]


def test_a_suspicion_that_was_taken_back_is_told_to_nobody(world: World) -> None:
    series = followed(world)
    on(world, 31)
    world.authorised(series, day(0), not_detected())
    withdraw(world, world.authorised(series, day(30), detected("0.02")))
    assert states(world, series, "EPISODE") == ["RETRACTED"]
    assert states(world, series, "RETRACTION") == []


def test_what_no_longer_held_and_holds_again_waits_for_nobody(world: World) -> None:
    series = followed(world)
    index, confirming = confirmed(world, series)
    withdraw(world, confirming)
    withdraw(world, index)
    assert states(world, series, "RETRACTION") == ["RAISED"]
    world.authorised(series, day(30), detected("0.02"))
    world.authorised(series, day(44), detected("0.05"))
    assert states(world, series, "EPISODE") == ["RAISED"]
    assert states(world, series, "RETRACTION") == ["RESOLVED"]


def test_nobody_is_told_of_a_dead_patient_that_something_no_longer_holds(world: World) -> None:
    series = followed(world)
    index, confirming = confirmed(world, series)
    withdraw(world, confirming)
    withdraw(world, index)
    world.as_person(world.clinician)
    events.record(
        by=world.clinician, patient=series.patient, now=world.now,
        event=ClinicalEvent(kind="DEATH", happened_on=day(45), cause="relapse"),
    )  # fmt: skip
    assert states(world, series, "RETRACTION") == ["RESOLVED"]


def test_a_later_relapse_is_not_taken_for_one_that_was_none(world: World) -> None:
    """Both have number 1: the first was another patient's tube."""
    series = followed(world)
    for result in reversed(confirmed(world, series)):
        withdraw(world, result)
    on(world, 215)
    index = world.authorised(series, day(200), detected("0.02"))
    world.authorised(series, day(214), detected("0.05"))
    [_none, relapse] = alerts(world, series, "EPISODE")
    acknowledge(world, relapse)
    amend(world, index, detected("0.03"))
    [none, relapse] = alerts(world, series, "EPISODE")
    assert (none.state, relapse.state, relapse.index_on) == ("RETRACTED", "ACKNOWLEDGED", day(200))
    assert len(alerts(world, series, "RETRACTION")) == 1


@pytest.mark.parametrize(("signed_on", "expected"), [(75, ["RAISED"]), (129, [])])
def test_a_relapse_before_a_transplant_that_is_signed_after_it_is_told_unless_it_is_old(
    world: World, signed_on: int, expected: list[str]
) -> None:
    series = followed(world)
    on(world, 71)
    world.authorised(series, day(0), not_detected())
    transplanted(world, series, 70)
    on(world, signed_on)
    world.authorised(series, day(60), detected("0.5"))
    world.authorised(series, day(68), detected("1.5"))
    assert states(world, series, "EPISODE") == expected
    if expected:
        on(world, 200)
        assert states(world, series, "EPISODE") == ["RAISED"]
        acknowledge(world, alerts(world, series, "EPISODE")[0])
        assert states(world, series, "EPISODE") == ["ACKNOWLEDGED"]


def test_who_transplants_after_the_alert_has_answered_it(world: World) -> None:
    series = followed(world)
    confirmed(world, series)
    on(world, 75)
    transplanted(world, series, 70)
    assert states(world, series, "EPISODE") == ["RESOLVED"]


def high(world: World) -> tuple[MrdSeries, list[MrdResult]]:
    """3 % on day 0 and 4 % on day 60: one run of HIGH_LEVEL, acknowledged on day 61."""
    series = followed(world)
    on(world, 61)
    found = [world.authorised(series, day(0), detected("3")), world.authorised(series, day(60), detected("4"))]
    [alert] = alerts(world, series, "HIGH_LEVEL")
    acknowledge(world, alert)
    return series, found


def test_a_sample_that_comes_to_light_within_a_run_opens_its_alert(world: World) -> None:
    series, _found = high(world)
    on(world, 65)
    world.authorised(series, day(30), detected("25"))
    [alert] = alerts(world, series, "HIGH_LEVEL")
    assert (alert.state, steps(alert)[-1]) == ("RAISED", "REOPENED")
    acknowledge(world, alert)
    recompute.recompute_series([series.pk], now=world.now)
    assert states(world, series, "HIGH_LEVEL") == ["ACKNOWLEDGED"]


def test_a_run_whose_first_sample_was_none_keeps_its_alert(world: World) -> None:
    series, [first, _last] = high(world)
    withdraw(world, first)
    [alert] = alerts(world, series, "HIGH_LEVEL")
    assert (alert.state, alert.index_on) == ("RAISED", day(60))
    kinds = AlertChange.objects.filter(alert=alert).values_list("kind", flat=True)
    assert "ACKNOWLEDGED" in kinds
    assert not [told for told in alerts(world, series, "RETRACTION") if told.detail["code"] == "HIGH_LEVEL"]


def test_what_nobody_has_answered_outlives_a_change_of_rules(world: World) -> None:
    series = followed(world)
    on(world, 31)
    world.authorised(series, day(0), not_detected())
    world.authorised(series, day(30), detected("5", 900))
    assert states(world, series, "TARGET_SEEN_INADEQUATE") == ["RAISED"]
    on(world, 51)
    world.authorised(series, day(50), not_detected())
    Centre.objects.filter(pk=world.centre.pk).update(alerting_ruleset=RuleSetChoice.ELN2022)
    recompute.recompute_series([series.pk], now=world.now)
    [alert] = alerts(world, series, "TARGET_SEEN_INADEQUATE")
    assert (alert.state, alert.ruleset, steps(alert)) == ("RAISED", "ELN2022", ["RAISED", "UPDATED"])


def test_no_response_is_one_alert_a_tissue_and_not_taken_back_by_the_next_treatment(world: World) -> None:
    series = followed(world)
    confirmed(world, series)
    for number, first in ((1, 50), (2, 78)):
        on(world, first)
        cycle(world, series, number, day(first))
    on(world, 101)
    world.authorised(series, day(100), detected("0.045"))
    on(world, 111)
    world.authorised(series, day(110), detected("0.05"))
    [alert] = alerts(world, series, "NO_RESPONSE")
    assert (alert.state, alert.index_on) == ("RAISED", day(110))
    on(world, 115)
    next_treatment(world, series, ended=111, begun=112)
    assert states(world, series, "NO_RESPONSE") == ["RAISED"]


def test_two_clocks_that_ask_for_the_same_blood_raise_one_alert(world: World) -> None:
    """Blood of day 0 is followed after 42 days; day 28 of a cycle 2 that began on day 15 is the same day."""
    series = world.patient(end_of_treatment=None)
    on(world, 14)
    world.authorised(series, day(0), detected("3"), "PB")
    on(world, 50)
    treatments.start(
        by=world.clinician, patient=series.patient, kind=TreatmentKindChoice.FIRST_LINE, regimen="7+3",
        starts_on=day(-20), ends_on=None, cycle_2_on=day(15), now=world.now,
    )  # fmt: skip
    assert states(world, series, "SAMPLE_OVERDUE") == ["RAISED"]
    assert states(world, series, "HIGH_LEVEL") == ["RAISED"]


def test_a_sample_that_is_overdue_stands_under_overdue_though_another_is_only_due(world: World) -> None:
    """After cycle 1 marrow and blood are due on one day; the grace of blood is a week shorter."""
    series = followed(world)
    confirmed(world, series)
    on(world, 50)
    cycle(world, series, 1, day(50))
    on(world, 85)
    assert states(world, series, "SAMPLE_OVERDUE") == ["RAISED"]
    summary = SeriesSummary.objects.get(series=series)
    assert (summary.due_on, summary.overdue_from) == (day(77), day(85))


def test_the_page_says_what_was_taken_back(client: Client, world: World) -> None:
    series = followed(world)
    _index, confirming = confirmed(world, series)
    on(world, 47)
    amend(world, confirming, not_detected())
    with time_machine.travel(world.now, tick=True):
        client.force_login(world.clinician)
        page = words_of(client.get(f"/patients/{series.patient_id}/"))
    assert "no longer holds" in page


def test_results_signed_on_the_day_of_a_transplant_are_told_and_stay(world: World) -> None:
    series = followed(world)
    on(world, 70)
    world.authorised(series, day(0), not_detected())
    transplanted(world, series, 70)
    world.authorised(series, day(60), detected("0.5"))
    world.authorised(series, day(68), detected("1.5"))
    for _ in range(2):
        recompute.recompute_series([series.pk], now=world.now)
        assert states(world, series, "EPISODE") == ["RAISED"]


def test_a_suspicion_before_a_transplant_that_is_confirmed_after_it_is_told(world: World) -> None:
    series = followed(world)
    on(world, 61)
    world.authorised(series, day(0), not_detected())
    world.authorised(series, day(60), detected("0.5"))
    on(world, 70)
    transplanted(world, series, 70)
    assert states(world, series, "EPISODE") == ["RESOLVED"]
    on(world, 75)
    world.authorised(series, day(68), detected("30"))
    for _ in range(2):
        recompute.recompute_series([series.pk], now=world.now)
        assert states(world, series, "EPISODE") == ["RAISED"]


def test_a_relapse_that_was_old_when_it_was_told_ends_with_the_transplant_that_is_entered_after_it(
    world: World,
) -> None:
    """Old records: the results come first, then the transplant that followed them years ago."""
    series = followed(world)
    on(world, 250)
    world.authorised(series, day(0), not_detected())
    world.authorised(series, day(60), detected("0.5"))
    world.authorised(series, day(68), detected("1.5"))
    assert states(world, series, "EPISODE") == ["RAISED"]
    transplanted(world, series, 70)
    assert states(world, series, "EPISODE") == ["RESOLVED"]


def test_a_relapse_whose_index_moves_to_the_other_tissue_keeps_its_alert(world: World) -> None:
    """Marrow of day 30 was confirmed; late blood of days 20 and 35 makes it a relapse of blood, the marrow is in it."""
    series = followed(world)
    Centre.objects.filter(pk=world.centre.pk).update(alerting_ruleset=RuleSetChoice.ELN2022)
    confirmed(world, series)
    [relapse] = alerts(world, series, "EPISODE")
    acknowledge(world, relapse)
    world.authorised(series, day(20), detected("0.02"), "PB")
    world.authorised(series, day(35), detected("0.03"), "PB")
    assert states(world, series, "RETRACTION") == []
    assert Alert.objects.get(pk=relapse.pk).state != "RETRACTED"


def test_a_long_run_is_one_alert(world: World) -> None:
    series = followed(world)
    on(world, 20 * 28)
    for number in range(20):
        world.authorised(series, day(number * 28), detected("3"))
    [alert] = alerts(world, series, "HIGH_LEVEL")
    assert (alert.index_on, alert.detail["latest_on"], len(alert.detail["between"])) == (day(0), str(day(532)), 18)


def test_no_response_ends_at_death_and_with_its_sample(world: World) -> None:
    for end in ("death", "withdrawn"):
        series = followed(world)
        confirmed(world, series)
        for number, first in ((1, 50), (2, 78)):
            on(world, first)
            cycle(world, series, number, day(first))
        on(world, 106)
        deciding = world.authorised(series, day(105), detected("0.045"))
        next_treatment(world, series, ended=105, begun=105)
        assert states(world, series, "NO_RESPONSE") == ["RAISED"]
        if end == "death":
            events.record(
                by=world.clinician, patient=series.patient, now=world.now,
                event=ClinicalEvent(kind="DEATH", happened_on=day(106), cause="relapse"),
            )  # fmt: skip
        else:
            withdraw(world, deciding)
        assert states(world, series, "NO_RESPONSE") == [{"death": "RESOLVED", "withdrawn": "RETRACTED"}[end]]
