"""The form of a sample: one on record, found by its accession number, or one that is taken in now."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from monitoring.forms.typed_fields import IsoDayField, hours_field
from monitoring.models import Laboratory, Patient, Sample
from monitoring.models.choices import TimepointChoice, TissueChoice
from monitoring.queries.result_entry import KnownSample
from monitoring.wording.dates import day
from monitoring.wording.states import word

ANTICOAGULANTS = [
    ("", _("not recorded")),
    ("EDTA", "EDTA"),
    ("citrate", _("citrate")),
    ("heparin", _("heparin (inhibits PCR)")),
    ("other", _("other")),
]
YES_NO = [("", _("not recorded")), ("yes", _("yes")), ("no", _("no"))]
_AS_BOOLEAN = {"yes": True, "no": False, "": None}
# What a sample is for the rules: these facts of one on record are compared with what is typed.
DECIDING = ("tissue", "collected_on", "timepoint")


class SampleForm(forms.Form):
    """Accession number and, where it is new, everything that is known of the tube."""

    use_required_attribute = False  # the server says in words what is missing

    accession_number = forms.CharField(
        label=_("Accession number"),
        max_length=50,
        error_messages={"required": _("Type the accession number of the tube.")},
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false", "autocapitalize": "characters"}),
    )
    tissue = forms.ChoiceField(
        label=_("Tissue"),
        choices=TissueChoice.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Say marrow or blood: the two are never compared.")},
    )
    collected_on = IsoDayField(
        label=_("Collected on"),
        error_messages={"required": _("Type the day of collection: every rule counts from it.")},
    )
    collected_time = forms.TimeField(
        label=pgettext_lazy("time of day", "Time"),
        required=False,
        input_formats=["%H:%M"],
        error_messages={"invalid": _("Write the time as 09:30.")},
        widget=forms.TextInput(attrs={"placeholder": _("HH:MM"), "maxlength": "5", "autocomplete": "off"}),
    )
    received_on = IsoDayField(label=_("Received on"), required=False)
    timepoint = forms.ChoiceField(
        label=_("Time point"), choices=[("", _("none in particular")), *TimepointChoice.choices[1:]], required=False
    )
    hours_to_lysis = hours_field()
    first_pull = forms.ChoiceField(label=_("First pull of the aspirate"), choices=YES_NO, required=False)
    anticoagulant = forms.ChoiceField(label=_("Anticoagulant"), choices=ANTICOAGULANTS, required=False)
    haemodilution_noted = forms.BooleanField(label=_("Haemodilution noted"), required=False)
    quality_note = forms.CharField(
        label=_("Remark on the sample"),
        max_length=200,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    def __init__(self, *args: Any, known: KnownSample | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.label_suffix = ""
        self.known = known
        for name in ("tissue", "collected_on"):
            self.fields[name].required = known is None

    def clean(self) -> dict[str, Any]:
        """Facts typed for a sample on record have to agree with it."""
        cleaned = super().clean() or {}
        if self.known is not None:
            self._compare_facts(self.known)
        return cleaned

    def sample_for(self, patient: Patient, laboratory: Laboratory) -> Sample:
        """Return a new sample of a patient at a laboratory, not saved."""
        sample = self.circumstances()
        sample.patient, sample.laboratory = patient, laboratory
        return sample

    def circumstances(self) -> Sample:
        """Return what was said of a new tube, of nobody yet."""
        given = self.cleaned_data
        return Sample(
            accession_number=given["accession_number"],
            tissue=given["tissue"],
            collected_on=given["collected_on"],
            collected_time=given["collected_time"],
            received_on=given["received_on"],
            timepoint=given["timepoint"],
            first_pull=_AS_BOOLEAN[given["first_pull"]],
            anticoagulant=given["anticoagulant"],
            hours_to_lysis=given["hours_to_lysis"],
            haemodilution_noted=given["haemodilution_noted"],
            quality_note=given["quality_note"],
        )

    def _compare_facts(self, known: KnownSample) -> None:
        on_record = {
            "tissue": str(word("tissue", known.tissue).words),
            "collected_on": day(known.collected_on),
            "timepoint": str(TimepointChoice(known.timepoint).label),
        }
        for name in DECIDING:
            typed = self.cleaned_data.get(name)
            if typed and typed != getattr(known, name):
                sentence = _now("This sample is on record with: %(fact)s. Check the tube, or leave this field empty.")
                self.add_error(name, ValidationError(sentence % {"fact": on_record[name]}, code="differs"))
