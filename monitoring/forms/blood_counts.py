"""The grid of serial blood counts, and the form of a single one.

A number in another unit is asked about, never guessed: neutrophils typed as 1500 may be 1.5 x 10^9/L.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from monitoring.domain.ctcae import Lineage
from monitoring.domain.typed_numbers import TypedNumberProblem, TypedNumberRefused, parse_decimal
from monitoring.forms.record_form import RecordForm
from monitoring.forms.result_entry import Cell, Question
from monitoring.forms.typed_fields import ANSWER_PREFIX, IsoDayField, Reading, TypedNumberField
from monitoring.models import BloodCount
from monitoring.wording.numbers import exact
from monitoring.wording.toxicity_words import UNITS

FEWEST_ROWS, MOST_ROWS = 8, 96


@dataclass(frozen=True, slots=True)
class Scale:
    """What a lineage can be: above `highest` the number is of another unit, `other` of them to one of ours."""

    lineage: Lineage
    highest: Decimal
    other: Decimal
    other_unit: str


# [DESIGN]: beyond what is counted in AML in remission, and within what the other unit gives
SCALES = {
    "neutrophils": Scale(Lineage.NEUTROPHILS, Decimal(100), Decimal(1000), "/µL"),
    "platelets": Scale(Lineage.PLATELETS, Decimal(2000), Decimal(1000), "/µL"),
    "haemoglobin": Scale(Lineage.HAEMOGLOBIN, Decimal(25), Decimal(10), "g/L"),
}


class CountField(TypedNumberField):
    """A count of one lineage; one that can only be of another unit asks."""

    def __init__(self, name: str, label: Any) -> None:
        self.scale = SCALES[name]
        super().__init__(_reading_of(self.scale), whole=False, label=label)

    def as_answered(self, refused: TypedNumberRefused) -> Decimal:
        """Return what the answer says; a number of another unit is asked about in the words of counts."""
        if refused.problem is not TypedNumberProblem.OUT_OF_RANGE or not refused.readings:
            return super().as_answered(refused)
        [reading] = refused.readings
        unit = UNITS[self.scale.lineage]
        meant = f"{exact(reading)} {unit}"
        self.asked = [Reading(str(reading), meant)]
        if self.answer == str(reading):
            return reading
        sentence = _now("“%(typed)s” %(unit)s cannot be. Do you mean %(meant)s (%(typed)s %(other)s)?") % {
            "typed": refused.text,
            "unit": unit,
            "meant": meant,
            "other": self.scale.other_unit,
        }
        raise ValidationError(sentence, code=refused.problem.value) from refused


def _reading_of(scale: Scale) -> Callable[[str], Decimal]:
    def read(text: str) -> Decimal:
        value = parse_decimal(text)
        if value <= scale.highest:
            return value
        other = (value / scale.other).normalize()
        readings = (other + 0,) if other <= scale.highest else ()
        raise TypedNumberRefused(TypedNumberProblem.OUT_OF_RANGE, text, readings)

    return read


class CountForm(RecordForm):
    """The count of one day."""

    COLUMNS: ClassVar[tuple[str, ...]] = ("measured_on", "neutrophils", "platelets", "haemoglobin")

    measured_on = IsoDayField(label=_("Day"), required=False)
    neutrophils = CountField("neutrophils", _("Neutrophils"))
    platelets = CountField("platelets", _("Platelets"))
    haemoglobin = CountField("haemoglobin", _("Haemoglobin"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in SCALES:
            field = self.fields[name]
            if isinstance(field, TypedNumberField):
                field.answer = self.data.get(self.add_prefix(ANSWER_PREFIX + name), "")

    def clean(self) -> dict[str, Any]:
        """Demand a day, and at least one of the three."""
        given = super().clean() or {}
        if given.get("measured_on") is None and "measured_on" not in self.errors:
            self.add_error("measured_on", ValidationError(_now("Type the day."), code="required"))
        if not any(name in self.errors or given.get(name) is not None for name in SCALES):
            self.add_error("neutrophils", ValidationError(_now("Type at least one of the three values."), code="empty"))
        return given

    @property
    def cells(self) -> list[Cell]:
        """The three values, each with the question that it asks."""
        return [self.cell(name) for name in SCALES]

    @property
    def asking_cells(self) -> list[Cell]:
        """The values with something wrong, or with a question."""
        return [cell for cell in self.cells if cell.field.errors or cell.question]

    def cell(self, name: str) -> Cell:
        """Return a value with its question."""
        field = self.fields[name]
        asked = tuple(field.asked) if isinstance(field, TypedNumberField) else ()
        answer = field.answer if isinstance(field, TypedNumberField) else ""
        question = Question(self.add_prefix(ANSWER_PREFIX + name), self[name], asked, answer)
        return Cell(self[name], question if asked else None)


class CountRow(CountForm):
    """One row of the grid."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        number = (self.prefix or "").rpartition("-")[2]
        for each in self.fields.values():
            named = _now("Row %(number)s, %(label)s") % {"number": number, "label": each.label}
            each.widget.attrs.update({"autocomplete": "off", "spellcheck": "false", "aria-label": named})

    @property
    def is_empty(self) -> bool:
        """Whether nothing was typed into the row."""
        return not any(str(self.data.get(self.add_prefix(name), "")).strip() for name in self.COLUMNS)

    @property
    def asking_cells(self) -> list[Cell]:
        """The values with something wrong, or with a question; a row that is not used has none."""
        return [] if self.is_empty else super().asking_cells

    @property
    def count(self) -> BloodCount:
        """The count that the row means."""
        return BloodCount(**self.columns)


class CountSheet:
    """The whole grid: as many rows as were asked for."""

    def __init__(self, typed: QueryDict | None, more: int = 0) -> None:
        asked = typed.get("rows", "") if typed else ""
        rows = int(asked) if asked.isdecimal() and len(asked) <= len(str(MOST_ROWS)) else FEWEST_ROWS
        numbers = range(1, min(rows + more, MOST_ROWS) + 1)
        self.rows = [CountRow(typed, prefix=f"row-{number}") for number in numbers]
        self.is_bound = typed is not None

    @property
    def filled(self) -> list[CountRow]:
        """The rows into which something was typed."""
        return [row for row in self.rows if not row.is_empty] if self.is_bound else []

    def is_valid(self) -> bool:
        """Whether every row can be taken and no day stands twice; each is asked, so that all is told at once."""
        answers = [row.is_valid() for row in self.filled]
        seen: set[date] = set()
        for row in self.filled:
            on = row.cleaned_data.get("measured_on")
            if on in seen:
                row.add_error("measured_on", ValidationError(_now("This day stands in two rows."), code="twice"))
            if on is not None:
                seen.add(on)
        return all(answers) and all(not row.errors for row in self.filled)

    @property
    def fingerprint(self) -> str:
        """What tells these counts as they were read back from any others."""
        told = [sorted((name, str(value)) for name, value in row.cleaned_data.items()) for row in self.filled]
        return hashlib.sha256(repr(told).encode()).hexdigest()[:16]
