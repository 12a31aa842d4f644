"""Rotor-Gene: a block for each channel, tubes by number."""

from decimal import Decimal

import pytest

from monitoring.domain.plate import FileFormat, NoteCode, PrintedCurve, WellRole
from monitoring.readers.refusal import FileProblem
from tests.unit.readers.exports import ROTOR_GENE, check_refused, noted, read, refused, rows

NAMED = ROTOR_GENE.replace("Green (Page 1)\n", "Green (Page 1)\nTarget,NPM1 mutA\n").replace(
    "Yellow (Page 1)\n", "Yellow (Page 1)\nTarget,ABL1\n"
)


def test_every_channel_is_read() -> None:
    plate = read(ROTOR_GENE)
    found = rows(plate)
    assert (plate.format, plate.run_name, plate.run_at) == (FileFormat.ROTOR_GENE_CSV, "MRD run 7", "02/11/2026")
    assert plate.targets() == ("Green", "Yellow")
    assert (found["1", "Green"].role, found["1", "Green"].standard_copies) == (WellRole.STANDARD, Decimal(1000000))
    assert found["1", "Green"].printed_copies == Decimal(998000)
    assert (found["2", "Yellow"].cq, found["2", "Yellow"].printed_copies) == (Decimal("24.50"), Decimal(33839))


def test_an_empty_ct_is_no_amplification_and_its_comment_is_kept() -> None:
    blank = rows(read(ROTOR_GENE))["3", "Green"]
    assert (blank.role, blank.cq, blank.marks) == (WellRole.NO_TEMPLATE, None, ("NEG (NTC)",))


def test_channels_that_stand_for_targets_and_empty_tubes_are_told() -> None:
    assert noted(read(ROTOR_GENE)) == {NoteCode.TARGET_NOT_NAMED: 4, NoteCode.WELLS_EMPTY: 1}


def test_a_block_may_name_its_target() -> None:
    assert read(NAMED).targets() == ("NPM1 mutA", "ABL1")


def test_the_printed_curve_is_kept_with_its_efficiency_in_per_cent() -> None:
    slope, intercept, r2, efficiency = (Decimal(text) for text in ("-3.4244", "40.0430", "0.9999", "95.894"))
    assert read(ROTOR_GENE).curves == (PrintedCurve("Green", slope, intercept, r2, efficiency),)


@pytest.mark.parametrize("heading", ["Color", "Colour"])
def test_both_spellings_of_colour_are_read(heading: str) -> None:
    assert read(ROTOR_GENE.replace("Colour", heading)).reactions == read(ROTOR_GENE).reactions


def test_western_european_text_with_semicolons_and_commas_is_read() -> None:
    text = ROTOR_GENE.replace("30/reaction", "").replace(",", ";").replace(".", ",")
    for broken, right in (("No,", "No."), ("A,Green", "A.Green"), ("A,Yellow", "A.Yellow")):
        text = text.replace(broken, right)
    assert read(text.replace("26-0042", "É42"), "cp1252").reactions[1].cq == Decimal("34.80")


@pytest.mark.parametrize("line", ["x,Red,26-0042,Unknown,24.50,,,1,", "101x,Red,26,Unknown,24.50,,,1,"])
def test_a_tube_without_number_is_refused_and_not_taken_for_the_end(line: str) -> None:
    text = ROTOR_GENE.replace("3,Red,NTC,NTC,,NEG (NTC),,,", line)
    assert refused(text).problem is FileProblem.WELL_IMPOSSIBLE


def test_a_block_without_ct_is_refused() -> None:
    check_refused(ROTOR_GENE.replace(",Ct,", ",Takeoff,", 1), FileProblem.COLUMN_MISSING, 11, "Ct")


def test_a_title_without_a_table_is_refused() -> None:
    assert refused("Excel Analysed Data Export\nExperiment,MRD run 7\n").problem is FileProblem.TABLE_MISSING
