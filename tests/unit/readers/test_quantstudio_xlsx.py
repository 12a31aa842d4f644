"""QuantStudio and ViiA 7 workbooks: headings found, numbers exact, every cell in its place."""

import datetime as dt
import time
from decimal import Decimal
from pathlib import Path

import pytest

from monitoring.domain.plate import FileFormat, NoteCode, PrintedCurve, WellRole
from monitoring.readers.reading import read_plate
from monitoring.readers.refusal import FileProblem, Place
from tests.unit.readers.archives import (
    FACTS,
    HEADINGS,
    REAL_EXPORTS,
    SHEET,
    WELLS,
    problem,
    quantstudio,
    refused,
    repacked,
    sharing_texts,
    with_row,
    xlsx,
)

CQ, QUANTITY, OMIT, SAMPLE, TASK = (HEADINGS.index(name) for name in ("CT", "Quantity", "Omit", "Sample Name", "Task"))
REAL = sorted(REAL_EXPORTS.glob("quantstudio/*.xlsx"))
MILLION = Decimal(1_000_000)
ROWS_OF_A_LARGE_FILE = 100_000
SECONDS_FOR_A_LARGE_FILE = 12  # of processor time; 3.0 on two shared processors that were busy


def well(number: int, **changes: object) -> list[object]:
    """Return a row of a well with changed cells."""
    row = [number, f"A{number}", *WELLS[1][2:]]
    for name, value in changes.items():
        row[{"cq": CQ, "quantity": QUANTITY, "omit": OMIT, "sample": SAMPLE, "task": TASK}[name]] = value
    return row


def test_a_plate_is_read_with_roles_and_exact_numbers() -> None:
    plate = read_plate(quantstudio())
    standard, sample, omitted = plate.reactions
    assert plate.format is FileFormat.QUANTSTUDIO_XLSX
    assert (standard.role, standard.standard_copies, standard.printed_copies) == (WellRole.STANDARD, MILLION, None)
    assert (sample.cq, sample.printed_copies) == (Decimal("31.5"), Decimal("33.97"))
    assert (omitted.cq, omitted.omitted, omitted.marks) == (None, True, ("NOAMP",))


def test_facts_of_the_run_and_the_printed_curve_are_told() -> None:
    plate = read_plate(quantstudio())
    assert (plate.run_name, plate.run_at) == ("MRD run 7", "11-02-2026 02:23:34 AM CET")
    assert plate.instrument == "QuantStudio(TM) 7 Flex System"
    assert plate.curves == (PrintedCurve("NPM1 mutA", Decimal("-3.424"), Decimal("40.043"), Decimal("0.999")),)


def test_accession_numbers_stay_as_they_were_typed() -> None:
    assert [reaction.sample for reaction in read_plate(quantstudio()).reactions] == ["Std 1", "26004201", "007"]


def test_each_reaction_tells_its_row_of_the_sheet() -> None:
    assert [reaction.line for reaction in read_plate(quantstudio()).reactions] == [7, 8, 9]


def test_texts_may_stand_in_a_member_of_their_own() -> None:
    assert read_plate(sharing_texts(quantstudio())) == read_plate(quantstudio())


def test_a_sheet_whose_first_rows_and_columns_are_empty_keeps_its_lines() -> None:
    shifted = xlsx({"Results": [[]] * 5 + [["", "", *HEADINGS]] + [["", "", *row] for row in WELLS]})
    assert [reaction.line for reaction in read_plate(shifted).reactions] == [7, 8, 9]


@pytest.mark.parametrize("heading", ["CT", "Cт", "CRT", "Crt", "Cq"])
def test_the_cq_is_found_under_each_of_its_names(heading: str) -> None:
    headings = [heading if name == "CT" else name for name in HEADINGS]
    assert read_plate(quantstudio(headings=headings)).reactions[0].cq == Decimal("19.5")


@pytest.mark.parametrize("text", ["31.5", "31,5"])
def test_numbers_stored_as_texts_are_read(text: str) -> None:
    assert read_plate(quantstudio([well(1, cq=text)])).reactions[0].cq == Decimal("31.5")


def test_a_quantity_with_thousands_separators_is_not_five() -> None:
    wells = [well(1, cq="31,5", quantity="5.314,592")]
    assert read_plate(quantstudio(wells)).reactions[0].printed_copies == Decimal("5314.592")


