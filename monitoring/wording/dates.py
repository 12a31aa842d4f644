"""Days, moments and spans as the reader's language writes them: 22 Oct 2026, 22 oct. 2026."""

from datetime import date, datetime, timedelta
from decimal import Decimal

from django.utils.dates import MONTHS, WEEKDAYS, WEEKDAYS_ABBR
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext, pgettext_lazy

from monitoring.wording.numbers import marks

DAYS_PER_MONTH = Decimal("30.4375")  # days; Julian year / 12, as for every endpoint (docs/methods)
DECIMAL_MONTHS_BELOW = 10  # months; a tenth of a month is told below it, [DESIGN]
SECONDS_PER_MINUTE = 60
MINUTES_PER_HOUR = 60

SHORT_MONTHS = {
    1: pgettext_lazy("month in a date", "Jan"),
    2: pgettext_lazy("month in a date", "Feb"),
    3: pgettext_lazy("month in a date", "Mar"),
    4: pgettext_lazy("month in a date", "Apr"),
    5: pgettext_lazy("month in a date", "May"),
    6: pgettext_lazy("month in a date", "Jun"),
    7: pgettext_lazy("month in a date", "Jul"),
    8: pgettext_lazy("month in a date", "Aug"),
    9: pgettext_lazy("month in a date", "Sep"),
    10: pgettext_lazy("month in a date", "Oct"),
    11: pgettext_lazy("month in a date", "Nov"),
    12: pgettext_lazy("month in a date", "Dec"),
}


def short_day(on: date) -> str:
    """Return a day whose year is plain from its surroundings: `22 Oct`."""
    return f"{_number_of_day(on)} {SHORT_MONTHS[on.month]}"


def day(on: date) -> str:
    """Return a day: `22 Oct 2026`."""
    return f"{short_day(on)} {on.year:04d}"


def long_day(on: date) -> str:
    """Return a day with weekday and month in full: `Friday 20 November 2026`."""
    return f"{WEEKDAYS[on.weekday()]} {_number_of_day(on)} {MONTHS[on.month]} {on.year:04d}"


def weekday(on: date) -> str:
    """Return the short weekday: `Fri`."""
    return str(WEEKDAYS_ABBR[on.weekday()])


def clock(at: datetime) -> str:
    """Return the time of day, already in the reader's time zone: `09:12`."""
    return f"{at:%H:%M}"


def moment(at: datetime) -> str:
    """Return day and time, already in the reader's time zone: `18 Nov 2026, 16:42`."""
    return f"{day(at)}, {clock(at)}"


def echo(typed: str) -> str:
    """Return the day that an ISO date means, with its weekday; empty while it is none."""
    try:
        on = date.fromisoformat(typed.strip())
    except ValueError:
        return ""
    return f"{weekday(on)} {day(on)}"


def names_for_the_browser() -> tuple[str, str, str, str]:
    """Return weekdays, months, the first of a month, and what is said of a day that does not exist."""
    weekdays = "|".join(str(name) for name in WEEKDAYS_ABBR.values())
    months = "|".join(str(name) for name in SHORT_MONTHS.values())
    return weekdays, months, pgettext("first day of a month", "1"), _("this day does not exist")


def months_between(start: date, end: date) -> Decimal:
    """Return months = days / 30.4375; negative when `end` lies before `start`."""
    return Decimal((end - start).days) / DAYS_PER_MONTH


def months_since(end: date, start: date) -> str:
    """Return the months from `start` to `end` in words: `4.3 months`, `18 months`."""
    months = months_between(start, end)
    places = Decimal("0.1") if abs(months) < DECIMAL_MONTHS_BELOW else Decimal(1)
    shown = f"{months.quantize(places):f}".removesuffix(".0")
    count = 1 if shown in {"1", "-1"} else 2  # the word follows the number that is shown
    words = ngettext("%(count)s month", "%(count)s months", count)
    return words % {"count": shown.replace(".", marks().decimal)}


def countdown(due_on: date, today: date) -> str:
    """Return how a due date stands today: `6 days left`, `due today`, `3 days overdue`."""
    days = (due_on - today).days
    if days == 0:
        return _("due today")
    if days > 0:
        return ngettext("%(count)s day left", "%(count)s days left", days) % {"count": days}
    return ngettext("%(count)s day overdue", "%(count)s days overdue", -days) % {"count": -days}


def duration(span: timedelta) -> str:
    """Return a waiting time, rounded up to whole minutes, or hours where these are whole: `15 minutes`."""
    minutes = -(-int(span.total_seconds()) // SECONDS_PER_MINUTE)
    hours, rest = divmod(minutes, MINUTES_PER_HOUR)
    if hours and not rest:
        return ngettext("%(count)s hour", "%(count)s hours", hours) % {"count": hours}
    return ngettext("%(count)s minute", "%(count)s minutes", minutes) % {"count": minutes}


def _number_of_day(on: date) -> str:
    return pgettext("first day of a month", "1") if on.day == 1 else str(on.day)
