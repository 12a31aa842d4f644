"""Tables as files for a spreadsheet program. What reads as a formula is kept as text: anyone may have typed it."""

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import islice
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from openpyxl import Workbook

Cell = str | int | float | Decimal | date | None

BYTE_ORDER_MARK = "\ufeff"  # without it spreadsheet programs read UTF-8 as something else
# A text that begins so is taken for a formula by one spreadsheet program or another.
BEGINS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
KEPT_AS_TEXT = "'"
PIECE = 2_000  # rows
PLAIN_TEXT = re.compile(r"[A-Za-z0-9][A-Za-z0-9_ ;-]*")  # neither formula nor control character in any program


@dataclass(frozen=True, slots=True)
class Table:
    """One sheet of a workbook."""

    title: str
    header: Sequence[str]
    rows: Iterable[Sequence[Cell]]


def csv_file(header: Sequence[str], rows: Iterable[Sequence[Cell]]) -> bytes:
    """Return UTF-8 csv with CRLF; numbers as they are, with a point, days as 2026-11-20."""
    return b"".join(csv_pieces(header, rows))


def csv_pieces(header: Sequence[str], rows: Iterable[Sequence[Cell]]) -> Iterator[bytes]:
    """Yield the same file in pieces of PIECE rows, each made when it is asked for."""
    yield BYTE_ORDER_MARK.encode() + _lines([[_text(name) for name in header]])
    left = iter(rows)
    while piece := [[_plain(cell) for cell in row] for row in islice(left, PIECE)]:
        yield _lines(piece)


def _lines(rows: Iterable[Sequence[str]]) -> bytes:
    written = io.StringIO()
    csv.writer(written, lineterminator="\r\n").writerows(rows)
    return written.getvalue().encode()


def xlsx_file(title: str, header: Sequence[str], rows: Iterable[Sequence[Cell]]) -> bytes:
    """Return a workbook of one sheet: numbers and days as such, every text as text and never as a formula."""
    return workbook([Table(title, header, rows)])


def workbook(tables: Iterable[Table]) -> bytes:
    """Return a workbook of several sheets, each as in `xlsx_file`."""
    from openpyxl import Workbook  # here: a web process that exports nothing needs none of it

    book = Workbook(write_only=True)
    for table in tables:
        _write_sheet(book, table)
    written = io.BytesIO()
    book.save(written)
    return written.getvalue()


def _write_sheet(book: "Workbook", table: Table) -> None:
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.styles import Font

    sheet = book.create_sheet(table.title[:31])
    sheet.freeze_panes = "B2"

    def text(value: str) -> WriteOnlyCell:
        made = WriteOnlyCell(sheet, value=_without_control(value))
        made.data_type = "s"
        made.quotePrefix = value.startswith(BEGINS_A_FORMULA)
        return made

    def cell(value: Cell) -> "WriteOnlyCell | Cell":
        """A plain text needs no cell of its own, which would take most of the time."""
        return text(value) if isinstance(value, str) and not PLAIN_TEXT.fullmatch(value) else value

    heads = [text(name) for name in table.header]
    for head in heads:
        head.font = Font(bold=True)
    sheet.append(heads)
    for row in table.rows:
        sheet.append([cell(value) for value in row])


def _plain(cell: Cell) -> str:
    if cell is None:
        return ""
    if isinstance(cell, str):
        return _text(cell)
    if isinstance(cell, Decimal):
        return format(cell, "f")
    return cell.isoformat() if isinstance(cell, date) else str(cell)


def _text(cell: str) -> str:
    return KEPT_AS_TEXT + cell if cell.startswith(BEGINS_A_FORMULA) else cell


def _without_control(text: str) -> str:
    """XML has no place for control characters; a space keeps the words apart."""
    return "".join(" " if character < " " and character not in "\t\n" else character for character in text)
