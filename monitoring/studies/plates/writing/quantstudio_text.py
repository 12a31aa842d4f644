"""QuantStudio, ViiA 7: tab-separated text with `* key = value` lines and blocks in square brackets."""

from monitoring.studies.plates.measured_plate import MeasuredPlate
from monitoring.studies.plates.writing.export_settings import ExportSettings, WrittenFile
from monitoring.studies.plates.writing.quantstudio_rows import (
    SETUP_HEADINGS,
    facts,
    headings,
    result_rows,
    setup_rows,
)

AMPLIFICATION_HEADINGS = ("Well", "Cycle", "Target Name", "Rn", "Delta Rn")
OMIT = ("false", "true")
FIRST_CYCLES = (1, 2)  # the real block holds every cycle; no reader needs it


def write_plate(plate: MeasuredPlate, settings: ExportSettings) -> tuple[WrittenFile, ...]:
    """Return the plate as one text file."""
    lines = [f"* {key} = {value}" for key, value in facts(plate)]
    lines += ["", "[Sample Setup]", *_tabbed([SETUP_HEADINGS, *setup_rows(plate, settings)])]
    lines += ["", "", "[Amplification Data]", *_tabbed([AMPLIFICATION_HEADINGS, *_amplification(plate, settings)])]
    lines += ["", "", "[Results]", *_tabbed([headings(settings), *result_rows(plate, settings, OMIT)])]
    lines += ["", "Analysis Type = Singleplex", "Endogenous Control = ABL1", ""]
    return (WrittenFile(f"{plate.name}.txt", settings.encode(lines)),)


def _amplification(plate: MeasuredPlate, settings: ExportSettings) -> list[list[str]]:
    signal = "0,627" if settings.decimal_comma else "0.627"
    return [
        [str(plate.block.number_of(reaction.well)), str(cycle), reaction.target, signal, signal]
        for reaction in plate.reactions[:1]
        for cycle in (*FIRST_CYCLES, plate.cycles)
    ]


def _tabbed(rows: list[list[str] | tuple[str, ...]]) -> list[str]:
    return ["\t".join(row) for row in rows]
