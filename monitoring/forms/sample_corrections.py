"""Forms of what is put right of a tube: under a proposed correction, and where it belongs to another patient."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _


class OtherPatientForm(forms.Form):
    """Why the tube belongs to another patient, and which row was seen."""

    use_required_attribute = False

    seen = forms.DateTimeField(widget=forms.HiddenInput)
    reason = forms.CharField(
        label=_("Why it belongs to another patient"),
        max_length=500,
        error_messages={"required": _("Say why. The reason stays with the sample.")},
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.label_suffix = ""


class CorrectionForm(forms.Form):
    """The effect as the page showed it; the reason where nothing is signed."""

    use_required_attribute = False

    effect = forms.CharField(widget=forms.HiddenInput, required=False)
    reason = forms.CharField(
        label=_("Reason, when you return it"),
        max_length=500,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    def __init__(self, *args: Any, is_own: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.label_suffix = ""
        if is_own:
            self.fields["reason"].label = _("Reason, when you withdraw it")
