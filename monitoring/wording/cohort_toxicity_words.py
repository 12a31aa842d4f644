"""The toxicity of a cohort in words: over all cycles, in cycle 1 and in cycle 2, with exact 95 % intervals."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from monitoring.domain.cohorts.part_toxicity import ToxicityAnswer
from monitoring.domain.toxicity_table import ToxicityRow
from monitoring.wording import cohort_numbers, toxicity_words
from monitoring.wording.cohort_pictures import NOTHING, Share, share
from monitoring.wording.cohort_words import patients_words


@dataclass(frozen=True, slots=True)
class ToxicityCell:
    """Patients affected with their share, of how many it is known."""

    share: Share
    of: str


@dataclass(frozen=True, slots=True)
class ToxicityLine:
    """One row: all cycles, then each cycle shown apart; how long and how often over all of them."""

    name: str
    cells: tuple[ToxicityCell, ...]
    detail: str


@dataclass(frozen=True, slots=True)
class ToxicityHead:
    """The head of a column: which cycles, of how many patients."""

    name: str
    patients: str


def context(answer: ToxicityAnswer) -> dict[str, Any]:
    """Return what the component shows."""
    heads = [ToxicityHead(_("All cycles"), patients_words(answer.patients))]
    heads += [
        ToxicityHead(_("Cycle %(number)s") % {"number": one.cycle}, patients_words(one.patients))
        for one in answer.cycles
    ]
    return {"is_empty": not answer.patients, "heads": heads, "lines": toxicity_lines(answer)}


def toxicity_lines(answer: ToxicityAnswer) -> list[ToxicityLine]:
    """Return the rows of the table with their columns side by side."""
    details = [line.detail for line in toxicity_words.table_lines(answer.rows)]
    columns = [answer.rows, *(one.rows for one in answer.cycles)]
    return [
        ToxicityLine(str(toxicity_words.ROWS[row.code]), tuple(map(_cell, beside)), detail)
        for row, detail, beside in zip(answer.rows, details, _side_by_side(columns), strict=True)
    ]


def _side_by_side(columns: Sequence[tuple[ToxicityRow, ...]]) -> list[tuple[ToxicityRow, ...]]:
    return list(zip(*columns, strict=True))


def _cell(row: ToxicityRow) -> ToxicityCell:
    return ToxicityCell(share(row.affected, row.of), cohort_numbers.count(row.of) if row.of else NOTHING)
