"""The figure that is stored and holds now, for a person who may read the chart: found and noted by one statement.

It never says no. Where anything is not as it should be (nobody cares for the patient, the figure is of another
revision, day or edition, the series is not followed) it finds nothing, and whoever asked goes the whole way, which
says why. So no check stands here alone, and none is left out.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from monitoring import permissions
from monitoring.actions.figures import ReadyFigure, etag_of
from monitoring.actions.reading import quarter_of
from monitoring.domain.terms import Marker, RuleSetId
from monitoring.models import User
from monitoring.queries import figures, planned_statements

# The relations of the view are those that hold today, of the centres of this transaction. A reading that is noted
# already is looked for first: to try and fail would cost a row and a write-ahead record each time.
READ = """
WITH asked AS (
  SELECT s.id, s.patient_id, s.revision, coalesce(nullif(%(ruleset)s::text, ''), c.alerting_ruleset) AS ruleset,
         (%(now)s::timestamptz AT TIME ZONE c.time_zone)::date AS today
  FROM monitoring_mrdseries s
  JOIN monitoring_patient p ON p.id = s.patient_id
  JOIN monitoring_centre c ON c.id = p.centre_id
  WHERE {which}
    AND EXISTS (SELECT 1 FROM app_care r WHERE r.patient_id = s.patient_id
                AND r.centre_id = ANY (%(centres)s::bigint[]) AND r.role = ANY (%(caring)s::text[]))
  ORDER BY s.id LIMIT 1
), ready AS (
  SELECT f.series_id, f.patient_id, f.ruleset, f.revision, f.chart_version, f.computed_for, f.content
  FROM asked JOIN monitoring_storedfigure f
    ON f.series_id = asked.id AND f.ruleset = asked.ruleset AND f.revision = asked.revision
   AND f.computed_for = asked.today
  WHERE (f.ruleset, f.chart_version) IN (SELECT * FROM unnest(%(rulesets)s::text[], %(editions)s::text[]))
), noted AS (
  INSERT INTO monitoring_readentry (quarter, actor_id, patient_id, channel, at)
  SELECT %(quarter)s::bigint, %(actor)s::bigint, ready.patient_id, %(channel)s::text, statement_timestamp() FROM ready
  WHERE NOT EXISTS (SELECT 1 FROM monitoring_readentry n WHERE n.actor_id = %(actor)s::bigint
                    AND n.patient_id = ready.patient_id AND n.quarter = %(quarter)s::bigint)
  ON CONFLICT DO NOTHING
)
SELECT series_id, ruleset, revision, chart_version, computed_for, content FROM ready
"""
OF_PATIENT = READ.format(
    which="s.patient_id = %(patient)s::bigint AND (%(marker)s::text = '' OR s.marker = %(marker)s::text)"
)
OF_SERIES = READ.format(which="s.id = %(series)s::bigint")

RULESETS = [ruleset.value for ruleset in RuleSetId]
EDITIONS = [figures.chart_version(ruleset) for ruleset in RuleSetId]
MARKERS = {"", *(marker.value for marker in Marker)}
LARGEST_ID = 2**63 - 1  # of a bigint; an address may hold a longer number
CARING = sorted(role.value for role in permissions.CARING)


def read_of_patient(
    *, by: User, patient_id: int, marker: str, ruleset: str, channel: str, now: datetime
) -> ReadyFigure | None:
    """Return the figure of a marker (the first one where it is empty) and note the reading; None: go the whole way."""
    if patient_id > LARGEST_ID or marker not in MARKERS:
        return None
    return _read(OF_PATIENT, {"patient": patient_id, "marker": marker}, by, ruleset, channel, now)


def read_of_series(*, by: User, series_id: int, ruleset: str, channel: str, now: datetime) -> ReadyFigure | None:
    """Return the figure of a series and note the reading; None: go the whole way."""
    if series_id > LARGEST_ID:
        return None
    return _read(OF_SERIES, {"series": series_id}, by, ruleset, channel, now)


def _read(
    sql: str, which: Mapping[str, Any], by: User, ruleset: str, channel: str, now: datetime
) -> ReadyFigure | None:
    if ruleset not in ("", *RULESETS):
        return None
    parameters = {
        **which,
        "ruleset": ruleset, "now": now, "centres": permissions.chart_centres_of(by), "caring": CARING,
        "rulesets": RULESETS, "editions": EDITIONS, "quarter": quarter_of(now), "actor": by.pk, "channel": channel,
    }  # fmt: skip
    for series_id, found, revision, edition, on, content in planned_statements.rows(sql, parameters):
        return ReadyFigure(bytes(content), etag_of(series_id, RuleSetId(found), revision, edition, on))
    return None
