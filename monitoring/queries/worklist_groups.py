"""Which series stand in which group of the worklist, in which order, and for whom: the SQL of the list.

What waits for an answer comes first, by urgency; what has been answered and waits for a sample comes after it.
"""

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


# A series that was raised by a sample that is merely due has a group of its own below.
_RAISED = f"""EXISTS (SELECT 1 FROM monitoring_alert a
  WHERE a.series_id = s.series_id AND a.state = 'RAISED' AND a.code <> '{FlagCode.SAMPLE_OVERDUE}'
    AND a.urgency {{}})"""  # noqa: S608
_TODAY = "(%(now)s::timestamptz AT TIME ZONE c.time_zone)::date"
_IS_SUSPECTED = "(s.suspected_on IS NOT NULL AND s.content ->> 'death_on' IS NULL)"
_NOTHING_WAITS = f"NOT {_RAISED.format('> 0')}"

CONDITIONS = {
    Group.URGENT: _RAISED.format("= 1"),
    Group.SUSPECTED: f"{_IS_SUSPECTED} AND {_RAISED.format('> 1')} AND NOT {_RAISED.format('= 1')}",
    Group.ALERTS: f"NOT {_IS_SUSPECTED} AND {_RAISED.format('> 1')} AND NOT {_RAISED.format('= 1')}",
    Group.AWAITED: f"{_IS_SUSPECTED} AND {_NOTHING_WAITS}",
    Group.OVERDUE: f"s.overdue_from <= {_TODAY} AND s.suspected_on IS NULL AND {_NOTHING_WAITS}",
    Group.DUE: f"s.due_on <= {_TODAY} + {DUE_WITHIN_DAYS} AND s.overdue_from > {_TODAY} AND s.suspected_on IS NULL "
    f"AND {_NOTHING_WAITS}",
}
_WAITING = "FROM monitoring_alert a WHERE a.series_id = s.series_id AND a.state = 'RAISED'"
ORDERS = {
    Group.URGENT: f"(SELECT min(a.raised_at) {_WAITING} AND a.urgency = 1)",
    Group.SUSPECTED: "s.suspected_on",
    Group.ALERTS: f"(SELECT min(a.urgency) {_WAITING}), (SELECT min(a.due_at) {_WAITING})",
    Group.AWAITED: "s.suspected_on",
    Group.OVERDUE: "s.overdue_from",
    Group.DUE: "s.due_on",
}

# Mine: I answer for the patient or nobody does; or what waits was handed to me, or has come to me or to everybody.
_MINE = """(p.clinician_id = %(me)s OR p.second_clinician_id = %(me)s OR p.clinician_id IS NULL
  OR EXISTS (SELECT 1 FROM monitoring_alert a WHERE a.series_id = s.series_id AND a.state = 'RAISED'
    AND (a.held_by_id = %(me)s OR (a.escalation > 0 AND EXISTS (
      SELECT 1 FROM monitoring_alertchange h WHERE h.alert_id = a.id AND h.kind = 'ESCALATED'
        AND h.at >= a.raised_at AND (h.to_id = %(me)s OR h.to_id IS NULL))))))"""

FROM = f"""
FROM monitoring_seriessummary s
JOIN monitoring_patient p ON p.id = s.patient_id
JOIN monitoring_centre c ON c.id = p.centre_id
JOIN monitoring_mrdseries m ON m.id = s.series_id
WHERE EXISTS (SELECT 1 FROM monitoring_carerelation r WHERE r.patient_id = s.patient_id
              AND r.centre_id = ANY (%(centres)s) AND r.role <> 'LABORATORY'
              AND r.starts_on <= current_date AND (r.ends_on IS NULL OR r.ends_on >= current_date))
  AND (%(marker)s = '' OR m.marker = %(marker)s)
  AND (%(text)s = '' OR p.pseudonym ILIKE %(text)s || '%%' OR p.hospital_number = %(text)s)
  AND (%(me)s::bigint IS NULL OR {_MINE})
"""  # noqa: S608
COLUMNS = """
SELECT s.series_id, s.patient_id, p.pseudonym, p.sex, p.born_on, m.marker, m.mutation_type, s.ruleset, s.state,
       c.time_zone, p.centre_id, s.suspected_on, s.due_on, s.overdue_from, s.content
"""
NAMES = [column.partition(".")[2].strip(" \n") for column in COLUMNS.removeprefix("\nSELECT").split(",")]
GROUP_OF = " ".join(f"WHEN {condition} THEN '{group}'" for group, condition in CONDITIONS.items())
