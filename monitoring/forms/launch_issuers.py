"""Registering a hospital record that may launch the patient page."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import SplitResult, urlsplit

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from monitoring.models import Centre, LaunchIssuer

PLAIN = {"autocomplete": "off", "spellcheck": "false"}
LOOPBACK = {"localhost", "127.0.0.1", "::1"}


class LaunchIssuerForm(forms.Form):
    """A new hospital record."""

    use_required_attribute = False

    name = forms.CharField(label=_("Name"), max_length=200, widget=forms.TextInput(attrs=PLAIN))
    centre = forms.ModelChoiceField(label=_("Centre"), queryset=Centre.objects.none(), empty_label=None)
    issuer = forms.CharField(
        label=_("FHIR address of the hospital record (iss)"), max_length=500, widget=forms.TextInput(attrs=PLAIN),
        help_text=_("The base that the record names when it launches. Only registered ones are ever answered."),
    )  # fmt: skip
    client_id = forms.CharField(
        label=_("Client id given by the hospital record"), max_length=200, widget=forms.TextInput(attrs=PLAIN)
    )
    patient_system = forms.CharField(
        label=_("System of the hospital number"), max_length=300, widget=forms.TextInput(attrs=PLAIN),
        help_text=_("The system of the identifier that is the hospital number here."),
    )  # fmt: skip
    frame_origin = forms.CharField(
        label=_("Origin that frames our page"), required=False, max_length=200, widget=forms.TextInput(attrs=PLAIN),
        help_text=_("Such as https://ehr.example.org. Empty where the record opens a window of its own."),
    )  # fmt: skip

    def __init__(self, *args: Any, centres: Sequence[int], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.label_suffix = ""
        field = self.fields["centre"]
        assert isinstance(field, forms.ModelChoiceField)  # noqa: S101 - tells the type checker what was declared
        field.queryset = Centre.objects.filter(pk__in=centres).order_by("name")

    def clean_issuer(self) -> str:
        """Return the address without a slash at its end; https, but for a record on this very machine."""
        told: str = self.cleaned_data["issuer"].strip().rstrip("/")
        parts = _parts(told)
        if parts.query or parts.fragment:
            raise ValidationError(_now("This is no web address."))
        return told

    def clean_frame_origin(self) -> str:
        """Return the origin as a browser writes it, without a path."""
        told: str = self.cleaned_data["frame_origin"].strip().lower().rstrip("/")
        if told:
            parts = _parts(told)
            if told != f"{parts.scheme}://{parts.netloc}" or "*" in told:
                raise ValidationError(_now("An origin is https://host, without a path."))
        return told

    def launch_issuer(self) -> LaunchIssuer:
        """Return the hospital record as it was described."""
        told = self.cleaned_data
        return LaunchIssuer(
            name=told["name"].strip(), centre=told["centre"], issuer=told["issuer"],
            client_id=told["client_id"].strip(), patient_system=told["patient_system"].strip(),
            frame_origin=told["frame_origin"],
        )  # fmt: skip


def _parts(told: str) -> SplitResult:
    if not told.isascii() or not told.isprintable() or set(told) & set(" \\\"'<>^`{|};,"):
        raise ValidationError(_now("This is no web address."))
    try:
        parts = urlsplit(told)
        _port = parts.port
    except ValueError as error:
        raise ValidationError(_now("This is no web address.")) from error
    if not parts.hostname or "@" in parts.netloc:
        raise ValidationError(_now("This is no web address."))
    if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in LOOPBACK):
        raise ValidationError(_now("Only https:// addresses are taken."))
    return parts
