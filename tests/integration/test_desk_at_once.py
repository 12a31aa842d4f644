"""Two people decide at the desk in the same moment: one decision stands, the other person is told."""

import threading
from collections.abc import Callable, Iterator

import pytest
import time_machine
from django.db import connections, transaction

from monitoring import scope
from monitoring.actions import calendar_feeds, intervals, shadow_decisions, shadow_runs
from monitoring.actions.refusals import StaleVersion
from monitoring.models import CalendarFeed, Centre, SamplingInterval, ShadowRun, User
from monitoring.models.choices import RoleChoice
from tests.world import World, _person


@pytest.fixture(autouse=True)
def today(committed: World) -> Iterator[None]:
    """The day of the world."""
    with time_machine.travel(committed.now, tick=True):
        yield


def at_once(people: list[User], act: Callable[[User], object]) -> list[str]:
    """Let each person act at the same moment on a connection of their own; return how it went, sorted."""
    gate, outcomes = threading.Barrier(len(people)), []

    def run(person: User) -> None:
        try:
            with transaction.atomic():
                scope.enter(person)
                gate.wait(10)
                act(person)
            outcomes.append("done")
        except StaleVersion:
            outcomes.append("told")
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=[person]) for person in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return sorted(outcomes)


def test_one_of_two_signs_a_change_of_rules(committed: World) -> None:
    committed.patient()
    run = shadow_runs.propose(by=committed.clinician, centre=committed.centre, ruleset="ELN2022")
    shadow_runs.compute_waiting(now=committed.now)
    signers = [_person(name, RoleChoice.CLINICIAN, committed.centre) for name in ("second", "third")]

    def sign(person: User) -> object:
        return shadow_decisions.sign(by=person, run_id=run.pk, comment=f"by {person}", now=committed.now)

    assert at_once(signers, sign) == ["done", "told"]
    committed.as_person(committed.clinician)
    assert ShadowRun.objects.get().decision == "SIGNED"
    assert Centre.objects.get(pk=committed.centre.pk).alerting_ruleset == "ELN2022"


def test_a_run_is_computed_once_by_two_workers(committed: World) -> None:
    committed.patient()
    shadow_runs.propose(by=committed.clinician, centre=committed.centre, ruleset="ELN2025")

    def compute(_person: User) -> object:
        return shadow_runs.compute_waiting(now=committed.now)

    assert at_once([committed.clinician, committed.data_manager], compute) == ["done", "done"]
    committed.as_person(committed.clinician)
    assert ShadowRun.objects.get().series_compared == 1


def test_one_of_two_sets_an_interval(committed: World) -> None:
    patient = committed.patient().patient
    other = _person("second", RoleChoice.CLINICIAN, committed.centre)

    def set_it(person: User) -> object:
        return intervals.set_for_patient(by=person, patient=patient, name="blood_days", days="28", because=str(person))

    assert at_once([committed.clinician, other], set_it) == ["done", "told"]
    committed.as_person(committed.clinician)
    assert SamplingInterval.objects.count() == 1


def test_two_windows_of_one_person_leave_one_address(committed: World) -> None:
    def create(person: User) -> object:
        return calendar_feeds.create(by=person, centre=committed.centre, now=committed.now)

    outcomes = at_once([committed.clinician, committed.clinician], create)
    assert "done" in outcomes
    assert outcomes in (["done", "done"], ["done", "told"])
    committed.as_person(committed.clinician)
    assert CalendarFeed.objects.filter(revoked_at=None).count() == 1
