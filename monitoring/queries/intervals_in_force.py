"""The sampling intervals that a centre, or the clinicians of a patient, set apart from the default, and why.

A patient's own obey the history; a centre's are those of today, like all its settings (docs/adr/0008).
"""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime

from django.db import connection

from monitoring.domain.sampling_intervals import IntervalSet
from monitoring.models import SamplingInterval, User
from monitoring.queries.known_rows import on_record

Intervals = dict[int, tuple[IntervalSet, ...]]


# The centre's first, so that the patient's own of the same name stands over it.
CURRENT = """
SELECT patient_id, name, days, because, coalesce(nullif(u.full_name, ''), u.username), recorded_at, is_of_patient
FROM (
  SELECT p.id AS patient_id, i.name, i.days, i.because, i.set_by_id, i.recorded_at, false AS is_of_patient
  FROM monitoring_samplinginterval i JOIN monitoring_patient p ON p.centre_id = i.centre_id
  WHERE i.centre_id IS NOT NULL AND p.id = ANY (%(patients)s)
  UNION ALL
  SELECT i.patient_id, i.name, i.days, i.because, i.set_by_id, i.recorded_at, true
  FROM monitoring_samplinginterval i WHERE %(with_own)s AND i.patient_id = ANY (%(patients)s)
) AS found JOIN monitoring_user u ON u.id = found.set_by_id
ORDER BY patient_id, is_of_patient, name
"""


def read(patient_ids: Iterable[int], known_at: datetime | None = None) -> Intervals:
    """Return what is set apart for each of these patients, the centre's before their own; one query, or three.

    A patient for whom nothing is set apart is not among them. `known_at`: the patient's own as on record then.
    """
    wanted = sorted(set(patient_ids))
    found: dict[int, list[IntervalSet]] = defaultdict(list)
    with connection.cursor() as cursor:
        cursor.execute(CURRENT, {"patients": wanted, "with_own": known_at is None})
        for patient_id, *columns in cursor.fetchall():
            found[patient_id].append(IntervalSet(*columns))
    if known_at is not None:
        _add_known(found, wanted, known_at)
    return {patient_id: tuple(each) for patient_id, each in found.items()}


def _add_known(found: dict[int, list[IntervalSet]], patient_ids: list[int], known_at: datetime) -> None:
    rows = sorted(on_record(SamplingInterval, patient_ids, known_at), key=lambda row: row.name)
    people = User.objects.in_bulk({row.set_by_id for row in rows}) if rows else {}
    for row in rows:
        if row.patient_id is not None:
            name = people[row.set_by_id].shown_name
            found[row.patient_id].append(IntervalSet(row.name, row.days, row.because, name, row.recorded_at, True))


def of_centre(centre_id: int) -> dict[str, IntervalSet]:
    """Return what a centre has set apart, by name."""
    rows = SamplingInterval.objects.filter(centre_id=centre_id).select_related("set_by").order_by("name")
    return {row.name: _set(row) for row in rows}


def of_patient(patient_id: int) -> dict[str, IntervalSet]:
    """Return what is in force for a patient apart from the defaults, by name: its own over those of the centre."""
    return {each.name: each for each in read([patient_id]).get(patient_id, ())}


def _set(row: SamplingInterval) -> IntervalSet:
    return IntervalSet(
        row.name, row.days, row.because, row.set_by.shown_name, row.recorded_at, row.patient_id is not None
    )
