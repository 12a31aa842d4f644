"""Real exports, read where they lie beside the repository; none is collected where they do not."""

from decimal import Decimal
from pathlib import Path

import pytest

from monitoring.domain.plate import FileFormat, NoteCode, WellRole
from monitoring.readers.reading import read_plate
from tests.unit.readers.exports import noted, rows

FOLDER = Path(__file__).parents[4] / "shared" / "data" / "instrument_files"
LIGHTCYCLER = "lightcycler_sds/LightCycler_sample.txt"
SDS = "lightcycler_sds/SDS_sample.txt"
QUANTSTUDIO = "quantstudio/appbio_quantstudio_example{:02}.txt"
# file: format, reactions, amplified (counted with awk), targets, then one reaction and its Cq
EXPECTED = {
    "cfx/example01.csv": (FileFormat.CFX_CSV, 48, 48, 2, ("A1", "FAM"), "21.1877528266099"),
    LIGHTCYCLER: (FileFormat.LIGHTCYCLER_TEXT, 384, 77, 1, ("P1", "SYBR Green (483-533)"), "16.16"),
    SDS: (FileFormat.SDS_TEXT, 384, 353, 191, ("A1", "Gene1"), "11.463166"),
    QUANTSTUDIO.format(1): (FileFormat.QUANTSTUDIO_TEXT, 16, 16, 1, ("A18", "TARGET_1"), "18.842"),
    QUANTSTUDIO.format(6): (FileFormat.QUANTSTUDIO_TEXT, 9, 9, 2, ("H11", "GAPDH"), "33.074"),
    QUANTSTUDIO.format(7): (FileFormat.QUANTSTUDIO_TEXT, 16, 13, 2, ("B4", "RNaseP"), "29.508"),
}
PRESENT = [name for name in EXPECTED if (FOLDER / name).exists()]
STANDARD_CURVES = [name for name in PRESENT if name.endswith("example07.txt")]


@pytest.mark.parametrize("name", PRESENT)
def test_a_real_export_is_read(name: str) -> None:
    form, count, amplified, targets, place, cq = EXPECTED[name]
    plate = read_plate((FOLDER / name).read_bytes(), name)
    assert (plate.format, len(plate.reactions), len(plate.targets())) == (form, count, targets)
    assert sum(reaction.cq is not None for reaction in plate.reactions) == amplified
    assert rows(plate)[place].cq == Decimal(cq)


@pytest.mark.parametrize("name", STANDARD_CURVES)
def test_a_real_standard_curve_is_read_with_its_thousands(name: str) -> None:
    plate = read_plate((FOLDER / name).read_bytes(), name)
    standards = [reaction for reaction in plate.reactions if reaction.role is WellRole.STANDARD]
    assert {str(reaction.standard_copies) for reaction in standards if reaction.target == "IPC"} == {
        "156.250", "312.500", "625.000", "1250.000", "2500.000",
    }  # fmt: skip
    assert noted(plate)[NoteCode.THOUSANDS_SEPARATOR] == 6
    curves = {curve.target: (str(curve.slope), str(curve.intercept), str(curve.r2)) for curve in plate.curves}
    assert curves == {"RNaseP": ("-3.238", "39.494", "0.999"), "IPC": ("-4.031", "43.542", "0.969")}
