"""The bytes of a text export become lines: encoding, line breaks, delimiter and quotation marks settled once."""

import csv
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from monitoring.readers.cells import Rows
from monitoring.readers.headings import folded
from monitoring.readers.refusal import FileProblem, FileRefused, Place

DELIMITERS = ("\t", ";", ",")
LONGEST_LINE = 20_000  # characters; [DESIGN] no row of an export is longer
MOST_LINES = 1_000_000  # [DESIGN] all curves of 384 wells with 8 targets have about half as many
HEADINGS_WITHIN = 400  # lines before the headings; [DESIGN] the longest seen has 46
NUL_SAMPLE = 4_096  # bytes looked at for the pattern of UTF-16
NUL_SHARE = 0.3  # of the bytes of one parity; Latin text in UTF-16 has a NUL in nearly every second one
_MARKS = ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"))
_NOT_TEXT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_LINE_BREAK = re.compile("\r\n|\r|\n")
END_OF_FILE = "\x1a"  # the mark with which programs of the DOS age end a text


@dataclass(frozen=True)
class Source:
    """The lines of a text export, without their line breaks."""

    lines: tuple[str, ...]
    encoding_guessed: bool = False
    ends_with_line_break: bool = True

    @cached_property
    def heading_sets(self) -> tuple[frozenset[str], ...]:
        """Return the folded cells of each of the first lines, for finding the headings among them."""
        return tuple(frozenset(map(folded, cells_of(line))) for line in self.lines[:HEADINGS_WITHIN])

    def headings_at(self, *wanted: frozenset[str]) -> int | None:
        """Return the index of the first line that has all headings of one of the wanted sets."""
        for index, present in enumerate(self.heading_sets):
            if any(each <= present for each in wanted):
                return index
        return None

    def rows(self, start: int, end: int | None = None, delimiter: str = "") -> Rows:
        """Return the rows from a line on, by the delimiter of that line; raises FileRefused at an open quotation."""
        delimiter = delimiter or delimiter_of(self.lines[start])
        reader = csv.reader(iter(self.lines[start:end]), delimiter=delimiter, strict=True)
        rows = Rows()
        before = 0
        try:
            for cells in reader:
                if reader.line_num - before > 1:  # a quoted line break: the rows in between would be swallowed
                    raise FileRefused(FileProblem.QUOTE_NOT_CLOSED, Place(start + before + 1))
                rows.append(start + reader.line_num, cells)
                before = reader.line_num
        except csv.Error as error:
            raise FileRefused(FileProblem.QUOTE_NOT_CLOSED, Place(start + before + 1)) from error
        return rows


def source_of(content: bytes) -> Source:
    """Return the lines of an export; raises FileRefused for what is empty or no text."""
    text, guessed = _decoded(content)
    text = text.removeprefix("\ufeff").rstrip(END_OF_FILE)
    if max(text.count("\n"), text.count("\r")) > MOST_LINES:  # counted before memory is spent on lines
        raise FileRefused(FileProblem.TOO_LARGE, Place(MOST_LINES + 1))
    lines = _LINE_BREAK.split(text)
    _check_lines(text, lines)
    return Source(tuple(lines), guessed and not text.isascii(), ends_with_line_break=lines[-1] == "")


def delimiter_of(line: str) -> str:
    """Return the delimiter of a line of headings: tab, semicolon or comma, whichever stands there most often."""
    return max(DELIMITERS, key=line.count)


def cells_of(line: str) -> Sequence[str]:
    """Return the cells of one line outside of a table, one at least, by its own delimiter, quoted well or not."""
    try:
        return next(csv.reader([line], delimiter=delimiter_of(line)), []) or [""]
    except csv.Error:
        return line.split(delimiter_of(line))


def _decoded(content: bytes) -> tuple[str, bool]:
    """Return the text and whether its encoding had to be guessed."""
    for mark, encoding in _MARKS:
        if content.startswith(mark):
            return _strictly(content[len(mark) :], encoding), False
    encoding = _utf_16_without_mark(content)
    if encoding:
        return _strictly(content, encoding), False
    try:
        return content.decode("utf-8"), False
    except UnicodeDecodeError:
        return _strictly(content, "cp1252"), True


def _utf_16_without_mark(content: bytes) -> str:
    even, odd = content[:NUL_SAMPLE:2], content[1:NUL_SAMPLE:2]
    if odd and odd.count(0) > NUL_SHARE * len(odd):
        return "utf-16-le"
    if even and even.count(0) > NUL_SHARE * len(even):
        return "utf-16-be"
    return ""


def _strictly(content: bytes, encoding: str) -> str:
    try:
        return content.decode(encoding)
    except UnicodeDecodeError as error:
        before = content[: error.start].decode(encoding, errors="replace")
        line = len(_LINE_BREAK.findall(before)) + 1
        raise FileRefused(FileProblem.NOT_TEXT, Place(line)) from error


def _check_lines(text: str, lines: Sequence[str]) -> None:
    if not text.strip():
        raise FileRefused(FileProblem.EMPTY)
    strange = _NOT_TEXT.search(text)
    if strange is not None:
        line = len(_LINE_BREAK.findall(text, 0, strange.start())) + 1
        raise FileRefused(FileProblem.NOT_TEXT, Place(line))
    for number, line_text in enumerate(lines, 1):
        if len(line_text) > LONGEST_LINE:
            raise FileRefused(FileProblem.ROW_TOO_LONG, Place(number), line_text)
