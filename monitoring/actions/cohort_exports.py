"""Taking the analysis set, or a figure, of a cohort out of the product is written down with its version and rows."""

from collections.abc import Iterable
from datetime import datetime

from monitoring import permissions
from monitoring.actions import exports
from monitoring.models import CohortVersion, User
from monitoring.queries.cohort_exports import AnalysisExport


def note_analysis_set(*, by: User, version: CohortVersion, export: AnalysisExport, kind: str, now: datetime) -> None:
    """Write down who took the analysis set of which version, how many rows, of which patients."""
    permissions.check_can_read_cohorts(by, version.centre_id)
    told = f"{_told(version, export.data.revision)} origin={export.origin}"
    exports.note(
        by=by, what=f"cohort.{kind}", query=f"{told} without_dates={'yes' if export.without_dates else 'no'}",
        rows=len(export.table.rows), patient_ids={one.patient_id for one in export.data.patients}, now=now,
    )  # fmt: skip


def note_figure(
    *, by: User, version: CohortVersion, revision: int, part: str, kind: str, patient_ids: Iterable[int], now: datetime
) -> None:
    """Write down who took which figure; `patient_ids`: those that it shows one by one, none of a curve of many."""
    permissions.check_can_read_cohorts(by, version.centre_id)
    shown = set(patient_ids)
    exports.note(
        by=by, what=f"cohort-figure.{kind}", query=f"{_told(version, revision)} part={part}", rows=len(shown),
        patient_ids=shown, now=now,
    )  # fmt: skip


def _told(version: CohortVersion, revision: int) -> str:
    return f"cohort={version.cohort_id} version={version.number} revision={revision}"
