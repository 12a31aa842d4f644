"""The table of results of the QuantStudio family, as cells: the same in its text, csv and xlsx exports."""

from collections.abc import Iterator, Sequence

from monitoring.domain.plate import Reaction, WellRole
from monitoring.studies.plates.measured_plate import MeasuredPlate
from monitoring.studies.plates.plate_targets import dye_of
from monitoring.studies.plates.writing.export_settings import ExportSettings

TASKS = {WellRole.STANDARD: "STANDARD", WellRole.NO_TEMPLATE: "NTC"}  # all others are UNKNOWN
BEFORE_CQ = (
    "Well", "Well Position", "Omit", "Sample Name", "Target Name", "Task", "Reporter", "Quencher", "RQ", "RQ Min",
    "RQ Max",
)  # fmt: skip
AFTER_CQ = (
    "Ct Mean", "Ct SD", "Quantity", "Quantity Mean", "Quantity SD", "Efficiency", "Y-Intercept", "R(superscript 2)",
    "Slope", "Automatic Ct Threshold", "Ct Threshold", "Automatic Baseline", "Baseline Start", "Baseline End",
    "Comments", "Amp Score", "Cq Conf", "HIGHSD", "NOAMP",
)  # fmt: skip
SETUP_HEADINGS = (
    "Well", "Well Position", "Sample Name", "Sample Color", "Biogroup Name", "Biogroup Color", "Target Name",
    "Target Color", "Task", "Reporter", "Quencher", "Quantity", "Comments",
)  # fmt: skip
COLOUR = "RGB(176,23,31)"
SETTINGS_OF_WELL = ("true", "0.131", "true", "3", "25", "20 µL", "1.242")


def facts(plate: MeasuredPlate) -> list[tuple[str, str]]:
    """Return what stands before the tables, key by key."""
    return [
        ("Block Type", f"{plate.block.size}-Well Block (0.2mL)"),
        ("Calibration ROX is expired ", "No"),
        ("Calibration ROX performed on", "2026-01-12"),
        ("Chemistry", "TAQMAN"),
        ("Experiment Barcode", ""),
        ("Experiment Comment", "25 µL"),
        ("Experiment File Name", f"D:\\Runs\\{plate.name}.eds"),
        ("Experiment Name", plate.name),
        ("Experiment Run End Time", "2026-02-03 04:12:50 PM CET"),
        ("Experiment Type", "Standard Curve"),
        ("Instrument Name", "278890001"),
        ("Instrument Serial Number", "278890001"),
        ("Instrument Type", "QuantStudio(TM) 7 Flex System"),
        ("Passive Reference", "ROX"),
        ("Quantification Cycle Method", "Ct"),
        ("Signal Smoothing On", "true"),
        ("Stage/ Cycle where Analysis is performed", "Stage 2, Step 2"),
        ("User Name", "NA"),
    ]


def headings(settings: ExportSettings) -> list[str]:
    """Return the headings of the results."""
    return [*BEFORE_CQ, settings.ct_heading(), *AFTER_CQ]


def result_rows(plate: MeasuredPlate, settings: ExportSettings, omit: Sequence[str]) -> Iterator[list[str]]:
    """Yield the results well by well; `omit` is the software's word for a well taken and for one left out."""
    for reaction in plate.reactions:
        yield _result_row(plate, reaction, settings, omit[reaction.omitted])
    yield from (empty_well(plate, well) for well in empty_wells(plate, settings))


def setup_rows(plate: MeasuredPlate, settings: ExportSettings) -> Iterator[list[str]]:
    """Yield what was told about the wells before the run."""
    for reaction in plate.reactions:
        yield [
            str(plate.block.number_of(reaction.well)), reaction.well, reaction.sample, COLOUR, "", "",
            reaction.target, COLOUR, task_of(reaction), dye_of(reaction.target), "NFQ-MGB",
            settings.quantity(reaction.standard_copies), "",
        ]  # fmt: skip


def empty_wells(plate: MeasuredPlate, settings: ExportSettings) -> list[str]:
    """Return the wells that hold nothing, where the export lists them."""
    used = {reaction.well for reaction in plate.reactions}
    return [well for well in plate.block.wells() if well not in used] if settings.empty_wells else []


def empty_well(plate: MeasuredPlate, well: str) -> list[str]:
    """Return the row of a well that holds nothing."""
    return [str(plate.block.number_of(well)), well]


def task_of(reaction: Reaction) -> str:
    """Return the instrument's word for what a well is there for."""
    return TASKS.get(reaction.role, "UNKNOWN")


def carried(plate: MeasuredPlate, settings: ExportSettings) -> tuple[Reaction, ...]:
    """Return what the format carries: everything; blanks and controls by their name."""
    return plate.reactions


def _result_row(plate: MeasuredPlate, reaction: Reaction, settings: ExportSettings, omit: str) -> list[str]:
    curve = plate.curve_of(reaction.target)
    printed = (
        ("", "", "", "")
        if curve is None
        else tuple(settings.number(value) for value in (curve.efficiency_pct, curve.intercept, curve.r2, curve.slope))
    )
    quantity = reaction.standard_copies if reaction.standard_copies is not None else reaction.printed_copies
    no_amplification = "Y" if reaction.cq is None else "N"
    return [
        str(plate.block.number_of(reaction.well)), reaction.well, omit, reaction.sample, reaction.target,
        task_of(reaction), dye_of(reaction.target), "NFQ-MGB", "", "", "", settings.cq(reaction.cq), "", "",
        settings.quantity(quantity), "", "", *printed, *_settings_of_well(settings), "", "N", no_amplification,
    ]  # fmt: skip


def _settings_of_well(settings: ExportSettings) -> list[str]:
    return [text.replace(".", ",") if settings.decimal_comma else text for text in SETTINGS_OF_WELL]
