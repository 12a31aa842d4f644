"""Which names of an instrument's file may stand for which assay or sample: proposals, which a person confirms.

A sample is proposed by its accession number only: the whole name, or a whole word of it; never part of a word, and
never the name of a person. Source: docs/methods/runs_on_the_bench.md.
"""

import re
import unicodedata

SHORTEST_NUMBER = 4  # characters of a word that may be an accession number; "1" or "2" beside it is a repeat
_WORD_OF_TARGET = re.compile(r"[^\W_]+")
_SAYS_NOTHING = frozenset(
    {"mut", "mutation", "mutated", "mutant", "type", "typ", "variant", "var", "assay", "transcript"}
)
_GLUED = re.compile(r"(?:mutation|mutated|mutant|mut|type)")
_BETWEEN_WORDS = re.compile(r"[\s,;|()\[\]]+")
_BETWEEN_PARTS = re.compile(r"[_/:]+")


def target_key(name: str) -> str:
    """Return what two spellings of a target share: `NPM1 mut A`, `npm1-mutA` and `NPM1A` are one."""
    plain = unicodedata.normalize("NFKC", name).casefold()
    words = [word for word in _WORD_OF_TARGET.findall(plain) if word not in _SAYS_NOTHING]
    return _GLUED.sub("", "".join(words))


def possible_accession_numbers(sample_name: str) -> tuple[str, ...]:
    """Return what of a sample name may be an accession number: the name itself, then its words that hold a digit."""
    name = sample_name.strip()
    words = _BETWEEN_WORDS.split(name)
    parts = [part for word in words for part in _BETWEEN_PARTS.split(word)]
    telling = [each for each in (*words, *parts) if len(each) >= SHORTEST_NUMBER and any(map(str.isdigit, each))]
    found = [name, *telling]
    return tuple(dict.fromkeys(spelt for each in found if each for spelt in (each, each.upper())))
