"""The analysis set: whatever changes makes exactly that patient wait, and the row made anew says what is on record."""

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from pytest_django.plugin import DjangoDbBlocker

from monitoring import scope
from monitoring.actions import (
    adverse_events,
    analysis_rows,
    blood_counts,
    events,
    findings,
    research_consent,
    sharing,
    treatments,
)
from monitoring.domain.cohorts.patient import CohortPatient, FailureKind
from monitoring.domain.terms import CycleResponse, RuleSetId, Tissue
from monitoring.models import (
    AdverseEvent,
    AnalysisChange,
    AnalysisRow,
    BloodCount,
    CareRelation,
    Centre,
    ClinicalEvent,
    MrdSeries,
    MutationFinding,
    User,
)
from monitoring.queries import analysis_rows as rows
from monitoring.queries import analysis_set
from tests.analysis_world import CYCLE_1, cycle, refresh, treated
from tests.conftest import empty_database
from tests.integration.told_world import as_worker
from tests.world import NOW, World, detected

ELN2021 = RuleSetId.ELN2021


@dataclass
class Two:
    """Two treated patients whose rows are made."""

    world: World
    first: MrdSeries
    second: MrdSeries

    @property
    def now_on_record(self) -> dict[int, CohortPatient]:
        """The rows as the clinician sees them, by series."""
        self.world.as_person(self.world.clinician)
        return {each.series_id: each for each in rows.read_patients(ELN2021)}

    def pending(self) -> set[int]:
        """The patients who wait."""
        self.world.as_person(self.world.clinician)
        return set(AnalysisChange.objects.values_list("patient_id", flat=True))


@pytest.fixture(scope="module")
def world_of_two(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Two]:
    """Committed, since the worker has a connection of its own; made once for all tests of this file."""
    with django_db_blocker.unblock():
        try:
            world = World.make()
            yield Two(world, treated(world), treated(world))
        finally:
            empty_database()


@pytest.fixture
def two(world_of_two: Two, django_db_blocker: DjangoDbBlocker) -> Iterator[Two]:
    """The two with rows up to date, whatever another test did to them."""
    with django_db_blocker.unblock():
        refresh()
        assert world_of_two.pending() == set()
        yield world_of_two


def test_a_row_says_failure_course_and_response(two: Two) -> None:
    found = two.now_on_record[two.first.pk]
    assert found.selection.failure is not None
    assert found.selection.course is not None
    assert (found.selection.failure.kind, found.selection.failure.on) == (FailureKind.RELAPSE, date(2025, 6, 2))
    assert (found.selection.course.regimen, found.selection.course.starts_on) == ("VEN+AZACITIDINE", CYCLE_1)
    assert found.course.after_c1_c2[Tissue.BONE_MARROW] is CycleResponse.REDUCTION
    assert found.course.responses[0].reference_pct_abl1 == Decimal("1.2")
    assert (found.centre, found.is_synthetic) == ("NF", False)


def _result(two: Two, by: User) -> None:
    two.world.authorised(two.first, date(2026, 5, 5), detected("3"))


def _cycle(two: Two, by: User) -> None:
    treatments.record_cycle(by=by, patient=two.first.patient, cycle=cycle(2), regimen="VEN-AZA", now=NOW)


def _event(two: Two, by: User) -> None:
    event = ClinicalEvent(kind="HSCT", happened_on=date(2025, 11, 3), donor="matched sibling")
    events.record(by=by, patient=two.first.patient, event=event, now=NOW)


def _finding(two: Two, by: User) -> None:
    finding = MutationFinding(gene="IDH2", status="GAINED", found_on=date(2025, 6, 2))
    findings.record(by=by, patient=two.first.patient, finding=finding, now=NOW)


def _adverse_event(two: Two, by: User) -> None:
    event = AdverseEvent(kind="INFECTION", term="Pneumonia", grade=3, starts_on=date(2025, 7, 12))
    adverse_events.record(by=by, patient=two.first.patient, event=event, now=NOW)


def _count(two: Two, by: User) -> None:
    count = BloodCount(measured_on=date(2025, 7, 14), neutrophils=Decimal("0.2"))
    blood_counts.record_all(by=by, patient=two.first.patient, counts=[count], now=NOW)


def _consent(two: Two, by: User) -> None:
    research_consent.withdraw(by=by, patient=two.first.patient, on=date(2026, 1, 5), now=NOW)


CHANGES: list[Callable[[Two, User], None]] = [_result, _cycle, _event, _finding, _adverse_event, _count, _consent]


def test_whatever_changes_makes_that_patient_wait_and_another_row(two: Two) -> None:
    for change in CHANGES:
        before = two.now_on_record
        change(two, two.world.clinician)
        assert two.pending() == {two.first.patient_id}, change.__name__
        state = rows.data_state(ELN2021)
        assert state.pending == 1
        assert refresh().patients == 1
        after = two.now_on_record
        assert after[two.first.pk] != before[two.first.pk], change.__name__
        assert after[two.second.pk] == before[two.second.pk]
        assert rows.data_state(ELN2021).revision > state.revision
        assert rows.data_state(ELN2021).pending == 0


