"""The form of a remark on the curve."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from monitoring.actions.curve_notes import LONGEST
from monitoring.forms.typed_fields import IsoDayField


class CurveNoteForm(forms.Form):
    """A day, what is to be remembered of it, and on which curve where several markers are followed."""

    on = IsoDayField(label=_("Day"))
    text = forms.CharField(
        label=_("Note"),
        max_length=LONGEST,
        error_messages={"required": _("Write what is to be remembered of this day.")},
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    marker = forms.ChoiceField(label=_("On the curve of"), required=False)

    def __init__(self, data: Any = None, *, markers: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(data, label_suffix="", auto_id="note_%s", **kwargs)
        choices: Any = self.fields["marker"]
        choices.choices = [*markers, ("", _("every marker"))]
        if len(markers) <= 1:
            choices.widget = forms.HiddenInput()
