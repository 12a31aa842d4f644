"""The form of a new patient."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from monitoring.actions.registration import FirstLine, Registration
from monitoring.forms.levels_at_diagnosis import parse_percentage_at_diagnosis
from monitoring.forms.treatment_lines import CYCLE_2_HELP
from monitoring.forms.typed_fields import IsoDayField, TypedNumberField
from monitoring.models import Centre, Disease, Patient
from monitoring.models.choices import ElnRiskChoice, MarkerChoice, SexChoice

AML_TYPES = {
    MarkerChoice.NPM1: "AML with mutated NPM1",
    MarkerChoice.RUNX1_RUNX1T1: "AML with RUNX1::RUNX1T1",
    MarkerChoice.CBFB_MYH11: "AML with CBFB::MYH11",
}
_CHOOSE = ("", _("choose"))


def _words(label: Any, longest: int, *, required: bool = False) -> forms.CharField:
    widget = forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"})
    return forms.CharField(label=label, max_length=longest, required=required, widget=widget)


class RegistrationForm(forms.Form):
    """Who, which leukaemia, which marker, where the first line stands."""

    use_required_attribute = False

    centre = forms.ChoiceField(label=_("Centre"))
    pseudonym = _words(_("Pseudonym"), 30, required=True)
    hospital_number = _words(_("Hospital number"), 50)
    family_name = _words(_("Family name"), 100)
    given_name = _words(_("Given name"), 100)
    born_on = IsoDayField(label=_("Born"))
    sex = forms.ChoiceField(label=_("Sex"), choices=[_CHOOSE, *SexChoice.choices])
    diagnosed_on = IsoDayField(label=_("Diagnosed on"))
    karyotype = _words(_("Karyotype"), 200)
    eln_risk = forms.ChoiceField(label=_("ELN 2022 risk"), choices=ElnRiskChoice.choices, required=False)
    marker = forms.ChoiceField(label=_("Marker"), choices=[_CHOOSE, *MarkerChoice.choices])
    mutation_type = _words(_("Mutation or transcript type"), 20)
    # "1,000" is asked about: read as 1.000 it would make every % of diagnosis wrong by three logs
    baseline = TypedNumberField(parse_percentage_at_diagnosis, whole=False, label=_("Marrow at diagnosis, % of ABL1"))
    regimen = _words(_("First-line treatment"), 200)
    first_line_starts_on = IsoDayField(label=_("First line begins on"), required=False)
    cycle_2_on = IsoDayField(label=_("Cycle 2 began on"), required=False, help_text=CYCLE_2_HELP)
    first_line_ends_on = IsoDayField(label=_("First line ended on"), required=False)

    def __init__(self, *args: Any, centres: list[Centre], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.label_suffix = ""
        field = self.fields["centre"]
        if isinstance(field, forms.ChoiceField):
            field.choices = [(centre.pk, centre.name) for centre in centres]
        self._centres = {str(centre.pk): centre for centre in centres}

    def clean(self) -> dict[str, Any]:
        """Demand the first line whole: a regimen has a day on which it began."""
        cleaned = super().clean() or {}
        told = any(
            cleaned.get(name) for name in ("regimen", "first_line_starts_on", "cycle_2_on", "first_line_ends_on")
        )
        for name in ("regimen", "first_line_starts_on"):
            if told and not cleaned.get(name) and name not in self.errors:
                self.add_error(name, ValidationError(_("Say what was given and when it began.")))
        return cleaned

    def registration(self) -> Registration:
        """Return what was typed, as the action takes it."""
        given = self.cleaned_data
        marker = MarkerChoice(given["marker"])
        names = ("pseudonym", "hospital_number", "family_name", "given_name", "born_on", "sex")
        centre = self._centres[given["centre"]]
        return Registration(
            patient=Patient(
                centre=centre, is_synthetic=centre.is_synthetic, **{name: given[name] for name in names}
            ),
            disease=Disease(
                aml_type=AML_TYPES[marker], diagnosed_on=given["diagnosed_on"], karyotype=given["karyotype"],
                eln_risk=given["eln_risk"], eln_risk_edition="2022" if given["eln_risk"] else "",
            ),
            marker=marker,
            mutation_type=given["mutation_type"].upper(),
            baseline_pct_abl1=given["baseline"],
            first_line=FirstLine(
                given["regimen"], given["first_line_starts_on"], given["first_line_ends_on"], given["cycle_2_on"]
            )
            if given["regimen"]
            else None,
        )  # fmt: skip
