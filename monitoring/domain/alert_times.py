"""When an alert is to be answered, and when it goes on to the next person, in the time zone of a centre.

A day is over at its midnight there. The times themselves are in monitoring.domain.urgency, or a centre's own.
"""

from datetime import date, datetime, time, timedelta, tzinfo

from monitoring.domain.urgency import ESCALATION, AcknowledgeWithin, Escalation, Urgency

MOMENT = timedelta(microseconds=1)


def end_of(day: date, zone: tzinfo) -> datetime:
    """Return the moment at which a day is over in a time zone."""
    return datetime.combine(day + timedelta(days=1), time(0), tzinfo=zone)


def due_at(within: AcknowledgeWithin, raised_at: datetime, zone: tzinfo) -> datetime:
    """Return the end of the last day, in a time zone, on which an answer to an alert is in time."""
    return end_of(within.due_on(raised_at.astimezone(zone).date()), zone)


def last_day_in_time(due: datetime, zone: tzinfo) -> date:
    """Return the day at the end of which an alert is due."""
    return (due - MOMENT).astimezone(zone).date()


def escalates_at(within: AcknowledgeWithin, due: datetime, level: int, zone: tzinfo) -> datetime:
    """Return when an alert that nobody answered goes to a level: 1 when it is due, 2 after the same time again."""
    if level == 1:
        return due
    day = last_day_in_time(due, zone)
    for _ in range(level - 1):
        day = within.due_on(day)
    return end_of(day, zone)


def next_escalation(
    urgency: Urgency, within: AcknowledgeWithin | None, due: datetime | None, reached: int, zone: tzinfo
) -> tuple[Escalation, datetime] | None:
    """Return to whom an alert goes next and when, `reached` levels having been told; None where it goes no further."""
    ladder = ESCALATION[urgency]
    if within is None or due is None or reached >= len(ladder):
        return None
    return ladder[reached], escalates_at(within, due, reached + 1, zone)
