"""Why a typed number was not taken, and what it may have meant: a sentence or a question, never a silent guess."""

from collections.abc import Sequence
from decimal import Decimal
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from monitoring.domain.typed_numbers import TypedNumberProblem, TypedNumberRefused
from monitoring.wording.numbers import exact, marks

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

_TYPE_DIGITS = _("Type digits, with one “.” or “,” before decimals and nothing between thousands.")

SENTENCES: dict[TypedNumberProblem, "_StrPromise"] = {
    TypedNumberProblem.EMPTY: _("Type a number."),
    TypedNumberProblem.TOO_LONG: _("This number is too long to be one."),
    TypedNumberProblem.SPACE: _("“%(typed)s” has a space in it. Type the digits without spaces."),
    TypedNumberProblem.SIGN: _("“%(typed)s” has a sign. Levels and copies are never negative."),
    TypedNumberProblem.COMPARATOR: _(
        "“%(typed)s” is a limit, not a value. Choose “Not detected” and type the limit in its own field."
    ),
    TypedNumberProblem.EXPONENT: _("“%(typed)s” is written with an exponent. Write the number out."),
    TypedNumberProblem.NOT_A_NUMBER: _("“%(typed)s” is not a number."),
    TypedNumberProblem.INCOMPLETE: _("“%(typed)s” is not complete: digits stand before and after the separator."),
    TypedNumberProblem.SEVERAL_SEPARATORS: _("“%(typed)s” has more than one separator."),
    TypedNumberProblem.GROUPED_OR_DECIMAL: _("“%(typed)s” can be read in two ways."),
    TypedNumberProblem.NOT_WHOLE: _("“%(typed)s”: copies are whole numbers."),
    TypedNumberProblem.ZERO: _("0 is not a level. Where nothing was detected, choose “Not detected”."),
    TypedNumberProblem.OUT_OF_RANGE: _("“%(typed)s” is outside of what can be measured. Check the digits."),
}
_ADVISED = frozenset(
    {
        TypedNumberProblem.SPACE,
        TypedNumberProblem.NOT_A_NUMBER,
        TypedNumberProblem.SEVERAL_SEPARATORS,
        TypedNumberProblem.GROUPED_OR_DECIMAL,
    }
)


def refusal(refused: TypedNumberRefused) -> str:
    """Return why a typed number was not taken; where it can be read in two ways, as a question."""
    if refused.readings:
        return question(refused.text, refused.readings)
    sentence = str(SENTENCES[refused.problem]) % {"typed": refused.text}
    return f"{sentence} {_TYPE_DIGITS}" if refused.problem in _ADVISED else sentence


def question(typed: str, readings: Sequence[Decimal]) -> str:
    """Return the question that an ambiguous number asks: `“30.000”: 30000, or 30?`."""
    if len(readings) == 1:
        return _now(
            "“%(typed)s”: do you mean %(reading)s? Type the digits alone, without a separator between thousands."
        ) % {
            "typed": typed,
            "reading": plain(readings[0]),
        }
    return _now("“%(typed)s”: %(first)s, or %(second)s? Nothing is computed until you say.") % {
        "typed": typed,
        "first": plain(readings[0]),
        "second": plain(readings[1]),
    }


def plain(reading: Decimal) -> str:
    """Return a reading in digits alone, in the reader's decimal mark, as it has to be typed."""
    return exact(reading)


def number_said(label: str, value: Decimal, unit: str) -> str:
    """Return `VAF 12.5 %`: what was understood of a number, with its unit."""
    space = marks().before_percent if unit == "%" else " "
    return f"{label} {exact(value)}{space}{unit}" if unit else f"{label} {exact(value)}"


def numbers_understood_said(numbers: Sequence[str]) -> str:
    """Return `Understood: VAF 12.5 %, allelic ratio 0.31.`; empty where no number was typed."""
    return _now("Understood: %(numbers)s.") % {"numbers": ", ".join(numbers)} if numbers else ""
