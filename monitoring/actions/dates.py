"""Dates that cannot be: before birth, in the future of the centre, an end before its start or years ahead."""

from datetime import UTC, date, datetime, timedelta

from django.utils.translation import gettext as _

from monitoring.actions.refusals import ImpossibleDate
from monitoring.models import Patient

LATEST_PLANNED = timedelta(days=366)  # [DESIGN] other systems write 9999-12-31 for an end that is not known


def check_possible(*, patient: Patient, on: date, field: str, now: datetime) -> None:
    """Refuse a day before the patient's birth or after today at the patient's centre."""
    if on < patient.born_on:
        raise ImpossibleDate(field, _("This day is before the patient's birth."))
    if on > now.astimezone(patient.centre.zone).date():
        raise ImpossibleDate(field, _("This day is in the future."))


def at_once(on: date, now: datetime) -> date:
    """Return the first day of a role or of care that begins on `on`, so that it holds now where that is today.

    Who may see is asked in days of UTC: in the first hours of a day in Europe that is still the day before.
    """
    return min(on, now.astimezone(UTC).date())


def check_end(*, patient: Patient, starts_on: date, ends_on: date | None, now: datetime) -> None:
    """Refuse an end before its start, or more than a year after today at the patient's centre; None is not ended."""
    if ends_on is None:
        return
    if ends_on < starts_on:
        raise ImpossibleDate("ends_on", _("The end is before the start."))
    if ends_on > now.astimezone(patient.centre.zone).date() + LATEST_PLANNED:
        raise ImpossibleDate(
            "ends_on", _("This day is more than a year ahead. Leave it empty where nothing has ended.")
        )
