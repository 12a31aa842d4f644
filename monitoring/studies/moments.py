"""When copied facts are said to have been recorded: constructed, some days after each fact, never later than now."""

from datetime import UTC, date, datetime

from monitoring.studies.records import PatientRecord

RECORDED_AFTER, SUBMITTED_AFTER, AUTHORISED_AFTER = 1, 3, 4  # days
TIME_OF_DAY = "12:00:00+00:00"


class Moments:
    """Moments as text, capped by the moment of loading."""

    def __init__(self, now: datetime) -> None:
        self.now = now.astimezone(UTC).isoformat(sep=" ", timespec="seconds")
        self._of_day: dict[int, str] = {}  # by the number of the day in the calendar; a registry asks millions of times

    def recorded(self, patient: PatientRecord, day: int, after: int = RECORDED_AFTER) -> str:
        """Return the moment so many days after a day of the course."""
        number = patient.diagnosed_on.toordinal() + day + after
        moment = self._of_day.get(number)
        if moment is None:
            moment = min(f"{date.fromordinal(number).isoformat()} {TIME_OF_DAY}", self.now)
            self._of_day[number] = moment
        return moment
