"""Verdicts of all series that one transaction changes, computed once, at its end and within it.

A hundred results in one transaction change a hundred series, or one series a hundred times. Nobody else sees any of it
before the commit, so that nobody reads a stale verdict; reads of the same transaction come after the block.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime

from monitoring import scope
from monitoring.actions import bulk_verdicts, recompute

# Series and their patients, where a block is open.
_WAITING: ContextVar[dict[int, int] | None] = ContextVar("series_that_wait_for_the_end", default=None)


@contextmanager
def at_the_end(*, now: datetime) -> Iterator[None]:
    """Compute what changes within the block when it ends, in the transaction of whoever calls."""
    waiting: dict[int, int] = {}
    before = _WAITING.set(waiting)
    try:
        yield
    finally:
        _WAITING.reset(before)
    _compute_all(waiting, now)


def compute(series_id: int, patient_id: int, *, now: datetime) -> None:
    """Compute the verdicts of one series here and now, or note it where a block is open, and wake the worker."""
    waiting = _WAITING.get()
    if waiting is not None:
        waiting[series_id] = patient_id
        return
    _compute_alone(series_id, patient_id, now)
    bulk_verdicts.wake([series_id])


def _compute_all(waiting: Mapping[int, int], now: datetime) -> None:
    computed = bulk_verdicts.compute(waiting, now=now)
    for series_id in sorted(set(waiting) - computed):  # of patients whom this transaction does not see
        _compute_alone(series_id, waiting[series_id], now)
    bulk_verdicts.wake(waiting)


def _compute_alone(series_id: int, patient_id: int, now: datetime) -> None:
    with scope.including_patient(patient_id):
        recompute.recompute_series([series_id], now=now)
