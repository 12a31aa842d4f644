"""How one sender writes: what its codes, units and words stand for, its decimal mark and its time zone.

Codes are matched by code and system, never by name; units mean UCUM, words mean a call.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from zoneinfo import ZoneInfo

from monitoring.domain.terms import Call, Marker, Tissue
from monitoring.domain.units import Scale


class Meaning(StrEnum):
    """What an observation stands for."""

    RATIO = "RATIO"
    TARGET_COPIES = "TARGET_COPIES"
    ABL1_COPIES = "ABL1_COPIES"
    LOD = "LOD"
    LOQ = "LOQ"
    IGNORED = "IGNORED"


@dataclass(frozen=True, slots=True)
class CodeMeaning:
    """What a code stands for; a ratio has its marker, a LOINC code of one material its tissue."""

    meaning: Meaning
    marker: Marker | None = None
    tissue: Tissue | None = None


UNITS = {
    "%": Scale.PCT_ABL1, "1": Scale.RATIO, "{ratio}": Scale.RATIO,
    "{copies}/10*4{copies}": Scale.PER_10_4_ABL1, "{copies}/10*5{copies}": Scale.PER_10_5_ABL1,
}  # fmt: skip
COPIES = "{copies}"
KNOWN_UNITS = {*UNITS, COPIES}
# The fusion and its control transcript in one material; "Blood or Tissue" stands for blood.
LOINC: dict[str, CodeMeaning] = {
    "72208-2^LN": CodeMeaning(Meaning.RATIO, Marker.RUNX1_RUNX1T1, Tissue.BONE_MARROW),
    "72207-4^LN": CodeMeaning(Meaning.RATIO, Marker.RUNX1_RUNX1T1, Tissue.PERIPHERAL_BLOOD),
    "72209-0^LN": CodeMeaning(Meaning.RATIO, Marker.CBFB_MYH11, Tissue.BONE_MARROW),
    "72210-8^LN": CodeMeaning(Meaning.RATIO, Marker.CBFB_MYH11, Tissue.PERIPHERAL_BLOOD),
}
# Tables 0070 and 0487, and SNOMED CT.
MATERIALS = {
    "MAR": Tissue.BONE_MARROW, "BMA": Tissue.BONE_MARROW, "BON": Tissue.BONE_MARROW,
    "396997002": Tissue.BONE_MARROW, "119359002": Tissue.BONE_MARROW,
    "BLD": Tissue.PERIPHERAL_BLOOD, "WB": Tissue.PERIPHERAL_BLOOD, "BLDV": Tissue.PERIPHERAL_BLOOD,
    "119297000": Tissue.PERIPHERAL_BLOOD, "258580003": Tissue.PERIPHERAL_BLOOD, "122555007": Tissue.PERIPHERAL_BLOOD,
}  # fmt: skip


class WritingWrong(Exception):
    """An entry of a map that stands for nothing: which map, which entry."""

    def __init__(self, kind: str, entry: str) -> None:
        super().__init__(f"{kind} {entry}")
        self.kind, self.entry = kind, entry


@dataclass(frozen=True, slots=True)
class Writing:
    """The habits of a sender; `authority` is the one that gives the hospital numbers it uses."""

    codes: Mapping[str, CodeMeaning] = field(default_factory=dict)
    units: Mapping[str, str] = field(default_factory=dict)
    words: Mapping[str, Call] = field(default_factory=dict)
    decimal_comma: bool = False
    zone: ZoneInfo = field(default_factory=lambda: ZoneInfo("UTC"))
    authority: str = ""

    def meaning_of(self, keys: tuple[str, ...]) -> CodeMeaning | None:
        """Return what the first known of these codes stands for."""
        return next((found for key in keys if (found := self.codes.get(key) or LOINC.get(key))), None)

    def unit_of(self, said: str) -> str:
        """Return the UCUM code of a unit; empty for one that nobody explained."""
        return self.units.get(said) or (said if said in KNOWN_UNITS else "")

    def call_of(self, word: str) -> Call | None:
        """Return what a word says; blanks and capitals do not count."""
        return self.words.get(plain_word(word))


def plain_word(word: str) -> str:
    """Return a word as it is compared."""
    return " ".join(word.casefold().split())


def read_codes(told: Mapping[str, object]) -> dict[str, CodeMeaning]:
    """Return the map of codes; raises WritingWrong."""
    return {key.strip(): _code(key, value) for key, value in told.items()}


def _code(key: str, value: object) -> CodeMeaning:
    code, _, system = key.partition("^")
    try:
        if not isinstance(value, dict) or not code.strip() or not system.strip():
            raise ValueError
        marker, tissue = str(value.get("marker") or ""), str(value.get("tissue") or "")
        found = CodeMeaning(
            Meaning(str(value.get("meaning"))), Marker(marker) if marker else None, Tissue(tissue) if tissue else None
        )
    except ValueError as error:
        raise WritingWrong("codes", key) from error
    if found.meaning is Meaning.RATIO and found.marker is None:
        raise WritingWrong("codes", key)
    return found


def read_units(told: Mapping[str, object]) -> dict[str, str]:
    """Return the map of units; raises WritingWrong."""
    for said, unit in told.items():
        if not said.strip() or unit not in KNOWN_UNITS:
            raise WritingWrong("units", said)
    return {said.strip(): str(unit) for said, unit in told.items()}


def read_words(told: Mapping[str, object]) -> dict[str, Call]:
    """Return the map of words; raises WritingWrong."""
    found = {}
    for word, call in told.items():
        if not plain_word(word) or call not in set(Call):
            raise WritingWrong("words", word)
        found[plain_word(word)] = Call(str(call))
    return found
