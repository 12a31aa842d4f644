"""Bio-Rad CFX Maestro, `Quantification Cq Results`: an empty first column, wells A01, NaN or N/A, a mean of 0.

Wells left out on the instrument are not exported.
"""

from dataclasses import replace

from monitoring.domain.plate import Reaction, WellRole
from monitoring.studies.plates.measured_plate import MeasuredPlate
from monitoring.studies.plates.plate_targets import dye_of
from monitoring.studies.plates.writing.export_settings import ExportSettings, WrittenFile

HEADINGS = (
    "", "Well", "Fluor", "Target", "Content", "Sample", "Biological Set Name", "Cq", "Cq Mean", "Cq Std. Dev",
    "Starting Quantity (SQ)", "Log Starting Quantity", "SQ Mean", "SQ Std. Dev", "Set Point", "Well Note",
)  # fmt: skip
CONTENTS = {
    WellRole.SAMPLE: "Unkn",
    WellRole.STANDARD: "Std",
    WellRole.NO_TEMPLATE: "NTC",
    WellRole.NO_RT: "NRT",
    WellRole.EXTRACTION_BLANK: "Neg Ctrl",
    WellRole.WILD_TYPE: "Neg Ctrl",
    WellRole.POSITIVE_CONTROL: "Pos Ctrl",
}
NOTHING = ("NaN", "N/A")  # what this software prints for no number


def write_plate(plate: MeasuredPlate, settings: ExportSettings) -> tuple[WrittenFile, ...]:
    """Return the plate as one csv file."""
    nothing = settings.not_amplified if settings.not_amplified in NOTHING else NOTHING[0]
    spoken = replace(settings, not_amplified=nothing)
    numbers = {sample: f"-{i:02d}" for i, sample in enumerate(dict.fromkeys(r.sample for r in plate.reactions), 1)}
    rows = [_row(reaction, numbers[reaction.sample], spoken) for reaction in carried(plate, spoken)]
    return (WrittenFile(f"{plate.name}.csv", settings.encode(settings.rows([HEADINGS, *rows]))),)


def carried(plate: MeasuredPlate, settings: ExportSettings) -> tuple[Reaction, ...]:
    """Return what the file carries: the wells that were not left out."""
    return tuple(reaction for reaction in plate.reactions if not reaction.omitted)


def _row(reaction: Reaction, number: str, settings: ExportSettings) -> list[str]:
    content = CONTENTS[reaction.role]
    numbered = reaction.role in (WellRole.SAMPLE, WellRole.STANDARD)
    copies = reaction.standard_copies if reaction.standard_copies is not None else reaction.printed_copies
    quantity = settings.not_amplified if copies is None else settings.number(copies)
    return [
        "",
        f"{reaction.well[0]}{int(reaction.well[1:]):02d}",
        dye_of(reaction.target),
        reaction.target,
        f"{content}{number}" if numbered else content,
        reaction.sample,
        "",
        settings.cq(reaction.cq),
        "0" if reaction.cq is None else settings.number(reaction.cq),
        "0",
        quantity,
        settings.not_amplified,
        quantity,
        "0",
        "60",
        "20 µL",
    ]
