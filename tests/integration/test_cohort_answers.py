"""Parts of a cohort: asked once, computed from one state of the data, stopped, taken over, told when old."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection

from monitoring.actions import analysis_rows, cohort_asking, cohort_computing, cohorts
from monitoring.actions.cohort_computing import GIVEN_UP_AFTER
from monitoring.actions.cohorts import NameTaken, SameDefinition
from monitoring.actions.refusals import StaleVersion
from monitoring.domain.cohorts import part_answers, parts
from monitoring.domain.cohorts.definition import CohortDefinition
from monitoring.domain.cohorts.flow import Flow
from monitoring.domain.terms import Marker
from monitoring.models import AuditEntry, CohortAnswer, CohortVersion
from monitoring.models.choices import CohortAnswerStateChoice as State
from monitoring.queries import cohort_answers, cohort_data
from monitoring.queries.analysis_rows import DataState
from monitoring.queries.cohort_answers import PartShown
from tests.integration.told_world import as_worker
from tests.world import NOW, World, detected, not_detected

NPM1 = CohortDefinition(markers=frozenset({Marker.NPM1}))
FLOW = parts.ask("FLOW", {})
DAY = timedelta(days=1)


def define(world: World, name: str = "Our NPM1", definition: CohortDefinition = NPM1) -> CohortVersion:
    world.as_person(world.clinician)
    return cohorts.define(by=world.clinician, centre=world.centre, name=name, definition=definition)


def state(world: World) -> DataState:
    world.as_person(world.clinician)
    return cohort_data.state_of(world.centre.pk, NPM1)


def ask(world: World, version: CohortVersion) -> CohortAnswer:
    data = state(world)
    return cohort_asking.ask(by=world.clinician, version=version, question=FLOW, data=data, now=NOW)


def compute(world: World) -> int:
    with as_worker():
        done = cohort_computing.compute_waiting(clock=lambda: NOW)
    world.as_person(world.clinician)
    return done


def shown(world: World, version: CohortVersion) -> PartShown:
    data = state(world)
    return cohort_answers.read_part(version, FLOW, data)


def flow(found: PartShown) -> Flow:
    assert found.kept is not None
    read: Flow = part_answers.read(FLOW, found.kept.answer)
    return read


def test_what_was_computed_from_the_same_data_is_not_computed_again(committed: World) -> None:
    series = committed.patient()
    version = define(committed)
    ask(committed, version)
    assert compute(committed) == 1
    found = shown(committed, version)
    assert found.is_current
    assert (flow(found).considered, flow(found).included) == (1, (series.pk,))
    assert ask(committed, version).state == State.DONE
    assert compute(committed) == 0


def test_an_answer_that_comes_while_the_page_is_being_read_is_on_it(committed: World) -> None:
    """It must not be missed by both looks, for what waits and for what is there: nobody would ask for it again."""
    committed.patient()
    version = define(committed)
    ask(committed, version)
    compute(committed)
    later = define(committed, "Our NPM1, second", CohortDefinition(markers=frozenset({Marker.NPM1}), age_from=18))
    ask(committed, later)
    looked: list[str] = []

    def worker_ends_after_the_first_look(execute: Any, sql: str, *of_it: Any) -> Any:
        found = execute(sql, *of_it)
        if "monitoring_cohortanswer" in sql and not looked:
            looked.append(sql)
            assert compute(committed) == 1
        return found

    with connection.execute_wrapper(worker_ends_after_the_first_look):
        found = shown(committed, later)
    assert looked
    assert found.is_current


def test_a_change_of_the_data_makes_an_answer_old_and_the_next_one_new(committed: World) -> None:
    committed.patient()
    version = define(committed)
    ask(committed, version)
    compute(committed)
    committed.patient()
    found = shown(committed, version)
    assert not found.is_current
    assert flow(found).considered == 1  # the last one stays within reach
    assert ask(committed, version).state == State.WAITING
    compute(committed)
    found = shown(committed, version)
    assert found.is_current
    assert flow(found).considered == 2


def test_a_result_is_a_change_too(committed: World) -> None:
    series = committed.patient()
    version = define(committed)
    ask(committed, version)
    compute(committed)
    committed.authorised(series, date(2025, 3, 1), not_detected())
    committed.as_person(committed.clinician)
    assert state(committed).pending == 1
    committed.authorised(series, date(2025, 6, 1), detected("0.5"))
    assert not shown(committed, version).is_current


def test_two_who_ask_are_one_question(committed: World) -> None:
    committed.patient()
    version = define(committed)
    first, second = ask(committed, version), ask(committed, version)
    assert first.pk == second.pk
    assert compute(committed) == 1


def test_a_stopped_part_is_not_computed_and_can_be_asked_again(committed: World) -> None:
    committed.patient()
    version = define(committed)
    asked = ask(committed, version)
    cohort_asking.stop(by=committed.clinician, answer_id=asked.pk)
    assert compute(committed) == 0
    with pytest.raises(cohort_asking.NothingToStop):
        cohort_asking.stop(by=committed.clinician, answer_id=asked.pk)
    assert ask(committed, version).state == State.WAITING
    assert compute(committed) == 1


def test_what_a_dead_worker_had_in_hand_is_taken_over(committed: World) -> None:
    committed.patient()
    version = define(committed)
    asked = ask(committed, version)
    CohortAnswer.objects.filter(pk=asked.pk).update(state=State.RUNNING, started_at=NOW - GIVEN_UP_AFTER / 2)
    assert compute(committed) == 0
    CohortAnswer.objects.filter(pk=asked.pk).update(started_at=NOW - GIVEN_UP_AFTER - DAY)
    assert compute(committed) == 1


def test_a_part_that_cannot_be_computed_says_so(committed: World, monkeypatch: pytest.MonkeyPatch) -> None:
    committed.patient()
    version = define(committed)
    ask(committed, version)

    def breaks(*_: object, **__: object) -> None:
        raise ZeroDivisionError("no patients at risk")

    monkeypatch.setattr(cohort_computing, "answer_of", breaks)
    compute(committed)
    in_hand = shown(committed, version).in_hand
    assert in_hand is not None
    assert in_hand.state == State.FAILED
    assert "no patients at risk" in in_hand.failed_because


def test_another_centre_reads_nothing_and_defines_nothing_here(world: World) -> None:
    version = define(world)
    data = state(world)
    world.as_person(world.stranger)
    with pytest.raises(PermissionDenied):
        cohort_asking.ask(by=world.stranger, version=version, question=FLOW, data=data, now=NOW)
    with pytest.raises(PermissionDenied):
        cohorts.define(by=world.stranger, centre=world.centre, name="Theirs", definition=NPM1)
    assert not CohortVersion.objects.filter(pk=version.pk).exists()  # row-level security


def test_a_technician_reads_no_cohort(world: World) -> None:
    version = define(world)
    data = state(world)
    with pytest.raises(PermissionDenied):
        cohort_asking.ask(by=world.technician, version=version, question=FLOW, data=data, now=NOW)


def test_a_definition_stays_and_a_change_is_a_new_version(world: World) -> None:
    version = define(world)
    other = CohortDefinition(markers=frozenset({Marker.NPM1}), age_from=60)
    with pytest.raises(SameDefinition):
        cohorts.define_anew(
            by=world.clinician, cohort_id=version.cohort_id, seen_version=1, definition=NPM1, because=""
        )
    second = cohorts.define_anew(
        by=world.clinician, cohort_id=version.cohort_id, seen_version=1, definition=other, because="the elderly"
    )
    assert second.number == 2
    with pytest.raises(StaleVersion):
        cohorts.define_anew(
            by=world.clinician, cohort_id=version.cohort_id, seen_version=1, definition=NPM1, because=""
        )
    with pytest.raises(NameTaken):
        define(world)
    acts = AuditEntry.objects.filter(action__startswith="cohort.").order_by("pk").values_list("action", flat=True)
    assert list(acts) == ["cohort.define", "cohort.version", "cohort.version"]


def test_real_and_invented_patients_are_never_pooled(committed: World) -> None:
    committed.patient()
    version = define(committed)
    committed.elsewhere.is_synthetic = True
    committed.elsewhere.save()
    with as_worker():
        analysis_rows.refresh(now=NOW, rulesets={NPM1.ruleset})
    committed.as_person(committed.clinician)
    data = cohort_data.read(CohortVersion.objects.select_related("centre").get(pk=version.pk), pooled=True)
    assert (len(data.patients), len(data.others)) == (1, 0)
