"""The settings of an assay, as the laboratory decides them."""

import hashlib
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from monitoring.domain.typed_numbers import parse_copies, parse_decimal
from monitoring.forms.laboratory_numbers import (
    CopiesListField,
    NamesField,
    parse_counted,
    parse_cycles,
    parse_share,
    parse_slope,
    typed,
)
from monitoring.forms.typed_fields import IsoDayField, TypedNumberField
from monitoring.models import Assay, Laboratory
from monitoring.models.choices import MarkerChoice, QuantificationModeChoice, UndeterminedWellsChoice
from monitoring.queries.assays_on_record import SETTINGS

SENSITIVITY = [
    ("1", _("1 copy: EAC")),
    ("2", _("2 copies: found in 95 % by two of three wells")),
    ("3", _("3 copies: found in 95 % by a single well")),
]
BELOW_LOQ = [("no", _("“detected, below quantification”, without a value")), ("yes", _("the extrapolated value"))]
COMPARABLE = [
    ("yes", _("Yes: one series goes on, ratios are taken across both versions")),
    ("no", _("No: a new key, no ratio is taken across")),
]
OPTIONAL = ("limit_of_blank_copies",)


def _words(label: Any, longest: int, **kwargs: Any) -> forms.CharField:
    attrs = {"autocomplete": "off", "spellcheck": "false"}
    return forms.CharField(label=label, max_length=longest, widget=forms.TextInput(attrs=attrs), **kwargs)


def _choice(label: Any, choices: Any) -> forms.ChoiceField:
    return forms.ChoiceField(label=label, choices=choices, widget=forms.RadioSelect)


def _digits(value: Any) -> str:
    """Return a number as one types it: plain digits without trailing zeros."""
    return format(Decimal(value).normalize(), "f")


class AssayForm(forms.Form):
    """What both the first and every next version say."""

    use_required_attribute = False

    version = _words(_("Version"), 20)
    valid_from = IsoDayField(label=_("Holds from"))
    mutation_type = _words(
        _("Mutation type"), 20, required=False,
        help_text=_("Empty: the primers find all types. The assay is then never refused for a type."),
    )  # fmt: skip
    control_gene = _words(_("Control gene"), 10)
    target_names = NamesField(label=_("Names of its target in instrument files"), help_text=_("One a line."))
    mode = _choice(_("Quantification"), QuantificationModeChoice.choices)
    standards = CopiesListField(label=_("Copies of the standards"), help_text=_("One a line, whole numbers."))
    cq_cutoff = typed(parse_cycles, label=_("Cut-off, Cq"), help_text=_("A well is positive below it."))
    undetermined = _choice(_("A well without amplification"), UndeterminedWellsChoice.choices)
    limit_copies = _choice(_("Sensitivity: limit at k copies"), SENSITIVITY)
    loq_copies = typed(parse_counted, label=_("Limit of quantification, mean copies a well"))
    reports_below_loq = _choice(_("Below the limit of quantification is reported"), BELOW_LOQ)
    limit_of_blank_copies = typed(parse_decimal, label=_("Limit of blank, mean copies a well"))
    slope_steepest = typed(parse_slope, label=_("Steepest slope accepted"))
    slope_shallowest = typed(parse_slope, label=_("Shallowest slope accepted"))
    r2_warns_below = typed(parse_share, label=_("R² warns below"))
    r2_fails_below = typed(parse_share, label=_("R² fails below"))
    delta_cq_slope = typed(parse_slope, label=_("Slope for the difference of Cq"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.label_suffix = ""
        for name, field in self.fields.items():  # such a field asks for nothing by itself: `clean` does
            field.required = field.required or (isinstance(field, TypedNumberField) and name not in OPTIONAL)

    @classmethod
    def initial_of(cls, assay: Assay) -> dict[str, Any]:
        """Return the settings of a version as the fields show them."""
        shown = {name: getattr(assay, name) for name in SETTINGS}
        for name, field in cls.base_fields.items():
            if isinstance(field, TypedNumberField) and shown.get(name) is not None:
                shown[name] = _digits(shown[name])
        return shown | {
            "limit_copies": _digits(assay.limit_copies),
            "reports_below_loq": "yes" if assay.reports_below_loq else "no",
        }

    def clean(self) -> dict[str, Any]:
        """Demand every number, and the limits in their order."""
        given: dict[str, Any] = super().clean() or {}
        for name, field in self.fields.items():
            is_missing = isinstance(field, TypedNumberField) and given.get(name) is None
            if is_missing and name not in OPTIONAL and name not in self.errors:
                self.add_error(name, _("Type a number."))
        self._in_order("slope_steepest", "slope_shallowest", _("The steepest slope has to be steeper than this one."))
        self._in_order("r2_fails_below", "r2_warns_below", _("R² fails below the number below which it warns."))
        return given

    def _in_order(self, lower: str, higher: str, sentence: Any) -> None:
        low, high = self.cleaned_data.get(lower), self.cleaned_data.get(higher)
        is_wrong = low is not None and high is not None and (low > high or (low == high and lower != "r2_fails_below"))
        if is_wrong:
            self.add_error(higher, sentence)

    def settings(self) -> dict[str, Any]:
        """Return the columns of the version."""
        given = {name: self.cleaned_data[name] for name in (*SETTINGS, "version", "valid_from")}
        return given | {
            "limit_copies": parse_copies(given["limit_copies"]),
            "reports_below_loq": given["reports_below_loq"] == "yes",
        }

    @property
    def fingerprint(self) -> str:
        """What tells the content that was read back from any other."""
        told = repr(sorted((name, str(value)) for name, value in self.cleaned_data.items()))
        return hashlib.sha256(told.encode()).hexdigest()


class FirstVersionForm(AssayForm):
    """An assay that the laboratory begins to use."""

    laboratory = forms.ChoiceField(label=_("Laboratory"))
    marker = forms.ChoiceField(label=_("Marker"), choices=[("", "–"), *MarkerChoice.choices])
    name = _words(_("Name"), 100)
    field_order = ("laboratory", "marker", "name")

    def __init__(self, *args: Any, laboratories: list[Laboratory], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["laboratory"]
        if isinstance(field, forms.ChoiceField):
            field.choices = [(each.pk, each.name) for each in laboratories]
        self._laboratories = {str(each.pk): each for each in laboratories}

    def assay(self) -> Assay:
        """Return the assay that was described, not saved."""
        given = self.cleaned_data
        return Assay(
            laboratory=self._laboratories[given["laboratory"]], marker=given["marker"], name=given["name"],
            **self.settings(),
        )  # fmt: skip


class NextVersionForm(AssayForm):
    """What changes, why, and whether values before and after may be compared."""

    changed_because = _words(_("Why the assay changes"), 500)
    comparable = _choice(_("Comparable with the version before?"), COMPARABLE)
    seen = forms.IntegerField(widget=forms.HiddenInput)
    field_order = ("version", "valid_from", "changed_because", "comparable")

    @property
    def is_comparable(self) -> bool:
        """Whether values before and after may be compared."""
        return bool(self.cleaned_data["comparable"] == "yes")

    def successor(self, last: Assay) -> Assay:
        """Return the next version, not saved."""
        return Assay(
            laboratory=last.laboratory, marker=last.marker, name=last.name,
            changed_because=self.cleaned_data["changed_because"], **self.settings(),
        )  # fmt: skip