def test_a_row_is_seen_by_those_who_see_the_chart(two: Two) -> None:
    world = two.world
    world.as_person(world.stranger)
    assert rows.data_state(ELN2021) == rows.DataState(0, 0, 0)
    assert list(rows.read_patients(ELN2021)) == []
    assert rows.read_selections(ELN2021) == []
    world.as_person(world.clinician)
    for role, seen in (("LABORATORY", 0), ("TRANSPLANT", 1)):
        relation = CareRelation(centre=world.elsewhere, role=role, starts_on=date(2025, 1, 1))
        sharing.begin(
            by=world.clinician, patient=two.first.patient, relation=relation, now=world.now, reason="Donor found"
        )
        assert two.pending() == {two.first.patient_id}
        before = rows.data_state(ELN2021).revision
        refresh()
        world.as_person(world.stranger)
        assert len(rows.read_selections(ELN2021)) == rows.data_state(ELN2021).patients == seen
        world.as_person(world.clinician)
        assert rows.data_state(ELN2021).revision > before
    with transaction.atomic():
        scope.leave()
        assert not AnalysisRow.objects.exists()


def test_the_worker_answers_within_the_centres_it_has_entered(two: Two) -> None:
    with as_worker(), transaction.atomic():
        scope.enter_centres([two.world.elsewhere.pk])
        assert two.second.pk not in {each.series_id for each in rows.read_selections(ELN2021)}
        scope.enter_centres([two.world.centre.pk])
        assert two.second.pk in {each.series_id for each in rows.read_selections(ELN2021)}


def test_a_second_run_does_nothing(two: Two) -> None:
    before = two.now_on_record
    assert refresh() == analysis_rows.RefreshReport()
    assert two.now_on_record == before


def test_rule_sets_asked_for_are_kept_and_forgotten_when_nothing_uses_them(two: Two) -> None:
    assert two.world.centre.alerting_ruleset == ELN2021
    with as_worker():
        analysis_rows.refresh(now=NOW, rulesets=[RuleSetId.TIONG2020])
    two.world.as_person(two.world.clinician)
    everybody = rows.data_state(ELN2021).patients
    assert len(rows.read_selections(RuleSetId.TIONG2020)) == everybody
    assert rows.data_state(RuleSetId.TIONG2020).pending == 0
    assert rows.data_state(RuleSetId.ELN2025) == rows.DataState(0, everybody, everybody)
    with as_worker():
        analysis_rows.forget_unused()
    two.world.as_person(two.world.clinician)
    assert rows.read_selections(RuleSetId.TIONG2020) == []
    assert len(rows.read_selections(ELN2021)) == everybody


def test_rows_of_another_edition_are_made_anew(two: Two, monkeypatch: pytest.MonkeyPatch) -> None:
    everybody = len(two.now_on_record)
    monkeypatch.setattr("monitoring.queries.analysis_edition.ANALYSIS_EDITION", "another")
    assert rows.data_state(ELN2021).pending == everybody
    assert rows.read_selections(ELN2021) == []
    assert refresh().patients == everybody
    assert len(two.now_on_record) == everybody


def test_what_is_committed_while_a_batch_reads_stays_waiting(two: Two, monkeypatch: pytest.MonkeyPatch) -> None:
    _finding(two, two.world.clinician)
    read = analysis_set.read

    def meanwhile(patient_ids: Any, *, now: Any) -> Any:
        found = list(read(patient_ids, now=now))
        late = threading.Thread(target=_note_change, args=(two.first.patient_id,))
        late.start()
        late.join()
        return found

    monkeypatch.setattr(analysis_set, "read", meanwhile)
    with as_worker(), transaction.atomic():
        scope.enter_all_centres()
        analysis_rows._compute([two.first.patient_id], [ELN2021], analysis_rows.RefreshReport(), NOW)
    assert two.pending() == {two.first.patient_id}


def test_two_at_once_share_the_patients_and_lose_none(two: Two) -> None:
    before = len(two.now_on_record)
    treated(two.world)
    _finding(two, two.world.clinician)
    reports: list[analysis_rows.RefreshReport] = []
    with as_worker():
        both = [threading.Thread(target=_refresh_in_thread, args=(reports,)) for _ in range(2)]
        for each in both:
            each.start()
        for each in both:
            each.join()
    assert len(reports) == 2
    assert not any(report.failed for report in reports)
    refresh()
    assert two.pending() == set()
    assert len(two.now_on_record) == before + 1


def test_a_patient_whose_row_cannot_be_made_does_not_hold_up_the_others(
    two: Two, monkeypatch: pytest.MonkeyPatch
) -> None:
    _finding(two, two.world.clinician)
    treatments.record_cycle(
        by=two.world.clinician, patient=two.second.patient, cycle=cycle(2), regimen="VEN-AZA", now=NOW
    )
    read = analysis_set.read

    def broken(patient_ids: Any, *, now: Any) -> Any:
        if two.first.patient_id in patient_ids:
            raise ArithmeticError("cannot be read")
        return read(patient_ids, now=now)

    monkeypatch.setattr(analysis_set, "read", broken)
    report = refresh()
    assert (report.failed, report.patients) == ([two.first.patient_id], 1)
    assert two.pending() == {two.first.patient_id}


def test_reading_takes_as_many_queries_for_many_patients_as_for_one(two: Two) -> None:
    with transaction.atomic():
        scope.enter_centres(Centre.objects.values_list("pk", flat=True))
        counted = []
        for wanted in ([two.first.patient_id], [two.first.patient_id, two.second.patient_id]):
            with CaptureQueriesContext(connection) as asked:
                assert len(list(analysis_set.read(wanted, now=NOW))) == len(wanted)
            counted.append(len(asked))
    assert counted[0] == counted[1]


def _note_change(patient_id: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT set_config('app.centres', (SELECT string_agg(id::text, ',') FROM monitoring_centre), false)"
        )
        cursor.execute("INSERT INTO monitoring_analysischange (patient_id, at) VALUES (%s, now())", [patient_id])
    connection.close()


def _refresh_in_thread(reports: list[analysis_rows.RefreshReport]) -> None:
    try:
        reports.append(analysis_rows.refresh(now=NOW, batch=1))
    finally:
        connection.close()
