"""The analysis set of a cohort as it is taken out: its rows, from what they were made, and whether they are many."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from monitoring.domain.cohorts import definition_json, part_answers, parts
from monitoring.domain.cohorts.analysis_columns import AnalysisTable, analysis_table
from monitoring.domain.cohorts.definition import CohortDefinition
from monitoring.domain.cohorts.endpoints import Origin
from monitoring.domain.cohorts.flow import Flow
from monitoring.domain.cohorts.part_answers import CohortData
from monitoring.domain.cohorts.parts import Part
from monitoring.domain.cohorts.patient import CohortPatient
from monitoring.models import CohortVersion
from monitoring.queries import cohort_answers, cohort_data
from monitoring.queries.analysis_rows import DataState, without_collection

# Rows that are made while a person waits; more are made by the worker. [DESIGN] docs/methods/cohort_exports.md
MOST_ROWS_AT_ONCE = 2_000


@dataclass(frozen=True, slots=True)
class AnalysisExport:
    """Everything that a file of the analysis set says."""

    cohort_id: int
    cohort: str
    centre: str
    version: int
    origin: Origin
    without_dates: bool
    data: CohortData
    table: AnalysisTable
    is_synthetic: bool = False

    @property
    def definition(self) -> CohortDefinition:
        """The definition as the file tells it: a shared one does not name centres."""
        told = self.data.definition
        return replace(told, centres=frozenset()) if self.without_dates else told

    @property
    def file_name(self) -> str:
        """The name of the file, without its ending."""
        return file_name(
            self.cohort_id, self.version, self.data.revision, len(self.table.rows), without_dates=self.without_dates
        )


def file_name(cohort_id: int, version: int, revision: int, rows: int, *, without_dates: bool) -> str:
    """Return the name of a file, without its ending: cohort, version, revision of the data, rows."""
    shared = "-without-dates" if without_dates else ""
    return f"cohort-{cohort_id}-version-{version}-revision-{revision}{shared}-{rows}-rows"


@without_collection()
def read_export(version: CohortVersion, origin: Origin, *, without_dates: bool) -> AnalysisExport:
    """Return the analysis set of a version: of the cohort's own centre only, whoever asks."""
    return export_of(version, cohort_data.read(version, pooled=False), origin, without_dates=without_dates)


def export_of(
    version: CohortVersion,
    data: CohortData,
    origin: Origin,
    *,
    without_dates: bool,
    walked: Sequence[CohortPatient] | None = None,
) -> AnalysisExport:
    """Return the analysis set of patients that were read; `walked`: the same patients, by one who counts the steps."""
    return AnalysisExport(
        cohort_id=version.cohort_id,
        cohort=version.cohort.name,
        centre=version.centre.code,
        version=version.number,
        origin=origin,
        without_dates=without_dates,
        data=data,
        table=analysis_table(data.patients if walked is None else walked, origin, without_dates=without_dates),
        is_synthetic=version.centre.is_synthetic,
    )


def rows_of(version: CohortVersion, data: DataState) -> int:
    """Return how many rows the analysis set has, to tell many from few: by the flow of the page where there is one.

    A flow of just as many patients at the centre is taken, though records have changed since: it is there at once.
    """
    question = parts.ask(Part.FLOW, {})
    kept = cohort_answers.read_part(version, question, data).kept
    if kept is not None and kept.cared_for == data.patients:
        flow: Flow = part_answers.read(question, kept.answer)
    else:
        flow = cohort_data.preview(version.centre_id, definition_json.from_json(version.definition))
    return len(flow.included)


def usual_origin(definition: CohortDefinition) -> Origin:
    """Return the origin of the survival figure when the page of such a cohort is opened."""
    return Origin(str(parts.first_asked(Part.SURVIVAL, definition.failures).origin))
