"""A file of a large analysis set is asked for, taken, and deleted after a day.

It is the file of the cohort's centre, the same for everybody who may read its cohorts: asked by two, it is made once.
Who asked for it is on record, and so is everybody who takes it, with each patient in it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from monitoring import enqueue, permissions, scope
from monitoring.actions import audit, cohort_asking, cohort_exports
from monitoring.actions.cohort_asking import IN_HAND
from monitoring.actions.refusals import ActionRefused
from monitoring.models import CohortFile, CohortVersion, User
from monitoring.models.choices import CohortAnswerStateChoice as State
from monitoring.queries import cohort_files
from monitoring.queries.analysis_rows import DataState
from monitoring.queries.cohort_answers import NOT_YET
from monitoring.queries.cohort_files import FileQuestion

KEPT_FOR = timedelta(days=1)  # [DESIGN] a file is taken within minutes; patients are not left lying about in copies


class FileWithheld(ActionRefused):
    """The file is not there any more, or holds a patient whom it may not show any more."""


@dataclass(frozen=True, slots=True)
class TakenFile:
    """A file as it is handed over: its name, bytes, and content in pieces."""

    name: str
    size: int
    pieces: Iterator[bytes]


@transaction.atomic
def ask(*, by: User, version: CohortVersion, question: FileQuestion, data: DataState, now: datetime) -> CohortFile:
    """Return the file that answers the question now, or ask the worker for it; asked again, it is asked once."""
    permissions.check_can_read_cohorts(by, version.centre_id)
    if found := cohort_files.ready(version, question, data, now):
        return found
    asked, made = CohortFile.objects.get_or_create(
        **cohort_files.named(version, question),
        revision=NOT_YET,
        defaults={"centre_id": version.centre_id, "asked_by": by, "asked_at": now},
    )
    if made or asked.state not in IN_HAND:
        cohort_asking.wait_again(asked, by=by, now=now)
        audit.record(action="cohort.file", by=by, subject=asked, after=_told(version, question))
    transaction.on_commit(lambda: enqueue.send("make_cohort_files"))
    return asked


@transaction.atomic
def take(*, by: User, version: CohortVersion, file: CohortFile, now: datetime) -> TakenFile:
    """Hand a file over, and write down who took it with which patients; the right is asked now, not when it was made.

    Raises FileWithheld where a patient in it may not be shown any more.
    """
    permissions.check_can_read_cohorts(by, file.centre_id)
    packed = cohort_files.packed_of(file)
    if packed is None or cohort_files.is_withheld(file):
        raise FileWithheld(_("This file is not given any more. Ask for it again."))
    cohort_exports.note_file(by=by, version=version, file=file, now=now)
    return TakenFile(cohort_files.name_of(file, version), file.size, cohort_files.unpacked(packed))


def stop(*, by: User, file_id: int) -> None:
    """Stop the making of a file; raises NothingToStop where it came to its end meanwhile."""
    cohort_asking.stop_work(by=by, asked=CohortFile, pk=file_id)


@transaction.atomic
def forget_old(*, now: datetime) -> int:
    """Delete files that were made, or came to nothing, a day ago; return how many. For the worker."""
    scope.enter_all_centres()
    until = now - KEPT_FOR
    made = Q(state=State.DONE, finished_at__lt=until)
    ended = Q(state__in=[State.FAILED, State.STOPPED], asked_at__lt=until)
    deleted, _each = CohortFile.objects.filter(made | ended).delete()
    return deleted


def _told(version: CohortVersion, question: FileQuestion) -> dict[str, object]:
    return {
        "cohort": version.cohort_id, "version": version.number, "kind": question.kind,
        "origin": question.origin.value, "without_dates": question.without_dates,
    }  # fmt: skip
