"""Some verdicts change by the passing of days alone; a new day at a centre asks for its verdicts."""

from datetime import datetime

from django.db import connection

from monitoring.queries.staleness import latest_day

# No revision is raised: nothing was recorded. Verdicts of a day that is over are asked for, once.
ASK = """
INSERT INTO monitoring_recomputerequest
  (series_id, patient_id, revision, reason, requested_at, attempts, failed_because)
SELECT DISTINCT s.id, s.patient_id, s.revision, 'new day', statement_timestamp(), 0, ''
FROM monitoring_storedverdict v
JOIN monitoring_mrdseries s ON s.id = v.series_id
JOIN monitoring_patient p ON p.id = s.patient_id
JOIN monitoring_centre c ON c.id = p.centre_id
WHERE v.computed_for < (%(now)s::timestamptz AT TIME ZONE c.time_zone)::date
  AND v.computed_for < %(latest)s
ON CONFLICT (series_id) DO NOTHING
"""


def begin(*, now: datetime) -> int:
    """Ask for every verdict whose day is over at its centre; return how many series were asked for."""
    with connection.cursor() as cursor:
        cursor.execute(ASK, {"now": now, "latest": latest_day(now)})
        return int(cursor.rowcount)
