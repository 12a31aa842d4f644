"""Forms of the tubes: taking one in before anything is measured, correcting one on record."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from monitoring.forms.sample import SampleForm
from monitoring.models import Laboratory, Sample

CORRECTED = (
    "tissue", "collected_on", "collected_time", "received_on", "timepoint", "hours_to_lysis", "first_pull",
    "anticoagulant", "haemodilution_noted", "quality_note",
)  # fmt: skip


class ReceivedSampleForm(SampleForm):
    """A tube that arrives, before anything is measured."""

    laboratory = forms.ChoiceField(
        label=_("Laboratory"), error_messages={"required": _("Say which laboratory takes the tube in.")}
    )
    field_order = ("laboratory", "accession_number")

    def __init__(self, *args: Any, laboratories: list[Laboratory], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["laboratory"]
        if isinstance(field, forms.ChoiceField):
            named = [(str(each.pk), each.name) for each in laboratories]
            # Of several nothing is preselected: a tube taken in at the wrong laboratory is found by nobody.
            field.choices = named if len(named) == 1 else [("", _("choose")), *named]
        self._laboratories = {str(each.pk): each for each in laboratories}

    def laboratory_chosen(self) -> Laboratory:
        """Return the laboratory that takes the tube in."""
        return self._laboratories[self.cleaned_data["laboratory"]]


class CorrectedSampleForm(SampleForm):
    """The facts of a tube on record; its number stays."""

    reason = forms.CharField(
        label=_("Why it is corrected"),
        max_length=500,
        error_messages={"required": _("Say why. The reason stays with the sample.")},
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["accession_number"]

    @classmethod
    def initial_of(cls, sample: Sample) -> dict[str, Any]:
        """Return the facts on record as the fields show them."""
        shown = {name: getattr(sample, name) for name in CORRECTED}
        pull = shown["first_pull"]
        return shown | {
            "first_pull": "" if pull is None else "yes" if pull else "no",
            "collected_on": sample.collected_on.isoformat(),
            "received_on": sample.received_on.isoformat() if sample.received_on else "",
            "collected_time": sample.collected_time.strftime("%H:%M") if sample.collected_time else "",
        }

    def changes(self, sample: Sample) -> dict[str, Any]:
        """Return what differs from the tube on record."""
        given = {name: self.cleaned_data[name] for name in CORRECTED}
        given["first_pull"] = {"yes": True, "no": False}.get(given["first_pull"])
        return {name: value for name, value in given.items() if value != getattr(sample, name)}
