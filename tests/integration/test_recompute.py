"""Nobody reads a stale verdict: whatever changed, and whoever did not run."""

import threading
from collections.abc import Callable
from datetime import UTC, date, datetime

import pytest
from django.db import connection, connections, transaction

from monitoring import scope
from monitoring.actions import bulk_recompute, new_days, recompute, sweeping, verdict_rows
from monitoring.actions.bulk_recompute import BulkOrder
from monitoring.domain.classify import classify_all
from monitoring.models import (
    ClinicalEvent,
    MrdSeries,
    RecomputeRequest,
    SeriesSummary,
    StoredEpisode,
    StoredVerdict,
)
from monitoring.queries import staleness
from tests.world import World, detected, not_detected


def verdict(series: MrdSeries, ruleset: str = "ELN2021") -> StoredVerdict:
    return StoredVerdict.objects.get(series=series, ruleset=ruleset)


@pytest.fixture
def relapsed(world: World) -> MrdSeries:
    """Case 01 of the worked series, in this year."""
    series = world.patient()
    world.authorised(series, date(2026, 7, 1), not_detected())
    world.authorised(series, date(2026, 10, 22), detected("0.018"))
    world.authorised(series, date(2026, 11, 12), detected("0.058"))
    return series


def test_authorising_computes_the_verdicts_in_its_own_transaction(world: World, relapsed: MrdSeries) -> None:
    assert (verdict(relapsed).state, verdict(relapsed, "ELN2025").state) == ("CONFIRMED", "LOW_LEVEL")
    assert not RecomputeRequest.objects.filter(series=relapsed).exists()
    episode = StoredEpisode.objects.get(series=relapsed, ruleset="ELN2021")
    assert (episode.relapse_on, episode.confirmed_on, episode.number) == (date(2026, 10, 22), date(2026, 11, 12), 1)
    assert SeriesSummary.objects.get(series=relapsed).state == "CONFIRMED"


def test_a_verdict_carries_what_it_was_computed_from(world: World, relapsed: MrdSeries) -> None:
    relapsed.refresh_from_db()
    stored = verdict(relapsed)
    assert (stored.revision, stored.computed_for) == (relapsed.revision, date(2026, 11, 20))
    assert stored.ruleset_version
    assert stored.engine_version


def test_an_event_makes_it_stale_until_a_reader_drains(world: World, relapsed: MrdSeries) -> None:
    world.as_person(world.clinician)
    ClinicalEvent.objects.create(patient=relapsed.patient, kind="HSCT", happened_on=date(2026, 11, 1))
    assert staleness.of_patient(relapsed.patient_id, now=world.now) == [relapsed.pk]
    recompute.drain_patient(relapsed.patient_id, now=world.now)
    assert verdict(relapsed).state != "CONFIRMED"
    assert staleness.of_patient(relapsed.patient_id, now=world.now) == []


def test_lists_drain_up_to_a_limit_and_say_how_many_wait(world: World) -> None:
    for _ in range(3):
        world.patient()
    world.as_person(world.clinician)
    assert recompute.drain_pending(now=world.now, limit=2) == 1
    assert recompute.drain_pending(now=world.now, limit=2) == 0


@pytest.mark.parametrize(
    ("moment", "day"),
    [
        (datetime(2026, 11, 20, 22, 59, tzinfo=UTC), date(2026, 11, 20)),  # 23:59 in Paris
        (datetime(2026, 11, 20, 23, 30, tzinfo=UTC), date(2026, 11, 21)),  # 00:30 in Paris
        (datetime(2026, 3, 28, 23, 30, tzinfo=UTC), date(2026, 3, 29)),  # the night the clock goes forward
        (datetime(2026, 3, 29, 22, 30, tzinfo=UTC), date(2026, 3, 30)),  # summer time: two hours ahead
        (datetime(2026, 10, 24, 22, 30, tzinfo=UTC), date(2026, 10, 25)),  # still summer time
        (datetime(2026, 10, 25, 22, 30, tzinfo=UTC), date(2026, 10, 25)),  # winter time again: one hour
        (datetime(2028, 2, 28, 23, 30, tzinfo=UTC), date(2028, 2, 29)),  # a leap day
    ],
)
def test_the_day_is_that_of_the_patients_centre(world: World, moment: datetime, day: date) -> None:
    series = world.patient(end_of_treatment=None)
    recompute.recompute_series([series.pk], now=moment)
    assert verdict(series).computed_for == day


def test_a_new_day_is_asked_for_once_and_raises_no_revision(world: World, relapsed: MrdSeries) -> None:
    relapsed.refresh_from_db()
    tomorrow = datetime(2026, 11, 20, 23, 30, tzinfo=UTC)
    assert new_days.begin(now=tomorrow) == 1
    assert new_days.begin(now=tomorrow) == 0
    revision = relapsed.revision
    relapsed.refresh_from_db()
    assert relapsed.revision == revision
    assert staleness.in_scope(now=tomorrow, limit=10) == [relapsed.pk]


def test_a_list_notices_a_new_day_without_the_worker(world: World, relapsed: MrdSeries) -> None:
    tomorrow = datetime(2026, 11, 20, 23, 30, tzinfo=UTC)
    assert recompute.drain_pending(now=tomorrow) == 0
    assert verdict(relapsed).computed_for == date(2026, 11, 21)


