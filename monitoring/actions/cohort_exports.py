"""Taking the analysis set, or a figure, of a cohort out of the product is written down with its version and rows."""

from collections.abc import Iterable
from datetime import datetime

from monitoring import permissions
from monitoring.actions import exports
from monitoring.models import CohortFile, CohortVersion, User
from monitoring.queries.cohort_exports import AnalysisExport


def note_analysis_set(*, by: User, version: CohortVersion, export: AnalysisExport, kind: str, now: datetime) -> None:
    """Write down who took the analysis set of which version, how many rows, of which patients."""
    permissions.check_can_read_cohorts(by, version.centre_id)
    exports.note(
        by=by, what=f"cohort.{kind}",
        query=_set_told(version, export.data.revision, export.origin, without_dates=export.without_dates),
        rows=len(export.table.rows), patient_ids={one.patient_id for one in export.data.patients}, now=now,
    )  # fmt: skip


def note_file(*, by: User, version: CohortVersion, file: CohortFile, now: datetime) -> None:
    """Write down who took a file that the worker had made: the same words, of the revision that the file has."""
    permissions.check_can_read_cohorts(by, version.centre_id)
    exports.note(
        by=by, what=f"cohort.{file.kind}",
        query=_set_told(version, file.revision, file.origin, without_dates=file.without_dates),
        rows=file.rows, patient_ids=file.patient_ids, now=now,
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


def _set_told(version: CohortVersion, revision: int, origin: str, *, without_dates: bool) -> str:
    return f"{_told(version, revision)} origin={origin} without_dates={'yes' if without_dates else 'no'}"


def _told(version: CohortVersion, revision: int) -> str:
    return f"cohort={version.cohort_id} version={version.number} revision={revision}"
