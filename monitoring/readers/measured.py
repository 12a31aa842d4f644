"""Cq values and quantities of a table: exact, or not amplified, or refused with their place."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from functools import lru_cache

from monitoring.domain.plate import NoteCode
from monitoring.readers.cells import Row
from monitoring.readers.headings import Column, folded
from monitoring.readers.notes import Notes
from monitoring.readers.numerals import NumeralRefused, Numerals, decimal_mark
from monitoring.readers.refusal import FileProblem
from monitoring.readers.tables import Table

CQ_LIMIT = Decimal(100)  # cycles; [DESIGN] no programme runs as many, so a Cq is below it
COPIES_LIMIT = Decimal("1E+18")  # copies in a well; [DESIGN] a microgram of a plasmid of 3 kb has about 3E+11
R2_LIMIT = Decimal(1)
# numbers with a bound, so that a mark in them is the decimal mark whatever follows it
BOUNDED = (
    Column.CQ, Column.SLOPE, Column.INTERCEPT, Column.R2, Column.EFFICIENCY, Column.CQ_MEAN, Column.CQ_SD,
)  # fmt: skip
UNBOUNDED = (Column.QUANTITY, Column.GIVEN, Column.COMPUTED)
_ALONGSIDE = (Column.CQ_MEAN, Column.CQ_SD)  # not read, but they have to agree with what is
NOT_AMPLIFIED = frozenset(
    {
        "", "undetermined", "undet", "notdetermined", "indetermine", "indeterminee", "nondetermine", "unbestimmt",
        "nichtbestimmt", "indeterminado", "indeterminato", "noct", "nocq", "nocp", "nocrt", "nan", "na", "nd", "neg",
        "negative", "negntc", "negmultict", "none", "null", "#na",
    }
)  # fmt: skip
_ENDLESS = re.compile(r"[+-]?(?:inf(?:inity)?|∞)", re.IGNORECASE)


@lru_cache(maxsize=4096)
def is_missing(text: str) -> bool:
    """Return whether a cell says that there is no number: empty, a dash, `Undetermined`, `No Ct`, `NaN`, `N/A`."""
    return not text.lstrip("-\u2013\u2014") or (not text[-1:].isdigit() and folded(text) in NOT_AMPLIFIED)


def numerals_of(tables: Iterable[Table]) -> Numerals:
    """Return how a file writes its numbers; raises FileRefused where a comma separates cells and decimals alike."""
    for table in tables:
        for column in (*BOUNDED, *UNBOUNDED):
            at = table.at.get(column)
            if at is None:
                continue
            for row in table.rows:
                cells = row.cells
                if at >= len(cells) or not isinstance(cells[at], str):
                    continue  # a number that the file stores as a number decides nothing
                mark = decimal_mark(row.text(at), grouping=column in UNBOUNDED)
                if mark == "," and table.comma_separated:
                    raise table.refusal(FileProblem.NUMBER_AMBIGUOUS, row, column)
                if mark:
                    return Numerals(mark)
    return Numerals()


@dataclass(slots=True)
class Measured:
    """Reads the numbers of one file by its one decimal mark, and counts what it had to decide."""

    numerals: Numerals
    notes: Notes = field(default_factory=Notes)

    def number(self, table: Table, row: Row, column: Column) -> Decimal | None:
        """Return a number, None where the cell says that there is none; raises FileRefused with the place."""
        cell = table.cell(row, column)
        if isinstance(cell, Decimal):
            if not cell.is_finite():
                raise table.refusal(FileProblem.NUMBER_IMPOSSIBLE, row, column)
            return cell
        if is_missing(cell):
            return None
        if _ENDLESS.fullmatch(cell):
            raise table.refusal(FileProblem.NUMBER_IMPOSSIBLE, row, column)
        try:
            value, grouped = self.numerals.read(cell, grouping=column in UNBOUNDED)
        except NumeralRefused as refused:
            raise table.refusal(refused.problem, row, column) from refused
        if grouped:
            self.notes.count(NoteCode.THOUSANDS_SEPARATOR, cell)
        if self.numerals.decimal == "," and "," in cell:
            self.notes.count(NoteCode.DECIMAL_COMMA)
        return value

    def cq(self, table: Table, row: Row, cycles: int | None = None) -> Decimal | None:
        """Return the Cq in cycles, None where nothing amplified; `cycles` is the number of cycles, where known.

        A Cq of 0, and one at or above the number of cycles, is no amplification (noted). Raises FileRefused for a
        negative Cq and for one of 100 or more.
        """
        self._check_alongside(table, row)
        value = self.number(table, row, Column.CQ)
        if value is None:
            return None
        if value == 0:
            self.notes.count(NoteCode.CQ_ZERO)
            return None
        if not 0 < value < CQ_LIMIT:
            raise table.refusal(FileProblem.NUMBER_IMPOSSIBLE, row, Column.CQ)
        if cycles is not None and value >= cycles:
            self.notes.count(NoteCode.CQ_AT_CYCLE_COUNT, str(cycles))
            return None
        return value

    def copies(self, table: Table, row: Row, column: Column) -> Decimal | None:
        """Return a quantity in copies, None where none is printed; raises FileRefused for an impossible one."""
        value = self.number(table, row, column)
        if value is not None and not 0 <= value < COPIES_LIMIT:
            raise table.refusal(FileProblem.NUMBER_IMPOSSIBLE, row, column)
        return value

    def nominal(self, table: Table, row: Row, column: Column) -> Decimal | None:
        """Return the quantity of a standard in copies, above 0; None where the file does not tell it."""
        value = self.copies(table, row, column)
        if value == 0:
            raise table.refusal(FileProblem.NUMBER_IMPOSSIBLE, row, column)
        return value

    def coefficient(self, table: Table, row: Row, column: Column) -> Decimal | None:
        """Return a printed coefficient of a curve; None where there is none or the instrument prints infinity."""
        cell = table.cell(row, column)
        if isinstance(cell, str) and _ENDLESS.fullmatch(cell):
            return None
        value = self.number(table, row, column)
        if column is Column.R2 and value is not None and not 0 <= value <= R2_LIMIT:
            raise table.refusal(FileProblem.NUMBER_IMPOSSIBLE, row, column)
        return value

    def _check_alongside(self, table: Table, row: Row) -> None:
        other = {".": ",", ",": "."}.get(self.numerals.decimal)
        for column in _ALONGSIDE:
            if other and column in table.at:
                cell = table.cell(row, column)
                if isinstance(cell, str) and other in cell:
                    raise table.refusal(FileProblem.NUMBER_AMBIGUOUS, row, column)
