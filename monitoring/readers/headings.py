"""Headings of columns, folded so that the same column is found whatever the keyboard, the locale or the version."""

import unicodedata
from collections.abc import Mapping
from enum import StrEnum
from functools import lru_cache

from monitoring.readers.cells import Row
from monitoring.readers.refusal import FileProblem, FileRefused, Place

# letters that look Latin and are not: QuantStudio prints "Cт" and "ΔΔCт" with a Cyrillic т
_LOOK_ALIKES = str.maketrans("авеікмнорстухѕјԁԛԝμ", "abeikmhopctyxsjdqwu")
_KEPT = "#%"


class Column(StrEnum):
    """What a column means to us."""

    WELL = "WELL"  # the number of the well, or its position where there is no column of positions
    POSITION = "POSITION"
    PLATE = "PLATE"
    SAMPLE = "SAMPLE"
    TARGET = "TARGET"
    DYE = "DYE"
    ROLE = "ROLE"
    OMIT = "OMIT"
    INCLUDE = "INCLUDE"
    CQ = "CQ"
    QUANTITY = "QUANTITY"  # nominal for a standard, computed for everything else
    GIVEN = "GIVEN"  # nominal quantity only
    COMPUTED = "COMPUTED"  # computed quantity only
    SLOPE = "SLOPE"
    INTERCEPT = "INTERCEPT"
    R2 = "R2"
    EFFICIENCY = "EFFICIENCY"
    CYCLE = "CYCLE"
    CQ_MEAN = "CQ_MEAN"
    CQ_SD = "CQ_SD"
    STATUS = "STATUS"  # what the instrument remarks on the well, in words


Names = Mapping[Column, tuple[str, ...]]  # the folded headings of each column in one format


@lru_cache(maxsize=4096)
def folded(heading: str) -> str:
    """Return a heading in small Latin letters and digits alone: `R²` and `R^2` are `r2`, `Cт` is `ct`."""
    decomposed = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", heading).casefold())
    return "".join(sign for sign in decomposed.translate(_LOOK_ALIKES) if sign.isalnum() or sign in _KEPT)


def folded_cells(row: Row) -> list[str]:
    """Return the folded headings of a row, in its order."""
    return [folded(row.text(index)) for index in range(len(row.cells))]


def columns_of(headings: Row, names: Names, sheet: str = "") -> dict[Column, int]:
    """Return where each known column stands; raises FileRefused where one heading stands twice."""
    present = folded_cells(headings)
    _check_none_twice(headings, present, sheet)
    found: dict[Column, int] = {}
    for column, spellings in names.items():
        at = [index for index, name in enumerate(present) if name in spellings]
        if len(at) > 1:
            raise FileRefused(FileProblem.COLUMN_TWICE, _place(headings, at[1], sheet), headings.text(at[1]))
        if at:
            found[column] = at[0]
    return found


def check_columns(found: Mapping[Column, int], needed: Mapping[Column, str], headings: Row, sheet: str = "") -> None:
    """Raise FileRefused for the first needed column that is not there; `needed` says how the format prints it."""
    for column, printed in needed.items():
        if column not in found:
            raise FileRefused(FileProblem.COLUMN_MISSING, Place(headings.line, printed, sheet), printed)


def _check_none_twice(headings: Row, present: list[str], sheet: str) -> None:
    seen: set[tuple[str, bool]] = set()
    for index, name in enumerate(present):
        key = (name, "+" in headings.text(index))  # `ΔΔCт - Fsigma` and `ΔΔCт + Fsigma` stand side by side
        if name and key in seen:
            raise FileRefused(FileProblem.COLUMN_TWICE, _place(headings, index, sheet), headings.text(index))
        seen.add(key)


def _place(headings: Row, index: int, sheet: str) -> Place:
    return Place(headings.line, headings.text(index), sheet)
