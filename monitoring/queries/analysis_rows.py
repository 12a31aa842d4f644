"""The analysis set as it was made: for the builder of cohorts, and the patients of one whole. Never computed here."""

import contextlib
import gc
import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from operator import attrgetter
from typing import Any

from django.db import connection

from monitoring.domain.cohorts.compact import read_course, read_selection
from monitoring.domain.cohorts.definition import Candidate
from monitoring.domain.cohorts.patient import CohortPatient
from monitoring.domain.terms import Marker, RuleSetId
from monitoring.queries import analysis_edition

CHUNK = 5_000  # rows in memory as text at once
_MARKERS = {marker.value: marker for marker in Marker}
_NUMBER = attrgetter("series_id")

# "Seen" is who may see a chart; a laboratory sees the samples that were sent to it. The condition stands here beside
# row-level security for the worker, who sees every row: it answers within the centres whose scope it has entered.

# The patients seen stand in an array, not in a join: so rows are found in one walk of the index by patient, and as many
# are read as there are, whether 70 or 50,000. Nothing else is joined, since row-level security would be asked of each
# table: marker and centre stand in the row (actions/analysis_rows.py).
ROWS_SEEN = """
FROM monitoring_analysisrow r
WHERE r.ruleset = %(ruleset)s AND r.edition = %(edition)s
  AND r.patient_id = ANY (ARRAY(SELECT patient_id FROM app_care WHERE role <> 'LABORATORY'))
"""
# All selections as one text: decoding one long text takes half as long as many short ones.
SELECTIONS = f"""
SELECT array_agg(r.series_id), '[' || string_agg(r.selection::text, ',') || ']' {ROWS_SEEN}
  AND (%(marker)s = '' OR r.selection->>0 = %(marker)s)
"""
SERIES = f"SELECT r.series_id {ROWS_SEEN}"
PATIENTS = f"""
SELECT r.series_id, r.patient_id, r.selection::text, r.course::text {ROWS_SEEN}
  AND (%(series)s::bigint[] IS NULL OR r.series_id = ANY (%(series)s::bigint[]))
"""
CENTRES = "SELECT id, code FROM monitoring_centre"
PEOPLE = "SELECT id, pseudonym, is_synthetic FROM monitoring_patient WHERE id = ANY (%(patients)s)"

# The newest row of somebody seen, from the newest down; patients are told apart in the order of the index, and changes
# once a patient. A series without a row by this rule set has its change noted, or nobody has such a row.
STATE = """
SELECT coalesce((SELECT r.revision FROM monitoring_analysisrow r
                 WHERE r.ruleset = %(ruleset)s AND r.edition = %(edition)s AND EXISTS (
                   SELECT 1 FROM app_care c WHERE c.patient_id = r.patient_id AND c.role <> 'LABORATORY')
                 ORDER BY r.revision DESC LIMIT 1), 0),
       (SELECT count(DISTINCT patient_id) FROM app_care WHERE role <> 'LABORATORY'),
       (SELECT count(*) FROM (SELECT DISTINCT patient_id FROM monitoring_analysischange) AS waiting
        WHERE waiting.patient_id IN (SELECT patient_id FROM app_care WHERE role <> 'LABORATORY')),
       EXISTS (SELECT 1 FROM app_care c JOIN monitoring_mrdseries s ON s.patient_id = c.patient_id
               WHERE c.role <> 'LABORATORY')
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
    codes = dict(_rows(CENTRES, {}))
    [(series, selections)] = _rows(SELECTIONS, {**_asked(ruleset), "marker": marker or ""})
    if not series:
        return []
    with without_collection():
        found = [
            Candidate(series_id, _MARKERS[marker_name], codes[centre_id], read_selection(selection))
            for series_id, (marker_name, centre_id, selection) in zip(series, json.loads(selections), strict=True)
        ]
        found.sort(key=_NUMBER)
    return found


def read_series(ruleset: RuleSetId) -> frozenset[int]:
    """Return the numbers of the series of everyone seen."""
    return frozenset(series_id for (series_id,) in _rows(SERIES, _asked(ruleset)))


def read_patients(ruleset: RuleSetId, series_ids: Collection[int] | None = None) -> list[CohortPatient]:
    """Return patients of the analysis set whole, by number of the series; None is everyone seen."""
    codes = dict(_rows(CENTRES, {}))
    asked: dict[str, Any] = {**_asked(ruleset), "series": None if series_ids is None else list(series_ids)}
    found: list[CohortPatient] = []
    with without_collection(), connection.chunked_cursor() as cursor:
        cursor.execute(PATIENTS, asked)
        while rows := cursor.fetchmany(CHUNK):
            found += _patients(ruleset, rows, codes)
        found.sort(key=_NUMBER)
    return found


def data_state(ruleset: RuleSetId) -> DataState:
    """Return the state of the analysis set by one rule set, as this transaction sees it."""
    [(revision, patients, changed, is_followed)] = _rows(STATE, _asked(ruleset))
    return DataState(revision, patients, patients if is_followed and not revision else changed)


def _asked(ruleset: RuleSetId) -> dict[str, str]:
    return {"ruleset": ruleset.value, "edition": analysis_edition.edition_of(ruleset)}


def _rows(sql: str, asked: Mapping[str, Any]) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(sql, asked)
        found: list[Any] = cursor.fetchall()
    return found


def _patients(ruleset: RuleSetId, rows: Sequence[Any], codes: Mapping[int, str]) -> Iterator[CohortPatient]:
    """Positional, in the order of the fields: with names it takes twice as long."""
    people = {patient_id: told for patient_id, *told in _rows(PEOPLE, {"patients": [row[1] for row in rows]})}
    texts = json.loads("[" + ",".join(f"{selection},{course}" for *_, selection, course in rows) + "]")
    told = zip(rows, texts[::2], texts[1::2], strict=True)
    for (series_id, patient_id, *_), (marker, centre_id, selection), course in told:
        pseudonym, is_synthetic = people[patient_id]
        yield CohortPatient(
            series_id, patient_id, pseudonym, codes[centre_id], _MARKERS[marker], ruleset, is_synthetic,
            read_selection(selection), read_course(course),
        )  # fmt: skip


@contextlib.contextmanager
def without_collection() -> Iterator[None]:
    """Pause the collector of cycles while many values are made or held that form none: it would look at each."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
