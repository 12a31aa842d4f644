"""Files of large analysis sets: which one answers a question now, which are being made, and whom they may not show.

A file is given while its data are those of today, and for GIVEN_FOR after it was made, so that who asked can take it
although records change meanwhile; it says from which revision it is. It is never given with a patient in it who has
left the care of the centre, or refused research, since.
"""

import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection
from django.db.models import QuerySet

from monitoring import scope
from monitoring.domain.cohorts import definition_json
from monitoring.domain.cohorts.endpoints import Origin
from monitoring.models import CohortFile, CohortVersion
from monitoring.models.choices import CohortAnswerStateChoice as State
from monitoring.queries.analysis_edition import edition_of
from monitoring.queries.analysis_rows import DataState
from monitoring.queries.cohort_answers import NOT_YET
from monitoring.queries.cohort_exports import file_name

GIVEN_FOR = timedelta(minutes=10)  # [DESIGN] long enough to come back to the page, short against a day at the centre
FILES_EDITION = 1  # raised when a file kept would not be made so again
WITHOUT_WORDS = frozenset({"csv"})  # its columns and codes have the same names in every language
PIECE = 1 << 16  # bytes of the packed file that are unpacked at once

# Patients of the file whom this centre sees no more, and those who refuse research.
WITHHELD = """
SELECT EXISTS (
  SELECT 1 FROM unnest(%s::bigint[]) AS held (patient_id)
  WHERE NOT EXISTS (SELECT 1 FROM app_care c WHERE c.patient_id = held.patient_id AND c.role <> 'LABORATORY')
     OR EXISTS (SELECT 1 FROM monitoring_patient p
                WHERE p.id = held.patient_id AND p.research_refused_on IS NOT NULL))
"""


@dataclass(frozen=True, slots=True)
class FileQuestion:
    """Which file of an analysis set is asked for."""

    kind: str
    origin: Origin
    without_dates: bool
    language: str


@dataclass(frozen=True, slots=True)
class FileShown:
    """A file that is being made, came to nothing, or can be taken: how far, of which data, how large (bytes)."""

    pk: int
    question: FileQuestion
    state: str
    step: str
    share: int
    asked_at: datetime
    started_at: datetime | None
    revision: int
    rows: int
    size: int
    is_current: bool


def ask_for(kind: str, origin: Origin, *, without_dates: bool, language: str) -> FileQuestion:
    """Return the question for a file; one without words is the same in every language."""
    return FileQuestion(kind, origin, without_dates, "" if kind in WITHOUT_WORDS else language)


def edition(version: CohortVersion) -> str:
    """Return the edition by which a file of a version counts: of the rows it is made of, and of the files."""
    return f"{edition_of(definition_json.from_json(version.definition).ruleset)}/{FILES_EDITION}"


def ready(version: CohortVersion, question: FileQuestion, data: DataState, now: datetime) -> CohortFile | None:
    """Return the file that answers a question now, without its content; None where it is to be made."""
    file = _named(version, question).filter(state=State.DONE).defer("packed").order_by("-finished_at").first()
    if file is None or not _is_given(file, data, now) or is_withheld(file):
        return None
    return file


def is_withheld(file: CohortFile) -> bool:
    """Whether somebody is in the file whom the centre sees no more, or who refuses research now."""
    with scope.centres_only([file.centre_id]), connection.cursor() as cursor:
        cursor.execute(WITHHELD, [file.patient_ids])
        [found] = cursor.fetchone() or [True]
    return bool(found)


def standing(version: CohortVersion, question: FileQuestion, data: DataState, now: datetime) -> CohortFile | None:
    """Return the file that answers a question now, or is being made; None where it would have to be asked for."""
    if found := ready(version, question, data, now):
        return found
    file = in_hand(version, question)
    return None if file is None or file.state in (State.FAILED, State.STOPPED) else file


def in_hand(version: CohortVersion, question: FileQuestion) -> CohortFile | None:
    """Return the file that is being made or came to nothing; None where nobody asked since the last one."""
    rows = _named(version, question).filter(revision=NOT_YET).exclude(state=State.DONE)
    return rows.defer("packed", "patient_ids").first()


def read_files(version: CohortVersion, language: str, data: DataState, now: datetime) -> list[FileShown]:
    """Return the files in a language that are being made, came to nothing or can be taken, in the order of asking."""
    rows = CohortFile.objects.filter(version=version, edition=edition(version), language__in=["", language])
    files = rows.defer("packed", "patient_ids").order_by("asked_at", "pk")
    return [_shown(file, data) for file in files if file.state != State.DONE or _is_given(file, data, now)]


def file_row(pk: int, version_ids: Sequence[int]) -> CohortFile | None:
    """Return a file of these versions, without its content; None for any other."""
    return CohortFile.objects.filter(pk=pk, version__in=version_ids).defer("packed").first()


def name_of(file: CohortFile, version: CohortVersion) -> str:
    """Return the name under which a file is saved, with its ending."""
    name = file_name(version.cohort_id, version.number, file.revision, file.rows, without_dates=file.without_dates)
    return f"{name}.{file.kind}"


def packed_of(file: CohortFile) -> bytes | None:
    """Return the file as it is kept; None where it was deleted meanwhile."""
    found = CohortFile.objects.filter(pk=file.pk, state=State.DONE).values_list("packed", flat=True).first()
    return None if found is None else bytes(found)


def unpacked(packed: bytes) -> Iterator[bytes]:
    """Yield the file in pieces; nothing is read from the database."""
    unpacking = zlib.decompressobj()
    for place in range(0, len(packed), PIECE):
        yield unpacking.decompress(packed[place : place + PIECE])
    yield unpacking.flush()


def named(version: CohortVersion, question: FileQuestion) -> dict[str, object]:
    """Return the columns that tell the files of a version apart."""
    return {
        "version": version, "edition": edition(version), "kind": question.kind, "origin": question.origin.value,
        "without_dates": question.without_dates, "language": question.language,
    }  # fmt: skip


def question_of(file: CohortFile) -> FileQuestion:
    """Return the question that a file answers."""
    return FileQuestion(file.kind, Origin(file.origin), file.without_dates, file.language)


def _named(version: CohortVersion, question: FileQuestion) -> "QuerySet[CohortFile]":
    return CohortFile.objects.filter(**named(version, question))


def _is_given(file: CohortFile, data: DataState, now: datetime) -> bool:
    return _is_current(file, data) or (file.finished_at is not None and now - file.finished_at < GIVEN_FOR)


def _is_current(file: CohortFile, data: DataState) -> bool:
    return not data.pending and (file.revision, file.cared_for) == (data.revision, data.patients)


def _shown(file: CohortFile, data: DataState) -> FileShown:
    return FileShown(
        pk=file.pk,
        question=question_of(file),
        state=file.state,
        step=file.step,
        share=file.share,
        asked_at=file.asked_at,
        started_at=file.started_at,
        revision=file.revision,
        rows=file.rows,
        size=file.size,
        is_current=_is_current(file, data),
    )
