"""A table of an export with its columns found, and the cells of it read: texts, numbers, wells, yes and no."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from monitoring.readers.cells import Cell, Row, Rows
from monitoring.readers.headings import Column, Names, check_columns, columns_of, folded
from monitoring.readers.refusal import FileProblem, FileRefused, Place
from monitoring.readers.wells import well_name

# "1.0" and "0.0" of spreadsheets are folded to 10 and 00
YES = frozenset({"true", "yes", "y", "1", "10", "x", "omit", "omitted", "oui", "vrai", "wahr", "ja"})
NO = frozenset({"", "false", "no", "n", "0", "00", "faux", "non", "falsch", "nein"})


@dataclass(frozen=True, slots=True)
class Table:
    """The rows under one line of headings; `at` says in which cell each known column stands."""

    headings: Row
    at: Mapping[Column, int]
    rows: Sequence[Row]
    sheet: str = ""
    comma_separated: bool = False

    def has(self, column: Column) -> bool:
        """Return whether the table has a column."""
        return column in self.at

    def cell(self, row: Row, column: Column) -> Cell:
        """Return a cell; empty where the table has no such column."""
        index = self.at.get(column)
        return "" if index is None else row.cell(index)

    def text(self, row: Row, column: Column) -> str:
        """Return a cell as a text."""
        index = self.at.get(column)
        return "" if index is None else row.text(index)

    def place(self, row: Row, column: Column) -> Place:
        """Return where a cell stands, as people find it."""
        heading = self.headings.text(self.at[column]) if column in self.at else ""
        return Place(row.line, heading, self.sheet)

    def refusal(self, problem: FileProblem, row: Row, column: Column) -> FileRefused:
        """Return the refusal of a cell, with its place and what stands there."""
        return FileRefused(problem, self.place(row, column), self.text(row, column))


def table_of(
    rows: Sequence[Row],
    names: Names,
    needed: Mapping[Column, str],
    *,
    sheet: str = "",
    has_footer: bool = False,
    comma_separated: bool = False,
) -> Table:
    """Return the table whose headings are the first row; blank rows and a footer after one are left out.

    `needed` maps the columns that must be there to the way the format prints them. `has_footer`: rows after a blank
    one that do not begin with a well are remarks of the instrument. Raises FileRefused for a column missing or twice,
    a row that is longer than the headings, a row that ends before its Cq, and a well that cannot be.
    """
    headings = rows[0]
    at = columns_of(headings, names, sheet)
    if Column.POSITION not in at:
        needed = {Column.WELL: "Well", **needed}
    check_columns(at, needed, headings, sheet)
    table = Table(headings, at, (), sheet, comma_separated)
    width = max(index for index, name in enumerate(headings.cells) if str(name).strip()) + 1
    kept = Rows()
    footer = False
    for row in rows[1:]:
        if row.is_blank():
            footer = has_footer
        elif not footer or well_of(table, row):
            _check_row(table, row, width)
            kept.append(row.line, row.cells)
    return Table(headings, at, kept, sheet, comma_separated)


def well_of(table: Table, row: Row) -> str:
    """Return the well of a row, its position where the table has positions; empty where none can be read."""
    return well_name(table.text(row, well_column(table)))


def check_not_cut_off(table: Table, *, ends_with_line_break: bool) -> None:
    """Raise FileRefused where the last line of a file was never ended and is shorter than the others.

    A table of one row has no others: its row has to reach the last heading, because a row that ends in the last
    column that is read may be cut inside that number. A file that was cut at the end of a line cannot be told from a
    whole one.
    """
    if ends_with_line_break or not table.rows:
        return
    last = table.rows[-1]
    whole = min((len(row.cells) for row in table.rows[:-1]), default=_last_heading(table) + 1)
    if len(last.cells) < whole:
        raise FileRefused(FileProblem.TABLE_CUT_OFF, Place(last.line, table.headings.text(len(last.cells))))


def _last_heading(table: Table) -> int:
    return max(index for index in range(len(table.headings.cells)) if table.headings.text(index))


def is_yes(table: Table, row: Row, column: Column) -> bool:
    """Return whether a cell says yes; raises FileRefused for what is neither yes nor no."""
    answer = _yes_or_no(table.text(row, column))
    if answer is None:
        raise table.refusal(FileProblem.FLAG_UNREADABLE, row, column)
    return answer


@lru_cache(maxsize=256)
def _yes_or_no(text: str) -> bool | None:
    word = folded(text)
    return True if word in YES else False if word in NO else None


def _check_row(table: Table, row: Row, width: int) -> None:
    if table.comma_separated and len(row.cells) > len(table.headings.cells):
        # an empty cell too many: a decimal comma has parted a number, and 37,51 would be a Cq of 37
        raise FileRefused(FileProblem.ROW_TOO_LONG, Place(row.line, "", table.sheet), row.text(len(row.cells) - 1))
    if len(row.cells) > width and any(row.text(index) for index in range(width, len(row.cells))):
        raise FileRefused(FileProblem.ROW_TOO_LONG, Place(row.line, "", table.sheet), row.text(width))
    column = well_column(table)
    if len(row.cells) <= table.at[column]:
        raise table.refusal(FileProblem.TABLE_CUT_OFF, row, column)
    if not well_of(table, row):
        raise table.refusal(FileProblem.WELL_IMPOSSIBLE, row, column)


def well_column(table: Table) -> Column:
    """Return the column in which the wells stand: positions before numbers."""
    return Column.POSITION if Column.POSITION in table.at else Column.WELL
