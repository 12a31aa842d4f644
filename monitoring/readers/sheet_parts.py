"""The XML of a workbook, checked piece by piece before the reader of sheets sees any of it.

Only the sheets that are wanted are taken over, into a new workbook of our own: what the reader of sheets opens is
exactly what was checked, whatever the table of contents of the archive, the list of sheets or a reference says.
"""

import re
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from io import BytesIO

from monitoring.readers.refusal import FileProblem, FileRefused, Place
from monitoring.readers.zip_members import ZipMembers

MAX_CELLS = 6_000_000  # rows x columns of a sheet, empty ones too: each takes memory; [DESIGN] 10^5 rows of 60 columns
MAX_TEXT_BYTES = 256 * 1024 * 1024  # of all cells that share a text; [DESIGN] the longest text in each of them
MAX_TAG_BYTES = 256 * 1024  # a tag with the text behind it; a cell holds at most 32,767 characters
STYLES = "xl/styles.xml"
TEXTS = "xl/sharedStrings.xml"
_ENCODINGS = frozenset({b"utf-8", b"us-ascii", b"ascii"})
_DECLARED = re.compile(rb"""\A(?:\xef\xbb\xbf)?\s*<\?xml[^>]*?encoding\s*=\s*["']([^"']*)""")
_DECLARATION = re.compile(rb"<!(?!--|\[CDATA\[)")  # DOCTYPE and ENTITY; comments and quoted text may stay
_COLUMN = re.compile(rb"""r\s*=\s*["']([A-Za-z]+)[0-9]""")
_ROW = re.compile(rb"""r\s*=\s*["'][A-Za-z]*([0-9]{1,9})""")
_CELL = re.compile(rb"""r\s*=\s*["']([A-Za-z]{1,3})([0-9]{1,9})["']""")
_ROW_START = re.compile(rb"<(?:[\w.-]+:)?row[\s/>]")
_ROW_WITHOUT_NUMBER = re.compile(rb"""<(?:[\w.-]+:)?row(?![^>]*?\sr\s*=)[\s/>]""")
_CELL_START = re.compile(rb"<(?:[\w.-]+:)?c[\s/>]")
_ERROR_CELL = re.compile(rb"""(\st\s*=\s*)(["'])e\2""")
_PREFIX = rb"(?:[\w.-]+:)?"
_FORMULA_ALONE = re.compile(
    rb"(?:</%(p)bf\s*>|<%(p)bf(?:\s[^<>]*)?/>)\s*(?:<%(p)bv\s*/>|<%(p)bv\s*>\s*</%(p)bv\s*>)?\s*</%(p)bc\s*>"
    % {b"p": _PREFIX}
)
_FORMULA_MARKS = (b"<f", b":f")
LONGEST_FORMULA = 16 * 1024  # bytes of one that may be cut by two pieces; a cell holds at most 8,192 characters
_TEXT_END = re.compile(rb"</(?:[\w.-]+:)?si\s*>")
_LETTERS = 26
_MOST_LETTERS = 3  # XFD is the last column that a workbook can have

_TYPES = "http://schemas.openxmlformats.org/package/2006/content-types"
_RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
_DOCUMENT = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"


@dataclass(slots=True)
class Extent:
    """How far the cells of a sheet reach: rows x columns are held in memory, however few of them are filled."""

    columns: set[bytes] = field(default_factory=set)
    last_row: int = 0
    unnumbered_rows: int = 0
    widest_unnumbered: int = 0
    shared_texts: int = 0

    def add(self, piece: bytes) -> None:
        """Count one piece of the XML that ends before a tag."""
        named = _COLUMN.findall(piece)
        self.columns.update(named)
        self.last_row = max(self.last_row, max(map(int, set(_ROW.findall(piece))), default=0))
        self.shared_texts += piece.count(b'"s"') + piece.count(b"'s'")  # t="s"
        if not _is_numbered_throughout(piece, len(named)):
            self.unnumbered_rows += len(_ROW_WITHOUT_NUMBER.findall(piece))
            if len(_CELL_START.findall(piece)) > len(named):
                widest = max(len(_CELL_START.findall(row)) for row in _ROW_START.split(piece))
                self.widest_unnumbered = max(self.widest_unnumbered, 2 * widest)  # a row may reach into the next piece

    def cells(self) -> int:
        """Return rows x columns, rather too many than too few."""
        last_column = max(map(_column_number, self.columns), default=0)
        return (self.last_row + self.unnumbered_rows) * (last_column + self.widest_unnumbered)


def _is_numbered_throughout(piece: bytes, named: int) -> bool:
    """Return whether every row and every cell says where it stands, in the way that nearly all programs write it."""
    rows_and_cells = piece.count(b"<row") == piece.count(b'<row r="') and piece.count(b"<c") == named
    return rows_and_cells and b":c" not in piece and b":row" not in piece


def checked_workbook(members: ZipMembers, sheets: Sequence[str], texts: str = "", styles: str = "") -> BytesIO:
    """Return a workbook of the wanted sheets alone, each named by its number from 0.

    `sheets`, `texts` (of all cells) and `styles` are the members' names. Raises FileRefused for declarations of
    entities, foreign encodings, and sheets that would fill the memory.
    """
    made = BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_STORED) as workbook:
        shared_texts = sum(_copy_sheet(members, workbook, path, number) for number, path in enumerate(sheets))
        if texts:
            _copy_texts(members, workbook, texts, shared_texts)
        if styles:
            _copy(checked_pieces(members, styles), workbook, STYLES)
        for path, content in _skeleton(len(sheets)).items():
            workbook.writestr(path, content)
    made.seek(0)
    return made


