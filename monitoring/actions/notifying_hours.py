"""When a person is left in peace: quiet hours and week-ends, in the time zone of the patient's centre."""

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

SATURDAY = 5  # of datetime.weekday()
DAYS = 7
MIDNIGHT = time(0)


@dataclass(frozen=True, slots=True)
class QuietHours:
    """From a time of day until another, across midnight where the second is the earlier; and whole week-ends."""

    begins: time | None = None
    ends: time | None = None
    weekends: bool = False

    def end_of(self, moment: datetime, zone: ZoneInfo) -> datetime:
        """Return the first moment, from this one on, that is not quiet; in UTC, whatever daylight saving does."""
        until = moment.astimezone(UTC)
        for _ in range(2 * DAYS):
            local = until.astimezone(zone)
            later = self._end_of_weekend(local, zone) or self._end_of_night(local, zone)
            if later is None or later <= until:
                break
            until = later
        return until

    def _end_of_weekend(self, local: datetime, zone: ZoneInfo) -> datetime | None:
        if not self.weekends or local.weekday() < SATURDAY:
            return None
        monday = local.date() + timedelta(days=DAYS - local.weekday())
        return datetime.combine(monday, MIDNIGHT, tzinfo=zone).astimezone(UTC)

    def _end_of_night(self, local: datetime, zone: ZoneInfo) -> datetime | None:
        if self.begins is None or self.ends is None or self.begins == self.ends:
            return None
        at = local.time()
        crosses_midnight = self.ends < self.begins
        if crosses_midnight and not (at >= self.begins or at < self.ends):
            return None
        if not crosses_midnight and not self.begins <= at < self.ends:
            return None
        day = local.date() + timedelta(days=1 if crosses_midnight and at >= self.begins else 0)
        # an hour that the clock repeats is quiet both times: the end is its later occurrence where we are in it already
        return datetime.combine(day, self.ends, tzinfo=zone).replace(fold=local.fold).astimezone(UTC)
