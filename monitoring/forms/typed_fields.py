"""Fields for what is typed by hand: numbers that no language mistakes by a thousand, and days written as ISO dates."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from monitoring.domain.typed_numbers import (
    UNDETERMINED_WORDS,
    TypedNumberProblem,
    TypedNumberRefused,
    parse_copies,
    parse_decimal,
    parse_percentage,
)
from monitoring.wording.typed_numbers import plain, refusal

# How a day is typed; an example instead would look like a day that somebody has chosen.
DAY_SHAPE = _("YYYY-MM-DD")
NO_AMPLIFICATION_WORDS = UNDETERMINED_WORDS | {"-", "–", "−", "nd"}
ANSWER_PREFIX = "meant-"  # name of the answer to the question that an ambiguous number asks
MAX_HOURS_TO_LYSIS = 336  # hours; two weeks, [DESIGN]: longer is a slip

_ISO = re.compile(r"\d{4}-\d{2}-\d{2}")


@dataclass(slots=True)
class Reading:
    """One thing that an ambiguous number may have meant: how it is sent back, how it is shown, what would follow."""

    sent: str
    shown: str
    gives: str = ""


class TypedNumberField(forms.CharField):
    """A number typed by hand; an ambiguous one is refused with a question, and taken once that was answered."""

    def __init__(self, read: Callable[[str], Decimal], *, whole: bool, **kwargs: Any) -> None:
        attrs = {"inputmode": "numeric" if whole else "decimal", "autocomplete": "off", "spellcheck": "false"}
        super().__init__(widget=forms.TextInput(attrs=attrs), required=False, **kwargs)
        self.read = read
        self.answer = ""
        self.asked: list[Reading] = []

    def to_python(self, value: Any) -> Any:
        """Return the exact number, None where nothing was typed."""
        text = str(value or "").strip()
        if not text:
            return None
        try:
            return self.read(text)
        except TypedNumberRefused as refused:
            return self.as_answered(refused)

    def validate(self, value: Any) -> None:
        """Nothing more: what is no number has been refused already."""

    def run_validators(self, value: Any) -> None:
        """Nothing more: those of text do not fit a number."""

    def as_answered(self, refused: TypedNumberRefused) -> Decimal:
        """Return what the answer says that an ambiguous number means; raises ValidationError while there is none."""
        self.asked = [Reading(str(reading), plain(reading)) for reading in refused.readings]
        meant = [reading for reading in refused.readings if str(reading) == self.answer]
        if meant:
            return meant[0]
        raise ValidationError(refusal(refused), code=refused.problem.value) from refused


def well_field(label: Any) -> TypedNumberField:
    """Return a field for the copies of one well: empty is not measured; -, ND, u and 0 are no amplification."""
    return TypedNumberField(parse_well, whole=True, label=label)


def copies_field(**kwargs: Any) -> TypedNumberField:
    """Return a field for a whole number of copies."""
    return TypedNumberField(parse_copies, whole=True, **kwargs)


def percentage_field(**kwargs: Any) -> TypedNumberField:
    """Return a field for a level in per cent."""
    return TypedNumberField(parse_percentage, whole=False, **kwargs)


def level_field(**kwargs: Any) -> TypedNumberField:
    """Return a field for a level whose scale stands beside it."""
    return TypedNumberField(parse_level, whole=False, **kwargs)


def parse_well(text: str) -> Decimal:
    """Read the copies of one well; a word for no amplification is 0 copies."""
    return Decimal(0) if text.lower() in NO_AMPLIFICATION_WORDS else parse_copies(text)


def parse_level(text: str) -> Decimal:
    """Read a level above 0, on whatever scale."""
    value = parse_decimal(text)
    if value == 0:
        raise TypedNumberRefused(TypedNumberProblem.ZERO, text)
    return value


class IsoDayField(forms.DateField):
    """A day typed as 2026-11-18, the one way that reads the same everywhere; its weekday is echoed beside it."""

    def __init__(self, **kwargs: Any) -> None:
        attrs = {"autocomplete": "off", "placeholder": DAY_SHAPE, "maxlength": "10", "spellcheck": "false"}
        super().__init__(input_formats=["%Y-%m-%d"], widget=forms.TextInput(attrs=attrs), **kwargs)

    def to_python(self, value: Any) -> date | None:
        """Return the day; one that does not exist, or is written otherwise, is refused in words."""
        text = str(value or "").strip()
        if not text or isinstance(value, date):
            return value or None
        if _ISO.fullmatch(text) is None:
            raise ValidationError(
                _now("Write the day as year-month-day, for example 2026-11-18: “%(typed)s” could be two days.")
                % {"typed": text}
            )
        try:
            return date.fromisoformat(text)
        except ValueError as error:
            raise ValidationError(_now("“%(typed)s” is no day of the calendar.") % {"typed": text}) from error


def hours_field() -> forms.IntegerField:
    """Return a field for the hours from the needle to lysis."""
    return forms.IntegerField(
        label=_("Hours to lysis"),
        required=False,
        min_value=0,
        max_value=MAX_HOURS_TO_LYSIS,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )
