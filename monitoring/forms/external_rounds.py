"""Forms of external quality rounds and their samples."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from monitoring.domain.terms import Call
from monitoring.domain.typed_numbers import parse_decimal
from monitoring.forms.laboratory_numbers import typed
from monitoring.forms.typed_fields import IsoDayField, percentage_field
from monitoring.models import Assay, ExternalRound, ExternalSample, Laboratory
from monitoring.models.choices import CallChoice, MarkerChoice

CALLS = [(code.value, code.label) for code in (CallChoice.DETECTED, CallChoice.NOT_DETECTED)]
COLUMNS = (
    "code", "marker", "expected_call", "expected_pct_abl1", "expected_low_pct_abl1", "expected_high_pct_abl1",
    "reported_call", "reported_pct_abl1", "score", "score_max", "comment",
)  # fmt: skip
NUMBERS = (
    "expected_pct_abl1", "expected_low_pct_abl1", "expected_high_pct_abl1", "reported_pct_abl1", "score", "score_max",
)  # fmt: skip


def _words(label: Any, longest: int, *, required: bool = True) -> forms.CharField:
    attrs = {"autocomplete": "off", "spellcheck": "false"}
    return forms.CharField(label=label, max_length=longest, required=required, widget=forms.TextInput(attrs=attrs))


class RoundChangeForm(forms.Form):
    """The days of a round and what is to be said of it."""

    use_required_attribute = False

    received_on = IsoDayField(label=_("Received"))
    due_on = IsoDayField(label=_("Report due"), required=False)
    reported_on = IsoDayField(label=_("Reported"), required=False)
    comment = _words(_("Comment"), 500, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.label_suffix = ""


class RoundForm(RoundChangeForm):
    """A round that arrived."""

    laboratory = forms.ChoiceField(label=_("Laboratory"))
    provider = _words(_("Provider"), 120)
    name = _words(_("Name of the round"), 120)
    field_order = ("laboratory", "provider", "name", "received_on", "due_on", "reported_on", "comment")

    def __init__(self, *args: Any, laboratories: list[Laboratory], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["laboratory"]
        if isinstance(field, forms.ChoiceField):
            field.choices = [(each.pk, each.name) for each in laboratories]
        self._laboratories = {str(each.pk): each for each in laboratories}

    def external_round(self) -> ExternalRound:
        """Return the round that was described, not saved."""
        given = {name: self.cleaned_data[name] for name in self.field_order if name != "laboratory"}
        return ExternalRound(laboratory=self._laboratories[self.cleaned_data["laboratory"]], **given)


class SampleForm(forms.Form):
    """One sample: expected, reported, scored. Levels in % of ABL1."""

    use_required_attribute = False

    code = _words(_("Code of the sample"), 40)
    marker = forms.ChoiceField(label=_("Marker"), choices=[("", "–"), *MarkerChoice.choices])
    assay = forms.ChoiceField(label=_("Assay"), required=False)
    reported_call = forms.ChoiceField(
        label=_("Reported"), choices=[("", _("not reported yet")), *CALLS], required=False
    )
    reported_pct_abl1 = percentage_field(label=_("Reported level, % of ABL1"))
    expected_call = forms.ChoiceField(label=_("Expected"), choices=[("", _("not known yet")), *CALLS], required=False)
    expected_pct_abl1 = percentage_field(label=_("Expected level, % of ABL1"))
    expected_low_pct_abl1 = percentage_field(label=_("Accepted from, % of ABL1"))
    expected_high_pct_abl1 = percentage_field(label=_("Accepted to, % of ABL1"))
    score = typed(parse_decimal, label=_("Score"))
    score_max = typed(parse_decimal, label=_("Highest score possible"))
    comment = _words(_("Comment"), 500, required=False)

    def __init__(self, *args: Any, assays: list[Assay], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.label_suffix = ""
        field = self.fields["assay"]
        if isinstance(field, forms.ChoiceField):
            field.choices = [("", "–"), *((each.pk, str(each)) for each in assays)]
        self._assays = {str(each.pk): each for each in assays}

    @classmethod
    def initial_of(cls, sample: ExternalSample) -> dict[str, Any]:
        """Return the sample on record as the fields show it."""
        shown = {name: getattr(sample, name) for name in COLUMNS} | {"assay": sample.assay_id or ""}
        for name in NUMBERS:
            if shown[name] is not None:
                shown[name] = format(shown[name], "f")
        return shown

    def clean(self) -> dict[str, Any]:
        """Refuse levels without a detection, a range upside down, a score above the highest."""
        given: dict[str, Any] = super().clean() or {}
        self._detected_only("reported_call", ("reported_pct_abl1",))
        levels = ("expected_pct_abl1", "expected_low_pct_abl1", "expected_high_pct_abl1")
        self._detected_only("expected_call", levels)
        self._in_order("expected_low_pct_abl1", "expected_high_pct_abl1", _("The range ends below where it begins."))
        self._in_order("score", "score_max", _("The score is above the highest possible."))
        if given.get("score_max") == 0:
            self.add_error("score_max", _("The highest score is above 0."))
        assay = self._assays.get(given.get("assay") or "")
        if assay is not None and given.get("marker") and assay.marker != given["marker"]:
            self.add_error("assay", _("This assay does not measure the marker."))
        return given

    def _detected_only(self, call: str, names: tuple[str, ...]) -> None:
        if self.cleaned_data.get(call) == Call.DETECTED:
            return
        for name in names:
            if self.cleaned_data.get(name) is not None:
                self.add_error(name, _("Only a sample in which the target is detected has a level."))

    def _in_order(self, lower: str, higher: str, sentence: Any) -> None:
        low, high = self.cleaned_data.get(lower), self.cleaned_data.get(higher)
        if low is not None and high is not None and low > high:
            self.add_error(higher, sentence)

    def written_into(self, sample: ExternalSample) -> ExternalSample:
        """Return the sample with what was typed, not saved."""
        for name in COLUMNS:
            setattr(sample, name, self.cleaned_data[name])
        sample.assay = self._assays.get(self.cleaned_data["assay"])
        return sample
