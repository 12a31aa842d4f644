"""A part of a cohort's page is asked for, and stopped: what was computed from the same data is never computed twice."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from monitoring import enqueue, permissions
from monitoring.actions.refusals import ActionRefused
from monitoring.domain.cohorts import parts
from monitoring.domain.cohorts.parts import PartQuestion
from monitoring.models import CohortAnswer, CohortVersion, CohortWork, User
from monitoring.models.choices import CohortAnswerStateChoice as State
from monitoring.queries.analysis_rows import DataState
from monitoring.queries.cohort_answers import NOT_YET, current, digest_of, edition

IN_HAND = (State.WAITING, State.RUNNING)


class NothingToStop(ActionRefused):
    """The part, or the file, is not in hand."""


@transaction.atomic
def ask(*, by: User, version: CohortVersion, question: PartQuestion, data: DataState, now: datetime) -> CohortAnswer:
    """Return the answer from the state of the data, or ask the worker for it; asked again, it is asked once."""
    permissions.check_can_read_cohorts(by, version.centre_id)
    if done := current(version, question, data):
        return done
    asked, made = CohortAnswer.objects.get_or_create(
        version=version,
        part=question.part,
        question_digest=digest_of(question),
        revision=NOT_YET,
        edition=edition(version),
        defaults={
            "centre_id": version.centre_id,
            "question": parts.said(question),
            "asked_by": by,
            "asked_at": now,
        },
    )
    if not made and asked.state not in IN_HAND:
        wait_again(asked, by=by, now=now)
    transaction.on_commit(lambda: enqueue.send("answer_cohorts"))
    return asked


def wait_again(row: CohortWork, *, by: User, now: datetime) -> None:
    """Let what was stopped, or came to nothing, wait once more."""
    row.state, row.asked_by, row.asked_at = State.WAITING, by, now
    row.step, row.share, row.failed_because = "", 0, ""
    row.save()


def stop(*, by: User, answer_id: int) -> None:
    """Stop what is being computed; the worker looks at it between its steps."""
    stop_work(by=by, asked=CohortAnswer, pk=answer_id)


@transaction.atomic
def stop_work(*, by: User, asked: type[CohortWork], pk: int) -> None:
    """Stop what the worker has in hand, or would take."""
    row = asked.objects.select_for_update().get(pk=pk)
    permissions.check_can_read_cohorts(by, row.centre_id)
    if row.state not in IN_HAND:
        raise NothingToStop(_("This is not being computed."))
    row.state = State.STOPPED
    row.save(update_fields=["state"])
