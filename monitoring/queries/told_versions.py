"""The versions of a result that others were told of, each with the moment from which it held.

A version begins when a result is signed, when it is withdrawn, and when the facts of its sample are corrected.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from enum import StrEnum

from monitoring.models import MrdResult, RowHistory, Sample

Key = tuple[int, int, int]


class VersionState(StrEnum):
    """What a version is: the first one, a correction, or that the result was taken back."""

    FIRST = "FIRST"
    CORRECTED = "CORRECTED"
    WITHDRAWN = "WITHDRAWN"


@dataclass(frozen=True, slots=True)
class Version:
    """One version: the row that held, since when, and whether it was taken back."""

    row: MrdResult
    at: datetime
    state: VersionState


def key_of(row: MrdResult) -> Key:
    """Return what all versions of one determination share."""
    return row.sample_id, row.assay_id, row.determination


def of_results(results: Iterable[MrdResult]) -> Mapping[Key, Sequence[Version]]:
    """Return the versions of these determinations, oldest first; two queries for all of them."""
    wanted = {key_of(row) for row in results}
    samples = {sample for sample, _assay, _determination in wanted}
    signed: dict[Key, list[MrdResult]] = defaultdict(list)
    for row in MrdResult.objects.filter(sample__in=samples, authorised_at__isnull=False).order_by("version"):
        if key_of(row) in wanted:
            signed[key_of(row)].append(row)
    corrected: dict[int, list[datetime]] = defaultdict(list)
    history = RowHistory.objects.filter(table_name=Sample._meta.db_table, row_id__in=samples)
    for sample, at in history.order_by("superseded_at").values_list("row_id", "superseded_at"):
        corrected[sample].append(at)
    return {key: _versions(rows, corrected[key[0]]) for key, rows in signed.items()}


def roots_of(results: Iterable[MrdResult]) -> Mapping[Key, int]:
    """Return the ids of the Observations of these determinations: the number of the first row of each."""
    rows = MrdResult.objects.filter(sample__in={row.sample_id for row in results}).order_by("-pk")
    return {key_of(row): row.pk for row in rows.only("sample_id", "assay_id", "determination")}


def rows_rooted(numbers: Collection[int]) -> list[int]:
    """Return the rows of the determinations whose Observations have these ids; one query for all of them."""
    samples = MrdResult.objects.filter(pk__in=numbers).values("sample")
    rows = list(MrdResult.objects.filter(sample__in=samples).only("sample_id", "assay_id", "determination"))
    roots: dict[Key, int] = {}
    for row in rows:
        roots[key_of(row)] = min(row.pk, roots.get(key_of(row), row.pk))
    wanted = set(numbers)
    return [row.pk for row in rows if roots[key_of(row)] in wanted]


def _versions(rows: Sequence[MrdResult], corrected: Sequence[datetime]) -> list[Version]:
    found: list[Version] = []
    for place, row in enumerate(rows):
        assert row.authorised_at is not None  # noqa: S101 # they were read by it
        state = VersionState.CORRECTED if place else VersionState.FIRST
        end = rows[place + 1].authorised_at if place + 1 < len(rows) else None
        found.append(Version(row, row.authorised_at, state))
        last = [(at, state) for at in corrected if row.authorised_at < at and (end is None or at < end)]
        if row.withdrawn_at is not None:
            gone = VersionState.WITHDRAWN
            last = [(at, state if at < row.withdrawn_at else gone) for at, _state in last]
            last.append((row.withdrawn_at, gone))
        found += [Version(row, at, of) for at, of in sorted(last)]
    return found


def content_at(version: Version) -> MrdResult:
    """Return the row of a version with the facts of its sample as they were when the version began."""
    rows = MrdResult.objects.filter(pk=version.row.pk).select_related(
        "sample__patient__centre", "assay__laboratory", "patient__centre", "series"
    )
    row = rows.get()
    # The first change of the sample after that moment kept what it was until then.
    history = RowHistory.objects.filter(table_name=Sample._meta.db_table, row_id=row.sample_id)
    later = history.filter(superseded_at__gt=version.at).order_by("superseded_at").first()
    if later is not None:
        sample, time_then = row.sample, later.row.get("collected_time")
        sample.collected_on = date.fromisoformat(later.row["collected_on"])
        sample.collected_time = time.fromisoformat(time_then) if time_then else None
        sample.tissue = row.tissue = later.row["tissue"]
        sample.accession_number = later.row["accession_number"]
    return row
