"""The form of a mutation finding."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any, ClassVar

from django import forms
from django.db import models
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from monitoring.domain.typed_numbers import TypedNumberProblem, TypedNumberRefused, parse_decimal
from monitoring.forms.record_form import RecordForm, choice, words
from monitoring.forms.typed_fields import IsoDayField, TypedNumberField
from monitoring.models.choices import FindingStatusChoice, GeneChoice, TissueChoice

HIGHEST_VAF = Decimal(100)  # per cent
HIGHEST_RATIO = Decimal(10_000)  # allelic ratio, below it, as the database accepts it


def parse_vaf(text: str) -> Decimal:
    """Read a variant allele frequency in per cent, 0 to 100; raises TypedNumberRefused."""
    value = parse_decimal(text)
    if value > HIGHEST_VAF:
        raise TypedNumberRefused(TypedNumberProblem.OUT_OF_RANGE, text)
    return value


def parse_ratio(text: str) -> Decimal:
    """Read an allelic ratio; raises TypedNumberRefused."""
    value = parse_decimal(text)
    if value >= HIGHEST_RATIO:
        raise TypedNumberRefused(TypedNumberProblem.OUT_OF_RANGE, text)
    return value


class FindingForm(RecordForm):
    """What was found of a gene, on which day, in which tissue, by which method."""

    COLUMNS: ClassVar[tuple[str, ...]] = (
        "gene", "variant", "status", "found_on", "tissue", "method", "vaf_pct", "allelic_ratio",
    )  # fmt: skip

    COLUMN_OF_SAMPLE = "sample_id"

    gene = choice(_("Gene"), GeneChoice.choices, required=True)
    variant = words(_("Variant"), 100)
    status = choice(_("Status"), FindingStatusChoice.choices, required=True)
    sample = forms.TypedChoiceField(label=_("Sample"), required=False, coerce=int, empty_value=None)
    found_on = IsoDayField(label=_("Day"), required=False, help_text=_("Empty: that of the sample."))
    tissue = choice(_("Tissue"), [("", pgettext_lazy("no tissue chosen", "–")), *TissueChoice.choices])
    method = words(_("Method"), 100)
    vaf_pct = TypedNumberField(parse_vaf, whole=False, label=_("VAF"))
    allelic_ratio = TypedNumberField(parse_ratio, whole=False, label=_("Allelic ratio"))

    def __init__(self, *args: Any, samples: Sequence[tuple[int, str]] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["sample"]
        if isinstance(field, forms.TypedChoiceField):
            field.choices = [("", _("not one on record here")), *samples]

    @classmethod
    def initial_of(cls, row: models.Model) -> dict[str, Any]:
        """Return what the fields start from, the sample by its number."""
        return {**super().initial_of(row), "sample": getattr(row, cls.COLUMN_OF_SAMPLE)}

    @property
    def columns(self) -> dict[str, Any]:
        """What goes into the row, the sample by its number."""
        return {**super().columns, self.COLUMN_OF_SAMPLE: self.cleaned_data["sample"]}

    @property
    def consequence(self) -> str:
        """What the finding does to the verdicts, where it does something."""
        given = self.cleaned_data if self.is_bound and self.is_valid() else self.initial
        if (given.get("gene"), given.get("status")) == (GeneChoice.NPM1, FindingStatusChoice.LOST):
            return _now(
                "NPM1 lost: from now on a negative does not exclude relapse, and every page about the patient says so."
            )
        return ""
