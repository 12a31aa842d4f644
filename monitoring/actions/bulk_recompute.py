"""All series at once: rows out by one covering index, verdicts by the same pure function, only what changed back in.

A shard is computed in chunks, each a transaction of its own, so that a broken run loses one chunk and a second run
takes up where nothing has changed.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection, transaction

from monitoring import scope
from monitoring.actions import recompute
from monitoring.domain.classify import classify_all
from monitoring.domain.rulesets import RULESETS, RuleSet
from monitoring.queries import series_inputs, staleness
from monitoring.queries.series_inputs import SeriesInputs

CHUNK = 2_000  # series
DIGEST = list(recompute.VERDICT_COLUMNS).index("digest")  # from here on the columns tell whether anything changed

MAKE_TABLE = "CREATE TEMPORARY TABLE IF NOT EXISTS computed ({}) ON COMMIT DELETE ROWS"

KNOWN = """
SELECT series_id, ruleset, digest, revision, ruleset_version, engine_version, computed_for
FROM monitoring_storedverdict WHERE series_id BETWEEN %s AND %s
"""

# A request that somebody else is answering at this moment is left to them.
SETTLE = """
DELETE FROM monitoring_recomputerequest WHERE series_id IN (
  SELECT r.series_id FROM monitoring_recomputerequest r
  JOIN unnest(%s::bigint[], %s::bigint[]) AS done (series_id, revision) ON r.series_id = done.series_id
  WHERE r.revision <= done.revision FOR UPDATE OF r SKIP LOCKED)
"""


@dataclass(frozen=True, slots=True)
class BulkOrder:
    """Which series (those whose number leaves `shard` when divided by `shards`), by which rule sets, and what of it.

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
    """Compute one shard, chunk by chunk."""
    report, after = BulkReport(), 0
    while True:
        with transaction.atomic():
            scope.enter_all_centres()
            inputs = _chunk(order, after, now)
            if not inputs:
                return report
            report.changed += _compute(inputs, order, now)
        report.series += len(inputs)
        after = inputs[-1].series_id


def _chunk(order: BulkOrder, after: int, now: datetime) -> list[SeriesInputs]:
    which = "s.id > %(after)s AND s.id %% %(shards)s = %(shard)s"
    if not order.verifies:
        which += f" AND {staleness.IS_STALE}"
    sql = series_inputs.CURRENT.format(which=which) + "LIMIT %(chunk)s"
    where = {"after": after, "shards": order.shards, "shard": order.shard, "chunk": order.chunk}
    parameters = {**where, **staleness.editions(now, order.rulesets)}
    return [series_inputs.from_row(row) for row in series_inputs.rows(sql, parameters)]


def _compute(inputs: list[SeriesInputs], order: BulkOrder, now: datetime) -> int:
    known = _known(inputs[0].series_id, inputs[-1].series_id)
    rows: list[tuple[Any, ...]] = []
    touched: list[tuple[SeriesInputs, recompute.Verdicts]] = []
    for each in inputs:
        verdicts = classify_all(each.series, order.rulesets, each.today(now))
        computed = recompute.verdict_rows(each, verdicts, now)
        fresh = [row for row in computed if row[DIGEST:] != known.get((row[0], row[2]))]
        if fresh:
            rows += fresh
            touched.append((each, verdicts))
    changed = _write(rows)
    if order.tells:
        recompute.tell(touched, now)
    _settle(inputs)
    return len(changed)


def _known(first: int, last: int) -> dict[tuple[int, str], tuple[Any, ...]]:
    return {(row[0], row[1]): row[2:] for row in series_inputs.rows(KNOWN, [first, last])}


def _write(rows: list[tuple[Any, ...]]) -> list[tuple[int, str]]:
    if not rows:
        return []
    columns = ", ".join(f"{name} {kind}" for name, kind in recompute.VERDICT_COLUMNS.items())
    with connection.cursor() as cursor:
        cursor.execute(MAKE_TABLE.format(columns))
        with cursor.copy("COPY computed FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)
        cursor.execute(recompute.UPSERT_VERDICTS.format(source="computed"))
        changed = [(series_id, ruleset) for series_id, ruleset in cursor.fetchall()]
    if changed:
        recompute.write_episodes(changed)
    return changed


def _settle(inputs: list[SeriesInputs]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(SETTLE, [[each.series_id for each in inputs], [each.revision for each in inputs]])
