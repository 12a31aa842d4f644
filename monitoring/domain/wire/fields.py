"""One field of a series as it arrives in JSON: its value, or a sentence that names the field."""

import re
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import TypeVar

T = TypeVar("T")

# A decimal number as text: no grouping, no blanks, no digits of other scripts, no NaN.
_DECIMAL = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]{1,4})?", re.ASCII)
# Amounts beyond 1E-60 to 1E+60 are typing errors in every unit; the limit also keeps whole-number scaling small.
LARGEST_POWER_OF_TEN = 60
MOST_CHARACTERS = 120
SHOWN_CHARACTERS = 40


class MalformedSeries(Exception):
    """A series cannot be read; the message is one sentence that names the field."""


def shown(value: object) -> str:
    """Return a value as it is quoted in a sentence, shortened."""
    text = "a list or an object" if isinstance(value, list | dict) else repr(value)
    return text if len(text) <= SHOWN_CHARACTERS else text[:SHOWN_CHARACTERS] + "..."


def day(value: object, field: str, of: str = "") -> date:
    """Return a calendar date written YYYY-MM-DD; `of` is what the field belongs to, as in `results[3].`."""
    if type(value) is str and len(value) == len("YYYY-MM-DD") and value[4] == "-" and value[7] == "-":
        try:
            return date.fromisoformat(value)
        except ValueError:
            pass
    if value is None:
        raise MalformedSeries(f"{of}{field} is missing.")
    raise MalformedSeries(f"{of}{field} must be a date written YYYY-MM-DD, not {shown(value)}.")


def day_or_none(value: object, field: str) -> date | None:
    """Return a date, or None where none is given."""
    return None if value is None else day(value, field)


def choice(value: object, choices: Mapping[str, T], field: str, of: str = "") -> T:
    """Return what a word stands for."""
    chosen = choices.get(value) if type(value) is str else None
    if chosen is not None:
        return chosen
    if value is None:
        raise MalformedSeries(f"{of}{field} is missing; it must be one of {', '.join(choices)}.")
    raise MalformedSeries(f"{of}{field} must be one of {', '.join(choices)}, not {shown(value)}.")


def text(value: object, field: str, of: str = "") -> str:
    """Return a text that is not empty."""
    if type(value) is str and value:
        return value
    if value is None or value == "":
        raise MalformedSeries(f"{of}{field} is missing.")
    raise MalformedSeries(f"{of}{field} must be a text, not {shown(value)}.")


def text_or_empty(value: object, field: str, of: str = "") -> str:
    """Return a text, empty where none is given."""
    return "" if value is None or value == "" else text(value, field, of)


def entries(value: object, field: str) -> list[object]:
    """Return a list, empty where none is given."""
    if value is None:
        return []
    if isinstance(value, list):
        return value
    raise MalformedSeries(f"{field} must be a list, not {shown(value)}.")


def record(value: object, field: str) -> dict[str, object]:
    """Return a JSON object."""
    if isinstance(value, dict):
        return value
    raise MalformedSeries(f"{field} must be a JSON object, not {shown(value)}.")


def amount_or_none(value: object, field: str, of: str = "") -> Decimal | None:
    """Return a finite decimal greater than 0, or None where none is given."""
    if value is None:
        return None
    number = _decimal(value)
    if number is not None and number > 0:
        return number
    raise MalformedSeries(f"{of}{field} must be a finite decimal number greater than 0, not {shown(value)}.")


def copies_or_none(value: object, field: str, of: str = "") -> Decimal | None:
    """Return a number of copies, 0 or more, or None where none is given."""
    if value is None:
        return None
    number = _decimal(value)
    if number is not None and number >= 0:
        return number
    raise MalformedSeries(f"{of}{field} must be a number of copies, 0 or more, not {shown(value)}.")


def _decimal(value: object) -> Decimal | None:
    """The number, whether it came as JSON number or as text; True and False are no numbers."""
    number = None
    if type(value) is str:
        if len(value) <= MOST_CHARACTERS and _DECIMAL.fullmatch(value):
            number = Decimal(value)
    elif type(value) is int:
        number = Decimal(value)
    elif isinstance(value, Decimal) and value.is_finite() and len(value.as_tuple().digits) <= MOST_CHARACTERS:
        number = value
    return number if number is not None and abs(number.adjusted()) <= LARGEST_POWER_OF_TEN else None
