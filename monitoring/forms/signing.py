"""The form of a signature: what was seen, and that it was checked."""

from datetime import datetime
from typing import Any

from django import forms
from django.core.exceptions import BadRequest
from django.utils.translation import gettext_lazy as _

from monitoring.actions.results import Seen
from monitoring.actions.signing import SeenResult


class SigningForm(forms.Form):
    """Version, submission and effect as the page showed them; the tick; the reason where it is returned."""

    use_required_attribute = False

    version = forms.IntegerField(widget=forms.HiddenInput)
    submitted_at = forms.CharField(widget=forms.HiddenInput)
    effect = forms.CharField(widget=forms.HiddenInput)
    checked = forms.BooleanField(label=_("Patient, curve and controls checked; mutation type agrees"), required=False)
    reason = forms.CharField(
        label=_("Reason, when you return it"),
        max_length=500,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.label_suffix = ""

    def clean_submitted_at(self) -> datetime:
        """Return the moment of the submission that was seen."""
        return _moment(self.cleaned_data["submitted_at"])

    def shown(self, result_id: int) -> SeenResult:
        """Return what the person saw."""
        given = self.cleaned_data
        return SeenResult(result_id, Seen(given["version"], given["submitted_at"]), given["effect"])


def chosen_in_list(values: list[str]) -> list[SeenResult]:
    """Return the results ticked in a list; each value holds number, version and moment as the list showed them."""
    try:
        return [_chosen(*value.split("|")) for value in values]
    except (ValueError, TypeError) as error:
        raise BadRequest("This is no selection of results.") from error


def _chosen(number: str, version: str, submitted_at: str) -> SeenResult:
    return SeenResult(int(number), Seen(int(version), datetime.fromisoformat(submitted_at)), "")


def _moment(text: str) -> datetime:
    try:
        return datetime.fromisoformat(text)
    except ValueError as error:
        raise forms.ValidationError(_("This page is out of date. Open it again.")) from error
