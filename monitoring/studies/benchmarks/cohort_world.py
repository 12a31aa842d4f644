"""A data manager who may see a cohort of a whole centre, and cohorts to measure with; what is written stays."""

import os
import time
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from celery import current_app
from django.db import transaction
from django.utils import timezone

from monitoring import enqueue, scope
from monitoring.actions import cohort_asking, cohorts
from monitoring.domain.cohorts.definition import CohortDefinition
from monitoring.domain.cohorts.parts import PartQuestion
from monitoring.models import Centre, CohortAnswer, CohortVersion, Membership, User
from monitoring.models.choices import CohortAnswerStateChoice as State
from monitoring.models.choices import RoleChoice
from monitoring.queries import cohort_answers, cohort_data
from monitoring.queries.analysis_rows import DataState
from monitoring.studies.benchmarks.scratch_product import NotStarted

EVERYBODY = CohortDefinition()
LOOK_SECONDS, PATIENCE_SECONDS = 0.05, 1800.0


@dataclass(frozen=True, slots=True)
class Asked:
    """Seconds from asked to kept by the clock, and seconds of the worker's own processor; None where it cannot say."""

    clock: float
    own: float | None


@dataclass(frozen=True, slots=True)
class CohortWorld:
    """The centre and who asks."""

    centre: Centre
    person: User


def write(centre: Centre, now: datetime) -> CohortWorld:
    """Write a data manager of the centre."""
    person = User.objects.create(username=f"bench-data-manager-{int(now.timestamp())}", full_name="Bench Data Manager")
    Membership.objects.create(user=person, centre=centre, role=RoleChoice.DATA_MANAGER, starts_on=date(2020, 1, 1))
    return CohortWorld(centre, person)


@transaction.atomic
def define(world: CohortWorld, name: str) -> CohortVersion:
    """Define a cohort of everybody at the centre: of a new one nothing is kept yet."""
    scope.enter(world.person)
    return cohorts.define(by=world.person, centre=world.centre, name=name, definition=EVERYBODY)


def wait_for_rows(world: CohortWorld) -> DataState:
    """Return the state of the analysis set when nobody waits any more; raises NotStarted after half an hour."""
    enqueue.send("refresh_analysis", EVERYBODY.ruleset.value)
    until = time.monotonic() + PATIENCE_SECONDS
    while (data := _state(world)).pending:
        _look_again(until)
    return data


def ask(world: CohortWorld, version: CohortVersion, question: PartQuestion, data: DataState) -> Asked:
    """Ask for a part, and return what it took until the worker had answered; raises NotStarted where it did not."""
    began, own = time.monotonic(), _own_seconds()
    with transaction.atomic():
        scope.enter(world.person)
        asked = cohort_asking.ask(by=world.person, version=version, question=question, data=data, now=timezone.now())
    answer = _ended(world, version, asked.pk, began + PATIENCE_SECONDS)
    if answer.state != State.DONE or answer.finished_at is None:
        raise NotStarted(f"{question.part} was not computed: {answer.failed_because}")
    spent = None if own is None or (now := _own_seconds()) is None else now - own
    return Asked((answer.finished_at - answer.asked_at).total_seconds(), spent)


def _ended(world: CohortWorld, version: CohortVersion, pk: int, until: float) -> CohortAnswer:
    while True:
        with transaction.atomic():
            scope.enter(world.person)
            answer = cohort_answers.answer_row(pk, [version.pk])
        if answer is not None and answer.state not in cohort_asking.IN_HAND:
            return answer
        _look_again(until)


@transaction.atomic
def _state(world: CohortWorld) -> DataState:
    scope.enter(world.person)
    return cohort_data.state_of(world.centre.pk, EVERYBODY)


def _look_again(until: float) -> None:
    if time.monotonic() > until:
        raise NotStarted("The worker does not come to an end.")
    time.sleep(LOOK_SECONDS)


def _own_seconds() -> float | None:
    """Seconds of a processor that the processes of the worker have taken so far; on a busy machine these say more."""
    told = current_app.control.inspect(timeout=1).stats() or {}
    numbers = [number for each in told.values() for number in each.get("pool", {}).get("processes", [])]
    try:
        spent = [Path(f"/proc/{number}/stat").read_text(encoding="ascii").rpartition(")")[2] for number in numbers]
    except FileNotFoundError:  # not on this machine, or not this system
        return None
    user, system = 11, 12  # places after the name in stat(5)
    ticks = sum(int(each.split()[place]) for each in spent for place in (user, system))
    return ticks / os.sysconf("SC_CLK_TCK") if numbers else None
