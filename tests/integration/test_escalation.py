"""An alert that nobody acknowledged in time goes on, once for each level, by the clock of the patient's centre."""

import threading
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import connection, connections, transaction
from django.test.utils import CaptureQueriesContext

from monitoring import scope
from monitoring.actions import escalating, recompute
from monitoring.models import Alert, AlertChange, AlertTime, AuditEntry, Centre, Membership, MrdSeries, Patient, User
from tests.world import World, detected, not_detected

PARIS = ZoneInfo("Europe/Paris")


def clinician(world: World, name: str) -> User:
    user = User.objects.create(username=name, full_name=name.title())
    Membership.objects.create(user=user, centre=world.centre, role="CLINICIAN", starts_on=date(2020, 1, 1))
    return user


def relapsed(world: World) -> MrdSeries:
    """Confirmed on Friday 20 November 2026: urgency 1, to be acknowledged by the end of Monday."""
    series = world.patient()
    world.authorised(series, date(2026, 7, 1), not_detected())
    world.authorised(series, date(2026, 10, 29), detected("0.02"))
    world.authorised(series, date(2026, 11, 16), detected("0.093"))
    world.as_person(world.clinician)
    return series


def suspected(world: World) -> MrdSeries:
    series = world.patient()
    world.authorised(series, date(2026, 7, 1), not_detected())
    world.authorised(series, date(2026, 10, 29), detected("0.02"))
    world.as_person(world.clinician)
    return series


def alert_of(series: MrdSeries) -> Alert:
    return Alert.objects.get(series=series, code="EPISODE")


def steps(series: MrdSeries) -> list[tuple[int, int | None]]:
    rows = AlertChange.objects.filter(alert__series=series, kind="ESCALATED").order_by("pk")
    return [(row.detail["level"], row.to_id) for row in rows]


def at(text: str, zone: ZoneInfo = PARIS) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=zone)


@pytest.fixture
def second(world: World) -> User:
    user = clinician(world, "second")
    Centre.objects.filter(pk=world.centre.pk).update(second_clinician=user)
    return user


@pytest.fixture
def lead(world: World) -> User:
    user = clinician(world, "lead")
    Centre.objects.filter(pk=world.centre.pk).update(lead=user)
    return user


def test_it_goes_on_when_the_last_day_is_over_and_not_a_minute_before(world: World, second: User, lead: User) -> None:
    series = relapsed(world)
    assert escalating.escalate(now=at("2026-11-23 23:59:59")) == 0
    assert escalating.escalate(now=at("2026-11-24 00:00:00")) == 1
    assert steps(series) == [(1, second.pk)]
    alert = alert_of(series)
    assert (alert.state, alert.escalation, alert.escalated_at) == ("RAISED", 1, at("2026-11-24 00:00"))


def test_after_the_same_time_again_it_goes_to_the_lead(world: World, second: User, lead: User) -> None:
    series = relapsed(world)
    escalating.escalate(now=at("2026-11-24 00:01"))
    assert escalating.escalate(now=at("2026-11-24 23:59")) == 0
    assert escalating.escalate(now=at("2026-11-25 00:00")) == 1
    assert steps(series) == [(1, second.pk), (2, lead.pk)]
    assert escalating.escalate(now=at("2026-12-25 00:00")) == 0, "it goes no further"


def test_urgency_two_goes_to_the_second_clinician_only(world: World, second: User, lead: User) -> None:
    series = suspected(world)
    assert escalating.escalate(now=at("2026-11-25 23:59")) == 0
    assert escalating.escalate(now=at("2026-12-24 00:00")) == 1, "three working days, over a weekend"
    assert steps(series) == [(1, second.pk)]


def test_a_worker_that_was_dead_catches_up_level_by_level_and_doubles_nothing(
    world: World, second: User, lead: User
) -> None:
    series, late = relapsed(world), at("2026-12-10 12:00")
    assert escalating.escalate(now=late) == 2
    assert escalating.escalate(now=late) == 0
    assert steps(series) == [(1, second.pk), (2, lead.pk)]
    assert AuditEntry.objects.filter(action="alert.escalate").count() == 2


def test_the_patients_own_second_clinician_comes_before_the_centres(world: World, second: User) -> None:
    series, own = relapsed(world), clinician(world, "own")
    Patient.objects.filter(pk=series.patient_id).update(second_clinician=own)
    escalating.escalate(now=at("2026-11-24 08:00"))
    assert steps(series) == [(1, own.pk)]


def test_where_nobody_is_named_the_step_says_so(world: World) -> None:
    series = relapsed(world)
    escalating.escalate(now=at("2026-11-25 08:00"))
    assert steps(series) == [(1, None), (2, None)]
    assert {entry.reason for entry in AuditEntry.objects.filter(action="alert.escalate")} == {
        "SECOND_CLINICIAN: nobody is named", "CENTRE_LEAD: nobody is named",
    }  # fmt: skip


