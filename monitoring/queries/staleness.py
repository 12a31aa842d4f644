"""Which series have no verdict that holds today: asked for anew, computed for another day, or by another edition."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.db import connection

from monitoring.domain.classify import ENGINE_VERSION
from monitoring.domain.rulesets import RULESETS, RuleSet
from monitoring.models import Centre

# Of a series `s` at a centre `c`: a request waits, or a rule set has no verdict of this revision, edition and day.
IS_STALE = """(
  EXISTS (SELECT 1 FROM monitoring_recomputerequest r WHERE r.series_id = s.id)
  OR (SELECT count(*) FROM monitoring_storedverdict v
      JOIN unnest(%(ids)s::text[], %(versions)s::text[]) AS edition (id, version)
        ON edition.id = v.ruleset AND edition.version = v.ruleset_version
      WHERE v.series_id = s.id AND v.revision = s.revision AND v.engine_version = %(engine)s
        AND v.computed_for = (%(now)s::timestamptz AT TIME ZONE c.time_zone)::date
     ) < cardinality(%(ids)s::text[])
)"""

OF_PATIENT = """
SELECT s.id FROM monitoring_mrdseries s
  JOIN monitoring_patient p ON p.id = s.patient_id
  JOIN monitoring_centre c ON c.id = p.centre_id
WHERE s.patient_id = %(patient)s AND
"""
OF_PATIENT += IS_STALE

# Lists ask two indexes: the waiting requests, and the verdicts of earlier days. Editions change with a migration,
# which asks for every verdict of another edition (actions/new_editions.py).
IN_SCOPE = """
SELECT r.series_id FROM monitoring_recomputerequest r
UNION
SELECT v.series_id FROM monitoring_storedverdict v WHERE v.computed_for < %(earliest)s
UNION
SELECT v.series_id FROM monitoring_storedverdict v
  JOIN monitoring_patient p ON p.id = v.patient_id
  JOIN monitoring_centre c ON c.id = p.centre_id
  WHERE %(days_differ)s AND v.computed_for = %(earliest)s AND c.time_zone = ANY (%(zones_ahead)s)
"""

COUNT_IN_SCOPE = f"SELECT count(*) FROM ({IN_SCOPE}) AS stale"  # noqa: S608 - a constant


def of_patient(patient_id: int, *, now: datetime) -> list[int]:
    """Return the stale series of one patient."""
    return _ids(OF_PATIENT, {"patient": patient_id, **editions(now)})


def editions(now: datetime, rulesets: Iterable[RuleSet] = tuple(RULESETS.values())) -> dict[str, Any]:
    """Return what IS_STALE compares with: moment, engine, and the versions of the rule sets."""
    wanted = list(rulesets)
    return {
        "now": now,
        "engine": ENGINE_VERSION,
        "ids": [ruleset.id.value for ruleset in wanted],
        "versions": [ruleset.version for ruleset in wanted],
    }


def in_scope(*, now: datetime, limit: int) -> list[int]:
    """Return up to `limit` stale series of the patients that this transaction sees."""
    return _ids(f"{IN_SCOPE} LIMIT %(limit)s", {**_days(now), "limit": limit})


def count_in_scope(*, now: datetime) -> int:
    """Return how many series of the patients that this transaction sees are stale."""
    return _ids(COUNT_IN_SCOPE, _days(now))[0]


def _days(now: datetime) -> dict[str, Any]:
    """The earliest day that it is at any centre, and the time zones where it is a day later already."""
    day_of = _day_of_zones(now)
    earliest = min(day_of.values(), default=now.date())
    ahead = [zone for zone, day in day_of.items() if day > earliest]
    return {"earliest": earliest, "days_differ": bool(ahead), "zones_ahead": ahead}


def latest_day(now: datetime) -> date:
    """Return the latest day that it is at any centre."""
    return max(_day_of_zones(now).values(), default=now.date())


def _day_of_zones(now: datetime) -> dict[str, date]:
    zones = Centre.objects.values_list("time_zone", flat=True).distinct()
    return {zone: now.astimezone(ZoneInfo(zone)).date() for zone in zones}


def _ids(sql: str, parameters: dict[str, Any]) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return [number for (number,) in cursor.fetchall()]
