"""Everything a verdict depends on, read from the database: what is on record now, or what was on record at a moment."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from django.db import connection

from monitoring.domain.result_columns import ResultColumns
from monitoring.domain.sampling_intervals import IntervalSet, SamplingIntervals, intervals_of
from monitoring.domain.series import CourseBegin, Series
from monitoring.domain.terms import Call, CourseStart, Marker, Timepoint, Tissue
from monitoring.queries import intervals_in_force


@dataclass(frozen=True, slots=True)
class SeriesInputs:
    """The series as the rules see it, with what decides who is told, when its day ends, and when a sample is due.

    `cycle_2_on`: the first day on which a second cycle of first-line treatment began.
    """

    series_id: int
    patient_id: int
    revision: int
    alerting_ruleset: str
    time_zone: str
    series: Series
    cycle_2_on: date | None = None
    set_apart: tuple[IntervalSet, ...] = ()

    @property
    def intervals(self) -> SamplingIntervals:
        """The intervals of the schedule in force for the patient: the defaults, those of the centre, its own."""
        return intervals_of(tuple((each.name, each.days) for each in self.set_apart))

    def today(self, now: datetime) -> date:
        """The day that it is at the patient's centre."""
        return _day_at(self.time_zone, now)


@lru_cache(maxsize=64)
def _day_at(time_zone: str, now: datetime) -> date:
    """Kept for a while: in bulk the same is asked for every series of a centre."""
    return now.astimezone(ZoneInfo(time_zone)).date()


# One row a series. The results come out of the covering index of current results, in the order of the rules:
# by collection date, then by number (the position given), where the policy of row-level security finds the patient too.
# Each column of them comes as one text, its values with a blank between (keys with a line's end, which none holds),
# days as ordinals: an array takes longer to send and to read.
CURRENT = """
SELECT s.id, s.patient_id, s.revision, c.alerting_ruleset, c.time_zone, s.marker,
       r.ids, r.days, r.tissues, r.calls, r.pcts, r.abl1s, r.lods, r.loqs, r.keys, r.timepoints,
       b.tissues, b.pcts, e.cycle_2, e.eot, e.starts, v.kinds, v.days,
       l.lost IS NOT NULL
FROM {series}
JOIN monitoring_patient p ON p.id = s.patient_id
JOIN monitoring_centre c ON c.id = p.centre_id
LEFT JOIN LATERAL (
  SELECT string_agg(id::text, ' ') AS ids, string_agg((collected_on - date '0001-01-01' + 1)::text, ' ') AS days,
         string_agg(tissue, ' ') AS tissues, string_agg(call, ' ') AS calls,
         string_agg(coalesce(pct_abl1::text, ''), ' ') AS pcts,
         string_agg(coalesce(abl1_copies::text, ''), ' ') AS abl1s,
         string_agg(coalesce(lod_pct_abl1::text, ''), ' ') AS lods,
         string_agg(coalesce(loq_pct_abl1::text, ''), ' ') AS loqs,
         string_agg(assay_key, E'\\n') AS keys, string_agg(timepoint, ' ') AS timepoints
  FROM (
    SELECT id, collected_on, tissue, call, pct_abl1, abl1_copies, lod_pct_abl1, loq_pct_abl1, assay_key, timepoint
    FROM monitoring_mrdresult WHERE series_id = s.id AND state = 'AUTHORISED' ORDER BY collected_on, id
  ) in_order
) r ON true
LEFT JOIN LATERAL (
  SELECT array_agg(tissue) AS tissues, array_agg(pct_abl1) AS pcts FROM monitoring_baseline WHERE series_id = s.id
) b ON true
LEFT JOIN LATERAL (
  SELECT min(cycle_2_on) AS cycle_2, max(ends_on) FILTER (WHERE kind = 'FIRST_LINE') AS eot,
         array_agg(starts_on ORDER BY starts_on) FILTER (WHERE kind = 'PRE_EMPTIVE') AS starts
  FROM monitoring_treatment WHERE patient_id = s.patient_id
) e ON true
LEFT JOIN LATERAL (
  SELECT array_agg(kind ORDER BY happened_on) AS kinds, array_agg(happened_on ORDER BY happened_on) AS days
  FROM monitoring_clinicalevent
  WHERE patient_id = s.patient_id AND kind IN ('HSCT', 'HAEMATOLOGICAL_RELAPSE', 'DEATH')
) v ON true
LEFT JOIN LATERAL (
  SELECT 1 AS lost FROM monitoring_mutationfinding f
  WHERE s.marker = 'NPM1' AND f.patient_id = s.patient_id AND f.gene = 'NPM1' AND f.status = 'LOST' LIMIT 1
) l ON true
WHERE {which}
ORDER BY s.id
"""

