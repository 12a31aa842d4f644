"""Drugs that change the exposure to venetoclax through CYP3A4, known by their names.

Source: docs/methods/dosing.md (B 5.1 and its additions): strong and moderate inhibitors, strong inducers.
"""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Cyp3a4Class(StrEnum):
    """What a drug does to CYP3A4; posaconazole is a strong inhibitor with a dose of its own."""

    NONE = ""
    MODERATE_INHIBITOR = "MODERATE_INHIBITOR"
    STRONG_INHIBITOR = "STRONG_INHIBITOR"
    POSACONAZOLE = "POSACONAZOLE"
    STRONG_INDUCER = "STRONG_INDUCER"


# Of several drugs named together the first of these decides: no dose makes up for an inducer.
MOST_SERIOUS_FIRST = (
    Cyp3a4Class.STRONG_INDUCER,
    Cyp3a4Class.POSACONAZOLE,
    Cyp3a4Class.STRONG_INHIBITOR,
    Cyp3a4Class.MODERATE_INHIBITOR,
)
STRONG_INHIBITORS = frozenset({Cyp3a4Class.STRONG_INHIBITOR, Cyp3a4Class.POSACONAZOLE})

# English and French names without accents; what a typed name is compared with.
CLASS_OF_DRUG: Mapping[str, Cyp3a4Class] = {
    "posaconazole": Cyp3a4Class.POSACONAZOLE,
    "voriconazole": Cyp3a4Class.STRONG_INHIBITOR,
    "itraconazole": Cyp3a4Class.STRONG_INHIBITOR,
    "ketoconazole": Cyp3a4Class.STRONG_INHIBITOR,
    "clarithromycin": Cyp3a4Class.STRONG_INHIBITOR,
    "clarithromycine": Cyp3a4Class.STRONG_INHIBITOR,
    "ritonavir": Cyp3a4Class.STRONG_INHIBITOR,
    "fluconazole": Cyp3a4Class.MODERATE_INHIBITOR,
    "isavuconazole": Cyp3a4Class.MODERATE_INHIBITOR,
    "ciprofloxacin": Cyp3a4Class.MODERATE_INHIBITOR,
    "ciprofloxacine": Cyp3a4Class.MODERATE_INHIBITOR,
    "erythromycin": Cyp3a4Class.MODERATE_INHIBITOR,
    "erythromycine": Cyp3a4Class.MODERATE_INHIBITOR,
    "diltiazem": Cyp3a4Class.MODERATE_INHIBITOR,
    "verapamil": Cyp3a4Class.MODERATE_INHIBITOR,
    "rifampicin": Cyp3a4Class.STRONG_INDUCER,
    "rifampicine": Cyp3a4Class.STRONG_INDUCER,
    "rifampin": Cyp3a4Class.STRONG_INDUCER,
    "carbamazepine": Cyp3a4Class.STRONG_INDUCER,
    "phenytoin": Cyp3a4Class.STRONG_INDUCER,
    "phenytoine": Cyp3a4Class.STRONG_INDUCER,
    "st john's wort": Cyp3a4Class.STRONG_INDUCER,
    "st johns wort": Cyp3a4Class.STRONG_INDUCER,
    "saint john's wort": Cyp3a4Class.STRONG_INDUCER,
    "millepertuis": Cyp3a4Class.STRONG_INDUCER,
}


@dataclass(frozen=True, slots=True)
class KnownDrug:
    """A drug found in what was typed, with its class."""

    name: str
    cyp3a4: Cyp3a4Class


def drugs_named(typed: str) -> tuple[KnownDrug, ...]:
    """Return the drugs of known class that a text names as whole words, the most serious first."""
    text = _folded(typed)
    found = [
        KnownDrug(name, cyp3a4)
        for name, cyp3a4 in CLASS_OF_DRUG.items()
        if re.search(rf"(?<!\w){re.escape(name)}(?!\w)", text)
    ]
    return tuple(sorted(found, key=lambda drug: MOST_SERIOUS_FIRST.index(drug.cyp3a4)))


def class_of(typed: str) -> Cyp3a4Class:
    """Return the class that the typed drugs propose; NONE where no name is known, which says nothing of the drug."""
    found = drugs_named(typed)
    return found[0].cyp3a4 if found else Cyp3a4Class.NONE


def _folded(text: str) -> str:
    """Lower case, without accents, one kind of apostrophe."""
    apart = unicodedata.normalize("NFKD", text.replace("\u2019", "'"))
    return "".join(letter for letter in apart if not unicodedata.combining(letter)).casefold().replace("st.", "st")
