"""Dates that cannot be: before birth, in the future of the centre, after death."""

from datetime import date, datetime

from django.utils.translation import gettext as _

from monitoring.actions.refusals import ImpossibleDate
from monitoring.models import Patient


def check_possible(*, patient: Patient, on: date, field: str, now: datetime) -> None:
    """Refuse a day before the patient's birth or after today at the patient's centre."""
    if on < patient.born_on:
        raise ImpossibleDate(field, _("This day is before the patient's birth."))
    if on > now.astimezone(patient.centre.zone).date():
        raise ImpossibleDate(field, _("This day is in the future."))
