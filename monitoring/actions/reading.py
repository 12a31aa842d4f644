"""Reading is logged too: once per person, patient and quarter of an hour."""

from datetime import datetime

from monitoring.models import Patient, ReadEntry, User

QUARTER_SECONDS = 15 * 60


def note(*, by: User, patient: Patient, channel: str, now: datetime) -> None:
    """Note that a person opened this patient's record; once in a quarter of an hour."""
    ReadEntry.objects.bulk_create(
        [
            ReadEntry(
                actor_id=by.pk,
                patient_id=patient.pk,
                quarter=int(now.timestamp()) // QUARTER_SECONDS,
                channel=channel,
            )
        ],
        ignore_conflicts=True,
    )
