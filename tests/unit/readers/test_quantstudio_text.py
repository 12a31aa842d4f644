"""QuantStudio and ViiA 7: text with blocks, and the same re-saved as csv."""

from decimal import Decimal

import pytest

from monitoring.domain.plate import FileFormat, NoteCode, PrintedCurve, WellRole
from monitoring.readers.refusal import FileProblem
from tests.unit.readers.exports import QUANTSTUDIO, check_refused, noted, read, refused, rows

LINES = QUANTSTUDIO.splitlines()
FACTS = [line.removeprefix("* ").split(" = ") for line in LINES if line.startswith("* ")]
RESULTS = [line.split("\t") for line in LINES[LINES.index("[Results]") + 1 : -2]]


def csv_by_spreadsheet(delimiter: str = ",", starred: bool = False) -> str:
    """The export re-saved: facts in two cells, every row filled up with delimiters, no block."""
    width = len(RESULTS[0])
    facts = [[f"* {key} = {value}"] if starred else [key, value] for key, value in FACTS]
    table = [*facts, [""], *(["[Results]"] for _once in range(starred)), *RESULTS]
    filled = [row + [""] * (width - len(row)) for row in table]
    return "".join(delimiter.join(f'"{cell}"' if "," in cell else cell for cell in row) + "\n" for row in filled)


def with_curves_of(cycles: int) -> str:
    curve = "\n".join(f"1\t{cycle}\tNPM1 mutA\t0.6\t0.0" for cycle in range(1, cycles + 1))
    block = f"[Amplification Data]\nWell\tCycle\tTarget Name\tRn\tDelta Rn\n{curve}\n\n"
    return QUANTSTUDIO.replace("[Results]", f"{block}[Results]")


def test_every_fact_and_reaction_is_read() -> None:
    plate = read(QUANTSTUDIO)
    standard, sample, control = plate.reactions
    assert plate.format is FileFormat.QUANTSTUDIO_TEXT
    assert (plate.run_name, plate.instrument) == ("MRD run 7", "QuantStudio(TM) 7 Flex System")
    assert plate.run_at == "2026-11-02 02:23:34 AM CET"
    assert (standard.role, standard.standard_copies) == (WellRole.STANDARD, Decimal("1000000.000"))
    assert (sample.omitted, sample.printed_copies, sample.marks) == (True, Decimal("33.970"), ("HIGHSD",))
    assert (control.role, control.role_by_name, control.cq, control.marks) == (WellRole.NO_RT, True, None, ("NOAMP",))


def test_the_printed_curve_is_kept_for_comparison() -> None:
    numbers = [Decimal(text) for text in ("-3.424", "40.043", "0.999", "95.894")]
    assert read(QUANTSTUDIO).curves == (PrintedCurve("NPM1 mutA", *numbers),)


def test_empty_wells_and_thousands_are_told() -> None:
    assert noted(read(QUANTSTUDIO)) == {NoteCode.THOUSANDS_SEPARATOR: 1, NoteCode.WELLS_EMPTY: 1}


@pytest.mark.parametrize("delimiter", [",", ";"])
@pytest.mark.parametrize("starred", [True, False])
def test_a_csv_by_a_spreadsheet_says_the_same(delimiter: str, starred: bool) -> None:
    plate = read(csv_by_spreadsheet(delimiter, starred))
    assert plate.format is FileFormat.QUANTSTUDIO_CSV
    assert (plate.run_name, plate.instrument) == ("MRD run 7", "QuantStudio(TM) 7 Flex System")
    assert [(r.well, r.cq, r.standard_copies, r.omitted) for r in plate.reactions] == [
        (r.well, r.cq, r.standard_copies, r.omitted) for r in read(QUANTSTUDIO).reactions
    ]


def test_blocks_beside_the_results_may_be_absent() -> None:
    start = QUANTSTUDIO.index("[Results]")
    assert len(read(QUANTSTUDIO[start:]).reactions) == 3


@pytest.mark.parametrize("heading", ["Cт", "CТ", "Ct", "Cq", "CRT"])
def test_the_cq_is_found_under_every_heading(heading: str) -> None:
    assert read(QUANTSTUDIO.replace("\tCT\t", f"\t{heading}\t")).reactions == read(QUANTSTUDIO).reactions


def test_the_cycles_are_those_of_the_amplification_data() -> None:
    assert read(with_curves_of(40)).cycles == 40


def test_a_cq_at_the_number_of_cycles_is_no_amplification() -> None:
    plate = read(with_curves_of(40).replace("34.800", "40.000"))
    assert rows(plate)["A2", "NPM1 mutA"].cq is None
    assert noted(plate)[NoteCode.CQ_AT_CYCLE_COUNT] == 1


@pytest.mark.parametrize("cycles", [3, 30])
def test_curves_that_were_cut_do_not_turn_a_cq_into_a_negative(cycles: int) -> None:
    plate = read(with_curves_of(cycles))
    assert (plate.cycles, rows(plate)["A2", "NPM1 mutA"].cq) == (None, Decimal("34.800"))


def test_a_file_without_results_is_refused() -> None:
    cut = QUANTSTUDIO[: QUANTSTUDIO.index("[Results]")]
    assert refused(cut).problem is FileProblem.TABLE_MISSING


@pytest.mark.parametrize("lost", [1, 2, 3])
def test_results_that_end_before_the_setup_are_refused(lost: int) -> None:
    end = QUANTSTUDIO.index("\nAnalysis")
    whole = QUANTSTUDIO[:end].rstrip("\n").split("\n")
    cut = "\n".join(whole[: -1 - lost]) + "\n"
    assert refused(cut).problem in (FileProblem.TABLE_CUT_OFF, FileProblem.NO_REACTIONS)


@pytest.mark.parametrize("end", ["\t34.8", "\t26-0", "\tUnd", "3\tA3\tfal"])
def test_a_row_that_was_cut_is_refused(end: str) -> None:
    at = QUANTSTUDIO.index(end, QUANTSTUDIO.index("[Results]")) + len(end)
    assert refused(QUANTSTUDIO[:at]).problem is FileProblem.TABLE_CUT_OFF


def test_the_same_target_twice_in_a_well_is_refused() -> None:
    results = QUANTSTUDIO[QUANTSTUDIO.index("[Results]") :]
    text = results.replace("3\tA3\tfalse\tno-RT", "2\tA2\tfalse\tno-RT")
    check_refused(text, FileProblem.WELL_TWICE, 5, "Well Position", "A2 npm1muta")


def test_fluorescence_without_results_is_told_as_such() -> None:
    text = "Well\tWell Position\tCycle\tTarget Name\tRn\tDelta Rn\n1\tA1\t1\tABL1\t0.6\t0.0\n"
    check_refused(text, FileProblem.RAW_FLUORESCENCE, 1)
