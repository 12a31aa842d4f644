"""Our own plain csv, and what every text format shares: numbers, wells, roles and cells that are refused."""

from collections import Counter
from decimal import Decimal
from pathlib import Path

import pytest

from monitoring.domain.plate import FileFormat, NoteCode, WellRole
from monitoring.readers.refusal import FileProblem
from tests.unit.readers.exports import PLAIN, check_refused, noted, read, refused, rows

COMMA = PLAIN.replace(",", ";").replace(".", ",")
AMBIGUOUS = """well;sample;target;role;cq;standard_copies
A1;Std;ABL1;standard;20;{copies}
A2;26-0042;ABL1;sample;{cq};
"""


def with_line(line: str) -> str:
    return PLAIN + line + "\n"


def test_every_column_is_read() -> None:
    plate = read(PLAIN)
    standard, _low, sample, control_gene, blank = plate.reactions
    assert plate.format is FileFormat.PLAIN_CSV
    assert (standard.role, standard.standard_copies) == (WellRole.STANDARD, Decimal(1000000))
    assert (sample.well, sample.sample, sample.target, sample.cq) == ("B1", "26-0042", "NPM1 mutA", Decimal("34.80"))
    assert str(sample.cq) == "34.80"
    assert (control_gene.target, control_gene.line) == ("ABL1", 5)
    assert (blank.role, blank.cq) == (WellRole.NO_TEMPLATE, None)
    assert plate.notes == ()


def test_decimal_commas_give_the_same_reactions_and_are_told() -> None:
    assert read(COMMA).reactions == read(PLAIN).reactions
    assert noted(read(COMMA)) == {NoteCode.DECIMAL_COMMA: 4}


@pytest.mark.parametrize(
    "silent",
    ["", "Undetermined", "UNDETERMINED", "undet.", "Indéterminé", "Unbestimmt", "No Ct", "NaN", "N/A", "-", "–",
     "NEG (NTC)", "#N/A", "  "],
)  # fmt: skip
def test_every_spelling_of_no_amplification_is_read(silent: str) -> None:
    assert read(with_line(f"D1,26-0042,ABL1,,{silent},")).reactions[-1].cq is None


def test_a_cq_of_zero_is_no_amplification_and_told() -> None:
    plate = read(with_line("D1,26-0042,ABL1,,0.00,"))
    assert plate.reactions[-1].cq is None
    assert noted(plate) == {NoteCode.CQ_ZERO: 1}


def test_five_thousand_is_not_five() -> None:
    plate = read(COMMA + "D1;Std 3;ABL1;standard;22,9;5.314,592\n")
    assert plate.reactions[-1].standard_copies == Decimal("5314.592")
    assert noted(plate)[NoteCode.THOUSANDS_SEPARATOR] == 1


@pytest.mark.parametrize(
    ("cq", "copies", "meant"),
    [
        ("30,5", "1.234", "1234"),
        ("30.5", "1,234", "1234"),
        ("30,5", "1,234", "1.234"),
        ("30", "12.345.678", "12345678"),
    ],
)
def test_a_cq_or_another_number_decides_the_mark(cq: str, copies: str, meant: str) -> None:
    assert read(AMBIGUOUS.format(cq=cq, copies=copies)).reactions[0].standard_copies == Decimal(meant)


@pytest.mark.parametrize("copies", ["1,234", "1.234", "100.000"])
def test_a_number_with_two_readings_is_refused_where_nothing_decides(copies: str) -> None:
    text = AMBIGUOUS.format(cq="30", copies=copies)
    check_refused(text, FileProblem.NUMBER_AMBIGUOUS, 2, "standard_copies", copies)


def test_two_marks_in_one_file_are_refused_at_the_second() -> None:
    check_refused(COMMA + "D1;26-0042;NPM1;;35.1;\n", FileProblem.NUMBER_AMBIGUOUS, 7, "cq", "35.1")


def test_a_decimal_comma_beside_a_separating_comma_is_refused() -> None:
    check_refused(with_line("D1,26-0042,ABL1,,37,51,"), FileProblem.ROW_TOO_LONG, 7)
    check_refused(with_line("D1,Std,ABL1,standard,37,51,1000"), FileProblem.ROW_TOO_LONG, 7)
    quoted = PLAIN.replace("34.80", '"34,80"')
    check_refused(quoted, FileProblem.NUMBER_AMBIGUOUS, 4, "cq", "34,80")


