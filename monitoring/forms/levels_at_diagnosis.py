"""The form of a level at diagnosis: a number with its scale, read back before it is saved."""

import hashlib
from decimal import Decimal
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from monitoring.domain.baseline_doubts import LevelAtDiagnosis
from monitoring.domain.typed_numbers import (
    MAX_PCT_ABL1,
    TypedNumberProblem,
    TypedNumberRefused,
    other_readings,
    parse_percentage,
)
from monitoring.domain.units import Scale, to_pct_abl1
from monitoring.forms.record_form import RecordForm
from monitoring.forms.result_entry import LIMIT_SCALES, Cell, Question
from monitoring.forms.typed_fields import ANSWER_PREFIX, IsoDayField, TypedNumberField, copies_field, parse_level
from monitoring.models import Baseline
from monitoring.wording.typed_numbers import plain

FINGERPRINT_LENGTH = 16  # hexadecimal digits; told apart are the few readings of one form


def parse_level_at_diagnosis(text: str) -> Decimal:
    """Read a level at diagnosis; raises TypedNumberRefused, also where its digits may stand in groups of thousands.

    At diagnosis a level is often a thousand and more: "1,000" is asked about on every scale.
    """
    value = parse_level(text)
    _ask_where_grouped(value, text)
    return value


def parse_percentage_at_diagnosis(text: str) -> Decimal:
    """Read a level at diagnosis in per cent, to 10^6; raises TypedNumberRefused as `parse_level_at_diagnosis`."""
    value = parse_percentage(text)
    _ask_where_grouped(value, text)
    return value


def _ask_where_grouped(value: Decimal, text: str) -> None:
    others = other_readings(text)
    if others:
        shortest = value.to_integral_value() if value == value.to_integral_value() else value
        raise TypedNumberRefused(TypedNumberProblem.GROUPED_OR_DECIMAL, text, (*others, shortest))


def level_at_diagnosis_field(**kwargs: Any) -> TypedNumberField:
    """Return a field for a level at diagnosis whose scale stands beside it."""
    return TypedNumberField(parse_level_at_diagnosis, whole=False, **kwargs)


class LevelForm(RecordForm):
    """The level of one tissue at diagnosis, on the scale of the report; ABL1 copies where the report tells them."""

    NUMBERS: ClassVar[tuple[str, ...]] = ("value", "abl1_copies")

    value = level_at_diagnosis_field(label=_("Level at diagnosis"))
    scale = forms.ChoiceField(
        label=_("Scale of the level"),
        choices=[("", _("choose")), *LIMIT_SCALES],
        error_messages={"required": _("Choose the scale: a number without its unit is refused.")},
    )
    abl1_copies = copies_field(label=_("ABL1 copies"))
    collected_on = IsoDayField(label=_("Collected on"))
    sure = forms.BooleanField(required=False)
    understood = forms.CharField(required=False, max_length=FINGERPRINT_LENGTH)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in self.NUMBERS:
            self._number(name).answer = self.data.get(ANSWER_PREFIX + name, "")

    @classmethod
    def initial_of(cls, row: Any) -> dict[str, Any]:
        """Return what the fields start from: the level on record, in % of ABL1."""
        level: Baseline = row
        copies = None if level.abl1_copies is None else plain(level.abl1_copies)
        return {
            "value": plain(level.pct_abl1), "scale": Scale.PCT_ABL1.value, "abl1_copies": copies,
            "collected_on": level.collected_on, "seen": level.recorded_at.isoformat(),
        }  # fmt: skip

    def clean(self) -> dict[str, Any]:
        """Demand a level, and refuse one that nothing can have, whatever its scale; ABL1 copies above 0."""
        given = super().clean() or {}
        if given.get("value") is None and "value" not in self.errors:
            self.add_error("value", ValidationError(_now("Type the level."), code="required"))
        if given.get("value") is not None and given.get("scale"):
            given["pct_abl1"] = to_pct_abl1(given["value"], Scale(given["scale"]))
            if given["pct_abl1"] > MAX_PCT_ABL1:
                sentence = _now("That is more than can be measured. Check the digits and the scale.")
                self.add_error("value", ValidationError(sentence, code="out_of_range"))
        if given.get("abl1_copies") == 0:
            sentence = _now("Without ABL1 copies there is no level. Leave it empty where the report tells none.")
            self.add_error("abl1_copies", ValidationError(sentence, code="zero"))
        return given

    @property
    def level(self) -> LevelAtDiagnosis:
        """The level that was typed, in % of ABL1."""
        given = self.cleaned_data
        return LevelAtDiagnosis(given["pct_abl1"], given["collected_on"], given["abl1_copies"])

    @property
    def is_sure(self) -> bool:
        """Whether the questions were answered with yes."""
        return bool(self.cleaned_data.get("sure"))

    @property
    def cells(self) -> dict[str, Cell]:
        """The numbers with what they ask."""
        found = {}
        for name in self.NUMBERS:
            field = self._number(name)
            question = Question(ANSWER_PREFIX + name, self[name], tuple(field.asked), field.answer)
            found[name] = Cell(self[name], question if field.asked else None)
        return found

    @property
    def kept(self) -> list[tuple[str, str]]:
        """What travels with the read-back: every field as it was typed, and the answers to questions."""
        names = [name for name in self.fields if name not in {"sure", "understood"}]
        answers = [(ANSWER_PREFIX + name, self._number(name).answer) for name in self.NUMBERS]
        return [(name, str(self.data.get(name, ""))) for name in names] + [each for each in answers if each[1]]

    def has_read(self, understood: str) -> bool:
        """Whether this, by its fingerprint, is what stood on the page that was sent."""
        return bool(self.cleaned_data.get("understood") == understood)

    def _number(self, name: str) -> TypedNumberField:
        field = self.fields[name]
        if not isinstance(field, TypedNumberField):
            raise KeyError(name)
        return field


def fingerprint(said: str) -> str:
    """Return what tells a level as it was read back from any other."""
    return hashlib.sha256(said.encode()).hexdigest()[:FINGERPRINT_LENGTH]
