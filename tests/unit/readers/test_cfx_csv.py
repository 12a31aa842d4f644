"""Bio-Rad CFX: one row for each fluorophore of a well, also with semicolons and decimal commas."""

from decimal import Decimal

import pytest

from monitoring.domain.plate import FileFormat, NoteCode, WellRole
from monitoring.readers.refusal import FileProblem
from tests.unit.readers.exports import CFX, check_refused, noted, read, rows

EUROPEAN = CFX.replace(",", ";").replace(".", ",").replace("Std, Dev", "Std. Dev")


def test_every_fluorophore_of_a_well_is_a_reaction() -> None:
    plate = read(CFX)
    found = rows(plate)
    assert plate.format is FileFormat.CFX_CSV
    assert len(plate.reactions) == 6
    assert str(found["A1", "NPM1 mutA"].cq) == "19.5012345678901"
    assert found["A1", "ABL1"].standard_copies == Decimal(100000)
    assert (found["B2", "ABL1"].sample, found["B2", "ABL1"].printed_copies) == ("26-0042", Decimal(33839))


def test_controls_without_amplification_are_read() -> None:
    found = rows(read(CFX))
    blank, no_rt = found["H12", "NPM1 mutA"], found["H11", "NPM1 mutA"]
    assert (blank.role, blank.cq, blank.printed_copies) == (WellRole.NO_TEMPLATE, None, None)
    assert (no_rt.role, no_rt.role_by_name, no_rt.cq) == (WellRole.NO_RT, True, None)


def test_a_european_file_gives_the_same_reactions() -> None:
    plate = read(EUROPEAN)
    assert plate.reactions == read(CFX).reactions
    assert NoteCode.DECIMAL_COMMA in noted(plate)


def test_the_fluorophore_stands_for_a_target_that_is_not_named() -> None:
    plate = read(CFX.replace("NPM1 mutA", ""))
    assert plate.targets() == ("FAM", "ABL1")
    assert noted(plate)[NoteCode.TARGET_NOT_NAMED] == 4


def test_facts_of_the_run_may_stand_before_the_table() -> None:
    plate = read("File Name,MRD run 7.pcrd\nRun Ended,11/02/2026 10:00:00 UTC\n\n" + CFX)
    assert (plate.run_name, plate.run_at) == ("MRD run 7.pcrd", "11/02/2026 10:00:00 UTC")


def test_a_mean_in_another_notation_is_refused() -> None:
    check_refused(EUROPEAN.replace(";34,8;34,8;", ";34,8;34.8;"), FileProblem.NUMBER_AMBIGUOUS, 4, "Cq Mean", "34.8")


@pytest.mark.parametrize("heading", ["Cq", "Sample", "Content", "Well"])
def test_a_missing_column_is_named(heading: str) -> None:
    check_refused(CFX.replace(f",{heading},", ",Other,", 1), FileProblem.COLUMN_MISSING, 1, heading)


def test_curves_by_cycle_are_refused_as_fluorescence() -> None:
    check_refused(",Cycle,A1,A2\n,1,45.2,46.1\n", FileProblem.RAW_FLUORESCENCE, 1)


def test_a_line_that_was_cut_is_refused() -> None:
    check_refused(CFX[: CFX.index("33839") + 3], FileProblem.TABLE_CUT_OFF, 5, "Set Point")