@pytest.mark.parametrize(
    ("line", "problem", "column"),
    [
        ("D1,26-0042,ABL1,,-3.5,", FileProblem.NUMBER_IMPOSSIBLE, "cq"),
        ("D1,26-0042,ABL1,,inf,", FileProblem.NUMBER_IMPOSSIBLE, "cq"),
        ("D1,26-0042,ABL1,,100,", FileProblem.NUMBER_IMPOSSIBLE, "cq"),
        ("D1,26-0042,ABL1,,3O.5,", FileProblem.NUMBER_UNREADABLE, "cq"),
        ("D1,Std,ABL1,standard,20,-5", FileProblem.NUMBER_IMPOSSIBLE, "standard_copies"),
        ("D1,Std,ABL1,standard,20,0", FileProblem.NUMBER_IMPOSSIBLE, "standard_copies"),
        ("D1,Std,ABL1,standard,20,1e40", FileProblem.NUMBER_IMPOSSIBLE, "standard_copies"),
        ("D1,Std,ABL1,standard,20,", FileProblem.CELL_EMPTY, "standard_copies"),
        ("D1,26-0042,ABL1,sample,20,100", FileProblem.ROLE_UNKNOWN, "role"),
        ("D1,26-0042,ABL1,thing,20,", FileProblem.ROLE_UNKNOWN, "role"),
        ("D1,26-0042,,,20,", FileProblem.CELL_EMPTY, "target"),
        ("Z99,26-0042,ABL1,,20,", FileProblem.WELL_IMPOSSIBLE, "well"),
        (",26-0042,ABL1,,20,", FileProblem.WELL_IMPOSSIBLE, "well"),
        ("B1,26-0042,NPM1 mutA,,20,", FileProblem.WELL_TWICE, "well"),
        ("b01,26-0042,npm1 MutA,,20,", FileProblem.WELL_TWICE, "well"),
        ("D1,26-0042,ABL1", FileProblem.TABLE_CUT_OFF, "cq"),
    ],
)
def test_what_cannot_be_used_is_refused_at_its_cell(line: str, problem: FileProblem, column: str) -> None:
    check_refused(with_line(line), problem, 7, column)


@pytest.mark.parametrize(("heading", "problem"), [("Cq", FileProblem.COLUMN_TWICE), ("Сq", FileProblem.COLUMN_TWICE)])
def test_a_heading_that_stands_twice_is_refused(heading: str, problem: FileProblem) -> None:
    text = PLAIN.replace("standard_copies", heading, 1)
    check_refused(text, problem, 1, heading)


def test_a_missing_column_is_named() -> None:
    check_refused(PLAIN.replace("cq", "value", 1), FileProblem.COLUMN_MISSING, 1, "cq")


def test_a_last_line_that_was_cut_is_refused() -> None:
    text = PLAIN + "D1,26-0042,ABL1,,24."
    check_refused(text, FileProblem.TABLE_CUT_OFF, 7, "standard_copies")


def test_a_file_without_wells_is_refused() -> None:
    assert refused("well,sample,target,role,cq,standard_copies\n").problem is FileProblem.NO_REACTIONS


def test_rows_after_a_blank_line_are_not_lost() -> None:
    assert len(read(with_line("\n,,,,,\nD1,26-0042,ABL1,,24.1,")).reactions) == 6
    check_refused(with_line("\nremark,26-0042,ABL1,,24.1,"), FileProblem.WELL_IMPOSSIBLE, 8, "well")


def test_up_to_eight_targets_stand_in_one_well() -> None:
    lines = "\n".join(f"E1,26-0042,T{number},,2{number}.5," for number in range(8))
    assert len([key for key in rows(read(with_line(lines))) if key[0] == "E1"]) == 8


@pytest.mark.parametrize(("word", "left_out"), [("true", True), ("x", True), ("1", True), ("", False), ("no", False)])
def test_wells_may_be_left_out(word: str, left_out: bool) -> None:
    text = f"well,sample,target,cq,omitted\nA1,26-0042,ABL1,24.5,{word}\n"
    assert read(text).reactions[0].omitted is left_out


def test_neither_yes_nor_no_is_refused() -> None:
    text = "well,sample,target,cq,omitted\nA1,26-0042,ABL1,24.5,perhaps\n"
    check_refused(text, FileProblem.FLAG_UNREADABLE, 2, "omitted", "perhaps")


def test_french_headings_and_words_are_read() -> None:
    text = "puits;échantillon;cible;rôle;Cт;copies du standard\nA1;É1;ABL1;étalon;22,9;100000\nA2;NT;ABL1;;24,5;\n"
    plate = read(text)
    assert [reaction.role for reaction in plate.reactions] == [WellRole.STANDARD, WellRole.SAMPLE]


def test_the_example_of_the_method_page_is_read() -> None:
    page = (Path(__file__).parents[3] / "docs" / "methods" / "instrument_files.md").read_text(encoding="utf-8")
    plate = read(page.split("```csv\n")[1].split("```")[0])
    roles = Counter(reaction.role for reaction in plate.reactions)
    assert roles == {WellRole.STANDARD: 8, WellRole.SAMPLE: 6, WellRole.NO_RT: 1, WellRole.NO_TEMPLATE: 1}
    assert plate.samples() == ("26-0042",)
