"""Days and moments of HL7 v2 (TS, DTM): as precise as they were told, in the sender's zone where none was told."""

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone, tzinfo

# YYYY[MM[DD[HH[MM[SS[.S[S[S[S]]]]]]]]][+/-ZZZZ]
MOMENT = re.compile(
    r"(\d{4})(?:(\d{2})(?:(\d{2})(?:(\d{2})(?:(\d{2})(?:(\d{2})(?:\.(\d{1,4}))?)?)?)?)?)?(?:([+-])(\d{2})(\d{2}))?",
    re.ASCII,
)
EARLIEST_YEAR, LATEST_YEAR = 1900, 2200
LONGEST_OFFSET_HOURS = 14
MICROSECONDS = 6  # digits


@dataclass(frozen=True, slots=True)
class Told:
    """A day, and the moment with its offset where at least the hour was told."""

    on: date
    at: datetime | None

    def day_in(self, zone: tzinfo) -> date:
        """Return the day at a centre: a moment before midnight elsewhere may be the next day there."""
        return self.on if self.at is None else self.at.astimezone(zone).date()


def read_moment(text: str, zone: tzinfo) -> Told | None:
    """Return what a time stamp says, at least a day; None where it is none."""
    match = MOMENT.fullmatch(text)
    if match is None or match[3] is None or not EARLIEST_YEAR <= int(match[1]) < LATEST_YEAR:
        return None
    try:
        on = date(int(match[1]), int(match[2]), int(match[3]))
        return Told(on, _moment(on, match, zone) if match[4] else None)
    except (ValueError, OverflowError):
        return None


def _moment(on: date, match: re.Match[str], zone: tzinfo) -> datetime:
    told = datetime(
        on.year, on.month, on.day, int(match[4]), int(match[5] or 0), int(match[6] or 0),
        int((match[7] or "0").ljust(MICROSECONDS, "0")), tzinfo=_offset(match) or zone,
    )  # fmt: skip
    told.astimezone(timezone.utc)  # noqa: UP017 # an offset that leaves the calendar is found here
    return told


def _offset(match: re.Match[str]) -> timezone | None:
    if match[8] is None:
        return None
    hours, minutes = int(match[9]), int(match[10])
    if hours > LONGEST_OFFSET_HOURS:
        raise ValueError
    ahead = timedelta(hours=hours, minutes=minutes)
    return timezone(ahead if match[8] == "+" else -ahead)
