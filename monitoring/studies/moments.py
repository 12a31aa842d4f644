"""When copied facts are said to have been recorded: constructed, some days after each fact, never later than now."""

from datetime import UTC, datetime

from monitoring.studies.records import PatientRecord

RECORDED_AFTER, SUBMITTED_AFTER, AUTHORISED_AFTER = 1, 3, 4  # days
TIME_OF_DAY = "12:00:00+00:00"


class Moments:
    """Moments as text, capped by the moment of loading."""

    def __init__(self, now: datetime) -> None:
        self.now = now.astimezone(UTC).isoformat(sep=" ", timespec="seconds")

    def recorded(self, patient: PatientRecord, day: int, after: int = RECORDED_AFTER) -> str:
        """Return the moment so many days after a day of the course."""
        return min(f"{patient.on(day + after).isoformat()} {TIME_OF_DAY}", self.now)
