"""Why a file was not read: a code with its place, never a sentence and never a traceback."""

from dataclasses import dataclass
from enum import StrEnum


class FileProblem(StrEnum):
    """Everything that keeps a file from being read."""

    EMPTY = "EMPTY"
    TOO_LARGE = "TOO_LARGE"
    NOT_RECOGNISED = "NOT_RECOGNISED"
    RAW_FLUORESCENCE = "RAW_FLUORESCENCE"  # curves without a Cq: nothing to quantify from
    NOT_TEXT = "NOT_TEXT"
    TABLE_MISSING = "TABLE_MISSING"
    TABLE_CUT_OFF = "TABLE_CUT_OFF"
    COLUMN_MISSING = "COLUMN_MISSING"
    COLUMN_TWICE = "COLUMN_TWICE"
    NUMBER_UNREADABLE = "NUMBER_UNREADABLE"
    NUMBER_AMBIGUOUS = "NUMBER_AMBIGUOUS"  # 1,234: twelve hundred or one and a quarter
    NUMBER_IMPOSSIBLE = "NUMBER_IMPOSSIBLE"  # a negative or endless Cq or quantity
    WELL_IMPOSSIBLE = "WELL_IMPOSSIBLE"
    WELL_TWICE = "WELL_TWICE"  # one target twice in one well
    ROLE_UNKNOWN = "ROLE_UNKNOWN"
    ROW_TOO_LONG = "ROW_TOO_LONG"
    ARCHIVE_BROKEN = "ARCHIVE_BROKEN"
    ARCHIVE_UNSAFE = "ARCHIVE_UNSAFE"  # a zip bomb, a path that leaves the archive, XML entities
    VERSION_NOT_READ = "VERSION_NOT_READ"
    NO_REACTIONS = "NO_REACTIONS"
    QUOTE_NOT_CLOSED = "QUOTE_NOT_CLOSED"  # a quotation mark that would swallow the following rows
    SEVERAL_PLATES = "SEVERAL_PLATES"  # a study of several plates: A1 would mean several wells
    CELL_EMPTY = "CELL_EMPTY"  # a well was measured and its target is not told
    FLAG_UNREADABLE = "FLAG_UNREADABLE"  # neither yes nor no in the column of omitted wells


@dataclass(frozen=True, slots=True)
class Place:
    """Where in the file: sheet (or inner file), line and column as people count, from 1; 0 is unknown."""

    line: int = 0
    column: str = ""  # the heading, or the letter of the sheet where there is none
    sheet: str = ""


class FileRefused(Exception):
    """A file that cannot be read; `value` is what stood there, cut to 60 characters."""

    def __init__(self, problem: FileProblem, place: Place | None = None, value: str = "") -> None:
        super().__init__(problem.value)
        self.problem = problem
        self.place = place or Place()
        self.value = value[:60]