def test_an_older_computation_never_replaces_a_newer_one(world: World, relapsed: MrdSeries) -> None:
    newer = verdict(relapsed)
    with connection.cursor() as cursor:
        cursor.execute(
            verdict_rows.UPSERT_VERDICTS.format(
                source="(SELECT series_id, patient_id, ruleset, 'NONE' AS state, '{}'::json AS content, '' AS digest, "
                "revision - 1 AS revision, ruleset_version, engine_version, computed_for "
                "FROM monitoring_storedverdict) AS older"
            )
        )
        assert cursor.fetchall() == []
    assert verdict(relapsed).state == newer.state


def test_bulk_agrees_with_one_by_one_and_a_second_run_changes_nothing(world: World, relapsed: MrdSeries) -> None:
    one_by_one = list(StoredVerdict.objects.order_by("series", "ruleset").values("ruleset", "state", "content"))
    episodes = list(StoredEpisode.objects.order_by("ruleset", "position").values("ruleset", "position", "status"))
    StoredVerdict.objects.all().delete()
    StoredEpisode.objects.all().delete()
    first = bulk_recompute.recompute_shard(BulkOrder(0, 1, chunk=1), now=world.now)
    assert (first.series, first.changed) == (1, 4)
    world.as_person(world.clinician)
    assert list(StoredVerdict.objects.order_by("series", "ruleset").values("ruleset", "state", "content")) == one_by_one
    assert (
        list(StoredEpisode.objects.order_by("ruleset", "position").values("ruleset", "position", "status")) == episodes
    )
    assert bulk_recompute.recompute_shard(BulkOrder(0, 1), now=world.now).series == 0
    verified = bulk_recompute.recompute_shard(BulkOrder(0, 1, verifies=True), now=world.now)
    assert (verified.series, verified.changed) == (1, 0)


def test_the_sweep_computes_what_waits_in_the_table(world: World) -> None:
    series = [world.patient() for _ in range(3)]
    assert sweeping.sweep(now=world.now) == 3
    world.as_person(world.clinician)
    assert {verdict(each).state for each in series} == {"NONE"}
    assert not RecomputeRequest.objects.exists()


def test_a_series_that_cannot_be_computed_does_not_hold_up_the_others(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken, sound = world.patient(), world.patient()
    real = classify_all

    def fail_for_one(series, *args, **kwargs):  # type: ignore[no-untyped-def]
        if series.id == str(broken.pk):
            raise ZeroDivisionError("made to fail")
        return real(series, *args, **kwargs)

    monkeypatch.setattr(recompute, "classify_all", fail_for_one)
    world.as_person(world.clinician)
    assert recompute.waiting_after_draining(now=world.now) == {broken.pk}  # a list is read all the same
    assert verdict(sound).state == "NONE"
    with pytest.raises(ZeroDivisionError):  # the chart itself is not shown with a verdict that no longer holds
        recompute.drain_patient(broken.patient_id, now=world.now)
    sweeping.sweep(now=world.now)
    world.as_person(world.clinician)
    waiting = RecomputeRequest.objects.get()
    assert (waiting.series_id, waiting.attempts >= 1) == (broken.pk, True)
    assert "made to fail" in waiting.failed_because


def test_two_at_once_leave_one_verdict_and_no_alert_twice(committed: World) -> None:
    series = committed.patient()
    committed.authorised(series, date(2026, 7, 1), not_detected())
    committed.authorised(series, date(2026, 10, 22), detected("0.018"))

    def compute() -> None:
        try:
            with transaction.atomic():
                scope.enter_all_centres()
                recompute.recompute_series([series.pk], now=committed.now)
        finally:
            connection.close()

    threads = [threading.Thread(target=compute) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    committed.as_person(committed.clinician)
    assert StoredVerdict.objects.filter(series=series).count() == 4
    assert series.alerts.filter(code="EPISODE").count() == 1


def test_the_sweep_leaves_a_series_to_whoever_computes_it(committed: World) -> None:
    series = committed.patient()
    with transaction.atomic(using="owner"), connections["owner"].cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [recompute.LOCK_SPACE, series.pk])
        assert sweeping.sweep(now=committed.now) == 0
    assert sweeping.sweep(now=committed.now) == 1


def test_readers_sweep_and_bulk_at_once_wait_for_nobody_for_ever(committed: World) -> None:
    committed.crowd(12, [(date(2026, 7, 1), None), (date(2026, 10, 29), "0.02")])
    patients = list(MrdSeries.objects.values_list("patient_id", flat=True))
    errors: list[Exception] = []

    def read_all() -> None:
        for patient_id in reversed(patients):
            with transaction.atomic():
                scope.enter_all_centres()
                recompute.drain_patient(patient_id, now=committed.now)

    def run(work: Callable[[], object]) -> None:
        try:
            for _ in range(5):
                with connections["owner"].cursor() as cursor:
                    cursor.execute("UPDATE monitoring_centre SET time_zone = CASE time_zone WHEN 'Europe/Paris' "
                                   "THEN 'Europe/Berlin' ELSE 'Europe/Paris' END")  # fmt: skip
                work()
        except Exception as error:  # noqa: BLE001 - every kind counts
            errors.append(error)
        finally:
            connections.close_all()

    works: list[Callable[[], object]] = [
        read_all,
        lambda: sweeping.sweep(now=committed.now),
        lambda: bulk_recompute.recompute_shard(BulkOrder(0, 1, chunk=3), now=committed.now),
    ]
    threads = [threading.Thread(target=run, args=[work]) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    assert errors == []
    committed.as_person(committed.clinician)
    sweeping.sweep(now=committed.now)
    committed.as_person(committed.clinician)
    assert staleness.count_in_scope(now=committed.now) == 0
    assert StoredVerdict.objects.count() == 4 * len(patients)
