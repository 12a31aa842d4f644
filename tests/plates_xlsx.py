"""The sheets of QuantStudio and of Design & Analysis 2, written from a made-up plate with openpyxl."""

import io
import re
import zipfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from openpyxl import Workbook

from monitoring.domain.plate import Reaction, WellRole
from monitoring.studies.plates.measured_plate import MeasuredPlate
from monitoring.studies.plates.plate_targets import dye_of
from monitoring.studies.plates.writing.export_settings import ExportSettings, WrittenFile
from monitoring.studies.plates.writing.quantstudio_rows import (
    SETUP_HEADINGS,
    empty_wells,
    facts,
    headings,
    result_rows,
    setup_rows,
    task_of,
)

XlsxCell = str | float | bool | None
Sheets = dict[str, list[Sequence[XlsxCell]]]
RESULTS_HEADINGS = (
    "Well", "Well Position", "Omit", "Sample", "Target", "Task", "Reporter", "Quencher", "Amp Status", "Amp Score",
    "Curve Quality", "Result Quality Issues", "Cq", "Cq Confidence", "Cq Mean", "Cq SD", "Auto Threshold", "Threshold",
    "Auto Baseline", "Baseline Start", "Baseline End",
)  # fmt: skip
CURVE_HEADINGS = (
    "Well", "Well Position", "Sample", "Quantity", "Target", "Dye", "Task", "Reporter", "Quencher", "Amp Status", "Cq",
    "Cq Mean", "Quantity Mean", "Y-Intercept", "R2", "Slope", "Efficiency", "Omit",
)  # fmt: skip
AMPLIFICATION_HEADINGS = ("Well", "Well Position", "Cycle Number", "Target", "Rn", "dRn", "Sample", "Omit")
OMIT = ("false", "true")
SAVED_AT = (2026, 2, 3, 16, 12, 50)
_MOMENT = re.compile(rb"20[0-9]{2}-[0-9]{2}-[0-9]{2}T[0-9:]{8}Z")


@dataclass(frozen=True, slots=True)
class XlsxSettings:
    """One way to save a workbook: numbers as numbers or as text, the heading of the Cq, words for no Cq."""

    numbers_as_text: bool = False
    cq_heading: str = "CT"
    not_amplified: str = "Undetermined"
    empty_wells: bool = False
    blank_rows: int = 1  # between the facts and the table

    @property
    def export(self) -> ExportSettings:
        """Return the settings of the cells as a text export would have them."""
        return ExportSettings(not_amplified=self.not_amplified, empty_wells=self.empty_wells)


def write_quantstudio(plate: MeasuredPlate, settings: XlsxSettings) -> tuple[WrittenFile, ...]:
    """Return the plate as a QuantStudio workbook."""
    before: list[Sequence[XlsxCell]] = [*facts(plate), *[[]] * settings.blank_rows]
    named = [settings.cq_heading if name == "CT" else name for name in headings(settings.export)]
    signal: list[Sequence[XlsxCell]] = [[1, cycle, plate.targets()[0], 0.627, 0.001] for cycle in (1, plate.cycles)]
    sheets: Sheets = {
        "Sample Setup": [*before, SETUP_HEADINGS, *_typed(setup_rows(plate, settings.export), settings)],
        "Amplification Data": [*before, ["Well", "Cycle", "Target Name", "Rn", "Delta Rn"], *signal],
        "Results": [*before, named, *_typed(result_rows(plate, settings.export, OMIT), settings), [],
                    ["Endogenous Control", "ABL1"]],
    }  # fmt: skip
    return (WrittenFile(f"{plate.name}.xlsx", workbook(sheets)),)


def write_design_analysis(plate: MeasuredPlate, settings: XlsxSettings) -> tuple[WrittenFile, ...]:
    """Return the plate as a Design & Analysis 2 workbook: quantities and curves stand on a sheet of their own."""
    before: list[Sequence[XlsxCell]] = [*_run(plate), *[[]] * settings.blank_rows]
    results = [_result_row(plate, reaction, settings) for reaction in plate.reactions]
    empty = [[str(plate.block.number_of(well)), well, "FALSE"] for well in empty_wells(plate, settings.export)]
    curve_rows = [_curve_row(plate, reaction, settings) for reaction in plate.reactions]
    signal: list[Sequence[XlsxCell]] = [
        [1, "A1", cycle, plate.targets()[0], 1.579, 0.004, "", False] for cycle in (1, plate.cycles)
    ]
    sheets: Sheets = {
        "Results": [*before, RESULTS_HEADINGS, *_typed([*results, *empty], settings)],
        "Amplification Data": [*before, AMPLIFICATION_HEADINGS, *signal],
        "Standard Curve Result": [*before, CURVE_HEADINGS, *_typed(curve_rows, settings)],
    }
    return (WrittenFile(f"{plate.name}.xlsx", workbook(sheets)),)


