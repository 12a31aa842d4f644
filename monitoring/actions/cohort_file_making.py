"""Files of large analysis sets are made by the worker: one reading of the patients for all files of a version.

How far a file is, is told patient by patient; it can be stopped at each of these looks.
"""

import logging
import zlib
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from functools import partial
from typing import overload

from django.db import transaction
from django.utils import translation

from monitoring import scope
from monitoring.actions import analysis_rows, cohort_work
from monitoring.actions.cohort_computing import read_patients
from monitoring.actions.cohort_work import Claim, Clock
from monitoring.domain.cohorts import definition_json
from monitoring.domain.cohorts.endpoints import Origin
from monitoring.domain.cohorts.part_answers import CohortData
from monitoring.domain.cohorts.patient import CohortPatient
from monitoring.models import CohortFile
from monitoring.models.choices import CohortAnswerStateChoice as State
from monitoring.queries import cohort_exports, cohort_files
from monitoring.queries.cohort_exports import AnalysisExport

log = logging.getLogger(__name__)

READING, WRITING = ("READING", 10), ("WRITING", 40)
TOLD_EACH = 1_000  # patients; about every third of a second
PACKED_BY = 1  # zlib: csv to about an eighth, the stronger ones take longer than the writing

# The rooms of files stand above the actions: who calls says what writes a file of a kind, on which day.
Write = Callable[[AnalysisExport, str, date], Iterator[bytes]]


class Stopped(Exception):
    """Somebody stopped the file while it was made."""


class Walked(Sequence[CohortPatient]):
    """Patients who are counted while a file is made of them."""

    def __init__(self, patients: Sequence[CohortPatient], tell: Callable[[int], None]) -> None:
        self._patients, self._tell = patients, tell

    def __len__(self) -> int:
        return len(self._patients)

    @overload
    def __getitem__(self, place: int) -> CohortPatient: ...
    @overload
    def __getitem__(self, place: slice) -> Sequence[CohortPatient]: ...
    def __getitem__(self, place: int | slice) -> CohortPatient | Sequence[CohortPatient]:
        """Return a patient, or some, without counting."""
        return self._patients[place]

    def __iter__(self) -> Iterator[CohortPatient]:
        """Yield each patient, and tell after every TOLD_EACH how many there were."""
        for number, patient in enumerate(self._patients, start=1):
            yield patient
            if number % TOLD_EACH == 0:
                self._tell(number)


def make_waiting(*, clock: Clock, write: Write) -> int:
    """Make every file that waits, version by version; return how many came to an end."""
    return cohort_work.do_waiting(CohortFile, partial(_make, clock=clock, write=write), clock=clock)


def _make(claim: Claim, clock: Clock, write: Write) -> int:
    definition = definition_json.from_json(claim.version.definition)
    analysis_rows.refresh(now=clock(), rulesets={definition.ruleset})
    cohort_work.tell_step(claim, READING, clock())
    data = read_patients(claim, pooled=False)
    cohort_work.tell_step(claim, WRITING, clock())
    for pk in claim.ids:
        file = cohort_work.still_wanted(CohortFile, pk)
        if file is not None:
            _make_one(claim, file, data, clock, write)
    return len(claim.ids)


def _make_one(claim: Claim, file: CohortFile, data: CohortData, clock: Clock, write: Write) -> None:
    """Make one file; where that breaks, the others come all the same."""
    try:
        with translation.override(file.language or None):
            _fill(claim, file, data, clock, write)
    except Stopped:
        log.info("The file %s of the cohort version %s was stopped.", file.pk, file.version_id)
    except Exception as error:
        log.exception("The file %s (%s) of the cohort version %s failed.", file.pk, file.kind, file.version_id)
        cohort_work.fail(claim, [file.pk], error)
    else:
        older = CohortFile.objects.filter(
            **cohort_files.named(claim.version, cohort_files.question_of(file)), state=State.DONE
        )
        cohort_work.keep(file, older, clock())


def _fill(claim: Claim, file: CohortFile, data: CohortData, clock: Clock, write: Write) -> None:
    walked = Walked(data.patients, partial(_tell, claim, file, len(data.patients), clock))
    export = cohort_exports.export_of(
        claim.version, data, Origin(file.origin), without_dates=file.without_dates, walked=walked
    )
    packing, packed, size = zlib.compressobj(PACKED_BY), [], 0
    today = clock().astimezone(claim.version.centre.zone).date()
    for piece in write(export, file.kind, today):
        size += len(piece)
        packed.append(packing.compress(piece))
    file.packed, file.size = b"".join([*packed, packing.flush()]), size
    file.revision, file.cared_for, file.rows = data.revision, data.cared_for, len(export.table.rows)
    file.patient_ids = sorted({patient.patient_id for patient in data.patients})


def _tell(claim: Claim, file: CohortFile, patients: int, clock: Clock, number: int) -> None:
    """Tell how far a file is, a sign of life for those after it too; raises Stopped where nobody wants it any more."""
    begins = WRITING[1]
    share = begins + (99 - begins) * number // patients
    with transaction.atomic():
        scope.enter_all_centres()
        claim.running().update(started_at=clock())
        if not claim.running().filter(pk=file.pk).update(share=share):
            raise Stopped