# Where the rows come from: every series that a condition leaves, or those that are asked for by number. These are
# looked up one by one: asked of all together, the planner finds out who sees them by hashing everybody's care
# relations, which takes as long as everything else about a thousand series.
ALL = "monitoring_mrdseries s"
NAMED = """unnest(%s::bigint[]) AS wanted (id)
CROSS JOIN LATERAL (SELECT * FROM monitoring_mrdseries WHERE id = wanted.id OFFSET 0) s"""
READ_NAMED = CURRENT.format(series=NAMED, which="true")

PATIENT = 1  # where a row says whose it is

_CALLS = {call.value: call for call in Call}
_TISSUES = {tissue.value: tissue for tissue in Tissue}
_TIMEPOINTS: dict[str, Timepoint | None] = {"": None, **{timepoint.value: timepoint for timepoint in Timepoint}}
_MARKERS = {marker.value: marker for marker in Marker}
_COURSES = {start.value: start for start in CourseStart}


def read_current(series_ids: Iterable[int]) -> list[SeriesInputs]:
    """Return the inputs of these series as they are on record now."""
    return list(each_current(series_ids))


def each_current(series_ids: Iterable[int]) -> Iterator[SeriesInputs]:
    """Yield what `read_current` returns, made of its row when it is asked for: of many, few are there at once."""
    found = list(rows(READ_NAMED, [sorted(set(series_ids))]))
    own = intervals_in_force.read({row[PATIENT] for row in found})
    for row in found:
        inputs = from_row(row)
        yield replace(inputs, set_apart=own[inputs.patient_id]) if inputs.patient_id in own else inputs


def rows(sql: str, parameters: Sequence[Any] | Mapping[str, Any]) -> Iterator[tuple[Any, ...]]:
    """Run one statement and yield its rows."""
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        yield from cursor.fetchall()


def from_row(row: tuple[Any, ...]) -> SeriesInputs:
    """Return the inputs that one row of CURRENT holds."""
    series_id, patient_id, revision, alerting_ruleset, time_zone, marker, *rest = row
    columns, (tissues, pcts, cycle_2_on, end_of_treatment, starts, kinds, days, marker_lost) = rest[:10], rest[10:]
    events = list(zip(kinds, days, strict=True)) if kinds else []
    series = Series(
        id=str(series_id),
        marker=_MARKERS[marker],
        results=_results(*columns) if columns[0] else (),
        baseline_pct_abl1={_TISSUES[tissue]: pct for tissue, pct in zip(tissues or (), pcts or (), strict=True)},
        end_of_treatment=end_of_treatment,
        treatment_starts=tuple(starts or ()),
        course_starts=tuple([CourseBegin(day, _COURSES[kind]) for kind, day in events if kind in _COURSES]),
        death_on=next((day for kind, day in events if kind == "DEATH"), None),
        marker_lost=marker_lost,
    )
    return SeriesInputs(series_id, patient_id, revision, alerting_ruleset, time_zone, series, cycle_2_on)


def _results(
    ids: str,
    days: str,
    tissues: str,
    calls: str,
    pcts: str,
    abl1_copies: str,
    lods: str,
    loqs: str,
    keys: str,
    timepoints: str,
) -> ResultColumns:
    return ResultColumns(
        ids.split(" "),
        list(map(int, days.split(" "))),
        list(map(_TISSUES.__getitem__, tissues.split(" "))),
        list(map(_CALLS.__getitem__, calls.split(" "))),
        [Decimal(number) if number else None for number in pcts.split(" ")],
        [Decimal(number) if number else None for number in abl1_copies.split(" ")],
        lods.split(" "),
        loqs.split(" "),
        keys.split("\n"),
        list(map(_TIMEPOINTS.__getitem__, timepoints.split(" "))),
    )
