"""Consent to research: the day from which it is withdrawn, or why the withdrawal is taken back."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from monitoring.forms.typed_fields import IsoDayField


class WithdrawalForm(forms.Form):
    """From which day on the patient refuses research."""

    refused_on = IsoDayField(
        label=_("Consent to research withdrawn on"),
        error_messages={"required": _("Say from which day on.")},
    )

    def __init__(self, data: Any = None, **kwargs: Any) -> None:
        super().__init__(data, label_suffix="", **kwargs)


class ConsentAgainForm(forms.Form):
    """Why the withdrawal is taken back."""

    reason = forms.CharField(
        label=_("Reason"),
        max_length=500,
        error_messages={"required": _("Say why the withdrawal is taken back.")},
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    def __init__(self, data: Any = None, **kwargs: Any) -> None:
        super().__init__(data, label_suffix="", **kwargs)
