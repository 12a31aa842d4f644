"""The assays of a laboratory as data: each with all its versions, and what changed from one to the next."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, Q

from monitoring import permissions
from monitoring.models import Assay, Laboratory, User
from monitoring.models.choices import ResultStateChoice
from monitoring.queries.laboratory import laboratory_centres

SETTINGS = (
    "mutation_type", "control_gene", "target_names", "mode", "standards", "cq_cutoff", "undetermined", "limit_copies",
    "loq_copies", "reports_below_loq", "limit_of_blank_copies", "slope_steepest", "slope_shallowest",
    "r2_warns_below", "r2_fails_below", "delta_cq_slope",
)  # fmt: skip
PEOPLE = permissions.LABORATORY_ROLES | permissions.SETTING_UP_ROLES
SIGNED = (ResultStateChoice.AUTHORISED, ResultStateChoice.SUPERSEDED)


@dataclass(frozen=True, slots=True)
class SettingChange:
    """One setting that a version has otherwise than the one before."""

    name: str
    before: Any
    after: Any


@dataclass(frozen=True, slots=True)
class AssayVersion:
    """One version with its settings; `changes` and `keeps_key` against the version before, if there is one."""

    assay_id: int
    version: str
    is_active: bool
    valid_from: date | None
    changed_because: str
    recorded_by: str
    assay_key: str
    is_first: bool
    keeps_key: bool
    results: int
    signed: int
    settings: tuple[tuple[str, Any], ...]
    changes: tuple[SettingChange, ...]


@dataclass(frozen=True, slots=True)
class AssayShown:
    """An assay of a laboratory, newest version first."""

    laboratory: str
    centre_id: int
    name: str
    marker: str
    versions: tuple[AssayVersion, ...]

    @property
    def newest(self) -> AssayVersion:
        """The version that a next one begins from."""
        return self.versions[0]

    @property
    def is_active(self) -> bool:
        """Whether any version is offered for new results."""
        return any(each.is_active for each in self.versions)


def assay_centres(user: User) -> list[int]:
    """Return the centres whose assays the person sees."""
    return laboratory_centres(user, PEOPLE)


def laboratories_set_up_by(user: User) -> list[Laboratory]:
    """Return the laboratories whose assays the person decides on."""
    centre_ids = laboratory_centres(user, permissions.SETTING_UP_ROLES)
    return list(Laboratory.objects.filter(centre_id__in=centre_ids).order_by("name"))


def assays(user: User) -> tuple[AssayShown, ...]:
    """Return every assay of the person's laboratories, those in use first."""
    shown = [_shown(rows) for rows in _by_name(_rows(assay_centres(user)))]
    return tuple(sorted(shown, key=lambda each: (not each.is_active, each.laboratory, each.marker, each.name)))


def assay_row(user: User, pk: int) -> Assay | None:
    """Return one version of an assay of the person's laboratories; None for any other."""
    return (
        Assay.objects.select_related("laboratory").filter(pk=pk, laboratory__centre_id__in=assay_centres(user)).first()
    )


def assay_shown(row: Assay) -> AssayShown:
    """Return the whole assay that a version belongs to."""
    rows = _rows([row.laboratory.centre_id], laboratory_id=row.laboratory_id, name=row.name)
    return _shown(list(rows))


def newest_version(row: Assay) -> Assay:
    """Return the last version of the assay that a version belongs to."""
    versions = Assay.objects.select_related("laboratory").filter(laboratory_id=row.laboratory_id, name=row.name)
    return versions.order_by("-pk")[0]


def differences(before: Assay, after: Assay) -> tuple[SettingChange, ...]:
    """Return the settings in which two versions differ, in the order of the page."""
    return tuple(
        SettingChange(name, getattr(before, name), getattr(after, name))
        for name in SETTINGS
        if getattr(before, name) != getattr(after, name)
    )


def _rows(centre_ids: Iterable[int], **which: Any) -> list[Assay]:
    counted = Assay.objects.filter(laboratory__centre_id__in=list(centre_ids), **which).annotate(
        results_made=Count("results"), results_signed=Count("results", filter=Q(results__state__in=SIGNED))
    )
    return list(counted.select_related("laboratory", "recorded_by").order_by("-pk"))


def _by_name(rows: Iterable[Assay]) -> list[list[Assay]]:
    grouped: dict[tuple[int, str], list[Assay]] = defaultdict(list)
    for row in rows:
        grouped[row.laboratory_id, row.name].append(row)
    return list(grouped.values())


def _shown(rows: list[Assay]) -> AssayShown:
    older: list[Assay | None] = [*rows[1:], None]
    newest = rows[0]
    return AssayShown(
        laboratory=newest.laboratory.name,
        centre_id=newest.laboratory.centre_id,
        name=newest.name,
        marker=newest.marker,
        versions=tuple(_version(row, before) for row, before in zip(rows, older, strict=True)),
    )


def _version(row: Assay, before: Assay | None) -> AssayVersion:
    return AssayVersion(
        assay_id=row.pk,
        version=row.version,
        is_active=row.is_active,
        valid_from=row.valid_from,
        changed_because=row.changed_because,
        recorded_by=row.recorded_by.shown_name if row.recorded_by else "",
        assay_key=row.assay_key,
        is_first=before is None,
        keeps_key=before is not None and before.assay_key == row.assay_key,
        results=row.results_made,  # type: ignore[attr-defined]
        signed=row.results_signed,  # type: ignore[attr-defined]
        settings=tuple((name, getattr(row, name)) for name in SETTINGS),
        changes=differences(before, row) if before else (),
    )