@pytest.mark.parametrize(
    ("stored", "read"),
    [(b"31.707809438603107", "31.707809438603107"), (b"31.500000000000000", "31.5"), (b"3.1E1", "31"),
     (b"5.3145920000000002", "5.314592")],
)  # fmt: skip
def test_a_stored_number_is_the_shortest_decimal_of_its_double(stored: bytes, read: str) -> None:
    content = repacked(quantstudio(), sheet=lambda sheet: sheet.replace(b"<v>31.5</v>", b"<v>" + stored + b"</v>"))
    assert str(read_plate(content).reactions[1].cq) == read


@pytest.mark.parametrize(
    ("told", "omitted"), [(True, True), ("TRUE", True), (False, False), (0, False), ("false", False)]
)
def test_omitted_wells_are_told_by_text_flag_or_number(told: object, omitted: bool) -> None:
    assert read_plate(quantstudio([well(1, omit=told)])).reactions[0].omitted is omitted


@pytest.mark.parametrize("told", ["Undetermined", "UNDETERMINED", "", None, "No Ct", "N/A", "NaN", 0])
def test_a_well_without_amplification_has_no_cq(told: object) -> None:
    assert read_plate(quantstudio([well(1, cq=told), well(2)])).reactions[0].cq is None


def test_a_cq_at_the_number_of_cycles_is_no_amplification() -> None:
    curve: list[list[object]] = [
        ["Well", "Cycle", "Target Name", "Rn"],
        *([1, n, "NPM1 mutA", 0.5] for n in range(1, 46)),
    ]
    plate = read_plate(quantstudio([well(1, cq=45.0), well(2, cq=44.9)], Amplification_Data=curve))
    assert (plate.cycles, plate.reactions[0].cq, plate.reactions[1].cq) == (45, None, Decimal("44.9"))
    assert [note.code for note in plate.notes] == [NoteCode.CQ_AT_CYCLE_COUNT]


def test_a_well_of_the_setup_without_result_is_a_table_cut_off() -> None:
    setup: list[list[object]] = [["Well", "Well Position", "Target Name"], [9, "A9", "ABL1"]]
    assert problem(quantstudio(Sample_Setup=setup)) is FileProblem.TABLE_CUT_OFF


def test_the_only_sheet_may_have_any_name() -> None:
    assert len(read_plate(xlsx({"Feuil1": [*FACTS, HEADINGS, *WELLS]})).reactions) == len(WELLS)


def test_curves_without_results_are_told_as_such() -> None:
    curves: list[list[object]] = [*FACTS, ["Well", "Cycle", "Target Name", "Rn"], [1, 1, "ABL1", 0.5]]
    assert problem(xlsx({"Amplification Data": curves})) is FileProblem.RAW_FLUORESCENCE
    assert problem(xlsx({"Amplification Data": curves, "Notes": [["x"]]})) is FileProblem.RAW_FLUORESCENCE


def test_a_workbook_of_something_else_is_not_recognised() -> None:
    assert problem(xlsx({"Sheet1": [["Name", "Age"], ["x", 7]]})) is FileProblem.NOT_RECOGNISED
    assert problem(xlsx({"Sheet1": []})) is FileProblem.NOT_RECOGNISED


@pytest.mark.parametrize(
    ("changes", "expected", "column"),
    [
        ({"cq": "31.5 ?"}, FileProblem.NUMBER_UNREADABLE, "CT"),
        ({"cq": -3}, FileProblem.NUMBER_IMPOSSIBLE, "CT"),
        ({"cq": 3150}, FileProblem.NUMBER_IMPOSSIBLE, "CT"),
        ({"cq": dt.datetime(2026, 5, 31)}, FileProblem.NUMBER_UNREADABLE, "CT"),  # noqa: DTZ001 a sheet has no zone
        ({"quantity": -1}, FileProblem.NUMBER_IMPOSSIBLE, "Quantity"),
        ({"task": "BLANKET"}, FileProblem.ROLE_UNKNOWN, "Task"),
        ({"omit": "perhaps"}, FileProblem.FLAG_UNREADABLE, "Omit"),
    ],
)
def test_a_cell_that_cannot_be_read_is_told_by_sheet_line_and_column(
    changes: dict[str, object], expected: FileProblem, column: str
) -> None:
    refusal = refused(quantstudio([well(1), well(2, **changes)]))
    assert (refusal.problem, refusal.place) == (expected, Place(8, column, "Results"))