def workbook(sheets: Sheets) -> bytes:
    """Return a workbook with these sheets, row by row."""
    book = Workbook()
    book.remove(book.worksheets[0])
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(list(row))
        for cell in (cell for row in sheet.iter_rows() for cell in row if cell.data_type == "f"):
            cell.data_type = "s"  # a name that begins with an equals sign is a name
    packed = io.BytesIO()
    book.save(packed)
    return _without_the_clock(packed.getvalue())


def _without_the_clock(content: bytes) -> bytes:
    """Return the workbook as if it had been saved at a fixed moment, so that a plate always gives the same bytes."""
    packed = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as saved, zipfile.ZipFile(packed, "w") as archive:
        for name in saved.namelist():
            member = _MOMENT.sub(b"2026-02-03T16:12:50Z", saved.read(name))
            archive.writestr(zipfile.ZipInfo(name, SAVED_AT), member, zipfile.ZIP_DEFLATED)
    return packed.getvalue()


def _run(plate: MeasuredPlate) -> list[tuple[str, str]]:
    return [
        ("File Name", f"{plate.name}.eds"), ("Comment", ""), ("Operator", "bench"), ("Barcode", ""),
        ("Instrument Type", "QuantStudio™ 7 Pro System"), ("Block Type", f"{plate.block.size}-Well Block"),
        ("Instrument Name", "QS7Pro-1"), ("Run Start Date/Time", "2026-02-03 03:01:12 PM CET"),
        ("Run End Date/Time", "2026-02-03 04:12:50 PM CET"), ("Sample Volume", "20.0"), ("Passive Reference", "ROX"),
        ("PCR Stage/Step Number", "Stage 2 Step 2"), ("Quantification Cycle Method", "CT"),
        ("Software Name and Version", "Design & Analysis Software v2.6.0"),
    ]  # fmt: skip


def _result_row(plate: MeasuredPlate, reaction: Reaction, settings: XlsxSettings) -> list[str]:
    return [
        str(plate.block.number_of(reaction.well)), reaction.well, "TRUE" if reaction.omitted else "FALSE",
        reaction.sample, reaction.target, task_of(reaction), dye_of(reaction.target), "NFQ-MGB",
        "No Amp" if reaction.cq is None else "Amp", "1.25", "", "", settings.export.cq(reaction.cq), "0.976", "", "",
        "FALSE", "0.2", "TRUE", "3", "26",
    ]  # fmt: skip


def _curve_row(plate: MeasuredPlate, reaction: Reaction, settings: XlsxSettings) -> list[str]:
    curve = plate.curve_of(reaction.target)
    printed = ("",) * 4 if curve is None else (curve.intercept, curve.r2, curve.slope, curve.efficiency_pct)
    copies = reaction.standard_copies if reaction.role is WellRole.STANDARD else reaction.printed_copies
    return [
        str(plate.block.number_of(reaction.well)), reaction.well, reaction.sample, _text(copies), reaction.target,
        dye_of(reaction.target), task_of(reaction), dye_of(reaction.target), "NFQ-MGB",
        "No Amp" if reaction.cq is None else "Amp", settings.export.cq(reaction.cq), "", "",
        *(_text(number) for number in printed), "TRUE" if reaction.omitted else "FALSE",
    ]  # fmt: skip


def _text(number: Decimal | str | None) -> str:
    return f"{number:f}" if isinstance(number, Decimal) else number or ""


def _typed(rows: Iterable[Sequence[str]], settings: XlsxSettings) -> list[Sequence[XlsxCell]]:
    return [[cell if settings.numbers_as_text else _as_stored(cell) for cell in row] for row in rows]


def _as_stored(cell: str) -> XlsxCell:
    """Return a cell as the software stores it: numbers and truth values, not their text."""
    if cell in ("TRUE", "FALSE"):
        return cell == "TRUE"
    return float(cell) if cell.replace(".", "", 1).removeprefix("-").isdigit() else cell or None
