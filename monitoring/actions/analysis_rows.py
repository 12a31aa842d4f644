"""The rows of the analysis set, made anew for the patients of whom something changed; one at a time per patient.

What waits stands in the table of changes, written by the database with each change. A batch is a transaction: it locks
its patients, takes the changes that it sees, reads the records after that, writes the rows, and deletes exactly the
changes that it took. Whatever is committed meanwhile stays waiting; a batch that breaks changes nothing.
"""

import json
import logging
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from django.db import connection, transaction

from monitoring import scope
from monitoring.actions.computed_rows import Row, arriving
from monitoring.domain.classify import classify
from monitoring.domain.cohorts.assembly import AnalysisQuestion, analyse
from monitoring.domain.cohorts.compact import write_course, write_selection
from monitoring.domain.rulesets import RULESETS
from monitoring.domain.terms import RuleSetId
from monitoring.queries import analysis_edition, analysis_set
from monitoring.queries.analysis_set import AnalysisInputs

log = logging.getLogger(__name__)

# The first half of the advisory lock's key: one lock for each patient.
LOCK_SPACE = 0x414E53
BATCH = 200  # patients: their records lie in memory together

COLUMNS = {
    "series_id": "bigint",
    "patient_id": "bigint",
    "ruleset": "text",
    "edition": "text",
    "computed_for": "date",
    "selection": "jsonb",
    "course": "jsonb",
}

# Rows that nobody asked for by a change: missing ones, those of another edition, and those in whose record a day has
# come since that was still ahead (a cycle planned, a care relation that begins or has ended).
NOTE_STALE = """
INSERT INTO monitoring_analysischange (patient_id, at)
SELECT DISTINCT s.patient_id, %(now)s::timestamptz
FROM monitoring_mrdseries s
CROSS JOIN unnest(%(rulesets)s::text[], %(editions)s::text[]) AS wanted (ruleset, edition)
JOIN monitoring_patient p ON p.id = s.patient_id
JOIN monitoring_centre c ON c.id = p.centre_id
CROSS JOIN LATERAL (SELECT (%(now)s::timestamptz AT TIME ZONE c.time_zone)::date AS today) AS at_centre
LEFT JOIN monitoring_analysisrow r ON r.series_id = s.id AND r.ruleset = wanted.ruleset
WHERE (r.id IS NULL OR r.edition <> wanted.edition OR (r.computed_for < today AND EXISTS (
    SELECT 1 FROM (
      SELECT patient_id, starts_on AS on_day FROM monitoring_treatment
      UNION ALL SELECT patient_id, starts_on FROM monitoring_venetoclaxcycle
      UNION ALL SELECT patient_id, happened_on FROM monitoring_clinicalevent
      UNION ALL SELECT patient_id, collected_on FROM monitoring_mrdresult WHERE state = 'AUTHORISED'
      UNION ALL SELECT patient_id, found_on FROM monitoring_mutationfinding
      UNION ALL SELECT patient_id, measured_on FROM monitoring_bloodcount
      UNION ALL SELECT patient_id, starts_on FROM monitoring_adverseevent
      UNION ALL SELECT patient_id, given_on FROM monitoring_transfusion
      UNION ALL SELECT patient_id, starts_on FROM monitoring_dosechange
      UNION ALL SELECT patient_id, starts_on FROM monitoring_carerelation
      UNION ALL SELECT patient_id, ends_on + 1 FROM monitoring_carerelation
    ) AS dated
    WHERE dated.patient_id = s.patient_id AND dated.on_day > r.computed_for AND dated.on_day <= today)))
  AND NOT EXISTS (SELECT 1 FROM monitoring_analysischange w WHERE w.patient_id = s.patient_id)
"""

CLAIM = """
SELECT patient_id FROM (
  SELECT DISTINCT patient_id FROM monitoring_analysischange
  WHERE patient_id > %(after)s ORDER BY patient_id LIMIT %(batch)s
) AS waiting
"""
LOCK_FREE = "SELECT id FROM unnest(%s::bigint[]) AS id WHERE pg_try_advisory_xact_lock(%s, id::int)"
TAKE = "SELECT id FROM monitoring_analysischange WHERE patient_id = ANY (%s)"
SETTLE = "DELETE FROM monitoring_analysischange WHERE id = ANY (%s)"

