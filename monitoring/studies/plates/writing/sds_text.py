"""SDS 2.x (7900HT): absolute quantification with well numbers, relative quantification with positions.

A relative study knows no standards: their wells are left out, and no quantity is printed.
"""

from dataclasses import replace

from monitoring.domain.plate import Reaction, WellRole
from monitoring.studies.plates.measured_plate import MeasuredPlate
from monitoring.studies.plates.plate_targets import ABL1, dye_of
from monitoring.studies.plates.writing.export_settings import ExportSettings, WrittenFile
from monitoring.studies.plates.writing.quantstudio_rows import empty_wells

TASKS = {WellRole.STANDARD: "Standard", WellRole.NO_TEMPLATE: "NTC"}  # all others are Unknown
ABSOLUTE_HEADINGS = (
    "Well", "Sample Name", "Detector Name", "Reporter", "Task", "Ct", "Quantity", "Qty Mean", "Qty StdDev", "Ct Mean",
    "Ct StdDev", "Baseline Type", "Baseline Start", "Baseline Stop", "Threshold Type", "Threshold", "",
)  # fmt: skip
RELATIVE_HEADINGS = (
    "# ", "Plate", "Pos", "Flag", "Sample", "Detector", "Task", "Ct", "Delta Ct", "Avg Delta Ct", "?Ct SE",
    "Delta Delta Ct SD", "RQ", "RQ Min", "RQ Max", "Omit", "HMD", "FOS",
)  # fmt: skip
RUN_AT = "Tue Feb 03 16:12:50 CET 2026"


def write_absolute(plate: MeasuredPlate, settings: ExportSettings) -> tuple[WrittenFile, ...]:
    """Return the plate as an absolute quantification; wells left out on the instrument are not printed."""
    rows = [
        [
            str(plate.block.number_of(reaction.well)), reaction.sample, reaction.target, dye_of(reaction.target),
            TASKS.get(reaction.role, "Unknown"), settings.cq(reaction.cq), _quantity(reaction, settings), "", "", "",
            "", "Manual", "3", "15", "Manual", "0,2" if settings.decimal_comma else "0.2", "",
        ]
        for reaction in _taken(plate)
    ]  # fmt: skip
    rows += [
        [str(plate.block.number_of(well)), *[""] * (len(ABSOLUTE_HEADINGS) - 1)] for well in _empty(plate, settings)
    ]
    lines = [
        "SDS 2.3\tAQ Results\t1.0", f"Filename\t{plate.name}", "PlateID\t25 µL", "Assay Type\tAbsolute Quantification",
        f"Run DateTime\t{RUN_AT}", "Operator\t", "ThermalCycleParams\t", "", "Sample Information", "",
        "\t".join(ABSOLUTE_HEADINGS), *("\t".join(row) for row in rows),
    ]  # fmt: skip
    return (WrittenFile(f"{plate.name}.txt", settings.encode(lines)),)


def write_relative(plate: MeasuredPlate, settings: ExportSettings) -> tuple[WrittenFile, ...]:
    """Return the plate as a relative quantification."""
    rows = [
        [
            str(number), "Control", reaction.well, "Passed", reaction.sample, reaction.target,
            "Endogenous Control" if reaction.target == ABL1 else "Target", settings.cq(reaction.cq), "", "", "", "0",
            "1", "", "", "TRUE" if reaction.omitted else "FALSE", "", "",
        ]
        for number, reaction in enumerate(carried_relative(plate, settings), 1)
    ]  # fmt: skip
    lines = [
        "SDS 2.3 RQ Results\t1.2", f"Filename\t{plate.name}.sdm", "Assay Type\tRQ Study", "EmbeddedFile\tFileA",
        f"Run DateTime\t{RUN_AT}", "Operator\t", "ThermalCycleParams\t", "", "\t".join(RELATIVE_HEADINGS),
        *("\t".join(row) for row in rows), "", "PlateID\tNAP\tLPL",
    ]  # fmt: skip
    return (WrittenFile(f"{plate.name}.txt", settings.encode(lines)),)


def carried_absolute(plate: MeasuredPlate, settings: ExportSettings) -> tuple[Reaction, ...]:
    """Return what an absolute quantification carries: wells that were not left out.

    They have numbers; only where every well of the block is listed can a reader tell their positions.
    """
    taken = _taken(plate)
    if settings.empty_wells:
        return taken
    return tuple(replace(reaction, well=str(plate.block.number_of(reaction.well))) for reaction in taken)


def carried_relative(plate: MeasuredPlate, settings: ExportSettings) -> tuple[Reaction, ...]:
    """Return what a relative quantification carries: no standards and no quantities."""
    return tuple(
        replace(reaction, printed_copies=None) for reaction in plate.reactions if reaction.role is not WellRole.STANDARD
    )


def _taken(plate: MeasuredPlate) -> tuple[Reaction, ...]:
    return tuple(reaction for reaction in plate.reactions if not reaction.omitted)


def _empty(plate: MeasuredPlate, settings: ExportSettings) -> list[str]:
    return empty_wells(replace(plate, reactions=_taken(plate)), settings)


def _quantity(reaction: Reaction, settings: ExportSettings) -> str:
    copies = reaction.standard_copies if reaction.standard_copies is not None else reaction.printed_copies
    return settings.number(copies)
