"""Verdicts, episodes and alerts of series, computed anew from what is on record; one at a time per series."""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import connection, transaction

from monitoring.actions import alerts, summaries
from monitoring.domain import wire
from monitoring.domain.classify import ENGINE_VERSION, classify_all
from monitoring.domain.rulesets import RULESETS
from monitoring.domain.surveillance import Surveillance, surveil
from monitoring.domain.terms import RuleSetId
from monitoring.domain.treatment import PreemptiveTreatment
from monitoring.domain.verdicts import Verdict
from monitoring.models import RecomputeRequest
from monitoring.queries import series_inputs, staleness, treatment_courses
from monitoring.queries.series_inputs import SeriesInputs

Verdicts = Mapping[RuleSetId, Verdict]

# The first half of the advisory lock's key: one lock for each series.
LOCK_SPACE = 0x4D5244

# How many series a reader computes before it says that others are pending.
LIST_LIMIT = 200

UPSERT_VERDICTS = """
INSERT INTO monitoring_storedverdict
  (series_id, patient_id, ruleset, state, content, digest, revision, ruleset_version, engine_version, computed_for,
   computed_at)
SELECT series_id, patient_id, ruleset, state, content::jsonb, digest, revision, ruleset_version, engine_version,
       computed_for, statement_timestamp()
FROM {source}
ON CONFLICT (series_id, ruleset) DO UPDATE SET
  state = excluded.state, content = excluded.content, digest = excluded.digest, revision = excluded.revision,
  ruleset_version = excluded.ruleset_version, engine_version = excluded.engine_version,
  computed_for = excluded.computed_for, computed_at = excluded.computed_at
WHERE excluded.revision > monitoring_storedverdict.revision
   OR (excluded.revision = monitoring_storedverdict.revision
       AND (excluded.computed_for > monitoring_storedverdict.computed_for
            OR (excluded.computed_for = monitoring_storedverdict.computed_for
                AND (monitoring_storedverdict.digest, monitoring_storedverdict.ruleset_version,
                     monitoring_storedverdict.engine_version)
                    <> (excluded.digest, excluded.ruleset_version, excluded.engine_version))))
RETURNING series_id, ruleset
"""

VERDICT_COLUMNS = {
    "series_id": "bigint", "patient_id": "bigint", "ruleset": "text", "state": "text", "content": "text",
    "digest": "text", "revision": "bigint", "ruleset_version": "text", "engine_version": "text", "computed_for": "date",
}  # fmt: skip

INSERT_EPISODES = """
INSERT INTO monitoring_storedepisode
  (series_id, patient_id, ruleset, position, number, kind, rule, status, tissue, relapse_on, confirmed_on, late, waived,
   index_result_id, confirming_result_id)
SELECT v.series_id, v.patient_id, v.ruleset, e.position, (e.episode ->> 'number')::int, e.episode ->> 'kind',
       e.episode ->> 'rule', e.episode ->> 'status', e.episode ->> 'tissue', (e.episode ->> 'relapse_on')::date,
       (e.episode ->> 'confirmed_on')::date, (e.episode ->> 'late')::boolean, (e.episode ->> 'waived')::boolean,
       (e.episode ->> 'index')::bigint, (e.episode ->> 'confirmed_by')::bigint
FROM monitoring_storedverdict v,
     jsonb_array_elements(v.content -> 'episodes') WITH ORDINALITY AS e (episode, position)
WHERE (v.series_id, v.ruleset) IN (SELECT * FROM unnest(%s::bigint[], %s::text[]))
"""


@transaction.atomic
def recompute_series(series_ids: Iterable[int], *, now: datetime) -> None:
    """Compute every rule set's verdict on these series as of today at their centres, and write what is newer."""
    wanted = sorted(set(series_ids))
    _lock(wanted)
    rows: list[tuple[Any, ...]] = []
    inputs = series_inputs.read_current(wanted)
    computed = [(each, classify_all(each.series, as_of=each.today(now))) for each in inputs]
    for each, verdicts in computed:
        rows += verdict_rows(each, verdicts, now)
    _write(rows)
    tell(computed, now)
    _settle_requests(inputs)


