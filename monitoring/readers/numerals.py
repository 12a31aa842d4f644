"""Numbers as a file writes them: which mark is the decimal one is decided once for the file, never cell by cell.

A lone `1,234` is twelve hundred or one and a quarter. It is read only where other numbers of the same file decide:
a Cq (below 100) or a coefficient of the curve that has a mark, two different marks in one number, a repeated mark,
or a mark that does not stand before exactly three digits.
"""

import re
from dataclasses import dataclass
from decimal import Decimal

from monitoring.readers.refusal import FileProblem

_BLANKS = "\u0020\u00a0\u2009\u202f'\u2019"  # blanks and apostrophes between thousands
_SPACED = re.compile(rf"[+-]?[0-9]{{1,3}}(?:([{_BLANKS}])[0-9]{{3}})(?:\1[0-9]{{3}})*(?:[.,][0-9]+)?")
_WHOLE = re.compile(r"[+-]?[0-9]+(?:[eE][+-]?[0-9]{1,3})?")
_ONE_MARK = re.compile(r"[+-]?([0-9]*)([.,])([0-9]+)([eE][+-]?[0-9]{1,3})?")
_GROUPED = re.compile(r"[+-]?[1-9][0-9]{0,2}(?:([.,])[0-9]{3})(?:\1[0-9]{3})*(?:([.,])[0-9]+)?")
_OTHER = {".": ",", ",": "."}
GROUP_DIGITS = 3  # digits between two thousands separators
LONGEST_NUMBER = 40  # characters; [DESIGN] nothing that an instrument prints is longer


class NumeralRefused(Exception):
    """A text that is no number of this file."""

    def __init__(self, problem: FileProblem) -> None:
        super().__init__(problem.value)
        self.problem = problem


@dataclass(frozen=True, slots=True)
class Numerals:
    """How one file writes numbers; `decimal` is empty where no number of it decides the mark."""

    decimal: str = ""

    def read(self, text: str, *, grouping: bool) -> tuple[Decimal, bool]:
        """Return the number and whether it had thousands separators; `grouping` says whether it may have them.

        Raises NumeralRefused for what is no number, has two readings, or contradicts the rest of the file.
        """
        text = text.replace("\u2212", "-")
        if len(text) > LONGEST_NUMBER:
            raise NumeralRefused(FileProblem.NUMBER_UNREADABLE)
        if _WHOLE.fullmatch(text):
            return Decimal(text), False
        one_mark = _ONE_MARK.fullmatch(text)
        if one_mark is not None and one_mark[2] == self.decimal:
            return Decimal(text.replace(",", ".")), False
        if not grouping or (one_mark is not None and not _may_group(one_mark)):
            raise NumeralRefused(_problem(text))
        return self._grouped(text), True

    def _grouped(self, text: str) -> Decimal:
        spaced = _SPACED.fullmatch(text)
        if spaced is not None:
            return self.read(text.replace(spaced[1], ""), grouping=False)[0]
        match = _GROUPED.fullmatch(text)
        if match is None:
            raise NumeralRefused(_problem(text))
        mark = match[2] or _OTHER[match[1]]
        if mark == match[1] or mark != self.decimal:
            raise NumeralRefused(FileProblem.NUMBER_AMBIGUOUS)
        return Decimal(text.replace(match[1], "").replace(",", "."))


def decimal_mark(text: str, *, grouping: bool) -> str:
    """Return the decimal mark that a number decides for its file, empty where it leaves both readings."""
    one_mark = _ONE_MARK.fullmatch(text)
    if one_mark is not None:
        return "" if grouping and _may_group(one_mark) else one_mark[2]
    if not grouping:
        return ""
    spaced = _SPACED.fullmatch(text)
    if spaced is not None:
        return next((mark for mark in _OTHER if mark in text), "")
    match = _GROUPED.fullmatch(text)
    if match is None or match[1] == match[2]:
        return ""
    return match[2] or _OTHER[match[1]]


def _may_group(one_mark: re.Match[str]) -> bool:
    """Return whether the one mark of a number may stand between thousands: 1,234 may; 0,234, 12,5 and 1,0E+05 not."""
    before, _mark, after, exponent = one_mark.groups()
    return (
        not exponent and len(after) == GROUP_DIGITS and 0 < len(before) <= GROUP_DIGITS and not before.startswith("0")
    )


def _problem(text: str) -> FileProblem:
    looks_like_number = _ONE_MARK.fullmatch(text) or _GROUPED.fullmatch(text)
    return FileProblem.NUMBER_AMBIGUOUS if looks_like_number else FileProblem.NUMBER_UNREADABLE
