"""Rows of an export as every reader hands them on: texts, or exact numbers where the file holds numbers."""

from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import NamedTuple, overload

Cell = str | Decimal  # a Decimal only where the file itself stores a number (a sheet); a text is never guessed at
StoredCell = Cell | float  # a sheet's number as the double that it is: made exact when it is read, most never are

_NO_FRACTION = ".0"
_NO_FRACTION_LENGTH = len(_NO_FRACTION)


def exact(value: float) -> Decimal:
    """Return the shortest decimal of a double, a whole number without a fraction: a well is 13, never 13.0."""
    text = repr(value)
    return Decimal(text[:-_NO_FRACTION_LENGTH] if text.endswith(_NO_FRACTION) else text)


class Row(NamedTuple):
    """One row of the file with the line (row of the sheet) where people find it, counted from 1."""

    line: int
    cells: Sequence[StoredCell]

    def cell(self, index: int) -> Cell:
        """Return a cell without surrounding blanks; empty where the row ends before it."""
        cells = self.cells
        if index >= len(cells):
            return ""
        cell = cells[index]
        if isinstance(cell, str):
            return cell.strip()
        return exact(cell) if isinstance(cell, float) else cell

    def text(self, index: int) -> str:
        """Return a cell as a text; a stored number in plain digits."""
        cell = self.cell(index)
        return cell if isinstance(cell, str) else f"{cell:f}"

    def is_blank(self) -> bool:
        """Return whether nothing stands in the row."""
        for cell in self.cells:  # a loop, not a generator: asked for every row of a large file
            if cell and (not isinstance(cell, str) or cell.strip()):
                return False
        return all(isinstance(cell, str) for cell in self.cells)


class Rows(Sequence[Row]):
    """The rows of a large text: kept as lines and cells, so that 100,000 of them are no burden to the memory."""

    __slots__ = ("_cells", "_lines")

    def __init__(self) -> None:
        self._lines: list[int] = []
        self._cells: list[tuple[StoredCell, ...]] = []

    def append(self, line: int, cells: Sequence[StoredCell]) -> None:
        """Add a row at the end."""
        self._lines.append(line)
        self._cells.append(tuple(cells))  # tuples of texts are of no interest to the garbage collector

    def __len__(self) -> int:
        return len(self._lines)

    def __iter__(self) -> Iterator[Row]:
        return map(Row, self._lines, self._cells)

    @overload
    def __getitem__(self, index: int) -> Row: ...

    @overload
    def __getitem__(self, index: slice) -> "Rows": ...

    def __getitem__(self, index: "int | slice") -> "Row | Rows":
        if isinstance(index, int):
            return Row(self._lines[index], self._cells[index])
        part = Rows()
        part._lines, part._cells = self._lines[index], self._cells[index]
        return part