def test_an_error_of_the_spreadsheet_is_no_empty_cell() -> None:
    cell = b'<c r="G10" t="%b"><v>#REF!</v></c>'
    row = b'<row r="10"><c r="B10" t="str"><v>A4</v></c><c r="D10" t="str"><v>x</v></c>'
    row += b'<c r="E10" t="str"><v>ABL1</v></c><c r="F10" t="str"><v>UNKNOWN</v></c>%b</row>'
    refusal = refused(repacked(quantstudio(), sheet=with_row(row % (cell % b"e"))))
    assert (refusal.problem, refusal.value) == (FileProblem.NUMBER_UNREADABLE, "#REF!")


@pytest.mark.parametrize("result", [b"", b"<v/>", b"<v></v>", b"<v> </v >"])
def test_a_formula_without_its_result_is_no_empty_cell(result: bytes) -> None:
    formula = with_row(b'<row r="10"><c r="B10" t="str"><f>B9</f>' + result + b"</c></row>")
    refusal = refused(repacked(quantstudio(), sheet=formula))
    assert (refusal.problem, refusal.place) == (FileProblem.NUMBER_UNREADABLE, Place(10, "B", SHEET))


def test_the_saved_result_of_a_formula_is_read() -> None:
    def computed(sheet: bytes) -> bytes:
        return sheet.replace(b"<v>31.5</v>", b"<f>30+1.25</f><v>31.25</v>")

    assert read_plate(repacked(quantstudio(), sheet=computed)).reactions[1].cq == Decimal("31.25")


def test_a_target_twice_in_a_well_is_refused() -> None:
    assert problem(quantstudio([well(1), well(1)])) is FileProblem.WELL_TWICE


def test_a_well_is_told_by_its_number_where_there_is_no_position() -> None:
    rows = [[*FACTS[0]], [name for name in HEADINGS if name != "Well Position"], [13, *WELLS[1][2:]]]
    assert read_plate(xlsx({"Results": rows})).reactions[0].well == "B1"


def large_sheet(rows: int) -> bytes:
    """Return the XML of a sheet of results with 12 columns."""
    names = ["Well Position", "Sample Name", "Target Name", "CT", *(f"X{number}" for number in range(8))]
    texts = [f'<c t="inlineStr" r="{chr(65 + at)}1"><is><t>{name}</t></is></c>' for at, name in enumerate(names)]
    lines = [f'<row r="1">{"".join(texts)}</row>']
    for number in range(2, rows + 2):
        place = f"{'ABCDEFGH'[number % 8]}{number // 8 % 12 + 1}"
        cells = [f'<c r="{chr(69 + at)}{number}"><v>{number + at / 7}</v></c>' for at in range(8)]
        lines.append(
            f'<row r="{number}"><c r="A{number}" t="str"><v>{place}</v></c><c r="B{number}" t="str"><v>26-0042</v></c>'
            f'<c r="C{number}" t="str"><v>T{number // 96}</v></c><c r="D{number}"><v>{20 + number % 97 / 7}</v></c>'
            f"{''.join(cells)}</row>"
        )
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    return f'<worksheet xmlns="{main}"><sheetData>{"".join(lines)}</sheetData></worksheet>'.encode()


def test_a_hundred_thousand_rows_are_read_in_time() -> None:
    content = repacked(quantstudio(), sheet=large_sheet(ROWS_OF_A_LARGE_FILE))
    before = time.process_time()
    plate = read_plate(content)
    assert time.process_time() - before < SECONDS_FOR_A_LARGE_FILE
    assert len(plate.reactions) == ROWS_OF_A_LARGE_FILE


@pytest.mark.parametrize("path", REAL, ids=lambda path: path.name)
def test_a_real_export_is_read(path: Path) -> None:
    plate = read_plate(path.read_bytes())
    assert plate.instrument == "QuantStudio(TM) 12K Flex System"
    assert [(each.well, each.cq) for each in plate.reactions][:3] == [
        ("A1", Decimal("25.5")), ("A2", Decimal("25.8")), ("A3", Decimal("26.2")),
    ]  # fmt: skip
    assert (len(plate.reactions), plate.targets(), plate.cycles) == (8, ("GeneA", "RefGene"), 40)
