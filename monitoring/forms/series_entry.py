"""The form of a series of samples: one assay, how it was measured, and one row a sample."""

import re
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from monitoring.domain.readings import CopiesReading, CqReading, Reading
from monitoring.domain.standard_curve import StandardCurve
from monitoring.domain.typed_numbers import TypedNumberProblem, TypedNumberRefused, parse_cq, parse_decimal
from monitoring.forms.result_entry import ABL1_WELLS, TARGET_WELLS, Cell, Question, assay_label
from monitoring.forms.typed_fields import (
    ANSWER_PREFIX,
    NO_AMPLIFICATION_WORDS,
    IsoDayField,
    TypedNumberField,
    well_field,
)
from monitoring.models.choices import TissueChoice
from monitoring.queries.result_entry import AssayOffered
from monitoring.queries.series_entry import TypedRow

COPIES, CQ = "copies", "cq"
WAYS = [(COPIES, _("Copies of each well")), (CQ, _("Cq of each well, with the curves of the run"))]
CURVES = tuple(f"{gene}_{quantity}" for gene in ("target", "abl1") for quantity in ("slope", "intercept", "r2"))
FEWEST_ROWS, MOST_ROWS = 8, 96
SPARE_ROWS = 2
SLOPE_FROM, SLOPE_TO = Decimal(-10), Decimal(-1)  # Cq per log10, [DESIGN]: beyond, it is a slip and no curve
INTERCEPT_FROM, INTERCEPT_TO = Decimal(20), Decimal(60)  # cycles, [DESIGN]
MINUS = re.compile("^[-\u2212\u2013]")
NO_AMPLIFICATION = Decimal(-1)  # stands for a well without amplification until the reading is made