def test_who_has_left_or_has_it_already_is_passed_over(world: World, second: User) -> None:
    series, own = relapsed(world), clinician(world, "own")
    Patient.objects.filter(pk=series.patient_id).update(second_clinician=own)
    Membership.objects.filter(user=own).update(ends_on=date(2026, 1, 1))
    escalating.escalate(now=at("2026-11-24 08:00"))
    assert steps(series) == [(1, second.pk)]
    other = relapsed(world)
    Alert.objects.filter(series=other).update(held_by=second)
    escalating.escalate(now=at("2026-11-24 08:00"))
    assert steps(other) == [(1, None)]


@pytest.mark.parametrize("state", ["ACKNOWLEDGED", "RESOLVED", "RETRACTED"])
def test_what_waits_no_more_goes_nowhere(world: World, second: User, state: str) -> None:
    series = relapsed(world)
    answered = {"acknowledged_at": world.now, "acknowledged_by": world.clinician} if state == "ACKNOWLEDGED" else {}
    Alert.objects.filter(series=series).update(
        state=state, retracted_at=world.now, retracted_because="NO_LONGER_HOLDS", **answered
    )
    assert escalating.escalate(now=at("2026-12-24 08:00")) == 0


@pytest.mark.parametrize(
    ("zone", "raised", "last_moment", "over"),
    [
        # the clocks go back on Sunday 25 October 2026 in Paris, and on 1 November in New York
        ("Europe/Paris", "2026-10-23 10:00", "2026-10-26 22:59:59", "2026-10-26 23:00:00"),
        ("America/New_York", "2026-10-30 22:30", "2026-11-03 04:59:59", "2026-11-03 05:00:00"),
        # the clocks go forward on Sunday 28 March 2027
        ("Europe/Paris", "2027-03-26 23:30", "2027-03-29 21:59:59", "2027-03-29 22:00:00"),
        # raised on a Saturday there, while it is still Friday in Paris
        ("Pacific/Auckland", "2026-11-20 12:00", "2026-11-23 10:59:59", "2026-11-23 11:00:00"),
    ],
)
def test_days_are_those_of_the_centre_over_weekend_and_daylight_saving(
    world: World, zone: str, raised: str, last_moment: str, over: str
) -> None:
    Centre.objects.filter(pk=world.centre.pk).update(time_zone=zone)
    world.centre.refresh_from_db()
    world.now = datetime.fromisoformat(raised).replace(tzinfo=UTC)
    series = world.patient()
    for days, reading in ((100, not_detected()), (30, detected("0.02")), (4, detected("0.093"))):
        world.authorised(series, world.now.date() - timedelta(days=days), reading)
    assert escalating.escalate(now=datetime.fromisoformat(last_moment).replace(tzinfo=UTC)) == 0
    assert escalating.escalate(now=datetime.fromisoformat(over).replace(tzinfo=UTC)) == 1


def test_a_centres_own_time_holds(world: World, second: User) -> None:
    AlertTime.objects.create(
        centre=world.centre, urgency=1, days=2, working_days=False, because="weekend duty", set_by=world.clinician
    )
    series = relapsed(world)
    assert alert_of(series).due_at == at("2026-11-23 00:00")
    escalating.escalate(now=at("2026-11-23 00:00"))
    assert steps(series) == [(1, second.pk)]


def test_a_new_sample_never_gives_an_unanswered_alert_more_time(world: World, second: User) -> None:
    series = suspected(world)
    Alert.objects.filter(series=series).update(due_at=at("2026-11-20 00:00"))
    world.now += timedelta(days=3)
    world.authorised(series, date(2026, 11, 16), detected("0.093"))
    alert = alert_of(series)
    assert (alert.urgency, alert.due_at, alert.raised_at) == (1, at("2026-11-20 00:00"), world.now)


def test_the_list_of_queries_is_as_long_for_one_alert_as_for_many_that_are_not_due(world: World) -> None:
    relapsed(world)
    with CaptureQueriesContext(connection) as for_one:
        escalating.escalate(now=at("2026-11-21 08:00"))
    for _ in range(3):
        relapsed(world)
    with CaptureQueriesContext(connection) as for_four:
        escalating.escalate(now=at("2026-11-21 08:00"))
    assert len(for_four) == len(for_one)


def test_two_workers_at_once_take_each_step_once(committed: World) -> None:
    made = [relapsed(committed) for _ in range(4)]
    gate, taken = threading.Barrier(2), []

    def work() -> None:
        try:
            gate.wait(10)
            taken.append(escalating.escalate(now=at("2026-12-10 12:00")))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    escalating.escalate(now=at("2026-12-10 12:01"))
    with transaction.atomic():
        scope.enter_all_centres()
        assert [steps(series) for series in made] == [[(1, None), (2, None)]] * 4


def test_a_recompute_meanwhile_leaves_the_step(world: World, second: User) -> None:
    series = relapsed(world)
    escalating.escalate(now=at("2026-11-24 08:00"))
    scope.enter_all_centres()
    recompute.recompute_series([series.pk], now=at("2026-11-24 08:01"))
    assert alert_of(series).escalation == 1
