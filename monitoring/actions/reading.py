"""Reading is logged too: once per person, patient and quarter of an hour."""

from collections.abc import Iterable
from datetime import datetime

from monitoring.models import Patient, ReadEntry, User

QUARTER_SECONDS = 15 * 60


def quarter_of(now: datetime) -> int:
    """Return the quarter of an hour of a moment, counted from 1970."""
    return int(now.timestamp()) // QUARTER_SECONDS


def note(*, by: User, patient: Patient, channel: str, now: datetime) -> None:
    """Note that a person opened this patient's record; once in a quarter of an hour."""
    note_all(by=by, patient_ids=[patient.pk], channel=channel, now=now)


def note_all(*, by: User, patient_ids: Iterable[int], channel: str, now: datetime) -> None:
    """Note that a person opened a page that shows these patients."""
    quarter = quarter_of(now)
    ReadEntry.objects.bulk_create(
        [ReadEntry(actor_id=by.pk, patient_id=pk, quarter=quarter, channel=channel) for pk in sorted(set(patient_ids))],
        ignore_conflicts=True,
    )
