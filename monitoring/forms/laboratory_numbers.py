"""Numbers of the laboratory's settings, typed by hand: the same rules as for results, within their own ranges."""

import re
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext as _now

from monitoring.domain.typed_numbers import (
    TypedNumberProblem,
    TypedNumberRefused,
    parse_copies,
    parse_cq,
    parse_decimal,
)
from monitoring.forms.typed_fields import TypedNumberField
from monitoring.wording.typed_numbers import refusal

MAX_SLOPE = Decimal(10)  # Cq per log10, [DESIGN]: steeper than any polymerase
BEYOND_EVERY_CHART = Decimal(1000)  # cycles, per cent, log10 of copies
_SIGN = re.compile("^[-−–] ?")


def parse_slope(text: str) -> Decimal:
    """Read the slope of a standard curve, typed with its minus or without: it falls in any case."""
    steepness = parse_decimal(_SIGN.sub("", text))
    if steepness == 0 or steepness > MAX_SLOPE:
        raise TypedNumberRefused(TypedNumberProblem.OUT_OF_RANGE, text)
    return -steepness


def parse_share(text: str) -> Decimal:
    """Read a number above 0 and not above 1."""
    value = parse_decimal(text)
    if not 0 < value <= 1:
        raise TypedNumberRefused(TypedNumberProblem.OUT_OF_RANGE, text)
    return value


def parse_cycles(text: str) -> Decimal:
    """Read a quantification cycle; a word for none is no number here."""
    value = parse_cq(text)
    if value is None:
        raise TypedNumberRefused(TypedNumberProblem.NOT_A_NUMBER, text)
    return value


def parse_counted(text: str) -> Decimal:
    """Read a whole number of copies above 0."""
    value = parse_copies(text)
    if value == 0:
        raise TypedNumberRefused(TypedNumberProblem.OUT_OF_RANGE, text)
    return value


def parse_charted(text: str) -> Decimal:
    """Read a number of a chart, which may be negative; none reaches 1,000, so "26.400" can only be 26.4."""
    rest = _SIGN.sub("", text)
    value = parse_decimal(rest)
    if value >= BEYOND_EVERY_CHART:
        raise TypedNumberRefused(TypedNumberProblem.OUT_OF_RANGE, text)
    return -value if rest != text else value


def typed(read: Any, **kwargs: Any) -> TypedNumberField:
    """Return a field for a number with its own way of reading it."""
    return TypedNumberField(read, whole=read in (parse_copies, parse_counted), **kwargs)


class CopiesListField(forms.CharField):
    """Numbers of copies, one a line: the standards of a curve, kept as text, every digit."""

    def __init__(self, **kwargs: Any) -> None:
        attrs = {"rows": 6, "inputmode": "numeric", "spellcheck": "false", "autocomplete": "off"}
        super().__init__(widget=forms.Textarea(attrs=attrs), required=False, **kwargs)

    def prepare_value(self, value: Any) -> Any:
        """Show a list one a line."""
        return "\n".join(value) if isinstance(value, list) else value

    def to_python(self, value: Any) -> Any:
        """Return the copies, the most first; raises ValidationError naming the line."""
        lines = [line.strip() for line in str(value or "").splitlines() if line.strip()]
        found = []
        for number, line in enumerate(lines, start=1):
            try:
                found.append(parse_counted(line))
            except TypedNumberRefused as refused:
                sentence = _now("Line %(number)s: %(problem)s") % {"number": number, "problem": refusal(refused)}
                raise forms.ValidationError(sentence) from refused
        if len(set(found)) != len(found):
            raise forms.ValidationError(_now("A standard stands here twice."))
        return [str(each) for each in sorted(found, reverse=True)]


class NamesField(forms.CharField):
    """Names, one a line."""

    def __init__(self, **kwargs: Any) -> None:
        attrs = {"rows": 3, "spellcheck": "false", "autocomplete": "off"}
        super().__init__(widget=forms.Textarea(attrs=attrs), required=False, **kwargs)

    def prepare_value(self, value: Any) -> Any:
        """Show a list one a line."""
        return "\n".join(value) if isinstance(value, list) else value

    def to_python(self, value: Any) -> Any:
        """Return the names in their order, each once."""
        return list(dict.fromkeys(line.strip() for line in str(value or "").splitlines() if line.strip()))
