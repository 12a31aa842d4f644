"""Which series have no verdict that holds today: asked for anew, computed for another day, or by another edition."""

from datetime import datetime
from typing import Any

from django.db import connection

from monitoring.domain.classify import ENGINE_VERSION
from monitoring.domain.rulesets import RULESETS

# A series is stale when a request waits, when a rule set has no verdict, or when revision, edition, engine or the
# day at its centre differ. The first three branches use an index each, so that a list pays for what is stale only.
STALE = """
SELECT r.series_id FROM monitoring_recomputerequest r WHERE {request}
UNION
SELECT v.series_id FROM monitoring_storedverdict v
  JOIN monitoring_patient p ON p.id = v.patient_id
  JOIN monitoring_centre c ON c.id = p.centre_id
  WHERE v.computed_for < (%(latest)s::timestamptz AT TIME ZONE 'Pacific/Kiritimati')::date
    AND v.computed_for <> (%(now)s::timestamptz AT TIME ZONE c.time_zone)::date AND {verdict}
UNION
SELECT v.series_id FROM monitoring_storedverdict v
  WHERE (v.engine_version <> %(engine)s OR NOT (v.ruleset, v.ruleset_version) IN (SELECT * FROM unnest(%(ids)s::text[], %(versions)s::text[])))
    AND {verdict}
"""


def _parameters(now: datetime, **more: Any) -> dict[str, Any]:
    return {
        "now": now,
        "latest": now,
        "engine": ENGINE_VERSION,
        "ids": [ruleset.value for ruleset in RULESETS],
        "versions": [ruleset.version for ruleset in RULESETS.values()],
        **more,
    }


def of_patient(patient_id: int, *, now: datetime) -> list[int]:
    """Return the stale series of one patient."""
    where = "{}.patient_id = %(patient)s"
    sql = STALE.format(request=where.format("r"), verdict=where.format("v"))
    return _ids(sql, _parameters(now, patient=patient_id))


def in_scope(*, now: datetime, limit: int) -> list[int]:
    """Return up to `limit` stale series of the patients that this transaction sees."""
    return _ids(STALE.format(request="true", verdict="true") + "LIMIT %(limit)s", _parameters(now, limit=limit))


def count_in_scope(*, now: datetime) -> int:
    """Return how many series of the patients that this transaction sees are stale."""
    sql = f"SELECT count(*) FROM ({STALE.format(request='true', verdict='true')}) AS stale"
    return _ids(sql, _parameters(now))[0]


def _ids(sql: str, parameters: dict[str, Any]) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return [number for (number,) in cursor.fetchall()]
