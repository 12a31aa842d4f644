"""Who is to be called for a sample: confirming samples first, then overdue, then due within some days; and missed.

One row a series, out of the summaries (docs/adr/0005); paged by the last row seen, so that a page costs the same
wherever it stands in the list.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo

from django.db import connection

from monitoring.domain.due_samples import DueSample, DueStatus, ScheduleRule
from monitoring.queries import open_relapses
from monitoring.queries.due_samples import due_of
from monitoring.queries.open_relapses import OpenRelapse

PAGE = 50
WITHIN_DAYS = 14  # days ahead that the list looks unless asked otherwise


class Standing(StrEnum):
    """What the list is narrowed to."""

    ALL = "all"
    CONFIRM = "confirm"
    OVERDUE = "overdue"
    DUE = "due"
    MISSED = "missed"


@dataclass(frozen=True, slots=True)
class Place:
    """Where a page begins: after the row of this rank, day and series."""

    rank: int
    day: date
    series_id: int


@dataclass(frozen=True, slots=True)
class Asked:
    """What the person narrows the list to; `centre_id` 0 and empty texts narrow nothing."""

    standing: Standing = Standing.ALL
    within_days: int = WITHIN_DAYS
    tissue: str = ""
    marker: str = ""
    centre_id: int = 0
    after: Place | None = None


@dataclass(frozen=True, slots=True)
class DueRow:
    """One series of the list: the samples that are due, or those that were missed."""

    series_id: int
    patient_id: int
    pseudonym: str
    hospital_number: str
    centre: str
    marker: str
    mutation_type: str
    clinician: str
    today: date
    place: Place
    due: Sequence[DueSample]
    missed: Sequence[DueSample]
    open_relapse: OpenRelapse | None = None


@dataclass(frozen=True, slots=True)
class DueList:
    """A page of the list, with how many rows each standing has; `next_place` None on the last page.

    The missed are counted only where they are shown: no index holds them.
    """

    rows: Sequence[DueRow]
    counts: Mapping[Standing, int]
    next_place: Place | None


_TODAY = "(%(now)s::timestamptz AT TIME ZONE c.time_zone)::date"
_HAS_TISSUE = """(%(tissue)s = '' OR EXISTS (
  SELECT 1 FROM jsonb_array_elements(s.content -> '{}') each WHERE each -> 'tissues' ? %(tissue)s {}))"""
_DUE_OF_TISSUE = _HAS_TISSUE.format(
    "due", f"AND (s.suspected_on IS NOT NULL OR (each ->> 'due_on')::date <= {_TODAY} + %(within)s)"
)
# 0 confirming, 1 overdue, 2 due: before everything else stands the confirmation of a suspected relapse.
_RANK = f"CASE WHEN s.suspected_on IS NOT NULL THEN 0 WHEN s.overdue_from <= {_TODAY} THEN 1 ELSE 2 END"
_FROM = """
FROM monitoring_seriessummary s
JOIN monitoring_patient p ON p.id = s.patient_id
JOIN monitoring_centre c ON c.id = p.centre_id
JOIN monitoring_mrdseries m ON m.id = s.series_id
LEFT JOIN monitoring_user u ON u.id = p.clinician_id
WHERE EXISTS (SELECT 1 FROM monitoring_carerelation r WHERE r.patient_id = s.patient_id
              AND r.centre_id = ANY (%(centres)s) AND r.role <> 'LABORATORY'
              AND r.starts_on <= current_date AND (r.ends_on IS NULL OR r.ends_on > current_date))
  AND (%(marker)s = '' OR m.marker = %(marker)s)
"""
_OPEN = f"""
SELECT {_RANK} AS rank, coalesce(s.suspected_on, s.due_on) AS day, s.series_id, s.patient_id, p.pseudonym,
       p.hospital_number, c.name, m.marker, m.mutation_type, coalesce(nullif(u.full_name, ''), u.username, ''),
       c.time_zone, s.content
{_FROM} AND (s.due_on <= {_TODAY} + %(within)s
             OR (s.suspected_on IS NOT NULL AND s.content ->> 'death_on' IS NULL)) AND {_DUE_OF_TISSUE}
"""
_MISSED = f"""
SELECT 3 AS rank, (s.content ->> 'missed_on')::date AS day, s.series_id, s.patient_id, p.pseudonym,
       p.hospital_number, c.name, m.marker, m.mutation_type, coalesce(nullif(u.full_name, ''), u.username, ''),
       c.time_zone, s.content
{_FROM} AND s.content ->> 'missed_on' IS NOT NULL AND s.content ->> 'death_on' IS NULL
  AND {_HAS_TISSUE.format("missed", "")}
