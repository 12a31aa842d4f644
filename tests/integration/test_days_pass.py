"""What the passing of a day alone raises, at midnight of the patient's centre and not of UTC: nobody enters anything.

A suspicion is overdue on its 29th day, marrow on the 106th after the last (91, and 14 of grace). Both fall here on the
day that begins at the moment named, in Paris: on an ordinary night, on both nights on which the clock is changed, on
both days after them, in summer, and on a leap day.
"""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.test import Client

from monitoring.actions import new_days, recompute, sweeping
from monitoring.models import Alert, MrdSeries
from tests.patient_page import words_of
from tests.world import World, detected, not_detected

MIDNIGHTS = [  # the day, and when in UTC it begins in Paris
    pytest.param(date(2026, 11, 21), datetime(2026, 11, 20, 23, tzinfo=UTC), id="winter"),
    pytest.param(date(2026, 7, 2), datetime(2026, 7, 1, 22, tzinfo=UTC), id="summer"),
    pytest.param(date(2026, 3, 29), datetime(2026, 3, 28, 23, tzinfo=UTC), id="the day the clock goes forward"),
    pytest.param(date(2026, 3, 30), datetime(2026, 3, 29, 22, tzinfo=UTC), id="the day after it"),
    pytest.param(date(2026, 10, 25), datetime(2026, 10, 24, 22, tzinfo=UTC), id="the day the clock goes back"),
    pytest.param(date(2026, 10, 26), datetime(2026, 10, 25, 23, tzinfo=UTC), id="the day after that"),
    pytest.param(date(2028, 2, 29), datetime(2028, 2, 28, 23, tzinfo=UTC), id="a leap day"),
]
LAST_MINUTE, HALF_AN_HOUR = timedelta(minutes=1), timedelta(minutes=30)  # half past: 23:30 UTC on a night in winter


def by_a_list(_series: MrdSeries, now: datetime) -> None:
    recompute.drain_pending(now=now)


def by_the_chart(series: MrdSeries, now: datetime) -> None:
    recompute.drain_patient(series.patient_id, now=now)


def by_the_worker(_series: MrdSeries, now: datetime) -> None:
    new_days.begin(now=now)
    sweeping.sweep(now=now)


def raised(world: World, series: MrdSeries) -> set[str]:
    world.as_person(world.clinician)
    waiting = Alert.objects.filter(series=series, state="RAISED", ruleset__in=["", "ELN2021"])
    return set(waiting.values_list("code", flat=True))


def on_the_eve(world: World, begins: datetime) -> None:
    """Everything is recorded in the last minute of the day before."""
    world.now = begins - LAST_MINUTE


@pytest.mark.parametrize("read", [by_a_list, by_the_chart, by_the_worker])
@pytest.mark.parametrize(("day", "begins"), MIDNIGHTS)
def test_a_suspicion_is_overdue_from_midnight_on(
    world: World, day: date, begins: datetime, read: Callable[[MrdSeries, datetime], None]
) -> None:
    on_the_eve(world, begins)
    series = world.patient(end_of_treatment=day - timedelta(days=200))
    world.authorised(series, day - timedelta(days=120), not_detected())
    world.authorised(series, day - timedelta(days=29), detected("0.02"))
    read(series, begins - LAST_MINUTE)
    assert raised(world, series) == {"EPISODE"}
    read(series, begins + HALF_AN_HOUR)
    assert raised(world, series) == {"EPISODE", "CONFIRMATION_OVERDUE"}


@pytest.mark.parametrize("read", [by_a_list, by_the_chart, by_the_worker])
@pytest.mark.parametrize(("day", "begins"), MIDNIGHTS)
def test_a_sample_is_overdue_from_midnight_on(
    world: World, day: date, begins: datetime, read: Callable[[MrdSeries, datetime], None]
) -> None:
    on_the_eve(world, begins)
    series = world.patient(end_of_treatment=day - timedelta(days=106))
    world.authorised(series, day - timedelta(days=106), not_detected())
    read(series, begins - LAST_MINUTE)
    assert raised(world, series) == set()
    read(series, begins + HALF_AN_HOUR)
    assert raised(world, series) == {"SAMPLE_OVERDUE"}


@pytest.mark.parametrize(("day", "begins"), MIDNIGHTS)
def test_the_worklist_says_it_half_an_hour_after_midnight(
    client: Client, world: World, day: date, begins: datetime
) -> None:
    on_the_eve(world, begins)
    series = world.patient(end_of_treatment=day - timedelta(days=200))
    world.authorised(series, day - timedelta(days=120), not_detected())
    world.authorised(series, day - timedelta(days=29), detected("0.02"))
    said = []
    for moment in (begins - LAST_MINUTE, begins + HALF_AN_HOUR):
        with time_machine.travel(moment, tick=False):
            client.force_login(world.clinician)
            page = words_of(client.get("/"))
            said.append(("day 28 of 28" in page, "1 day overdue" in page, "2 alerts wait" in page))
    assert said == [(True, False, False), (False, True, True)]
