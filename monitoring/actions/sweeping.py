"""What waits in the table of requests, computed in small transactions until nothing waits."""

import logging
from datetime import datetime

from django.db import connection, transaction
from django.db.models import F

from monitoring import scope
from monitoring.actions import figures, recompute
from monitoring.models import RecomputeRequest

log = logging.getLogger(__name__)

BATCH = 100
ROUNDS = 200  # at most this many batches a sweep, so that a sweep ends before the next few begin
ATTEMPTS = 5  # a request that failed so often waits for a person; `manage.py recompute --all` takes it up again

# The requests themselves are not locked: whoever computes holds the lock of the series first, then settles requests,
# in this order everywhere, so that a reader and the sweep never wait for each other.
WAITING = "SELECT series_id FROM monitoring_recomputerequest WHERE attempts < %s ORDER BY requested_at LIMIT %s"


def sweep(*, now: datetime) -> int:
    """Compute what waits; return how many series were computed."""
    done = 0
    for _ in range(ROUNDS):
        computed = _batch(now)
        done += computed
        if computed < BATCH:
            break
    return done


def _batch(now: datetime) -> int:
    try:
        with transaction.atomic():
            scope.enter_all_centres()
            claimed = _claim(BATCH)
            _compute(claimed, now)
            return len(claimed)
    except Exception:
        log.exception("A batch could not be computed; its series are tried one by one.")
    return _one_by_one(now)


def _one_by_one(now: datetime) -> int:
    """Find the series that cannot be computed, note why, and compute the others."""
    with transaction.atomic():
        scope.enter_all_centres()
        candidates = _claim(BATCH)
    for series_id in candidates:
        try:
            with transaction.atomic():
                scope.enter_all_centres()
                _compute([series_id], now)
        except Exception as error:
            log.exception("Series %s could not be computed.", series_id)
            _note_failure(series_id, error)
    return len(candidates)


def _note_failure(series_id: int, error: Exception) -> None:
    with transaction.atomic():
        scope.enter_all_centres()
        RecomputeRequest.objects.filter(series_id=series_id).update(
            attempts=F("attempts") + 1, failed_because=f"{type(error).__name__}: {error}"[:500]
        )


def _compute(series_ids: list[int], now: datetime) -> None:
    if series_ids:
        recompute.recompute_series(series_ids, now=now)
        figures.refresh(series_ids, now=now)


def _claim(limit: int) -> list[int]:
    """Lock the series that wait the longest and that nobody else computes at the moment."""
    with connection.cursor() as cursor:
        cursor.execute(WAITING, [ATTEMPTS, limit])
        waiting = sorted(series_id for (series_id,) in cursor.fetchall())
    return recompute.lock_free(waiting)
