"""From where a patient's record is looked at: what was collected by a day, what was recorded by a moment.

Both are now where nothing else is asked for.
"""

from datetime import date, datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from monitoring.forms.typed_fields import IsoDayField
from monitoring.forms.typed_moment import MomentField, write_moment
from monitoring.models import Patient
from monitoring.queries.patient_record import Standpoint


class ChartDayForm(forms.Form):
    """As of, twice: `as_of` is a day at the patient's centre, `known_at` a moment in its time zone."""

    as_of = IsoDayField(label=_("Samples up to"), required=False)
    known_at = MomentField(label=_("Recorded by"), required=False)

    def __init__(self, data: Any = None, *, patient: Patient, now: datetime, **kwargs: Any) -> None:
        super().__init__(data, label_suffix="", **kwargs)
        self.patient, self.now = patient, now
        self.fields["known_at"] = MomentField(label=_("Recorded by"), required=False, zone=patient.centre.zone)

    def clean_as_of(self) -> date | None:
        """Refuse a day that has not come."""
        on: date | None = self.cleaned_data["as_of"]
        if on is not None and on > Standpoint.of(self.patient, self.now).today:
            raise ValidationError(_now("This day is in the future."), code="future")
        return on

    def clean_known_at(self) -> datetime | None:
        """Refuse a moment that has not come."""
        at: datetime | None = self.cleaned_data["known_at"]
        if at is not None and at > self.now:
            raise ValidationError(_now("This moment is in the future."), code="future")
        return at

    @property
    def standpoint(self) -> Standpoint:
        """The standpoint asked for; that of now where what was asked for cannot be."""
        if not self.is_valid():
            return Standpoint.of(self.patient, self.now)
        return Standpoint.of(self.patient, self.now, self.cleaned_data["as_of"], self.cleaned_data["known_at"])

    @property
    def typed_moment(self) -> str:
        """What stands in the field of the moment: what was typed where it is refused, the moment as read otherwise."""
        if self["known_at"].errors:
            return str(self["known_at"].value() or "")
        known_at = self.standpoint.known_at
        return write_moment(known_at, self.patient.centre.zone) if known_at else ""