def checked_pieces(members: ZipMembers, name: str) -> Iterator[bytes]:
    """Yield the XML of a member in pieces that begin with a tag; raises FileRefused for what could do harm."""
    rest = b""
    first = True
    for chunk in members.chunks(name):
        whole = rest + chunk
        cut = whole.rfind(b"<")
        piece, rest = (whole[:cut], whole[cut:]) if cut > 0 else (b"", whole)
        if len(rest) > MAX_TAG_BYTES:
            raise FileRefused(FileProblem.ARCHIVE_UNSAFE, Place(sheet=name))
        if first and piece:
            _check_encoding(piece, name)
            first = False
        _check_piece(piece, name)
        yield piece
    if first:
        _check_encoding(rest, name)
    _check_piece(rest, name)
    yield rest


def _copy_sheet(members: ZipMembers, workbook: zipfile.ZipFile, path: str, number: int) -> int:
    """Copy a sheet, the texts of its errors kept (a cell `#REF!` is no empty cell); return its shared texts."""
    extent = Extent()
    before = b""
    with workbook.open(f"xl/worksheets/sheet{number}.xml", "w") as copy:
        for piece in checked_pieces(members, path):
            extent.add(piece)
            if extent.cells() > MAX_CELLS:
                raise FileRefused(FileProblem.ARCHIVE_UNSAFE, Place(sheet=path))
            _check_formulas(before + piece, path)
            before = piece[-LONGEST_FORMULA:]
            has_errors = b'"e"' in piece or b"'e'" in piece
            copy.write(_ERROR_CELL.sub(rb"\1\2str\2", piece) if has_errors else piece)
    return extent.shared_texts


def _copy_texts(members: ZipMembers, workbook: zipfile.ZipFile, path: str, shared_texts: int) -> None:
    longest = current = 0
    with workbook.open(TEXTS, "w") as copy:
        for piece in checked_pieces(members, path):
            ends = [len(text) for text in _TEXT_END.split(piece)]
            longest = max(longest, current + ends[0], *ends)
            current = current + ends[0] if len(ends) == 1 else ends[-1]
            if longest * shared_texts > MAX_TEXT_BYTES:
                raise FileRefused(FileProblem.ARCHIVE_UNSAFE, Place(sheet=path))
            copy.write(piece)


def _copy(pieces: Iterable[bytes], workbook: zipfile.ZipFile, path: str) -> None:
    with workbook.open(path, "w") as copy:
        for piece in pieces:
            copy.write(piece)


def _check_encoding(beginning: bytes, name: str) -> None:
    declared = _DECLARED.match(beginning)
    if declared is not None and declared[1].lower() not in _ENCODINGS:
        raise FileRefused(FileProblem.ARCHIVE_UNSAFE, Place(sheet=name), declared[1].decode("latin-1"))


def _check_piece(piece: bytes, name: str) -> None:
    if b"\x00" in piece or _DECLARATION.search(piece):
        raise FileRefused(FileProblem.ARCHIVE_UNSAFE, Place(sheet=name))


def _check_formulas(piece: bytes, name: str) -> None:
    """Raise FileRefused for a formula whose result was not saved: it would be read as an empty cell."""
    if not any(mark in piece for mark in _FORMULA_MARKS):
        return
    alone = _FORMULA_ALONE.search(piece)
    if alone is None:
        return
    cells = _CELL.findall(piece, 0, alone.start())
    column, line = cells[-1] if cells else (b"", b"0")
    raise FileRefused(FileProblem.NUMBER_UNREADABLE, Place(int(line), column.decode("ascii"), name), "=")


def _column_number(letters: bytes) -> int:
    if len(letters) > _MOST_LETTERS:
        return MAX_CELLS
    number = 0
    for letter in letters.upper():
        number = number * _LETTERS + letter - ord("A") + 1
    return number


def _skeleton(sheets: int) -> dict[str, str]:
    """Return the fixed members of a workbook with so many sheets."""
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml"
    numbers = range(sheets)
    overrides = "".join(
        f'<Override PartName="/xl/worksheets/sheet{number}.xml" ContentType="{kind}.worksheet+xml"/>'
        for number in numbers
    )
    listed = "".join(f'<sheet name="{number}" sheetId="{number + 1}" r:id="s{number}"/>' for number in numbers)
    targets = "".join(
        f'<Relationship Id="s{number}" Type="{_DOCUMENT}/worksheet" Target="worksheets/sheet{number}.xml"/>'
        for number in numbers
    )
    return {
        "[Content_Types].xml": f'<Types xmlns="{_TYPES}"><Default Extension="rels" ContentType="application/vnd.'
        'openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{kind}.sheet.main+xml"/>{overrides}</Types>',
        "_rels/.rels": f'<Relationships xmlns="{_RELATIONS}"><Relationship Id="w" Type="{_DOCUMENT}/officeDocument" '
        'Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{_MAIN}" xmlns:r="{_DOCUMENT}"><sheets>{listed}</sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{_RELATIONS}">{targets}'
        f'<Relationship Id="t" Type="{_DOCUMENT}/sharedStrings" Target="sharedStrings.xml"/>'
        f'<Relationship Id="f" Type="{_DOCUMENT}/styles" Target="styles.xml"/></Relationships>',
    }
