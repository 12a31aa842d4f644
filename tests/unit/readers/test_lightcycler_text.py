"""LightCycler 480: one file for each filter; an empty Cp is no amplification."""

from decimal import Decimal

import pytest

from monitoring.domain.plate import FileFormat, NoteCode, WellRole
from monitoring.readers.refusal import FileProblem
from tests.unit.readers.exports import LIGHTCYCLER, check_refused, noted, read

COMMA = LIGHTCYCLER.replace(".", ",")
NAMED = LIGHTCYCLER.replace("  Selected", "  Target: NPM1 mutA  Selected")
RAW = "SamplePos\tSampleName\tProg#\tSeg#\tCycle#\tTime\tTemp\t465-510\nA1\tSample 1\t2\t2\t1\t0.1\t60.0\t1.2\n"


def test_every_reaction_is_read() -> None:
    plate = read(LIGHTCYCLER)
    standard, sample, left_out, blank = plate.reactions
    assert (plate.format, plate.run_name) == (FileFormat.LIGHTCYCLER_TEXT, "MRD run 7")
    assert (standard.role, standard.standard_copies) == (WellRole.STANDARD, Decimal("1.00E+6"))
    assert standard.printed_copies == Decimal("9.98E+5")
    assert (sample.role, sample.standard_copies, sample.printed_copies) == (WellRole.SAMPLE, None, Decimal("34.0"))
    assert (left_out.omitted, left_out.cq, left_out.marks) == (True, None, (">",))
    assert blank.role is WellRole.NO_TEMPLATE


def test_the_filter_stands_for_a_target_that_is_not_named_and_that_is_told() -> None:
    plate = read(LIGHTCYCLER)
    assert plate.targets() == ("FAM (465-510)",)
    assert noted(plate) == {NoteCode.TARGET_NOT_NAMED: 4}


def test_the_first_line_may_name_the_target() -> None:
    plate = read(NAMED)
    assert (plate.targets(), plate.run_name, plate.notes) == (("NPM1 mutA",), "MRD run 7", ())


def test_a_column_may_name_the_target() -> None:
    header, *lines = LIGHTCYCLER.splitlines()[1:]
    text = "\n".join([LIGHTCYCLER.splitlines()[0], f"Target\t{header}", *(f"ABL1\t{line}" for line in lines)]) + "\n"
    assert read(text).targets() == ("ABL1",)


def test_decimal_commas_give_the_same_reactions() -> None:
    assert read(COMMA).reactions == read(LIGHTCYCLER).reactions


def test_the_raw_data_of_the_instrument_are_refused_as_fluorescence() -> None:
    check_refused(RAW, FileProblem.RAW_FLUORESCENCE, 1)


@pytest.mark.parametrize("heading", ["Cp", "Pos", "Name"])
def test_a_missing_column_is_named(heading: str) -> None:
    text = LIGHTCYCLER.replace(f"\t{heading}\t", "\tOther\t", 1)
    check_refused(text, FileProblem.COLUMN_MISSING, 2, heading)


def test_a_row_that_was_cut_is_refused() -> None:
    check_refused(LIGHTCYCLER[: LIGHTCYCLER.index("34.8") + 2], FileProblem.TABLE_CUT_OFF, 4, "Concentration")
