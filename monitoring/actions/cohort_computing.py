"""What was asked of cohorts is computed by the worker: one reading of the data for all that waits for a version.

Each step is a transaction of its own, so that people see how far it is, and stop it. A worker that died in the middle
leaves what it had in hand to the next one.
"""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q, QuerySet

from monitoring import scope
from monitoring.actions import analysis_rows
from monitoring.domain.cohorts import definition_json, parts
from monitoring.domain.cohorts.part_answers import CohortData, answer_of, written
from monitoring.models import CohortAnswer, CohortVersion
from monitoring.models.choices import CohortAnswerStateChoice as State
from monitoring.queries import cohort_data
from monitoring.queries.analysis_rows import without_collection
from monitoring.queries.cohort_answers import NOT_YET

log = logging.getLogger(__name__)

GIVEN_UP_AFTER = timedelta(minutes=10)  # without a sign of life the worker that had it in hand is dead
MOST_FAILED_BECAUSE = 500
# Steps as they are told, with the share in per cent that is done when they begin.
REFRESHING, READING, COMPUTING = ("REFRESHING", 0), ("READING", 50), ("COMPUTING", 70)

Clock = Callable[[], datetime]


@dataclass(frozen=True, slots=True)
class _Claim:
    """Answers of one version that this worker has in hand."""

    version: CohortVersion
    answer_ids: Sequence[int]


def compute_waiting(*, clock: Clock) -> int:
    """Compute everything that waits, version by version; return how many answers came to an end."""
    done = 0
    while (claim := _claim(clock())) is not None:
        try:
            with without_collection():  # of 50,000 patients each look for cycles takes longer than a figure
                done += _compute(claim, clock)
        except Exception as error:
            log.exception("The cohort version %s could not be computed.", claim.version.pk)
            _fail(claim.answer_ids, error)
            done += len(claim.answer_ids)
    return done


@transaction.atomic
def _claim(now: datetime) -> _Claim | None:
    scope.enter_all_centres()
    waits = Q(state=State.WAITING) | Q(state=State.RUNNING, started_at__lt=now - GIVEN_UP_AFTER)
    rows = CohortAnswer.objects.filter(waits, revision=NOT_YET).select_for_update(of=("self",), skip_locked=True)
    first = rows.order_by("asked_at").first()
    if first is None:
        return None
    ids = list(rows.filter(version_id=first.version_id).order_by("asked_at").values_list("pk", flat=True))
    CohortAnswer.objects.filter(pk__in=ids).update(state=State.RUNNING, started_at=now, step=REFRESHING[0], share=0)
    return _Claim(first.version, ids)


def _compute(claim: _Claim, clock: Clock) -> int:
    definition = definition_json.from_json(claim.version.definition)
    analysis_rows.refresh(now=clock(), rulesets={definition.ruleset})
    _step(claim, READING, clock())
    data = _read(claim, pooled=False)
    pooled: CohortData | None = None
    _step(claim, COMPUTING, clock())
    done = 0
    for answer_id in claim.answer_ids:
        answer = _still_wanted(answer_id)
        if answer is None:
            continue
        question = parts.ask(answer.part, answer.question)
        if question.pooled and pooled is None:
            pooled = _read(claim, pooled=True)
        of = pooled if question.pooled and pooled is not None else data
        _keep(answer, of, written(question, answer_of(question, of)), clock())
        done += 1
    return done


@transaction.atomic
def _read(claim: _Claim, *, pooled: bool) -> CohortData:
    scope.enter_all_centres()
    return cohort_data.read(claim.version, pooled=pooled)


def _step(claim: _Claim, step: tuple[str, int], now: datetime) -> None:
    with transaction.atomic():
        scope.enter_all_centres()
        _of(claim).update(step=step[0], share=step[1], started_at=now)


def _of(claim: _Claim) -> "QuerySet[CohortAnswer]":
    return CohortAnswer.objects.filter(pk__in=claim.answer_ids, state=State.RUNNING)


def _still_wanted(answer_id: int) -> CohortAnswer | None:
    with transaction.atomic():
        scope.enter_all_centres()
        return CohortAnswer.objects.filter(pk=answer_id, state=State.RUNNING).first()


def _keep(answer: CohortAnswer, data: CohortData, found: object, now: datetime) -> None:
    """Keep an answer under the state of the data that it was computed from, in place of an older one of that name."""
    answer.revision, answer.answer = data.revision, {"cared_for": data.cared_for, "found": found}
    answer.state, answer.share, answer.finished_at = State.DONE, 100, now
    with transaction.atomic():
        scope.enter_all_centres()
        if not CohortAnswer.objects.select_for_update().filter(pk=answer.pk, state=State.RUNNING).exists():
            return
        CohortAnswer.objects.filter(
            version_id=answer.version_id,
            part=answer.part,
            question_digest=answer.question_digest,
            revision=answer.revision,
            edition=answer.edition,
        ).delete()
        answer.save()


@transaction.atomic
def _fail(answer_ids: Sequence[int], error: Exception) -> None:
    scope.enter_all_centres()
    CohortAnswer.objects.filter(pk__in=answer_ids, state=State.RUNNING).update(
        state=State.FAILED, failed_because=f"{type(error).__name__}: {error}"[:MOST_FAILED_BECAUSE]
    )
