"""Cohorts as a person sees them: those of the centres whose charts the person may open."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from monitoring.domain.cohorts import definition_json
from monitoring.domain.cohorts.definition import CohortDefinition
from monitoring.models import Cohort, CohortVersion


@dataclass(frozen=True, slots=True)
class VersionLine:
    """One version: its number, definition, who made it, when and why."""

    version_id: int
    number: int
    definition: CohortDefinition
    made_by: str
    made_at: datetime
    because: str


@dataclass(frozen=True, slots=True)
class CohortLine:
    """A cohort with its versions, the latest first."""

    cohort_id: int
    name: str
    centre_id: int
    centre_code: str
    centre: str
    is_synthetic: bool
    versions: tuple[VersionLine, ...]

    @property
    def latest(self) -> VersionLine:
        """The version in force."""
        return self.versions[0]


def read_cohorts(centre_ids: Sequence[int]) -> list[CohortLine]:
    """Return the cohorts of these centres that were not put away, by name; two queries."""
    cohorts = Cohort.objects.filter(centre__in=centre_ids, archived_at=None).select_related("centre").order_by("name")
    return _lines(list(cohorts))


def read_cohort(pk: int, centre_ids: Sequence[int]) -> CohortLine | None:
    """Return one cohort of these centres; None for any other."""
    found = Cohort.objects.filter(pk=pk, centre__in=centre_ids).select_related("centre")
    return next(iter(_lines(list(found))), None)


def _lines(cohorts: list[Cohort]) -> list[CohortLine]:
    versions: dict[int, list[VersionLine]] = {cohort.pk: [] for cohort in cohorts}
    rows = CohortVersion.objects.filter(cohort__in=cohorts).select_related("made_by").order_by("-number")
    for row in rows:
        versions[row.cohort_id].append(
            VersionLine(
                row.pk,
                row.number,
                definition_json.from_json(row.definition),
                row.made_by.shown_name,
                row.made_at,
                row.because,
            )
        )
    return [
        CohortLine(
            cohort.pk,
            cohort.name,
            cohort.centre_id,
            cohort.centre.code,
            cohort.centre.name,
            cohort.centre.is_synthetic,
            tuple(versions[cohort.pk]),
        )
        for cohort in cohorts
    ]
