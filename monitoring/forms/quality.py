"""Forms of the charts: a mean and SD, a reason to leave a point out."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from monitoring.actions.quality import TypedTarget
from monitoring.forms.laboratory_numbers import parse_charted, typed
from monitoring.forms.typed_fields import IsoDayField

POINTS, TYPED = "points", "typed"


class TargetForm(forms.Form):
    """What a chart is read against: from the points of the lot so far, or typed."""

    use_required_attribute = False
    is_stale = False  # told by the action: the points of the lot changed meanwhile

    way = forms.ChoiceField(label=_("Mean and SD"), widget=forms.RadioSelect)
    mean = typed(parse_charted, label=_("Mean"))
    sd = typed(parse_charted, label=_("Standard deviation"))
    valid_from = IsoDayField(label=_("Holds from"))
    lot = forms.CharField(widget=forms.HiddenInput, required=False)
    seen_points = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, from_points: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.label_suffix = ""
        field = self.fields["way"]
        if isinstance(field, forms.ChoiceField):
            choices = [(POINTS, from_points)] if from_points else []
            field.choices = [*choices, (TYPED, _("as typed here"))]

    def clean(self) -> dict[str, Any]:
        """Demand both numbers where they are to be typed."""
        given: dict[str, Any] = super().clean() or {}
        for name in ("mean", "sd"):
            if given.get("way") == TYPED and given.get(name) is None and name not in self.errors:
                self.add_error(name, _("Type a number."))
        return given

    def typed_target(self) -> TypedTarget | None:
        """Return what was typed; None where the points of the lot are to say."""
        if self.cleaned_data["way"] == POINTS:
            return None
        return TypedTarget(self.cleaned_data["mean"], self.cleaned_data["sd"])


class LeaveOutForm(forms.Form):
    """Why a point does not count."""

    use_required_attribute = False

    because = forms.CharField(
        label=_("Why it is left out"),
        max_length=200,
        error_messages={"required": _("Say why the point is left out.")},
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.label_suffix = ""
