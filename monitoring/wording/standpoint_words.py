"""From where a record is looked at, in words: as collected by a day, as recorded by a moment."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from monitoring.wording import dates
from monitoring.wording.phrases import full_day

ONE_MINUTE = timedelta(minutes=1)


def standpoint_words(as_of: date, known_at: datetime, zone: ZoneInfo) -> str:
    """Return both days of a standpoint: `As collected by 12 March 2026 and as recorded by 13 March 2026, 17:00`."""
    return _("As collected by %(day)s and as recorded by %(moment)s; this is not the current state.") % {
        "day": full_day(as_of),
        "moment": full_moment(known_at, zone),
    }


def full_moment(at: datetime, zone: ZoneInfo) -> str:
    """Return a moment as a sentence says it, with seconds only where it has any: `13 March 2026, 17:00`."""
    local = at.astimezone(zone)
    clock = dates.clock(local) if not local.second and not local.microsecond else f"{local:%H:%M:%S}"
    return f"{full_day(local.date())}, {clock}"


def clock_change_words(at: datetime, zone: ZoneInfo) -> str:
    """Return which of two hours is meant in the night in which the clocks go back; empty for any other moment."""
    readings = [at.astimezone(zone).replace(fold=fold).astimezone(UTC) for fold in (0, 1)]
    if readings[0] == readings[1]:
        return ""
    offset = f"UTC{_signed(at.astimezone(zone).utcoffset() or timedelta())}"
    if at.astimezone(UTC) == readings[1]:
        return _("The clocks went back in that night: meant is the second of the two hours (%(offset)s).") % {
            "offset": offset
        }
    return _("The clocks went back in that night: meant is the first of the two hours (%(offset)s).") % {
        "offset": offset
    }


def _signed(offset: timedelta) -> str:
    hours, minutes = divmod(abs(offset) // ONE_MINUTE, dates.MINUTES_PER_HOUR)
    return f"{'−' if offset < timedelta() else '+'}{hours:02d}:{minutes:02d}"


def not_registered_words(registered_at: datetime, zone: ZoneInfo) -> str:
    """Return since when a patient is on record, for a page of a moment before."""
    return _("The patient was registered here on %(moment)s. Before that nothing was on record.") % {
        "moment": full_moment(registered_at, zone)
    }
