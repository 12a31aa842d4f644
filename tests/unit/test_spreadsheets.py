"""Exports that a spreadsheet program reads as they were meant, whatever somebody typed."""

import csv
import io
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook

from monitoring.reports.spreadsheets import BEGINS_A_FORMULA, PIECE, Cell, csv_file, csv_pieces, xlsx_file

HEADER = ["Pseudonym", "% of ABL1", "Last sample"]


def read_csv(content: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def read_xlsx(content: bytes) -> list[tuple[object, ...]]:
    sheet = load_workbook(io.BytesIO(content)).active
    assert sheet is not None
    return [tuple(cell.value for cell in row) for row in sheet.iter_rows()]


@pytest.mark.parametrize("typed", ["=1+2", "+33 1", "-1", "@SUM(A1)", "\t=1", '=HYPERLINK("http://x","y")', "＝1"])
def test_what_reads_as_a_formula_is_kept_as_text(typed: str) -> None:
    assert read_csv(csv_file(HEADER, [[typed, None, None]]))[1][0] == "'" + typed
    sheet = load_workbook(io.BytesIO(xlsx_file("Patients", HEADER, [[typed, None, None]]))).active
    assert sheet is not None
    cell = sheet["A2"]
    assert (cell.data_type, cell.value, cell.quotePrefix) == ("s", typed, True)


def test_numbers_stay_exact_and_negative_ones_are_no_formula() -> None:
    row: list[Cell] = ["P-0007", Decimal("0.00001"), date(2026, 11, 20)]
    assert read_csv(csv_file(HEADER, [row]))[1] == ["P-0007", "0.00001", "2026-11-20"]
    assert read_csv(csv_file(HEADER, [["P-0007", Decimal("-1.5"), None]]))[1] == ["P-0007", "-1.5", ""]
    values = read_xlsx(xlsx_file("Patients", HEADER, [row]))[1]
    assert values[:2] == ("P-0007", 0.00001)


def test_control_characters_do_not_break_the_workbook() -> None:
    assert read_xlsx(xlsx_file("Patients", HEADER, [["P\x00-\x0b1", None, None]]))[1][0] == "P - 1"


@given(st.lists(st.text(alphabet=st.characters(codec="utf-8", exclude_characters="\x00"), max_size=20), max_size=5))
def test_every_text_comes_back_and_none_begins_a_formula(typed: list[str]) -> None:
    rows = read_csv(csv_file(["Text"], [[text] for text in typed]))[1:]
    got = [row[0] if row else "" for row in rows]
    assert not any(text.startswith(BEGINS_A_FORMULA) for text in got)
    assert [text.removeprefix("'") for text in got] == [text.removeprefix("'") for text in typed]


def test_a_csv_begins_before_its_last_row_is_made() -> None:
    numbers = iter(range(3 * PIECE))
    pieces = csv_pieces(["Number"], ([number] for number in numbers))
    first = next(pieces) + next(pieces)
    assert next(numbers) == PIECE
    assert first + b"".join(pieces) == csv_file(["Number"], ([n] for n in range(3 * PIECE) if n != PIECE))
