"""Submitting the rows of a typed series, all or none."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from monitoring.actions import result_entry
from monitoring.actions.refusals import ActionRefused
from monitoring.models import Assay, MrdResult, Sample, User
from monitoring.queries.series_entry import UnderstoodRow


class RowRefused(ActionRefused):
    """One row was refused, so none was written; `row` is its place among those that were to be submitted."""

    def __init__(self, row: int, because: str) -> None:
        super().__init__(because)
        self.row = row


@transaction.atomic
def submit_rows(*, by: User, rows: Sequence[UnderstoodRow], assay: Assay, now: datetime) -> list[MrdResult]:
    """Take in what is new, enter each result and hand it to a second person; raises RowRefused and writes nothing."""
    written = []
    for place, row in enumerate(rows):
        try:
            written.append(_submit(by, row, assay, now))
        except ActionRefused as refused:
            raise RowRefused(place, str(refused)) from refused
    return written


def _submit(by: User, row: UnderstoodRow, assay: Assay, now: datetime) -> MrdResult:
    if row.series is None or row.typed.reading is None or row.collected_on is None:
        raise ActionRefused(_("This row is not complete."))
    tube = row.sample or Sample(
        patient=row.series.patient,
        laboratory=assay.laboratory,
        accession_number=row.typed.accession_number,
        tissue=row.tissue,
        collected_on=row.collected_on,
    )
    return result_entry.write_down(
        by=by, series=row.series, assay=assay, sample=tube, reading=row.typed.reading, comment="", submit=True, now=now
    )
