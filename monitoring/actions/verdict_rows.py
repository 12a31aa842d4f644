"""Verdicts and their episodes as rows of the database, and how they replace what is stored."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from django.db import connection

from monitoring.actions.computed_rows import Row, arriving
from monitoring.domain import wire
from monitoring.domain.classify import ENGINE_VERSION
from monitoring.domain.rulesets import RULESETS
from monitoring.domain.terms import RuleSetId
from monitoring.domain.verdicts import Verdict
from monitoring.queries.series_inputs import SeriesInputs

Verdicts = Mapping[RuleSetId, Verdict]
Changed = Sequence[tuple[int, str]]  # series and rule set of verdicts that were written

VERDICT_COLUMNS = {
    "series_id": "bigint", "patient_id": "bigint", "ruleset": "text", "state": "text", "content": "json",
    "digest": "text", "revision": "bigint", "ruleset_version": "text", "engine_version": "text", "computed_for": "date",
}  # fmt: skip

EPISODE_COLUMNS = {
    "series_id": "bigint", "patient_id": "bigint", "ruleset": "text", "position": "int", "number": "int",
    "kind": "text", "rule": "text", "status": "text", "tissue": "text", "relapse_on": "date", "confirmed_on": "date",
    "late": "boolean", "waived": "boolean", "index_result_id": "bigint", "confirming_result_id": "bigint",
}  # fmt: skip
SERIES_ID, RULESET = 0, 2  # where a row of either says what it is of

UPSERT_VERDICTS = """
INSERT INTO monitoring_storedverdict
  (series_id, patient_id, ruleset, state, content, digest, revision, ruleset_version, engine_version, computed_for,
   computed_at)
SELECT series_id, patient_id, ruleset, state, content, digest, revision, ruleset_version, engine_version,
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

# By the range of series first, so that nothing is looked up where nothing is stored yet.
DELETE_EPISODES = """
DELETE FROM monitoring_storedepisode e
USING unnest(%s::bigint[], %s::text[]) AS changed (series_id, ruleset)
WHERE e.series_id BETWEEN %s AND %s AND e.series_id = changed.series_id AND e.ruleset = changed.ruleset
"""

INSERT_EPISODES = f"""
INSERT INTO monitoring_storedepisode ({", ".join(EPISODE_COLUMNS)})
SELECT {", ".join(EPISODE_COLUMNS)} FROM {{source}}
"""  # noqa: S608 - constants


def verdict_rows(inputs: SeriesInputs, verdicts: Verdicts, now: datetime) -> list[Row]:
    """Return the rows of monitoring_storedverdict, in the order of VERDICT_COLUMNS."""
    day = inputs.today(now)
    return [
        (
            inputs.series_id, inputs.patient_id, verdict.ruleset.value, verdict.state, text, _digest(text),
            inputs.revision, RULESETS[verdict.ruleset].version, ENGINE_VERSION, day,
        )
        for verdict, text in zip(verdicts.values(), wire.verdicts_to_texts(verdicts.values()), strict=True)
    ]  # fmt: skip


def _digest(text: str) -> str:
    """Return what tells two stored verdicts apart without reading them."""
    return hashlib.blake2b(text.encode(), digest_size=16).hexdigest()


def episode_rows(inputs: SeriesInputs, verdicts: Verdicts) -> list[Row]:
    """Return the rows of monitoring_storedepisode, in the order of EPISODE_COLUMNS; positions count from 1."""
    return [
        (
            inputs.series_id, inputs.patient_id, verdict.ruleset.value, position, episode.number, episode.kind.value,
            episode.rule.value, episode.status.value, episode.tissue.value, episode.relapse_on, episode.confirmed_on,
            episode.late, episode.waived, int(episode.index),
            None if episode.confirmed_by is None else int(episode.confirmed_by),
        )
        for verdict in verdicts.values()
        for position, episode in enumerate(verdict.episodes, start=1)
    ]  # fmt: skip


def write(verdicts: Sequence[Row], episodes: Iterable[Row]) -> Changed:
    """Store verdicts that are newer than what is stored, with their episodes; return which were."""
    if not verdicts:
        return []
    computed = arriving("computed_verdict", VERDICT_COLUMNS, verdicts)
    with connection.cursor() as cursor:
        cursor.execute(UPSERT_VERDICTS.format(source=computed.source), computed.parameters)
        changed: Changed = cursor.fetchall()
    rows = _replaced(changed, episodes)
    if rows:
        computed = arriving("computed_episode", EPISODE_COLUMNS, rows)
        with connection.cursor() as cursor:
            cursor.execute(INSERT_EPISODES.format(source=computed.source), computed.parameters)
    return changed


def _replaced(changed: Changed, episodes: Iterable[Row]) -> list[Row]:
    """Take away the stored episodes of verdicts that were written, and return the rows that take their place."""
    if not changed:
        return []
    series, rulesets = (list(column) for column in zip(*changed, strict=True))
    with connection.cursor() as cursor:
        cursor.execute(DELETE_EPISODES, [series, rulesets, min(series), max(series)])
    written = set(changed)
    return [row for row in episodes if (row[SERIES_ID], row[RULESET]) in written]
