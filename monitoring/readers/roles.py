"""What a well is there for, by the instrument's word for it, or by the laboratory's name of its control.

Most instruments know samples, standards and no-template controls only; no-RT controls, extraction blanks, wild-type
and positive controls are then told by their name in the column of samples (monitoring.domain.control_names).
"""

import re
from functools import lru_cache

from monitoring.domain.control_names import control_named
from monitoring.domain.plate import WellRole
from monitoring.readers.headings import folded

# folded words of instruments and of our own plain csv
ROLE_WORDS: dict[WellRole, tuple[str, ...]] = {
    WellRole.SAMPLE: (
        "sample", "unknown", "unkn", "unk", "target", "endogenouscontrol", "patient", "inconnu", "echantillon",
        "unbekannt", "probe", "none",
    ),
    WellRole.STANDARD: ("standard", "std", "etalon", "quantstandard"),
    WellRole.NO_TEMPLATE: (
        "ntc", "notemplate", "notemplatecontrol", "negctrl", "negcontrol", "negativecontrol", "negative", "neg",
        "temoinnegatif", "controlenegatif", "negativkontrolle", "negativ", "negatif",
    ),
    WellRole.NO_RT: ("nrt", "nort", "nortcontrol", "minusrt", "rtminus", "noreversetranscriptase", "sansrt", "ohnert"),
    WellRole.EXTRACTION_BLANK: (
        "extractionblank", "blank", "eb", "blancextraction", "blancdextraction", "extractionnegative", "blanc",
    ),
    WellRole.WILD_TYPE: ("wildtype", "wt", "wildtypecontrol", "sauvage"),
    WellRole.POSITIVE_CONTROL: (
        "positivecontrol", "posctrl", "poscontrol", "positive", "pos", "pc", "positif", "positiv", "temoinpositif",
        "controlepositif", "positivkontrolle",
    ),
}  # fmt: skip
_BY_WORD = {word: role for role, words in ROLE_WORDS.items() for word in words}
LONGEST_WORD = 80  # characters of a role or of a control's name; longer texts are neither
_ENUMERATED = re.compile(r"(.+?)[-_ #]*[0-9]{1,3}")
# "unknown" and "negative" of an instrument are less exact than the name of a control
_LESS_EXACT = (None, WellRole.SAMPLE, WellRole.NO_TEMPLATE)


@lru_cache(maxsize=1024)
def role_of(word: str) -> WellRole | None:
    """Return the role that an instrument's word names, its number apart (`Unkn-01`, `Std-1`); None if none is known."""
    if len(word) > LONGEST_WORD:
        return None
    plain = _ENUMERATED.fullmatch(word.strip())
    return _BY_WORD.get(folded(word)) or (_BY_WORD.get(folded(plain[1])) if plain else None)


def role_in_well(told: WellRole | None, sample: str) -> tuple[WellRole, bool]:
    """Return the role of a well and whether only the name of its sample told it."""
    named = control_named(sample) if told in _LESS_EXACT and len(sample) <= LONGEST_WORD else None
    if named is None or named is told:
        return told or WellRole.SAMPLE, False
    return named, True
