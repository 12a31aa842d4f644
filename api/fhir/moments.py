"""Dates and instants of FHIR, and the periods that searches ask for. Free of Django."""

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from api.fhir.refusals import bad_request, unprocessable

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_INSTANT = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,6})?)?(Z|[+-]\d{2}:\d{2})", re.ASCII)
_ASKED = re.compile(r"(eq|ne|lt|le|gt|ge|sa|eb)?(\d{4}(?:-\d{2}(?:-\d{2})?)?|\d{4}-\d{2}-\d{2}T.+)", re.ASCII)
DAYS_OF_DECEMBER_AND_MORE = 32  # days; from the first of a month, always in the next one
EARLIEST_YEAR = 1900
LATEST_YEAR = 2200


@dataclass(frozen=True, slots=True)
class Collected:
    """When a sample was taken: the moment with its offset, or the day alone where nothing more was told."""

    on: date
    at: datetime | None = None

    def day_at(self, zone: ZoneInfo) -> date:
        """Return the day at the centre: a moment shortly before midnight elsewhere may be the next one here."""
        return self.on if self.at is None else self.at.astimezone(zone).date()


def read(text: object, expression: str) -> Collected:
    """Return a dateTime that says at least its day; raises FhirRefused (422, value)."""
    try:
        if isinstance(text, str) and _DAY.fullmatch(text):
            return _possible(Collected(date.fromisoformat(text)))
        if isinstance(text, str) and _INSTANT.fullmatch(text):
            moment = datetime.fromisoformat(text)
            return _possible(Collected(moment.date(), moment))
    except ValueError:
        pass
    raise unprocessable("value", "This is neither a day nor a moment with its offset from UTC.", expression)


def _possible(collected: Collected) -> Collected:
    if not EARLIEST_YEAR <= collected.on.year < LATEST_YEAR:
        raise ValueError
    return collected


@dataclass(frozen=True, slots=True)
class Period:
    """What a search asks of a date: a prefix and the days from `first` to `last`; `at` where a moment was asked."""

    prefix: str
    first: date
    last: date
    at: datetime | None = None


def asked(text: str, name: str) -> Period:
    """Return the period of a search value such as `ge2026-03`; raises FhirRefused (400)."""
    match = _ASKED.fullmatch(text)
    try:
        if match is None:
            raise ValueError
        prefix, told = match[1] or "eq", match[2]
        if "T" in told:
            moment = datetime.fromisoformat(told.replace(" ", "+"))
            if moment.tzinfo is None:
                raise ValueError
            return Period(prefix, moment.date(), moment.date(), moment)
        return Period(prefix, *_days(told))
    except (ValueError, OverflowError) as error:
        raise bad_request("value", f"{name}: this is no date that can be searched for.") from error


def _days(told: str) -> tuple[date, date]:
    parts = [int(part) for part in told.split("-")]
    if not EARLIEST_YEAR <= parts[0] < LATEST_YEAR:
        raise ValueError
    if len(parts) == 1:
        return date(parts[0], 1, 1), date(parts[0], 12, 31)
    if len(parts) == 2:  # year and month
        first = date(parts[0], parts[1], 1)
        return first, (first + timedelta(days=DAYS_OF_DECEMBER_AND_MORE)).replace(day=1) - timedelta(days=1)
    return date(*parts), date(*parts)
