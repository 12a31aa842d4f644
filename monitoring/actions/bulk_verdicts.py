"""Verdicts of the series that one request changed, however many, computed in its transaction."""

from collections.abc import Collection
from datetime import datetime

from django.db import connection

from monitoring.actions import editions, recompute, verdict_rows
from monitoring.domain.classify import classify_all
from monitoring.queries import series_inputs

# In ascending order, as everywhere, so that two never wait for each other.
LOCK = "SELECT count(pg_advisory_xact_lock(%s, id::int)) FROM (SELECT unnest(%s::bigint[]) AS id) AS wanted"
SETTLE = """
DELETE FROM monitoring_recomputerequest r
USING unnest(%s::bigint[], %s::bigint[]) AS done (series_id, revision)
WHERE r.series_id = done.series_id AND r.revision <= done.revision
"""


def compute(series_ids: Collection[int], *, now: datetime) -> None:
    """Compute verdicts, alerts and lists of these series as of today, in a fixed number of statements.

    Raises EditionsNotSigned where this code computes by editions that nobody has signed.
    """
    if not series_ids:
        return
    editions.check_signed()
    wanted = sorted(series_ids)
    with connection.cursor() as cursor:
        cursor.execute(LOCK, [recompute.LOCK_SPACE, wanted])
    inputs = series_inputs.read_current(wanted)
    computed = [(each, classify_all(each.series, as_of=each.today(now))) for each in inputs]
    verdict_rows.write(
        [row for each, verdicts in computed for row in verdict_rows.verdict_rows(each, verdicts, now)],
        [row for each, verdicts in computed for row in verdict_rows.episode_rows(each, verdicts)],
    )
    recompute.tell(computed, now)
    with connection.cursor() as cursor:
        cursor.execute(SETTLE, [[each.series_id for each in inputs], [each.revision for each in inputs]])
