"""The analysis set as it was made: for the builder of cohorts, and the patients of one whole. Never computed here."""

import contextlib
import gc
import json
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from django.db import connection

from monitoring.domain.cohorts.compact import read_course, read_selection
from monitoring.domain.cohorts.definition import Candidate
from monitoring.domain.cohorts.patient import CohortPatient
from monitoring.domain.terms import Marker, RuleSetId
from monitoring.queries import analysis_edition

CHUNK = 2_000  # rows in memory as text at once
_MARKERS = {marker.value: marker for marker in Marker}

# "Seen" is who may see a chart; a laboratory sees the samples that were sent to it. The condition stands here beside
# row-level security for the worker, who sees every row: it answers within the centres whose scope it has entered.

# All selections as one text: decoding one long text takes half as long as many short ones. Nothing is joined, since
# row-level security would be asked of each table: marker and centre stand in the row (actions/analysis_rows.py).
SELECTIONS = """
SELECT array_agg(series_id), '[' || string_agg(selection, ',') || ']' FROM (
  SELECT r.series_id, r.selection::text FROM monitoring_analysisrow r
  WHERE r.ruleset = %(ruleset)s AND r.edition = %(edition)s AND (%(marker)s = '' OR r.selection->>0 = %(marker)s)
    AND r.patient_id IN (SELECT patient_id FROM app_care WHERE role <> 'LABORATORY')
  ORDER BY r.series_id
) AS in_order
"""
CENTRES = "SELECT id, code FROM monitoring_centre"

PATIENTS = """
SELECT r.series_id, r.patient_id, p.pseudonym, c.code, s.marker, p.is_synthetic, (r.selection->2)::text, r.course::text
FROM monitoring_analysisrow r
JOIN monitoring_mrdseries s ON s.id = r.series_id
JOIN monitoring_patient p ON p.id = r.patient_id
JOIN monitoring_centre c ON c.id = p.centre_id
WHERE r.ruleset = %(ruleset)s AND r.edition = %(edition)s
  AND (%(series)s::bigint[] IS NULL OR r.series_id = ANY (%(series)s::bigint[]))
  AND r.series_id > %(after)s AND r.patient_id IN (SELECT patient_id FROM app_care WHERE role <> 'LABORATORY')
ORDER BY r.series_id LIMIT %(chunk)s
"""

# Of one look at the relations of care: the newest row that belongs to them, from the newest down; nothing is counted
# that would have to be read. A series without a row by this rule set has its change noted, or nobody has such a row.
STATE = """
WITH care AS MATERIALIZED (SELECT DISTINCT patient_id FROM app_care WHERE role <> 'LABORATORY')
SELECT coalesce((SELECT r.revision FROM monitoring_analysisrow r
                 WHERE r.ruleset = %(ruleset)s AND r.edition = %(edition)s
                   AND r.patient_id IN (SELECT patient_id FROM care)
                 ORDER BY r.revision DESC LIMIT 1), 0),
       (SELECT count(*) FROM care),
       (SELECT count(DISTINCT w.patient_id) FROM monitoring_analysischange w
        WHERE w.patient_id IN (SELECT patient_id FROM care)),
       EXISTS (SELECT 1 FROM monitoring_mrdseries s WHERE s.patient_id IN (SELECT patient_id FROM care))
"""


@dataclass(frozen=True, slots=True)
class DataState:
    """The analysis set by one rule set as this person sees it: its revision, patients cared for, and who waits.

    Patients wait who have changed since; where there is no row by this rule set yet, all of them.
    """

    revision: int
    patients: int
    pending: int


def read_selections(ruleset: RuleSetId, marker: Marker | None = None) -> list[Candidate]:
    """Return what every patient seen is selected by, by number of the series; 50,000 in about half a second."""
    asked = {"ruleset": ruleset.value, "edition": analysis_edition.edition_of(ruleset), "marker": marker or ""}
    with connection.cursor() as cursor:
        cursor.execute(CENTRES)
        codes = dict(cursor.fetchall())
        cursor.execute(SELECTIONS, asked)
        [(series, selections)] = cursor.fetchall()
    if not series:
        return []
    with _without_collection():
        return [
            Candidate(series_id, _MARKERS[marker_name], codes[centre_id], read_selection(selection))
            for series_id, (marker_name, centre_id, selection) in zip(series, json.loads(selections), strict=True)
        ]


def read_patients(ruleset: RuleSetId, series_ids: Collection[int] | None = None) -> Iterator[CohortPatient]:
    """Yield patients of the analysis set whole, by number of the series; None is everyone seen."""
    asked = {
        "ruleset": ruleset.value,
        "edition": analysis_edition.edition_of(ruleset),
        "series": None if series_ids is None else list(series_ids),
        "chunk": CHUNK,
    }
    after = 0
    while True:
        with connection.cursor() as cursor:
            cursor.execute(PATIENTS, {**asked, "after": after})
            rows = cursor.fetchall()
        with _without_collection():
            found = [_patient(ruleset, *row) for row in rows]
        yield from found
        if len(rows) < CHUNK:
            return
        after = rows[-1][0]


def data_state(ruleset: RuleSetId) -> DataState:
    """Return the state of the analysis set by one rule set, as this transaction sees it."""
    with connection.cursor() as cursor:
        cursor.execute(STATE, {"ruleset": ruleset.value, "edition": analysis_edition.edition_of(ruleset)})
        [(revision, patients, changed, is_followed)] = cursor.fetchall()
    return DataState(revision, patients, patients if is_followed and not revision else changed)


def _patient(
    ruleset: RuleSetId,
    series_id: int,
    patient_id: int,
    pseudonym: str,
    centre: str,
    marker: str,
    is_synthetic: bool,
    selection: str,
    course: str,
) -> CohortPatient:
    return CohortPatient(
        series_id=series_id,
        patient_id=patient_id,
        pseudonym=pseudonym,
        centre=centre,
        marker=_MARKERS[marker],
        ruleset=ruleset,
        is_synthetic=is_synthetic,
        selection=read_selection(json.loads(selection)),
        course=read_course(json.loads(course)),
    )


@contextlib.contextmanager
def _without_collection() -> Iterator[None]:
    """Pause the collector of cycles while many values are made that hold none: it would take two thirds of the time."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
