"""The product's own plain csv: one row a reaction, for laboratories whose instrument's export is not read."""

from dataclasses import replace

from monitoring.domain.plate import Reaction
from monitoring.studies.plates.measured_plate import MeasuredPlate
from monitoring.studies.plates.writing.export_settings import ExportSettings, WrittenFile

HEADINGS = ("well", "sample", "target", "role", "cq", "standard_copies", "omitted")


def write_plate(plate: MeasuredPlate, settings: ExportSettings) -> tuple[WrittenFile, ...]:
    """Return the plate as one csv file."""
    rows = [
        [
            reaction.well, reaction.sample, reaction.target, reaction.role.value, settings.cq(reaction.cq),
            settings.number(reaction.standard_copies), "yes" if reaction.omitted else "",
        ]
        for reaction in plate.reactions
    ]  # fmt: skip
    return (WrittenFile(f"{plate.name}.csv", settings.encode(settings.rows([HEADINGS, *rows]))),)


def carried(plate: MeasuredPlate, settings: ExportSettings) -> tuple[Reaction, ...]:
    """Return what the file carries: everything but the quantities that an instrument computed."""
    return tuple(replace(reaction, printed_copies=None) for reaction in plate.reactions)