class HeadForm(forms.Form):
    """The assay of the whole series, and the curves where Cq are typed."""

    use_required_attribute = False

    assay = forms.ChoiceField(label=_("Assay"), error_messages={"required": _("Choose the assay.")})
    way = forms.ChoiceField(label=_("What was measured"), choices=WAYS, initial=COPIES, widget=forms.RadioSelect)

    def __init__(self, *args: Any, assays: Sequence[AssayOffered], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.label_suffix = ""
        choices = [(str(each.assay_id), assay_label(each)) for each in assays]
        self.fields["assay"].choices = choices if len(choices) == 1 else [("", _("choose")), *choices]  # type: ignore[attr-defined]
        for gene, said in (("target", _now("Target")), ("abl1", "ABL1")):
            self.fields[f"{gene}_slope"] = TypedNumberField(
                parse_slope, whole=False, label=_now("%(gene)s, slope") % {"gene": said}
            )
            self.fields[f"{gene}_intercept"] = TypedNumberField(
                parse_intercept, whole=False, label=_now("%(gene)s, intercept") % {"gene": said}
            )
            self.fields[f"{gene}_r2"] = TypedNumberField(parse_r2, whole=False, label=f"{said}, R²")

    def clean(self) -> dict[str, Any]:
        """Demand both curves where Cq are typed."""
        cleaned = super().clean() or {}
        if cleaned.get("way") == CQ:
            for name in CURVES:
                if name not in self.errors and cleaned.get(name) is None:
                    self.add_error(name, forms.ValidationError(_now("Type it as the run printed it."), code="required"))
        return cleaned

    def curve(self, gene: str) -> StandardCurve:
        """Return the curve of a gene as it was typed."""
        given = self.cleaned_data
        return StandardCurve(given[f"{gene}_slope"], given[f"{gene}_intercept"], given[f"{gene}_r2"])


class RowForm(forms.Form):
    """One sample; nothing is demanded here, because a tube on record needs less than a new one."""

    use_required_attribute = False

    accession_number = forms.CharField(label=_("Accession number"), max_length=50, required=False)
    pseudonym = forms.CharField(label=_("Patient"), max_length=30, required=False)
    tissue = forms.ChoiceField(
        label=_("Tissue"), choices=[("", pgettext_lazy("no tissue chosen", "–")), *TissueChoice.choices], required=False
    )
    collected_on = IsoDayField(label=_("Collected on"), required=False)

    def __init__(self, *args: Any, way: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.label_suffix = ""
        for names, gene in ((TARGET_WELLS, _now("Target")), (ABL1_WELLS, "ABL1")):
            for well, name in enumerate(names, start=1):
                label = _now("%(gene)s, well %(well)s") % {"gene": gene, "well": well}
                field = cq_field(label) if way == CQ else well_field(label)
                field.answer = self.data.get(self.add_prefix(ANSWER_PREFIX + name), "")
                self.fields[name] = field
        number = (self.prefix or "").rpartition("-")[2]
        for each in self.fields.values():
            named = _now("Row %(number)s, %(label)s") % {"number": number, "label": each.label}
            each.widget.attrs.update({"autocomplete": "off", "spellcheck": "false", "aria-label": named})

    @property
    def is_empty(self) -> bool:
        """Whether nothing was typed into the row."""
        return not any(str(self.data.get(self.add_prefix(name), "")).strip() for name in self.fields)

    @property
    def fact_cells(self) -> list[forms.BoundField]:
        """What says whose the sample is."""
        return [self[name] for name in ("accession_number", "pseudonym", "tissue", "collected_on")]

    @property
    def target_cells(self) -> list[Cell]:
        """The wells of the marker."""
        return [self.cell(name) for name in TARGET_WELLS]

    @property
    def abl1_cells(self) -> list[Cell]:
        """The wells of the control gene."""
        return [self.cell(name) for name in ABL1_WELLS]

    @property
    def asking_cells(self) -> list[Cell]:
        """The wells with something wrong, or with a question."""
        return [cell for cell in (*self.target_cells, *self.abl1_cells) if cell.field.errors or cell.question]

    def cell(self, name: str) -> Cell:
        """Return a well with the question that it asks."""
        field = self.fields[name]
        asked = tuple(field.asked) if isinstance(field, TypedNumberField) else ()
        answer = field.answer if isinstance(field, TypedNumberField) else ""
        question = Question(self.add_prefix(ANSWER_PREFIX + name), self[name], asked, answer)
        return Cell(self[name], question if asked else None)

    def typed(self, head: HeadForm) -> TypedRow:
        """Return the row, with its reading where the wells of both genes can be taken."""
        given = self.cleaned_data
        return TypedRow(
            accession_number=given.get("accession_number", "").strip(),
            pseudonym=given.get("pseudonym", "").strip().upper(),
            tissue=given.get("tissue", ""),
            collected_on=given.get("collected_on"),
            reading=self._reading(head),
        )

    def _reading(self, head: HeadForm) -> Reading | None:
        wells = [self._wells(names) for names in (TARGET_WELLS, ABL1_WELLS)]
        if not all(wells) or any(name in self.errors for name in (*TARGET_WELLS, *ABL1_WELLS)) or head.errors:
            return None
        target, abl1 = wells
        if head.cleaned_data["way"] == COPIES:
            return CopiesReading(target, abl1)
        return CqReading(_as_cqs(target), _as_cqs(abl1), head.curve("target"), head.curve("abl1"))

    def _wells(self, names: Sequence[str]) -> tuple[Decimal, ...]:
        values = [self.cleaned_data.get(name) for name in names]
        return tuple(value for value in values if value is not None)


class SeriesSheet:
    """The whole page: head and rows, as many as were asked for and two to spare."""

    def __init__(self, typed: QueryDict | None, assays: Sequence[AssayOffered], more: int = 0) -> None:
        self.head = HeadForm(typed, assays=assays)
        way = typed.get("way", COPIES) if typed else COPIES
        asked = typed.get("rows", "") if typed else ""
        rows = int(asked) if asked.isdecimal() and len(asked) <= len(str(MOST_ROWS)) else FEWEST_ROWS
        self.rows = [
            RowForm(typed, prefix=f"row-{number}", way=way) for number in range(1, min(rows + more, MOST_ROWS) + 1)
        ]

    @property
    def filled(self) -> list[RowForm]:
        """The rows into which something was typed."""
        return [row for row in self.rows if not row.is_empty]

    def is_valid(self) -> bool:
        """Whether every cell can be taken; each is asked, so that everything wrong is told at once."""
        answers = [self.head.is_valid(), *(row.is_valid() for row in self.filled)]
        return all(answers)


def cq_field(label: str) -> TypedNumberField:
    """Return a field for the Cq of one well: empty is not measured; u, ND and - are no amplification."""
    return TypedNumberField(parse_cq_well, whole=False, label=label)


def parse_cq_well(text: str) -> Decimal:
    """Read the Cq of one well; a word for no amplification is told apart from every cycle."""
    if text.lower() in NO_AMPLIFICATION_WORDS:
        return NO_AMPLIFICATION
    cq = parse_cq(text)
    return NO_AMPLIFICATION if cq is None else cq


def parse_slope(text: str) -> Decimal:
    """Read a slope in Cq per log10 copies, below 0."""
    return _between(
        -parse_decimal(MINUS.sub("", text)) if MINUS.match(text) else Decimal(0), text, SLOPE_FROM, SLOPE_TO
    )


def parse_intercept(text: str) -> Decimal:
    """Read an intercept in cycles."""
    return _between(parse_decimal(text), text, INTERCEPT_FROM, INTERCEPT_TO)


def parse_r2(text: str) -> Decimal:
    """Read a coefficient of determination, above 0 and at most 1."""
    return _between(parse_decimal(text), text, Decimal("0.5"), Decimal(1))


def _between(value: Decimal, text: str, lowest: Decimal, highest: Decimal) -> Decimal:
    if not lowest <= value <= highest:
        raise TypedNumberRefused(TypedNumberProblem.OUT_OF_RANGE, text)
    return value


def _as_cqs(wells: Sequence[Decimal]) -> tuple[Decimal | None, ...]:
    return tuple(None if well == NO_AMPLIFICATION else well for well in wells)
