"""Exports of fluorescence by cycle, without a Cq: there is nothing in them to quantify from, and that is said."""

from typing import NoReturn

from monitoring.readers.refusal import FileProblem, FileRefused, Place
from monitoring.readers.source import Source

_LIGHTCYCLER = (frozenset({"samplepos", "cycle#"}), frozenset({"samplepos", "prog#", "seg#"}))
_BY_WELL = (frozenset({"cycle", "a1"}), frozenset({"cycle", "a01"}), frozenset({"cycle", "b2"}))
_BY_CYCLE = (frozenset({"well", "cycle", "rn"}), frozenset({"wellposition", "cycle", "rn"}))
_RESULTS = "[results]"


def recognises(source: Source) -> bool:
    """Return whether a text has headings of curves and no block of results beside them."""
    if source.headings_at(*_LIGHTCYCLER, *_BY_WELL, *_BY_CYCLE) is None:
        return False
    return not any(line.strip('\t,;" ').casefold() == _RESULTS for line in source.lines)


def read(source: Source) -> NoReturn:
    """Raise FileRefused with the line of the headings."""
    at = source.headings_at(*_LIGHTCYCLER, *_BY_WELL, *_BY_CYCLE) or 0
    raise FileRefused(FileProblem.RAW_FLUORESCENCE, Place(at + 1))