def tell(computed: Iterable[tuple[SeriesInputs, Verdicts]], now: datetime) -> None:
    """Bring alerts and lists into agreement with verdicts that were just computed."""
    computed = list(computed)
    courses = treatment_courses.read(inputs.patient_id for inputs, _ in computed)
    watched = [
        (inputs, verdicts, _surveil(inputs, verdicts, courses.get(inputs.patient_id, ()), now))
        for inputs, verdicts in computed
    ]
    alerts.reconcile(watched, now=now)
    summaries.write(watched, now=now)


def _surveil(
    inputs: SeriesInputs, verdicts: Verdicts, courses: tuple[PreemptiveTreatment, ...], now: datetime
) -> Surveillance:
    chosen = verdicts[RuleSetId(inputs.alerting_ruleset)]
    return surveil(inputs.series, chosen, courses, inputs.today(now))


def drain_patient(patient_id: int, *, now: datetime) -> None:
    """Compute what is pending or stale of one patient, so that nobody reads a stale verdict."""
    stale = staleness.of_patient(patient_id, now=now)
    if stale:
        recompute_series(stale, now=now)


def drain_pending(*, now: datetime, limit: int = LIST_LIMIT) -> int:
    """Compute up to `limit` pending or stale series of those in scope; return how many still wait."""
    stale = staleness.in_scope(now=now, limit=limit + 1)
    if not stale:
        return 0
    free = lock_free(sorted(stale[:limit]))
    if free:
        recompute_series(free, now=now)
    return staleness.count_in_scope(now=now)


def verdict_rows(inputs: SeriesInputs, verdicts: Mapping[RuleSetId, Verdict], now: datetime) -> list[tuple[Any, ...]]:
    """Return the rows of monitoring_storedverdict, in the order of VERDICT_COLUMNS."""
    day = inputs.today(now)
    return [
        (
            inputs.series_id, inputs.patient_id, ruleset.value, verdict.state, *_written(verdict), inputs.revision,
            RULESETS[ruleset].version, ENGINE_VERSION, day,
        )
        for ruleset, verdict in verdicts.items()
    ]  # fmt: skip


def _written(verdict: Verdict) -> tuple[str, str]:
    """Return a verdict as JSON, and a digest that tells two apart without reading them."""
    text = json.dumps(wire.verdict_to_dict(verdict), separators=(",", ":"))
    return text, hashlib.blake2b(text.encode(), digest_size=16).hexdigest()


def write_episodes(changed: Sequence[tuple[int, str]]) -> None:
    """Replace the episode rows of these (series, rule set) pairs by those in their stored verdicts."""
    pairs = [list(column) for column in zip(*changed, strict=True)]
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM monitoring_storedepisode WHERE (series_id, ruleset) IN "
            "(SELECT * FROM unnest(%s::bigint[], %s::text[]))",
            pairs,
        )
        cursor.execute(INSERT_EPISODES, pairs)


def _write(rows: list[tuple[Any, ...]]) -> None:
    if not rows:
        return
    names, types = ", ".join(VERDICT_COLUMNS), ", ".join(f"%s::{kind}[]" for kind in VERDICT_COLUMNS.values())
    with connection.cursor() as cursor:
        cursor.execute(
            UPSERT_VERDICTS.format(source=f"unnest({types}) AS computed ({names})"),
            [list(column) for column in zip(*rows, strict=True)],
        )
        changed = cursor.fetchall()
    if changed:
        write_episodes(changed)


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


def _settle_requests(inputs: Iterable[SeriesInputs]) -> None:
    """Take away the requests that this computation answered; one of a later revision stays."""
    for each in inputs:
        RecomputeRequest.objects.filter(series_id=each.series_id, revision__lte=each.revision).delete()
