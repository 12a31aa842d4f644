"""Verdicts, episodes and alerts of series, computed anew from what is on record; one at a time per series."""

import logging
from collections.abc import Iterable, Mapping
from datetime import datetime

from django.db import connection, transaction

from monitoring.actions import alerts, editions, summaries, verdict_rows
from monitoring.actions.alerts import Computed
from monitoring.actions.editions import EditionsNotSigned
from monitoring.actions.verdict_rows import Verdicts
from monitoring.domain.classify import classify_all
from monitoring.domain.surveillance import Surveillance, surveil
from monitoring.domain.terms import RuleSetId
from monitoring.domain.treatment import PreemptiveTreatment
from monitoring.queries import series_inputs, staleness, treatment_courses
from monitoring.queries.series_inputs import SeriesInputs

log = logging.getLogger(__name__)

# The first half of the advisory lock's key: one lock for each series.
LOCK_SPACE = 0x4D5244

# A request that somebody else is renewing at this moment is left: who renews it holds it, and waits for the series.
SETTLE = """
DELETE FROM monitoring_recomputerequest WHERE series_id IN (
  SELECT r.series_id FROM monitoring_recomputerequest r
  JOIN unnest(%s::bigint[], %s::bigint[]) AS done (series_id, revision) ON r.series_id = done.series_id
  WHERE r.revision <= done.revision FOR UPDATE OF r SKIP LOCKED)
"""

# How many series a reader computes before it says that others are pending.
LIST_LIMIT = 200


@transaction.atomic
def recompute_series(series_ids: Iterable[int], *, now: datetime) -> None:
    """Compute every rule set's verdict on these series as of today at their centres, and write what is newer.

    Raises EditionsNotSigned where this code computes by editions that nobody has signed.
    """
    editions.check_signed()
    wanted = sorted(set(series_ids))
    _lock(wanted)
    inputs = series_inputs.read_current(wanted)
    computed = [(each, classify_all(each.series, as_of=each.today(now))) for each in inputs]
    verdict_rows.write(
        [row for each, verdicts in computed for row in verdict_rows.verdict_rows(each, verdicts, now)],
        [row for each, verdicts in computed for row in verdict_rows.episode_rows(each, verdicts)],
    )
    tell(computed, now)
    settle({each.series_id: each.revision for each in inputs})


def tell(computed: Iterable[tuple[SeriesInputs, Verdicts]], now: datetime) -> None:
    """Bring alerts and lists into agreement with verdicts that were just computed."""
    watched = watch(computed, now)
    alerts.reconcile(watched, now=now)
    summaries.write(watched, now=now)


def watch(computed: Iterable[tuple[SeriesInputs, Verdicts]], now: datetime) -> list[Computed]:
    """Return verdicts with what else their series ask for today: samples due, responses."""
    computed = list(computed)
    courses = treatment_courses.read(inputs.patient_id for inputs, _ in computed)
    return [
        (inputs, verdicts, _surveil(inputs, verdicts, courses.get(inputs.patient_id, ()), now))
        for inputs, verdicts in computed
    ]


def _surveil(
    inputs: SeriesInputs, verdicts: Verdicts, courses: tuple[PreemptiveTreatment, ...], now: datetime
) -> Surveillance:
    chosen = verdicts[RuleSetId(inputs.alerting_ruleset)]
    return surveil(inputs.series, chosen, courses, inputs.today(now), inputs.intervals, inputs.cycle_2_on)


def drain_patient(patient_id: int, *, now: datetime) -> None:
    """Compute what is pending or stale of one patient, so that nobody reads a stale verdict."""
    stale = staleness.of_patient(patient_id, now=now)
    if stale:
        recompute_series(stale, now=now)


def drain_pending(*, now: datetime, limit: int = LIST_LIMIT) -> int:
    """Compute up to `limit` pending or stale series of those in scope; return how many still wait.

    A series that cannot be computed waits on, with its request, and holds up no other: one fault in one chart must not
    close the worklist of a centre. Its own pages say so by failing; nobody reads a verdict there that no longer holds.
    """
    stale = staleness.in_scope(now=now, limit=limit + 1)
    if not stale:
        return 0
    free = lock_free(sorted(stale[:limit]))
    if free and not _is_computed(free, now):
        log.warning("These series could not be computed together; they are tried one by one.")
        for series_id in free:
            _is_computed([series_id], now)
    return staleness.count_in_scope(now=now)


def waiting_after_draining(*, now: datetime) -> frozenset[int]:
    """Compute what waits as for a list; return the series that still do: an export tells it beside each of them."""
    count = drain_pending(now=now)
    return frozenset(staleness.in_scope(now=now, limit=count)) if count else frozenset()


def _is_computed(series_ids: list[int], now: datetime) -> bool:
    try:
        recompute_series(series_ids, now=now)
    except EditionsNotSigned:
        raise
    except Exception:
        log.exception("Series could not be computed: %s", series_ids)
        return False
    return True


def _lock(series_ids: list[int]) -> None:
    """Wait for whoever computes one of these series; in ascending order, so that two never wait for each other."""
    with connection.cursor() as cursor:
        for series_id in series_ids:
            cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [LOCK_SPACE, series_id])


def lock_free(series_ids: list[int]) -> list[int]:
    """Lock those of the series that nobody computes at the moment, and return them."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id FROM unnest(%s::bigint[]) AS id WHERE pg_try_advisory_xact_lock(%s, id::int)",
            [series_ids, LOCK_SPACE],
        )
        return [series_id for (series_id,) in cursor.fetchall()]


def settle(answered: Mapping[int, int]) -> None:
    """Take away the requests that a computation answered, by series the revision that was computed.

    One of a later revision stays, or one that is renewed.
    """
    with connection.cursor() as cursor:
        cursor.execute(SETTLE, [list(answered), list(answered.values())])