UPSERT = """
INSERT INTO monitoring_analysisrow (
  series_id, patient_id, ruleset, revision, edition, computed_for, computed_at, selection, course)
SELECT series_id, patient_id, ruleset, %s, edition, computed_for, %s, selection, course FROM {source}
ON CONFLICT (series_id, ruleset) DO UPDATE SET
  patient_id = excluded.patient_id, revision = excluded.revision, edition = excluded.edition,
  computed_for = excluded.computed_for, computed_at = excluded.computed_at,
  selection = excluded.selection, course = excluded.course
"""
# Series that are followed no more, or by nobody of these patients.
FORGET = "DELETE FROM monitoring_analysisrow WHERE patient_id = ANY (%s) AND NOT (series_id = ANY (%s))"
FORGET_UNUSED = "DELETE FROM monitoring_analysisrow WHERE NOT (ruleset = ANY (%s))"


@dataclass(slots=True)
class RefreshReport:
    """How many patients were computed, how many rows written, and which patients could not be computed."""

    patients: int = 0
    rows: int = 0
    failed: list[int] = field(default_factory=list)


def refresh(*, now: datetime, rulesets: Iterable[RuleSetId] = (), batch: int = BATCH) -> RefreshReport:
    """Bring the analysis set up to date by the rule sets in use, those kept and those asked for.

    Patients whom somebody else computes at this moment are left to them.
    """
    asked, report, after = frozenset(rulesets), RefreshReport(), 0
    with transaction.atomic():
        scope.enter_all_centres()
        wanted = sorted(asked | analysis_edition.rulesets_in_use() | analysis_edition.rulesets_kept())
        _run(NOTE_STALE, {"now": now, **analysis_edition.editions(wanted)})
    while claimed := _claimed(after, batch):
        _refresh_batch(claimed, wanted, report, now)
        after = claimed[-1]
    return report


def forget_unused() -> None:
    """Delete the rows by rule sets that nothing uses any more."""
    with transaction.atomic():
        scope.enter_all_centres()
        _run(FORGET_UNUSED, [[each.value for each in analysis_edition.rulesets_in_use()]])


def _refresh_batch(claimed: list[int], wanted: list[RuleSetId], report: RefreshReport, now: datetime) -> None:
    try:
        _compute(claimed, wanted, report, now)
    except Exception:
        if len(claimed) == 1:
            log.exception("The analysis row of patient %s could not be made.", claimed[0])
            report.failed += claimed
            return
        log.exception("A batch of the analysis set could not be made; its patients are tried one by one.")
        for patient_id in claimed:
            _refresh_batch([patient_id], wanted, report, now)


def _claimed(after: int, batch: int) -> list[int]:
    with transaction.atomic():
        scope.enter_all_centres()
        return _column(CLAIM, {"after": after, "batch": batch})


@transaction.atomic
def _compute(claimed: list[int], wanted: list[RuleSetId], report: RefreshReport, now: datetime) -> None:
    """The lock first, then the changes, then the records: what is committed later stays waiting."""
    scope.enter_all_centres()
    patient_ids = _column(LOCK_FREE, [claimed, LOCK_SPACE])
    changes = _column(TAKE, [patient_ids])
    if not changes:
        return
    rows: list[Row] = []
    for inputs in analysis_set.read(patient_ids, now=now):
        rows += [_row(inputs, ruleset) for ruleset in wanted]
    _write(rows, now)
    _run(FORGET, [patient_ids, [row[0] for row in rows]])
    _run(SETTLE, [changes])
    report.patients += len(patient_ids)
    report.rows += len(rows)


def _row(each: AnalysisInputs, ruleset: RuleSetId) -> Row:
    verdict = classify(each.inputs.series, RULESETS[ruleset], each.as_of)
    selection, course = analyse(AnalysisQuestion(each.inputs.series, verdict, each.treatments, each.facts, each.as_of))
    return (
        each.inputs.series_id,
        each.inputs.patient_id,
        ruleset.value,
        analysis_edition.edition_of(ruleset),
        each.as_of,
        # marker and centre beside it, so that the builder reads one table
        _text([each.inputs.series.marker.value, each.centre_id, write_selection(selection)]),
        _text(write_course(course)),
    )


def _text(value: object) -> str:
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def _write(rows: list[Row], now: datetime) -> None:
    if not rows:
        return
    [revision] = _column("SELECT nextval('monitoring_analysis_revision')", [])
    found = arriving("arriving_analysis_rows", COLUMNS, rows)
    _run(UPSERT.format(source=found.source), [revision, now, *found.parameters])


def _column(sql: str, parameters: object) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)  # type: ignore[arg-type]
        return [value for (value,) in cursor.fetchall()]


def _run(sql: str, parameters: object) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)  # type: ignore[arg-type]
