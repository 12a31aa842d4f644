"""The form of one measurement: copies well by well, or a value that was computed elsewhere, never without its scale."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms import BoundField
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from monitoring.domain.readings import CopiesReading, ReportedReading
from monitoring.domain.readings import Reading as Measured
from monitoring.domain.terms import Call
from monitoring.domain.typed_numbers import TypedNumberProblem, TypedNumberRefused, other_readings
from monitoring.domain.units import PCT_ABL1_EXPONENT, Scale, to_pct_abl1
from monitoring.forms.typed_fields import (
    ANSWER_PREFIX,
    Reading,
    TypedNumberField,
    copies_field,
    level_field,
    percentage_field,
    well_field,
)
from monitoring.models.choices import CallChoice, ScaleChoice
from monitoring.queries.result_entry import AssayOffered
from monitoring.wording.measurements import taken_for

COPIES, REPORTED = "copies", "reported"
WAYS = [(COPIES, _("Copies, well by well")), (REPORTED, _("A value computed elsewhere"))]
WELLS = (1, 2, 3)
TARGET_WELLS = tuple(f"target_{well}" for well in WELLS)
ABL1_WELLS = tuple(f"abl1_{well}" for well in WELLS)
OF_COPIES = (*TARGET_WELLS, *ABL1_WELLS)
OF_REPORT = ("call", "value", "scale", "abl1_copies", "limit", "loq", "loq_scale")
# On these scales a level is a number of copies: 1,000 may be a thousand, and is asked for.
COUNTED_SCALES = frozenset({Scale.PER_10_4_ABL1, Scale.PER_10_5_ABL1})
_CHOOSE = ("", _("choose"))
SCALES = [(choice.value, choice.label) for choice in ScaleChoice if choice.value in set(Scale)]
# A limit of quantification is the assay's: it cannot hang on the diagnosis sample of one patient.
LIMIT_SCALES = [(value, label) for value, label in SCALES if value in PCT_ABL1_EXPONENT]


@dataclass(frozen=True, slots=True)
class Question:
    """What an ambiguous number asks: its readings, and the one that was chosen, which can be chosen anew."""

    name: str
    field: BoundField
    readings: tuple[Reading, ...]
    chosen: str

    @property
    def settled(self) -> str:
        """What the number is taken for, and what not, once that was answered."""
        others = [Decimal(each.sent) for each in self.readings if each.sent != self.chosen]
        if len(others) == len(self.readings):
            return ""
        return taken_for(str(self.field.data), Decimal(self.chosen), others)


@dataclass(frozen=True, slots=True)
class Cell:
    """A field of the grid with its question, if it asks one."""

    field: BoundField
    question: Question | None


class MeasurementForm(forms.Form):
    """Wells or value, by one assay."""

    use_required_attribute = False

    assay = forms.ChoiceField(label=_("Assay"), error_messages={"required": _("Choose the assay.")})
    way = forms.ChoiceField(label=_("What was measured"), choices=WAYS, initial=COPIES, widget=forms.RadioSelect)
    call = forms.ChoiceField(label=_("Call"), choices=[_CHOOSE, *CallChoice.choices], required=False)
    value = level_field(label=_("Value"))
    scale = forms.ChoiceField(label=_("Scale of the value"), choices=[_CHOOSE, *SCALES], required=False)
    abl1_copies = copies_field(label=_("ABL1 copies"))
    limit = percentage_field(label=_("Limit of detection, % of ABL1"))
    loq = level_field(label=_("Limit of quantification"))
    loq_scale = forms.ChoiceField(
        label=_("Scale of the limit of quantification"), choices=[_CHOOSE, *LIMIT_SCALES], required=False
    )
    comment = forms.CharField(
        label=_("Comment"), max_length=500, required=False, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )

    def __init__(self, *args: Any, assays: Iterable[AssayOffered], marker: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.label_suffix = ""
        self.marker = marker
        self._offer(list(assays))
        for well, (target, abl1) in enumerate(zip(TARGET_WELLS, ABL1_WELLS, strict=True), start=1):
            self.fields[target] = well_field(_now("%(gene)s, well %(well)s") % {"gene": marker, "well": well})
            self.fields[abl1] = well_field(_now("%(gene)s, well %(well)s") % {"gene": "ABL1", "well": well})
        for name, field in self.fields.items():
            if isinstance(field, TypedNumberField):
                field.answer = self.data.get(self.add_prefix(ANSWER_PREFIX + name), "")

    def clean(self) -> dict[str, Any]:
        """Demand what the chosen way needs, and nothing of the other."""
        cleaned = super().clean() or {}
        way = cleaned.get("way")
        if way == COPIES:
            self._refuse_rest(OF_REPORT)
            self._demand_wells()
        elif way == REPORTED:
            self._refuse_rest(OF_COPIES)
            self._demand_report()
        return cleaned

    def reading(self) -> Measured:
        """Return what was typed, as the domain takes it."""
        given = self.cleaned_data
        if given["way"] == COPIES:
            return CopiesReading(self._typed(TARGET_WELLS), self._typed(ABL1_WELLS))
        return ReportedReading(
            call=Call(given["call"]),
            value=given["value"],
            scale=Scale(given["scale"]) if given["value"] is not None else None,
            abl1_copies=given["abl1_copies"],
            lod_pct_abl1=given["limit"],
            loq_pct_abl1=self.loq_pct_abl1,
        )

    @property
    def loq_pct_abl1(self) -> Decimal | None:
        """The limit of quantification that was typed, in % of ABL1."""
        given = self.cleaned_data
        return None if given["loq"] is None else to_pct_abl1(given["loq"], Scale(given["loq_scale"]))

    def readable_otherwise(self) -> list[tuple[str, Decimal, tuple[Decimal, ...]]]:
        """Return each level that may have meant something else: as typed, as taken, and what it was not taken for."""
        if self.cleaned_data.get("way") != REPORTED:
            return []
        taken = {name: self.cleaned_data.get(name) for name in ("value", "loq")}
        found = [(self._text(name), each) for name, each in taken.items() if each is not None]
        told = [(text, each, tuple(other for other in _others(text) if other != each)) for text, each in found]
        return [each for each in told if each[2]]

    @property
    def target_cells(self) -> list[Cell]:
        """The wells of the marker."""
        return [self.cell(name) for name in TARGET_WELLS]

    @property
    def abl1_cells(self) -> list[Cell]:
        """The wells of the control gene."""
        return [self.cell(name) for name in ABL1_WELLS]

    @property
    def report_cells(self) -> dict[str, Cell]:
        """The numbers of a reported value, by name."""
        return {name: self.cell(name) for name in ("value", "abl1_copies", "limit", "loq")}

    @property
    def number_cells(self) -> list[Cell]:
        """Every number of the page."""
        return [self.cell(name) for name, field in self.fields.items() if isinstance(field, TypedNumberField)]

    @property
    def missing(self) -> list[str]:
        """The labels of what is still needed before anything can be computed."""
        return [
            str(self.fields[name].label)
            for name, errors in self.errors.items()
            if name in self.fields and all(error.code == "required" for error in errors.as_data())
        ]

    @property
    def mistyped(self) -> list[Cell]:
        """The numbers that were typed and could not be taken."""
        missing = self.missing
        return [cell for cell in self.number_cells if cell.field.errors and cell.field.label not in missing]

    @property
    def questions(self) -> list[Question]:
        """What ambiguous numbers ask."""
        return [cell.question for cell in self.number_cells if cell.question is not None and cell.field.errors]

    @property
    def answers(self) -> list[tuple[str, str]]:
        """The answers given to questions, to be sent along when the form is read back."""
        named = [(ANSWER_PREFIX + name, field) for name, field in self.fields.items()]
        return [(name, field.answer) for name, field in named if isinstance(field, TypedNumberField) and field.answer]

    def cell(self, name: str) -> Cell:
        """Return a number with the question that it asks."""
        field = self._number(name)
        question = Question(ANSWER_PREFIX + name, self[name], tuple(field.asked), field.answer)
        return Cell(self[name], question if field.asked else None)

    def _number(self, name: str) -> TypedNumberField:
        field = self.fields[name]
        if not isinstance(field, TypedNumberField):
            raise KeyError(name)
        return field

    def _offer(self, assays: list[AssayOffered]) -> None:
        choices = [(str(each.assay_id), assay_label(each)) for each in assays]
        field = self.fields["assay"]
        field.choices = choices if len(choices) == 1 else [_CHOOSE, *choices]  # type: ignore[attr-defined]

    def _typed(self, names: Iterable[str]) -> tuple[Decimal, ...]:
        return tuple(self.cleaned_data[name] for name in names if self.cleaned_data[name] is not None)

    def _refuse_rest(self, names: Iterable[str]) -> None:
        """What was typed for the other way would be lost without a word."""
        if any(self._text(name) for name in names if name not in self._kept_loq()):
            sentence = _now("Both ways are filled in. Choose the one that counts, and empty the other.")
            self.add_error("way", ValidationError(sentence, code="both"))

    def _kept_loq(self) -> set[str]:
        """The limit that stands there from the version before, untouched: it is not what somebody typed."""
        names = {"loq", "loq_scale"}
        untouched = all(self._text(name) == str(self.initial.get(name, "")) for name in names)
        return names if untouched else set()

    def _text(self, name: str) -> str:
        return str(self.data.get(self.add_prefix(name), "")).strip()

    def _demand_wells(self) -> None:
        sentences = {
            TARGET_WELLS: _now("Type the copies of at least one well; - where nothing amplified."),
            ABL1_WELLS: _now("Type the copies of ABL1: without its control gene there is no result."),
        }
        for names, sentence in sentences.items():
            if not any(name in self.errors for name in names) and not self._typed(names):
                self.add_error(names[0], ValidationError(sentence, code="required"))

    def _demand_report(self) -> None:
        given = self.cleaned_data
        if not given.get("call"):
            self.add_error("call", ValidationError(_now("Choose what the laboratory found."), code="required"))
        self._demand_scale_of_loq()
        if given.get("value") is None:
            return
        if not given.get("scale"):
            self.add_error(
                "scale",
                ValidationError(_now("Choose the scale: a number without its unit is refused."), code="required"),
            )
        elif Scale(given["scale"]) in COUNTED_SCALES:
            self._ask_where_counted("value")
        if given.get("call") and given["call"] != Call.DETECTED:
            sentence = _now("A value goes with “Detected” only. Empty it, or change the call.")
            self.add_error("value", ValidationError(sentence, code="contradicts"))

    def _demand_scale_of_loq(self) -> None:
        given = self.cleaned_data
        if given.get("loq") is None:
            return
        if not given.get("loq_scale"):
            sentence = _now("Choose the scale of this limit: a number without its unit is refused.")
            self.add_error("loq_scale", ValidationError(sentence, code="required"))
        elif Scale(given["loq_scale"]) in COUNTED_SCALES:
            self._ask_where_counted("loq")

    def _ask_where_counted(self, name: str) -> None:
        """A level counted in copies is asked for where its digits can be read as thousands."""
        text = self._text(name)
        others = _others(text)
        if not others:
            return
        readings = (*others, _shortest(self.cleaned_data[name]))
        refused = TypedNumberRefused(TypedNumberProblem.GROUPED_OR_DECIMAL, text, readings)
        try:
            self.cleaned_data[name] = self._number(name).as_answered(refused)
        except ValidationError as error:
            self.add_error(name, error)


def assay_label(assay: AssayOffered) -> str:
    """Return name, version and laboratory of an assay."""
    return f"{assay.name}, {assay.version} · {assay.laboratory}"


def _others(text: str) -> tuple[Decimal, ...]:
    """What else a number may have meant; nothing where it was asked about and answered already."""
    try:
        return other_readings(text)
    except TypedNumberRefused:
        return ()


def _shortest(value: Decimal) -> Decimal:
    """30.000 as 30."""
    return value.to_integral_value() if value == value.to_integral_value() else value
