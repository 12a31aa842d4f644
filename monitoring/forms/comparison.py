"""What a curve is compared with, in which tissue, counted from which day."""

from collections.abc import Callable, Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from monitoring.domain.common_origin import Origin
from monitoring.domain.terms import Tissue
from monitoring.models import Patient
from monitoring.wording.comparison_words import ORIGIN_NAMES

TISSUES = [(Tissue.BONE_MARROW.value, _("marrow")), (Tissue.PERIPHERAL_BLOOD.value, _("blood"))]


class ComparisonForm(forms.Form):
    """One marker in one tissue; where no other patient is named, beside the cohort."""

    marker = forms.ChoiceField(label=_("Marker"))
    tissue = forms.ChoiceField(label=_("Tissue"), choices=TISSUES)
    origin = forms.ChoiceField(label=_("Months from"), choices=list(ORIGIN_NAMES.items()))
    other = forms.CharField(
        label=_("Other patient"),
        max_length=50,
        required=False,
        help_text=_("Pseudonym or hospital number. Empty: the cohort of patients whose charts you may read."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )

    def __init__(
        self, data: Any, *, markers: Sequence[tuple[str, str]], find: Callable[[str], list[Patient]], **kwargs: Any
    ) -> None:
        super().__init__(data, label_suffix="", **kwargs)
        self.find = find
        choices: Any = self.fields["marker"]
        choices.choices = markers
        if len(markers) <= 1:
            choices.widget = forms.HiddenInput()

    def clean_tissue(self) -> Tissue:
        """The tissue that is compared."""
        return Tissue(self.cleaned_data["tissue"])

    def clean_origin(self) -> Origin:
        """The day from which months are counted."""
        return Origin(self.cleaned_data["origin"])

    def clean_other(self) -> Patient | None:
        """The patient that is meant; whoever may not be seen and who does not exist are told in the same words."""
        written = self.cleaned_data["other"].strip()
        if not written:
            return None
        found = self.find(written)
        if len(found) > 1:
            raise ValidationError(_now("Several patients are called so. Write the hospital number."), code="several")
        if not found:
            raise ValidationError(_now("No other patient of this name has a chart that you may read."), code="nobody")
        return found[0]
