"""The criteria of a cohort as they are chosen on its page. What is left empty asks for nothing."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from monitoring.domain.cohorts.definition import CohortDefinition, CriteriaContradict, Regimen, Transplanted
from monitoring.domain.cohorts.definition_json import SETS, NotADefinition, from_json, to_json
from monitoring.domain.cohorts.patient import FailureKind
from monitoring.domain.response import FirstLineResponse
from monitoring.forms.typed_fields import IsoDayField
from monitoring.models.choices import GeneChoice, MarkerChoice, RuleSetChoice
from monitoring.wording.cohort_words import FAILURES, FIRST_LINE, REGIMENS

AGES = {"inputmode": "numeric", "autocomplete": "off", "maxlength": "3"}
OLDEST = 130  # years; a typing error beyond it
TRANSPLANTED = [
    (Transplanted.ALL.value, _("All")),
    (Transplanted.YES.value, _("Transplanted after the failure")),
    (Transplanted.NO.value, _("Not transplanted after it")),
]


class CohortForm(forms.Form):
    """Name and criteria; `seen_version` and `because` where a cohort is defined anew."""

    name = forms.CharField(label=_("Name"), max_length=120, widget=forms.TextInput(attrs={"autocomplete": "off"}))
    ruleset = forms.ChoiceField(label=_("By rule set"), choices=RuleSetChoice.choices)
    markers = forms.MultipleChoiceField(
        label=_("Marker"), choices=MarkerChoice.choices, widget=forms.CheckboxSelectMultiple, required=False
    )
    failures = forms.MultipleChoiceField(
        label=_("Molecular failure"), choices=[(kind.value, FAILURES[kind]) for kind in FailureKind],
        widget=forms.CheckboxSelectMultiple, required=False,
    )  # fmt: skip
    failed_from = IsoDayField(label=_("Failure from"), required=False)
    failed_until = IsoDayField(label=_("Failure until"), required=False)
    regimens = forms.MultipleChoiceField(
        label=_("Pre-emptive treatment"), choices=[(each.value, REGIMENS[each]) for each in Regimen],
        widget=forms.CheckboxSelectMultiple, required=False,
    )  # fmt: skip
    first_treatment_only = forms.BooleanField(label=_("No other treatment of the failure first"), required=False)
    started_from = IsoDayField(label=_("Cycle 1 from"), required=False)
    started_until = IsoDayField(label=_("Cycle 1 until"), required=False)
    first_line = forms.MultipleChoiceField(
        label=_("Best response to first line"),
        choices=[(each.value, FIRST_LINE[each]) for each in FirstLineResponse],
        widget=forms.CheckboxSelectMultiple, required=False,
    )  # fmt: skip
    no_hsct_before = forms.BooleanField(label=_("Not transplanted before the failure"), required=False)
    transplanted = forms.ChoiceField(label=_("Transplant afterwards"), choices=TRANSPLANTED, required=False)
    age_from = forms.IntegerField(
        label=_("Age at failure from, years"), min_value=0, max_value=OLDEST, required=False,
        widget=forms.TextInput(attrs=AGES),
    )  # fmt: skip
    age_until = forms.IntegerField(
        label=_("Age at failure until, years"), min_value=0, max_value=OLDEST, required=False,
        widget=forms.TextInput(attrs=AGES),
    )  # fmt: skip
    genes = forms.MultipleChoiceField(
        label=_("Mutated at diagnosis: all of"), choices=GeneChoice.choices, widget=forms.CheckboxSelectMultiple,
        required=False,
    )  # fmt: skip
    genes_any = forms.MultipleChoiceField(
        label=_("Mutated at diagnosis: at least one of"), choices=GeneChoice.choices,
        widget=forms.CheckboxSelectMultiple, required=False,
    )  # fmt: skip
    genes_without = forms.MultipleChoiceField(
        label=_("Mutated at diagnosis: none of"), choices=GeneChoice.choices, widget=forms.CheckboxSelectMultiple,
        required=False,
    )  # fmt: skip
    because = forms.CharField(label=_("Why it is changed"), max_length=300, required=False)

    def clean(self) -> dict[str, Any]:
        """Refuse criteria that nobody can meet, at the field that contradicts."""
        cleaned = super().clean() or {}
        if not self.errors:
            try:
                cleaned["definition"] = from_json(_written(cleaned))
            except (CriteriaContradict, NotADefinition) as refused:
                self.add_error(refused.field, ValidationError(_contradiction(refused.field)))
        return cleaned

    @property
    def definition(self) -> CohortDefinition:
        """The definition that was chosen; only where the form is valid."""
        found: CohortDefinition = self.cleaned_data["definition"]
        return found


def _contradiction(field: str) -> str:
    """Why nobody can meet a criterion together with the rest."""
    if field in ("failed_until", "started_until"):
        return _now("This day is before the one from which patients are counted.")
    if field == "age_until":
        return _now("This age is below the one from which patients are counted.")
    return _now("Nobody can meet this together with the rest.")


def initial_of(definition: CohortDefinition) -> dict[str, Any]:
    """Return a definition as the form shows it."""
    return to_json(definition)


def _written(cleaned: Mapping[str, Any]) -> dict[str, Any]:
    """What was chosen as JSON of a definition: empty fields ask for nothing."""
    written: dict[str, Any] = {}
    for name, value in cleaned.items():
        if name in {"name", "because"} or value in (None, "", []):
            continue
        written[name] = _plain(name, value)
    return written


def _plain(name: str, value: Any) -> Any:
    if name in SETS:
        chosen: Sequence[str] = value
        return sorted(chosen)
    return value.isoformat() if hasattr(value, "isoformat") else value
