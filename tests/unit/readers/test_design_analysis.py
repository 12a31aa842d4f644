"""Design & Analysis 2 workbooks: the Cq on one sheet, quantities and curves on another."""

from decimal import Decimal
from pathlib import Path

import pytest

from monitoring.domain.plate import FileFormat, NoteCode, PrintedCurve, WellRole
from monitoring.readers.reading import read_plate
from monitoring.readers.refusal import FileProblem, Place
from tests.unit.readers.archives import REAL_EXPORTS, refused, xlsx

REAL = sorted(REAL_EXPORTS.glob("quantstudio_da/*quantity*.xlsx"))
REAL_WITHOUT_NAMES = sorted(REAL_EXPORTS.glob("quantstudio_da/*Primary_Analysis*.xlsx"))
FACTS: list[list[object]] = [
    ["File Name", "C:\\Data\\MRD run 7.eds"],
    ["Instrument Type", "QuantStudio™ 7 Pro System"],
    ["Block Type", "96-Well 0.2-mL Block"],
    ["Run End Date/Time", "2026-11-02 11:47:00 AM CET"],
    ["Software Name and Version", "Design & Analysis Software v2.6.0"],
    [],
]
HEADINGS: list[object] = ["Well", "Well Position", "Omit", "Sample", "Target", "Task", "Reporter", "Amp Status", "Cq"]
RESULTS: list[list[object]] = [
    [1, "A1", False, "Std 1", "NPM1 mutA", "STANDARD", "FAM", "AMP", 19.5],
    [1, "A1", False, "Std 1", "ABL1", "STANDARD", "VIC", "Amp", 20.25],
    [2, "A2", False, "26-0042", "NPM1 mutA", "UNKNOWN", "FAM", "Amp", "34,8"],
    [2, "A2", "FALSE", "26-0042", "ABL1", "UNKNOWN", "VIC", "Amp", 24.5],
    [3, "A3", True, "NTC", "NPM1 mutA", "UNKNOWN", "FAM", "NO_AMP", "Undetermined"],
]
CURVE_HEADINGS: list[object] = [
    "Well", "Well Position", "Sample", "Quantity", "Target", "Task", "Y-Intercept", "R2", "Slope", "Efficiency", "Omit",
]  # fmt: skip
CURVES: list[list[object]] = [
    [1, "A1", "Std 1", 1000000, "NPM1 mutA", "STANDARD", 40.043, 0.999, -3.424, 95.9, False],
    [1, "A1", "Std 1", 100000, "ABL1", "STANDARD", 39.5, 0.998, -3.35, 98.8, False],
    [2, "A2", "26-0042", 33.97, "NPM1 mutA", "UNKNOWN", 40.043, 0.999, -3.424, 95.9, False],
    [2, "A2", "26-0042", "-", "ABL1", "UNKNOWN", 39.5, 0.998, -3.35, 98.8, True],
]


def workbook(
    results: list[list[object]] = RESULTS, curves: list[list[object]] | None = CURVES, headings: list[object] = HEADINGS
) -> bytes:
    sheets = {"Results": [*FACTS, headings, *results]}
    if curves is not None:
        sheets["Standard Curve Result"] = [*FACTS, CURVE_HEADINGS, *curves]
    return xlsx(sheets)


def test_a_plate_is_read_with_the_quantities_of_the_other_sheet() -> None:
    plate = read_plate(workbook())
    assert plate.format is FileFormat.DESIGN_ANALYSIS_XLSX
    assert [(each.standard_copies, each.printed_copies) for each in plate.reactions] == [
        (1000000, None), (100000, None), (None, Decimal("33.97")), (None, None), (None, None),
    ]  # fmt: skip


def test_two_targets_in_one_well_are_two_reactions() -> None:
    assert [(each.well, each.target) for each in read_plate(workbook()).reactions][:2] == [
        ("A1", "NPM1 mutA"), ("A1", "ABL1"),
    ]  # fmt: skip


