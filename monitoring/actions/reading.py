"""Reading is logged too: once per person, patient and quarter of an hour."""

from collections.abc import Iterable
from datetime import datetime

from django.db import connection

from monitoring.models import Patient, User

QUARTER_SECONDS = 15 * 60

# One parameter for all patients: a statement takes 65,535, and an export may hold more patients than that.
NOTE = """
INSERT INTO monitoring_readentry (quarter, actor_id, patient_id, channel)
SELECT %s, %s, patient_id, %s FROM unnest(%s::bigint[]) AS patient_id ON CONFLICT DO NOTHING
"""


def quarter_of(now: datetime) -> int:
    """Return the quarter of an hour of a moment, counted from 1970."""
    return int(now.timestamp()) // QUARTER_SECONDS


def note(*, by: User, patient: Patient, channel: str, now: datetime) -> None:
    """Note that a person opened this patient's record; once in a quarter of an hour."""
    note_all(by=by, patient_ids=[patient.pk], channel=channel, now=now)


def note_all(*, by: User, patient_ids: Iterable[int], channel: str, now: datetime) -> None:
    """Note that a person opened a page that shows these patients."""
    with connection.cursor() as cursor:
        cursor.execute(NOTE, [quarter_of(now), by.pk, channel, sorted(set(patient_ids))])
