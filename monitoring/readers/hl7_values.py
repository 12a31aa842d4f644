"""The value of one observation: a number with comparator and unit, or a word; never a number that nobody wrote.

SN: comparator^number^separator^number, of which only comparator and first number may be told here. ST and TX: a strict
form, with a decimal comma only where the sender is known to write one. A number without a unit is refused.
"""

import re
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from monitoring.domain.terms import Call
from monitoring.readers.hl7_segments import NULL, Segment
from monitoring.readers.hl7_writing import Writing

NUMBER = re.compile(r"\+?\d{1,12}(?:\.\d{1,12})?", re.ASCII)
COMPARATOR = re.compile(r"<|<=|>|>=|=|", re.ASCII)
WITH_POINT = re.compile(r"(<=|>=|<|>|=)?\s*(\d{1,12}(?:\.\d{1,12})?)\s*([^\s\d.,]\S{0,39})?", re.ASCII)
WITH_COMMA = re.compile(r"(<=|>=|<|>|=)?\s*(\d{1,12}(?:[.,]\d{1,12})?)\s*([^\s\d.,]\S{0,39})?", re.ASCII)
TEXTS, CODED = {"ST", "TX", "FT"}, {"CE", "CWE", "CNE", "IS", "ID"}
CALLS = {  # table 0078
    "DET": Call.DETECTED, "POS": Call.DETECTED, "ND": Call.NOT_DETECTED, "NEG": Call.NOT_DETECTED,
    "IND": Call.INDETERMINATE,
}  # fmt: skip


class Said(StrEnum):
    """What cannot be understood of a message that is well formed: codes for the people who look after it."""

    CODE_UNKNOWN = "CODE_UNKNOWN"
    UNIT_MISSING = "UNIT_MISSING"
    UNIT_UNKNOWN = "UNIT_UNKNOWN"
    UNITS_DIFFER = "UNITS_DIFFER"
    VALUE_TYPE = "VALUE_TYPE"
    VALUE_UNREADABLE = "VALUE_UNREADABLE"
    VALUE_REPEATED = "VALUE_REPEATED"
    VALUE_MISSING = "VALUE_MISSING"
    VALUE_DELETED = "VALUE_DELETED"
    COMPARATOR = "COMPARATOR"
    ZERO_WITHOUT_CALL = "ZERO_WITHOUT_CALL"
    CALL_CONTRADICTS = "CALL_CONTRADICTS"
    RATIO_MISSING = "RATIO_MISSING"
    RATIO_TWICE = "RATIO_TWICE"
    SPECIMEN_MISSING = "SPECIMEN_MISSING"
    SPECIMEN_UNKNOWN = "SPECIMEN_UNKNOWN"
    SPECIMEN_CONTRADICTS_CODE = "SPECIMEN_CONTRADICTS_CODE"
    COLLECTED_MISSING = "COLLECTED_MISSING"
    CLOCK_MISSING = "CLOCK_MISSING"
    IDENTIFIER_AUTHORITY = "IDENTIFIER_AUTHORITY"
    CORRECTION_WITHOUT_ORIGINAL = "CORRECTION_WITHOUT_ORIGINAL"
    RETRACTION_WITHOUT_ORIGINAL = "RETRACTION_WITHOUT_ORIGINAL"
    PRELIMINARY = "PRELIMINARY"
    NO_RESULT = "NO_RESULT"
    CALL_UNKNOWN = "CALL_UNKNOWN"
    VALUE_MISMATCH = "VALUE_MISMATCH"


class NotUnderstood(Exception):
    """An observation that a person has to look at: why, where, and what was found there."""

    def __init__(self, why: str, where: str = "", found: str = "") -> None:
        super().__init__(f"{why} {where}")
        self.why, self.where, self.found = why, where, found[:60]


@dataclass(frozen=True, slots=True)
class Value:
    """What OBX-5 says: a number with unit (UCUM) and comparator, or a call in words, or nothing."""

    number: Decimal | None = None
    unit: str = ""
    comparator: str = ""
    word: Call | None = None
    is_deleted: bool = False

    @property
    def is_missing(self) -> bool:
        """Whether nothing was told."""
        return self.number is None and self.word is None and not self.is_deleted


def read_value(obx: Segment, writing: Writing) -> Value:
    """Return what an observation says; raises NotUnderstood."""
    if obx.raw(5).strip() == NULL or obx.part(5) == NULL:
        return Value(is_deleted=True)
    if not obx.raw(5).strip() or not obx.raw(5).strip(obx.delimiters.characters + " "):
        return Value()
    if len(obx.repetitions(5)) > 1:
        raise _not(obx, Said.VALUE_REPEATED, 5)
    kind = obx.part(2)
    if kind == "SN":
        return _structured(obx, writing)
    if kind == "NM":
        return _number(obx, "", obx.part(5), writing)
    if kind in TEXTS:
        return _text(obx, obx.text(5), writing)
    if kind in CODED:
        return _coded(obx, writing)
    raise _not(obx, Said.VALUE_TYPE, 2, kind)


def _structured(obx: Segment, writing: Writing) -> Value:
    comparator, number, separator, second = (obx.part(5, place) for place in (1, 2, 3, 4))
    if separator or second or not COMPARATOR.fullmatch(comparator):
        raise _not(obx, Said.VALUE_UNREADABLE, 5)
    return _number(obx, comparator, number, writing)


def _number(obx: Segment, comparator: str, number: str, writing: Writing) -> Value:
    if not NUMBER.fullmatch(number):
        raise _not(obx, Said.VALUE_UNREADABLE, 5, number)
    return Value(Decimal(number), _unit(obx, "", writing), "" if comparator == "=" else comparator)


def _text(obx: Segment, text: str, writing: Writing) -> Value:
    word = writing.call_of(text)
    if word is not None:
        return Value(word=word)
    match = (WITH_COMMA if writing.decimal_comma else WITH_POINT).fullmatch(text.strip())
    if match is None:
        raise _not(obx, Said.VALUE_UNREADABLE, 5, text)
    comparator, number, unit = match[1] or "", match[2].replace(",", "."), match[3] or ""
    return Value(Decimal(number), _unit(obx, unit, writing), "" if comparator == "=" else comparator)


def _coded(obx: Segment, writing: Writing) -> Value:
    for component in (1, 2, 4, 5):
        word = writing.call_of(obx.part(5, component))
        if word is not None:
            return Value(word=word)
    raise _not(obx, Said.VALUE_UNREADABLE, 5, obx.part(5))


def _unit(obx: Segment, beside: str, writing: Writing) -> str:
    """The unit of OBX-6, or the one beside the number; both have to agree."""
    said = obx.part(6) if obx.part(6) != NULL else ""
    units = [writing.unit_of(each) for each in (said, beside) if each]
    if not units:
        raise _not(obx, Said.UNIT_MISSING, 6)
    if "" in units:
        raise _not(obx, Said.UNIT_UNKNOWN, 6, said or beside)
    if len(set(units)) > 1:
        raise _not(obx, Said.UNITS_DIFFER, 6, said)
    return units[0]


def _not(obx: Segment, why: Said, field: int, found: str = "") -> NotUnderstood:
    return NotUnderstood(why, f"OBX[{obx.number}]-{field}", found)


def read_call(obx: Segment) -> Call | None:
    """Return the call of OBX-8, in any of its repetitions; None where none is told."""
    for repetition in obx.repetitions(8):
        call = CALLS.get(obx.part_of(repetition, 1).upper())
        if call is not None:
            return call
    return None
