"""What is due as a calendar (RFC 5545): all-day entries with pseudonyms only.

An entry keeps its UID when its date moves; SEQUENCE is the revision of the series, which rises with every change to
what the date rests on. Nothing in it depends on the moment of reading, so that an unchanged calendar is the same text.
"""

from collections.abc import Iterable
from datetime import UTC, timedelta
from uuid import NAMESPACE_URL, uuid5

from django.utils.translation import gettext as _
from icalendar import Calendar, Event, vDuration

from monitoring.domain.due_identity import CalendarEntry
from monitoring.domain.due_samples import DueSample, ScheduleRule
from monitoring.wording.dates import day
from monitoring.wording.phrases import followed_words
from monitoring.wording.schedule_words import due_tissues, due_title

REFRESH = timedelta(hours=6)
ONE_DAY = timedelta(days=1)
FIRST_PRIORITY, USUAL_PRIORITY = 1, 5  # RFC 5545: 1 is the highest, 5 is medium
EDITION = "1"  # rises when the same entries are written differently: programs then read the calendar again
PRODUCT = "-//MRD review//Sampling schedule//"


def calendar_text(centre_code: str, centre_name: str, language: str, entries: Iterable[CalendarEntry]) -> bytes:
    """Return the calendar of a centre in the language that is active, `language`; entries in the order given."""
    name = _("MRD samples due, %(centre)s") % {"centre": centre_name}
    calendar = Calendar()
    calendar.add("prodid", f"{PRODUCT}{language.upper()}")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("name", name)
    calendar.add("x-wr-calname", name)
    calendar["refresh-interval"] = vDuration(REFRESH, params={"VALUE": "DURATION"})
    calendar.add("x-published-ttl", "PT6H")
    for entry in entries:
        calendar.add_component(_event(centre_code, entry))
    return bytes(calendar.to_ical(sorted=False))


def uid_of(centre_code: str, entry: CalendarEntry) -> str:
    """Return what a calendar knows an entry by; the same whoever reads it, whenever."""
    return str(uuid5(NAMESPACE_URL, f"mrd:{centre_code}:{entry.series_id}:{entry.key}"))


def _event(centre_code: str, entry: CalendarEntry) -> Event:
    due, event = entry.due, Event()
    assert due.due_on is not None  # noqa: S101 - only dated samples are entries
    is_first = due.rule is ScheduleRule.CONFIRM_SUSPECTED_RELAPSE
    # a confirmation stands from the day to aim at to its limit: a limit alone would be seen too late
    starts_on = due.target_on if is_first and due.target_on else due.due_on
    event.add("uid", uid_of(centre_code, entry))
    event.add("dtstamp", entry.changed_at.astimezone(UTC))
    event.add("last-modified", entry.changed_at.astimezone(UTC))
    event.add("sequence", entry.revision)
    event.add("dtstart", min(starts_on, due.due_on))
    event.add("dtend", due.due_on + ONE_DAY)
    event.add("summary", _summary(entry))
    event.add("description", _description(entry))
    event.add("priority", FIRST_PRIORITY if is_first else USUAL_PRIORITY)
    event.add("class", "PRIVATE")
    event.add("transp", "TRANSPARENT")
    return event


def _summary(entry: CalendarEntry) -> str:
    named = {"patient": entry.pseudonym, "tissues": due_tissues(entry.due), "what": due_title(entry.due)}
    if entry.due.rule is ScheduleRule.CONFIRM_SUSPECTED_RELAPSE:
        return _("Confirming sample: %(patient)s, %(tissues)s") % named
    return _("%(patient)s: %(tissues)s, %(what)s") % named


def _description(entry: CalendarEntry) -> str:
    followed = followed_words(entry.marker, entry.mutation_type)
    return "\n".join([followed, due_title(entry.due), *_days_around(entry.due)])


def _days_around(due: DueSample) -> list[str]:
    assert due.due_on is not None  # noqa: S101 - only dated samples are entries
    said = [_("Due %(day)s") % {"day": day(due.due_on)}]
    if due.target_on is not None:
        said.append(_("best by %(day)s") % {"day": day(due.target_on)})
    if due.grace_days:
        said.append(_("grace to %(day)s") % {"day": day(due.due_on + timedelta(days=due.grace_days))})
    return said