def test_a_well_without_amplification_has_no_cq_and_tells_its_status() -> None:
    ntc = read_plate(workbook()).reactions[-1]
    assert (ntc.role, ntc.cq, ntc.marks) == (WellRole.NO_TEMPLATE, None, ("NO_AMP",))


def test_a_well_omitted_on_either_sheet_is_omitted() -> None:
    assert [each.omitted for each in read_plate(workbook()).reactions] == [False, False, False, True, True]


def test_the_curves_are_told_as_printed() -> None:
    assert read_plate(workbook()).curves == (
        PrintedCurve("NPM1 mutA", Decimal("-3.424"), Decimal("40.043"), Decimal("0.999"), Decimal("95.9")),
        PrintedCurve("ABL1", Decimal("-3.35"), Decimal("39.5"), Decimal("0.998"), Decimal("98.8")),
    )


def test_facts_of_the_run_are_told_without_the_folders_of_its_computer() -> None:
    plate = read_plate(workbook())
    assert (plate.run_name, plate.run_at) == ("MRD run 7.eds", "2026-11-02 11:47:00 AM CET")


def test_quantities_may_stand_beside_the_cq() -> None:
    plate = read_plate(workbook([[*RESULTS[0], 500000]], None, [*HEADINGS, "Quantity"]))
    assert (plate.reactions[0].standard_copies, plate.curves) == (Decimal(500000), ())


def test_the_software_is_known_by_its_headings_where_it_does_not_name_itself() -> None:
    assert read_plate(xlsx({"Results": [HEADINGS, *RESULTS]})).format is FileFormat.DESIGN_ANALYSIS_XLSX


def test_the_dye_stands_for_a_target_that_is_not_named_and_that_is_told() -> None:
    plate = read_plate(xlsx({"Results": [["Well Position", "Task", "Reporter", "Cq"], ["A1", "UNKNOWN", "FAM", 25.5]]}))
    assert plate.targets() == ("FAM",)
    assert [(note.code, note.detail) for note in plate.notes] == [(NoteCode.TARGET_NOT_NAMED, "FAM")]


def test_a_standard_of_no_copies_is_refused_on_its_sheet() -> None:
    refusal = refused(workbook(curves=[[*CURVES[0][:3], 0, *CURVES[0][4:]]]))
    assert (refusal.problem, refusal.place) == (
        FileProblem.NUMBER_IMPOSSIBLE, Place(8, "Quantity", "Standard Curve Result"),
    )  # fmt: skip


@pytest.mark.parametrize("path", REAL, ids=lambda path: path.name)
def test_a_real_export_with_standards_is_read(path: Path) -> None:
    plate = read_plate(path.read_bytes())
    first, ntc = plate.reactions[0], plate.reactions[-1]
    assert (len(plate.reactions), plate.cycles, plate.targets()) == (24, 40, ("ABC", "DEF"))
    assert (first.well, first.cq, first.standard_copies) == ("K3", Decimal("31.707809438603107"), Decimal(5))
    assert (ntc.well, ntc.role, ntc.cq) == ("P4", WellRole.NO_TEMPLATE, None)
    assert plate.curves[0] == PrintedCurve(
        "ABC", Decimal("-1.8786"), Decimal("36.2452"), Decimal("0.8365887974182249"), Decimal("240.6597779776992")
    )


@pytest.mark.parametrize("path", REAL_WITHOUT_NAMES, ids=lambda path: path.name)
def test_a_real_export_without_samples_and_targets_is_read(path: Path) -> None:
    plate = read_plate(path.read_bytes())
    assert [(each.well, each.cq) for each in plate.reactions][:2] == [
        ("A1", Decimal("17.97")),
        ("A2", Decimal("17.92")),
    ]
    assert {note.code: note.count for note in plate.notes} == {NoteCode.TARGET_NOT_NAMED: 96}
    assert sum(each.cq is not None for each in plate.reactions) == 84
