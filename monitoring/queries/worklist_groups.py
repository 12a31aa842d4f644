"""Which series stand in which group of the worklist, in which order, and for whom: the SQL of the list.

What waits for an answer comes first, by urgency; what has been answered and waits for a sample comes after it. The list
is gone through once: what waits is counted first, then each series is put into its group, numbered there and counted.
"""

import re
from dataclasses import dataclass
from enum import StrEnum

from monitoring.domain.terms import FlagCode

DUE_WITHIN_DAYS = 14


class Group(StrEnum):
    """The groups of the worklist, the most urgent first; a series stands in one of them."""

    URGENT = "urgent"
    SUSPECTED = "suspected"
    ALERTS = "alerts"
    AWAITED = "awaited"
    OVERDUE = "overdue"
    DUE = "due"


_WRITTEN = re.compile(r"(\d{1,2})\.(\d{1,18})\.(\d{1,18})", re.ASCII)


@dataclass(frozen=True, slots=True)
class Place:
    """The place of a series in its group: by urgency, then by the moment it is placed by, then by number.

    The next page begins after a place and not after so many rows: who was answered meanwhile takes nobody out of sight.
    """

    first: int
    then: int
    series_id: int

    @classmethod
    def written(cls, text: str) -> "Place | None":
        """Return the place that an address holds; None for anything else."""
        found = _WRITTEN.fullmatch(text)
        return cls(*map(int, found.groups())) if found else None

    def __str__(self) -> str:
        return f"{self.first}.{self.then}.{self.series_id}"


_TODAY = "(%(now)s::timestamptz AT TIME ZONE c.time_zone)::date"
_IS_SUSPECTED = "(s.suspected_on IS NOT NULL AND s.content ->> 'death_on' IS NULL)"

# The first that holds; a series that was raised by a sample that is merely due has a group of its own below.
CONDITIONS = {
    Group.URGENT: "w.urgency = 1",
    Group.SUSPECTED: f"w.urgency > 1 AND {_IS_SUSPECTED}",
    Group.ALERTS: "w.urgency > 1",
    Group.AWAITED: _IS_SUSPECTED,
    Group.OVERDUE: f"s.suspected_on IS NULL AND s.overdue_from <= {_TODAY}",
    Group.DUE: f"s.suspected_on IS NULL AND s.due_on <= {_TODAY} + {DUE_WITHIN_DAYS} AND s.overdue_from > {_TODAY}",
}
GROUP_OF = " ".join(f"WHEN {condition} THEN '{group}'" for group, condition in CONDITIONS.items())
# Within a group: the urgency where it differs, then what has waited longest or is due first.
_FIRST = f"CASE WHEN w.urgency > 1 AND NOT {_IS_SUSPECTED} THEN w.urgency ELSE 0 END"
# In microseconds since 1970, as a place is written; what has no moment stands last.
_THEN = f"""(extract(epoch FROM coalesce(CASE WHEN w.urgency = 1 THEN w.raised_at
  WHEN {_IS_SUSPECTED} THEN s.suspected_on::timestamptz
  WHEN w.urgency > 1 THEN w.due_at
  ELSE coalesce(least(s.overdue_from, s.due_on), s.overdue_from)::timestamptz END, '9999-12-31')) * 1000000)::bigint"""

# Mine: I answer for the patient or nobody does; or what waits was handed to me, or has come to me or to everybody.
_MINE = """(p.clinician_id = %(me)s OR p.second_clinician_id = %(me)s OR p.clinician_id IS NULL
  OR EXISTS (SELECT 1 FROM monitoring_alert a WHERE a.series_id = s.series_id AND a.state = 'RAISED'
    AND (a.held_by_id = %(me)s OR (a.escalation > 0 AND EXISTS (
      SELECT 1 FROM monitoring_alertchange h WHERE h.alert_id = a.id AND h.kind = 'ESCALATED'
        AND h.at >= a.raised_at AND (h.to_id = %(me)s OR h.to_id IS NULL))))))"""

WAITING = f"""
waiting AS MATERIALIZED (
  SELECT series_id, min(urgency) AS urgency, min(raised_at) FILTER (WHERE urgency = 1) AS raised_at,
         min(due_at) AS due_at
  FROM monitoring_alert WHERE state = 'RAISED' AND code <> '{FlagCode.SAMPLE_OVERDUE}' GROUP BY series_id
)"""  # noqa: S608 - every part is a constant of this file
# coalesce keeps the planner from driving the list by the relations, row by row: it hashes them once instead.
_JOINED = """
FROM monitoring_seriessummary s
JOIN monitoring_patient p ON p.id = s.patient_id
JOIN monitoring_centre c ON c.id = p.centre_id
LEFT JOIN waiting w ON w.series_id = s.series_id
WHERE coalesce(EXISTS (SELECT 1 FROM app_care r WHERE r.patient_id = s.patient_id
                       AND r.centre_id = ANY (%(centres)s) AND r.role <> 'LABORATORY'), false)
"""
# What a filter adds where it is asked for; unasked, nothing is joined and nothing compared.
NARROWED = {
    "marker": "EXISTS (SELECT 1 FROM monitoring_mrdseries m WHERE m.id = s.series_id AND m.marker = %(marker)s)",
    "text": "(p.pseudonym ILIKE %(text)s || '%%' OR p.hospital_number = %(typed)s)",
    "me": _MINE,
}


def counted_and_numbered(conditions: str) -> str:
    """Return the statement that gives each group its count and the first series of it, in one pass.

    A row is (group, how many stand in it, and of a series its place); of a group without rows on this page and of what
    needs nothing only the count comes, with no series.
    """
    return f"""
WITH {WAITING},
listed AS MATERIALIZED (
  SELECT s.series_id, CASE {GROUP_OF} END AS grp, {_FIRST} AS first, {_THEN} AS "then"
  {_JOINED} {conditions}
),
numbered AS (
  SELECT series_id, grp, first, "then", row_number() OVER (PARTITION BY grp ORDER BY first, "then", series_id) AS row
  FROM listed WHERE grp IS NOT NULL AND (%(group)s = '' OR grp = %(group)s)
    AND (first, "then", series_id) > (%(first)s, %(then)s, %(after)s)
)
SELECT grp, count(*), NULL::int, NULL::bigint, NULL::bigint, 0 FROM listed GROUP BY grp
UNION ALL
SELECT grp, NULL, first, "then", series_id, row FROM numbered WHERE row <= %(most)s
ORDER BY 6
"""  # noqa: S608


COLUMNS = """
SELECT s.series_id, s.patient_id, p.pseudonym, p.sex, p.born_on, m.marker, m.mutation_type, s.ruleset, s.state,
       c.time_zone, p.centre_id, s.suspected_on, s.due_on, s.overdue_from, s.content
"""
NAMES = [column.partition(".")[2].strip(" \n") for column in COLUMNS.removeprefix("\nSELECT").split(",")]
ROWS = f"""
WITH {WAITING.replace("GROUP BY", "AND series_id = ANY (%(series)s) GROUP BY")}
{COLUMNS}, CASE {GROUP_OF} END
{_JOINED.replace("LEFT JOIN waiting", "JOIN monitoring_mrdseries m ON m.id = s.series_id LEFT JOIN waiting")}
  AND s.series_id = ANY (%(series)s)
"""
