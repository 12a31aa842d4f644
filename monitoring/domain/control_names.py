"""How laboratories name the controls of a plate, and the control gene: where the file itself does not say.

A name is taken for a control only if nothing is left of it but the words of the table, a gene, "control" and a number
of at most two digits: an accession number, or initials beside one, never is. Source: docs/methods/runs.md.
"""

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache

from monitoring.domain.plate import WellRole

LONGEST_NUMBER = 2  # digits of a control's own number: NTC 1, H2O-12; longer ones are accession numbers

# words without separators, in lower case and without accents
CONTROL_NAMES: dict[WellRole, frozenset[str]] = {
    WellRole.NO_TEMPLATE: frozenset({
        "ntc", "notemplate", "nontemplate", "h2o", "water", "waterntc", "ntcwater", "ntch2o", "h2ontc", "eau",
        "wasser", "aqua", "sansmatrice",
    }),
    WellRole.NO_RT: frozenset({
        "nrt", "nort", "nonrt", "rtminus", "minusrt", "rtneg", "rtnegative", "noreversetranscriptase", "withoutrt",
        "sansrt", "ohnert",
    }),
    WellRole.EXTRACTION_BLANK: frozenset({
        "extractionblank", "blankextraction", "blank", "rnablank", "blanc", "blancdextraction", "blancextraction",
        "leerextraktion", "extraktionsblank",
    }),
    WellRole.WILD_TYPE: frozenset({"wt", "wildtype", "wildtypewt", "wildtyp", "sauvage", "typesauvage"}),
    WellRole.POSITIVE_CONTROL: frozenset({
        "pos", "positive", "positif", "positiv", "positivkontrolle", "poscontrol", "posctrl", "ociaml3", "kasumi1",
    }),
}  # fmt: skip
_BY_NAME = {name: role for role, names in CONTROL_NAMES.items() for name in names}
_NOT_TELLING = frozenset({
    "control", "controls", "ctrl", "ctl", "ctr", "controle", "temoin", "kontrolle", "cdna", "rna", "npm", "npm1",
    "npm1mut", "abl", "abl1", "runx1", "runx1t1", "cbfb", "myh11",
})  # fmt: skip
# A minus sign tells: RT- and -RT are no-RT controls, RT alone is nothing.
_MINUS_RT = re.compile(r"(?:rt\s?[-\u2212]|[-\u2212]\s?rt)")
_WORD = re.compile(r"[^\W_]+")
_NUMBERED = re.compile(rf"(\D+)\d{{1,{LONGEST_NUMBER}}}")

CONTROL_GENE_NAMES = frozenset({"abl", "abl1", "cabl", "cabl1", "habl", "habl1"})


@lru_cache(maxsize=8192)
def control_named(sample: str) -> WellRole | None:
    """Return the control that the name of a sample tells; None for every other name."""
    plain = _folded(sample)
    if _MINUS_RT.fullmatch(plain):
        return WellRole.NO_RT
    words = [word for word in _WORD.findall(plain) if not _is_own_number(word)]
    telling = [word for word in words if word not in _NOT_TELLING]
    return _role("".join(words)) or _role("".join(telling))


@lru_cache(maxsize=1024)
def is_control_gene(target: str) -> bool:
    """Say whether the name of a target is one of ABL1: `ABL`, `ABL1`, `c-Abl`; `BCR::ABL1` is another target."""
    return "".join(_WORD.findall(_folded(target))) in CONTROL_GENE_NAMES


def control_genes(targets: Iterable[str]) -> tuple[str, ...]:
    """Return those names of targets that are the control gene."""
    return tuple(target for target in targets if is_control_gene(target))


def _role(name: str) -> WellRole | None:
    numbered = _NUMBERED.fullmatch(name)
    return _BY_NAME.get(name) or (_BY_NAME.get(numbered[1]) if numbered else None)


def _is_own_number(word: str) -> bool:
    return word.isdigit() and len(word) <= LONGEST_NUMBER


def _folded(name: str) -> str:
    """Lower case without accents, in one form whatever the keyboard."""
    spelt = unicodedata.normalize("NFKD", name).casefold()
    return "".join(letter for letter in spelt if not unicodedata.combining(letter)).strip()
