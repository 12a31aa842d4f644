"""The analysis set of a cohort as it is taken out: its rows now, and from what they were made."""

from dataclasses import dataclass, replace

from monitoring.domain.cohorts import parts
from monitoring.domain.cohorts.analysis_columns import AnalysisTable, analysis_table
from monitoring.domain.cohorts.definition import CohortDefinition
from monitoring.domain.cohorts.endpoints import Origin
from monitoring.domain.cohorts.part_answers import CohortData
from monitoring.domain.cohorts.parts import Part
from monitoring.models import CohortVersion
from monitoring.queries import cohort_data
from monitoring.queries.analysis_rows import without_collection


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

    @property
    def definition(self) -> CohortDefinition:
        """The definition as the file tells it: a shared one does not name centres."""
        told = self.data.definition
        return replace(told, centres=frozenset()) if self.without_dates else told

    @property
    def file_name(self) -> str:
        """The name of the file, without its ending: cohort, version, revision of the data, rows."""
        shared = "-without-dates" if self.without_dates else ""
        return (
            f"cohort-{self.cohort_id}-version-{self.version}-revision-{self.data.revision}{shared}"
            f"-{len(self.table.rows)}-rows"
        )


@without_collection()
def read_export(version: CohortVersion, origin: Origin, *, without_dates: bool) -> AnalysisExport:
    """Return the analysis set of a version: of the cohort's own centre only, whoever asks."""
    data = cohort_data.read(version, pooled=False)
    return AnalysisExport(
        cohort_id=version.cohort_id,
        cohort=version.cohort.name,
        centre=version.centre.code,
        version=version.number,
        origin=origin,
        without_dates=without_dates,
        data=data,
        table=analysis_table(data.patients, origin, without_dates=without_dates),
    )


def usual_origin(definition: CohortDefinition) -> Origin:
    """Return the origin of the survival figure when the page of such a cohort is opened."""
    return Origin(str(parts.first_asked(Part.SURVIVAL, definition.failures).origin))
