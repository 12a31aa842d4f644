"""Reactions of RDML on their plate: 1.0 names wells, later versions count them row by row (13 of 8 x 12 is B1)."""

from dataclasses import dataclass

from monitoring.readers.rdml_file import RdmlRun
from monitoring.readers.wells import well_name

FORMS_OF_1_0 = {
    "single-well; 1": (1, 1),
    "48-well plate; A1-F8": (6, 8),
    "96-well plate; A1-H12": (8, 12),
    "384-well plate; A1-P24": (16, 24),
    "3072-well plate; A1a1-D12h8": (32, 96),
    "32-well rotor; 1-32": (32, 1),
    "72-well rotor; 1-72": (72, 1),
    "100-well rotor; 1-100": (100, 1),
    "free format": (-1, 1),
}  # fmt: skip  of the schema of 1.0; rows and columns
LETTERS, NUMBERS, ARRAY = "ABC", "123", "A1a1"  # labels of rows and columns
SUBARRAY = 8  # rows and columns of a subarray of the 3,072-well array, A1a1 to D12h8
MAX_SIDE = 1000  # rows or columns; [DESIGN] the largest rotor has 100 places
_MOST_DIGITS = 7
_ALPHABET = 26


@dataclass(frozen=True, slots=True)
class PlateForm:
    """Rows and columns of a plate; no rows: a list of tubes, no columns beside the first: a rotor."""

    rows: int
    columns: int
    row_label: str = LETTERS
    column_label: str = NUMBERS

    def well(self, react: str) -> str:
        """Return the well of a reaction as people write it; empty for one that the plate cannot hold."""
        if not (react.isascii() and react.isdecimal()):
            return react if self._is_array_well(react) else well_name(react)
        if len(react) > _MOST_DIGITS or int(react) == 0:
            return ""
        if self.rows < 1:
            return str(int(react))
        if int(react) > self.rows * self.columns:
            return ""
        return self._position(int(react)) if self.columns > 1 else str(int(react))

    def _position(self, number: int) -> str:
        row, column = divmod(number - 1, self.columns)
        if ARRAY in (self.row_label, self.column_label):
            outer = f"{_letters(row // SUBARRAY)}{column // SUBARRAY + 1}"
            return f"{outer}{_letters(row % SUBARRAY).lower()}{column % SUBARRAY + 1}"
        if (self.row_label, self.column_label) == (NUMBERS, LETTERS):
            return f"{_letters(column)}{row + 1}"
        if self.row_label == LETTERS:
            return f"{_letters(row)}{column + 1}"
        return str(number)

    def _is_array_well(self, react: str) -> bool:
        return ARRAY in (self.row_label, self.column_label) and react.isalnum() and react[:1].isupper()


def form_of(run: RdmlRun) -> PlateForm | None:
    """Return the form of the plate; None where the file does not tell it in either way."""
    if run.form_text in FORMS_OF_1_0:
        rows, columns = FORMS_OF_1_0[run.form_text]
        return PlateForm(rows, columns, ARRAY if ARRAY in run.form_text else LETTERS)
    rows, columns = _side(run.rows), _side(run.columns)
    if columns < 1:
        return None
    return PlateForm(rows, columns, run.row_label or LETTERS, run.column_label or NUMBERS)


def _side(text: str) -> int:
    """Return a number of rows or columns; 0 for what is none, and for the -1 of a list."""
    number = int(text) if text.isascii() and text.isdecimal() and len(text) <= _MOST_DIGITS else 0
    return number if number <= MAX_SIDE else 0


def _letters(index: int) -> str:
    """Return the letters of a row: 0 is A, 25 is Z, 26 is AA."""
    before, letter = divmod(index, _ALPHABET)
    return (_letters(before - 1) if before else "") + chr(ord("A") + letter)
