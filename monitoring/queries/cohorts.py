"""Cohorts as a person sees them: those of the centres whose charts the person may open."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Q

from monitoring.domain.cohorts import definition_json
from monitoring.domain.cohorts.definition import CohortDefinition
from monitoring.models import Centre, Cohort, CohortVersion
from monitoring.models.periods import holds_now
from monitoring.permissions import CARING


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
    """A cohort with its versions, the latest first; `archived_by` is empty while it is in use."""

    cohort_id: int
    name: str
    centre_id: int
    centre_code: str
    centre: str
    is_synthetic: bool
    archived_by: str
    archived_at: datetime | None
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
    found = Cohort.objects.filter(pk=pk, centre__in=centre_ids).select_related("centre", "archived_by")
    return next(iter(_lines(list(found))), None)


def usual_centre(user_id: int, centre_ids: Sequence[int]) -> int:
    """Return at which of these centres, at least one, a person asks for cohorts.

    There where they defined one last, since who asks again mostly asks at the same place; before the first one at the
    centre that cares for the most patients, since the others are mostly places of study or of a few guests. Centres of
    real patients go before invented ones, which nobody's cohort is meant for who has patients.
    """
    if len(centre_ids) == 1:
        return centre_ids[0]
    last = CohortVersion.objects.filter(made_by=user_id, centre__in=centre_ids).order_by("-made_at", "-pk")
    if (found := last.values_list("centre_id", flat=True).first()) is not None:
        return found
    caring = Q(care_relations__role__in=CARING) & holds_now("care_relations__")
    counted = Centre.objects.filter(pk__in=centre_ids).annotate(
        cared_for=Count("care_relations__patient", filter=caring, distinct=True)
    )
    return counted.order_by("is_synthetic", "-cared_for", "name").values_list("pk", flat=True)[0]


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
            cohort.archived_by.shown_name if cohort.archived_by else "",
            cohort.archived_at,
            tuple(versions[cohort.pk]),
        )
        for cohort in cohorts
    ]
