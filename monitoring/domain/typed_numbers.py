"""Numbers typed by hand, read so that neither language can mistake them by a thousand.

One decimal separator, "." or ","; no grouping; copies are whole numbers. What is refused carries a code, and
where two readings are possible both of them, so that the page can ask. Source: docs/methods/units.md.
"""

import re
from decimal import Decimal
from enum import StrEnum

MAX_CHARACTERS = 24  # [DESIGN] a longer number is a slip of the keyboard or of the clipboard
MAX_PCT_ABL1 = Decimal(1_000_000)  # % of ABL1, [DESIGN]: diagnosis samples reach some 10^4 %
MAX_COPIES = Decimal(10_000_000_000)  # copies a well, [DESIGN]: no cDNA volume holds more
MIN_CQ = Decimal(5)  # cycles, [DESIGN]: instruments fit their baseline before it; "3.341" is a slip for 33.41
MAX_CQ = Decimal(50)  # cycles, the longest protocol in use

UNDETERMINED_WORDS = frozenset({"u", "und", "undetermined", "indéterminé", "indetermine"})

_PLAIN = re.compile(r"[0-9]+(?:[.,][0-9]+)?")
_GROUPED = re.compile(r"[1-9][0-9]{0,2}(?:[.,][0-9]{3})+")


class TypedNumberProblem(StrEnum):
    """Why a typed number was refused; the page turns the code into a sentence or a question."""

    EMPTY = "EMPTY"
    TOO_LONG = "TOO_LONG"
    SPACE = "SPACE"
    SIGN = "SIGN"
    COMPARATOR = "COMPARATOR"
    EXPONENT = "EXPONENT"
    NOT_A_NUMBER = "NOT_A_NUMBER"
    INCOMPLETE = "INCOMPLETE"
    SEVERAL_SEPARATORS = "SEVERAL_SEPARATORS"
    GROUPED_OR_DECIMAL = "GROUPED_OR_DECIMAL"
    NOT_WHOLE = "NOT_WHOLE"
    ZERO = "ZERO"
    OUT_OF_RANGE = "OUT_OF_RANGE"


# What gives a refused number away; the first that fits names the problem.
_TELLTALE = (
    (TypedNumberProblem.SPACE, re.compile(r".*\s", re.DOTALL)),
    (TypedNumberProblem.EXPONENT, re.compile(r"[+-]?[0-9.,]+[eE][+-]?[0-9]+\Z")),
    (TypedNumberProblem.SIGN, re.compile("[+\\-\u2212\u2013]")),
    (TypedNumberProblem.COMPARATOR, re.compile("[<>\u2264\u2265]")),
    (TypedNumberProblem.NOT_A_NUMBER, re.compile(r".*[^0-9.,]")),
    (TypedNumberProblem.INCOMPLETE, re.compile(r"[.,]?[0-9]*[.,]?\Z")),
)


class TypedNumberRefused(Exception):
    """A typed number cannot be taken as it stands; `readings` is what it may have meant, largest first."""

    def __init__(self, problem: TypedNumberProblem, text: str, readings: tuple[Decimal, ...] = ()) -> None:
        super().__init__(problem.value)
        self.problem = problem
        self.text = text
        self.readings = readings


def parse_decimal(text: str) -> Decimal:
    """Read a non-negative decimal with at most one separator, "." or ","; raises TypedNumberRefused."""
    if _PLAIN.fullmatch(text) is None or len(text) > MAX_CHARACTERS:
        raise TypedNumberRefused(_problem_of(text), text, _grouped_readings(text))
    return Decimal(text.replace(",", "."))


def parse_percentage(text: str) -> Decimal:
    """Read a level in per cent, above 0 (not detected is a state), to 10^6; raises TypedNumberRefused."""
    value = parse_decimal(text)
    if value == 0:
        raise TypedNumberRefused(TypedNumberProblem.ZERO, text)
    return _within(value, text, Decimal(0), MAX_PCT_ABL1)


def parse_copies(text: str) -> Decimal:
    """Read a whole number of copies, 0 allowed, no separator; raises TypedNumberRefused with readings."""
    if _GROUPED.fullmatch(text) and len(text) <= MAX_CHARACTERS:
        raise TypedNumberRefused(TypedNumberProblem.GROUPED_OR_DECIMAL, text, _grouped_readings(text))
    value = parse_decimal(text)
    if "." in text or "," in text:
        readings = (value.to_integral_value(),) if value == value.to_integral_value() else ()
        raise TypedNumberRefused(TypedNumberProblem.NOT_WHOLE, text, readings)
    return _within(value, text, Decimal(0), MAX_COPIES)


def parse_cq(text: str) -> Decimal | None:
    """Read a quantification cycle from 5 to 50; raises TypedNumberRefused.

    None is the state of a well without amplification, typed as "u"; an empty cell is refused.
    """
    if text.lower() in UNDETERMINED_WORDS:
        return None
    return _within(parse_decimal(text), text, MIN_CQ, MAX_CQ)


def other_readings(text: str) -> tuple[Decimal, ...]:
    """Return what else an accepted percentage may have meant: "1,234" is 1.234 and may have meant 1234.

    Empty where nothing else is possible; for the page that repeats the number in words before submission.
    """
    accepted = parse_decimal(text)
    return tuple(reading for reading in _grouped_readings(text) if reading != accepted)


def _within(value: Decimal, text: str, lowest: Decimal, highest: Decimal) -> Decimal:
    if not lowest <= value <= highest:
        raise TypedNumberRefused(TypedNumberProblem.OUT_OF_RANGE, text)
    return value


def _grouped_readings(text: str) -> tuple[Decimal, ...]:
    """Both readings of digits in groups of three: the grouped number and, with one separator, the decimal."""
    if len(text) > MAX_CHARACTERS or _GROUPED.fullmatch(text) is None:
        return ()
    separators = [character for character in text if character in ".,"]
    grouped = Decimal(re.sub(r"[.,]", "", text))
    if len(separators) == 1:
        return (grouped, _shortest(Decimal(text.replace(",", "."))))
    return (grouped,) if len(set(separators)) == 1 else ()


def _shortest(value: Decimal) -> Decimal:
    return value.to_integral_value() if value == value.to_integral_value() else value


def _problem_of(text: str) -> TypedNumberProblem:
    if text == "":
        return TypedNumberProblem.EMPTY
    if len(text) > MAX_CHARACTERS:
        return TypedNumberProblem.TOO_LONG
    for problem, pattern in _TELLTALE:
        if pattern.match(text):
            return problem
    return TypedNumberProblem.SEVERAL_SEPARATORS
