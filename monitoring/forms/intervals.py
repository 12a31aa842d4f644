"""The form of one sampling interval: days, and why."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from monitoring.domain.sampling_intervals import interval_names
from monitoring.wording.interval_words import interval_name

DAYS = r"^\s*[0-9]{1,4}(\s*,\s*[0-9]{1,4})*\s*$"


class IntervalForm(forms.Form):
    """An interval, in days; the days after a transplant are several, rising, with commas between."""

    use_required_attribute = False

    name = forms.ChoiceField(label=_("Interval"))
    days = forms.RegexField(
        DAYS,
        label=_("Days"),
        max_length=50,
        help_text=_("Whole days, or cycles. Several days after transplant rise, with commas between: 30, 60, 100."),
        error_messages={"required": _("Give the days."), "invalid": _("Whole numbers only, with commas between.")},
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )
    because = forms.CharField(
        label=_("Reason"),
        max_length=300,
        error_messages={"required": _("Say why.")},
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    seen = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.label_suffix = ""
        field = self.fields["name"]
        if isinstance(field, forms.ChoiceField):
            field.choices = [(name, interval_name(name)) for name in interval_names()]

    @property
    def seen_days(self) -> str:
        """The days of the chosen interval that stood on the page when the form was shown; empty where none did."""
        pairs = (part.partition("=") for part in str(self.cleaned_data["seen"]).split(";"))
        return next((days for name, _sign, days in pairs if name == self.cleaned_data["name"]), "")

    def clean_days(self) -> str:
        """Return the days as they are kept: without blanks."""
        return "".join(str(self.cleaned_data["days"]).split())


class GiveBackForm(forms.Form):
    """Why an interval goes back to what held before."""

    use_required_attribute = False

    name = forms.ChoiceField(choices=[(name, name) for name in interval_names()], widget=forms.HiddenInput)
    because = forms.CharField(
        label=_("Reason"),
        max_length=300,
        error_messages={"required": _("Say why.")},
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.label_suffix = ""