"""

_RANKS = {Standing.ALL: [0, 1, 2], Standing.CONFIRM: [0], Standing.OVERDUE: [1], Standing.DUE: [2]}
_AFTER = "(rank, day, series_id) > (%(rank)s, %(day)s::date, %(series)s)"
_AFTER_MISSED = "(day, series_id) < (%(day)s::date, %(series)s)"


def read(*, centres: Sequence[int], asked: Asked, now: datetime) -> DueList:
    """Return one page of the list of these centres, in three queries; the missed latest first, all else by date."""
    parameters = {
        "centres": [asked.centre_id] if asked.centre_id in centres else list(centres),
        "marker": asked.marker, "tissue": asked.tissue, "within": asked.within_days, "now": now,
        **_place(asked.after),
    }  # fmt: skip
    found = _rows(asked, parameters)
    rows = [_row(values, asked, now) for values in found[:PAGE]]
    more = len(found) > PAGE
    relapses = open_relapses.of_series([row.series_id for row in rows], now)
    rows = [replace(row, open_relapse=relapses.get(row.series_id)) for row in rows]
    return DueList(rows, _counts(asked, parameters), rows[-1].place if more else None)


def _place(after: Place | None) -> dict[str, Any]:
    return {
        "rank": after.rank if after else -1,
        "day": after.day if after else None,
        "series": after.series_id if after else 0,
    }


def _rows(asked: Asked, parameters: dict[str, Any]) -> list[tuple[Any, ...]]:
    if asked.standing is Standing.MISSED:
        beyond = _AFTER_MISSED if asked.after else "true"
        sql = f"SELECT * FROM ({_MISSED}) AS found WHERE {beyond} ORDER BY day DESC, series_id DESC LIMIT {PAGE + 1}"  # noqa: S608
    else:
        beyond = _AFTER if asked.after else "true"
        sql = f"""SELECT * FROM ({_OPEN}) AS found WHERE rank = ANY (%(ranks)s) AND {beyond}
                  ORDER BY rank, day, series_id LIMIT {PAGE + 1}"""  # noqa: S608
    with connection.cursor() as cursor:
        cursor.execute(sql, {**parameters, "ranks": _RANKS.get(asked.standing, [])})
        return list(cursor.fetchall())


def _counts(asked: Asked, parameters: dict[str, Any]) -> dict[Standing, int]:
    if asked.standing is Standing.MISSED:
        sql, counted = f"SELECT count(*) FROM ({_MISSED}) AS found", [Standing.MISSED]  # noqa: S608
    else:
        sql = f"""SELECT count(*), count(*) FILTER (WHERE rank = 0), count(*) FILTER (WHERE rank = 1),
          count(*) FILTER (WHERE rank = 2) FROM ({_OPEN}) AS found"""  # noqa: S608
        counted = [Standing.ALL, Standing.CONFIRM, Standing.OVERDUE, Standing.DUE]
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return dict(zip(counted, cursor.fetchone(), strict=True))


def _row(values: tuple[Any, ...], asked: Asked, now: datetime) -> DueRow:
    rank, day, series_id, patient_id, pseudonym, number, centre, marker, mutation, clinician, zone, kept = values
    today = now.astimezone(ZoneInfo(zone)).date()
    content = json.loads(kept) if isinstance(kept, str) else kept  # Django leaves jsonb to its own field
    open_ones = [due_of(each, today) for each in content["due"]]
    return DueRow(
        series_id=series_id,
        patient_id=patient_id,
        pseudonym=pseudonym,
        hospital_number=number,
        centre=centre,
        marker=marker,
        mutation_type=mutation,
        clinician=clinician,
        today=today,
        place=Place(rank, day, series_id),
        due=[each for each in open_ones if _is_shown(each, asked, today)],
        missed=[due_of(each, today) for each in reversed(content.get("missed", []))],
    )


def _is_shown(due: DueSample, asked: Asked, today: date) -> bool:
    """What is to be done now: a confirmation always, all else when its date is near enough."""
    if due.due_on is None or due.status is DueStatus.NO_DATE:
        return False
    is_near = due.rule is ScheduleRule.CONFIRM_SUSPECTED_RELAPSE or (due.due_on - today).days <= asked.within_days
    return is_near and asked.tissue in {"", *(tissue.value for tissue in due.tissues)}
