"""One version of a result with everything that stands behind it: sample, wells, people, versions, steps."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from monitoring.domain.copies import MeanCopies
from monitoring.domain.problems import Problem
from monitoring.domain.sensitivity import limit_pct_abl1
from monitoring.domain.terms import Tissue
from monitoring.models import AuditEntry, Baseline, MrdResult, ResultContributor, ResultWell, User
from monitoring.models.choices import ResultStateChoice as State
from monitoring.models.choices import ScaleChoice
from monitoring.queries.assays import settings_of
from monitoring.queries.laboratory import ListedResult, listed, with_wells
from monitoring.queries.result_entry import KnownSample, as_known
from monitoring.queries.stored_problems import problems_of

# What a person who looked before wants to know first, when a version was edited meanwhile.
TOLD_COLUMNS = (
    "call", "pct_abl1", "target_copies", "abl1_copies", "lod_pct_abl1", "loq_pct_abl1", "entered_value", "comment",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class ResultShown:
    """A version as its own page shows it; copies by well are empty for a value that was reported."""

    listed: ListedResult
    patient_id: int
    series_id: int
    assay_id: int
    laboratory_id: int
    born_on: date
    sex: str
    mutation_type: str
    assay_name: str
    assay_version: str
    assay_mutation_type: str
    laboratory: str
    time_zone: str
    sample: KnownSample
    target_wells: tuple[Decimal, ...]
    abl1_wells: tuple[Decimal, ...]
    from_instrument: bool
    extrapolated_pct_abl1: Decimal | None
    entered_scale: str
    entered_value: Decimal | None
    stated_limit: Decimal | None
    stated_loq: Decimal | None
    baseline_pct_abl1: Decimal | None
    problems: tuple[Problem, ...]
    comment: str
    is_constructed: bool
    contributors: tuple[str, ...]
    contributor_ids: frozenset[int]
    withdrawn_by: str
    withdrawn_at: datetime | None


@dataclass(frozen=True, slots=True)
class VersionLine:
    """One version among those of the same sample and assay."""

    result_id: int
    version: int
    state: str
    call: str
    pct_abl1: Decimal | None
    lod_pct_abl1: Decimal | None


@dataclass(frozen=True, slots=True)
class ColumnChange:
    """A column that an edit changed, as exact text; None where there was nothing."""

    column: str
    before: str | None
    after: str | None


@dataclass(frozen=True, slots=True)
class Step:
    """One step in the life of a result: who, when, what, why."""

    action: str
    version: int
    at: datetime
    by: str
    reason: str
    changes: tuple[ColumnChange, ...]


def row_of(result_id: int) -> MrdResult | None:
    """Return the row that an action needs; None where this person sees none."""
    return with_wells(MrdResult.objects.filter(pk=result_id)).first()


def shown(row: MrdResult) -> ResultShown:
    """Return a version with its sample, wells and people."""
    wells = list(ResultWell.objects.filter(result=row).order_by("position"))
    assay, contributors = row.assay, _contributors(row.pk)
    return ResultShown(
        listed=listed(row),
        patient_id=row.patient_id,
        series_id=row.series_id,
        assay_id=assay.pk,
        laboratory_id=assay.laboratory_id,
        born_on=row.patient.born_on,
        sex=row.patient.sex,
        mutation_type=row.series.mutation_type,
        assay_name=assay.name,
        assay_version=assay.version,
        assay_mutation_type=assay.mutation_type,
        laboratory=assay.laboratory.name,
        time_zone=row.patient.centre.time_zone,
        sample=as_known(row.sample),
        target_wells=_copies(wells, ResultWell.Target.MARKER),
        abl1_wells=_copies(wells, ResultWell.Target.CONTROL),
        from_instrument=_read_by_instrument(wells),
        extrapolated_pct_abl1=row.extrapolated_pct_abl1,
        entered_scale=row.entered_scale,
        entered_value=row.entered_value,
        stated_limit=_stated_limit(row),
        stated_loq=stated_loq(row),
        baseline_pct_abl1=_baseline(row.series_id, row.tissue),
        problems=problems_of(row),
        comment=row.comment,
        is_constructed=bool(row.constructed),
        contributors=tuple(person.shown_name for person in contributors),
        contributor_ids=frozenset(person.pk for person in contributors),
        withdrawn_by=row.withdrawn_by.shown_name if row.withdrawn_by else "",
        withdrawn_at=row.withdrawn_at,
    )


def read_by_instrument(row: MrdResult) -> bool:
    """Say whether a version has wells that a run or a curve gave, which no typed copies can replace."""
    return _read_by_instrument(ResultWell.objects.filter(result=row))


def _read_by_instrument(wells: Iterable[ResultWell]) -> bool:
    return any(well.cq is not None or well.excluded_because for well in wells)


def versions_of(row: MrdResult) -> tuple[VersionLine, ...]:
    """Return every version of the same determination, the latest first."""
    found = MrdResult.objects.filter(
        sample_id=row.sample_id, assay_id=row.assay_id, determination=row.determination
    ).order_by("-version")
    return tuple(
        VersionLine(each.pk, each.version, each.state, each.call, each.pct_abl1, each.lod_pct_abl1) for each in found
    )


def next_version_of(row: MrdResult) -> int | None:
    """Return the later version that is being written or waits; None where there is none."""
    later = MrdResult.objects.filter(
        sample_id=row.sample_id, assay_id=row.assay_id, determination=row.determination, version__gt=row.version
    )
    return later.filter(state__in=[State.DRAFT, State.SUBMITTED]).values_list("pk", flat=True).first()


def history_of(row: MrdResult, versions: Iterable[VersionLine]) -> tuple[Step, ...]:
    """Return every step of these versions, the first first."""
    numbers = {version.result_id: version.version for version in versions}
    return _steps(_entries(row.patient_id, list(numbers)), numbers)


def steps_of(row: MrdResult) -> tuple[Step, ...]:
    """Return every step of this one version, the first first."""
    return _steps(_entries(row.patient_id, [row.pk]), {row.pk: row.version})


def changes_since(row: MrdResult, submitted_at: datetime | None) -> tuple[Step, ...]:
    """Return what happened to a version after the submission that a person saw; where that is not found, its end."""
    entries = _entries(row.patient_id, [row.pk])
    seen = [at for at, entry in enumerate(entries) if _is_submission(entry, submitted_at)]
    return _steps(entries[seen[-1] + 1 :] if seen else entries[-1:], {row.pk: row.version})


def _entries(patient_id: int, result_ids: list[int]) -> list[AuditEntry]:
    return list(
        AuditEntry.objects.filter(patient_id=patient_id, subject_type="mrdresult", subject_id__in=result_ids).order_by(
            "pk"
        )
    )


def _is_submission(entry: AuditEntry, submitted_at: datetime | None) -> bool:
    """Whether this is the very submission, by the moment that it wrote down."""
    written = (entry.after or {}).get("submitted_at")
    if entry.action != "result.submit" or written is None or submitted_at is None:
        return False
    return datetime.fromisoformat(written) == submitted_at


def _steps(entries: list[AuditEntry], numbers: dict[int, int]) -> tuple[Step, ...]:
    names = _names({entry.actor_id for entry in entries if entry.actor_id is not None})
    return tuple(_step(entry, numbers[entry.subject_id or 0], names) for entry in entries)


def _step(entry: AuditEntry, version: int, names: dict[int, str]) -> Step:
    return Step(
        action=entry.action,
        version=version,
        at=entry.at,
        by=names.get(entry.actor_id or 0, entry.actor_name),
        reason=entry.reason,
        changes=_changes(entry.before, entry.after) if entry.action == "result.edit" else (),
    )


def _changes(before: dict[str, Any] | None, after: dict[str, Any] | None) -> tuple[ColumnChange, ...]:
    was, now = before or {}, after or {}
    return tuple(
        ColumnChange(column, was.get(column), now.get(column))
        for column in TOLD_COLUMNS
        if was.get(column) != now.get(column)
    )


def _names(actor_ids: set[int]) -> dict[int, str]:
    return {user.pk: user.shown_name for user in User.objects.filter(pk__in=actor_ids)}


def _contributors(result_id: int) -> list[User]:
    rows = ResultContributor.objects.filter(result_id=result_id).select_related("user").order_by("pk")
    return [row.user for row in rows]


def _copies(wells: Iterable[ResultWell], target: str) -> tuple[Decimal, ...]:
    return tuple(well.copies for well in wells if well.target == target and well.copies is not None)


def _stated_limit(row: MrdResult) -> Decimal | None:
    """The limit that a sender told; None where it follows from the ABL1 copies of the sample."""
    if row.entered_scale == ScaleChoice.COPIES or row.lod_pct_abl1 is None or not row.abl1_copies:
        return None if row.entered_scale == ScaleChoice.COPIES else row.lod_pct_abl1
    own = limit_pct_abl1(settings_of(row.assay).lod_copies, MeanCopies(row.abl1_copies, 1))
    return None if row.lod_pct_abl1 == own else row.lod_pct_abl1


def stated_loq(row: MrdResult) -> Decimal | None:
    """Return the limit of quantification, in % of ABL1, told with a reported value; None where it was computed."""
    computed = row.entered_scale == ScaleChoice.COPIES or row.run_id is not None
    return None if computed else row.loq_pct_abl1


def _baseline(series_id: int, tissue: str) -> Decimal | None:
    row = Baseline.objects.filter(series_id=series_id, tissue=Tissue(tissue).value).first()
    return row.pct_abl1 if row else None
