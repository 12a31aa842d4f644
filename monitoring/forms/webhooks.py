"""An endpoint of a centre: what it is called and where it is."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _


class EndpointForm(forms.Form):
    """A name for people, an address for messages."""

    use_required_attribute = False

    name = forms.CharField(
        label=_("Name"), max_length=100, widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text=_("The system that receives, for instance: hospital record."),
    )  # fmt: skip
    url = forms.CharField(
        label=_("Address"), max_length=500,
        widget=forms.TextInput(attrs={"inputmode": "url", "autocomplete": "off", "spellcheck": "false"}),
        help_text=_("Begins with https://. Messages go to this very address; redirects are not followed."),
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.label_suffix = ""
