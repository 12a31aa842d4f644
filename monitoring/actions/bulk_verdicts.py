"""Verdicts of the series that one request changed, however many, computed in its transaction."""

from collections.abc import Collection
from datetime import datetime

from django.db import connection, transaction

from monitoring import enqueue
from monitoring.actions import editions, recompute, verdict_rows
from monitoring.domain.classify import classify_all
from monitoring.queries import series_inputs

# In ascending order, as everywhere, so that two never wait for each other.
LOCK = "SELECT count(pg_advisory_xact_lock(%s, id::int)) FROM (SELECT unnest(%s::bigint[]) AS id) AS wanted"


def compute(series_ids: Collection[int], *, now: datetime) -> set[int]:
    """Compute verdicts, alerts and lists of these series as of today, in a fixed number of statements.

    Returns the series that this transaction sees: the others are not computed.
    Raises EditionsNotSigned where this code computes by editions that nobody has signed.
    """
    if not series_ids:
        return set()
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
    recompute.settle({each.series_id: each.revision for each in inputs})
    return {each.series_id for each in inputs}


def wake(series_ids: Collection[int]) -> None:
    """The worker draws the figures and tells people; of many the sweep takes care, which is woken once."""
    if len(series_ids) == 1:
        transaction.on_commit(enqueue.waker(*series_ids))
    elif series_ids:
        transaction.on_commit(lambda: enqueue.send("sweep_recompute_requests"))
