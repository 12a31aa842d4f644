"""What was asked of cohorts is computed by the worker: one reading of the data for all that waits for a version."""

import logging
from functools import partial

from django.db import transaction

from monitoring import scope
from monitoring.actions import analysis_rows, cohort_work
from monitoring.actions.cohort_work import GIVEN_UP_AFTER as GIVEN_UP_AFTER
from monitoring.actions.cohort_work import Claim, Clock
from monitoring.domain.cohorts import definition_json, parts
from monitoring.domain.cohorts.part_answers import CohortData, answer_of, written
from monitoring.domain.cohorts.parts import PartQuestion
from monitoring.models import CohortAnswer
from monitoring.queries import cohort_data

log = logging.getLogger(__name__)

# Steps as they are told, with the share in per cent that is done when they begin.
READING, COMPUTING = ("READING", 50), ("COMPUTING", 70)


def compute_waiting(*, clock: Clock) -> int:
    """Compute everything that waits, version by version; return how many answers came to an end."""
    return cohort_work.do_waiting(CohortAnswer, partial(_compute, clock=clock), clock=clock)


def _compute(claim: Claim, clock: Clock) -> int:
    definition = definition_json.from_json(claim.version.definition)
    analysis_rows.refresh(now=clock(), rulesets={definition.ruleset})
    cohort_work.tell_step(claim, READING, clock())
    data = read_patients(claim, pooled=False)
    pooled: CohortData | None = None
    cohort_work.tell_step(claim, COMPUTING, clock())
    done = 0
    for answer_id in claim.ids:
        answer = cohort_work.still_wanted(CohortAnswer, answer_id)
        if answer is None:
            continue
        question = parts.ask(answer.part, answer.question)
        if question.pooled and pooled is None:
            pooled = read_patients(claim, pooled=True)
        _answer(claim, answer, question, pooled if question.pooled and pooled is not None else data, clock)
        done += 1
    return done


def _answer(claim: Claim, answer: CohortAnswer, question: PartQuestion, of: CohortData, clock: Clock) -> None:
    """Compute one answer; where that breaks, the others of the page come all the same."""
    try:
        found = written(question, answer_of(question, of))
    except Exception as error:
        log.exception("The answer %s (%s) of the cohort version %s failed.", answer.pk, answer.part, answer.version_id)
        cohort_work.fail(claim, [answer.pk], error)
    else:
        _keep(answer, of, found, clock)


@transaction.atomic
def read_patients(claim: Claim, *, pooled: bool) -> CohortData:
    """Return the patients of the version that is in hand."""
    scope.enter_all_centres()
    return cohort_data.read(claim.version, pooled=pooled)


def _keep(answer: CohortAnswer, data: CohortData, found: object, clock: Clock) -> None:
    """Keep an answer under the state of the data that it was computed from, in place of an older one of that name."""
    answer.revision, answer.answer = data.revision, {"cared_for": data.cared_for, "found": found}
    older = CohortAnswer.objects.filter(
        version_id=answer.version_id,
        part=answer.part,
        question_digest=answer.question_digest,
        revision=answer.revision,
        edition=answer.edition,
    )
    cohort_work.keep(answer, older, clock())
