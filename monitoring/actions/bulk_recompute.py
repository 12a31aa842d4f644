"""All series at once: rows out by one covering index, verdicts by the same pure function, only what changed back in.

What is to be computed is asked for once a shard. It is computed in chunks, each a transaction of its own, so that a
broken run loses one chunk and a second run takes up where nothing has changed.
"""

from dataclasses import dataclass
from datetime import datetime

from django.db import connection, transaction

from monitoring import scope
from monitoring.actions import editions, recompute, verdict_rows
from monitoring.actions.computed_rows import Row
from monitoring.actions.verdict_rows import Verdicts
from monitoring.domain.classify import classify_all
from monitoring.domain.rulesets import RULESETS, RuleSet
from monitoring.queries import series_inputs, staleness
from monitoring.queries.series_inputs import SeriesInputs

CHUNK = 1_000  # series
DIGEST = list(verdict_rows.VERDICT_COLUMNS).index("digest")  # from here on the columns tell whether anything changed

# Shards take turns in runs of series, so that each reads and writes neighbours.
OF_SHARD = """
SELECT s.id FROM monitoring_mrdseries s
  JOIN monitoring_patient p ON p.id = s.patient_id
  JOIN monitoring_centre c ON c.id = p.centre_id
WHERE (s.id / %(run)s) %% %(shards)s = %(shard)s
"""
RUN = 1_000  # series

# A chunk is looked up row by row: by default the planner takes a thousand rows for so many that it reads whole tables
# for each chunk, by parallel workers that take the processors from the other shards.
BY_INDEX = "SET LOCAL random_page_cost = 1.1; SET LOCAL max_parallel_workers_per_gather = 0"

KNOWN = """
SELECT series_id, ruleset, digest, revision, ruleset_version, engine_version, computed_for
FROM monitoring_storedverdict WHERE series_id BETWEEN %s AND %s
"""


@dataclass(frozen=True, slots=True)
class BulkOrder:
    """Which series (every so many'th run of RUN series, the first of them the `shard`th), by which rule sets, and how.

    `tells` brings alerts and lists into agreement too; `verifies` computes what is not stale as well, and compares.
    """

    shard: int
    shards: int
    rulesets: tuple[RuleSet, ...] = tuple(RULESETS.values())
    tells: bool = True
    verifies: bool = False
    chunk: int = CHUNK


@dataclass(slots=True)
class BulkReport:
    """How many series were computed, and how many verdicts were not as they were stored."""

    series: int = 0
    changed: int = 0


def recompute_shard(order: BulkOrder, *, now: datetime) -> BulkReport:
    """Compute one shard, chunk by chunk; raises EditionsNotSigned before anything is computed."""
    editions.check_signed()
    report, wanted = BulkReport(), _of_shard(order, now)
    for first in range(0, len(wanted), order.chunk):
        with transaction.atomic():
            scope.enter_all_centres()
            done = _compute(wanted[first : first + order.chunk], order, now)
        report.series += done.series
        report.changed += done.changed
    return report


@transaction.atomic
def _of_shard(order: BulkOrder, now: datetime) -> list[int]:
    """The series to compute, in ascending order, which is the order of all locks."""
    scope.enter_all_centres()
    stale = "" if order.verifies else f"AND {staleness.IS_STALE}"
    where = {"run": RUN, "shards": order.shards, "shard": order.shard, **staleness.editions(now, order.rulesets)}
    found = series_inputs.rows(f"{OF_SHARD} {stale} ORDER BY s.id", where)
    return [series_id for (series_id,) in found]


def _compute(series_ids: list[int], order: BulkOrder, now: datetime) -> BulkReport:
    with connection.cursor() as cursor:
        cursor.execute(BY_INDEX)
    known = _known(series_ids[0], series_ids[-1])
    answered: dict[int, int] = {}
    verdicts: list[Row] = []
    episodes: list[Row] = []
    touched: list[tuple[SeriesInputs, Verdicts]] = []
    for each in series_inputs.each_current(series_ids):
        answered[each.series_id] = each.revision
        computed = classify_all(each.series, order.rulesets, each.today(now))
        rows = verdict_rows.verdict_rows(each, computed, now)
        fresh = [row for row in rows if row[DIGEST:] != known.get((each.series_id, row[verdict_rows.RULESET]))]
        if fresh:
            verdicts += fresh
            episodes += verdict_rows.episode_rows(each, computed)
            if order.tells:
                touched.append((each, computed))
    changed = verdict_rows.write(verdicts, episodes)
    if touched:
        recompute.tell(touched, now)
    recompute.settle(answered)
    return BulkReport(len(answered), len(changed))


def _known(first: int, last: int) -> dict[tuple[int, str], Row]:
    return {(row[0], row[1]): row[2:] for row in series_inputs.rows(KNOWN, [first, last])}
