"""Somebody signs while the worker computes the same series: both come through, and the later truth stands."""

import threading
import time
from collections.abc import Callable
from datetime import date

import pytest
from django.db import connection, transaction

from monitoring import scope
from monitoring.actions import events, recompute, results, sweeping
from monitoring.models import ClinicalEvent, MrdResult, MrdSeries, RecomputeRequest, StoredVerdict
from tests.world import World, detected, not_detected

WAITS = """
SELECT count(*) FROM pg_locks JOIN pg_database d ON d.oid = database
WHERE locktype = 'advisory' AND NOT granted AND d.datname = current_database()
"""
LONGEST_SECONDS = 60.0


def until_somebody_waits() -> None:
    deadline = time.monotonic() + LONGEST_SECONDS
    while True:
        with connection.cursor() as cursor:
            cursor.execute(WAITS)
            if cursor.fetchone() != (0,):
                return
        assert time.monotonic() < deadline
        time.sleep(0.02)


def in_a_thread(work: Callable[[], object]) -> tuple[threading.Thread, list[Exception]]:
    failed: list[Exception] = []

    def run() -> None:
        try:
            work()
        except Exception as error:  # noqa: BLE001 - every kind counts
            failed.append(error)
        finally:
            connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    return thread, failed


def sign(world: World, waiting: MrdResult) -> None:
    with transaction.atomic():
        scope.enter(world.authoriser)
        seen = results.Seen(waiting.version, waiting.submitted_at)
        results.authorise(by=world.authoriser, result=waiting, seen=seen, now=world.now)


@pytest.mark.parametrize("is_new", [True, False])
def test_neither_waits_for_the_other_for_ever(committed: World, is_new: bool) -> None:
    series = committed.patient()
    committed.authorised(series, date(2026, 7, 1), not_detected())
    committed.authorised(series, date(2026, 9, 24), detected("0.018"))
    waiting = committed.submitted(series, date(2026, 10, 22), detected("0.031"))
    if is_new:  # then verdicts, episodes and alerts are inserted, and name the series and its results
        committed.as_person(committed.clinician)
        StoredVerdict.objects.filter(series=series).delete()
    remission = ClinicalEvent(kind="REMISSION", happened_on=date(2024, 8, 1))
    events.record(by=committed.clinician, patient=series.patient, event=remission, now=committed.now)
    assert RecomputeRequest.objects.filter(series=series).exists()
    with transaction.atomic():
        scope.enter_all_centres()
        recompute.lock_free([series.pk])
        signing, failed = in_a_thread(lambda: sign(committed, waiting))
        until_somebody_waits()
        recompute.recompute_series([series.pk], now=committed.now)
    signing.join(LONGEST_SECONDS)
    assert failed == []
    sweeping.sweep(now=committed.now)
    committed.as_person(committed.clinician)
    assert StoredVerdict.objects.get(series=series, ruleset="ELN2021").state == "CONFIRMED"
    assert not RecomputeRequest.objects.filter(series=series).exists()
    assert MrdSeries.objects.get(pk=series.pk).alerts.filter(code="EPISODE").count() == 1
