"""Cycles of one patient never share a day, whoever records them, and no dose is a number that is none."""

import threading
from datetime import date

import pytest
from django.db import connection, transaction
from django.db.utils import DatabaseError

from monitoring import scope
from monitoring.actions import treatments
from monitoring.actions.refusals import OverlappingCycles
from monitoring.models import MrdSeries, User, VenetoclaxCycle
from tests.world import World


def cycle(number: int, starts_on: date, ends_on: date) -> VenetoclaxCycle:
    return VenetoclaxCycle(
        number=number, starts_on=starts_on, ends_on=ends_on, dose_mg=400, ramp_up=False, tls_prophylaxis=False
    )


def record(world: World, series: MrdSeries, one: VenetoclaxCycle, by: User) -> VenetoclaxCycle:
    return treatments.record_cycle(
        by=by, patient=series.patient, cycle=one, regimen="venetoclax + azacitidine", now=world.now
    )


@pytest.mark.parametrize(
    ("starts_on", "ends_on"),
    [
        (date(2026, 9, 28), date(2026, 10, 20)),  # begins on the last day of the other
        (date(2026, 8, 10), date(2026, 9, 1)),  # ends on its first
        (date(2026, 9, 5), date(2026, 9, 10)),  # within it
        (date(2026, 8, 20), date(2026, 10, 5)),  # around it
    ],
)
def test_the_database_refuses_a_shared_day(world: World, starts_on: date, ends_on: date) -> None:
    series = world.patient()
    world.as_person(world.clinician)
    record(world, series, cycle(1, date(2026, 9, 1), date(2026, 9, 28)), world.clinician)
    with pytest.raises(OverlappingCycles, match="shares days"):
        record(world, series, cycle(2, starts_on, ends_on), world.clinician)
    assert VenetoclaxCycle.objects.filter(patient=series.patient).count() == 1
    record(world, series, cycle(2, date(2026, 9, 29), date(2026, 10, 20)), world.clinician)


def test_of_two_who_record_the_same_days_at_once_one_is_told(committed: World) -> None:
    series, ready = committed.patient(), threading.Barrier(2)
    told: list[str] = []

    def write(number: int, person: User) -> None:
        try:
            with transaction.atomic():
                scope.enter(person)
                ready.wait(10)
                record(committed, series, cycle(number, date(2026, 9, 1), date(2026, 9, 28)), person)
            told.append("recorded")
        except OverlappingCycles:
            told.append("refused")
        finally:
            connection.close()

    people = (committed.clinician, committed.data_manager)
    both = [threading.Thread(target=write, args=(number, person)) for number, person in enumerate(people, start=1)]
    for one in both:
        one.start()
    for one in both:
        one.join(30)
    assert sorted(told) == ["recorded", "refused"]
    committed.as_person(committed.clinician)
    assert VenetoclaxCycle.objects.filter(patient=series.patient).count() == 1


@pytest.mark.parametrize("value", ["NaN", "Infinity", "-1"])
def test_the_database_refuses_what_is_no_dose(world: World, value: str) -> None:
    series = world.patient()
    world.as_person(world.clinician)
    one = record(world, series, cycle(1, date(2026, 9, 1), date(2026, 9, 28)), world.clinician)
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE monitoring_venetoclaxcycle SET partner_dose_mg_m2 = %s WHERE id = %s", [value, one.pk])


@pytest.mark.django_db
def test_no_number_of_any_table_can_be_nan_or_infinite() -> None:
    """Each has a bound above it, and NaN sorts above every number."""
    unbound = """
    SELECT c.relname || '.' || a.attname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
    WHERE c.relname LIKE 'monitoring\\_%%' AND c.relkind = 'r' AND a.atttypid = 'numeric'::regtype AND NOT EXISTS (
      SELECT 1 FROM pg_constraint k WHERE k.conrelid = c.oid AND k.contype = 'c' AND a.attnum = ANY (k.conkey)
        AND pg_get_constraintdef(k.oid) ~ ('\\m' || a.attname || '\\M( <=? )'))
    """
    with connection.cursor() as cursor:
        cursor.execute(unbound, [])
        assert [name for (name,) in cursor.fetchall()] == []
