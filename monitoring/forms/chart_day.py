"""The day up to which samples count: today, unless another one is asked for."""

from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from monitoring.forms.typed_fields import IsoDayField


class ChartDayForm(forms.Form):
    """As known on a day; what is wrong with it is told, and the page is that of today."""

    as_of = IsoDayField(label=_("Samples up to"), required=False)

    def __init__(self, data: Any = None, *, today: date, **kwargs: Any) -> None:
        super().__init__(data, label_suffix="", **kwargs)
        self.today = today

    def clean_as_of(self) -> date | None:
        """Refuse a day that has not come."""
        on: date | None = self.cleaned_data["as_of"]
        if on is not None and on > self.today:
            raise ValidationError(_now("This day is in the future."), code="future")
        return on

    @property
    def day(self) -> date:
        """The day that the page is of."""
        return (self.is_valid() and self.cleaned_data["as_of"]) or self.today
