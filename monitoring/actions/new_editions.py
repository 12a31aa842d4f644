"""A new engine or a new edition of a rule set makes every verdict of the one before stale."""

from django.db import connections

from monitoring.domain.classify import ENGINE_VERSION
from monitoring.domain.rulesets import RULESETS

ASK = """
INSERT INTO monitoring_recomputerequest
  (series_id, patient_id, revision, reason, requested_at, attempts, failed_because)
SELECT s.id, s.patient_id, s.revision, 'new edition', statement_timestamp(), 0, ''
FROM monitoring_mrdseries s
WHERE (SELECT count(*) FROM monitoring_storedverdict v
       JOIN unnest(%s::text[], %s::text[]) AS edition (id, version)
         ON edition.id = v.ruleset AND edition.version = v.ruleset_version
       WHERE v.series_id = s.id AND v.engine_version = %s) < cardinality(%s::text[])
ON CONFLICT (series_id) DO NOTHING
"""


def ask(using: str) -> int:
    """Ask, as the owner after a migration, for verdicts that are not of today's editions; return how many series."""
    ids = [ruleset.value for ruleset in RULESETS]
    versions = [ruleset.version for ruleset in RULESETS.values()]
    with connections[using].cursor() as cursor:
        cursor.execute(ASK, [ids, versions, ENGINE_VERSION, ids])
        return int(cursor.rowcount)
