"""What is kept of the parts of a cohort's page: the latest answer of each, and what is being computed."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from monitoring.domain.cohorts import definition_json, parts
from monitoring.domain.cohorts.parts import PartQuestion
from monitoring.models import CohortAnswer, CohortVersion
from monitoring.models.choices import CohortAnswerStateChoice as State
from monitoring.queries.analysis_edition import edition_of
from monitoring.queries.analysis_rows import DataState

NOT_YET = 0  # the revision of what waits, is being computed, or came to nothing
PARTS_EDITION = 3  # of what the parts compute: raised when an answer kept would not be given again


@dataclass(frozen=True, slots=True)
class KeptAnswer:
    """An answer as it was computed: from which revision, when."""

    pk: int
    revision: int
    cared_for: int
    finished_at: datetime
    answer: Any


@dataclass(frozen=True, slots=True)
class InHand:
    """What is being computed, or came to nothing: how far, which step, asked when, the last sign of life of the worker.

    `failed_because` is technical: it is for whoever runs this, and never shown on a page.
    """

    pk: int
    state: str
    step: str
    share: int
    asked_at: datetime
    started_at: datetime | None
    failed_because: str


@dataclass(frozen=True, slots=True)
class PartShown:
    """A part of the page: its question, the last answer, whether that is of today's data, and what is in hand."""

    question: PartQuestion
    kept: KeptAnswer | None
    is_current: bool
    in_hand: InHand | None


def edition(version: CohortVersion) -> str:
    """Return the edition by which an answer of a version counts: of the rows it is made of, and of the parts."""
    return f"{edition_of(definition_json.from_json(version.definition).ruleset)}/{PARTS_EDITION}"


def digest_of(question: PartQuestion) -> str:
    """Return the name under which a question to a version is kept."""
    said = json.dumps([question.part, parts.said(question)], sort_keys=True)
    return hashlib.sha256(said.encode()).hexdigest()


def current(version: CohortVersion, question: PartQuestion, data: DataState) -> CohortAnswer | None:
    """Return the answer that was computed from just this state of the data; None where there is none."""
    if data.pending:
        return None
    kept = _kept(version, question).filter(revision=data.revision, answer__cared_for=data.patients)
    return kept.filter(state=State.DONE).first()


def read_part(version: CohortVersion, question: PartQuestion, data: DataState) -> PartShown:
    """Return what there is to show of a part, for this state of the data."""
    return read_parts(version, [question], data)[0]


def read_parts(version: CohortVersion, questions: Sequence[PartQuestion], data: DataState) -> list[PartShown]:
    """Return what there is to show of several parts, in their order; two queries."""
    digests = [digest_of(question) for question in questions]
    rows = CohortAnswer.objects.filter(version=version, question_digest__in=digests, edition=edition(version))
    # In this order: an answer that comes between the two is found by the second. The other way round it would be
    # neither waiting nor there, and a page that asks only while something waits would never ask for it again.
    waiting = {row.question_digest: row for row in rows.filter(revision=NOT_YET).defer("answer")}
    latest = rows.filter(state=State.DONE).order_by("question_digest", "-revision").distinct("question_digest")
    done = {row.question_digest: _kept_answer(row) for row in latest}
    return [
        _shown(question, done.get(digest), waiting.get(digest), data)
        for question, digest in zip(questions, digests, strict=True)
    ]


def _shown(question: PartQuestion, kept: KeptAnswer | None, waiting: CohortAnswer | None, data: DataState) -> PartShown:
    of_now = kept is not None and (kept.revision, kept.cared_for) == (data.revision, data.patients)
    is_current = of_now and not data.pending
    return PartShown(question, kept, is_current, _in_hand(waiting))


def _kept_answer(row: CohortAnswer) -> KeptAnswer:
    if row.finished_at is None or row.answer is None:
        raise TypeError(row.pk)
    return KeptAnswer(row.pk, row.revision, row.answer["cared_for"], row.finished_at, row.answer["found"])


def answer_row(pk: int, version_ids: Sequence[int]) -> CohortAnswer | None:
    """Return an answer, or what is in hand, of these versions; None for any other."""
    return CohortAnswer.objects.filter(pk=pk, version__in=version_ids).defer("answer").first()


def version_row(pk: int) -> CohortVersion:
    """Return a version with its centre; the caller has seen that the person may."""
    return CohortVersion.objects.select_related("centre").get(pk=pk)


def _kept(version: CohortVersion, question: PartQuestion) -> QuerySet[CohortAnswer]:
    return CohortAnswer.objects.filter(
        version=version, part=question.part, question_digest=digest_of(question), edition=edition(version)
    )


def _in_hand(row: CohortAnswer | None) -> InHand | None:
    if row is None or row.state == State.DONE:
        return None
    return InHand(row.pk, row.state, row.step, row.share, row.asked_at, row.started_at, row.failed_because)
